#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/ecs/v1/container_definition.pb.h"
#include "ecsmi/model/task_definition.h"

namespace ecsmi::api {

// What a container definition says of its behaviour: its command (`true`, `false`, `sleep N`, `exit N`, also through
// sh -c), an image whose host lies under .invalid, and its `ecsmi.*` docker labels, the later over the earlier.
absl::Status ReadBehavior(const ecs::v1::ContainerDefinition& definition, model::ContainerSpec* spec);

}  // namespace ecsmi::api
