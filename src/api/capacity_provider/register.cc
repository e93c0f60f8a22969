#include "api/capacity_provider/capacity_providers.h"

namespace ecsmi::api {

void RegisterCapacityProviders(Registry& registry) {
  namespace pb = ecs::v1;
  constexpr char kService[] = "ecsmi.ecs.v1.EcsService";
  registry.Add<pb::CreateCapacityProviderRequest, pb::CreateCapacityProviderResponse>(
      kService, "CreateCapacityProvider", CheckCreateCapacityProvider, CreateCapacityProvider);
  registry.Add<pb::DescribeCapacityProvidersRequest, pb::DescribeCapacityProvidersResponse>(
      kService, "DescribeCapacityProviders", CheckDescribeCapacityProviders, DescribeCapacityProviders);
  registry.Add<pb::UpdateCapacityProviderRequest, pb::UpdateCapacityProviderResponse>(
      kService, "UpdateCapacityProvider", CheckUpdateCapacityProvider, UpdateCapacityProvider);
  registry.Add<pb::DeleteCapacityProviderRequest, pb::DeleteCapacityProviderResponse>(
      kService, "DeleteCapacityProvider", CheckDeleteCapacityProvider, DeleteCapacityProvider);
}

}  // namespace ecsmi::api
