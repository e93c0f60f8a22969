#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "ecsmi/ecs/v1/instance_requirements.pb.h"
#include "ecsmi/model/instance_requirements.h"

namespace ecsmi::api {

// ECS's InstanceRequirementsRequest, checked and typed. Pure; any thread. Rules: A37, B6, B10, B20a, B25 and 0.3;
// ranges hold no negative number and min <= max. Enum numbers were checked before (CheckKnownValues). The two Spot
// price attributes are not converted: see CheckNoSpot. Errors: InvalidParameterException naming the attribute.
absl::StatusOr<model::InstanceRequirements> ToRequirements(std::string_view field,
                                                           const ecs::v1::InstanceRequirementsRequest& request);

// Refuses the Spot price attributes (promise 6).
absl::Status CheckNoSpot(std::string_view field, const ecs::v1::InstanceRequirementsRequest& request);

}  // namespace ecsmi::api
