#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "ecsmi/core/requirements.h"

namespace ecsmi::core {

// What a memberOf expression leaves: types and zones that may take the task.
struct ConstraintEffect {
  bool any_type = true;
  TypeSet types;  // meaningful when !any_type
  std::uint64_t zones = ~std::uint64_t{0};
};

// Compiles a memberOf expression of the cluster query language (cluster_query.h) for a region. It may speak of
// attribute:ecs.instance-type, ecs.availability-zone and ecs.cpu-architecture, which steer what is launched (B59);
// conditions on types and on zones are joined by `and`. Pure. Errors: INVALID_ARGUMENT naming the position and what was
// expected there; what cannot steer a launch is refused, not ignored.
absl::StatusOr<ConstraintEffect> CompileConstraint(std::string_view expression, const ports::RegionCatalog& region);

}  // namespace ecsmi::core
