#include <algorithm>
#include <string>

#include "control/regions.h"
#include "control/simulation.h"
#include "ecsmi/control/placement_class.h"

// Waiting tasks: what placement needs to know of them, and the holes of existing instances they go into.
namespace ecsmi::control {

namespace {

// What memberOf constraints leave of zones and types. Expressions were checked when they were stored; one that no
// longer compiles allows nothing.
void Narrow(const Step& step, std::string_view region, const std::vector<std::string>& constraints,
            core::PlacementClass& wanted) {
  for (const std::string& expression : constraints) {
    const auto effect = step.regions.Constraint(region, expression);
    if (!effect.ok()) {
      wanted.zones = 0;
      continue;
    }
    wanted.zones &= effect->zones;
    if (effect->any_type) continue;
    if (wanted.any_type) {
      wanted.types = effect->types;
    } else {
      wanted.types &= effect->types;
    }
    wanted.any_type = false;
  }
}

}  // namespace

core::PlacementClass ClassOf(const Step& step, std::string_view region, const model::TaskDefinition& definition) {
  core::PlacementClass wanted;
  wanted.need = definition.resources;
  wanted.all_gpus = definition.all_gpus;
  wanted.architecture = definition.architecture;
  wanted.host_ports = definition.host_ports;
  std::sort(wanted.host_ports.begin(), wanted.host_ports.end());
  Narrow(step, region, definition.placement_constraints, wanted);
  return wanted;
}

core::PlacementClass ClassOf(const Step& step, const model::Task& task) {
  const std::string& region = step.state.Get<model::CapacityProvider>(task.provider).region;
  core::PlacementClass wanted = ClassOf(step, region, step.state.Get<model::TaskDefinition>(task.definition));
  wanted.need = task.resources;
  wanted.all_gpus = task.all_gpus;
  wanted.distinct_instance = task.distinct_instance;
  wanted.dedicated = task.dedicated;
  if (task.wanted_zone != model::kAnyZone) wanted.zones &= std::uint64_t{1} << task.wanted_zone;
  if (const auto* service = step.state.Find<model::Service>(task.service)) {
    Narrow(step, region, service->placement_constraints, wanted);
  }
  return wanted;
}

int PlaceWaiting(Step& step, model::Serial provider, int limit) {
  model::WaitingList& list = step.state.waiting(provider);
  int placed = 0;
  for (model::WaitingClass* waiting : list.Untried()) {
    const model::Serial group = waiting->key.group;
    const core::PlacementClass wanted = ClassOf(step, step.state.Get<model::Task>(*waiting->tasks.begin()));
    for (std::size_t left = waiting->tasks.size(); left > 0; --left) {
      if (placed == limit) return placed;
      const core::PlacementChoice choice = step.placement.Choose(provider, wanted, group);
      if (choice.instance == model::kNoSerial) {
        list.FoundNoHole(*waiting);
        break;
      }
      PlaceChosen(step, *waiting->tasks.begin(), choice);  // the last one takes the class with it
      ++placed;
    }
  }
  return placed;
}

}  // namespace ecsmi::control
