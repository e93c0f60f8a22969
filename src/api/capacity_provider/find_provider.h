#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/managed_instances_provider.pb.h"

namespace ecsmi::api {

// The provider that an update or a delete means: by name and cluster, or by ARN, which needs no cluster (A9, A11,
// A58). A deleted one is found too. Errors: ClientException, ClusterNotFoundException.
absl::StatusOr<const model::CapacityProvider*> ResolveProvider(const control::Step& step, const CallContext& context,
                                                               std::string_view reference, std::string_view cluster);

// Refuses requirements that no type of the Region satisfies (A39). `row` carries them.
absl::Status CheckSomeTypeMatches(control::Step& step, const model::CapacityProvider& row);

// The rows of the subnets, each once, in order; new ones are made, so every other check comes first.
std::vector<model::Serial> EnsureSubnets(control::Step& step, std::string_view region,
                                         const ecs::v1::ManagedInstancesNetworkConfiguration& network);

// When a change asked for now is done. `kNever`: at once.
model::TimeMs ChangeDueAt(const control::Step& step, model::Serial provider);

}  // namespace ecsmi::api
