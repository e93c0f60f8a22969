#include "ecsmi/model/state.h"
#include "state_links.h"

// Services, their deployments and events: names, lists, and what a pass has to look at.
namespace ecsmi::model {

template <>
void State::Link(Service& row) {
  Name(NameKey('s', SerialText(row.cluster), row.name), row.serial);
  Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
  ListAppend(Mutable<Service>(), cluster->services, row, &Service::in_cluster);
  cluster->services.seq = seq_ + 1;
  Count(cluster->active_services, row.status == ServiceStatus::kActive, 1);
  dirty_services_.insert(row.serial);
  row.scalable_target = FindScalableTarget(row.region, "service/" + cluster->name + "/" + row.name);
  ServiceMoved(row);
}
template <>
void State::Unlink(Service& row) {
  Unname(NameKey('s', SerialText(row.cluster), row.name), row.serial);
  Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
  ListRemove(Mutable<Service>(), cluster->services, row, &Service::in_cluster);
  cluster->services.seq = seq_ + 1;
  Count(cluster->active_services, row.status == ServiceStatus::kActive, -1);
  dirty_services_.erase(row.serial);
  awaiting_room_.erase({row.cluster, row.serial});
}
template <>
void State::Relink(const Service& before, Service& row) {
  if (before.status != row.status) {
    Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
    Count(cluster->active_services, before.status == ServiceStatus::kActive, -1);
    Count(cluster->active_services, row.status == ServiceStatus::kActive, 1);
    cluster->services.seq = seq_ + 1;
  }
  if (before.placement_constraints != row.placement_constraints) {
    for (auto& [provider, waiting] : waiting_) waiting.RoomAppeared();
    ForEachIn<Task>(row.tasks, &Task::in_service, [&](const Task& task) { dirty_providers_.insert(task.provider); });
  }
  if (before.desired_count != row.desired_count || before.primary != row.primary || before.status != row.status ||
      before.minimum_healthy_percent != row.minimum_healthy_percent || before.maximum_percent != row.maximum_percent ||
      before.breaker_enabled != row.breaker_enabled || before.breaker_threshold != row.breaker_threshold ||
      before.breaker_threshold_type != row.breaker_threshold_type || before.retry_at != row.retry_at) {
    dirty_services_.insert(row.serial);
    ServiceMoved(row);
  }
}

template <>
void State::Link(Deployment& row) {
  ListHead& list = Mutable<Service>().Find(row.service)->deployments;
  ListAppend(Mutable<Deployment>(), list, row, &Deployment::in_service);
  list.seq = seq_ + 1;
  tallies_.try_emplace(row.serial);
  leaving_tallies_.try_emplace(row.serial);
}
template <>
void State::Unlink(Deployment& row) {
  ListHead& list = Mutable<Service>().Find(row.service)->deployments;
  ListRemove(Mutable<Deployment>(), list, row, &Deployment::in_service);
  list.seq = seq_ + 1;
  tallies_.erase(row.serial);
  leaving_tallies_.erase(row.serial);
}
template <>
void State::Relink(const Deployment& before, Deployment& row) {
  Service* service = Mutable<Service>().Find(row.service);
  service->deployments.seq = seq_ + 1;
  if (before.rollout != row.rollout) ServiceMoved(*service);
}

DeploymentTally* State::TallyOf(Serial deployment) {
  const auto at = tallies_.find(deployment);
  return at == tallies_.end() ? nullptr : &at->second;
}

DeploymentTally* State::LeavingTallyOf(Serial deployment) {
  const auto at = leaving_tallies_.find(deployment);
  return at == leaving_tallies_.end() ? nullptr : &at->second;
}

DeploymentTally& State::TallyFor(const Task& task, InstanceStage stage) {
  auto& tallies = stage == InstanceStage::kDraining ? leaving_tallies_ : tallies_;
  const auto at = tallies.find(task.deployment);
  ECSMI_CHECK(at != tallies.end());
  return at->second;
}

void State::RefileTasks(const ContainerInstance& before, const ContainerInstance& row) {
  if ((before.stage == InstanceStage::kDraining) == (row.stage == InstanceStage::kDraining)) return;
  ForEachIn<Task>(row.tasks, &Task::in_instance, [&](const Task& task) {
    if (Find<Deployment>(task.deployment) == nullptr) return;
    TallyFor(task, before.stage).Remove(task, row.zone);
    TallyFor(task, row.stage).Add(task, row.zone);
    dirty_services_.insert(task.service);
  });
}

template <>
void State::Link(ServiceEvent& row) {
  ListHead& list = Mutable<Service>().Find(row.service)->events;
  ListAppend(Mutable<ServiceEvent>(), list, row, &ServiceEvent::in_service);
  list.seq = seq_ + 1;
}
template <>
void State::Unlink(ServiceEvent& row) {
  ListHead& list = Mutable<Service>().Find(row.service)->events;
  ListRemove(Mutable<ServiceEvent>(), list, row, &ServiceEvent::in_service);
  list.seq = seq_ + 1;
}

}  // namespace ecsmi::model
