#include "api/cluster/cluster_view.h"

#include <string>

#include "api/check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"

namespace ecsmi::api {
namespace {

void AddStatistic(pb::Cluster& shown, const char* name, std::uint32_t value) {
  pb::KeyValuePair* pair = shown.add_statistics();
  pair->set_name(name);
  pair->set_value(std::to_string(value));
}

// Tasks and services of managed instances count as EC2's, whose instances they run on (assumed: AWS documents counts
// for EC2, Fargate and external instances only).
void AddStatistics(const control::Step& step, const model::Cluster& cluster, pb::Cluster& shown) {
  std::uint32_t draining = 0;
  step.state.ForEachIn<model::Service>(cluster.services, &model::Service::in_cluster, [&](const model::Service& row) {
    if (row.status == model::ServiceStatus::kDraining) ++draining;
  });
  AddStatistic(shown, "runningEC2TasksCount", cluster.running_tasks);
  AddStatistic(shown, "pendingEC2TasksCount", cluster.pending_tasks);
  AddStatistic(shown, "activeEC2ServiceCount", cluster.active_services);
  AddStatistic(shown, "drainingEC2ServiceCount", draining);
  for (const char* name : {"runningFargateTasksCount", "pendingFargateTasksCount", "activeFargateServiceCount",
                           "drainingFargateServiceCount", "runningExternalTasksCount", "pendingExternalTasksCount",
                           "activeExternalServiceCount", "drainingExternalServiceCount"}) {
    AddStatistic(shown, name, 0);
  }
}

}  // namespace

pb::Cluster ShowCluster(const control::Step& step, const model::Cluster& cluster, ClusterParts parts) {
  pb::Cluster shown;
  const std::string_view document = step.state.DocumentBytes(cluster.document);
  ECSMI_CHECK(shown.ParseFromArray(document.data(), static_cast<int>(document.size())));
  if (!parts.tags) shown.clear_tags();
  if (!parts.settings) shown.clear_settings();
  if (!parts.configurations) {
    shown.clear_configuration();
    shown.clear_service_connect_defaults();
  }
  shown.set_cluster_arn(ClusterArn(step, cluster));
  shown.set_cluster_name(cluster.name);
  shown.set_status(cluster.status == model::ClusterStatus::kActive ? "ACTIVE" : "INACTIVE");
  shown.set_registered_container_instances_count(static_cast<std::int32_t>(cluster.registered_instances));
  shown.set_running_tasks_count(static_cast<std::int32_t>(cluster.running_tasks));
  shown.set_pending_tasks_count(static_cast<std::int32_t>(cluster.pending_tasks));
  shown.set_active_services_count(static_cast<std::int32_t>(cluster.active_services));
  for (const std::string& name : cluster.capacity_providers) shown.add_capacity_providers(name);
  for (const model::StrategyItem& item : cluster.default_strategy) {
    pb::CapacityProviderStrategyItem* entry = shown.add_default_capacity_provider_strategy();
    entry->set_capacity_provider(item.provider_name);
    entry->set_weight(item.weight);
    entry->set_base(item.base);
  }
  if (parts.statistics) AddStatistics(step, cluster, shown);
  return shown;
}

}  // namespace ecsmi::api
