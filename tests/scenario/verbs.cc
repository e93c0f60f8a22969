#include "scenario/verbs.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "builders/message_path.h"
#include "ecsmi/base/status.h"
#include "google/protobuf/util/json_util.h"
#include "scenario/expect.h"
#include "scenario/script.h"
#include "scenario/setters.h"
#include "scenario/verb_tables.h"

namespace ecsmi::scenario {
namespace {

using google::protobuf::Message;
using testing::GetPath;
using testing::SetPath;

const VerbTable& Verbs() {
  static const VerbTable verbs = [] {
    VerbTable all;
    for (VerbTable table : {CapacityVerbs(), TaskVerbs(), ServiceVerbs(), QueueVerbs(), ScalingVerbs()}) {
      all.merge(table);
      ECSMI_CHECK(table.empty());  // a verb that stands in two tables
    }
    return all;
  }();
  return verbs;
}

absl::Status Set(Stage& stage, const Verb& verb, Message* request, const std::string& key, const std::string& value) {
  const auto option = verb.options.find(key);
  if (option != verb.options.end()) return option->second(stage, request, value);
  return SetPath(request, key, value);
}

// Names what the answer made, so that later lines can speak of it.
absl::Status Bind(Stage& stage, const Verb& verb, const std::string& name, const std::string& place) {
  if (!stage.last_status.ok()) return absl::OkStatus();
  if (!verb.binds.empty()) {
    ECSMI_ASSIGN_OR_RETURN(stage.names[absl::StrCat(verb.binds, ".", place)], GetPath(*stage.last_reply, verb.bound));
  }
  if (name == "run-task") {
    ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*stage.last_reply, "tasks[#]"));
    const std::string family = place.substr(0, place.find(':'));
    for (int i = 0; i < std::stoi(count); ++i) {
      ECSMI_ASSIGN_OR_RETURN(const std::string arn, GetPath(*stage.last_reply, absl::StrCat("tasks[", i, "].taskArn")));
      std::vector<std::string>& arns = stage.tasks[family];
      if (std::find(arns.begin(), arns.end(), arn) != arns.end()) continue;  // a repeated clientToken
      arns.push_back(arn);
      stage.names[absl::StrCat("task.", family, ".", arns.size())] = arn;
    }
  } else if (name == "receive") {
    ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*stage.last_reply, "Messages[#]"));
    for (int i = 0; i < std::stoi(count); ++i) {
      ECSMI_ASSIGN_OR_RETURN(stage.names[absl::StrCat("handle.", place, ".", i + 1)],
                             GetPath(*stage.last_reply, absl::StrCat("Messages[", i, "].ReceiptHandle")));
    }
  } else if (name == "capacity-provider") {
    stage.provider = place;
  }
  return absl::OkStatus();
}

absl::Status CallVerb(Stage& stage, const std::string& name, const Verb& verb, std::vector<std::string> words) {
  const auto* method = testing::Emulator::FindMethod(verb.rpc);
  ECSMI_CHECK(method != nullptr);
  auto request = testing::Emulator::NewMessage(method->input_type());
  std::size_t place = 0;
  std::string first;
  std::map<std::string, bool> given;
  // Defaults that an option replaces are left out; a list would hold both otherwise.
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (i > verb.places.size()) given[SplitOption(words[i]).key] = true;
  }
  const auto is_given = [&](const std::string& key) {
    if (given[key]) return true;
    return (key == "zones" && given["subnets"]) || (key == "containerDefinitions[0].image" && given["image"]) ||
           (key == "networkMode" && given["host-port"]) || (key == "desiredCount" && given["desired"]) ||
           (key == "requiresCompatibilities" && given["compatibilities"]) ||
           (key == "StepScalingPolicyConfiguration.AdjustmentType" && given["type"]);
  };
  for (const auto& [key, value] : verb.defaults) {
    if (key.back() == '*') {
      // An empty block that AWS requires.
      ECSMI_RETURN_IF_ERROR(SetPath(request.get(), key.substr(0, key.size() - 2), "{}"));
    } else if (!is_given(key)) {
      ECSMI_RETURN_IF_ERROR(Set(stage, verb, request.get(), key, value));
    }
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (place < verb.places.size()) {
      if (place == 0) first = words[i];
      ECSMI_RETURN_IF_ERROR(verb.places[place++](stage, request.get(), words[i]));
      continue;
    }
    const Option option = SplitOption(words[i]);
    if (option.key.empty()) return absl::InvalidArgumentError(absl::StrCat("'", words[i], "' is no option"));
    ECSMI_RETURN_IF_ERROR(Set(stage, verb, request.get(), option.key, option.value));
  }
  if (place < verb.places.size()) return absl::InvalidArgumentError(absl::StrCat(name, " needs a name"));
  if (verb.complete) ECSMI_RETURN_IF_ERROR(verb.complete(stage, request.get()));
  if (name == "task-definition") stage.host_mode[first] = given["host-port"];
  stage.last_status = stage.Call(verb.rpc, *request, &stage.last_reply);
  return Bind(stage, verb, name, first);
}

