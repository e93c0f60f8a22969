#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ctl/globals.h"
#include "google/protobuf/message.h"

namespace ecsmi::ctl {

// A message as protobuf's JSON, with AWS's member names, compact; entries of maps by key.
std::string JsonOf(const google::protobuf::Message& message);
// A JSON string.
std::string Quoted(const std::string& text);
// {"name":[item,…]}; the items are JSON.
std::string ListOf(const std::string& name, const std::vector<std::string>& items);
template <typename Message>
std::string ListOfMessages(const std::string& name, const std::vector<Message>& messages) {
  std::vector<std::string> items;
  items.reserve(messages.size());
  for (const Message& message : messages) items.push_back(JsonOf(message));
  return ListOf(name, items);
}

// JSON laid out for reading, or the same as YAML, ended by '\n'; numbers keep their digits, control characters are
// escaped. REQUIRES: `format` is kJson or kYaml, and `json` is JSON.
std::string LayOut(const std::string& json, Format format);

}  // namespace ecsmi::ctl
