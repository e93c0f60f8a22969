#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/cluster.pb.h"

// The cluster operations: a `Check…` needs no state (Registry::Add), the function beside it runs on the strand.
namespace ecsmi::api {

absl::Status CheckCreateCluster(const ecs::v1::CreateClusterRequest& request);
absl::Status CreateCluster(control::Step& step, const CallContext& context,
                           const ecs::v1::CreateClusterRequest& request, ecs::v1::CreateClusterResponse* response);

absl::Status CheckDescribeClusters(const ecs::v1::DescribeClustersRequest& request);
absl::Status DescribeClusters(control::Step& step, const CallContext& context,
                              const ecs::v1::DescribeClustersRequest& request,
                              ecs::v1::DescribeClustersResponse* response);

absl::Status CheckListClusters(const ecs::v1::ListClustersRequest& request);
absl::Status ListClusters(control::Step& step, const CallContext& context, const ecs::v1::ListClustersRequest& request,
                          ecs::v1::ListClustersResponse* response);

absl::Status CheckDeleteCluster(const ecs::v1::DeleteClusterRequest& request);
absl::Status DeleteCluster(control::Step& step, const CallContext& context,
                           const ecs::v1::DeleteClusterRequest& request, ecs::v1::DeleteClusterResponse* response);

absl::Status CheckPutClusterCapacityProviders(const ecs::v1::PutClusterCapacityProvidersRequest& request);
absl::Status PutClusterCapacityProviders(control::Step& step, const CallContext& context,
                                         const ecs::v1::PutClusterCapacityProvidersRequest& request,
                                         ecs::v1::PutClusterCapacityProvidersResponse* response);

absl::Status CheckUpdateCluster(const ecs::v1::UpdateClusterRequest& request);
absl::Status UpdateCluster(control::Step& step, const CallContext& context,
                           const ecs::v1::UpdateClusterRequest& request, ecs::v1::UpdateClusterResponse* response);

absl::Status CheckUpdateClusterSettings(const ecs::v1::UpdateClusterSettingsRequest& request);
absl::Status UpdateClusterSettings(control::Step& step, const CallContext& context,
                                   const ecs::v1::UpdateClusterSettingsRequest& request,
                                   ecs::v1::UpdateClusterSettingsResponse* response);

}  // namespace ecsmi::api
