#include "api/account_setting/account_settings.h"

#include <string>
#include <utility>
#include <vector>

#include "api/account_setting/setting_rules.h"
#include "api/arn.h"
#include "api/check.h"
#include "api/region.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using Name = pb::SettingName;

constexpr char kList[] = "ListAccountSettings";
constexpr int kPageMax = 10;  // H21

std::string RootArn(const control::Step& step, std::string_view region) {
  return Say("arn:", Partition(region), ":iam::", step.account, ":root");
}

// A principal as rows name it: empty for the root user and for nobody in particular. Errors:
// InvalidParameterException.
absl::StatusOr<std::string> ResolvePrincipal(const control::Step& step, std::string_view region,
                                             const std::string& arn) {
  if (arn.empty() || arn == RootArn(step, region)) return std::string();
  const std::string account = Say(":iam::", step.account, ":");
  if ((IsIamArn(arn, "user") || IsIamArn(arn, "role")) && arn.find(account) != std::string::npos) return arn;
  return InvalidParameter(
      Say("principalArn '", arn, "' must be the ARN of the root user, a user or a role of account ", step.account));
}

void Show(const control::Step& step, std::string_view region, const SettingRule& rule, std::string principal_arn,
          std::string value, pb::Setting& shown) {
  shown.set_name(rule.name);
  shown.set_value(std::move(value));
  shown.set_principal_arn(principal_arn.empty() ? RootArn(step, region) : std::move(principal_arn));
  shown.set_type(rule.aws_managed ? pb::SettingType::aws_managed : pb::SettingType::user);
}

void Put(control::Step& step, const std::string& region, const std::string& principal_arn, Name::Value name,
         const std::string& value, pb::Setting& shown) {
  const model::Serial known = step.state.FindAccountSetting(region, principal_arn, Name::Value_Name(name));
  if (known == model::kNoSerial) {
    model::AccountSetting row;
    row.serial = step.state.NewSerial();
    row.region = region;
    row.principal_arn = principal_arn;
    row.name = Name::Value_Name(name);
    row.value = value;
    step.state.Insert(std::move(row));
  } else if (step.state.Get<model::AccountSetting>(known).value != value) {
    step.state.Update<model::AccountSetting>(known, [&](model::AccountSetting& row) { row.value = value; });
  }
  Show(step, region, RuleOf(name), principal_arn, value, shown);
}

}  // namespace

absl::Status CheckPutAccountSetting(const pb::PutAccountSettingRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckSettingName(request.name()));
  return CheckSettingValue(request.name(), request.value());
}

absl::Status PutAccountSetting(control::Step& step, const CallContext& context,
                               const pb::PutAccountSettingRequest& request, pb::PutAccountSettingResponse* response) {
  ECSMI_RETURN_IF_ERROR(CheckRegion(step, context.region));
  ECSMI_ASSIGN_OR_RETURN(const std::string principal, ResolvePrincipal(step, context.region, request.principal_arn()));
  Put(step, context.region, principal, request.name(), request.value(), *response->mutable_setting());
  return absl::OkStatus();
}

absl::Status CheckPutAccountSettingDefault(const pb::PutAccountSettingDefaultRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckSettingName(request.name()));
  return CheckSettingValue(request.name(), request.value());
}

absl::Status PutAccountSettingDefault(control::Step& step, const CallContext& context,
                                      const pb::PutAccountSettingDefaultRequest& request,
                                      pb::PutAccountSettingDefaultResponse* response) {
  ECSMI_RETURN_IF_ERROR(CheckRegion(step, context.region));
  Put(step, context.region, {}, request.name(), request.value(), *response->mutable_setting());
  return absl::OkStatus();
}

absl::Status CheckDeleteAccountSetting(const pb::DeleteAccountSettingRequest& request) {
  return CheckSettingName(request.name());
}

absl::Status DeleteAccountSetting(control::Step& step, const CallContext& context,
                                  const pb::DeleteAccountSettingRequest& request,
                                  pb::DeleteAccountSettingResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const std::string principal, ResolvePrincipal(step, context.region, request.principal_arn()));
  const model::Serial known =
      step.state.FindAccountSetting(context.region, principal, Name::Value_Name(request.name()));
  if (known != model::kNoSerial) step.state.Erase<model::AccountSetting>(known);
  // What holds for the principal from now on.
  const SettingRule& rule = RuleOf(request.name());
  Show(step, context.region, rule, principal, EffectiveSetting(step, context.region, principal, rule),
       *response->mutable_setting());
  return absl::OkStatus();
}

absl::Status CheckListAccountSettings(const pb::ListAccountSettingsRequest& request) {
  if (request.has_value() && request.name() == Name::UNSPECIFIED) {
    return InvalidParameter(
        Say("value '", request.value(), "' is given without name; a filter by value needs the setting's name"));
  }
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kPageMax) : absl::OkStatus();
}

absl::Status ListAccountSettings(control::Step& step, const CallContext& context,
                                 const pb::ListAccountSettingsRequest& request,
                                 pb::ListAccountSettingsResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const std::string principal, ResolvePrincipal(step, context.region, request.principal_arn()));
  model::Serial after = model::kNoSerial;  // the number of the last name shown
  if (!request.next_token().empty()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, kList, request.next_token()));
  }
  const int page = request.has_max_results() ? request.max_results() : kPageMax;
  model::Serial last = after;
  for (const SettingRule& rule : SettingRules()) {
    const auto number = static_cast<model::Serial>(rule.name);
    if (number <= after || (request.name() != Name::UNSPECIFIED && request.name() != rule.name)) continue;
    const std::string& name = Name::Value_Name(rule.name);
    const bool own = step.state.FindAccountSetting(context.region, principal, name) != model::kNoSerial;
    if (!own && !request.effective_settings()) continue;
    std::string value = EffectiveSetting(step, context.region, principal, rule);
    if (request.has_value() && request.value() != value) continue;
    if (response->settings_size() == page) {
      response->set_next_token(PageToken(step, kList, last));
      break;
    }
    // A value that is not its own is shown as the account's.
    Show(step, context.region, rule, own ? principal : std::string(), std::move(value), *response->add_settings());
    last = number;
  }
  return absl::OkStatus();
}

void RegisterAccountSettings(Registry& registry) {
  constexpr char kService[] = "ecsmi.ecs.v1.EcsService";
  registry.Add<pb::PutAccountSettingRequest, pb::PutAccountSettingResponse>(kService, "PutAccountSetting",
                                                                            CheckPutAccountSetting, PutAccountSetting);
  registry.Add<pb::PutAccountSettingDefaultRequest, pb::PutAccountSettingDefaultResponse>(
      kService, "PutAccountSettingDefault", CheckPutAccountSettingDefault, PutAccountSettingDefault);
  registry.Add<pb::DeleteAccountSettingRequest, pb::DeleteAccountSettingResponse>(
      kService, "DeleteAccountSetting", CheckDeleteAccountSetting, DeleteAccountSetting);
  registry.Add<pb::ListAccountSettingsRequest, pb::ListAccountSettingsResponse>(
      kService, kList, CheckListAccountSettings, ListAccountSettings);
}

}  // namespace ecsmi::api
