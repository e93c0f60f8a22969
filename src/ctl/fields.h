#pragma once

#include <set>
#include <string>

#include "google/protobuf/message.h"

namespace ecsmi::ctl {

// All set fields of a message as text under AWS's member names: what is simple first, aligned; then a section for each
// message and list of messages, indented. Lists of {name, value} are lines of "name  value". `left_out`: member names
// of the outermost message that are shown elsewhere. Pure; Safe.
std::string ShowFields(const google::protobuf::Message& message, const std::set<std::string>& left_out = {});

}  // namespace ecsmi::ctl
