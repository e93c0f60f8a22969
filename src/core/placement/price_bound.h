#pragma once

#include <cstdint>
#include <span>

#include "absl/numeric/int128.h"
#include "core/placement/bin_problem.h"

namespace ecsmi::core::placement {

// A total price, in the problem's money and rounded down, that no fleet holding `counts` tasks of each kind can beat.
// `values`: what a task of each kind is called worth, >= 0. `limits`: per type, what its contents can be worth at most
// by these values. Proof: scaled by the least price / limit of all types, no instance's contents are worth more than
// its price; a fleet holds all tasks, so it costs at least what they are worth. The values need not be good, only the
// limits true: errors of a solver can weaken the bound but not break it.
absl::int128 PriceBound(const BinProblem& problem, std::span<const std::int32_t> counts, std::span<const Money> values,
                        std::span<const Money> limits);

}  // namespace ecsmi::core::placement
