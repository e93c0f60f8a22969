#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scenario/stage.h"

namespace ecsmi::scenario {

// `expect …`: the line as it would have to stand to be true; equal to the words' own line when it is.
// INVALID_ARGUMENT: the line is not understood.
absl::StatusOr<std::string> ActualLine(Stage& stage, const std::vector<std::string>& words);

// `show …`: the snapshot, lines separated by newlines.
absl::StatusOr<std::string> Snapshot(Stage& stage, const std::vector<std::string>& words);

// A word as it is written in a script: in quotes when it has to be.
std::string Quoted(const std::string& word);
// "key=value" apart; the key is empty when there is no '='.
struct Option {
  std::string key;
  std::string value;
};
Option SplitOption(const std::string& word);

// Readers of the API that expectations and snapshots share.
using MessageList = std::vector<std::unique_ptr<google::protobuf::Message>>;
// Every task of `cluster`, stopped ones too, by creation and then by ARN.
absl::StatusOr<std::vector<std::string>> ListAllTasks(Stage& stage, const std::string& cluster);
// One instance as the state has it: EC2 stages before registration are in no API.
struct InstanceSeen {
  std::string stage;
  std::string provider;
  std::string type;
  std::string zone;
  std::uint32_t tasks = 0;
  bool dedicated = false;
  model::TimeMs launched_at = 0;
};
std::vector<InstanceSeen> SeeInstances(Stage& stage);

}  // namespace ecsmi::scenario
