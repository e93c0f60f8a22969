#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/service_operations.pb.h"

// The service operations: a `Check…` needs no state (Registry::Add), the function beside it runs on the strand.
namespace ecsmi::api {

absl::Status CheckCreateService(const ecs::v1::CreateServiceRequest& request);
absl::Status CreateService(control::Step& step, const CallContext& context,
                           const ecs::v1::CreateServiceRequest& request, ecs::v1::CreateServiceResponse* response);

absl::Status CheckUpdateService(const ecs::v1::UpdateServiceRequest& request);
absl::Status UpdateService(control::Step& step, const CallContext& context,
                           const ecs::v1::UpdateServiceRequest& request, ecs::v1::UpdateServiceResponse* response);

absl::Status CheckDeleteService(const ecs::v1::DeleteServiceRequest& request);
absl::Status DeleteService(control::Step& step, const CallContext& context,
                           const ecs::v1::DeleteServiceRequest& request, ecs::v1::DeleteServiceResponse* response);

absl::Status CheckDescribeServices(const ecs::v1::DescribeServicesRequest& request);
absl::Status DescribeServices(control::Step& step, const CallContext& context,
                              const ecs::v1::DescribeServicesRequest& request,
                              ecs::v1::DescribeServicesResponse* response);

absl::Status CheckListServices(const ecs::v1::ListServicesRequest& request);
absl::Status ListServices(control::Step& step, const CallContext& context, const ecs::v1::ListServicesRequest& request,
                          ecs::v1::ListServicesResponse* response);

absl::Status CheckListServicesByNamespace(const ecs::v1::ListServicesByNamespaceRequest& request);
absl::Status ListServicesByNamespace(control::Step& step, const CallContext& context,
                                     const ecs::v1::ListServicesByNamespaceRequest& request,
                                     ecs::v1::ListServicesByNamespaceResponse* response);

}  // namespace ecsmi::api
