#pragma once

#include <span>
#include <vector>

#include "ecsmi/control/scaling.h"
#include "ecsmi/model/decision.h"

// Where alarms meet scalable targets: shared by alarms.cc and autoscaling.cc. Strand only.
namespace ecsmi::control {

// What an alarm shows at an evaluation: its state and the real points that decided it, oldest first, from which a
// policy picks its step (F27).
struct AlarmReading {
  const model::Alarm* alarm = nullptr;
  std::vector<double> newest;
};

// What all policies of a target lead to at `at`, by what `readings` show then; alarms not among them stay as they are.
// Whatever an alarm's state names is repeated every minute (F25), so a target's policies always act together.
struct JointPlan {
  core::ScalingPlan plan;
  model::Serial policy = model::kNoSerial;  // that won
  model::Serial alarm = model::kNoSerial;   // that triggered it
  std::vector<double> datapoints;           // of the alarm, oldest first
  double value = 0;                         // what the policy aggregates them to …
  model::StepAdjustment taken;              // … and the step that falls into
  core::ScalingInput input;                 // what was planned from
};
JointPlan PlanTarget(const Step& step, model::Serial target, std::span<const AlarmReading> readings, model::TimeMs at);

// Targets of the policies an alarm names for any state, and all alarms that name a policy of one of them: what one of
// these shows decides what the others bring about. In serial order; the alarm itself is among them.
struct AlarmGroup {
  std::vector<model::Serial> targets;
  std::vector<model::Serial> alarms;
};
AlarmGroup GroupOf(const Step& step, const model::Alarm& alarm);

// Targets of the policies an alarm acts on in its present state, in serial order.
std::vector<model::Serial> TargetsOf(const Step& step, const model::Alarm& alarm);

// The newest real points an evaluation of `alarm` at `at` would see.
std::vector<double> ReadAlarm(const Step& step, const model::Alarm& alarm, model::TimeMs at);

// The plan's arithmetic, as it is kept with the count that it sets. REQUIRES: a policy won.
model::ScalingDecision TellScaling(const Step& step, const JointPlan& joint);

// Sets the count, opens the activity and starts the cooldown. REQUIRES: the plan acts.
void ApplyPlan(Step& step, model::Serial target, const JointPlan& joint);

// CloudWatch's words for a state (alarm_reason.cc). `data`: of the evaluation range that ended at `end`.
std::string StateName(model::AlarmState state);
std::string ReasonOf(const Step& step, const model::Alarm& alarm, const core::AlarmVerdict& verdict,
                     std::span<const std::optional<double>> data, model::TimeMs end);
std::string ReasonDataOf(const Step& step, const model::Alarm& alarm, const core::AlarmVerdict& verdict,
                         std::span<const std::optional<double>> data, model::TimeMs end);

}  // namespace ecsmi::control
