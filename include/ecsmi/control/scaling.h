#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ecsmi/control/step.h"
#include "ecsmi/core/scaling.h"

// What commands ask of metrics, alarms and scalable targets beyond plain row changes. All run on the strand inside a
// step and never fail: callers have validated. After a command the engine settles: alarms whose inputs changed get
// their next evaluation.
namespace ecsmi::control {

// --- Metrics ---------------------------------------------------------------------------------------------------------

struct MetricId {
  std::string region;
  std::string metric_namespace;
  std::string name;
  std::vector<model::MetricDimension> dimensions;  // sorted by name
};
// Data older than this before now are not kept: three hours, or as long as an alarm on the metric looks back (assumed;
// CloudWatch keeps minutes for 15 days).
model::DurationMs KeptFor(const Step& step, const MetricId& id);
// Adds one datum put by a user. `point.at` is the start of its resolution interval; data of one interval are added up.
void PutMetricPoint(Step& step, const MetricId& id, std::string_view unit, const model::MetricPoint& point);
// A metric's points and what would be measured now; valid until the state changes. No points when it is unknown or of
// another unit than `unit`, unless that is empty.
core::Series SeriesOf(const Step& step, const MetricId& id, std::string_view unit);

// --- Alarms ----------------------------------------------------------------------------------------------------------

// Alarms are evaluated that long after the end of a period, so that its last datum is there (assumed).
inline constexpr model::DurationMs kEvaluationLagMs = 5 * model::kSecondMs;
// The ARNs an alarm acts on in its present state; none while its actions are disabled.
const std::vector<std::string>& ActionsOf(const model::Alarm& alarm);
// A state set by hand (SetAlarmState): lasts until the next evaluation. Policies act on `newest` (F27).
struct ForcedState {
  model::AlarmState state = model::AlarmState::kInsufficientData;
  std::string reason;
  std::string reason_data;
  std::vector<double> newest;
};
void ForceAlarmState(Step& step, model::Serial alarm, ForcedState forced);
void EraseAlarm(Step& step, model::Serial alarm);

// --- Application Auto Scaling ----------------------------------------------------------------------------------------

// arn:aws:autoscaling:<region>:<account>:scalingPolicy:<uuid>:resource/ecs/<resource>:policyName/<name> (H42)
std::string ScalingPolicyArn(const Step& step, const model::ScalingPolicy& policy);
// kNoSerial when the ARN is no policy of this world.
model::Serial PolicyOfArn(const Step& step, std::string_view region, std::string_view arn);
// Ends scaling of a target: its policies go with it (F4); alarms that named them no longer move anything.
void EraseTarget(Step& step, model::Serial target);
void ErasePolicy(Step& step, model::Serial policy);
// Moves a service's count into its target's bounds (F2). Does nothing to one that is not ACTIVE or within them.
void MoveIntoBounds(Step& step, model::Serial target);

}  // namespace ecsmi::control
