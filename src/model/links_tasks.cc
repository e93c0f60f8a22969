#include <algorithm>

#include "ecsmi/model/state.h"
#include "state_links.h"

// Tasks and the instances that hold them: lists, counters, room, and who waits.
namespace ecsmi::model {
namespace {

bool IsPending(TaskStatus status) {
  return status == TaskStatus::kProvisioning || status == TaskStatus::kPending || status == TaskStatus::kActivating;
}

bool CountsAsRegistered(InstanceStage stage) {
  return stage == InstanceStage::kActive || stage == InstanceStage::kDraining;
}

}  // namespace

template <>
void State::Link(ContainerInstance& row) {
  row.remaining = row.registered;
  Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
  ListAppend(Mutable<ContainerInstance>(), cluster->instances, row, &ContainerInstance::in_cluster);
  cluster->instances.seq = seq_ + 1;
  Count(cluster->registered_instances, CountsAsRegistered(row.stage), 1);
  if (row.stage != InstanceStage::kTerminated) {
    ListAppend(Mutable<ContainerInstance>(), Mutable<CapacityProvider>().Find(row.provider)->instances, row,
               &ContainerInstance::in_provider);
    NeedsSettling(row);
    CountLive(row, 1);
    RoomAppeared(row.provider);
  }
  if (placement_ != nullptr && row.AcceptsTasks()) placement_->InstanceChanged(row);
}
template <>
void State::Unlink(ContainerInstance& row) {
  Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
  ListRemove(Mutable<ContainerInstance>(), cluster->instances, row, &ContainerInstance::in_cluster);
  cluster->instances.seq = seq_ + 1;
  Count(cluster->registered_instances, CountsAsRegistered(row.stage), -1);
  if (row.stage != InstanceStage::kTerminated) {
    ListRemove(Mutable<ContainerInstance>(), Mutable<CapacityProvider>().Find(row.provider)->instances, row,
               &ContainerInstance::in_provider);
    CountLive(row, -1);
  }
  dirty_instances_.erase(row.serial);
  if (placement_ != nullptr && row.AcceptsTasks()) placement_->InstanceGone(row);
}
template <>
void State::Relink(const ContainerInstance& before, ContainerInstance& row) {
  if (before.stage != row.stage) {
    Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
    cluster->instances.seq = seq_ + 1;
    Count(cluster->registered_instances, CountsAsRegistered(before.stage), -1);
    Count(cluster->registered_instances, CountsAsRegistered(row.stage), 1);
    if (row.stage == InstanceStage::kTerminated) {
      ListRemove(Mutable<ContainerInstance>(), Mutable<CapacityProvider>().Find(row.provider)->instances, row,
                 &ContainerInstance::in_provider);
      CountLive(row, -1);
    }
    NeedsSettling(row);
    dirty_providers_.insert(row.provider);
  }
  RefileTasks(before, row);
  const bool again = !before.AcceptsTasks() && row.AcceptsTasks();
  if (again) RoomAppeared(row.provider);
  if (placement_ == nullptr) return;
  // An instance that takes tasks again is filed anew, and with it those it kept.
  const auto each_task = [&](auto tell) {
    ForEachIn<Task>(row.tasks, &Task::in_instance, [&](const Task& task) { (placement_->*tell)(task, row); });
  };
  if (again) each_task(&PlacementListener::TaskReleased);
  if (row.AcceptsTasks()) {
    placement_->InstanceChanged(row);
  } else if (before.AcceptsTasks()) {
    placement_->InstanceGone(row);
  }
  if (again) each_task(&PlacementListener::TaskPlaced);
}

template <>
void State::Link(Task& row) {
  Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
  ListAppend(Mutable<Task>(), cluster->tasks, row, &Task::in_cluster);
  if (row.service != kNoSerial) {
    ListAppend(Mutable<Task>(), Mutable<Service>().Find(row.service)->tasks, row, &Task::in_service);
  }
  CountTask(row, 1);
  if (row.status == TaskStatus::kRunning) RunningMoved(row);
  if (row.HoldsRoom()) HoldRoom(row);
  if (row.Waits()) Wait(row);
  if (row.PollsQueue()) CountIdleWorker(row, 1);
}
template <>
void State::Unlink(Task& row) {
  if (row.PollsQueue()) CountIdleWorker(row, -1);
  if (row.Waits()) StopWaiting(row);
  if (row.HoldsRoom()) ReleaseRoom(row);
  CountTask(row, -1);
  if (row.status == TaskStatus::kRunning) RunningMoved(row);
  if (row.service != kNoSerial) {
    Service* service = Mutable<Service>().Find(row.service);
    ListRemove(Mutable<Task>(), service->tasks, row, &Task::in_service);
    service->tasks.seq = seq_ + 1;
  }
  Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
  ListRemove(Mutable<Task>(), cluster->tasks, row, &Task::in_cluster);
  cluster->tasks.seq = seq_ + 1;
}
template <>
void State::Relink(const Task& before, Task& row) {
  const bool moved = before.instance != row.instance || before.HoldsRoom() != row.HoldsRoom();
  // Counts first leave with the old values and then come with the new, so that every counter changes in one place.
  // A standalone task's share above it depends on its status alone.
  const bool counted_alike = before.status == row.status && row.service == kNoSerial && row.deployment == kNoSerial;
  CountOnInstance(before, -1);
  if (!counted_alike) CountAbove(before, -1);
  // With the values it was filed under: an all-GPU task learns its count when it is placed.
  const bool refiled = before.Waits() != row.Waits() || (row.Waits() && WaitingKey::Of(before) != WaitingKey::Of(row));
  if (refiled && before.Waits()) StopWaiting(before);
  if (moved && before.HoldsRoom()) {
    const Serial instance = row.instance;
    row.instance = before.instance;
    ReleaseRoom(row);
    row.instance = instance;
  }
  if (moved && row.HoldsRoom()) HoldRoom(row);
  if (counted_alike) {
    Mutable<Cluster>().Find(row.cluster)->tasks.seq = seq_ + 1;
  } else {
    CountAbove(row, 1);
  }
  CountOnInstance(row, 1);
  if (refiled && row.Waits()) Wait(row);
  if (before.PollsQueue() != row.PollsQueue()) CountIdleWorker(row, row.PollsQueue() ? 1 : -1);
  if ((before.status == TaskStatus::kRunning) != (row.status == TaskStatus::kRunning)) RunningMoved(row);
  if (before.status == TaskStatus::kProvisioning && row.status != TaskStatus::kProvisioning) {
    WakeAwaitingRoom(row.cluster);
  }
  if (row.service != kNoSerial && (before.status != row.status || before.desired_stopped != row.desired_stopped ||
                                   before.health != row.health || before.protected_until != row.protected_until)) {
    dirty_services_.insert(row.service);
  }
}

Serial State::TakeDirtyInstance() {
  const Serial first = *dirty_instances_.begin();
  dirty_instances_.erase(dirty_instances_.begin());
  Mutable<ContainerInstance>().Find(first)->to_settle = false;
  return first;
}

void State::NeedsSettling(ContainerInstance& instance) {
  if (instance.to_settle) return;
  instance.to_settle = true;
  dirty_instances_.insert(instance.serial);
}

void State::RoomChanged(ContainerInstance& instance) {
  if (instance.room_told) return;
  instance.room_told = true;
  told_.rooms().push_back(instance.serial);
}

void State::CountTask(const Task& task, int by) {
  CountAbove(task, by);
  CountOnInstance(task, by);
}

void State::CountAbove(const Task& task, int by) {
  Cluster* cluster = Mutable<Cluster>().Find(task.cluster);
  cluster->tasks.seq = seq_ + 1;
  Count(cluster->running_tasks, task.status == TaskStatus::kRunning, by);
  Count(cluster->pending_tasks, IsPending(task.status), by);
  Count(cluster->provisioning_tasks, task.status == TaskStatus::kProvisioning, by);
  Count(cluster->stopped_tasks, task.status == TaskStatus::kStopped, by);
  if (task.service != kNoSerial) {
    Service* service = Mutable<Service>().Find(task.service);
    service->tasks.seq = seq_ + 1;
    Count(service->running_tasks, task.status == TaskStatus::kRunning, by);
    Count(service->pending_tasks, IsPending(task.status), by);
    CountUse(task, *service, by);
  }
  if (Deployment* deployment = Mutable<Deployment>().Find(task.deployment); deployment != nullptr) {
    Count(deployment->running_tasks, task.status == TaskStatus::kRunning, by);
    Count(deployment->pending_tasks, IsPending(task.status), by);
    Count(deployment->live_tasks, task.status != TaskStatus::kStopped, by);
    const ContainerInstance* instance = Find<ContainerInstance>(task.instance);
    const std::uint8_t zone = instance == nullptr ? 0 : instance->zone;
    DeploymentTally& tally = TallyFor(task, instance == nullptr ? InstanceStage::kActive : instance->stage);
    if (by > 0) {
      tally.Add(task, zone);
    } else {
      tally.Remove(task, zone);
    }
  }
  if (CapacityProvider* provider = Mutable<CapacityProvider>().Find(task.provider); provider != nullptr) {
    Count(provider->live_tasks, task.status != TaskStatus::kStopped, by);
  }
}

void State::CountOnInstance(const Task& task, int by) {
  if (!task.HoldsRoom()) return;
  ContainerInstance* instance = Mutable<ContainerInstance>().Find(task.instance);
  instance->seq = seq_ + 1;
  Count(instance->running_tasks, task.status == TaskStatus::kRunning, by);
  Count(instance->pending_tasks, task.status == TaskStatus::kPending || task.status == TaskStatus::kActivating, by);
}

void State::WakeAwaitingRoom(Serial cluster) {
  const auto first = awaiting_room_.lower_bound({cluster, kNoSerial});
  auto last = first;
  for (; last != awaiting_room_.end() && last->first == cluster; ++last) dirty_services_.insert(last->second);
  awaiting_room_.erase(first, last);
}

void State::HoldRoom(Task& task) {
  ContainerInstance* instance = Mutable<ContainerInstance>().Find(task.instance);
  ECSMI_CHECK(instance != nullptr);
  instance->remaining -= task.resources;
  ECSMI_CHECK(instance->remaining.cpu_units >= 0 && instance->remaining.memory_mib >= 0 &&
              instance->remaining.gpus >= 0 && instance->remaining.eni_slots >= 0);
  for (std::uint16_t port : Get<TaskDefinition>(task.definition).host_ports) {
    instance->used_ports.insert(std::upper_bound(instance->used_ports.begin(), instance->used_ports.end(), port), port);
  }
  ListAppend(Mutable<Task>(), instance->tasks, task, &Task::in_instance);
  instance->tasks.seq = seq_ + 1;
  instance->seq = seq_ + 1;
  NeedsSettling(*instance);
  RoomChanged(*instance);
  if (placement_ != nullptr) {
    if (instance->AcceptsTasks()) placement_->InstanceChanged(*instance);
    placement_->TaskPlaced(task, *instance);
  }
}

void State::ReleaseRoom(Task& task) {
  ContainerInstance* instance = Mutable<ContainerInstance>().Find(task.instance);
  instance->remaining += task.resources;
  for (std::uint16_t port : Get<TaskDefinition>(task.definition).host_ports) {
    instance->used_ports.erase(std::lower_bound(instance->used_ports.begin(), instance->used_ports.end(), port));
  }
  ListRemove(Mutable<Task>(), instance->tasks, task, &Task::in_instance);
  instance->tasks.seq = seq_ + 1;
  instance->seq = seq_ + 1;
  NeedsSettling(*instance);
  RoomChanged(*instance);
  RoomAppeared(instance->provider);
  if (placement_ != nullptr) {
    if (instance->AcceptsTasks()) placement_->InstanceChanged(*instance);
    placement_->TaskReleased(task, *instance);
  }
}

void State::Wait(const Task& task) {
  if (task.provider == kNoSerial) return;
  waiting_[task.provider].Add(task);
  dirty_providers_.insert(task.provider);
}

void State::StopWaiting(const Task& task) {
  if (task.provider == kNoSerial) return;
  waiting_[task.provider].Remove(task);
  dirty_providers_.insert(task.provider);
}

void State::RoomAppeared(Serial provider) {
  if (const auto at = waiting_.find(provider); at != waiting_.end()) at->second.RoomAppeared();
  dirty_providers_.insert(provider);
}

void State::CountLive(const ContainerInstance& instance, int by) {
  const auto subnet = live_in_subnet_.try_emplace({instance.provider, instance.subnet}, 0).first;
  Count(subnet->second, true, by);
  if (subnet->second == 0) live_in_subnet_.erase(subnet);
  auto& types = live_by_type_[Get<CapacityProvider>(instance.provider).region];
  const auto type = types.try_emplace(instance.type, 0).first;
  Count(type->second, true, by);
  if (type->second == 0) types.erase(type);
  const std::uint32_t slot = instance.placement_slot;
  if (by < 0) {
    free_placement_slots_.insert(slot);
    return;
  }
  free_placement_slots_.erase(slot);
  for (; next_placement_slot_ <= slot; ++next_placement_slot_) {
    if (next_placement_slot_ != slot) free_placement_slots_.insert(next_placement_slot_);
  }
}

}  // namespace ecsmi::model
