#pragma once

#include <vector>

#include "ecsmi/core/placement.h"
#include "ecsmi/core/requirements.h"
#include "ecsmi/ports/catalog.h"

namespace ecsmi::core {

// The management fee of an instance of this type: 12 % of its On-Demand price, or with `fee_current` the catalogue's
// own rate for the type; rounded half-even to whole nano-dollars (list prices have at most five decimals, so that the
// 12 % are exact). Pure.
model::NanoUsdPerHour FeePerHour(const ports::PricedType& type, bool fee_current);

// The region's types in `allowed`, in price order, as PlanNewInstances takes them. Pure.
std::vector<LaunchableType> LaunchableTypes(const ports::RegionCatalog& region, const TypeSet& allowed,
                                            bool fee_current);

}  // namespace ecsmi::core
