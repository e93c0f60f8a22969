#pragma once

#include <string_view>

#include "ecsmi/control/step.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::control {

// What placement needs to know of a task of the definition in that region, before a call or a service adds to it.
core::PlacementClass ClassOf(const Step& step, std::string_view region, const model::TaskDefinition& definition);

}  // namespace ecsmi::control
