#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/account_setting.pb.h"

// What AWS's account settings are: names, values, defaults. Pure but for EffectiveSetting; any thread.
namespace ecsmi::api {

struct SettingRule {
  ecs::v1::SettingName::Value name = ecs::v1::SettingName::UNSPECIFIED;
  std::span<const std::string_view> values;  // that may be put
  std::string_view by_default;
  // AWS sets it, not the account (guardDutyActivate).
  bool aws_managed = false;
  // Something here follows its value; of the others it is stored and shown alone.
  bool acts = false;
};
// All of them by name, which is the order of the enum.
std::span<const SettingRule> SettingRules();
// REQUIRES: a known name, not UNSPECIFIED.
const SettingRule& RuleOf(ecs::v1::SettingName::Value name);

// A name is given, its setting is the account's to change, and the value is one it may have. Errors:
// InvalidParameterException.
absl::Status CheckSettingName(ecs::v1::SettingName::Value name);
absl::Status CheckSettingValue(ecs::v1::SettingName::Value name, std::string_view value);

// What holds for a principal: its own value, else the account's, else AWS's default. `principal_arn`: empty = the root
// user, whose settings are the account's.
std::string EffectiveSetting(const control::Step& step, std::string_view region, std::string_view principal_arn,
                             const SettingRule& rule);

}  // namespace ecsmi::api
