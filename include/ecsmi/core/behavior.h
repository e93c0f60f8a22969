#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ecsmi/model/behavior.h"
#include "ecsmi/model/task_definition.h"

// Which rules of EmulatorService.PutBehavior a new task falls under (design: containers). Pure; any thread.
namespace ecsmi::core {

struct BehaviorSubject {
  std::string_view service;  // empty = standalone
  const model::TaskDefinition* definition = nullptr;
};

struct ChosenBehavior {
  // One per container of the definition, the rules' keys over the definition's; absent when no rule set any.
  std::optional<model::TaskBehavior> behavior;
  bool isolated = false;  // a rule with isolation matched
};

// `rules` in any order. Per container and key the rule with most patterns wins, then the newest (highest serial).
// Cost: O(rules × containers × pattern).
ChosenBehavior ChooseBehavior(std::span<const model::BehaviorRule* const> rules, const BehaviorSubject& subject);

// Copies one `ecsmi.*` key's value. REQUIRES: there is such a key.
void CopyBehaviorKey(std::string_view key, const model::ContainerBehavior& from, model::ContainerBehavior* to);

}  // namespace ecsmi::core
