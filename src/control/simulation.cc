#include "control/simulation.h"

#include "absl/strings/str_cat.h"
#include "control/autoscaling.h"
#include "ecsmi/control/explain.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::control {
namespace {

std::string Text(std::string_view name) {
  return std::string(name);
}

// "in flight in orders"
std::string MessagePlace(const Step& step, const model::Message& message) {
  const std::string& queue = step.state.Get<model::Queue>(message.queue).name;
  switch (message.state) {
    case model::MessageState::kVisible:
      return absl::StrCat("visible in ", queue);
    case model::MessageState::kInFlight:
      return absl::StrCat("in flight in ", queue);
    case model::MessageState::kDelayed:
      return absl::StrCat("delayed in ", queue);
  }
  return "";
}

model::Serial TakeFirst(absl::btree_set<model::Serial>& set) {
  const model::Serial first = *set.begin();
  set.erase(set.begin());
  return first;
}

}  // namespace

void Fire(Step& step, const model::DueItem& item) {
  if (item.table == model::TableId::kTask) {
    FireTask(step, item.serial);
  } else if (item.table == model::TableId::kContainerInstance) {
    FireInstance(step, item.serial);
  } else if (item.table == model::TableId::kCapacityProvider) {
    FireProvider(step, item.serial);
  } else if (item.table == model::TableId::kMessage) {
    FireMessage(step, item.serial);
  } else if (item.table == model::TableId::kQueue) {
    FireQueueMetrics(step, item.serial);
    FireQueue(step, item.serial);
  } else if (item.table == model::TableId::kService) {
    FireService(step, item.serial);
    FireServiceMetrics(step, item.serial);
  } else if (item.table == model::TableId::kServiceDeployment) {
    FireServiceDeployment(step, item.serial);
  } else if (item.table == model::TableId::kMetric) {
    FireMetric(step, item.serial);
  } else if (item.table == model::TableId::kAlarm) {
    FireAlarm(step, item.serial);
  } else if (item.table == model::TableId::kScalingActivity) {
    FireActivity(step, item.serial);
  } else if (item.table == model::TableId::kScheduledAction) {
    FireScheduledAction(step, item.serial);
  } else if (item.table == model::TableId::kToken) {
    if (step.state.Get<model::Token>(item.serial).due_at <= step.now) step.state.Erase<model::Token>(item.serial);
  }
}

void Settle(Step& step) {
  model::State& state = step.state;
  model::ScalingLinks& scaling = state.scaling();
  // Services first: what they start and stop is what providers and instances answer to. What scales comes last: it
  // looks at counts as they are when all else is done.
  while (!state.dirty_instances().empty() || !state.dirty_providers().empty() || !state.dirty_services().empty() ||
         !state.dirty_queues().empty() || !scaling.dirty_measured_services.empty() || !scaling.dirty_targets.empty() ||
         !scaling.dirty_alarms.empty()) {
    if (!state.dirty_services().empty()) {
      SettleService(step, TakeFirst(state.dirty_services()));
    } else if (!state.dirty_providers().empty()) {
      SettleProvider(step, TakeFirst(state.dirty_providers()));
    } else if (!state.dirty_instances().empty()) {
      SettleInstance(step, state.TakeDirtyInstance());
    } else if (!state.dirty_queues().empty()) {
      const model::Serial queue = TakeFirst(state.dirty_queues());
      SettleQueue(step, queue);
      SettleQueueMetrics(step, queue);
    } else if (!scaling.dirty_measured_services.empty()) {
      SettleServiceMetrics(step, TakeFirst(scaling.dirty_measured_services));
    } else if (!scaling.dirty_targets.empty()) {
      SettleTarget(step, TakeFirst(scaling.dirty_targets));
    } else if (!scaling.dirty_alarms.empty()) {
      SettleAlarm(step, TakeFirst(scaling.dirty_alarms));
    }
  }
  state.DropOrphans();
}

std::string Describe(const Step& step, const model::DueItem& item) {
  if (item.table == model::TableId::kTask) {
    const auto* task = step.state.Find<model::Task>(item.serial);
    return absl::StrCat("task ", model::HexId(step.key, item.table, item.serial).substr(0, 8), " ",
                        task == nullptr ? "forgotten" : Text(NameOf(task->status)));
  }
  if (item.table == model::TableId::kContainerInstance) {
    const auto* instance = step.state.Find<model::ContainerInstance>(item.serial);
    return absl::StrCat("instance ", model::Ec2InstanceId(step.key, item.serial), " ",
                        instance == nullptr ? std::string("forgotten") : instance->type, " ",
                        instance == nullptr ? "" : Text(NameOf(instance->stage)));
  }
  if (item.table == model::TableId::kCapacityProvider) {
    const auto* provider = step.state.Find<model::CapacityProvider>(item.serial);
    return absl::StrCat("capacity provider ", provider == nullptr ? std::string("forgotten") : provider->name);
  }
  if (item.table == model::TableId::kMessage) {
    const auto* message = step.state.Find<model::Message>(item.serial);
    return absl::StrCat("message ", model::Uuid(step.key, item.table, item.serial).substr(0, 8), " ",
                        message == nullptr ? std::string("deleted") : MessagePlace(step, *message));
  }
  if (item.table == model::TableId::kAlarm) {
    const auto* alarm = step.state.Find<model::Alarm>(item.serial);
    return alarm == nullptr ? "alarm forgotten" : absl::StrCat("alarm ", alarm->name, " ", StateName(alarm->state));
  }
  if (item.table == model::TableId::kQueue) {
    const auto* queue = step.state.Find<model::Queue>(item.serial);
    return absl::StrCat("queue ", queue == nullptr ? std::string("forgotten") : queue->name);
  }
  if (item.table == model::TableId::kService) {
    const auto* service = step.state.Find<model::Service>(item.serial);
    return absl::StrCat("service ", service == nullptr ? std::string("forgotten") : service->name);
  }
  if (item.table == model::TableId::kScheduledAction) {
    const auto* action = step.state.Find<model::ScheduledAction>(item.serial);
    return absl::StrCat("scheduled action ", action == nullptr ? std::string("forgotten") : action->name);
  }
  return absl::StrCat("row ", item.serial);
}

}  // namespace ecsmi::control
