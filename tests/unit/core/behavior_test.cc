#include "ecsmi/core/behavior.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using model::BehaviorRule;
using model::DistributionKind;

BehaviorRule RunsFor(model::Serial serial, double seconds) {
  BehaviorRule rule;
  rule.serial = serial;
  rule.keys_set = {"ecsmi.run-seconds"};
  rule.behavior.run_seconds = {DistributionKind::kConstant, seconds, 0};
  return rule;
}

model::TaskDefinition TwoContainers() {
  model::TaskDefinition definition;
  definition.family = "web";
  for (const char* name : {"main", "log-router"}) {
    model::ContainerSpec container;
    container.name = name;
    container.image = std::string("example/") + name + ":1";
    container.behavior.run_seconds = {DistributionKind::kConstant, 1, 0};
    container.behavior.exit_code = 3;
    definition.containers.push_back(container);
  }
  return definition;
}

// Seconds the first container runs, by the rules; the definition's own second when none applies.
double SecondsOf(const std::vector<BehaviorRule>& rules, std::string_view service) {
  const model::TaskDefinition definition = TwoContainers();
  std::vector<const BehaviorRule*> pointers;
  for (const BehaviorRule& rule : rules) pointers.push_back(&rule);
  const ChosenBehavior chosen = ChooseBehavior(pointers, {.service = service, .definition = &definition});
  return chosen.behavior ? chosen.behavior->containers[0].run_seconds.a
                         : definition.containers[0].behavior.run_seconds.a;
}

TEST(ChooseBehavior, PatternsChooseByServiceFamilyContainerAndImage) {
  struct Case {
    const char* what;
    std::string BehaviorRule::*pattern;
    const char* value;
    const char* service;
    bool matches;
  };
  const Case cases[] = {
      {"no pattern", nullptr, "", "", true},
      {"service by name", &BehaviorRule::service_pattern, "api", "api", true},
      {"service by pattern", &BehaviorRule::service_pattern, "a*", "api", true},
      {"another service", &BehaviorRule::service_pattern, "api", "apis", false},
      {"any service, standalone task", &BehaviorRule::service_pattern, "*", "", false},
      {"family", &BehaviorRule::family_pattern, "w*b", "", true},
      {"another family", &BehaviorRule::family_pattern, "we", "", false},
      {"container", &BehaviorRule::container_pattern, "main", "", true},
      {"another container", &BehaviorRule::container_pattern, "log*", "", false},
      {"image", &BehaviorRule::image_pattern, "example/main:*", "", true},
      {"another image", &BehaviorRule::image_pattern, "*:2", "", false},
  };
  for (const Case& c : cases) {
    BehaviorRule rule = RunsFor(1, 60);
    if (c.pattern != nullptr) rule.*c.pattern = c.value;
    EXPECT_EQ(SecondsOf({rule}, c.service), c.matches ? 60 : 1) << c.what;
  }
}

TEST(ChooseBehavior, MorePatternsWinThenTheNewestWhateverTheOrder) {
  BehaviorRule any = RunsFor(9, 90);
  BehaviorRule old_family = RunsFor(1, 10);
  old_family.family_pattern = "web";
  BehaviorRule new_family = RunsFor(2, 20);
  new_family.family_pattern = "*";
  BehaviorRule both = RunsFor(3, 30);
  both.family_pattern = "web";
  both.container_pattern = "main";
  EXPECT_EQ(SecondsOf({any, old_family}, ""), 10);
  EXPECT_EQ(SecondsOf({new_family, old_family}, ""), 20);
  EXPECT_EQ(SecondsOf({both, new_family, any, old_family}, ""), 30);
  EXPECT_EQ(SecondsOf({old_family, any, new_family, both}, ""), 30);
}

TEST(ChooseBehavior, AKeyNoRuleSetsStaysAsTheDefinitionHasIt) {
  const model::TaskDefinition definition = TwoContainers();
  BehaviorRule rule = RunsFor(1, 60);
  rule.container_pattern = "main";
  rule.behavior.exit_code = 99;  // not among the keys set
  const BehaviorRule* rules[] = {&rule};
  const ChosenBehavior chosen = ChooseBehavior(rules, {.service = "", .definition = &definition});
  ASSERT_TRUE(chosen.behavior);
  ASSERT_EQ(chosen.behavior->containers.size(), 2u);
  EXPECT_EQ(chosen.behavior->containers[0].exit_code, 3);
  EXPECT_EQ(chosen.behavior->containers[1], definition.containers[1].behavior);
}

TEST(ChooseBehavior, IsolationAloneChangesNoBehavior) {
  const model::TaskDefinition definition = TwoContainers();
  BehaviorRule rule;
  rule.serial = 1;
  rule.isolation_task = true;
  rule.container_pattern = "log-*";
  const BehaviorRule* rules[] = {&rule};
  const ChosenBehavior chosen = ChooseBehavior(rules, {.service = "", .definition = &definition});
  EXPECT_TRUE(chosen.isolated);
  EXPECT_FALSE(chosen.behavior);
  rule.container_pattern = "nobody";
  EXPECT_FALSE(ChooseBehavior(rules, {.service = "", .definition = &definition}).isolated);
}

}  // namespace
}  // namespace ecsmi::core
