#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/check.h"
#include "api/cloudwatch/alarm_view.h"
#include "api/emulator/emulator.h"
#include "api/emulator/explain_words.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/explain.h"
#include "ecsmi/control/lifecycle.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
using model::Deployment;
using model::Service;
using model::TaskClass;

// One numbering here and on the wire.
static_assert(static_cast<int>(model::CountSetter::kCreateService) == emu::CountSetter::CREATE_SERVICE &&
              static_cast<int>(model::CountSetter::kDeleteService) == emu::CountSetter::DELETE_SERVICE);

std::string AlarmStateName(model::AlarmState state) {
  return cloudwatch::v1::StateValue::Value_Name(ShowState(state));
}

const char* AdjustmentName(model::AdjustmentType type) {
  switch (type) {
    case model::AdjustmentType::kChangeInCapacity:
      return "ChangeInCapacity";
    case model::AdjustmentType::kPercentChangeInCapacity:
      return "PercentChangeInCapacity";
    case model::AdjustmentType::kExactCapacity:
      return "ExactCapacity";
  }
  return "";
}

const char* HoldName(core::Hold hold) {
  switch (hold) {
    case core::Hold::kNone:
      return "NONE";
    case core::Hold::kNoStep:
      return "NO_STEP";
    case core::Hold::kNoChange:
      return "NO_CHANGE";
    case core::Hold::kCooldown:
      return "COOLDOWN";
    case core::Hold::kDeployment:
      return "DEPLOYMENT";
    case core::Hold::kSuspended:
      return "SUSPENDED";
    case core::Hold::kTracker:
      return "TRACKER";
  }
  return "";
}

const char* StatusName(model::ServiceStatus status) {
  switch (status) {
    case model::ServiceStatus::kActive:
      return "ACTIVE";
    case model::ServiceStatus::kDraining:
      return "DRAINING";
    case model::ServiceStatus::kInactive:
      return "INACTIVE";
  }
  return "";
}

void FillStep(const model::ScalingDecision& decision, emu::ScalingStep* out) {
  out->set_policy_name(decision.policy);
  out->set_alarm_name(decision.alarm);
  out->set_alarm_state(AlarmStateName(decision.alarm_state));
  out->set_threshold(decision.threshold);
  for (const double point : decision.datapoints) out->add_datapoints(point);
  out->set_value(decision.value);
  if (decision.lower) out->set_lower_bound(*decision.lower);
  if (decision.upper) out->set_upper_bound(*decision.upper);
  if (decision.target_value) {
    out->set_target_value(*decision.target_value);
  } else {
    out->set_adjustment(decision.adjustment);
    out->set_adjustment_type(AdjustmentName(decision.adjustment_type));
  }
  out->set_base(decision.base);
  out->set_wanted(decision.wanted);
  out->set_desired(decision.desired);
  out->set_min_capacity(decision.min_capacity);
  out->set_max_capacity(decision.max_capacity);
  out->set_running(decision.running);
  out->set_desired_before(decision.desired_before);
}

void FillScaling(const Step& step, const model::ScalableTarget& target, emu::ScalingNow* out) {
  const control::ScalingOutlook outlook = control::OutlookOf(step, target);
  out->set_min_capacity(target.min_capacity);
  out->set_max_capacity(target.max_capacity);
  out->set_hold(HoldName(outlook.hold));
  if (outlook.step) FillStep(*outlook.step, out->mutable_step());
  if (target.cooldown_until > step.now) {
    *out->mutable_cooldown_until() = MomentOf(step, target.cooldown_until);
    out->set_cooldown_is_scale_in(target.cooldown_is_scale_in);
  }
  out->set_scale_in_suspended(target.scale_in_suspended);
  out->set_scale_out_suspended(target.scale_out_suspended);
  for (const control::ScalingOutlook::Reading& reading : outlook.readings) {
    const auto& alarm = step.state.Get<model::Alarm>(reading.alarm);
    emu::ScalingAlarm& told = *out->add_alarms();
    told.set_alarm_name(alarm.name);
    told.set_policy_name(step.state.Get<model::ScalingPolicy>(reading.policy).name);
    told.set_state(AlarmStateName(alarm.state));
    if (IsMoment(alarm.transitioned_at)) *told.mutable_since() = MomentOf(step, alarm.transitioned_at);
    told.set_state_reason(alarm.state_reason);
    for (const double point : reading.datapoints) told.add_datapoints(point);
    told.set_threshold(alarm.threshold);
    if (IsMoment(alarm.evaluate_at)) *told.mutable_evaluates_at() = MomentOf(step, alarm.evaluate_at);
  }
}

