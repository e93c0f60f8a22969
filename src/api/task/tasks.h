#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/task_operations.pb.h"

// The operations on tasks beside RunTask (run_task.h): a `Check…` needs no state (Registry::Add), the function beside
// it runs on the strand. C68-C70.
namespace ecsmi::api {

absl::Status CheckStopTask(const ecs::v1::StopTaskRequest& request);
absl::Status StopTask(control::Step& step, const CallContext& context, const ecs::v1::StopTaskRequest& request,
                      ecs::v1::StopTaskResponse* response);

absl::Status CheckDescribeTasks(const ecs::v1::DescribeTasksRequest& request);
absl::Status DescribeTasks(control::Step& step, const CallContext& context,
                           const ecs::v1::DescribeTasksRequest& request, ecs::v1::DescribeTasksResponse* response);

absl::Status CheckListTasks(const ecs::v1::ListTasksRequest& request);
absl::Status ListTasks(control::Step& step, const CallContext& context, const ecs::v1::ListTasksRequest& request,
                       ecs::v1::ListTasksResponse* response);

}  // namespace ecsmi::api
