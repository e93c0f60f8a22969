#include "ecsmi/model/state.h"
#include "state_links.h"

// Usage shares and client tokens: names.
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

}  // namespace ecsmi::model
