#include <algorithm>
#include <tuple>

#include "ecsmi/base/check.h"
#include "ecsmi/core/behavior.h"
#include "ecsmi/core/requirements.h"

namespace ecsmi::core {
namespace {

using model::BehaviorRule;
using model::ContainerBehavior;

bool Matches(std::string_view pattern, std::string_view text) {
  return pattern.empty() || MatchesPattern(pattern, text);
}

// A task without a service is none of any service's, whatever the pattern.
bool MatchesTask(const BehaviorRule& rule, const BehaviorSubject& subject) {
  if (!rule.service_pattern.empty() && subject.service.empty()) return false;
  return Matches(rule.service_pattern, subject.service) && Matches(rule.family_pattern, subject.definition->family);
}
bool MatchesContainer(const BehaviorRule& rule, const model::ContainerSpec& container) {
  return Matches(rule.container_pattern, container.name) && Matches(rule.image_pattern, container.image);
}

int Patterns(const BehaviorRule& rule) {
  return !rule.service_pattern.empty() + !rule.family_pattern.empty() + !rule.container_pattern.empty() +
         !rule.image_pattern.empty();
}

}  // namespace

void CopyBehaviorKey(std::string_view key, const ContainerBehavior& from, ContainerBehavior* to) {
  if (key == "ecsmi.pull-seconds") {
    to->pull_seconds = from.pull_seconds;
  } else if (key == "ecsmi.start-seconds") {
    to->start_seconds = from.start_seconds;
  } else if (key == "ecsmi.run-seconds") {
    to->run_seconds = from.run_seconds;
  } else if (key == "ecsmi.exit-code") {
    to->exit_code = from.exit_code;
  } else if (key == "ecsmi.fail") {
    to->fail = from.fail;
  } else if (key == "ecsmi.cpu-percent") {
    to->cpu_percent = from.cpu_percent;
  } else if (key == "ecsmi.memory-percent") {
    to->memory_percent = from.memory_percent;
  } else if (key == "ecsmi.queue") {
    to->queue = from.queue;
  } else if (key == "ecsmi.seconds-per-message") {
    to->seconds_per_message = from.seconds_per_message;
  } else if (key == "ecsmi.batch") {
    to->batch = from.batch;
  } else if (key == "ecsmi.exit-when-empty") {
    to->exit_when_empty = from.exit_when_empty;
  } else {
    ECSMI_CHECK(false && "a behaviour key nobody knows");
  }
}

ChosenBehavior ChooseBehavior(std::span<const BehaviorRule* const> rules, const BehaviorSubject& subject) {
  ChosenBehavior chosen;
  std::vector<const BehaviorRule*> matching;
  for (const BehaviorRule* rule : rules) {
    if (MatchesTask(*rule, subject)) matching.push_back(rule);
  }
  // The weakest first: what comes later writes over it.
  std::sort(matching.begin(), matching.end(), [](const BehaviorRule* a, const BehaviorRule* b) {
    return std::tuple(Patterns(*a), a->serial) < std::tuple(Patterns(*b), b->serial);
  });
  const auto& containers = subject.definition->containers;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    for (const BehaviorRule* rule : matching) {
      if (!MatchesContainer(*rule, containers[i])) continue;
      chosen.isolated = chosen.isolated || rule->isolation_task;
      if (rule->keys_set.empty()) continue;
      if (!chosen.behavior) {
        chosen.behavior.emplace();
        for (const model::ContainerSpec& container : containers) {
          chosen.behavior->containers.push_back(container.behavior);
        }
      }
      for (const std::string& key : rule->keys_set) {
        CopyBehaviorKey(key, rule->behavior, &chosen.behavior->containers[i]);
      }
    }
  }
  return chosen;
}

}  // namespace ecsmi::core
