#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "control/service_moves.h"
#include "control/simulation.h"
#include "ecsmi/core/reconcile.h"
#include "ecsmi/core/strategy.h"
#include "ecsmi/model/aws_ids.h"

// A service's pass: reads its tallies, asks core/reconcile, applies the plan.
namespace ecsmi::control {
namespace {

using model::Deployment;
using model::DeploymentStatus;
using model::DeploymentTally;
using model::NoticeKind;
using model::RolloutState;
using model::Service;
using model::ServiceStatus;
using model::Task;
using model::TaskClass;

constexpr model::DurationMs kSayAgainMs = 6 * model::kHourMs;      // D11, D54
constexpr std::int32_t kImpairedRounds = 3;                        // D45: when the event is said (assumed)
constexpr model::DurationMs kInactiveRetentionMs = model::kDayMs;  // how long AWS shows a deleted service is not known

std::vector<model::Serial> DeploymentsOf(const Step& step, const Service& service) {
  std::vector<model::Serial> serials;
  step.state.ForEachIn<Deployment>(service.deployments, &Deployment::in_service,
                                   [&](const Deployment& row) { serials.push_back(row.serial); });
  std::sort(serials.begin(), serials.end());
  return serials;
}

// --- Deployments that are over ---------------------------------------------------------------------------------------

// A replaced deployment goes with its last task; the last completed one stays, unseen, as long as the newest may have
// to roll back to it (D41).
void ForgetDeployments(Step& step, const Service& service) {
  const auto* primary = step.state.Find<Deployment>(service.primary);
  const bool may_roll_back = service.status == ServiceStatus::kActive && primary->rollout != RolloutState::kCompleted;
  for (model::Serial serial : DeploymentsOf(step, service)) {
    const auto& row = step.state.Get<Deployment>(serial);
    if (row.live_tasks > 0) continue;
    if (serial == service.primary) continue;
    if (may_roll_back && row.rollout == RolloutState::kCompleted) {
      if (row.status == DeploymentStatus::kInactive) continue;
      step.state.Update<Deployment>(serial, [](Deployment& changed) { changed.status = DeploymentStatus::kInactive; });
    } else {
      step.state.Erase<Deployment>(serial);
    }
  }
}

// --- Plan and apply --------------------------------------------------------------------------------------------------

void AddCounts(DeploymentTally& tally, model::TimeMs now, core::TaskCounts& counts) {
  tally.AdvanceTo(now);
  for (std::size_t i = 0; i < model::kTaskClasses; ++i) {
    counts.count[i] += static_cast<std::int32_t>(tally.count(static_cast<TaskClass>(i)));
    counts.stoppable[i] += static_cast<std::int32_t>(tally.stoppable(static_cast<TaskClass>(i)));
  }
}

}  // namespace

core::ServiceView ViewService(Step& step, const Service& service) {
  core::ServiceView view;
  view.desired = service.desired_count;
  view.minimum_healthy_percent = service.minimum_healthy_percent;
  view.maximum_percent = service.maximum_percent;
  view.primary_failed = step.state.Get<Deployment>(service.primary).rollout == RolloutState::kFailed;
  view.start_later = service.retry_at > step.now;
  const std::uint32_t provisioning = step.state.Get<model::Cluster>(service.cluster).provisioning_tasks;
  view.start_room = !step.settings.limits             ? service.desired_count
                    : provisioning < kProvisioningMax ? static_cast<std::int32_t>(kProvisioningMax - provisioning)
                                                      : 0;
  for (model::Serial serial : DeploymentsOf(step, service)) {
    AddCounts(*step.state.TallyOf(serial), step.now, serial == service.primary ? view.primary : view.old);
    // Whatever their deployment, tasks on draining instances are replaced as those of an older one are (E30).
    AddCounts(*step.state.LeavingTallyOf(serial), step.now, view.old);
  }
  view.moving = static_cast<std::int32_t>(step.state.TallyOf(service.primary)->moving());
  return view;
}

namespace {

// What a pass has started and stopped, for its events.
struct Moves {
  std::vector<model::Serial> started;
  std::vector<model::Serial> stopped_running;
  std::int32_t stopped_pending = 0;
};

// Stops tasks of one deployment by its stop order; takes what it stopped off `stops`. `tally`: State's for all its
// tasks but those on draining instances, or for these.
void StopSome(Step& step, model::Serial deployment, std::array<std::int32_t, model::kTaskClasses>& stops,
              const std::string& reason, model::StopCause cause, Moves& moves,
              DeploymentTally* (model::State::*tally)(model::Serial) = &model::State::TallyOf) {
  for (std::size_t i = 0; i < model::kTaskClasses; ++i) {
    const auto of = static_cast<TaskClass>(i);
    while (stops[i] > 0) {
      const model::Serial task = (step.state.*tally)(deployment)->FirstToStop(of);
      if (task == model::kNoSerial) break;
      --stops[i];
      if (of == TaskClass::kWaiting || of == TaskClass::kStarting) {
        ++moves.stopped_pending;
      } else {
        moves.stopped_running.push_back(task);
      }
      const bool unhealthy = of == TaskClass::kUnhealthy;
      if (unhealthy) NoteTaskUnhealthy(step, step.state.Get<Task>(task));
      StopTask(step, task, model::StopCode::kServiceSchedulerInitiated,
               unhealthy ? "Task failed container health checks" : reason,
               unhealthy ? model::StopCause::kUnhealthy : cause);
    }
  }
}

// D53.
void SayMoves(Step& step, model::Serial serial, const Moves& moves) {
  const std::string who = absl::StrCat("(service ", step.state.Get<Service>(serial).name, ")");
  if (moves.stopped_pending > 0) {
    AddServiceEvent(step, serial, absl::StrCat(who, " has stopped ", moves.stopped_pending, " pending tasks."));
  }
  if (!moves.stopped_running.empty()) {
    AddServiceEvent(step, serial,
                    absl::StrCat(who, " has stopped ", moves.stopped_running.size(),
                                 " running tasks:", TaskList(step, moves.stopped_running), "."));
  }
  if (!moves.started.empty()) {
    AddServiceEvent(
        step, serial,
        absl::StrCat(who, " has started ", moves.started.size(), " tasks:", TaskList(step, moves.started), "."));
  }
}

std::string ScalingReason(const Step& step, const Service& service) {
  return absl::StrCat("Scaling activity initiated by (deployment ", DeploymentId(step, service.primary), ")");  // C49
}

void Apply(Step& step, model::Serial serial, core::ServicePlan plan) {
  const auto& service = step.state.Get<Service>(serial);
  const model::Serial primary = service.primary;
  const std::string reason = ScalingReason(step, service);
  Moves moves;
  for (model::Serial deployment : DeploymentsOf(step, service)) {
    StopSome(step, deployment, plan.stop_old, reason, model::StopCause::kReplaced, moves,
             &model::State::LeavingTallyOf);
  }
  for (model::Serial deployment : DeploymentsOf(step, service)) {
    if (deployment != primary) StopSome(step, deployment, plan.stop_old, reason, model::StopCause::kReplaced, moves);
  }
  StopSome(step, primary, plan.stop_primary, reason, model::StopCause::kScaleIn, moves);
  if (plan.start > 0) moves.started = StartTasks(step, step.state.Get<Service>(serial), plan.start);
  SayMoves(step, serial, moves);
}

// --- What lasts ------------------------------------------------------------------------------------------------------

// Says a condition's event when it is new and every six hours while it lasts (D11).
void SayWhile(Step& step, model::Serial serial, bool lasts, NoticeKind kind, const std::string& message) {
  if (!lasts) return ClearNotice(step, serial, kind);
  if (Announce(step, serial, kind, kSayAgainMs)) AddServiceEvent(step, serial, message);
}

void SayConditions(Step& step, model::Serial serial, const core::ServicePlan& plan, const core::ServiceView& view) {
  const auto& service = step.state.Get<Service>(serial);
  const std::string who = absl::StrCat("(service ", service.name, ")");
  const std::string task_set = absl::StrCat("taskSet ", DeploymentId(step, service.primary));
  const bool impaired = service.start_failures >= kImpairedRounds;
  SayWhile(step, serial, plan.stuck, NoticeKind::kStuck,
           absl::StrCat(who,
                        " was unable to stop or start tasks during a deployment because of the service deployment "
                        "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."));
  SayWhile(step, serial, impaired, NoticeKind::kImpaired,
           absl::StrCat(who, " is unable to consistently start tasks successfully."));
  SayWhile(step, serial, plan.out_of_room, NoticeKind::kProvisioningLimit,
           absl::StrCat(who,
                        " was unable to place tasks in your cluster because the tasks provisioning capacity limit was "
                        "exceeded."));
  SayWhile(
      step, serial, plan.blocked_by_protection > 0, NoticeKind::kProtected,
      absl::StrCat(who, " was unable to reach steady state because (", task_set,
                   ") was unable to scale in due to (reason ", plan.blocked_by_protection, " tasks under protection)"));
  if (view.primary[TaskClass::kWaiting] + view.old[TaskClass::kWaiting] == 0) {
    ClearNotice(step, serial, NoticeKind::kPlacement);
  }
}

// Completes the deployment and says that the service is steady, once and every six hours (D27, D33, D54).
void SaySteady(Step& step, model::Serial serial, bool steady) {
  const auto& service = step.state.Get<Service>(serial);
  const std::string name = service.name;
  if (!steady) {
    if (service.steady_announced_at == model::kUnset) return;
    step.state.Update<Service>(serial, [](Service& row) { row.steady_announced_at = model::kUnset; });
    return;
  }
  if (const auto& primary = step.state.Get<Deployment>(service.primary); primary.rollout == RolloutState::kInProgress) {
    const std::string id = DeploymentId(step, primary.serial);
    step.state.Update<Deployment>(primary.serial, [&](Deployment& row) {
      row.rollout = RolloutState::kCompleted;
      row.rollout_reason = absl::StrCat("ECS deployment ", id, " completed.");
      row.updated_at = step.now;
      row.failed_tasks = 0;
    });
    AddServiceEvent(step, serial, absl::StrCat("(service ", name, ") (deployment ", id, ") deployment completed."));
    CompleteServiceDeployment(step, serial);
    ForgetDeployments(step, step.state.Get<Service>(serial));
  } else if (service.steady_announced_at != model::kUnset && service.steady_announced_at + kSayAgainMs > step.now) {
    return;
  }
  AddServiceEvent(step, serial, absl::StrCat("(service ", name, ") has reached a steady state."));
  step.state.Update<Service>(serial, [&](Service& row) { row.steady_announced_at = step.now; });
}

// When the service is looked at next although nothing changed.
void SetDues(Step& step, model::Serial serial, const core::ServicePlan& plan, bool steady) {
  const auto& service = step.state.Get<Service>(serial);
  model::TimeMs foreground = model::kNever;
  model::TimeMs background = model::kNever;
  if (!steady) foreground = std::min(step.state.TallyOf(service.primary)->NextHealthyAt(), BakedAt(step, service));
  if (plan.blocked_by_protection > 0) {
    for (model::Serial deployment : DeploymentsOf(step, service)) {
      foreground = std::min({foreground, step.state.TallyOf(deployment)->NextUnprotectedAt(),
                             step.state.LeavingTallyOf(deployment)->NextUnprotectedAt()});
    }
  }
  if (plan.waits_to_start) {
    model::TimeMs& due = service.start_failures > 0 ? background : foreground;
    due = std::min(due, service.retry_at);
  }
  if (steady) background = service.steady_announced_at + kSayAgainMs;
  for (const model::Notice& notice : service.notices) {
    // A refused launch is said again with the provider's next attempt; that zones are unequal is said once.
    if (notice.kind == NoticeKind::kPlacement || notice.kind == NoticeKind::kUnbalanced) continue;
    background = std::min(background, notice.at + kSayAgainMs);
  }
  if (service.due_at == foreground && service.background_due_at == background) return;
  step.state.Update<Service>(serial, [&](Service& row) {
    row.due_at = foreground;
    row.background_due_at = background;
  });
}

// --- The passes ------------------------------------------------------------------------------------------------------

// A deleted service stops what it has (protected tasks too, C82).
void StopAll(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  std::vector<model::Serial> tasks;
  step.state.ForEachIn<Task>(service.tasks, &Task::in_service, [&](const Task& task) {
    if (!task.desired_stopped && task.status != model::TaskStatus::kStopped) tasks.push_back(task.serial);
  });
  std::sort(tasks.begin(), tasks.end());
  const std::string reason = ScalingReason(step, service);
  Moves moves;
  for (model::Serial task : tasks) {
    if (step.state.Get<Task>(task).status == model::TaskStatus::kRunning) {
      moves.stopped_running.push_back(task);
    } else {
      ++moves.stopped_pending;
    }
    StopTask(step, task, model::StopCode::kServiceSchedulerInitiated, reason, model::StopCause::kServiceDeleted);
  }
  SayMoves(step, serial, moves);
}

// DRAINING lasts until the last task is STOPPED (D4; that tasks still STOPPING keep it so is assumed).
void Drain(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  AbandonServiceDeployment(step, serial);
  if (service.running_tasks + service.pending_tasks > 0) StopAll(step, serial);
  ForgetDeployments(step, service);
  for (model::Serial deployment : DeploymentsOf(step, service)) {
    if (step.state.Get<Deployment>(deployment).live_tasks > 0) return;
  }
  EraseServiceDeployments(step, serial);
  step.state.Update<Service>(serial, [&](Service& row) {
    row.status = ServiceStatus::kInactive;
    row.deleted_at = step.now;
    row.due_at = model::kNever;
    row.background_due_at = step.now + kInactiveRetentionMs;
    row.notices.clear();
  });
}

// A deleted service is shown no longer. Its tasks are forgotten long before.
void Forget(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  if (service.tasks.count > 0) {
    step.state.Update<Service>(serial, [&](Service& row) { row.background_due_at = step.now + kInactiveRetentionMs; });
    return;
  }
  std::vector<model::Serial> events;
  step.state.ForEachIn<model::ServiceEvent>(service.events, &model::ServiceEvent::in_service,
                                            [&](const model::ServiceEvent& row) { events.push_back(row.serial); });
  std::sort(events.begin(), events.end());
  for (model::Serial event : events) step.state.Erase<model::ServiceEvent>(event);
  for (model::Serial deployment : DeploymentsOf(step, service)) step.state.Erase<Deployment>(deployment);
  step.state.Erase<Service>(serial);
}

}  // namespace

std::vector<model::Serial> StartTasks(Step& step, const Service& service, std::int32_t count, std::uint8_t zone) {
  const auto& deployment = step.state.Get<Deployment>(service.primary);
  const auto& definition = step.state.Get<model::TaskDefinition>(deployment.definition);
  NewTask wanted;
  wanted.cluster = service.cluster;
  wanted.definition = definition.serial;
  wanted.service = service.serial;
  wanted.deployment = deployment.serial;
  wanted.group = service.serial;
  wanted.document = deployment.task_document;
  wanted.resources = definition.resources;
  wanted.all_gpus = definition.all_gpus;
  wanted.distinct_instance = service.distinct_instance;
  wanted.zone = zone;
  const std::vector<model::StrategyItem> strategy = deployment.strategy;
  const bool dedicated = deployment.dedicated;
  std::vector<std::uint32_t> standing;
  standing.reserve(strategy.size());
  for (const model::StrategyItem& item : strategy) {
    standing.push_back(step.state.TallyOf(deployment.serial)->CountOn(item.provider));
  }
  std::vector<model::Serial> started;
  for (std::size_t item : core::DistributeTasks(strategy, standing, count)) {
    wanted.provider = strategy[item].provider;
    wanted.dedicated = dedicated || step.state.Get<model::CapacityProvider>(wanted.provider).dedicated;
    started.push_back(CreateTask(step, wanted));
  }
  return started;
}

std::string TaskList(const Step& step, const std::vector<model::Serial>& tasks) {
  constexpr std::size_t kNamedMax = 100;
  std::string list;
  for (std::size_t i = 0; i < std::min(tasks.size(), kNamedMax); ++i) {
    absl::StrAppend(&list, " (task ", model::HexId(step.key, model::TableId::kTask, tasks[i]), ")");
  }
  return list;
}

void SettleService(Step& step, model::Serial serial) {
  const auto* service = step.state.Find<Service>(serial);
  // Between its row and its first deployment a service wishes for nothing.
  if (service == nullptr || service->primary == model::kNoSerial) return;
  switch (service->status) {
    case ServiceStatus::kDraining:
      return Drain(step, serial);
    case ServiceStatus::kInactive:
      return;
    case ServiceStatus::kActive:
      break;
  }
  ForgetDeployments(step, *service);
  if (MoveServiceDeployment(step, serial)) {
    step.state.dirty_services().insert(serial);
    return;
  }
  const core::ServiceView view = ViewService(step, *service);
  const core::ServicePlan plan = core::PlanService(view);
  if (!plan.IsEmpty()) {
    Apply(step, serial, plan);
    step.state.dirty_services().insert(serial);
    return;
  }
  if (plan.out_of_room) step.state.AwaitProvisioningRoom(service->cluster, serial);
  // Tasks of a replaced deployment that are on their way to STOPPED still keep it from being completed (D33).
  const bool alone = std::ranges::all_of(DeploymentsOf(step, *service), [&](model::Serial deployment) {
    return deployment == service->primary || step.state.Get<Deployment>(deployment).live_tasks == 0;
  });
  const bool settled = plan.settled && alone;
  if (settled && step.state.Get<Deployment>(service->primary).rollout == RolloutState::kCompleted &&
      !view.start_later && BalanceZones(step, serial, view.start_room)) {
    step.state.dirty_services().insert(serial);
    return;
  }
  const bool steady = settled && BakeServiceDeployment(step, serial);
  SayConditions(step, serial, plan, view);
  SaySteady(step, serial, steady);
  SetDues(step, serial, plan, steady);
}

void FireService(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  if (service.status == ServiceStatus::kInactive) {
    if (service.background_due_at <= step.now) Forget(step, serial);
  } else if (service.due_at <= step.now || service.background_due_at <= step.now) {
    step.state.dirty_services().insert(serial);
  }
}

}  // namespace ecsmi::control
