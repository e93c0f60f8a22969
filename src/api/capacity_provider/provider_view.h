#pragma once

#include <string_view>

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/capacity_provider.pb.h"

namespace ecsmi::api {

// The stored, cold part of a provider: its managedInstancesProvider and tags.
ecs::v1::CapacityProvider ProviderDocument(const control::Step& step, const model::CapacityProvider& provider);
// A provider as AWS describes it.
ecs::v1::CapacityProvider ShowProvider(const control::Step& step, const model::CapacityProvider& provider, bool tags);
// FARGATE or FARGATE_SPOT, which nobody creates (A65).
ecs::v1::CapacityProvider ShowFargate(const control::Step& step, std::string_view region, std::string_view name);

}  // namespace ecsmi::api
