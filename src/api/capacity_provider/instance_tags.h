#pragma once

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/capacity_provider.pb.h"

namespace ecsmi::api {

// The document with which the provider's instances begin from now on: its tags, when it propagates them (A29). Those
// that are there keep theirs (A56). `document`: the provider's.
model::Serial InstanceDocument(control::Step& step, const ecs::v1::CapacityProvider& document);

}  // namespace ecsmi::api
