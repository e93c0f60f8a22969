#include <algorithm>
#include <utility>

#include "api/check.h"
#include "api/cluster/cluster_view.h"
#include "api/cluster/clusters.h"
#include "api/cluster/provider_list.h"
#include "api/cluster/strategy.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

bool HasProviders(const control::Step& step, model::Serial cluster) {
  bool has = false;
  step.state.table<model::CapacityProvider>().ForEach([&](const model::CapacityProvider& provider) {
    has = has || (provider.cluster == cluster && provider.status != model::CapacityProviderStatus::kInactive);
  });
  return has;
}

bool HasServices(const control::Step& step, const model::Cluster& cluster) {
  bool has = false;
  step.state.ForEachIn<model::Service>(cluster.services, &model::Service::in_cluster, [&](const model::Service& row) {
    has = has || row.status != model::ServiceStatus::kInactive;
  });
  return has;
}

// What keeps the cluster from being deleted, in the order of A64 (exceptions: A63).
absl::Status Blockers(const control::Step& step, const model::Cluster& cluster) {
  if (HasServices(step, cluster)) {
    return AwsError(AwsException::kClusterContainsServices, "The Cluster cannot be deleted while Services are active.");
  }
  if (cluster.tasks.count > cluster.stopped_tasks) {
    return AwsError(AwsException::kClusterContainsTasks, "The Cluster cannot be deleted while Tasks are active.");
  }
  if (cluster.registered_instances > 0) {
    return AwsError(AwsException::kClusterContainsContainerInstances,
                    "The Cluster cannot be deleted while Container Instances are active or draining.");
  }
  if (HasProviders(step, cluster.serial)) {
    return AwsError(AwsException::kClusterContainsCapacityProvider,
                    "The Cluster cannot be deleted while it contains Capacity Providers.");
  }
  return absl::OkStatus();
}

bool UsedByService(const control::Step& step, const model::Cluster& cluster, std::string_view provider) {
  bool used = false;
  step.state.ForEachIn<model::Service>(cluster.services, &model::Service::in_cluster, [&](const model::Service& row) {
    used = used || (row.status != model::ServiceStatus::kInactive && StrategyNames(row.strategy, provider));
  });
  return used;
}

}  // namespace

absl::Status CheckDeleteCluster(const pb::DeleteClusterRequest& request) {
  return CheckRequired("cluster", request.cluster());
}

absl::Status DeleteCluster(control::Step& step, const CallContext& context, const pb::DeleteClusterRequest& request,
                           pb::DeleteClusterResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_RETURN_IF_ERROR(Blockers(step, *cluster));
  const model::Cluster& row = step.state.Update<model::Cluster>(cluster->serial, [](model::Cluster& changed) {
    changed.status = model::ClusterStatus::kInactive;
    changed.capacity_providers.clear();
    changed.default_strategy.clear();
  });
  *response->mutable_cluster() = ShowCluster(step, row, kAllClusterParts);
  return absl::OkStatus();
}

absl::Status CheckPutClusterCapacityProviders(const pb::PutClusterCapacityProvidersRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("cluster", request.cluster()));
  return CheckStrategy("defaultCapacityProviderStrategy", request.default_capacity_provider_strategy());
}

absl::Status PutClusterCapacityProviders(control::Step& step, const CallContext& context,
                                         const pb::PutClusterCapacityProvidersRequest& request,
                                         pb::PutClusterCapacityProvidersResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(std::vector<std::string> providers,
                         ResolveProviderList(step, context.region, cluster->serial, request.capacity_providers()));
  // The list is replaced (A70), but a managed instances provider belongs to its cluster and stays (A74).
  for (const std::string& name : cluster->capacity_providers) {
    if (std::find(providers.begin(), providers.end(), name) != providers.end()) continue;
    if (!IsFargate(name)) {
      providers.push_back(name);
    } else if (UsedByService(step, *cluster, name)) {
      return AwsError(AwsException::kResourceInUse, "The specified capacity provider is in use and cannot be removed.");
    }
  }
  ECSMI_ASSIGN_OR_RETURN(std::vector<model::StrategyItem> strategy,
                         ResolveStrategy(step, context.region, providers, "defaultCapacityProviderStrategy",
                                         request.default_capacity_provider_strategy()));
  for (const model::StrategyItem& item : strategy) {
    const auto* provider = step.state.Find<model::CapacityProvider>(item.provider);
    if (provider != nullptr && provider->status != model::CapacityProviderStatus::kActive) {  // A51, A53
      return InvalidParameter(Say("The specified capacity provider '", item.provider_name,
                                  "' is not in an ACTIVE state. Specify a valid capacity provider and try again."));
    }
  }
  const model::Cluster& row = step.state.Update<model::Cluster>(cluster->serial, [&](model::Cluster& changed) {
    changed.capacity_providers = std::move(providers);
    changed.default_strategy = std::move(strategy);
  });
  *response->mutable_cluster() = ShowCluster(step, row, kAllClusterParts);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
