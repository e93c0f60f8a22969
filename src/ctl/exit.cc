#include "ctl/exit.h"

namespace ecsmi::ctl {

absl::Status Refused(const std::string& text) {
  return absl::AbortedError(text);
}

absl::Status WrongUsage(const std::string& text) {
  return absl::InvalidArgumentError(text);
}

absl::Status NoConnection(const std::string& text) {
  return absl::UnavailableError(text);
}

absl::Status TimedOut(const std::string& text) {
  return absl::DeadlineExceededError(text);
}

Exit ExitOf(const absl::Status& status) {
  if (status.ok()) return Exit::kOk;
  if (absl::IsInvalidArgument(status)) return Exit::kUsage;
  if (absl::IsUnavailable(status)) return Exit::kNoConnection;
  if (absl::IsDeadlineExceeded(status)) return Exit::kTimedOut;
  return Exit::kRefused;
}

}  // namespace ecsmi::ctl
