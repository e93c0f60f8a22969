// Shown time is running time plus what the daemon was down.
#include <algorithm>

#include "ecsmi/control/step.h"

namespace ecsmi::control {

model::TimeMs ShownTime(const std::vector<ShownSegment>& segments, model::TimeMs running) {
  model::DurationMs offset = 0;
  for (const ShownSegment& segment : segments) {
    if (segment.from_ms > running) break;
    offset = segment.offset_ms;
  }
  return running + offset;
}

model::TimeMs RunningTime(const std::vector<ShownSegment>& segments, model::TimeMs shown) {
  model::TimeMs next_from = model::kNever;  // where the segment after the one looked at begins
  for (std::size_t i = segments.size(); i > 0; --i) {
    const ShownSegment& segment = segments[i - 1];
    if (shown >= segment.from_ms + segment.offset_ms) return std::min(shown - segment.offset_ms, next_from);
    next_from = segment.from_ms;
  }
  return std::min(shown, next_from);
}

}  // namespace ecsmi::control
