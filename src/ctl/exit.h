#pragma once

#include <string>

#include "absl/status/status.h"

namespace ecsmi::ctl {

// What ecsmictl ends with; documented in --help and docs/ecsmictl.md, so never renumbered.
enum class Exit { kOk = 0, kRefused = 1, kUsage = 2, kNoConnection = 3, kTimedOut = 4 };

// The errors of this program. Each stands for one Exit; the message is what the user reads.
absl::Status Refused(const std::string& text);       // the server said no, or what it said makes no sense here
absl::Status WrongUsage(const std::string& text);    // the command line, or a file it names
absl::Status NoConnection(const std::string& text);  // nobody there
absl::Status TimedOut(const std::string& text);      // what was waited for did not come

Exit ExitOf(const absl::Status& status);

}  // namespace ecsmi::ctl
