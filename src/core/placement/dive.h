#pragma once

#include "core/placement/bin_problem.h"
#include "core/placement/column_generation.h"
#include "core/placement/work.h"

namespace ecsmi::core::placement {

// A fleet from the program's fractions: whole parts are bought, then what is nearly whole; the program is solved again
// for the tasks left, with the patterns cut down to them, and so on. When the work is spent the rest is filled by
// value.
Fleet Dive(const BinProblem& problem, const ColumnGeneration& root, Work& work);

// The whole parts of the program's solution, the rest filled by value.
Fleet RoundDown(const BinProblem& problem, const ColumnGeneration& root, Work& work);

}  // namespace ecsmi::core::placement
