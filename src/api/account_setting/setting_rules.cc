#include "api/account_setting/setting_rules.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_join.h"
#include "api/check.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using Name = pb::SettingName;

constexpr std::string_view kSwitch[] = {"enabled", "disabled"};
constexpr std::string_view kInsights[] = {"enabled", "disabled", "enhanced"};
constexpr std::string_view kLogMode[] = {"blocking", "non-blocking"};
constexpr std::string_view kWaitDays[] = {"0", "7", "14"};
constexpr std::string_view kOnOff[] = {"on", "off"};

// Values and defaults: the API reference of the settings (documented), but for fargateEventWindows (assumed).
constexpr std::array kRules = {
    SettingRule{Name::awsvpcTrunking, kSwitch, "disabled"},
    SettingRule{Name::containerInsights, kInsights, "disabled", false, true},
    SettingRule{Name::containerInstanceLongArnFormat, kSwitch, "enabled", false, true},
    SettingRule{Name::defaultLogDriverMode, kLogMode, "non-blocking"},
    SettingRule{Name::fargateEventWindows, kSwitch, "disabled"},
    SettingRule{Name::fargateFIPSMode, kSwitch, "disabled"},
    SettingRule{Name::fargateTaskRetirementWaitPeriod, kWaitDays, "7"},
    SettingRule{Name::guardDutyActivate, kOnOff, "off", true},
    SettingRule{Name::serviceLongArnFormat, kSwitch, "enabled", false, true},
    SettingRule{Name::tagResourceAuthorization, kOnOff, "on"},
    SettingRule{Name::taskLongArnFormat, kSwitch, "enabled", false, true},
};

bool IsLongArnFormat(Name::Value name) {
  return name == Name::containerInstanceLongArnFormat || name == Name::serviceLongArnFormat ||
         name == Name::taskLongArnFormat;
}

}  // namespace

std::span<const SettingRule> SettingRules() {
  return kRules;
}

const SettingRule& RuleOf(Name::Value name) {
  const auto at = std::ranges::find(kRules, name, &SettingRule::name);
  ECSMI_CHECK(at != kRules.end());
  return *at;
}

absl::Status CheckSettingName(Name::Value name) {
  if (name == Name::UNSPECIFIED) return CheckRequired("name", "");
  if (!RuleOf(name).aws_managed) return absl::OkStatus();
  return InvalidParameter(
      Say("name ", Name::Value_Name(name), ": this account setting is managed by AWS and cannot be changed"));
}

absl::Status CheckSettingValue(Name::Value name, std::string_view value) {
  const SettingRule& rule = RuleOf(name);
  if (std::ranges::find(rule.values, value) == rule.values.end()) {
    return InvalidParameter(
        Say("value '", value, "' of ", Name::Value_Name(name), " should be one of [",
            absl::StrJoin(rule.values, ", ",
                          [](std::string* out, std::string_view each) { out->append(each.data(), each.size()); }),
            "]"));
  }
  if (!IsLongArnFormat(name) || value == "enabled") return absl::OkStatus();
  return Ours(AwsException::kInvalidParameter,
              Say("value 'disabled' of ", Name::Value_Name(name), ": there are long ARNs only"), "account-settings");
}

std::string EffectiveSetting(const control::Step& step, std::string_view region, std::string_view principal_arn,
                             const SettingRule& rule) {
  const std::string& name = Name::Value_Name(rule.name);
  for (const std::string_view whose : {principal_arn, std::string_view{}}) {
    const auto* row = step.state.Find<model::AccountSetting>(step.state.FindAccountSetting(region, whose, name));
    if (row != nullptr) return row->value;
  }
  return std::string(rule.by_default);
}

}  // namespace ecsmi::api
