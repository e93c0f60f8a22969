#pragma once

#include <vector>

#include "core/placement/bin_problem.h"

namespace ecsmi::core::placement {

// What a task of each kind is worth when only resources have prices: those, per architecture, that make all demand
// worth the most while no type is worth more than it costs. Near the truth where many tasks share an instance, hence a
// good place to begin. Plain double arithmetic in a fixed order: the same everywhere.
std::vector<Money> ValuesByResource(const BinProblem& problem);

}  // namespace ecsmi::core::placement
