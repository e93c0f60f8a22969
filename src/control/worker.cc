#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "control/draw.h"
#include "control/simulation.h"
#include "ecsmi/control/queues.h"
#include "ecsmi/model/task_containers.h"

// The simulated worker: a container that polls a queue, works on what it receives and deletes it (design: containers).
// While there is nothing to do it costs nothing: it is one of State's idle workers until a message comes.
namespace ecsmi::control {
namespace {

using model::Queue;
using model::Task;
using model::WorkerPhase;

// One long poll of a worker (F60: the longest there is); its container exits after so many empty ones.
constexpr model::DurationMs kPollMs = 20 * model::kSecondMs;
// Work per message where the behaviour says nothing (assumed).
constexpr StageDelay kWorkDefault{model::kSecondMs, 0};
// A worker hides what it received at least that long, whatever the queue says: with no timeout and no work, two of them
// would hand one message to and fro within one instant, for ever.
constexpr std::int32_t kVisibilityMinSeconds = 1;

const model::TaskDefinition& DefinitionOf(const Step& step, const Task& task) {
  return step.state.Get<model::TaskDefinition>(task.definition);
}
// REQUIRES: the task has a worker.
model::ContainerSpec WorkerOf(const Step& step, const Task& task) {
  const model::TaskContainers containers(step.state, task);
  return containers[static_cast<std::size_t>(containers.Worker())];
}

// The queue of that name, in the task's region; nullptr while there is none.
const Queue* QueueOf(const Step& step, const Task& task) {
  const std::string name = WorkerOf(step, task).behavior.queue;
  const auto* queue = step.state.Find<Queue>(step.state.FindQueue(DefinitionOf(step, task).region, name));
  return queue == nullptr || queue->deleted ? nullptr : queue;
}

// When an idle worker gives up: its empty polls are one wait, not so many ticks. A queue that is not there gives no
// empty poll.
model::TimeMs GivesUpAt(const Step& step, const Task& task) {
  const std::int32_t polls = WorkerOf(step, task).behavior.exit_when_empty;
  return polls > 0 && QueueOf(step, task) != nullptr ? step.now + polls * kPollMs : model::kNever;
}

void BeginPolling(Step& step, model::Serial serial) {
  const model::TimeMs gives_up_at = GivesUpAt(step, step.state.Get<Task>(serial));
  step.state.Update<Task>(serial, [&](Task& row) {
    row.worker_phase = WorkerPhase::kPolling;
    row.worker_due_at = gives_up_at;
    row.empty_polls = 0;
  });
}

// What it was the last to receive is deleted, visible again or not; what another has received since is not (F63).
void FinishWork(Step& step, model::Serial serial) {
  for (const model::Serial message : step.state.MessagesHeldBy(serial)) DeleteMessage(step, message);
  BeginPolling(step, serial);
}

// The worker's process ends with code 0: of an essential container it ends the task (C23).
void Exit(Step& step, model::Serial serial) {
  const Task& task = step.state.Get<Task>(serial);
  const model::ContainerSpec container = WorkerOf(step, task);
  const int index = model::TaskContainers(step.state, task).Worker();
  step.state.Update<Task>(serial, [&](Task& row) {
    row.worker_phase = WorkerPhase::kNone;
    row.worker_due_at = model::kNever;
    row.empty_polls = static_cast<std::uint16_t>(container.behavior.exit_when_empty);
    if (!container.essential) return;
    row.exited_container = static_cast<std::uint8_t>(index);
    row.exit_code = 0;
    row.execution_stopped_at = step.now;
  });
  if (container.essential) {
    StopTask(step, serial, model::StopCode::kEssentialContainerExited, "Essential container in task exited",
             model::StopCause::kWorkDone);
  }
}

// One message after the other: the sum of what each takes. A message takes as long whoever works on it.
model::DurationMs WorkFor(const Step& step, const model::ContainerBehavior& behavior,
                          const std::vector<model::Serial>& messages) {
  model::DurationMs total = 0;
  for (const model::Serial serial : messages) {
    const auto attempt = static_cast<std::uint64_t>(step.state.Get<model::Message>(serial).receive_count);
    total += DrawBehavior(step, behavior.seconds_per_message, kWorkDefault, serial,
                          static_cast<std::uint64_t>(Stage::kWork), attempt);
  }
  return total;
}

// False when the queue has nothing for the worker.
bool GiveWork(Step& step, const Queue& queue, model::Serial serial) {
  const model::ContainerBehavior behavior = WorkerOf(step, step.state.Get<Task>(serial)).behavior;
  const std::vector<model::Serial> messages =
      ReceiveMessages(step, {.queue = queue.serial,
                             .count_max = static_cast<std::size_t>(behavior.batch),
                             .visibility_seconds = std::max(queue.visibility_timeout_seconds, kVisibilityMinSeconds),
                             .holder = serial});
  if (messages.empty()) return false;
  const model::DurationMs work = WorkFor(step, behavior, messages);
  step.state.Update<Task>(serial, [&](Task& row) {
    row.worker_phase = WorkerPhase::kWorking;
    row.worker_due_at = step.now + work;
  });
  return true;
}

}  // namespace

void StartWorker(Step& step, model::Serial serial) {
  const Task& task = step.state.Get<Task>(serial);
  if (task.status != model::TaskStatus::kRunning || model::TaskContainers(step.state, task).Worker() < 0) return;
  BeginPolling(step, serial);
}

void FireWorker(Step& step, model::Serial serial) {
  const Task& task = step.state.Get<Task>(serial);
  if (task.worker_due_at > step.now) return;
  switch (task.worker_phase) {
    case WorkerPhase::kNone:
      return;
    case WorkerPhase::kPolling:
      return Exit(step, serial);
    case WorkerPhase::kWorking:
      return FinishWork(step, serial);
  }
}

void SettleQueue(Step& step, model::Serial serial) {
  const auto* queue = step.state.Find<Queue>(serial);
  if (queue == nullptr || queue->deleted) return;
  while (queue->visible > 0) {
    const model::Serial worker = step.state.FirstIdleWorker(queue->region, queue->name);
    if (worker == model::kNoSerial || !GiveWork(step, *queue, worker)) return;
  }
}

void RestartIdleWaits(Step& step, const Queue& queue) {
  for (const model::Serial worker : step.state.IdleWorkers(queue.region, queue.name)) BeginPolling(step, worker);
}

}  // namespace ecsmi::control
