#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace ecsmi::ctl {

// A file's bytes; "-" is standard input. Errors: kUsage, naming the file.
absl::StatusOr<std::string> ReadFile(const std::string& path);
// What is given as an argument: itself, "-" for standard input, "@FILE" for a file.
absl::StatusOr<std::string> ReadArgument(const std::string& argument);

// JSON as for the AWS CLI into `message`. Errors: kUsage with what protobuf's reader did not understand; `source` says
// where the text came from.
absl::Status ReadJson(const std::string& json, const std::string& source, google::protobuf::Message* message);
absl::Status ReadJsonFile(const std::string& path, google::protobuf::Message* message);

}  // namespace ecsmi::ctl
