#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/placement/bin_problem.h"
#include "core/placement/work.h"

namespace ecsmi::core::placement {

// The cheapest fleet of all for `left` tasks of each kind, by dynamic programming over how many of each kind are
// placed; nothing when that would take more than `steps_max` steps (pairs of what is placed and what the next instance
// holds).
std::optional<Fleet> ExactFleet(const BinProblem& problem, std::span<const std::int32_t> left, std::int64_t steps_max,
                                Work& work);

}  // namespace ecsmi::core::placement
