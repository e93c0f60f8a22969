#include <algorithm>
#include <cmath>
#include <limits>

#include "ecsmi/core/scaling.h"

namespace ecsmi::core {

double LowThreshold(double target_value) {
  // In this order: nine tenths of 70 are 63 exactly, which 0.9 × 70 need not be.
  return target_value * 9 / 10;
}

std::int64_t TrackedCapacity(std::int64_t base, double metric, double target_value) {
  const double wanted = std::ceil(static_cast<double>(base) * metric / target_value);
  // Beyond any bound of a target, but still a number that int64 holds.
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int64_t>(std::clamp(wanted, 0.0, kMost));
}

}  // namespace ecsmi::core
