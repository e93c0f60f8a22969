#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/task_operations.pb.h"

// Task scale-in protection (C80-C82): a `Check…` needs no state (Registry::Add), the function beside it runs on the
// strand. Tasks that cannot be protected are among the failures.
namespace ecsmi::api {

absl::Status CheckUpdateTaskProtection(const ecs::v1::UpdateTaskProtectionRequest& request);
absl::Status UpdateTaskProtection(control::Step& step, const CallContext& context,
                                  const ecs::v1::UpdateTaskProtectionRequest& request,
                                  ecs::v1::UpdateTaskProtectionResponse* response);

absl::Status CheckGetTaskProtection(const ecs::v1::GetTaskProtectionRequest& request);
absl::Status GetTaskProtection(control::Step& step, const CallContext& context,
                               const ecs::v1::GetTaskProtectionRequest& request,
                               ecs::v1::GetTaskProtectionResponse* response);

}  // namespace ecsmi::api
