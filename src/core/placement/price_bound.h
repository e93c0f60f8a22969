#pragma once

#include "core/placement/bin_problem.h"

namespace ecsmi::core::placement {

// A total price per hour that no choice of instances for the problem's tasks can beat, rounded down. Task values are
// taken from resource prices and then only checked, in integers: values scaled so that no instance can hold more than
// its price cannot add up to more than the fleet that holds them all.
model::NanoUsdPerHour AggregateBound(const BinProblem& problem);

}  // namespace ecsmi::core::placement
