#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "ecsmi/control/step.h"

namespace ecsmi::api {

// What a receipt handle of `queue` stands for.
struct Received {
  const model::Message* message = nullptr;  // nullptr: deleted, expired or moved since
  bool newest = false;                      // nobody has received it since
};
// Errors: ReceiptHandleIsInvalid for what this queue never gave out.
absl::StatusOr<Received> ResolveReceipt(const control::Step& step, const model::Queue& queue, std::string_view handle);

}  // namespace ecsmi::api
