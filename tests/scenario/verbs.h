#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "scenario/stage.h"

namespace ecsmi::scenario {

// Runs one command: a shorthand for an API request, `call`, or a move of the clock; `words[0]` is the verb. The
// operation's own answer is in stage.last_status and stage.last_reply. INVALID_ARGUMENT: the line is not understood.
absl::Status RunCommand(Stage& stage, const std::vector<std::string>& words);

}  // namespace ecsmi::scenario
