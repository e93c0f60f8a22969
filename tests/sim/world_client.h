#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "builders/emulator.h"
#include "google/protobuf/util/json_util.h"

namespace ecsmi::sim {

// Calls by bare rpc name and JSON in AWS's spelling.
class WorldClient {
 public:
  explicit WorldClient(testing::Emulator& emulator) : emulator_(emulator) {}

  template <typename Response>
  absl::StatusOr<Response> Call(const std::string& rpc, const std::string& json) {
    const auto* method = testing::Emulator::FindMethod(rpc);
    ECSMI_CHECK(method != nullptr);
    auto request = testing::Emulator::NewMessage(method->input_type());
    const auto parsed = google::protobuf::util::JsonStringToMessage(json, request.get());
    if (!parsed.ok()) return absl::InvalidArgumentError(rpc + ": " + parsed.ToString() + " in " + json);
    Response response;
    if (absl::Status status = emulator_.Call(*method, *request, &response); !status.ok()) {
      return absl::Status(status.code(), rpc + ": " + std::string(status.message()));
    }
    return response;
  }

 private:
  testing::Emulator& emulator_;
};

}  // namespace ecsmi::sim
