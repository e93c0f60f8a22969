#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ecsmi/model/cluster.h"

namespace ecsmi::core {

// Spreads `count` new tasks over a capacity provider strategy (A78, A79): bases are filled first, then each task goes
// to the provider with the least tasks beyond its base per weight, ties to the earlier item. `standing`: the tasks each
// item has already, whose totals base and weights refer to; empty = none. Returns the item's index for each task, in
// order. Pure. REQUIRES: an item with a weight above 0.
std::vector<std::size_t> DistributeTasks(std::span<const model::StrategyItem> strategy,
                                         std::span<const std::uint32_t> standing, std::int32_t count);

}  // namespace ecsmi::core
