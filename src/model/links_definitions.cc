#include <algorithm>
#include <cmath>

#include "ecsmi/model/state.h"
#include "state_links.h"

// Task definitions and their families: names, and which revisions are ACTIVE.
namespace ecsmi::model {
namespace {

double MeanOf(const Distribution& distribution) {
  switch (distribution.kind) {
    case DistributionKind::kNone:
      return 0;
    case DistributionKind::kConstant:
    case DistributionKind::kExponential:
      return distribution.a;
    case DistributionKind::kUniform:
      return (distribution.a + distribution.b) / 2;
    case DistributionKind::kLognormal:
      return distribution.a * std::exp(distribution.b * distribution.b / 2);
  }
  return 0;
}

std::int32_t MilliPercent(const TaskDefinition& definition, Distribution ContainerBehavior::*what) {
  double percent = 0;
  for (const ContainerSpec& container : definition.containers) percent += MeanOf(container.behavior.*what);
  return static_cast<std::int32_t>(std::lround(std::clamp(percent, 0.0, 100.0) * 1000));
}

}  // namespace

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
  row.cpu_millipercent = MilliPercent(row, &ContainerBehavior::cpu_percent);
  row.memory_millipercent = MilliPercent(row, &ContainerBehavior::memory_percent);
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
