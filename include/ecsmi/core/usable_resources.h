#pragma once

#include "ecsmi/model/instance_type.h"
#include "ecsmi/model/resources.h"

namespace ecsmi::core {

// What tasks can have of an instance of this type. CPU: all of it (B70). Memory: floor(97 % of nominal) - 128 MiB, the
// agent's and the kernel's reserve (B73, assumed; within the observed bound B72). GPUs: whole devices (B74). ENI slots:
// awsvpc tasks, trunked where the type can (B75-B77). Pure.
model::Resources UsableResources(const model::InstanceType& type);

}  // namespace ecsmi::core
