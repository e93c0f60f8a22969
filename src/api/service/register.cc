#include "api/service/services.h"
#include "api/service_deployment/service_deployments.h"

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
  registry.Add<pb::ListServiceDeploymentsRequest, pb::ListServiceDeploymentsResponse>(
      kService, "ListServiceDeployments", CheckListServiceDeployments, ListServiceDeployments);
  registry.Add<pb::DescribeServiceDeploymentsRequest, pb::DescribeServiceDeploymentsResponse>(
      kService, "DescribeServiceDeployments", CheckDescribeServiceDeployments, DescribeServiceDeployments);
  registry.Add<pb::DescribeServiceRevisionsRequest, pb::DescribeServiceRevisionsResponse>(
      kService, "DescribeServiceRevisions", CheckDescribeServiceRevisions, DescribeServiceRevisions);
  registry.Add<pb::StopServiceDeploymentRequest, pb::StopServiceDeploymentResponse>(
      kService, "StopServiceDeployment", CheckStopServiceDeployment, StopServiceDeployment);
  registry.Add<pb::ListServicesByNamespaceRequest, pb::ListServicesByNamespaceResponse>(
      kService, "ListServicesByNamespace", CheckListServicesByNamespace, ListServicesByNamespace);
}

}  // namespace ecsmi::api
