#include "control/launch_decision.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"

namespace ecsmi::control {
namespace {

using model::LaunchDecision;

// Numbers the classes that something is launched for, in the order in which they come up.
class Classes {
 public:
  Classes(const Step& step, const LaunchRound& round, std::vector<LaunchDecision::Class>& told)
      : step_(step), round_(round), told_(told) {}

  std::uint32_t Number(std::size_t waiting) {
    const auto [at, added] = numbers_.try_emplace(waiting, static_cast<std::uint32_t>(told_.size()));
    if (added) told_.push_back(Tell(waiting));
    return at->second;
  }

 private:
  LaunchDecision::Class Tell(std::size_t waiting) const {
    const model::WaitingKey& key = round_.groups[waiting]->key;
    LaunchDecision::Class told;
    told.group = key.group;
    told.service = key.service;
    told.definition = key.definition;
    told.need = key.resources;
    told.all_gpus = key.all_gpus;
    told.dedicated = key.dedicated;
    told.waiting = round_.waiting[waiting].count;
    if (key.service == model::kNoSerial) told.group_name = std::string(step_.state.DocumentBytes(key.group));
    return told;
  }

  const Step& step_;
  const LaunchRound& round_;
  std::vector<LaunchDecision::Class>& told_;
  absl::flat_hash_map<std::size_t, std::uint32_t> numbers_;
};

std::vector<LaunchDecision::Alternative> Alternatives(const ports::RegionCatalog& region, const LaunchRound& round,
                                                      const core::NewInstance& instance) {
  std::vector<LaunchDecision::Alternative> told;
  for (const core::OtherType& other :
       core::OtherTypes(instance, round.waiting, round.types, kDearerTold, kCheaperTold)) {
    const auto type = std::ranges::find(round.types, other.type, &core::LaunchableType::ordinal);
    told.push_back({region.types[other.type].type->name, type->price, other.lacks});
  }
  return told;
}

}  // namespace

ToldLaunches TellLaunches(const Step& step, const ports::RegionCatalog& region, const LaunchRound& round) {
  ToldLaunches told;
  LaunchDecision& decision = told.decision;
  for (const core::WaitingClass& waiting : round.waiting) {
    decision.tasks_waiting += waiting.count;
    decision.classes_waiting += waiting.count > 0 ? 1 : 0;
  }
  decision.types_allowed = static_cast<std::int32_t>(round.types.size());
  decision.instances = static_cast<std::int32_t>(round.plan.instances.size());
  decision.lower_bound = round.plan.lower_bound;
  decision.shut_out.assign(round.shut_out.begin(), round.shut_out.end());
  absl::flat_hash_map<ports::TypeOrdinal, model::NanoUsdPerHour> prices;
  for (const core::LaunchableType& type : round.types) prices[type.ordinal] = type.price;
  for (const core::NewInstance& instance : round.plan.instances) decision.price += prices[instance.type];

  Classes classes(step, round, decision.classes);
  std::map<std::tuple<ports::TypeOrdinal, std::uint8_t, std::vector<LaunchDecision::Share>>, std::uint32_t> known;
  for (const core::NewInstance& instance : std::span(round.plan.instances).first(round.launches)) {
    std::vector<LaunchDecision::Share> tasks;
    for (std::size_t i = 0; i < instance.tasks.size(); ++i) {
      if (instance.tasks[i] > 0) tasks.push_back({classes.Number(i), instance.tasks[i]});
    }
    const auto [at, added] = known.try_emplace(std::tuple(instance.type, instance.zone, tasks),
                                               static_cast<std::uint32_t>(decision.bins.size()));
    if (added) {
      decision.bins.push_back({region.types[instance.type].type->name, instance.zone, 0, std::move(tasks),
                               Alternatives(region, round, instance)});
    }
    ++decision.bins[at->second].count;
    told.bins.push_back(at->second);
  }
  return told;
}

}  // namespace ecsmi::control
