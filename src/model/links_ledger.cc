#include "ecsmi/model/state.h"
#include "state_links.h"

// Usage shares, client tokens and account settings: names.
namespace ecsmi::model {

template <>
void State::Link(UsageShare& row) {
  Name(NameKey('u', SerialText(row.instance), SerialText(row.service)), row.serial);
}
template <>
void State::Unlink(UsageShare& row) {
  Unname(NameKey('u', SerialText(row.instance), SerialText(row.service)), row.serial);
}

template <>
void State::Link(Token& row) {
  Name(NameKey('t', row.scope, row.token), row.serial);
}
template <>
void State::Unlink(Token& row) {
  Unname(NameKey('t', row.scope, row.token), row.serial);
}

template <>
void State::Link(AccountSetting& row) {
  Name(NameKey('o', row.region, row.principal_arn, row.name), row.serial);
}
template <>
void State::Unlink(AccountSetting& row) {
  Unname(NameKey('o', row.region, row.principal_arn, row.name), row.serial);
}

Serial State::FindAccountSetting(std::string_view region, std::string_view principal_arn, std::string_view name) const {
  return FindName(NameKey('o', region, principal_arn, name));
}

}  // namespace ecsmi::model
