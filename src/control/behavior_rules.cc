#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/simulation.h"
#include "ecsmi/core/behavior.h"

namespace ecsmi::control {

void ApplyBehaviorRules(Step& step, std::span<const model::ContainerSpec> overridden, model::Task* task) {
  if (step.state.table<model::BehaviorRule>().size() == 0 && overridden.empty()) return;
  const auto& registered = step.state.Get<model::TaskDefinition>(task->definition);
  model::TaskDefinition changed;
  if (!overridden.empty()) {
    changed = registered;
    changed.containers.assign(overridden.begin(), overridden.end());
  }
  const model::TaskDefinition& definition = overridden.empty() ? registered : changed;
  const auto* service = step.state.Find<model::Service>(task->service);
  std::vector<const model::BehaviorRule*> rules;
  step.state.table<model::BehaviorRule>().ForEach([&](const model::BehaviorRule& rule) {
    if (rule.region == definition.region) rules.push_back(&rule);
  });
  core::ChosenBehavior chosen = core::ChooseBehavior(
      rules, {.service = service == nullptr ? std::string_view() : service->name, .definition = &definition});
  task->dedicated = task->dedicated || chosen.isolated;
  if (!chosen.behavior && !overridden.empty()) {
    chosen.behavior.emplace();
    for (const model::ContainerSpec& container : overridden) chosen.behavior->containers.push_back(container.behavior);
  }
  if (!chosen.behavior) return;
  std::string bytes;
  model::EncodeRow(*chosen.behavior, bytes);
  task->behavior = step.state.InternDocument(bytes);
}

}  // namespace ecsmi::control
