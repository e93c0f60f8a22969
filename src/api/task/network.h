#pragma once

#include "absl/status/status.h"
#include "ecsmi/ecs/v1/network.pb.h"
#include "ecsmi/model/task_definition.h"

namespace ecsmi::api {

// Whether tasks of the definition can have this network (C13, C14, H13): given for awsvpc and for nothing else. Pure.
// Errors: InvalidParameterException in AWS's words.
absl::Status CheckTaskNetwork(const model::TaskDefinition& definition, const ecs::v1::NetworkConfiguration& network);

}  // namespace ecsmi::api
