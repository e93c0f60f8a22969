#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/container_instance.pb.h"

// The container instance operations: a `Check…` needs no state (Registry::Add), the function beside it runs on the
// strand.
namespace ecsmi::api {

absl::Status CheckDescribeContainerInstances(const ecs::v1::DescribeContainerInstancesRequest& request);
absl::Status DescribeContainerInstances(control::Step& step, const CallContext& context,
                                        const ecs::v1::DescribeContainerInstancesRequest& request,
                                        ecs::v1::DescribeContainerInstancesResponse* response);

absl::Status CheckListContainerInstances(const ecs::v1::ListContainerInstancesRequest& request);
absl::Status ListContainerInstances(control::Step& step, const CallContext& context,
                                    const ecs::v1::ListContainerInstancesRequest& request,
                                    ecs::v1::ListContainerInstancesResponse* response);

// ACTIVE ↔ DRAINING (E20, E30). What cannot be changed is among the failures.
absl::Status CheckUpdateContainerInstancesState(const ecs::v1::UpdateContainerInstancesStateRequest& request);
absl::Status UpdateContainerInstancesState(control::Step& step, const CallContext& context,
                                           const ecs::v1::UpdateContainerInstancesStateRequest& request,
                                           ecs::v1::UpdateContainerInstancesStateResponse* response);

// Ends the instance, its EC2 instance included (E21-E24).
absl::Status CheckDeregisterContainerInstance(const ecs::v1::DeregisterContainerInstanceRequest& request);
absl::Status DeregisterContainerInstance(control::Step& step, const CallContext& context,
                                         const ecs::v1::DeregisterContainerInstanceRequest& request,
                                         ecs::v1::DeregisterContainerInstanceResponse* response);

}  // namespace ecsmi::api
