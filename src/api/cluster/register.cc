#include "api/cluster/clusters.h"

namespace ecsmi::api {

void RegisterClusters(Registry& registry) {
  namespace pb = ecs::v1;
  constexpr char kService[] = "ecsmi.ecs.v1.EcsService";
  registry.Add<pb::CreateClusterRequest, pb::CreateClusterResponse>(kService, "CreateCluster", CheckCreateCluster,
                                                                    CreateCluster);
  registry.Add<pb::DescribeClustersRequest, pb::DescribeClustersResponse>(kService, "DescribeClusters",
                                                                          CheckDescribeClusters, DescribeClusters);
  registry.Add<pb::ListClustersRequest, pb::ListClustersResponse>(kService, "ListClusters", CheckListClusters,
                                                                  ListClusters);
  registry.Add<pb::DeleteClusterRequest, pb::DeleteClusterResponse>(kService, "DeleteCluster", CheckDeleteCluster,
                                                                    DeleteCluster);
  registry.Add<pb::PutClusterCapacityProvidersRequest, pb::PutClusterCapacityProvidersResponse>(
      kService, "PutClusterCapacityProviders", CheckPutClusterCapacityProviders, PutClusterCapacityProviders);
  registry.Add<pb::UpdateClusterRequest, pb::UpdateClusterResponse>(kService, "UpdateCluster", CheckUpdateCluster,
                                                                    UpdateCluster);
  registry.Add<pb::UpdateClusterSettingsRequest, pb::UpdateClusterSettingsResponse>(
      kService, "UpdateClusterSettings", CheckUpdateClusterSettings, UpdateClusterSettings);
}

}  // namespace ecsmi::api
