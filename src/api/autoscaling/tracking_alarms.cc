#include "api/autoscaling/tracking_alarms.h"

#include <string>
#include <utility>

#include "api/autoscaling/tracking_check.h"
#include "api/check.h"
#include "api/cloudwatch/put_alarm.h"
#include "ecsmi/control/scaling.h"
#include "ecsmi/core/scaling.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

namespace aas = ::ecsmi::autoscaling::v1;
namespace cw = ::ecsmi::cloudwatch::v1;

// F31
constexpr std::int32_t kHighPeriods = 3;
constexpr std::int32_t kLowPeriods = 15;

// Puts the alarm; the new one's serial when `known` is gone.
model::Serial Put(control::Step& step, model::Serial known, const std::string& region,
                  const std::string& name_without_id, const cw::PutMetricAlarmRequest& alarm) {
  if (step.state.Find<model::Alarm>(known) != nullptr) {
    UpdateAlarm(step, known, alarm);
    return known;
  }
  const model::Serial serial = step.state.NewSerial();
  InsertAlarm(step, serial, region, Say(name_without_id, model::Uuid(step.key, model::Alarm::kTable, serial)), alarm);
  return serial;
}

}  // namespace

void PutTrackingAlarms(control::Step& step, model::Serial serial,
                       const aas::TargetTrackingScalingPolicyConfiguration& configuration) {
  const auto& policy = step.state.Get<model::ScalingPolicy>(serial);
  const auto& target = step.state.Get<model::ScalableTarget>(policy.target);
  cw::PutMetricAlarmRequest alarm = TrackedMetric(configuration, target);
  alarm.set_alarm_description(
      Say("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ", control::ScalingPolicyArn(step, policy), "."));
  alarm.add_alarm_actions(control::PolicyActionArn(step, policy));
  alarm.set_treat_missing_data("missing");
  const std::string name = Say("TargetTracking-", target.resource_id, "-Alarm");
  alarm.set_comparison_operator(cw::ComparisonOperator::GreaterThanThreshold);
  alarm.set_threshold(policy.target_value);
  alarm.set_evaluation_periods(kHighPeriods);
  const model::Serial high = Put(step, policy.high_alarm, target.region, Say(name, "High-"), alarm);
  model::Serial low = model::kNoSerial;
  if (!policy.scale_in_disabled) {
    alarm.set_comparison_operator(cw::ComparisonOperator::LessThanThreshold);
    alarm.set_threshold(core::LowThreshold(policy.target_value));
    alarm.set_evaluation_periods(kLowPeriods);
    low = Put(step, policy.low_alarm, target.region, Say(name, "Low-"), alarm);
  } else if (step.state.Find<model::Alarm>(policy.low_alarm) != nullptr) {
    control::EraseAlarm(step, policy.low_alarm);
  }
  step.state.Update<model::ScalingPolicy>(serial, [&](model::ScalingPolicy& row) {
    row.high_alarm = high;
    row.low_alarm = low;
  });
}

std::size_t NewTrackingAlarms(const control::Step& step, const model::ScalingPolicy& policy) {
  std::size_t missing = step.state.Find<model::Alarm>(policy.high_alarm) == nullptr ? 1 : 0;
  if (!policy.scale_in_disabled && step.state.Find<model::Alarm>(policy.low_alarm) == nullptr) ++missing;
  return missing;
}

}  // namespace ecsmi::api
