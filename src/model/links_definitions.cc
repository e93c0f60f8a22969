#include "ecsmi/model/state.h"
#include "state_links.h"

// Task definitions and their families: names.
namespace ecsmi::model {

template <>
void State::Link(Family& row) {
  Name(NameKey('f', row.region, row.name), row.serial);
}
template <>
void State::Unlink(Family& row) {
  Unname(NameKey('f', row.region, row.name), row.serial);
}

template <>
void State::Link(TaskDefinition& row) {
  Name(NameKey('d', row.region, row.family, SerialText(static_cast<Serial>(row.revision))), row.serial);
}
template <>
void State::Unlink(TaskDefinition& row) {
  Unname(NameKey('d', row.region, row.family, SerialText(static_cast<Serial>(row.revision))), row.serial);
}

}  // namespace ecsmi::model
