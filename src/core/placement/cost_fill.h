#pragma once

#include <vector>

#include "core/placement/bin_problem.h"

namespace ecsmi::core::placement {

// The cheapest of the plans that are tried: first-fit-decreasing, and fills that repeatedly take the pattern with the
// most value for its price. On a tie the first-fit plan stays.
std::vector<Bin> CheapestBins(const BinProblem& problem);

}  // namespace ecsmi::core::placement
