#pragma once

#include "absl/status/status.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/service_operations.pb.h"
#include "ecsmi/model/service.h"

// What CreateService and UpdateService have in common: checks that need no state (any thread), and how settings become
// a row's.
namespace ecsmi::api {

// Percentages, circuit breaker; every kind of deployment but a rolling one is refused by name (0.6, D73).
absl::Status CheckDeploymentConfiguration(const ecs::v1::DeploymentConfiguration& configuration);
// At most ten, each with a known type, memberOf with an expression (C65, H25).
absl::Status CheckConstraints(const google::protobuf::RepeatedPtrField<ecs::v1::PlacementConstraint>& constraints);
// What both requests may hold and no service of managed instances here can do, refused by name.
absl::Status CheckEmulated(const ecs::v1::CreateServiceRequest& request);
absl::Status CheckEmulated(const ecs::v1::UpdateServiceRequest& request);
// Not negative.
absl::Status CheckDesiredCount(std::int64_t count);
// Tasks per service under --limits=aws (D12).
absl::Status CheckServiceLimits(const control::Step& step, std::int64_t desired_count);

// The expressions mean something in this Region (B59). Errors: InvalidParameterException.
absl::Status CompileConstraints(const control::Step& step, std::string_view region,
                                const google::protobuf::RepeatedPtrField<ecs::v1::PlacementConstraint>& constraints);

// Writes the settings that are given over the row's; `shown` is what descriptions echo, completed with defaults.
void SetDeploymentConfiguration(const ecs::v1::DeploymentConfiguration& configuration, model::Service& row,
                                ecs::v1::DeploymentConfiguration& shown);
void SetConstraints(const google::protobuf::RepeatedPtrField<ecs::v1::PlacementConstraint>& constraints,
                    model::Service& row);
void SetPropagation(ecs::v1::PropagateTags::Value propagate, model::Service& row);

}  // namespace ecsmi::api
