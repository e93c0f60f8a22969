#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/map.h"
#include "google/protobuf/message.h"

namespace ecsmi::api {

// At most 50, keys of 1 to 128 characters, values of at most 256, none of AWS's own (H24). Errors:
// InvalidParameterValue.
absl::Status CheckQueueTags(const google::protobuf::Map<std::string, std::string>& tags);

}  // namespace ecsmi::api
