#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecsmi/control/step.h"

// Starting a service's tasks, and saying so: what its pass and the balancing of its zones share (services.cc).
namespace ecsmi::control {

// Starts tasks of the service's PRIMARY, spread over its strategy (A78); in one zone alone when that is given.
std::vector<model::Serial> StartTasks(Step& step, const model::Service& service, std::int32_t count,
                                      std::uint8_t zone = model::kAnyZone);

// " (task <id>) (task <id>)", of the first hundred: an event of thousands of tasks names no more.
std::string TaskList(const Step& step, const std::vector<model::Serial>& tasks);

}  // namespace ecsmi::control
