#pragma once

#include "absl/status/status.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/task.pb.h"
#include "ecsmi/ecs/v1/task_operations.pb.h"

// What RunTask and StartTask have in common. Instantiated for both requests.
namespace ecsmi::api {

// Tags, overrides, startedBy, group, propagateTags and volumes (C63, C65). `started_by_max`: characters. Needs no
// state; any thread. Errors: InvalidParameterException; UnsupportedFeatureException for volumes.
template <typename Request>
absl::Status CheckTaskRequest(const Request& request, std::size_t started_by_max);

// The cold part of the tasks that the request makes of the definition, propagated tags included.
template <typename Request>
ecs::v1::Task ColdTask(const control::Step& step, const model::TaskDefinition& definition, const Request& request);

}  // namespace ecsmi::api
