#include "ecsmi/control/explain.h"

#include <algorithm>

#include "control/autoscaling.h"
#include "control/simulation.h"
#include "ecsmi/base/check.h"
#include "ecsmi/core/launchable_types.h"

namespace ecsmi::control {
namespace {

using model::InstanceStage;
using model::Task;
using model::TaskStatus;

// A task's way is short; a rule that never ended it would be our bug.
constexpr int kMovesMax = 16;

// The type that has most of what is asked for, the cheapest of several.
void NoteMost(const ProviderOffer& offer, std::span<const core::LaunchableType> types, std::int64_t asked,
              std::int64_t (*amount)(const core::LaunchableType&), Wait& wait) {
  wait.asked = asked;
  for (const core::LaunchableType& type : types) {
    if (!wait.most_offered_by.empty() && amount(type) <= wait.most_offered) continue;
    wait.most_offered = amount(type);
    wait.most_offered_by = offer.region->types[type.ordinal].type->name;
  }
}

void NoteUnmet(const ProviderOffer& offer, std::span<const core::LaunchableType> types,
               const core::PlacementClass& wanted, Wait& wait) {
  using Type = core::LaunchableType;
  if (wait.requirement == "cpu") {
    NoteMost(
        offer, types, wanted.need.cpu_units, [](const Type& t) -> std::int64_t { return t.usable.cpu_units; }, wait);
  } else if (wait.requirement == "memory") {
    NoteMost(
        offer, types, wanted.need.memory_mib, [](const Type& t) -> std::int64_t { return t.usable.memory_mib; }, wait);
  } else if (wait.requirement == "gpu") {
    const std::int64_t asked = wanted.all_gpus ? 1 : wanted.need.gpus;
    NoteMost(
        offer, types, asked, [](const Type& t) -> std::int64_t { return t.usable.gpus; }, wait);
  } else if (wait.requirement == "eni") {
    NoteMost(
        offer, types, wanted.need.eni_slots, [](const Type& t) -> std::int64_t { return t.usable.eni_slots; }, wait);
  }
}

}  // namespace

std::string_view NameOf(TaskStatus status) {
  switch (status) {
    case TaskStatus::kProvisioning:
      return "PROVISIONING";
    case TaskStatus::kPending:
      return "PENDING";
    case TaskStatus::kActivating:
      return "ACTIVATING";
    case TaskStatus::kRunning:
      return "RUNNING";
    case TaskStatus::kDeactivating:
      return "DEACTIVATING";
    case TaskStatus::kStopping:
      return "STOPPING";
    case TaskStatus::kDeprovisioning:
      return "DEPROVISIONING";
    case TaskStatus::kStopped:
      return "STOPPED";
  }
  return "";
}

std::string_view NameOf(InstanceStage stage) {
  switch (stage) {
    case InstanceStage::kLaunching:
      return "pending";
    case InstanceStage::kBooting:
      return "running";
    case InstanceStage::kRegistering:
      return "REGISTERING";
    case InstanceStage::kActive:
      return "ACTIVE";
    case InstanceStage::kDraining:
      return "DRAINING";
    case InstanceStage::kDeregistering:
      return "DEREGISTERING";
    case InstanceStage::kTerminated:
      return "terminated";
  }
  return "";
}

std::vector<InstanceMove> MovesAhead(const Step& step, const model::ContainerInstance& instance) {
  std::vector<InstanceMove> moves;
  model::TimeMs at = instance.due_at;
  switch (instance.stage) {
    case InstanceStage::kLaunching:
      moves.push_back({InstanceStage::kBooting, at});
      at += StageMs(step, instance, InstanceStage::kBooting);
      [[fallthrough]];
    case InstanceStage::kBooting:
      moves.push_back({InstanceStage::kRegistering, at});
      at += StageMs(step, instance, InstanceStage::kRegistering);
      [[fallthrough]];
    case InstanceStage::kRegistering:
      moves.push_back({InstanceStage::kActive, at});
      break;
    case InstanceStage::kActive:
    case InstanceStage::kDraining:
      at = std::min(instance.idle_due_at, instance.due_at);
      if (at == model::kNever) break;
      moves.push_back({InstanceStage::kDeregistering, at});
      moves.push_back({InstanceStage::kTerminated, at + StageMs(step, instance, InstanceStage::kDeregistering)});
      break;
    case InstanceStage::kDeregistering:
      moves.push_back({InstanceStage::kTerminated, at});
      break;
    case InstanceStage::kTerminated:
      break;
  }
  return moves;
}

std::vector<TaskMoveAhead> MovesAhead(const Step& step, const Task& task) {
  if (task.instance == model::kNoSerial || task.status == TaskStatus::kStopped) return {};
  Task ahead = task;
  if (ahead.status == TaskStatus::kProvisioning && ahead.due_at == model::kNever) {
    // Its instance first has to become ACTIVE.
    const auto moves = MovesAhead(step, step.state.Get<model::ContainerInstance>(task.instance));
    const auto active = std::ranges::find(moves, InstanceStage::kActive, &InstanceMove::stage);
    if (active == moves.end()) return {};
    ahead.due_at = active->at + AttachMs(step, task);
  }
  std::vector<TaskMoveAhead> moves;
  while (ahead.due_at != model::kNever && moves.size() < kMovesMax) {
    const model::TimeMs at = ahead.due_at;
    TaskMove move = NextMove(step, ahead);
    ahead.status = move.status;
    ahead.exited_container = move.exited_container;
    ahead.due_at = move.Until(at);
    moves.push_back({move.status, at, move.stop_code, std::move(move.reason)});
    if (ahead.status == TaskStatus::kStopped) break;
  }
  return moves;
}

Wait WaitOf(Step& step, const Task& task) {
  ECSMI_CHECK(task.Waits());
  const auto& provider = step.state.Get<model::CapacityProvider>(task.provider);
  const ProviderOffer offer = OfferOf(step, provider);
  const core::PlacementClass wanted = ClassOf(step, task);
  const std::vector<core::LaunchableType> types =
      core::LaunchableTypes(*offer.region, offer.allowed, step.settings.fee_current);
  Wait wait;
  wait.until = provider.batch_due_at;
  wait.requirement = core::UnmetRequirement(wanted, types, offer.zones);
  // A task that came after the refusal waits for a batch of its own.
  const bool was_refused = provider.refusal.attempts > 0 && task.created_at <= provider.refusal.at;
  if (!wait.requirement.empty()) {
    wait.what = WaitsFor::kNoInstanceType;
    NoteUnmet(offer, types, wanted, wait);
  } else if (provider.pass_goes_on) {
    wait.what = WaitsFor::kNextPass;
  } else if (was_refused && !provider.refusal.quota_class.empty()) {
    wait.what = WaitsFor::kQuota;
  }
  for (const model::WaitingClass* waiting : step.state.waiting(task.provider).All()) {
    wait.tasks_waiting += waiting->tasks.size();
  }
  wait.misses = step.placement.Misses(task.provider, wanted, task.group, kMissesTold);
  wait.instances = provider.instances.count;
  return wait;
}

ServiceOutlook OutlookOf(Step& step, const model::Service& service) {
  ServiceOutlook outlook;
  outlook.view = ViewService(step, service);
  outlook.plan = core::PlanService(outlook.view);
  outlook.bounds = core::BoundsOf(service.desired_count, service.minimum_healthy_percent, service.maximum_percent);
  step.state.ForEachIn<model::Deployment>(
      service.deployments, &model::Deployment::in_service, [&](const model::Deployment& row) {
        const model::DeploymentTally& tally = *step.state.TallyOf(row.serial);
        outlook.healthy_at = std::min(outlook.healthy_at, tally.NextHealthyAt());
        outlook.unprotected_at = std::min({outlook.unprotected_at, tally.NextUnprotectedAt(),
                                           step.state.LeavingTallyOf(row.serial)->NextUnprotectedAt()});
      });
  outlook.baked_at = BakedAt(step, service);
  return outlook;
}

ScalingOutlook OutlookOf(const Step& step, const model::ScalableTarget& target) {
  ScalingOutlook outlook;
  const JointPlan joint = PlanTarget(step, target.serial, {}, step.now);
  outlook.hold = joint.plan.hold;
  if (joint.policy != model::kNoSerial) outlook.step = TellScaling(step, joint);
  const model::ScalingLinks& links = step.state.scaling();
  for (const model::Serial policy : links.Members(links.policies_by_target, target.serial)) {
    const std::string arn = PolicyActionArn(step, step.state.Get<model::ScalingPolicy>(policy));
    for (const model::Serial alarm : links.Members(links.alarms_by_action, arn)) {
      outlook.readings.push_back({alarm, policy, ReadAlarm(step, step.state.Get<model::Alarm>(alarm), step.now)});
    }
  }
  return outlook;
}

}  // namespace ecsmi::control
