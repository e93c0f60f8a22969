#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace ecsmi::api {

// A message as stored: equal messages give equal bytes (map entries in key order), so that documents are shared by
// content and the same commands give the same database (design promise 2).
std::string DocumentBytes(const google::protobuf::Message& message);

}  // namespace ecsmi::api
