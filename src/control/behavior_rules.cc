#include <string>
#include <string_view>
#include <vector>

#include "control/simulation.h"
#include "ecsmi/core/behavior.h"

namespace ecsmi::control {

void ApplyBehaviorRules(Step& step, model::Task* task) {
  if (step.state.table<model::BehaviorRule>().size() == 0) return;
  const auto& definition = step.state.Get<model::TaskDefinition>(task->definition);
  const auto* service = step.state.Find<model::Service>(task->service);
  std::vector<const model::BehaviorRule*> rules;
  step.state.table<model::BehaviorRule>().ForEach([&](const model::BehaviorRule& rule) {
    if (rule.region == definition.region) rules.push_back(&rule);
  });
  const core::ChosenBehavior chosen = core::ChooseBehavior(
      rules, {.service = service == nullptr ? std::string_view() : service->name, .definition = &definition});
  task->dedicated = task->dedicated || chosen.isolated;
  if (!chosen.behavior) return;
  std::string bytes;
  model::EncodeRow(*chosen.behavior, bytes);
  task->behavior = step.state.InternDocument(bytes);
}

}  // namespace ecsmi::control
