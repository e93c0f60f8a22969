#include <algorithm>
#include <limits>
#include <numeric>

#include "ecsmi/core/scaling.h"

namespace ecsmi::core {
namespace {

// What a scale-out inside a running scale-out cooldown starts from: what was just added does not count twice (F24).
std::int64_t BaseOf(const ScalingInput& input, bool scale_out) {
  const model::ScalableTarget& target = *input.target;
  const bool inside = input.now < target.cooldown_until && !target.cooldown_is_scale_in;
  if (!scale_out || !inside) return input.running;
  return std::min(input.running, input.desired - target.cooldown_added);
}

enum class Direction { kOut, kIn, kHold };
Direction DirectionOf(const ScalingInput& input, const FiredPolicy& fired) {
  if (fired.policy->tracks) {
    if (fired.low_side) return fired.metric < fired.policy->target_value ? Direction::kIn : Direction::kHold;
    return fired.metric > fired.policy->target_value ? Direction::kOut : Direction::kHold;
  }
  if (fired.policy->adjustment_type == model::AdjustmentType::kExactCapacity) {
    return fired.adjustment > input.desired   ? Direction::kOut
           : fired.adjustment < input.desired ? Direction::kIn
                                              : Direction::kHold;
  }
  return fired.adjustment > 0 ? Direction::kOut : fired.adjustment < 0 ? Direction::kIn : Direction::kHold;
}

// What a policy leads to from `base`, not yet clamped.
std::int64_t WantedOf(const FiredPolicy& fired, std::int64_t base) {
  if (!fired.policy->tracks) return Adjusted(*fired.policy, base, fired.adjustment);
  return TrackedCapacity(base, fired.metric, fired.policy->target_value);
}

// Target tracking scales in only if all such policies that may want to (F11), and not where it is disabled (F32).
bool TrackersAgree(const ScalingInput& input, std::span<const FiredPolicy> fired) {
  const auto agreeing = std::count_if(fired.begin(), fired.end(), [&](const FiredPolicy& other) {
    return other.policy->tracks && !other.policy->scale_in_disabled && DirectionOf(input, other) == Direction::kIn;
  });
  return static_cast<std::size_t>(agreeing) >= input.trackers;
}

// Why a wish does not count at all; kNone when it does.
Hold Shut(const ScalingInput& input, const FiredPolicy& fired, Direction wish, bool trackers_agree) {
  if (wish == Direction::kOut && input.target->scale_out_suspended) return Hold::kSuspended;
  if (wish != Direction::kIn) return Hold::kNone;
  if (input.target->scale_in_suspended) return Hold::kSuspended;
  if (!fired.policy->tracks) return Hold::kNone;
  return fired.policy->scale_in_disabled || !trackers_agree ? Hold::kTracker : Hold::kNone;
}

}  // namespace

std::optional<double> PolicyValue(const model::ScalingPolicy& policy, std::span<const double> newest) {
  if (newest.empty()) return std::nullopt;
  switch (policy.aggregation) {
    case model::Statistic::kMinimum:
      return *std::min_element(newest.begin(), newest.end());
    case model::Statistic::kMaximum:
      return *std::max_element(newest.begin(), newest.end());
    case model::Statistic::kAverage:
    case model::Statistic::kSum:
    case model::Statistic::kSampleCount:
      break;
  }
  return std::accumulate(newest.begin(), newest.end(), 0.0) / static_cast<double>(newest.size());
}

const model::StepAdjustment* StepFor(const model::ScalingPolicy& policy, model::Comparison comparison, double threshold,
                                     double value) {
  const double offset = value - threshold;
  const bool greater = comparison == model::Comparison::kGreaterThanOrEqualToThreshold ||
                       comparison == model::Comparison::kGreaterThanThreshold;
  const bool lower_inclusive = offset > 0 || (offset == 0 && greater);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const model::StepAdjustment& step : policy.steps) {
    const double lower = step.lower.value_or(-kInfinity);
    const double upper = step.upper.value_or(kInfinity);
    if (lower_inclusive ? lower <= offset && offset < upper : lower < offset && offset <= upper) return &step;
  }
  return nullptr;
}

std::int64_t Adjusted(const model::ScalingPolicy& policy, std::int64_t base, std::int32_t adjustment) {
  switch (policy.adjustment_type) {
    case model::AdjustmentType::kExactCapacity:
      return adjustment;
    case model::AdjustmentType::kChangeInCapacity:
      return base + adjustment;
    case model::AdjustmentType::kPercentChangeInCapacity:
      break;
  }
  // In hundredths of a task: exact, so that rounding happens once and where F23 says.
  const std::int64_t hundredths = base * adjustment;
  std::int64_t change = hundredths / 100;  // toward zero, which is down above 1
  if (hundredths != 0 && change == 0) change = hundredths > 0 ? 1 : -1;
  const std::int64_t least = policy.min_adjustment_magnitude.value_or(0);
  if (adjustment > 0) change = std::max(change, least);
  if (adjustment < 0) change = std::min(change, -least);
  return base + change;
}

ScalingPlan PlanScaling(const ScalingInput& input, std::span<const FiredPolicy> fired) {
  const model::ScalableTarget& target = *input.target;
  ScalingPlan plan;
  std::optional<std::int64_t> best;
  Direction direction = Direction::kHold;
  const bool trackers_agree = TrackersAgree(input, fired);
  for (std::size_t i = 0; i < fired.size(); ++i) {
    const Direction wish = DirectionOf(input, fired[i]);
    if (const Hold shut = Shut(input, fired[i], wish, trackers_agree); shut != Hold::kNone) {
      if (!best) plan.hold = shut;
      continue;
    }
    const std::int64_t base = BaseOf(input, wish == Direction::kOut);
    std::int64_t wanted = WantedOf(fired[i], base);
    // Target tracking that wants no fewer tasks than there are wants nothing: it keeps no other policy from scaling in
    // (assumed). One that wants more holds the count, also where the maximum stops it.
    if (fired[i].policy->tracks && wish != Direction::kOut && wanted >= input.desired) {
      if (!best) plan.hold = Hold::kNoChange;
      continue;
    }
    if (wish == Direction::kOut) wanted = std::max<std::int64_t>(wanted, input.desired);
    if (wish == Direction::kIn) wanted = std::min<std::int64_t>(wanted, input.desired);
    if (wish == Direction::kHold) wanted = input.desired;
    if (best && wanted <= *best) continue;
    best = wanted;
    direction = wish;
    plan.winner = i;
    plan.base = base;
    plan.wanted = wanted;
  }
  if (!best) return plan;
  const std::int64_t clamped = std::clamp<std::int64_t>(*best, target.min_capacity, target.max_capacity);
  plan.desired = static_cast<std::int32_t>(clamped);
  plan.scale_in = direction == Direction::kIn;
  if (direction == Direction::kHold || plan.desired == input.desired) {
    plan.hold = Hold::kNoChange;
  } else if (plan.scale_in && input.deployment_in_progress) {
    plan.hold = Hold::kDeployment;
  } else if (plan.scale_in && input.now < target.cooldown_until) {
    plan.hold = Hold::kCooldown;
  } else {
    plan.hold = Hold::kNone;
    const bool inside = input.now < target.cooldown_until && !target.cooldown_is_scale_in;
    plan.added = plan.scale_in ? 0 : plan.desired - input.desired + (inside ? target.cooldown_added : 0);
  }
  return plan;
}

}  // namespace ecsmi::core
