#pragma once

#include "core/placement/bin_problem.h"

namespace ecsmi::core::placement {

struct PricedFleet {
  Fleet fleet;
  // No fleet for the problem costs less; rounded down.
  model::NanoUsdPerHour bound = 0;
};

// A fleet near the cheapest, and how near: the best one where a small enumeration finds it, else column generation,
// a dive and ruin and recreate; never dearer than first-fit-decreasing. `operations`: what the search may spend
// (core/placement/work.h); a small fixed part is spent in any case. Pure and deterministic.
PricedFleet CheapestFleet(const BinProblem& problem, std::int64_t operations);

}  // namespace ecsmi::core::placement
