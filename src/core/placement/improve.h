#pragma once

#include "absl/numeric/int128.h"
#include "core/placement/bin_problem.h"
#include "core/placement/column_generation.h"
#include "core/placement/work.h"

namespace ecsmi::core::placement {

// Ruin and recreate: again and again takes a few instances that waste most, fills their tasks anew with the values
// tilted by chance, and keeps what is not dearer. Never returns a dearer fleet. Chance is a keyed hash of the problem
// itself, so that equal problems get equal fleets. Stops near the bound, when the work is spent, or after rounds in
// proportion to the tasks.
Fleet Improve(const BinProblem& problem, const Appraisal& appraisal, Fleet fleet, Work& work);

}  // namespace ecsmi::core::placement
