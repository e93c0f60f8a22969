#pragma once

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/service.pb.h"

namespace ecsmi::api {

// The service's document: what is echoed and decides nothing.
ecs::v1::Service ServiceSettings(const control::Step& step, const model::Service& service);

// A service as AWS describes it, with deployments (newest first) and events (newest first, D11).
ecs::v1::Service ShowService(const control::Step& step, const model::Service& service, bool with_tags);

}  // namespace ecsmi::api
