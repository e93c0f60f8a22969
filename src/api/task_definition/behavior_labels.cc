#include "api/task_definition/behavior_labels.h"

#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "api/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using model::Distribution;
using model::DistributionKind;

// Thirty years. What a command would sleep longer, `sleep infinity` too, runs for ever.
constexpr double kSecondsMax = 1e9;

absl::Status Bad(std::string_view key, std::string_view value, std::string_view rule) {
  return absl::InvalidArgumentError(Say("Invalid value '", value, "' for ", key, ": ", rule));
}

absl::StatusOr<std::int32_t> Whole(std::string_view key, std::string_view value, std::int32_t min, std::int32_t max) {
  std::int32_t number = 0;
  if (!absl::SimpleAtoi(absl::string_view(value.data(), value.size()), &number) || number < min || number > max) {
    return Bad(key, value, absl::StrCat("a whole number from ", min, " to ", max));
  }
  return number;
}

// The command as words, seen through a shell.
std::vector<std::string> Words(const ecs::v1::ContainerDefinition& definition) {
  std::vector<std::string> words(definition.entry_point().begin(), definition.entry_point().end());
  words.insert(words.end(), definition.command().begin(), definition.command().end());
  const bool shell = words.size() == 3 && (words[0] == "sh" || words[0] == "/bin/sh") && words[1] == "-c";
  if (shell) return absl::StrSplit(words[2], ' ', absl::SkipEmpty());
  return words;
}

}  // namespace

absl::StatusOr<Distribution> ParseDistribution(std::string_view text) {
  constexpr const char* kRule =
      "a number from 0 or lognormal(median,sigma), uniform(low,high), exp(mean) with numbers from 0";
  double number = 0;
  const absl::string_view view(text.data(), text.size());
  if (absl::SimpleAtod(view, &number)) {
    if (!(number >= 0) || number > kSecondsMax) return absl::InvalidArgumentError(kRule);
    return Distribution{DistributionKind::kConstant, number, 0};
  }
  const std::map<std::string, std::pair<DistributionKind, std::size_t>> kinds = {
      {"lognormal", {DistributionKind::kLognormal, 2}},
      {"uniform", {DistributionKind::kUniform, 2}},
      {"exp", {DistributionKind::kExponential, 1}}};
  const std::size_t open = view.find('(');
  if (open == absl::string_view::npos || view.back() != ')') return absl::InvalidArgumentError(kRule);
  const auto kind = kinds.find(std::string(view.substr(0, open)));
  if (kind == kinds.end()) return absl::InvalidArgumentError(kRule);
  const std::vector<std::string> parts = absl::StrSplit(view.substr(open + 1, view.size() - open - 2), ',');
  if (parts.size() != kind->second.second) return absl::InvalidArgumentError(kRule);
  double values[2] = {0, 0};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!absl::SimpleAtod(parts[i], &values[i]) || !(values[i] >= 0) || values[i] > kSecondsMax) {
      return absl::InvalidArgumentError(kRule);
    }
  }
  if (kind->second.first == DistributionKind::kUniform && values[0] > values[1])
    return absl::InvalidArgumentError(kRule);
  return Distribution{kind->second.first, values[0], values[1]};
}

absl::Status SetBehavior(std::string_view key, std::string_view value, model::ContainerBehavior* behavior) {
  const std::map<std::string_view, Distribution model::ContainerBehavior::*> distributions = {
      {"ecsmi.pull-seconds", &model::ContainerBehavior::pull_seconds},
      {"ecsmi.start-seconds", &model::ContainerBehavior::start_seconds},
      {"ecsmi.run-seconds", &model::ContainerBehavior::run_seconds},
      {"ecsmi.cpu-percent", &model::ContainerBehavior::cpu_percent},
      {"ecsmi.memory-percent", &model::ContainerBehavior::memory_percent},
      {"ecsmi.seconds-per-message", &model::ContainerBehavior::seconds_per_message}};
  if (const auto at = distributions.find(key); at != distributions.end()) {
    absl::StatusOr<Distribution> parsed = ParseDistribution(value);
    if (!parsed.ok()) return Bad(key, value, std::string(parsed.status().message()));
    behavior->*at->second = *parsed;
  } else if (key == "ecsmi.exit-code") {
    ECSMI_ASSIGN_OR_RETURN(behavior->exit_code, Whole(key, value, 0, 255));
  } else if (key == "ecsmi.batch") {
    ECSMI_ASSIGN_OR_RETURN(behavior->batch, Whole(key, value, 1, 10));
  } else if (key == "ecsmi.exit-when-empty") {
    ECSMI_ASSIGN_OR_RETURN(behavior->exit_when_empty, Whole(key, value, 0, 1'000));
  } else if (key == "ecsmi.queue") {
    if (value.empty() || value.size() > 80) return Bad(key, value, "the name of a queue, 1 to 80 characters");
    behavior->queue = std::string(value);
  } else if (key == "ecsmi.fail") {
    const std::map<std::string_view, model::InjectedFailure> failures = {{"pull", model::InjectedFailure::kPull},
                                                                         {"start", model::InjectedFailure::kStart},
                                                                         {"health", model::InjectedFailure::kHealth},
                                                                         {"oom", model::InjectedFailure::kOom}};
    const auto failure = failures.find(value);
    if (failure == failures.end()) return Bad(key, value, "one of pull, start, health, oom");
    behavior->fail = failure->second;
  } else {
    return Bad(key, value, "there is no such key");
  }
  return absl::OkStatus();
}

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
             seconds <= kSecondsMax) {
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
