#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/ecs/v1/task_operations.pb.h"

namespace ecsmi::api {

// RunTask (C60-C67, A76-A83): shape on the door's thread, the rest in one step. Lack of capacity is no failure (C62).
absl::Status CheckRunTask(const ecs::v1::RunTaskRequest& request);
absl::Status RunTask(control::Step& step, const CallContext& context, const ecs::v1::RunTaskRequest& request,
                     ecs::v1::RunTaskResponse* response);

}  // namespace ecsmi::api
