#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/account_setting.pb.h"

// The operations on account settings: a `Check…` needs no state (Registry::Add), the function beside it runs on the
// strand. Settings are per Region and principal. Every caller is taken for the account's root user, whose settings are
// the defaults of all principals without their own; so PutAccountSetting without a principal and
// PutAccountSettingDefault do the same.
namespace ecsmi::api {

absl::Status CheckPutAccountSetting(const ecs::v1::PutAccountSettingRequest& request);
absl::Status PutAccountSetting(control::Step& step, const CallContext& context,
                               const ecs::v1::PutAccountSettingRequest& request,
                               ecs::v1::PutAccountSettingResponse* response);

absl::Status CheckPutAccountSettingDefault(const ecs::v1::PutAccountSettingDefaultRequest& request);
absl::Status PutAccountSettingDefault(control::Step& step, const CallContext& context,
                                      const ecs::v1::PutAccountSettingDefaultRequest& request,
                                      ecs::v1::PutAccountSettingDefaultResponse* response);

absl::Status CheckDeleteAccountSetting(const ecs::v1::DeleteAccountSettingRequest& request);
absl::Status DeleteAccountSetting(control::Step& step, const CallContext& context,
                                  const ecs::v1::DeleteAccountSettingRequest& request,
                                  ecs::v1::DeleteAccountSettingResponse* response);

absl::Status CheckListAccountSettings(const ecs::v1::ListAccountSettingsRequest& request);
absl::Status ListAccountSettings(control::Step& step, const CallContext& context,
                                 const ecs::v1::ListAccountSettingsRequest& request,
                                 ecs::v1::ListAccountSettingsResponse* response);

}  // namespace ecsmi::api
