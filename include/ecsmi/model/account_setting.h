#pragma once

#include <string>
#include <tuple>

#include "ecsmi/model/record.h"

namespace ecsmi::model {

// A value that was put for one of ECS's account settings. What was never put, or was deleted again, has no row: the
// settings' defaults are AWS's (api/account_setting).
struct AccountSetting : RowBase {
  static constexpr TableId kTable = TableId::kAccountSetting;
  std::string region;
  std::string principal_arn;  // whose it is; empty = the default of all who have none of their own
  std::string name;           // AWS's: "containerInsights"
  std::string value;
  static constexpr auto Fields() {
    using A = AccountSetting;
    return std::tuple(F("region", &A::region), F("principal_arn", &A::principal_arn), F("name", &A::name),
                      F("value", &A::value));
  }
};

}  // namespace ecsmi::model
