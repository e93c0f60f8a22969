#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
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
// What an alarm has to name for the policy to act: its ARN; of target tracking also who made the alarm,
// ":createdBy/<uuid>" (F36).
std::string PolicyActionArn(const Step& step, const model::ScalingPolicy& policy);
// kNoSerial when the ARN makes no policy of this world act.
model::Serial PolicyOfArn(const Step& step, std::string_view region, std::string_view arn);
// Ends scaling of a target: its policies and scheduled actions go with it (F4); alarms that named them no longer move
// anything.
void EraseTarget(Step& step, model::Serial target);
// The alarms that target tracking made go with it.
void ErasePolicy(Step& step, model::Serial policy);
// Moves a service's count into its target's bounds (F2). Does nothing to one that is not ACTIVE or within them.
void MoveIntoBounds(Step& step, model::Serial target);

// --- Scheduled actions (schedules.cc) --------------------------------------------------------------------------------

// arn:aws:autoscaling:<region>:<account>:scheduledAction:<uuid>:resource/ecs/<resource>:scheduledActionName/<name>
std::string ScheduledActionArn(const Step& step, const model::ScheduledAction& action);
// UTC for an empty name. False: no zone of the IANA database, or this machine has none.
bool LoadZone(std::string_view name, absl::TimeZone* zone);
// When the action acts next (running axis), now excluded; kNever when its schedule is over. A rate without a start
// counts from the action's creation (assumed). REQUIRES: its schedule parses.
model::TimeMs NextScheduled(const Step& step, const model::ScheduledAction& action);

}  // namespace ecsmi::control