// Verbs that stand for several calls.
absl::Status Repeat(Stage& stage, const std::string& name, const Verb& verb, std::vector<std::string> words) {
  int count = 1;
  std::vector<std::string> rest;
  for (const std::string& word : words) {
    const Option option = SplitOption(word);
    if (option.key != "count") {
      rest.push_back(word);
    } else if (!absl::SimpleAtoi(option.value, &count)) {
      return absl::InvalidArgumentError("count is a number");
    }
  }
  const int at_once = name == "run-task" ? 10 : 1;
  // What one call may hold is checked by the operation itself: a count it refuses goes to it as it is.
  if (name == "run-task" && (count < 1 || count <= at_once)) {
    return CallVerb(stage, name, verb, words);
  }
  for (int left = count; left > 0; left -= at_once) {
    std::vector<std::string> call = rest;
    if (name == "run-task") call.push_back(absl::StrCat("count=", std::min(left, at_once)));
    ECSMI_RETURN_IF_ERROR(CallVerb(stage, name, verb, std::move(call)));
    if (!stage.last_status.ok()) break;
  }
  return absl::OkStatus();
}

absl::Status StopTasks(Stage& stage, const std::vector<std::string>& words) {
  if (words.size() < 2 || !stage.tasks.contains(words[1])) {
    return absl::InvalidArgumentError("stop-tasks needs a family that run-task has run");
  }
  for (const std::string& arn : stage.tasks[words[1]]) {
    std::vector<std::string> call = {"stop-task", arn};
    call.insert(call.end(), words.begin() + 2, words.end());
    ECSMI_RETURN_IF_ERROR(CallVerb(stage, "stop-task", Verbs().at("stop-task"), std::move(call)));
    if (!stage.last_status.ok()) break;
  }
  return absl::OkStatus();
}

absl::Status CallJson(Stage& stage, const std::vector<std::string>& words) {
  if (words.size() != 3) return absl::InvalidArgumentError("call needs an operation and {JSON}");
  const auto* method = testing::Emulator::FindMethod(words[1]);
  if (method == nullptr) return absl::InvalidArgumentError(absl::StrCat("there is no operation ", words[1]));
  auto request = testing::Emulator::NewMessage(method->input_type());
  const auto parsed = google::protobuf::util::JsonStringToMessage(words[2], request.get());
  if (!parsed.ok()) return absl::InvalidArgumentError(parsed.ToString());
  stage.last_status = stage.Call(words[1], *request, &stage.last_reply);
  return absl::OkStatus();
}

}  // namespace

absl::Status RunCommand(Stage& stage, const std::vector<std::string>& line) {
  std::vector<std::string> words;
  for (const std::string& word : line) {
    ECSMI_ASSIGN_OR_RETURN(std::string expanded, stage.Expand(word));
    words.push_back(std::move(expanded));
  }
  const std::string& name = words[0];
  stage.last_status = absl::OkStatus();
  if (name == "advance" || name == "quiesce") {
    model::DurationMs by = model::kHourMs;
    if (words.size() == 2) {
      ECSMI_ASSIGN_OR_RETURN(by, ParseDuration(words[1]));
    } else if (name == "advance" || words.size() > 2) {
      return absl::InvalidArgumentError("advance needs a duration, quiesce may have a limit");
    }
    stage.last_status = name == "advance" ? stage.Advance(by) : stage.Quiesce(by);
    return absl::OkStatus();
  }
  if (name == "restart") {
    if (words.size() != 1) return absl::InvalidArgumentError("restart stands alone");
    stage.emulator.Reopen();
    return absl::OkStatus();
  }
  if (name == "call") return CallJson(stage, words);
  if (name == "stop-tasks") return StopTasks(stage, words);
  const auto verb = Verbs().find(name);
  if (verb == Verbs().end()) return absl::InvalidArgumentError(absl::StrCat("unknown verb '", name, "'"));
  // Tasks are spoken of by family and number.
  if (name == "stop-task" && words.size() > 1 && stage.names.contains("task." + words[1])) {
    words[1] = stage.names["task." + words[1]];
  }
  if (name == "run-task" || name == "send") return Repeat(stage, name, verb->second, std::move(words));
  return CallVerb(stage, name, verb->second, std::move(words));
}

}  // namespace ecsmi::scenario
