#pragma once

#include "core/placement/bin_problem.h"

namespace ecsmi::core::placement {

// First-fit-decreasing (B51): largest kind first, each task into the first bin that takes it. A bin grows to a larger
// type while that costs no more than an instance of its own for the task (B53), and always has the cheapest type that
// holds it (B52). Equal bins are one entry, so cost follows kinds, not tasks.
Fleet FirstFit(const BinProblem& problem);

}  // namespace ecsmi::core::placement
