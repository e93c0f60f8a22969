#include "api/autoscaling/step_check.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "api/autoscaling/target_check.h"
#include "api/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

namespace aas = ::ecsmi::autoscaling::v1;

constexpr int kStepsMax = 20;  // F11
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr char kField[] = "stepScalingPolicyConfiguration";

struct Interval {
  double lower = -kInfinity;
  double upper = kInfinity;
  int index = 0;
};

// F22
absl::Status CheckIntervals(const aas::StepScalingPolicyConfiguration& configuration) {
  std::vector<Interval> intervals;
  for (int i = 0; i < configuration.step_adjustments_size(); ++i) {
    const aas::StepAdjustment& step = configuration.step_adjustments(i);
    const std::string path = Say(kField, ".stepAdjustments[", i, "]");
    if (!step.has_scaling_adjustment()) return MustNotBeNull(Say(path, ".scalingAdjustment"));
    const bool lower = step.has_metric_interval_lower_bound();
    const bool upper = step.has_metric_interval_upper_bound();
    if (!lower && !upper) {
      return ValidationError(
          Say(path, " has neither metricIntervalLowerBound nor metricIntervalUpperBound; a step needs one of them"));
    }
    if (configuration.adjustment_type() == aas::AdjustmentType::ExactCapacity && step.scaling_adjustment() < 0) {
      return ValidationError(
          Say(path, ".scalingAdjustment is ", step.scaling_adjustment(), "; an ExactCapacity must not be negative"));
    }
    Interval interval{lower ? step.metric_interval_lower_bound() : -kInfinity,
                      upper ? step.metric_interval_upper_bound() : kInfinity, i};
    if (interval.lower >= interval.upper) {
      return ValidationError(Say(path, ": metricIntervalLowerBound ", interval.lower,
                                 " must be less than metricIntervalUpperBound ", interval.upper));
    }
    intervals.push_back(interval);
  }
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
    return a.lower != b.lower ? a.lower < b.lower : a.index < b.index;
  });
  for (std::size_t i = 1; i < intervals.size(); ++i) {
    const Interval& below = intervals[i - 1];
    const Interval& above = intervals[i];
    if (above.lower < below.upper) {
      return ValidationError(Say(kField, ".stepAdjustments[", below.index, "] and [", above.index,
                                 "] overlap; step adjustment intervals can't overlap"));
    }
    if (above.lower > below.upper) {
      return ValidationError(Say("There is a gap between ", kField, ".stepAdjustments[", below.index, "] and [",
                                 above.index, "], from ", below.upper, " to ", above.lower));
    }
  }
  if (intervals.front().lower < 0 && intervals.front().lower != -kInfinity) {
    return ValidationError(Say(kField, ".stepAdjustments has the negative lower bound ", intervals.front().lower,
                               ", so one of its steps must have no metricIntervalLowerBound"));
  }
  if (intervals.back().upper > 0 && intervals.back().upper != kInfinity) {
    return ValidationError(Say(kField, ".stepAdjustments has the positive upper bound ", intervals.back().upper,
                               ", so one of its steps must have no metricIntervalUpperBound"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckStepConfiguration(const aas::StepScalingPolicyConfiguration& configuration) {
  if (configuration.adjustment_type() == aas::AdjustmentType::UNSPECIFIED) {
    return MustNotBeNull(Say(kField, ".adjustmentType"));
  }
  if (configuration.step_adjustments().empty()) {
    return ValidationError(Say(kField, ".stepAdjustments is empty; at least one step adjustment must be given"));
  }
  if (configuration.step_adjustments_size() > kStepsMax) {
    return AwsError(AwsException::kLimitExceeded,
                    Say(kField, ".stepAdjustments has ", configuration.step_adjustments_size(), " entries; at most ",
                        kStepsMax, " are allowed"));
  }
  if (configuration.has_min_adjustment_magnitude()) {
    if (configuration.adjustment_type() != aas::AdjustmentType::PercentChangeInCapacity) {
      return ValidationError(
          Say(kField, ".minAdjustmentMagnitude goes with adjustmentType PercentChangeInCapacity only"));
    }
    if (configuration.min_adjustment_magnitude() < 1) {
      return ValidationError(Say(kField, ".minAdjustmentMagnitude is ", configuration.min_adjustment_magnitude(),
                                 "; it must be at least 1"));
    }
  }
  if (configuration.has_cooldown() && configuration.cooldown() < 0) {
    return ValidationError(Say(kField, ".cooldown is ", configuration.cooldown(), "; it must not be negative"));
  }
  return CheckIntervals(configuration);
}

void ConfigureSteps(const aas::StepScalingPolicyConfiguration& configuration, model::ScalingPolicy& row) {
  row.adjustment_type = configuration.adjustment_type() == aas::AdjustmentType::ExactCapacity
                            ? model::AdjustmentType::kExactCapacity
                        : configuration.adjustment_type() == aas::AdjustmentType::PercentChangeInCapacity
                            ? model::AdjustmentType::kPercentChangeInCapacity
                            : model::AdjustmentType::kChangeInCapacity;
  row.steps.clear();
  for (const aas::StepAdjustment& given : configuration.step_adjustments()) {
    model::StepAdjustment step;
    if (given.has_metric_interval_lower_bound()) step.lower = given.metric_interval_lower_bound();
    if (given.has_metric_interval_upper_bound()) step.upper = given.metric_interval_upper_bound();
    step.adjustment = given.scaling_adjustment();
    row.steps.push_back(step);
  }
  row.min_adjustment_magnitude.reset();
  if (configuration.has_min_adjustment_magnitude()) {
    row.min_adjustment_magnitude = configuration.min_adjustment_magnitude();
  }
  row.cooldown_seconds = configuration.has_cooldown() ? configuration.cooldown() : 300;  // F20
  row.aggregation =
      configuration.metric_aggregation_type() == aas::MetricAggregationType::Maximum   ? model::Statistic::kMaximum
      : configuration.metric_aggregation_type() == aas::MetricAggregationType::Minimum ? model::Statistic::kMinimum
                                                                                       : model::Statistic::kAverage;
}

aas::StepScalingPolicyConfiguration ShowSteps(const model::ScalingPolicy& row) {
  aas::StepScalingPolicyConfiguration shown;
  switch (row.adjustment_type) {
    case model::AdjustmentType::kChangeInCapacity:
      shown.set_adjustment_type(aas::AdjustmentType::ChangeInCapacity);
      break;
    case model::AdjustmentType::kPercentChangeInCapacity:
      shown.set_adjustment_type(aas::AdjustmentType::PercentChangeInCapacity);
      break;
    case model::AdjustmentType::kExactCapacity:
      shown.set_adjustment_type(aas::AdjustmentType::ExactCapacity);
      break;
  }
  for (const model::StepAdjustment& step : row.steps) {
    aas::StepAdjustment* added = shown.add_step_adjustments();
    if (step.lower) added->set_metric_interval_lower_bound(*step.lower);
    if (step.upper) added->set_metric_interval_upper_bound(*step.upper);
    added->set_scaling_adjustment(step.adjustment);
  }
  if (row.min_adjustment_magnitude) shown.set_min_adjustment_magnitude(*row.min_adjustment_magnitude);
  shown.set_cooldown(row.cooldown_seconds);
  shown.set_metric_aggregation_type(row.aggregation == model::Statistic::kMaximum ? aas::MetricAggregationType::Maximum
                                    : row.aggregation == model::Statistic::kMinimum
                                        ? aas::MetricAggregationType::Minimum
                                        : aas::MetricAggregationType::Average);
  return shown;
}

}  // namespace ecsmi::api
