#pragma once

#include <string>

namespace ecsmi::ctl {

// The AWS exception's name in a call's error details (google.rpc.Status with an ErrorInfo), empty when there is none.
std::string ReasonOf(const std::string& details);

// A canonical code as gRPC spells it: 5 → "NOT_FOUND".
std::string NameOfCode(int code);

}  // namespace ecsmi::ctl
