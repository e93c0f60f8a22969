#include "api/service/services.h"

namespace ecsmi::api {

void RegisterServices(Registry& registry) {
  namespace pb = ecs::v1;
  constexpr char kService[] = "ecsmi.ecs.v1.EcsService";
  registry.Add<pb::CreateServiceRequest, pb::CreateServiceResponse>(kService, "CreateService", CheckCreateService,
                                                                    CreateService);
  registry.Add<pb::UpdateServiceRequest, pb::UpdateServiceResponse>(kService, "UpdateService", CheckUpdateService,
                                                                    UpdateService);
  registry.Add<pb::DeleteServiceRequest, pb::DeleteServiceResponse>(kService, "DeleteService", CheckDeleteService,
                                                                    DeleteService);
  registry.Add<pb::DescribeServicesRequest, pb::DescribeServicesResponse>(kService, "DescribeServices",
                                                                          CheckDescribeServices, DescribeServices);
  registry.Add<pb::ListServicesRequest, pb::ListServicesResponse>(kService, "ListServices", CheckListServices,
                                                                  ListServices);
}

}  // namespace ecsmi::api
