#include "control/autoscaling.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "control/simulation.h"
#include "ecsmi/model/aws_ids.h"

// Application Auto Scaling: what policies do to a service's count. Scaling starts from the RUNNING count (F10) and acts
// when an alarm does; nothing here looks at the clock on its own.
namespace ecsmi::control {
namespace {

using model::ActivityStatus;
using model::ScalableTarget;
using model::ScalingActivity;
using model::ScalingPolicy;
using model::Service;

constexpr model::DurationMs kActivityRetentionMs = 42 * model::kDayMs;  // six weeks (F8)

// The target's service when it may be scaled; nullptr when it is gone or going.
const Service* ScaledService(const Step& step, const ScalableTarget& target) {
  const auto* service = step.state.Find<Service>(step.state.FindScaledService(target));
  return service != nullptr && service->status == model::ServiceStatus::kActive ? service : nullptr;
}

bool Deploys(const Step& step, const Service& service) {
  const auto* deployment = step.state.Find<model::Deployment>(service.primary);
  return deployment != nullptr && deployment->rollout == model::RolloutState::kInProgress;
}

void CloseActivity(Step& step, model::Serial serial, ActivityStatus status, std::string_view outcome) {
  const auto* activity = step.state.Find<ScalingActivity>(serial);
  if (activity == nullptr) return;
  std::string message = absl::StrCat("Successfully set desired count to ", activity->desired_count, ". ",
                                     absl::string_view(outcome.data(), outcome.size()));
  step.state.Update<ScalingActivity>(serial, [&](ScalingActivity& row) {
    row.status = status;
    row.status_message = std::move(message);
    row.ended_at = step.now;
  });
}

// An alarm that fires below its threshold.
bool IsLowSide(const model::Alarm& alarm) {
  return alarm.comparison == model::Comparison::kLessThanThreshold ||
         alarm.comparison == model::Comparison::kLessThanOrEqualToThreshold;
}

// The cooldown after an action of the policy (F24, F32).
std::int32_t CooldownSeconds(const ScalingPolicy& policy, bool scale_in) {
  if (!policy.tracks) return policy.cooldown_seconds;
  return scale_in ? policy.scale_in_cooldown_seconds : policy.scale_out_cooldown_seconds;
}

// Sets the count and says so: an activity that is fulfilled when the service runs as many. One still open is
// overridden.
struct NewCount {
  std::int32_t count = 0;
  model::CountSetter by = model::CountSetter::kUnknown;
  model::Serial decision = model::kNoSerial;
  std::string cause = {};
};
void SetCount(Step& step, model::Serial target_serial, const Service& service, NewCount set) {
  const std::int32_t count = set.count;
  const auto& target = step.state.Get<ScalableTarget>(target_serial);
  CloseActivity(step, target.open_activity, ActivityStatus::kOverridden, "A later activity set another count.");
  ScalingActivity activity;
  activity.serial = step.state.NewSerial();
  activity.region = target.region;
  activity.resource_id = target.resource_id;
  activity.description = absl::StrCat("Setting desired count to ", count, ".");
  activity.cause = std::move(set.cause);
  activity.status = ActivityStatus::kInProgress;
  activity.status_message =
      absl::StrCat("Successfully set desired count to ", count, ". Waiting for change to be fulfilled by ecs.");
  activity.started_at = step.now;
  activity.due_at = step.now + kActivityRetentionMs;
  activity.desired_count = count;
  const model::Serial opened = step.state.Insert(std::move(activity)).serial;
  step.state.Update<ScalableTarget>(target_serial, [&](ScalableTarget& row) { row.open_activity = opened; });
  step.state.Update<Service>(service.serial,
                             [&](Service& row) { row.SetCount(count, set.by, step.now, set.decision); });
}

}  // namespace

std::string ScalingPolicyArn(const Step& step, const ScalingPolicy& policy) {
  const std::string_view partition = model::Partition(policy.region);
  return absl::StrCat("arn:", absl::string_view(partition.data(), partition.size()), ":autoscaling:", policy.region,
                      ":", step.account, ":scalingPolicy:", model::Uuid(step.key, ScalingPolicy::kTable, policy.serial),
                      ":resource/ecs/", step.state.Get<ScalableTarget>(policy.target).resource_id, ":policyName/",
                      policy.name);
}

std::string PolicyActionArn(const Step& step, const ScalingPolicy& policy) {
  std::string arn = ScalingPolicyArn(step, policy);
  if (policy.tracks) {
    absl::StrAppend(&arn, ":createdBy/", model::Uuid(step.key, ScalingPolicy::kTable, policy.serial, 1));
  }
  return arn;
}

model::Serial PolicyOfArn(const Step& step, std::string_view region, std::string_view arn) {
  constexpr std::string_view kResource = ":resource/ecs/";
  constexpr std::string_view kName = ":policyName/";
  const std::size_t resource = arn.find(kResource);
  if (resource == std::string_view::npos) return model::kNoSerial;
  const std::size_t name = arn.find(kName, resource);
  if (name == std::string_view::npos) return model::kNoSerial;
  const std::size_t id = resource + kResource.size();
  const model::Serial target = step.state.FindScalableTarget(region, arn.substr(id, name - id));
  const std::string_view named = arn.substr(name + kName.size());
  for (const std::string_view policy_name : {named, named.substr(0, named.rfind(":createdBy/"))}) {
    const model::Serial policy = step.state.FindPolicy(target, policy_name);
    if (policy == model::kNoSerial) continue;
    if (PolicyActionArn(step, step.state.Get<ScalingPolicy>(policy)) == arn) return policy;
  }
  return model::kNoSerial;
}

std::vector<model::Serial> TargetsOf(const Step& step, const model::Alarm& alarm) {
  std::vector<model::Serial> targets;
  for (const std::string& arn : ActionsOf(alarm)) {
    const model::Serial policy = PolicyOfArn(step, alarm.region, arn);
    if (policy != model::kNoSerial) targets.push_back(step.state.Get<ScalingPolicy>(policy).target);
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return targets;
}

AlarmGroup GroupOf(const Step& step, const model::Alarm& alarm) {
  const model::ScalingLinks& links = step.state.scaling();
  std::set<model::Serial> targets;
  std::set<model::Serial> alarms = {alarm.serial};
  for (const auto* list : {&alarm.alarm_actions, &alarm.ok_actions, &alarm.insufficient_data_actions}) {
    for (const std::string& arn : *list) {
      const model::Serial policy = PolicyOfArn(step, alarm.region, arn);
      if (policy != model::kNoSerial) targets.insert(step.state.Get<ScalingPolicy>(policy).target);
    }
  }
  for (model::Serial target : targets) {
    for (model::Serial policy : links.Members(links.policies_by_target, target)) {
      const std::string arn = PolicyActionArn(step, step.state.Get<ScalingPolicy>(policy));
      const auto& named = links.Members(links.alarms_by_action, arn);
      alarms.insert(named.begin(), named.end());
    }
  }
  return {{targets.begin(), targets.end()}, {alarms.begin(), alarms.end()}};
}

JointPlan PlanTarget(const Step& step, model::Serial serial, std::span<const AlarmReading> readings, model::TimeMs at) {
  JointPlan joint;
  const auto& target = step.state.Get<ScalableTarget>(serial);
  const Service* service = ScaledService(step, target);
  if (service == nullptr) return joint;
  const model::ScalingLinks& links = step.state.scaling();
  std::vector<core::FiredPolicy> fired;
  struct By {
    model::Serial alarm = model::kNoSerial;
    std::vector<double> datapoints;
    double value = 0;
    const model::StepAdjustment* taken = nullptr;
  };
  std::vector<By> by;
  std::size_t trackers = 0;
  for (model::Serial policy_serial : links.Members(links.policies_by_target, serial)) {
    const auto& policy = step.state.Get<ScalingPolicy>(policy_serial);
    if (policy.tracks && !policy.scale_in_disabled) ++trackers;
    const std::string arn = PolicyActionArn(step, policy);
    for (model::Serial alarm_serial : links.Members(links.alarms_by_action, arn)) {
      const auto read = std::find_if(readings.begin(), readings.end(), [&](const AlarmReading& reading) {
        return reading.alarm->serial == alarm_serial;
      });
      const model::Alarm& alarm = read != readings.end() ? *read->alarm : step.state.Get<model::Alarm>(alarm_serial);
      const std::vector<std::string>& actions = ActionsOf(alarm);
      if (std::find(actions.begin(), actions.end(), arn) == actions.end()) continue;
      std::vector<double> newest = read != readings.end() ? read->newest : ReadAlarm(step, alarm, at);
      const std::optional<double> value = core::PolicyValue(policy, newest);
      if (!value) continue;
      const model::StepAdjustment* taken = core::StepFor(policy, alarm.comparison, alarm.threshold, *value);
      if (taken == nullptr && !policy.tracks) continue;
      fired.push_back(policy.tracks ? core::FiredPolicy{&policy, 0, *value, IsLowSide(alarm)}
                                    : core::FiredPolicy{&policy, taken->adjustment});
      by.push_back({alarm_serial, std::move(newest), *value, taken});
    }
  }
  core::ScalingInput& input = joint.input;
  input.target = &target;
  input.running = static_cast<std::int32_t>(service->running_tasks);
  input.desired = service->desired_count;
  input.deployment_in_progress = Deploys(step, *service);
  input.trackers = trackers;
  input.now = at;
  joint.plan = core::PlanScaling(input, fired);
  if (fired.empty()) return joint;
  joint.policy = fired[joint.plan.winner].policy->serial;
  By& winner = by[joint.plan.winner];
  joint.alarm = winner.alarm;
  joint.datapoints = std::move(winner.datapoints);
  joint.value = winner.value;
  if (winner.taken != nullptr) joint.taken = *winner.taken;
  return joint;
}

model::ScalingDecision TellScaling(const Step& step, const JointPlan& joint) {
  const auto& policy = step.state.Get<ScalingPolicy>(joint.policy);
  const auto& alarm = step.state.Get<model::Alarm>(joint.alarm);
  model::ScalingDecision told;
  told.policy = policy.name;
  told.alarm = alarm.name;
  told.alarm_state = alarm.state;
  told.threshold = alarm.threshold;
  told.datapoints = joint.datapoints;
  told.value = joint.value;
  told.lower = joint.taken.lower;
  told.upper = joint.taken.upper;
  told.adjustment = joint.taken.adjustment;
  told.adjustment_type = policy.adjustment_type;
  if (policy.tracks) told.target_value = policy.target_value;
  told.base = joint.plan.base;
  told.wanted = joint.plan.wanted;
  told.desired = joint.plan.desired;
  told.min_capacity = joint.input.target->min_capacity;
  told.max_capacity = joint.input.target->max_capacity;
  told.running = joint.input.running;
  told.desired_before = joint.input.desired;
  return told;
}

void ApplyPlan(Step& step, model::Serial serial, const JointPlan& joint) {
  const auto& policy = step.state.Get<ScalingPolicy>(joint.policy);
  const auto& alarm = step.state.Get<model::Alarm>(joint.alarm);
  const Service& service = *ScaledService(step, step.state.Get<ScalableTarget>(serial));
  std::string told;
  model::EncodeRow(TellScaling(step, joint), told);
  step.state.Update<ScalableTarget>(serial, [&](ScalableTarget& row) {
    row.cooldown_seconds = CooldownSeconds(policy, joint.plan.scale_in);
    row.cooldown_until = step.now + row.cooldown_seconds * model::kSecondMs;
    row.cooldown_added = joint.plan.added;
    row.cooldown_is_scale_in = joint.plan.scale_in;
  });
  SetCount(step, serial, service,
           {.count = joint.plan.desired,
            .by = model::CountSetter::kPolicy,
            .decision = step.state.InternDocument(told),
            .cause = absl::StrCat("monitor alarm ", alarm.name, " in state ", StateName(alarm.state),
                                  " triggered policy ", policy.name)});
}

void MoveIntoBounds(Step& step, model::Serial serial) {
  const auto& target = step.state.Get<ScalableTarget>(serial);
  const Service* service = ScaledService(step, target);
  if (service == nullptr) return;
  const std::int32_t count = std::clamp(service->desired_count, target.min_capacity, target.max_capacity);
  if (count == service->desired_count) return;
  const bool raised = count > service->desired_count;
  step.state.Update<ScalableTarget>(serial, [](ScalableTarget& row) { row.cooldown_seconds = 0; });
  SetCount(step, serial, *service,
           {.count = count,
            .by = model::CountSetter::kCapacityBounds,
            .cause = absl::StrCat(raised ? "minimum" : "maximum", " capacity was set to ", count)});
}

void ErasePolicy(Step& step, model::Serial serial) {
  model::ScalingLinks& links = step.state.scaling();
  for (model::Serial alarm :
       {step.state.Get<ScalingPolicy>(serial).high_alarm, step.state.Get<ScalingPolicy>(serial).low_alarm}) {
    if (step.state.Find<model::Alarm>(alarm) != nullptr) EraseAlarm(step, alarm);
  }
  const std::string arn = PolicyActionArn(step, step.state.Get<ScalingPolicy>(serial));
  for (model::Serial alarm : links.Members(links.alarms_by_action, arn)) links.dirty_alarms.insert(alarm);
  step.state.Erase<ScalingPolicy>(serial);
}

void EraseTarget(Step& step, model::Serial serial) {
  const model::ScalingLinks& links = step.state.scaling();
  const auto& members = links.Members(links.policies_by_target, serial);
  const std::vector<model::Serial> policies(members.begin(), members.end());
  for (model::Serial policy : policies) ErasePolicy(step, policy);
  const auto actions = links.Members(links.schedules_by_target, serial);
  for (model::Serial action : actions) step.state.Erase<model::ScheduledAction>(action);
  CloseActivity(step, step.state.Get<ScalableTarget>(serial).open_activity, ActivityStatus::kUnfulfilled,
                "The scalable target was deregistered.");
  step.state.Erase<ScalableTarget>(serial);
}

void SettleTarget(Step& step, model::Serial serial) {
  const auto* target = step.state.Find<ScalableTarget>(serial);
  if (target == nullptr) return;
  if (target->open_activity != model::kNoSerial) {
    const Service* service = ScaledService(step, *target);
    const auto* activity = step.state.Find<ScalingActivity>(target->open_activity);
    const bool gone = service == nullptr;
    const bool fulfilled = !gone && activity != nullptr &&
                           static_cast<std::int32_t>(service->running_tasks) == activity->desired_count &&
                           service->desired_count == activity->desired_count;
    if (gone) {
      CloseActivity(step, target->open_activity, ActivityStatus::kUnfulfilled, "The service is no longer active.");
    } else if (fulfilled) {
      CloseActivity(step, target->open_activity, ActivityStatus::kSuccessful, "Change successfully fulfilled by ecs.");
    }
    if (gone || fulfilled || activity == nullptr) {
      step.state.Update<ScalableTarget>(serial, [&](ScalableTarget& row) {
        row.open_activity = model::kNoSerial;
        // The cooldown runs from the success of the activity (F24).
        if (fulfilled && row.cooldown_seconds > 0) {
          row.cooldown_until = step.now + row.cooldown_seconds * model::kSecondMs;
        }
      });
    }
  }
  model::ScalingLinks& links = step.state.scaling();
  for (model::Serial policy : links.Members(links.policies_by_target, serial)) {
    const std::string arn = PolicyActionArn(step, step.state.Get<ScalingPolicy>(policy));
    for (model::Serial alarm : links.Members(links.alarms_by_action, arn)) links.dirty_alarms.insert(alarm);
  }
}

void FireActivity(Step& step, model::Serial serial) {
  if (step.state.Get<ScalingActivity>(serial).due_at <= step.now) step.state.Erase<ScalingActivity>(serial);
}

}  // namespace ecsmi::control