std::vector<const Deployment*> DeploymentsOf(const Step& step, const Service& service) {
  std::vector<const Deployment*> rows;
  step.state.ForEachIn<Deployment>(service.deployments, &Deployment::in_service,
                                   [&](const Deployment& row) { rows.push_back(&row); });
  std::sort(rows.begin(), rows.end(), [&](const Deployment* a, const Deployment* b) {
    const bool a_first = a->serial == service.primary;
    const bool b_first = b->serial == service.primary;
    return a_first != b_first ? a_first : a->serial > b->serial;
  });
  return rows;
}

void FillDeployment(Step& step, const Service& service, const Deployment& row, emu::ExplainedDeployment* out) {
  static constexpr const char* kStatus[] = {"", "PRIMARY", "ACTIVE", "INACTIVE"};
  static constexpr const char* kRollout[] = {"", "IN_PROGRESS", "COMPLETED", "FAILED"};
  model::DeploymentTally& tally = *step.state.TallyOf(row.serial);
  model::DeploymentTally& leaving = *step.state.LeavingTallyOf(row.serial);
  tally.AdvanceTo(step.now);
  leaving.AdvanceTo(step.now);
  const auto count = [&](TaskClass of) { return static_cast<std::int32_t>(tally.count(of) + leaving.count(of)); };
  out->set_id(control::DeploymentId(step, row.serial));
  out->set_status(kStatus[static_cast<std::size_t>(row.status)]);
  out->set_rollout_state(kRollout[static_cast<std::size_t>(row.rollout)]);
  out->set_rollout_reason(row.rollout_reason);
  const auto& definition = step.state.Get<model::TaskDefinition>(row.definition);
  out->set_task_definition(Say(definition.family, ":", definition.revision));
  out->set_waiting(count(TaskClass::kWaiting));
  out->set_starting(count(TaskClass::kStarting));
  out->set_unhealthy(count(TaskClass::kUnhealthy));
  out->set_warming(count(TaskClass::kWarming));
  out->set_healthy(count(TaskClass::kHealthy));
  out->set_stopping(static_cast<std::int32_t>(row.live_tasks - row.running_tasks - row.pending_tasks));
  out->set_failed_tasks(row.failed_tasks);
  if (service.breaker_enabled) {
    out->set_breaker_threshold(
        core::BreakerThreshold(service.breaker_threshold_type, service.breaker_threshold, service.desired_count));
  }
}

// The first moment at which capacity is planned for one of its waiting tasks.
model::TimeMs PlannedAt(const Step& step, const Service& service) {
  model::TimeMs at = model::kNever;
  for (const model::StrategyItem& item : service.strategy) {
    if (const auto* provider = step.state.Find<model::CapacityProvider>(item.provider)) {
      at = std::min(at, provider->batch_due_at);
    }
  }
  return at;
}

// What an ACTIVE service waits for, from its own pass's view and plan, most pressing first.
void SayWaits(const Step& step, const Service& service, const control::ServiceOutlook& outlook,
              const emu::ExplainServiceResponse& told, ReasonList& waits) {
  const core::ServiceView& view = outlook.view;
  const core::ServicePlan& plan = outlook.plan;
  const auto say = [&](std::string_view code, std::string text, model::TimeMs until = model::kNever) {
    AddReason(step, waits, code, std::move(text), until);
  };
  const auto both = [&](TaskClass of) { return view.primary[of] + view.old[of]; };
  if (view.primary_failed) say("FAILED_DEPLOYMENT", "Its deployment FAILED: it starts no task until another is made.");
  if (plan.out_of_room) {
    say("PROVISIONING_LIMIT",
        "No more tasks of the cluster may be PROVISIONING; it starts the rest when some are not.");
  }
  if (plan.waits_to_start && service.start_failures > 0) {
    say("THROTTLED", Say("Starts failed ", CountText(service.start_failures, "time"), " in a row: the next waits."),
        service.retry_at);
  } else if (plan.waits_to_start) {
    say("RESTART_PAUSE", "A task that ended by itself is replaced a second after it was made at the earliest.",
        service.retry_at);
  }
  if (plan.stuck) {
    say("BOUNDS", Say("It can neither start nor stop a task: healthy ones may not fall below ", outlook.bounds.lower,
                      ", all together not rise above ", outlook.bounds.upper, "."));
  }
  if (plan.blocked_by_protection > 0) {
    say("PROTECTED", Say(CountText(plan.blocked_by_protection, "task"), " it would stop are under protection."),
        outlook.unprotected_at);
  }
  if (const std::int32_t waiting = both(TaskClass::kWaiting); waiting > 0) {
    say("ROOM", Say(CountText(waiting, "task"), waiting == 1 ? " waits" : " wait", " for room on an instance."),
        PlannedAt(step, service));
  }
  if (const std::int32_t starting = both(TaskClass::kStarting); starting > 0) {
    say("STARTING", Say(CountText(starting, "task"), starting == 1 ? " is" : " are", " on the way to RUNNING."));
  }
  if (const std::int32_t unhealthy = both(TaskClass::kUnhealthy); unhealthy > 0) {
    say("UNHEALTHY", Say(CountText(unhealthy, "task"), unhealthy == 1 ? " fails" : " fail", " a health check."));
  }
  const bool rolls = view.old.Total() > 0 || view.primary.Total() != view.desired;
  if (const std::int32_t warming = both(TaskClass::kWarming); warming > 0 && rolls) {
    say("WARMING",
        Say(CountText(warming, "task"), warming == 1 ? " has" : " have", " to run for ",
            SpanText(model::kHealthyAfterMs), " before ", warming == 1 ? "it counts" : "they count", " as healthy."),
        outlook.healthy_at);
  }
  if (const std::int32_t old = view.old.Total(); old > 0) {
    say("OLD_TASKS", Say(CountText(old, "task"), " of replaced deployments or draining instances ",
                         old == 1 ? "is" : "are", " yet to stop: at least ", outlook.bounds.lower,
                         " healthy ones stay, at most ", outlook.bounds.upper, " in all."));
  }
  std::int32_t stopping = 0;
  for (const emu::ExplainedDeployment& deployment : told.deployments()) stopping += deployment.stopping();
  if (stopping > 0) {
    say("STOPPING", Say(CountText(stopping, "task"), stopping == 1 ? " is" : " are", " on the way to STOPPED."));
  }
  if (waits.empty() && outlook.baked_at != model::kNever) {
    say("BAKING", "All tasks are replaced; the alarms of the deployment are watched for a while.", outlook.baked_at);
  }
  if (waits.empty()) say("STEADY", "It has what it wants.");
}

