#include "sim/audit.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ecsmi::sim {
namespace {

using model::ContainerInstance;
using model::Serial;
using model::State;
using model::Task;
using model::TaskStatus;

// What an instance's tasks hold of it, added up from the tasks.
struct Held {
  model::Resources resources;
  std::uint32_t tasks = 0;
  std::uint32_t dedicated = 0;
  std::set<std::uint16_t> ports;
};

std::string AuditRoom(const State& state) {
  std::string wrong;
  std::map<Serial, Held> held;
  std::set<std::pair<Serial, Serial>> distinct;  // instance and group of tasks placed with distinctInstance
  state.table<Task>().ForEach([&](const Task& task) {
    if (!task.HoldsRoom()) return;
    const auto* instance = state.Find<ContainerInstance>(task.instance);
    if (instance == nullptr) {
      absl::StrAppend(&wrong, "task ", task.serial, " holds room on an instance that is gone; ");
      return;
    }
    if (instance->provider != task.provider)
      absl::StrAppend(&wrong, "task ", task.serial, " is on a foreign provider's instance; ");
    Held& on = held[task.instance];
    on.resources += task.resources;
    ++on.tasks;
    on.dedicated += task.dedicated ? 1 : 0;
    if (task.distinct_instance && !distinct.emplace(task.instance, task.group).second) {
      absl::StrAppend(&wrong, "distinctInstance broken on ", task.instance, "; ");
    }
    for (std::uint16_t port : state.Get<model::TaskDefinition>(task.definition).host_ports) {
      if (!on.ports.insert(port).second)
        absl::StrAppend(&wrong, "port ", port, " given twice on ", task.instance, "; ");
    }
  });
  state.table<ContainerInstance>().ForEach([&](const ContainerInstance& instance) {
    const Held& on = held[instance.serial];
    model::Resources left = instance.registered;
    left -= on.resources;
    if (left.cpu_units < 0 || left.memory_mib < 0 || left.gpus < 0 || left.eni_slots < 0) {
      absl::StrAppend(&wrong, "capacity exceeded on ", instance.type, " ", instance.serial, "; ");
    }
    if (!(left == instance.remaining)) absl::StrAppend(&wrong, "remaining room is off on ", instance.serial, "; ");
    if (instance.tasks.count != on.tasks) absl::StrAppend(&wrong, "task count is off on ", instance.serial, "; ");
    if (on.dedicated > 0 && (on.tasks > 1 || !instance.dedicated)) {
      absl::StrAppend(&wrong, "a dedicated task shares ", instance.serial, "; ");
    }
    if (instance.stage == model::InstanceStage::kTerminated && on.tasks > 0) {
      absl::StrAppend(&wrong, "a terminated instance holds tasks: ", instance.serial, "; ");
    }
  });
  return wrong;
}

std::string AuditServices(const State& state) {
  std::string wrong;
  struct Counts {
    std::uint32_t running = 0;
    std::uint32_t pending = 0;
    std::int64_t wanted = 0;  // desiredStatus RUNNING
  };
  std::map<Serial, Counts> counts;
  state.table<Task>().ForEach([&](const Task& task) {
    if (task.service == model::kNoSerial) return;
    Counts& of = counts[task.service];
    of.running += task.status == TaskStatus::kRunning;
    of.pending += task.status == TaskStatus::kProvisioning || task.status == TaskStatus::kPending ||
                  task.status == TaskStatus::kActivating;
    of.wanted += !task.desired_stopped && task.status != TaskStatus::kStopped;
  });
  state.table<model::Service>().ForEach([&](const model::Service& service) {
    const Counts& of = counts[service.serial];
    if (of.running != service.running_tasks || of.pending != service.pending_tasks) {
      absl::StrAppend(&wrong, "counts of service ", service.name, " are off; ");
    }
    const std::int64_t upper = static_cast<std::int64_t>(service.desired_count) * service.maximum_percent / 100;
    if (service.status == model::ServiceStatus::kActive && of.wanted > upper) {
      absl::StrAppend(&wrong, "service ", service.name, " has ", of.wanted, " tasks, more than its upper bound ", upper,
                      "; ");
    }
  });
  return wrong;
}

std::string AuditQueues(const State& state) {
  std::string wrong;
  struct Counts {
    std::uint32_t visible = 0;
    std::uint32_t in_flight = 0;
    std::uint32_t delayed = 0;
  };
  std::map<Serial, Counts> counts;
  state.table<model::Message>().ForEach([&](const model::Message& message) {
    Counts& of = counts[message.queue];
    switch (message.state) {
      case model::MessageState::kVisible:
        ++of.visible;
        return;
      case model::MessageState::kInFlight:
        ++of.in_flight;
        return;
      case model::MessageState::kDelayed:
        ++of.delayed;
        return;
    }
  });
  state.table<model::Queue>().ForEach([&](const model::Queue& queue) {
    const Counts& of = counts[queue.serial];
    if (of.visible != queue.visible || of.in_flight != queue.in_flight || of.delayed != queue.delayed) {
      absl::StrAppend(&wrong, "counts of queue ", queue.name, " are off; ");
    }
    // Nothing here expires, is purged or moves to a dead-letter queue.
    const std::int64_t kept = std::int64_t{of.visible} + of.in_flight + of.delayed;
    if (queue.messages_sent - queue.messages_deleted != kept) {
      absl::StrAppend(&wrong, queue.messages_sent, " sent, ", queue.messages_deleted, " deleted, but ", kept,
                      " messages in queue ", queue.name, "; ");
    }
  });
  return wrong;
}

}  // namespace

std::string Audit(const control::Step& step) {
  return absl::StrCat(AuditRoom(step.state), AuditServices(step.state), AuditQueues(step.state));
}

std::string Leftovers(const control::Step& step) {
  std::string left;
  step.state.table<Task>().ForEach([&](const Task& task) {
    if (task.status != TaskStatus::kStopped)
      absl::StrAppend(&left, "task ", task.serial, " in state ", static_cast<int>(task.status), "; ");
  });
  step.state.table<ContainerInstance>().ForEach([&](const ContainerInstance& instance) {
    if (instance.stage != model::InstanceStage::kTerminated) {
      absl::StrAppend(&left, "instance ", instance.serial, " ", instance.type, " in stage ",
                      static_cast<int>(instance.stage), "; ");
    }
  });
  step.state.table<model::Message>().ForEach(
      [&](const model::Message& message) { absl::StrAppend(&left, "message ", message.serial, "; "); });
  model::DueItem due;
  if (step.state.PeekForegroundDue(&due))
    absl::StrAppend(&left, "a foreground item of table ", static_cast<int>(due.table), "; ");
  return left;
}

}  // namespace ecsmi::sim
