#pragma once

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace ecsmi::api {

// What a request sets although nothing here acts on it: it is stored and shown, or dropped, and changes no decision
// (promise 6). Paths as AWS spells them, list positions left out, each once, in the order of the contract.
struct StoredOnly {
  std::vector<std::string> fields;
  // Of these, those that AWS demands: they can be named but not refused.
  std::vector<std::string> required;
};

// Pure; any thread. Costs a walk over the request's set fields for the few request types that have such fields at all.
StoredOnly FindStoredOnly(const google::protobuf::Message& request);

}  // namespace ecsmi::api
