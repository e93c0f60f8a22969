#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace ecsmi::ctl {

// "90s", "10m", "1h30m", "2d", "500ms": above zero. Errors: kUsage, naming `what` and the text.
absl::StatusOr<absl::Duration> ParseSpan(const std::string& what, const std::string& text);
absl::Status ReadDuration(const std::string& what, const std::string& text, google::protobuf::Duration* duration);

}  // namespace ecsmi::ctl
