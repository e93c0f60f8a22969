#pragma once

#include <string>

#include "ecsmi/control/step.h"

namespace ecsmi::sim {

// What no step may break, worked out from the rows alone. Empty when all of it holds, else what does not: room never
// given twice, dedicated and distinct instances not shared, host ports given once, a task's instance of its provider,
// counters equal to what they count, messages neither lost nor doubled, services within their upper bound.
std::string Audit(const control::Step& step);

// Empty when nothing runs, waits or is paid for any more; else what is left.
std::string Leftovers(const control::Step& step);

}  // namespace ecsmi::sim
