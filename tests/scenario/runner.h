#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "scenario/script.h"

namespace ecsmi::scenario {

// Plays a scenario from its first line to its last in a fresh world and compares. INVALID_ARGUMENT: a header has a
// value that is not understood.
absl::StatusOr<std::vector<Difference>> Play(const Script& script);

}  // namespace ecsmi::scenario
