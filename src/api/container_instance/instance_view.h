#pragma once

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/container_instance.pb.h"

namespace ecsmi::api {

// What a description shows on request: DescribeContainerInstances' `include`.
struct InstanceParts {
  bool tags = false;
  bool health = false;
};

// A container instance as AWS describes it (E3, E5, E6). REQUIRES: it is shown, that is kRegistering or later.
ecs::v1::ContainerInstance ShowContainerInstance(const control::Step& step, const model::ContainerInstance& instance,
                                                 InstanceParts parts);

}  // namespace ecsmi::api
