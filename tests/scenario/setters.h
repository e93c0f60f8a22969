#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "scenario/stage.h"

namespace ecsmi::scenario {

// Writes one option's value into a request. INVALID_ARGUMENT: the value is not understood.
using Setter = std::function<absl::Status(Stage&, google::protobuf::Message*, const std::string& value)>;

// The value as it stands.
Setter To(std::string path);
// The value with a text before it: a resource's id from its name.
Setter Behind(std::string path, std::string before);
// "mi", "a:1,b:3" or "a:1:2": provider, weight, base.
Setter Strategy(std::string list);
// "4..16", "4..", "..16" or "4", into members `min` and `max`.
Setter Range(std::string path);
// "key:value,key:value".
Setter Tags(std::string list, std::string key_name, std::string value_name);
// The tag that gives a task an instance of its own.
Setter Isolation();
// Only "yes": a constraint distinctInstance.
Setter Distinct();
// A constraint memberOf with the value as its expression.
Setter MemberOf();

// "a..b", "a..", "..b", "a": the two ends of a range, empty where it is open.
std::pair<std::string, std::string> Ends(const std::string& value);
// Where the next entry of a list goes: "tags[2].".
absl::StatusOr<std::string> NextOf(const google::protobuf::Message& request, const std::string& list);

// What RunTask and CreateService need and a scenario rarely wants to say: the newest provider, a network.
absl::Status CompleteLaunch(Stage& stage, google::protobuf::Message* request);

}  // namespace ecsmi::scenario
