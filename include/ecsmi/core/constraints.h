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

// Compiles a memberOf expression for a region: terms joined by `and` or `&&`, each `attribute:NAME OPERATOR ARGUMENT`
// with NAME one of ecs.instance-type, ecs.availability-zone, ecs.cpu-architecture (B59) and OPERATOR `==`, `!=`, `in
// [a, b]`, `not_in [a, b]` / `!in` or `=~` with a regular expression of characters, `.`, `*`, `+`, `?` and backslashes
// that covers the whole value. Pure. Errors: INVALID_ARGUMENT naming what was not understood; the rest of the cluster
// query language (H60) and of regular expressions is refused, not ignored.
absl::StatusOr<ConstraintEffect> CompileConstraint(std::string_view expression, const ports::RegionCatalog& region);

}  // namespace ecsmi::core
