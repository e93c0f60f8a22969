#include "api/container_instance/container_instances.h"

namespace ecsmi::api {

void RegisterContainerInstances(Registry& registry) {
  namespace pb = ecs::v1;
  constexpr char kService[] = "ecsmi.ecs.v1.EcsService";
  registry.Add<pb::DescribeContainerInstancesRequest, pb::DescribeContainerInstancesResponse>(
      kService, "DescribeContainerInstances", CheckDescribeContainerInstances, DescribeContainerInstances);
  registry.Add<pb::ListContainerInstancesRequest, pb::ListContainerInstancesResponse>(
      kService, "ListContainerInstances", CheckListContainerInstances, ListContainerInstances);
}

}  // namespace ecsmi::api
