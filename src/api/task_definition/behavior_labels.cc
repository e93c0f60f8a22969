#include "api/task_definition/behavior_labels.h"

#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "api/check.h"
#include "api/task_definition/behavior_keys.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using model::DistributionKind;

// The command as words, seen through a shell.
std::vector<std::string> Words(const ecs::v1::ContainerDefinition& definition) {
  std::vector<std::string> words(definition.entry_point().begin(), definition.entry_point().end());
  words.insert(words.end(), definition.command().begin(), definition.command().end());
  const bool shell = words.size() == 3 && (words[0] == "sh" || words[0] == "/bin/sh") && words[1] == "-c";
  if (shell) return absl::StrSplit(words[2], ' ', absl::SkipEmpty());
  return words;
}

}  // namespace

absl::Status ReadBehavior(const ecs::v1::ContainerDefinition& definition, model::ContainerSpec* spec) {
  const std::vector<std::string> words = Words(definition);
  const auto runs = [&](double seconds, std::int32_t code) {
    spec->behavior.run_seconds = {DistributionKind::kConstant, seconds, 0};
    spec->behavior.exit_code = code;
  };
  double seconds = 0;
  std::int32_t code = 0;
  if (words.size() == 1 && words[0] == "true") {
    runs(0, 0);
  } else if (words.size() == 1 && words[0] == "false") {
    runs(0, 1);
  } else if (words.size() == 2 && words[0] == "sleep" && absl::SimpleAtod(words[1], &seconds) && seconds >= 0 &&
             seconds <= kBehaviorSecondsMax) {
    runs(seconds, 0);
  } else if (words.size() == 2 && words[0] == "exit" && absl::SimpleAtoi(words[1], &code) && code >= 0 && code < 256) {
    runs(0, code);
  }
  absl::string_view host = definition.image();
  host = host.substr(0, host.find('/'));
  host = host.substr(0, host.find(':'));
  if (host != definition.image() && absl::ConsumeSuffix(&host, ".invalid")) {
    spec->behavior.fail = model::InjectedFailure::kPull;
  }
  // Sorted, so that the first complaint does not depend on a hash.
  const std::map<std::string, std::string> labels(definition.docker_labels().begin(), definition.docker_labels().end());
  for (const auto& [key, value] : labels) {
    if (key.rfind("ecsmi.", 0) != 0) continue;
    if (absl::Status status = SetBehavior(key, value, &spec->behavior); !status.ok()) {
      return Ours(AwsException::kClient,
                  absl::StrCat("Invalid docker label of container '", definition.name(), "'. ",
                               absl::string_view(status.message())),
                  "behaviors");
    }
    spec->keys_set.push_back(key);
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
