#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "control/draw.h"
#include "control/simulation.h"
#include "ecsmi/core/ledger.h"
#include "ecsmi/model/task_containers.h"

namespace ecsmi::control {
namespace {

using model::Task;
using model::TaskStatus;

// How long an unplaceable task waits before it is given up (C53, assumed).
constexpr model::DurationMs kProvisioningLimitMs = 30 * model::kMinuteMs;
// How long a stopped task stays describable (C47).
constexpr model::DurationMs kStoppedRetentionMs = model::kHourMs;

// One draw for a container of a task.
model::DurationMs Draw(const Step& step, const model::Distribution& distribution, const StageDelay& fallback,
                       const Task& task, Stage stage, std::uint64_t container) {
  return DrawBehavior(step, distribution, fallback, task.serial, static_cast<std::uint64_t>(stage) + (container << 8),
                      task.draws);
}

// Pull and start: the slowest container decides; the rest is ready by then (C55a).
model::DurationMs SlowestContainer(const Step& step, const Task& task, Stage stage,
                                   model::Distribution model::ContainerBehavior::*what, const StageDelay& fallback) {
  model::DurationMs slowest = 0;
  const model::TaskContainers containers(step.state, task);
  for (std::size_t i = 0; i < containers.size(); ++i) {
    slowest = std::max(slowest, Draw(step, containers[i].behavior.*what, fallback, task, stage, i));
  }
  return slowest;
}

struct Exit {
  model::DurationMs after_ms = TaskMove::kForEver;
  std::uint8_t container = 0;
};
// The first essential container to exit ends the task (C23).
Exit FirstExit(const Step& step, const Task& task) {
  Exit first;
  const model::TaskContainers containers(step.state, task);
  for (std::size_t i = 0; i < containers.size(); ++i) {
    if (!containers[i].essential || !containers[i].behavior.run_seconds.IsSet()) continue;
    const model::DurationMs after = Draw(step, containers[i].behavior.run_seconds, {}, task, Stage::kRun, i);
    if (first.after_ms < 0 || after < first.after_ms) first = {after, static_cast<std::uint8_t>(i)};
  }
  return first;
}

// The first container with this injected failure; absent when none has it.
std::optional<model::ContainerSpec> Failing(const Step& step, const Task& task, model::InjectedFailure failure) {
  for (const model::ContainerSpec& container : model::TaskContainers(step.state, task)) {
    if (container.behavior.fail == failure) return container;
  }
  return std::nullopt;
}

// Fails its health check: one that counts, of an essential container (C26).
bool IsSick(const Step& step, const Task& task) {
  return std::ranges::any_of(model::TaskContainers(step.state, task), [](const model::ContainerSpec& container) {
    return container.essential && container.has_health_check &&
           container.behavior.fail == model::InjectedFailure::kHealth;
  });
}

// How long making (C41) or removing the task's interface takes: nothing where it has none of its own (C42).
model::DurationMs InterfaceDelay(const Step& step, const Task& task, Stage stage, const StageDelay& delay) {
  if (task.resources.eni_slots == 0) return 0;
  return DrawDelay(step, delay, task.serial, static_cast<std::uint64_t>(stage), task.draws);
}

// What a stop code says of its cause; the scheduler's own says too little.
model::StopCause CauseOf(model::StopCode code) {
  switch (code) {
    case model::StopCode::kUserInitiated:
      return model::StopCause::kUser;
    case model::StopCode::kTaskFailedToStart:
      return model::StopCause::kFailedToStart;
    case model::StopCode::kEssentialContainerExited:
      return model::StopCause::kContainerExited;
    case model::StopCode::kNone:
    case model::StopCode::kServiceSchedulerInitiated:
    case model::StopCode::kSpotInterruption:
    case model::StopCode::kTerminationNotice:
    case model::StopCode::kInfrastructureHealth:
      break;
  }
  return model::StopCause::kNone;
}

void SetStopped(Step& step, Task& row) {
  row.status = TaskStatus::kStopped;
  row.stopped_at = step.now;
  if (row.stopping_at == model::kUnset) row.stopping_at = step.now;
  if (row.execution_stopped_at == model::kUnset && row.started_at != model::kUnset) row.execution_stopped_at = step.now;
  row.due_at = step.now + kStoppedRetentionMs;
  ++row.version;
}

// Adds the task's share of its instance to the ledger (see UsageShare). Called when its room is given back.
void RecordShare(Step& step, const Task& task) {
  const auto& instance = step.state.Get<model::ContainerInstance>(task.instance);
  const model::HeldTime held = core::HeldBy(task.resources, instance.registered, HeldMs(instance, task, step.now));
  if (held == model::HeldTime{}) return;
  const model::Serial known = step.state.FindUsageShare(task.instance, task.service);
  if (known != model::kNoSerial) {
    step.state.Update<model::UsageShare>(known, [&](model::UsageShare& row) { row.held += held; });
    return;
  }
  model::UsageShare row;
  row.serial = step.state.NewSerial();
  row.instance = task.instance;
  row.service = task.service;
  if (task.service != model::kNoSerial) row.service_name = step.state.Get<model::Service>(task.service).name;
  row.held = held;
  step.state.Insert(std::move(row));
}

void FinishTask(Step& step, model::Serial serial) {
  if (const Task& task = step.state.Get<Task>(serial); task.instance != model::kNoSerial) RecordShare(step, task);
  step.state.Update<Task>(serial, [&](Task& row) { SetStopped(step, row); });
}

// How long the task stays STOPPING.
model::DurationMs StopMs(const Step& step, const Task& task, model::StopCode code) {
  if (code == model::StopCode::kEssentialContainerExited) return 0;
  return DrawDelay(step, step.settings.latency.stop, task.serial, static_cast<std::uint64_t>(Stage::kStop), task.draws);
}

// PENDING: the images are pulled, or one of them cannot be.
TaskMove AfterPull(const Step& step, const Task& task) {
  if (const auto container = Failing(step, task, model::InjectedFailure::kPull)) {
    return {.status = TaskStatus::kStopping,
            .lasts_ms = StopMs(step, task, model::StopCode::kTaskFailedToStart),
            .stop_code = model::StopCode::kTaskFailedToStart,
            .reason = absl::StrCat("CannotPullContainerError: pull image manifest has been retried 5 time(s): failed "
                                   "to resolve ref ",
                                   container->image)};
  }
  return {.status = TaskStatus::kActivating,
          .lasts_ms = SlowestContainer(step, task, Stage::kStart, &model::ContainerBehavior::start_seconds,
                                       step.settings.latency.start)};
}

// ACTIVATING: the containers start, or one of them does not.
TaskMove AfterStart(const Step& step, const Task& task) {
  if (const auto container = Failing(step, task, model::InjectedFailure::kStart)) {
    return {.status = TaskStatus::kStopping,
            .lasts_ms = StopMs(step, task, model::StopCode::kTaskFailedToStart),
            .stop_code = model::StopCode::kTaskFailedToStart,
            .reason = absl::StrCat("CannotStartContainerError: Error response from daemon: failed to create task for "
                                   "container ",
                                   container->name)};
  }
  const Exit exit = FirstExit(step, task);
  const bool oom = Failing(step, task, model::InjectedFailure::kOom).has_value();
  return {.status = TaskStatus::kRunning, .lasts_ms = oom ? 0 : exit.after_ms, .exited_container = exit.container};
}

}  // namespace

TaskMove NextMove(const Step& step, const Task& task) {
  const LatencyTable& latency = step.settings.latency;
  switch (task.status) {
    case TaskStatus::kProvisioning:
      return {.status = TaskStatus::kPending,
              .lasts_ms = SlowestContainer(step, task, Stage::kPull, &model::ContainerBehavior::pull_seconds,
                                           task.resources.gpus > 0 ? latency.pull_gpu : latency.pull_cpu)};
    case TaskStatus::kPending:
      return AfterPull(step, task);
    case TaskStatus::kActivating:
      return AfterStart(step, task);
    case TaskStatus::kRunning:
      return {.status = TaskStatus::kStopping,
              .lasts_ms = StopMs(step, task, model::StopCode::kEssentialContainerExited),
              .stop_code = model::StopCode::kEssentialContainerExited,
              .reason = "Essential container in task exited"};
    case TaskStatus::kDeactivating:
    case TaskStatus::kStopping:
      return {.status = TaskStatus::kDeprovisioning,
              .lasts_ms = InterfaceDelay(step, task, Stage::kEniDetach, latency.eni_detach)};
    case TaskStatus::kDeprovisioning:
    case TaskStatus::kStopped:
      return {.status = TaskStatus::kStopped, .lasts_ms = kStoppedRetentionMs};
  }
  return {};
}

model::DurationMs AttachMs(const Step& step, const Task& task) {
  return InterfaceDelay(step, task, Stage::kEniAttach, step.settings.latency.eni_attach);
}

model::DurationMs HeldMs(const model::ContainerInstance& instance, const Task& task, model::TimeMs now) {
  if (instance.running_at == model::kUnset) return 0;
  const model::TimeMs until = instance.billing_ended_at == model::kUnset ? now : instance.billing_ended_at;
  return std::max<model::DurationMs>(0, until - std::max(task.placed_at, instance.running_at));
}

model::Serial CreateTask(Step& step, const NewTask& wanted) {
  Task task;
  task.serial = step.state.NewSerial();
  task.cluster = wanted.cluster;
  task.definition = wanted.definition;
  task.provider = wanted.provider;
  task.service = wanted.service;
  task.deployment = wanted.deployment;
  task.group = wanted.group;
  task.document = wanted.document;
  task.resources = wanted.resources;
  task.all_gpus = wanted.all_gpus;
  task.dedicated = wanted.dedicated;
  task.distinct_instance = wanted.distinct_instance;
  task.wanted_zone = wanted.zone;
  task.created_at = step.now;
  task.due_at = step.now + kProvisioningLimitMs;
  ApplyBehaviorRules(step, wanted.overridden, &task);
  return step.state.Insert(task).serial;
}

void PlaceTask(Step& step, model::Serial serial, model::Serial instance) {
  PlaceChosen(step, serial, {.instance = instance, .cause = model::PlacementCause::kNamedInstance});
}

void PlaceChosen(Step& step, model::Serial serial, const core::PlacementChoice& choice) {
  const model::Serial instance_serial = choice.instance;
  const auto& instance = step.state.Get<model::ContainerInstance>(instance_serial);
  const bool active = instance.stage == model::InstanceStage::kActive;
  const model::DurationMs attach = active ? AttachMs(step, step.state.Get<Task>(serial)) : 0;
  const std::int16_t all_gpus = instance.registered.gpus;
  if (!instance.used) {
    step.state.Update<model::ContainerInstance>(instance_serial, [](auto& row) { row.used = true; });
  }
  step.state.Update<Task>(serial, [&](Task& row) {
    row.instance = instance_serial;
    if (row.all_gpus) row.resources.gpus = all_gpus;
    row.placed_at = step.now;
    row.placement = choice.cause;
    row.placed_beside = choice.beside;
    row.zones_passed = choice.zones_passed;
    row.due_at = active ? step.now + attach : model::kNever;
    ++row.version;
  });
}

void ReleaseReservedTasks(Step& step, model::Serial instance) {
  std::vector<model::Serial> reserved;
  step.state.ForEachIn<Task>(step.state.Get<model::ContainerInstance>(instance).tasks, &Task::in_instance,
                             [&](const Task& task) {
                               if (task.status == TaskStatus::kProvisioning) reserved.push_back(task.serial);
                             });
  std::sort(reserved.begin(), reserved.end());
  for (model::Serial serial : reserved) {
    const model::DurationMs attach = AttachMs(step, step.state.Get<Task>(serial));
    step.state.Update<Task>(serial, [&](Task& row) { row.due_at = step.now + attach; });
  }
}

void StopTask(Step& step, model::Serial serial, model::StopCode code, std::string_view reason, model::StopCause cause) {
  const Task& task = step.state.Get<Task>(serial);
  if (task.desired_stopped || task.status == TaskStatus::kStopped) return;
  NoteTaskEnded(step, task, code);
  const model::Serial text = step.state.InternDocument(reason);
  // Nothing runs yet: there is nothing to stop (C69).
  const bool waits = task.status == TaskStatus::kProvisioning;
  const model::DurationMs wait = waits ? 0 : StopMs(step, task, code);
  step.state.Update<Task>(serial, [&](Task& row) {
    row.desired_stopped = true;
    row.stop_code = code;
    row.stop_cause = cause == model::StopCause::kNone ? CauseOf(code) : cause;
    row.stopped_reason = text;
    row.stopping_at = step.now;
    // The worker drops what it holds: the visibility timeout brings it back (F46, F61).
    row.worker_phase = model::WorkerPhase::kNone;
    row.worker_due_at = model::kNever;
    ++row.version;
    if (waits) return;
    // DEACTIVATING is passed instantly: there is no load balancer to leave (C43).
    row.status = TaskStatus::kStopping;
    row.due_at = step.now + wait;
  });
  if (waits) FinishTask(step, serial);
}

void LoseTask(Step& step, model::Serial serial, model::StopCode code, std::string_view reason) {
  const Task& task = step.state.Get<Task>(serial);
  if (task.status == TaskStatus::kStopped) return;
  if (!task.desired_stopped) {
    NoteTaskEnded(step, task, code);
    const model::Serial text = step.state.InternDocument(reason);
    step.state.Update<Task>(serial, [&](Task& row) {
      row.desired_stopped = true;
      row.stop_code = code;
      row.stopped_reason = text;
      row.worker_phase = model::WorkerPhase::kNone;
      row.worker_due_at = model::kNever;
    });
  }
  FinishTask(step, serial);
}

namespace {

// It waited for room for too long (C53).
void GiveUp(Step& step, const Task& task) {
  const auto& provider = step.state.Get<model::CapacityProvider>(task.provider);
  StopTask(
      step, task.serial, model::StopCode::kTaskFailedToStart,
      absl::StrCat("ResourceInitializationError: Unable to launch instance(s) for capacity provider ", provider.name,
                   ". ", provider.refusal.code.empty() ? "UnfulfillableCapacity" : provider.refusal.code, ": ",
                   provider.refusal.message),
      model::StopCause::kGivenUp);
}

void Run(Step& step, model::Serial serial, const TaskMove& move) {
  const Task& task = step.state.Get<Task>(serial);
  const bool checked = std::ranges::any_of(step.state.Get<model::TaskDefinition>(task.definition).containers,
                                           [](const auto& c) { return c.essential && c.has_health_check; });
  const bool sick = IsSick(step, task);
  step.state.Update<Task>(serial, [&](Task& row) {
    row.status = TaskStatus::kRunning;
    row.started_at = step.now;
    row.exited_container = move.exited_container;
    row.due_at = move.Until(step.now);
    if (checked) row.health = sick ? model::HealthStatus::kUnhealthy : model::HealthStatus::kHealthy;
    ++row.version;
  });
  StartWorker(step, serial);
  NoteTaskRuns(step, step.state.Get<Task>(serial));
}

void EndByItself(Step& step, model::Serial serial, const TaskMove& move) {
  const Task& task = step.state.Get<Task>(serial);
  const model::TaskContainers containers(step.state, task);
  const bool oom = Failing(step, task, model::InjectedFailure::kOom).has_value();
  const std::int32_t code = oom ? 137 : containers[task.exited_container].behavior.exit_code;
  step.state.Update<Task>(serial, [&](Task& row) {
    row.exit_code = static_cast<std::int16_t>(code);
    row.execution_stopped_at = step.now;
  });
  StopTask(step, serial, move.stop_code, move.reason);
}

}  // namespace

void FireTask(Step& step, model::Serial serial) {
  const Task& task = step.state.Get<Task>(serial);
  FireWorker(step, serial);
  if (task.due_at > step.now) return;
  if (task.status == TaskStatus::kStopped) return step.state.Erase<Task>(serial);
  if (task.Waits()) return GiveUp(step, task);
  const TaskMove move = NextMove(step, task);
  if (task.status == TaskStatus::kRunning) return EndByItself(step, serial, move);
  if (move.stop_code != model::StopCode::kNone) return StopTask(step, serial, move.stop_code, move.reason);
  switch (move.status) {
    case TaskStatus::kPending:
      step.state.Update<Task>(serial, [&](Task& row) {
        row.status = TaskStatus::kPending;
        row.pull_started_at = step.now;
        row.due_at = move.Until(step.now);
        ++row.version;
      });
      return;
    case TaskStatus::kActivating:
      step.state.Update<Task>(serial, [&](Task& row) {
        row.status = TaskStatus::kActivating;
        row.pull_stopped_at = step.now;
        row.due_at = move.Until(step.now);
        ++row.version;
      });
      return;
    case TaskStatus::kRunning:
      return Run(step, serial, move);
    case TaskStatus::kDeprovisioning:
      step.state.Update<Task>(serial, [&](Task& row) {
        row.status = TaskStatus::kDeprovisioning;
        if (row.execution_stopped_at == model::kUnset && row.started_at != model::kUnset) {
          row.execution_stopped_at = step.now;
        }
        row.due_at = move.Until(step.now);
        ++row.version;
      });
      return;
    case TaskStatus::kStopped:
      return FinishTask(step, serial);
    case TaskStatus::kProvisioning:
    case TaskStatus::kDeactivating:
    case TaskStatus::kStopping:
      return;
  }
}

}  // namespace ecsmi::control