std::string SetterText(const Service& service, const emu::ExplainServiceResponse& told) {
  switch (service.count_set_by) {
    case model::CountSetter::kUnknown:
      return "";
    case model::CountSetter::kCreateService:
      return " by CreateService";
    case model::CountSetter::kUpdateService:
      return " by UpdateService";
    case model::CountSetter::kPolicy:
      return Say(" by policy ", told.desired_count_step().policy_name(), " (alarm ",
                 told.desired_count_step().alarm_name(), ")");
    case model::CountSetter::kCapacityBounds:
      return " by the scalable target's bounds";
    case model::CountSetter::kDeleteService:
      return " by DeleteService";
  }
  return "";
}

}  // namespace

absl::Status CheckExplainService(const emu::ExplainServiceRequest& request) {
  return CheckRequired("service", request.service());
}

absl::Status ExplainService(Step& step, const CallContext& context, const emu::ExplainServiceRequest& request,
                            emu::ExplainServiceResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const Service* found, ResolveService(step, *cluster, request.service()));
  if (found == nullptr) return AwsError(AwsException::kServiceNotFound, "Service not found.");
  const Service& service = *found;
  response->set_service_arn(ServiceArn(step, service));
  response->set_status(StatusName(service.status));
  response->set_desired_count(service.desired_count);
  response->set_running_count(static_cast<std::int32_t>(service.running_tasks));
  response->set_pending_count(static_cast<std::int32_t>(service.pending_tasks));
  if (service.count_set_by != model::CountSetter::kUnknown) {
    response->set_desired_count_set_by(static_cast<emu::CountSetter::Value>(service.count_set_by));
    *response->mutable_desired_count_set_at() = MomentOf(step, service.count_set_at);
  }
  model::ScalingDecision decision;
  if (service.count_decision != model::kNoSerial &&
      model::DecodeRow(step.state.DocumentBytes(service.count_decision), decision)) {
    FillStep(decision, response->mutable_desired_count_step());
  }
  if (const auto* target = step.state.Find<model::ScalableTarget>(service.scalable_target)) {
    FillScaling(step, *target, response->mutable_scaling());
  }
  if (service.status != model::ServiceStatus::kInactive) {
    for (const Deployment* row : DeploymentsOf(step, service)) {
      FillDeployment(step, service, *row, response->add_deployments());
    }
  }
  switch (service.status) {
    case model::ServiceStatus::kActive: {
      const control::ServiceOutlook outlook = control::OutlookOf(step, service);
      response->set_lower_bound(outlook.bounds.lower);
      response->set_upper_bound(outlook.bounds.upper);
      SayWaits(step, service, outlook, *response, *response->mutable_waits());
      break;
    }
    case model::ServiceStatus::kDraining:
      AddReason(step, *response->mutable_waits(), "DRAINING", "It was deleted and goes when its last task is STOPPED.");
      break;
    case model::ServiceStatus::kInactive:
      AddReason(step, *response->mutable_waits(), "INACTIVE", "It was deleted.");
      break;
  }
  response->set_summary(Say(service.name, " ", response->status(), " · ", service.running_tasks, " of ",
                            service.desired_count, " running · desired ", service.desired_count,
                            SetterText(service, *response), " · ", response->waits(0).text()));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
