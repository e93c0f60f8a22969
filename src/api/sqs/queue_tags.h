#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/map.h"
#include "google/protobuf/message.h"

namespace ecsmi::api {

// At most 50, keys of 1 to 128 characters, values of at most 256, none of AWS's own (H24). Errors:
// InvalidParameterValue.
absl::Status CheckQueueTags(const google::protobuf::Map<std::string, std::string>& tags);

// Bytes that are equal for equal messages: map entries in order. For documents, which are shared by content.
std::string SerializeSorted(const google::protobuf::Message& message);

}  // namespace ecsmi::api
