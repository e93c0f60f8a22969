#pragma once

#include <string>

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/attribute.pb.h"
#include "ecsmi/ecs/v1/container_instance.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace ecsmi::api {

// What a description shows on request: DescribeContainerInstances' `include`.
struct InstanceParts {
  bool tags = false;
  bool health = false;
};

using AttributeList = google::protobuf::RepeatedPtrField<ecs::v1::Attribute>;

inline constexpr char kAgentVersion[] = "1.100.0";  // assumed: AWS manages the agent, no decision depends on it

// Its agent has registered, and it is not INACTIVE (E5).
bool IsShownInstance(const model::ContainerInstance& instance);
// Custom attributes in the order in which they were put, then ECS's own (E6).
AttributeList InstanceAttributes(const control::Step& step, const model::ContainerInstance& instance);
// The ARN that a failure shows for what a request named.
std::string InstanceArnOf(const control::Step& step, const model::Cluster& cluster, const std::string& reference);

// A container instance as AWS describes it (E3, E5, E6). REQUIRES: it is shown, that is kRegistering or later.
ecs::v1::ContainerInstance ShowContainerInstance(const control::Step& step, const model::ContainerInstance& instance,
                                                 InstanceParts parts);

}  // namespace ecsmi::api
