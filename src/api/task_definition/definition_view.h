#pragma once

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"

namespace ecsmi::api {

// The definition as described: the document with the hot fields put back. Tags are no part of it.
void DescribeDefinition(const control::Step& step, const model::TaskDefinition& row, ecs::v1::TaskDefinition* out);

}  // namespace ecsmi::api
