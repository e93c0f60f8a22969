#include <algorithm>
#include <utility>

#include "control/autoscaling.h"
#include "control/simulation.h"
#include "ecsmi/base/check.h"

// Alarms. An alarm is evaluated every minute (F54), but only evaluations that bring something about are carried out:
// with its inputs as they are, the next of them is found by evaluating ahead. None = the alarm sleeps until an input
// changes: its metric, its own configuration, a policy it names, that policy's target, or the target's service.
namespace ecsmi::control {
namespace {

using model::Alarm;
using model::AlarmState;
using model::TimeMs;

// Bounds looking ahead within one step (design: 1 ms): periods looked at, and evaluations.
constexpr std::size_t kPeriodsAheadMax = 20'000;
constexpr std::size_t kEvaluationsAheadMax = 64;

model::DurationMs GridOf(const Alarm& alarm) {
  return alarm.period_seconds < 60 ? 10 * model::kSecondMs : model::kMinuteMs;
}
// The end of the window that an evaluation at `at` looks at.
TimeMs WindowEnd(const Alarm& alarm, TimeMs at) {
  const TimeMs end = at - kEvaluationLagMs;
  return end - end % GridOf(alarm);
}
// The first moment of the alarm's evaluations at or after `at`.
TimeMs EvaluationFrom(const Alarm& alarm, TimeMs at) {
  const TimeMs end = WindowEnd(alarm, at) + kEvaluationLagMs;
  return end == at ? at : end + GridOf(alarm);
}
TimeMs NextEvaluation(const Alarm& alarm, TimeMs now) {
  return EvaluationFrom(alarm, std::max(now, alarm.evaluated_at + 1));
}

core::AlarmInput InputOf(const Step& step, const Alarm& alarm) {
  core::AlarmInput input;
  if (alarm.queries.empty()) {
    const MetricId id{alarm.region, alarm.metric_namespace, alarm.metric_name, alarm.dimensions};
    input.series.push_back(SeriesOf(step, id, alarm.unit));
    return input;
  }
  std::vector<core::MathLine> lines;
  for (const model::MetricQuery& query : alarm.queries) {
    lines.push_back({query.id, query.expression});
    if (!query.expression.empty()) continue;
    const MetricId id{alarm.region, query.metric_namespace, query.metric_name, query.dimensions};
    input.series.push_back(SeriesOf(step, id, query.unit));
  }
  core::MathLineError error;
  input.math = core::MetricMath::Compile(lines, &error);
  ECSMI_CHECK(input.math.has_value());  // It was checked when the alarm was put.
  return input;
}

std::vector<double> Newest(const core::AlarmVerdict& verdict, std::span<const std::optional<double>> data) {
  std::vector<double> newest;
  newest.reserve(verdict.decided_by.size());
  for (std::size_t i : verdict.decided_by) newest.push_back(*data[i]);
  return newest;
}

struct Forecast {
  TimeMs at = model::kNever;
  bool acts = false;  // this evaluation or one after it sets a count
};

// An alarm of a group as it will be, evaluation after evaluation.
struct Trial {
  Alarm alarm;
  core::AlarmInput input;
  TimeMs uniform_from = model::kUnset;  // windows that end here or later all look alike
};
Trial TrialOf(const Step& step, const Alarm& alarm) {
  Trial trial{alarm, InputOf(step, alarm), model::kUnset};
  const auto range = static_cast<model::DurationMs>(core::EvaluationRange(alarm));
  trial.uniform_from = core::LastChange(trial.input) + range * alarm.period_seconds * model::kSecondMs;
  return trial;
}
// Its evaluation at `at`: the new state is kept, `newest` are the points that decided.
std::vector<double> Evaluate(Trial& trial, TimeMs at) {
  const auto data = core::EvaluationData(trial.alarm, trial.input, WindowEnd(trial.alarm, at));
  const core::AlarmVerdict verdict = core::EvaluateAlarm(trial.alarm, data);
  trial.alarm.state = verdict.state;
  return Newest(verdict, data);
}

bool Names(const Step& step, const Alarm& alarm, model::Serial target) {
  const std::vector<model::Serial> targets = TargetsOf(step, alarm);
  return std::find(targets.begin(), targets.end(), target) != targets.end();
}

// Evaluates the alarm and its group ahead until a count would be set, or until nothing in any window changes any more.
Forecast LookAhead(const Step& step, const Alarm& alarm, const AlarmGroup& group) {
  std::vector<Trial> trials;
  trials.reserve(group.alarms.size());
  std::size_t self = 0;
  std::size_t periods = 0;
  TimeMs uniform_from = model::kUnset;
  for (model::Serial serial : group.alarms) {
    if (serial == alarm.serial) self = trials.size();
    trials.push_back(TrialOf(step, step.state.Get<Alarm>(serial)));
    periods += core::EvaluationRange(trials.back().alarm);
    uniform_from = std::max(uniform_from, trials.back().uniform_from);
  }
  TimeMs cooldown_until = model::kUnset;
  for (model::Serial target : group.targets) {
    cooldown_until = std::max(cooldown_until, step.state.Get<model::ScalableTarget>(target).cooldown_until);
  }
  ECSMI_CHECK(periods > 0);  // The alarm itself is of its group.
  const std::size_t budget = std::clamp<std::size_t>(kPeriodsAheadMax / periods, 2, kEvaluationsAheadMax);
  Forecast forecast;
  TimeMs at = NextEvaluation(alarm, step.now);
  for (std::size_t i = 0; i < budget; ++i) {
    const AlarmState before = trials[self].alarm.state;
    std::vector<AlarmReading> readings;
    readings.reserve(trials.size());
    for (Trial& trial : trials) {
      std::vector<double> newest = Evaluate(trial, at);
      readings.push_back({&trial.alarm, std::move(newest)});
    }
    if (trials[self].alarm.state != before) forecast.at = std::min(forecast.at, at);
    for (model::Serial target : group.targets) {
      if (!PlanTarget(step, target, readings, at).plan.Acts()) continue;
      if (Names(step, trials[self].alarm, target)) return {std::min(forecast.at, at), true};
      // Another alarm sets the count; then all of this is looked at again.
      return forecast;
    }
    const bool uniform = WindowEnd(alarm, at) >= uniform_from;
    if (uniform && cooldown_until <= at) return forecast;
    // Between now and the end of the cooldown nothing else can change.
    at = uniform ? std::max(at + GridOf(alarm), EvaluationFrom(alarm, cooldown_until)) : at + GridOf(alarm);
  }
  // Too far ahead to see to the end: looked at again from there.
  return {std::min(forecast.at, at), !group.targets.empty()};
}

// Targets that an alarm moves in its present state look again: their policies act together.
void MarkTargets(Step& step, const Alarm& alarm) {
  for (model::Serial target : TargetsOf(step, alarm)) step.state.scaling().dirty_targets.insert(target);
}

void Act(Step& step, model::Serial serial, const std::vector<double>& newest) {
  const std::vector<AlarmReading> reading = {{&step.state.Get<Alarm>(serial), newest}};
  for (model::Serial target : TargetsOf(step, *reading[0].alarm)) {
    const JointPlan joint = PlanTarget(step, target, reading, step.now);
    if (joint.plan.Acts()) ApplyPlan(step, target, joint);
  }
}

}  // namespace

const std::vector<std::string>& ActionsOf(const Alarm& alarm) {
  static const std::vector<std::string> none;
  if (!alarm.actions_enabled) return none;
  switch (alarm.state) {
    case AlarmState::kAlarm:
      return alarm.alarm_actions;
    case AlarmState::kOk:
      return alarm.ok_actions;
    case AlarmState::kInsufficientData:
      return alarm.insufficient_data_actions;
  }
  return none;
}

std::vector<double> ReadAlarm(const Step& step, const Alarm& alarm, TimeMs at) {
  const auto data = core::EvaluationData(alarm, InputOf(step, alarm), WindowEnd(alarm, at));
  return Newest(core::EvaluateAlarm(alarm, data), data);
}

void FireAlarm(Step& step, model::Serial serial) {
  const Alarm& alarm = step.state.Get<Alarm>(serial);
  if (alarm.evaluate_at > step.now) return;
  const TimeMs end = WindowEnd(alarm, step.now);
  const auto data = core::EvaluationData(alarm, InputOf(step, alarm), end);
  const core::AlarmVerdict verdict = core::EvaluateAlarm(alarm, data);
  const bool moves = verdict.state != alarm.state;
  std::string reason = moves ? ReasonOf(step, alarm, verdict, data, end) : "";
  std::string reason_data = moves ? ReasonDataOf(step, alarm, verdict, data, end) : "";
  if (moves) MarkTargets(step, alarm);
  step.state.Update<Alarm>(serial, [&](Alarm& row) {
    row.evaluated_at = step.now;
    row.evaluate_at = model::kNever;  // settling finds the next
    if (!moves) return;
    row.state = verdict.state;
    row.state_reason = std::move(reason);
    row.state_reason_data = std::move(reason_data);
    row.state_updated_at = step.now;
    row.transitioned_at = step.now;
  });
  if (moves) MarkTargets(step, step.state.Get<Alarm>(serial));
  Act(step, serial, Newest(verdict, data));
}

void SettleAlarm(Step& step, model::Serial serial) {
  const auto* changed = step.state.Find<Alarm>(serial);
  if (changed == nullptr) return;
  // What the others of its group bring about may have moved with it.
  for (model::Serial member : GroupOf(step, *changed).alarms) {
    step.state.scaling().dirty_alarms.erase(member);
    const auto& alarm = step.state.Get<Alarm>(member);
    const Forecast forecast = LookAhead(step, alarm, GroupOf(step, alarm));
    if (alarm.evaluate_at == forecast.at && alarm.input_unchanged == !forecast.acts) continue;
    step.state.Update<Alarm>(member, [&](Alarm& row) {
      row.evaluate_at = forecast.at;
      row.input_unchanged = !forecast.acts;
    });
  }
}

void ForceAlarmState(Step& step, model::Serial serial, ForcedState forced) {
  const Alarm& alarm = step.state.Get<Alarm>(serial);
  const bool moves = alarm.state != forced.state;
  MarkTargets(step, alarm);
  step.state.Update<Alarm>(serial, [&](Alarm& row) {
    row.state = forced.state;
    row.state_reason = std::move(forced.reason);
    row.state_reason_data = std::move(forced.reason_data);
    row.state_updated_at = step.now;
    if (moves) row.transitioned_at = step.now;
  });
  MarkTargets(step, step.state.Get<Alarm>(serial));
  if (moves) Act(step, serial, forced.newest);
}

void EraseAlarm(Step& step, model::Serial serial) {
  MarkTargets(step, step.state.Get<Alarm>(serial));
  step.state.Erase<Alarm>(serial);
}

}  // namespace ecsmi::control
