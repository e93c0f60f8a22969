#include "api/task_definition/behavior_keys.h"

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using model::Distribution;
using model::DistributionKind;

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

absl::Status Bad(std::string_view key, std::string_view value, std::string_view rule) {
  return absl::InvalidArgumentError(
      absl::StrCat("Invalid value '", View(value), "' for ", View(key), ": ", View(rule)));
}

absl::StatusOr<std::int32_t> Whole(std::string_view key, std::string_view value, std::int32_t min, std::int32_t max) {
  std::int32_t number = 0;
  if (!absl::SimpleAtoi(absl::string_view(value.data(), value.size()), &number) || number < min || number > max) {
    return Bad(key, value, absl::StrCat("a whole number from ", min, " to ", max));
  }
  return number;
}

}  // namespace

absl::StatusOr<Distribution> ParseDistribution(std::string_view text) {
  constexpr const char* kRule =
      "a number from 0 or lognormal(median,sigma), uniform(low,high), exp(mean) with numbers from 0";
  double number = 0;
  const absl::string_view view(text.data(), text.size());
  if (absl::SimpleAtod(view, &number)) {
    if (!(number >= 0) || number > kBehaviorSecondsMax) return absl::InvalidArgumentError(kRule);
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
    if (!absl::SimpleAtod(parts[i], &values[i]) || !(values[i] >= 0) || values[i] > kBehaviorSecondsMax) {
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

}  // namespace ecsmi::api
