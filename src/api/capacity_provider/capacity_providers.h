#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/capacity_provider.pb.h"

// The capacity provider operations: a `Check…` needs no state (Registry::Add), the function beside it runs on the
// strand. Only managed instances providers can be made; FARGATE and FARGATE_SPOT are listed.
namespace ecsmi::api {

absl::Status CheckCreateCapacityProvider(const ecs::v1::CreateCapacityProviderRequest& request);
absl::Status CreateCapacityProvider(control::Step& step, const CallContext& context,
                                    const ecs::v1::CreateCapacityProviderRequest& request,
                                    ecs::v1::CreateCapacityProviderResponse* response);

absl::Status CheckDescribeCapacityProviders(const ecs::v1::DescribeCapacityProvidersRequest& request);
absl::Status DescribeCapacityProviders(control::Step& step, const CallContext& context,
                                       const ecs::v1::DescribeCapacityProvidersRequest& request,
                                       ecs::v1::DescribeCapacityProvidersResponse* response);

absl::Status CheckUpdateCapacityProvider(const ecs::v1::UpdateCapacityProviderRequest& request);
absl::Status UpdateCapacityProvider(control::Step& step, const CallContext& context,
                                    const ecs::v1::UpdateCapacityProviderRequest& request,
                                    ecs::v1::UpdateCapacityProviderResponse* response);

absl::Status CheckDeleteCapacityProvider(const ecs::v1::DeleteCapacityProviderRequest& request);
absl::Status DeleteCapacityProvider(control::Step& step, const CallContext& context,
                                    const ecs::v1::DeleteCapacityProviderRequest& request,
                                    ecs::v1::DeleteCapacityProviderResponse* response);

}  // namespace ecsmi::api
