#include "ecsmi/model/state.h"
#include "ecsmi/model/task_use.h"
#include "state_links.h"

// Task definitions and their families: names, and which revisions are ACTIVE.
namespace ecsmi::model {

template <>
void State::Link(Family& row) {
  Name(NameKey('f', row.region, row.name), row.serial);
}
template <>
void State::Unlink(Family& row) {
  Unname(NameKey('f', row.region, row.name), row.serial);
}

void State::CountRevision(const TaskDefinition& row, bool active) {
  const std::string family = NameKey('f', row.region, row.family);
  if (active && row.status == TaskDefinitionStatus::kActive) {
    active_revisions_[family][row.revision] = row.serial;
  } else if (const auto at = active_revisions_.find(family); at != active_revisions_.end()) {
    at->second.erase(row.revision);
    if (at->second.empty()) active_revisions_.erase(at);
  }
}

template <>
void State::Link(TaskDefinition& row) {
  Name(NameKey('d', row.region, row.family, SerialText(static_cast<Serial>(row.revision))), row.serial);
  CountRevision(row, true);
  const TaskUse use = UseOf(row.containers);
  row.cpu_millipercent = use.cpu_millipercent;
  row.memory_millipercent = use.memory_millipercent;
}
template <>
void State::Unlink(TaskDefinition& row) {
  Unname(NameKey('d', row.region, row.family, SerialText(static_cast<Serial>(row.revision))), row.serial);
  CountRevision(row, false);
}
template <>
void State::Relink(const TaskDefinition& before, TaskDefinition& row) {
  if (before.status != row.status) CountRevision(row, true);
}

}  // namespace ecsmi::model
