#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "control/simulation.h"
#include "ecsmi/core/launchable_types.h"
#include "ecsmi/core/usable_resources.h"

namespace ecsmi::control {
namespace {

using model::ContainerInstance;
using model::InstanceStage;

// A terminated instance stays describable as INACTIVE for as long as a stopped task does (C47).
constexpr model::DurationMs kTerminatedRetentionMs = model::kHourMs;

// How long an instance may drain (E31).
constexpr model::DurationMs kDrainLimitMs = 7 * 24 * model::kHourMs;

// It leaves once it has been without tasks for long enough.
bool MayIdle(const ContainerInstance& instance) {
  return instance.stage == InstanceStage::kActive || instance.stage == InstanceStage::kDraining;
}

void CloseUsage(Step& step, const ContainerInstance& instance) {
  if (instance.running_at == model::kUnset) return;  // never ran: nothing to pay
  model::Usage usage;
  usage.serial = step.state.NewSerial();
  usage.instance = instance.serial;
  usage.cluster = instance.cluster;
  usage.provider = instance.provider;
  usage.region = step.state.Get<model::CapacityProvider>(instance.provider).region;
  usage.type = instance.type;
  usage.started_at = instance.running_at;
  usage.ended_at = step.now;
  usage.on_demand = instance.on_demand;
  usage.fee_launch = instance.fee_launch;
  usage.fee_current = instance.fee_current;
  usage.registered = instance.registered;
  usage.dedicated = instance.dedicated;
  step.state.Insert(std::move(usage));
}

}  // namespace

model::DurationMs StageMs(const Step& step, const ContainerInstance& instance, InstanceStage stage) {
  const LatencyTable& latency = step.settings.latency;
  const auto draw = [&](const StageDelay& delay, Stage of) {
    return DrawDelay(step, delay, instance.serial, static_cast<std::uint64_t>(of), 0);
  };
  switch (stage) {
    case InstanceStage::kLaunching:
      return draw(latency.instance_pending, Stage::kInstancePending);
    case InstanceStage::kBooting:
      return draw(latency.agent_boot, Stage::kAgentBoot);
    case InstanceStage::kRegistering:
      return draw(latency.registering, Stage::kRegistering);
    case InstanceStage::kDeregistering:
      return draw(instance.registered.gpus > 0 ? latency.shutting_down_gpu : latency.shutting_down_cpu,
                  Stage::kShuttingDown);
    case InstanceStage::kActive:
    case InstanceStage::kDraining:
    case InstanceStage::kTerminated:
      break;
  }
  return 0;
}

model::Serial LaunchInstance(Step& step, const Launch& launch) {
  const model::InstanceType& type = *launch.type->type;
  const auto& provider = step.state.Get<model::CapacityProvider>(launch.provider);
  ContainerInstance instance;
  instance.serial = step.state.NewSerial();
  instance.cluster = provider.cluster;
  instance.provider = launch.provider;
  instance.subnet = launch.subnet;
  instance.type = type.name;
  instance.zone = step.state.Get<model::Subnet>(launch.subnet).zone;
  instance.placement_slot = step.state.FreePlacementSlot();
  instance.registered = core::UsableResources(type);
  instance.dedicated = launch.dedicated;
  instance.on_demand = launch.type->on_demand;
  instance.fee_launch = core::FeePerHour(*launch.type, /*fee_current=*/false);
  instance.fee_current = core::FeePerHour(*launch.type, /*fee_current=*/true);
  instance.launched_at = step.now;
  instance.document = provider.instance_document;
  instance.decision = launch.decision;
  instance.bin = launch.bin;
  instance.due_at = step.now + StageMs(step, instance, InstanceStage::kLaunching);
  return step.state.Insert(std::move(instance)).serial;
}

void Deregister(Step& step, model::Serial serial, std::string_view reason) {
  const auto& instance = step.state.Get<ContainerInstance>(serial);
  ECSMI_CHECK(instance.tasks.count == 0);
  CloseUsage(step, instance);
  const model::DurationMs wait = StageMs(step, instance, InstanceStage::kDeregistering);
  const model::Serial text = step.state.InternDocument(reason);
  step.state.Update<ContainerInstance>(serial, [&](ContainerInstance& row) {
    row.stage = InstanceStage::kDeregistering;
    row.agent_connected = false;
    row.billing_ended_at = step.now;
    row.status_reason = text;
    row.idle_due_at = model::kNever;
    row.due_at = step.now + wait;
    ++row.version;
  });
}

void DrainInstance(Step& step, model::Serial serial) {
  step.state.Update<ContainerInstance>(serial, [&](ContainerInstance& row) {
    row.stage = InstanceStage::kDraining;
    row.draining_at = step.now;
    row.due_at = step.now + kDrainLimitMs;
    ++row.version;
  });
}

void ReactivateInstance(Step& step, model::Serial serial) {
  step.state.Update<ContainerInstance>(serial, [](ContainerInstance& row) {
    row.stage = InstanceStage::kActive;
    row.draining_at = model::kUnset;
    row.due_at = model::kNever;
    ++row.version;
  });
}

void RemoveInstance(Step& step, model::Serial serial, std::string_view reason, std::string_view task_reason) {
  std::vector<model::Serial> tasks;
  step.state.ForEachIn<model::Task>(step.state.Get<ContainerInstance>(serial).tasks, &model::Task::in_instance,
                                    [&](const model::Task& task) { tasks.push_back(task.serial); });
  std::sort(tasks.begin(), tasks.end());
  for (model::Serial task : tasks) LoseTask(step, task, model::StopCode::kTerminationNotice, task_reason);
  Deregister(step, serial, reason);
}

void FireInstance(Step& step, model::Serial serial) {
  const auto& instance = step.state.Get<ContainerInstance>(serial);
  if (instance.idle_due_at <= step.now && MayIdle(instance) && instance.tasks.count == 0) {
    return Deregister(step, serial, "Instance was idle.");
  }
  if (instance.due_at > step.now) return;
  switch (instance.stage) {
    case InstanceStage::kLaunching: {
      const model::DurationMs wait = StageMs(step, instance, InstanceStage::kBooting);
      step.state.Update<ContainerInstance>(serial, [&](ContainerInstance& row) {
        row.stage = InstanceStage::kBooting;
        row.running_at = step.now;
        row.due_at = step.now + wait;
      });
      return;
    }
    case InstanceStage::kBooting: {
      const model::DurationMs wait = StageMs(step, instance, InstanceStage::kRegistering);
      step.state.Update<ContainerInstance>(serial, [&](ContainerInstance& row) {
        row.stage = InstanceStage::kRegistering;
        row.due_at = step.now + wait;
      });
      return;
    }
    case InstanceStage::kRegistering:
      step.state.Update<ContainerInstance>(serial, [&](ContainerInstance& row) {
        row.stage = InstanceStage::kActive;
        row.registered_at = step.now;
        row.agent_connected = true;
        row.due_at = model::kNever;
        ++row.version;
      });
      return ReleaseReservedTasks(step, serial);
    case InstanceStage::kDeregistering:
      step.state.Update<ContainerInstance>(serial, [&](ContainerInstance& row) {
        row.stage = InstanceStage::kTerminated;
        row.terminated_at = step.now;
        row.due_at = step.now + kTerminatedRetentionMs;
        ++row.version;
      });
      return;
    case InstanceStage::kTerminated:
      step.state.Erase<ContainerInstance>(serial);
      return;
    case InstanceStage::kDraining:
      return RemoveInstance(step, serial, "Instance has drained for as long as it may.",
                            "Task stopped during instance draining");
    case InstanceStage::kActive:
      return;
  }
}

// Starts or cancels the wait of an idle instance (E40, E45, E47), draining or not. A dedicated one that has done its
// work goes at once.
void SettleInstance(Step& step, model::Serial serial) {
  const ContainerInstance* instance = step.state.Find<ContainerInstance>(serial);
  if (instance == nullptr || !MayIdle(*instance)) return;
  const auto& provider = step.state.Get<model::CapacityProvider>(instance->provider);
  if (instance->tasks.count > 0) {
    if (instance->idle_since == model::kUnset) return;
    step.state.Update<ContainerInstance>(serial, [](ContainerInstance& row) {
      row.idle_since = model::kUnset;
      row.idle_due_at = model::kNever;
    });
    return;
  }
  if (provider.status == model::CapacityProviderStatus::kDeprovisioning) {
    return Deregister(step, serial, "Capacity provider is being deleted.");
  }
  if (instance->dedicated && instance->used) return Deregister(step, serial, "Dedicated instance has served its task.");
  const model::TimeMs since = instance->idle_since == model::kUnset ? step.now : instance->idle_since;
  model::TimeMs due = since + step.settings.latency.idle_wait.base_ms;
  if (provider.scale_in_after_seconds) {
    due = *provider.scale_in_after_seconds < 0 ? model::kNever
                                               : since + *provider.scale_in_after_seconds * model::kSecondMs;
  }
  if (instance->idle_since == since && instance->idle_due_at == due) return;
  step.state.Update<ContainerInstance>(serial, [&](ContainerInstance& row) {
    row.idle_since = since;
    row.idle_due_at = due;
  });
}

}  // namespace ecsmi::control
