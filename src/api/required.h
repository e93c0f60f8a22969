#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace ecsmi::api {

// Members that AWS requires and `request`, or a part of it that is set, does not have: paths as AWS spells them, in the
// order of the contract, each once. Lists and maps are not looked at, since protobuf has no empty ones. Source: the
// service models (documented). Pure; any thread. Costs a walk over what is set.
std::vector<std::string> FindMissing(const google::protobuf::Message& request);

// The refusal of --strict in the words of the request's service (assumed; AWS's SDKs send no such request, and its
// texts differ by operation); OK when nothing is missing.
absl::Status RefusalOfMissing(const google::protobuf::Message& request);

}  // namespace ecsmi::api
