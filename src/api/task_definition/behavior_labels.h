#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/ecs/v1/container_definition.pb.h"
#include "ecsmi/model/task_definition.h"

namespace ecsmi::api {

// "12", "lognormal(30,0.4)", "uniform(5,10)" or "exp(20)". INVALID_ARGUMENT says what is understood.
absl::StatusOr<model::Distribution> ParseDistribution(std::string_view text);

// Sets one `ecsmi.*` key (design: containers). INVALID_ARGUMENT names the key and the rule.
absl::Status SetBehavior(std::string_view key, std::string_view value, model::ContainerBehavior* behavior);

// What a container definition says of its behaviour: its command (`true`, `false`, `sleep N`, `exit N`, also through
// sh -c), an image whose host lies under .invalid, and its `ecsmi.*` docker labels, the later over the earlier.
absl::Status ReadBehavior(const ecs::v1::ContainerDefinition& definition, model::ContainerSpec* spec);

}  // namespace ecsmi::api
