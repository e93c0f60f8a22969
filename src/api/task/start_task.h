#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/task_operations.pb.h"

namespace ecsmi::api {

// StartTask (C60, C61): a task on each of the named container instances. An instance that cannot take it is a failure,
// and the others get theirs.
absl::Status CheckStartTask(const ecs::v1::StartTaskRequest& request);
absl::Status StartTask(control::Step& step, const CallContext& context, const ecs::v1::StartTaskRequest& request,
                       ecs::v1::StartTaskResponse* response);

}  // namespace ecsmi::api
