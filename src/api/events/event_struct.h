#pragma once

#include <cstdint>
#include <string>

#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"

namespace ecsmi::api {

// A message of the contract as EventBridge's details show it: members by AWS's names, absent ones left out, lists that
// AWS always sends there although empty, enum values in AWS's spelling, moments as ISO 8601 text. Integers become
// numbers: exact up to 2^53.
google::protobuf::Struct ToStruct(const google::protobuf::Message& message);

// "2026-01-01T00:00:00.000Z"; ms since the Unix epoch.
std::string IsoTime(std::int64_t ms);

// struct[name] = value.
void Put(google::protobuf::Struct& into, const std::string& name, std::string value);
void Put(google::protobuf::Struct& into, const std::string& name, google::protobuf::Struct value);
void PutNumber(google::protobuf::Struct& into, const std::string& name, double value);

}  // namespace ecsmi::api
