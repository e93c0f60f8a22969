#pragma once

#include "absl/status/status.h"
#include "demo/client.h"

namespace ecsmi::demo {

// Prints what the world cost and checks it: the total must equal the sum over the usage intervals, worked out here a
// second time from their times and prices. Errors: INTERNAL with both figures when it does not.
absl::Status PrintBill(Client& client);

}  // namespace ecsmi::demo
