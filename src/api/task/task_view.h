#pragma once

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/task.pb.h"

namespace ecsmi::api {

// A task as DescribeTasks shows it (C40-C52, C71): the cold document with everything that moves put in. Tags only when
// asked for.
void DescribeTask(const control::Step& step, const model::Task& task, bool with_tags, ecs::v1::Task* out);

}  // namespace ecsmi::api
