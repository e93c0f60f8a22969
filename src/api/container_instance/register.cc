#include "api/container_instance/attributes.h"
#include "api/container_instance/container_instances.h"

namespace ecsmi::api {

void RegisterContainerInstances(Registry& registry) {
  namespace pb = ecs::v1;
  constexpr char kService[] = "ecsmi.ecs.v1.EcsService";
  registry.Add<pb::DescribeContainerInstancesRequest, pb::DescribeContainerInstancesResponse>(
      kService, "DescribeContainerInstances", CheckDescribeContainerInstances, DescribeContainerInstances);
  registry.Add<pb::ListContainerInstancesRequest, pb::ListContainerInstancesResponse>(
      kService, "ListContainerInstances", CheckListContainerInstances, ListContainerInstances);
  registry.Add<pb::UpdateContainerInstancesStateRequest, pb::UpdateContainerInstancesStateResponse>(
      kService, "UpdateContainerInstancesState", CheckUpdateContainerInstancesState, UpdateContainerInstancesState);
  registry.Add<pb::DeregisterContainerInstanceRequest, pb::DeregisterContainerInstanceResponse>(
      kService, "DeregisterContainerInstance", CheckDeregisterContainerInstance, DeregisterContainerInstance);
  registry.Add<pb::PutAttributesRequest, pb::PutAttributesResponse>(kService, "PutAttributes", CheckPutAttributes,
                                                                    PutAttributes);
  registry.Add<pb::DeleteAttributesRequest, pb::DeleteAttributesResponse>(kService, "DeleteAttributes",
                                                                          CheckDeleteAttributes, DeleteAttributes);
  registry.Add<pb::ListAttributesRequest, pb::ListAttributesResponse>(kService, "ListAttributes", CheckListAttributes,
                                                                      ListAttributes);
}

}  // namespace ecsmi::api
