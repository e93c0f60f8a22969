#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/struct.pb.h"

namespace ecsmi::api {

// An "ECS Service Action" (H53, H54).
struct ServiceAction {
  std::string_view type;  // INFO, WARN, ERROR
  std::string_view name;  // empty: AWS's bus hears nothing of it
  std::string reason;
};

// What a line of a service's events[] is on the bus.
ServiceAction ActionOf(std::string_view message);
google::protobuf::Struct ActionDetail(const ServiceAction& action, std::string cluster_arn, std::int64_t created_at_ms);

}  // namespace ecsmi::api
