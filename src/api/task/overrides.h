#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/task_override.pb.h"
#include "ecsmi/model/task_definition.h"

namespace ecsmi::api {

// What a task is made of once RunTask's overrides lie on top of its definition.
struct OverriddenTask {
  model::Resources resources;
  bool all_gpus = false;
  std::vector<model::ContainerSpec> containers;  // in the definition's order; empty = as the definition has them
};

// Task-level cpu and memory, and per container command, cpu, memory, memoryReservation and GPU count. The containers
// must hold what a registration holds them to (C17, C22, C65). Environment is stored and echoed only.
// Errors: InvalidParameterException for a container that the definition does not have or that stands twice;
// ClientException in the words of a registration for what the overridden definition may not be.
absl::StatusOr<OverriddenTask> ApplyOverrides(const control::Step& step, const model::TaskDefinition& definition,
                                              const ecs::v1::TaskOverride& overrides);

}  // namespace ecsmi::api
