#include <algorithm>

#include "ecsmi/core/reconcile.h"

// Bounds, thresholds and delays: the arithmetic of deployments.
namespace ecsmi::core {
namespace {

constexpr std::int64_t kThresholdMin = 3;    // D40
constexpr std::int64_t kThresholdMax = 200;  // D40

std::int64_t CeilPercent(std::int64_t of, std::int64_t percent) {
  return (of * percent + 99) / 100;
}

}  // namespace

DeploymentBounds BoundsOf(std::int32_t desired, std::int32_t minimum_healthy_percent, std::int32_t maximum_percent) {
  return {static_cast<std::int32_t>(CeilPercent(desired, minimum_healthy_percent)),
          static_cast<std::int32_t>(std::int64_t{desired} * maximum_percent / 100)};
}

std::int32_t BreakerThreshold(model::ThresholdType type, std::int32_t value, std::int32_t desired) {
  switch (type) {
    case model::ThresholdType::kCount:
      return value;
    case model::ThresholdType::kUnboundedPercent:
      return static_cast<std::int32_t>(std::max<std::int64_t>(CeilPercent(desired, value), 1));
    case model::ThresholdType::kBoundedPercent:
      break;
  }
  return static_cast<std::int32_t>(std::clamp(CeilPercent(desired, value), kThresholdMin, kThresholdMax));
}

model::DurationMs RetryDelay(std::int32_t rounds) {
  constexpr model::DurationMs kFirst = 10 * model::kSecondMs;
  constexpr model::DurationMs kLongest = 15 * model::kMinuteMs;
  if (rounds <= 1) return 0;
  constexpr std::int32_t kDoublings = 7;  // 10 s × 2^7 is beyond the longest
  return std::min(kFirst << std::min(rounds - 2, kDoublings), kLongest);
}

}  // namespace ecsmi::core
