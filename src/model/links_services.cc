#include "ecsmi/model/state.h"
#include "state_links.h"

// Services, their deployments, revisions and events: names, lists, and what a pass has to look at.
namespace ecsmi::model {
namespace {

// The alarms that may fail the service's deployments.
template <typename Visit>
void ForEachAlarmKey(const Service& row, Visit&& visit) {
  if (!row.alarms_enabled || row.status != ServiceStatus::kActive) return;
  for (const std::string& name : row.alarm_names) visit(AlarmKey(row.region, name));
}

void LinkAlarms(ScalingLinks& links, const Service& row) {
  ForEachAlarmKey(row, [&](const std::string& key) { links.services_by_alarm[key].insert(row.serial); });
}
void UnlinkAlarms(ScalingLinks& links, const Service& row) {
  ForEachAlarmKey(row, [&](const std::string& key) {
    const auto at = links.services_by_alarm.find(key);
    if (at == links.services_by_alarm.end()) return;  // named twice
    at->second.erase(row.serial);
    if (at->second.empty()) links.services_by_alarm.erase(at);
  });
}

}  // namespace

template <>
void State::Link(Service& row) {
  Name(NameKey('s', SerialText(row.cluster), row.name), row.serial);
  Cluster* cluster = Mutable<Cluster>().Find(row.cluster);
  ListAppend(Mutable<Service>(), cluster->services, row, &Service::in_cluster);
  cluster->services.seq = seq_ + 1;
  Count(cluster->active_services, row.status == ServiceStatus::kActive, 1);
  dirty_services_.insert(row.serial);
  row.scalable_target = FindScalableTarget(row.region, "service/" + cluster->name + "/" + row.name);
  LinkAlarms(scaling_, row);
  ServiceMoved(row);
}
template <>
void State::Unlink(Service& row) {
  UnlinkAlarms(scaling_, row);
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
  if (before.status != row.status || before.alarms_enabled != row.alarms_enabled ||
      before.alarm_names != row.alarm_names) {
    UnlinkAlarms(scaling_, before);
    LinkAlarms(scaling_, row);
    dirty_services_.insert(row.serial);
  }
  if (before.placement_constraints != row.placement_constraints) {
    for (auto& [provider, waiting] : waiting_) waiting.RoomAppeared();
    ForEachIn<Task>(row.tasks, &Task::in_service, [&](const Task& task) { dirty_providers_.insert(task.provider); });
  }
  if (before.desired_count != row.desired_count || before.primary != row.primary || before.status != row.status ||
      before.minimum_healthy_percent != row.minimum_healthy_percent || before.maximum_percent != row.maximum_percent ||
      before.breaker_enabled != row.breaker_enabled || before.breaker_threshold != row.breaker_threshold ||
      before.breaker_threshold_type != row.breaker_threshold_type || before.retry_at != row.retry_at ||
      before.zone_rebalancing != row.zone_rebalancing) {
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
  ReferRevision(row.revision, 1);
}
template <>
void State::Unlink(Deployment& row) {
  ListHead& list = Mutable<Service>().Find(row.service)->deployments;
  ListRemove(Mutable<Deployment>(), list, row, &Deployment::in_service);
  list.seq = seq_ + 1;
  tallies_.erase(row.serial);
  leaving_tallies_.erase(row.serial);
  ReferRevision(row.revision, -1);
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

void State::ReferRevision(Serial revision, int by) {
  if (revision == kNoSerial) return;
  ServiceRevision* row = Mutable<ServiceRevision>().Find(revision);
  ECSMI_CHECK(row != nullptr);
  Count(row->references, true, by);
  if (row->references == 0) {
    orphan_revisions_.insert(revision);
  } else if (by > 0 && row->references == 1) {
    orphan_revisions_.erase(revision);
  }
}

template <>
void State::Link(ServiceRevision& row) {
  orphan_revisions_.insert(row.serial);
}
template <>
void State::Unlink(ServiceRevision& row) {
  orphan_revisions_.erase(row.serial);
}

namespace {

template <typename Visit>
void ForEachRevision(const ServiceDeployment& row, Visit&& visit) {
  for (const RevisionCounts& source : row.sources) visit(source.revision);
  visit(row.target.revision);
  visit(row.rollback_revision);
}

}  // namespace

template <>
void State::Link(ServiceDeployment& row) {
  ListHead& list = Mutable<Service>().Find(row.service)->service_deployments;
  ListAppend(Mutable<ServiceDeployment>(), list, row, &ServiceDeployment::in_service);
  list.seq = seq_ + 1;
  ForEachRevision(row, [&](Serial revision) { ReferRevision(revision, 1); });
}
template <>
void State::Unlink(ServiceDeployment& row) {
  ListHead& list = Mutable<Service>().Find(row.service)->service_deployments;
  ListRemove(Mutable<ServiceDeployment>(), list, row, &ServiceDeployment::in_service);
  list.seq = seq_ + 1;
  ForEachRevision(row, [&](Serial revision) { ReferRevision(revision, -1); });
}
template <>
void State::Relink(const ServiceDeployment& before, ServiceDeployment& row) {
  Mutable<Service>().Find(row.service)->service_deployments.seq = seq_ + 1;
  if (before.status != row.status || before.bake_until != row.bake_until) dirty_services_.insert(row.service);
  // The new ones first, so that none is without a reference in between.
  ForEachRevision(row, [&](Serial revision) { ReferRevision(revision, 1); });
  ForEachRevision(before, [&](Serial revision) { ReferRevision(revision, -1); });
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
