#pragma once

#include <cstdint>

#include "ecsmi/control/lifecycle.h"
#include "ecsmi/model/behavior.h"

namespace ecsmi::control {

// One draw of a behaviour's distribution (seconds), in ms, a year at most; `fallback` when the behaviour says nothing.
// Depends on (world key, row, number, attempt) alone.
model::DurationMs DrawBehavior(const Step& step, const model::Distribution& distribution, const StageDelay& fallback,
                               model::Serial row, std::uint64_t number, std::uint64_t attempt);

}  // namespace ecsmi::control
