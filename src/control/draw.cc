#include "control/draw.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ecsmi::control {

model::DurationMs DrawBehavior(const Step& step, const model::Distribution& distribution, const StageDelay& fallback,
                               model::Serial row, std::uint64_t number, std::uint64_t attempt) {
  const double unit = base::UnitInterval(base::KeyedHash64(step.key, {row, number, attempt}));
  double seconds = 0;
  switch (distribution.kind) {
    case model::DistributionKind::kNone:
      return DrawDelay(step, fallback, row, number, attempt);
    case model::DistributionKind::kConstant:
      seconds = distribution.a;
      break;
    case model::DistributionKind::kUniform:
      seconds = distribution.a + (distribution.b - distribution.a) * unit;
      break;
    case model::DistributionKind::kExponential:
      seconds = -distribution.a * std::log(unit);
      break;
    case model::DistributionKind::kLognormal: {
      // Box and Muller; the second uniform has a number of its own.
      const double angle = base::UnitInterval(base::KeyedHash64(step.key, {row, ~number, attempt}));
      const double normal = std::sqrt(-2.0 * std::log(unit)) * std::cos(2.0 * std::numbers::pi * angle);
      seconds = distribution.a * std::exp(distribution.b * normal);
      break;
    }
  }
  // A year bounds what a wild tail may ask for.
  constexpr double kYearSeconds = 365.0 * 86'400.0;
  return static_cast<model::DurationMs>(std::clamp(seconds, 0.0, kYearSeconds) * 1000.0);
}

}  // namespace ecsmi::control
