#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/placement/bin_problem.h"
#include "core/placement/cost_fill.h"
#include "core/placement/price_bound.h"
#include "core/placement/zone_shares.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::core {
namespace {

using placement::Serves;

bool AnyServes(std::span<const LaunchableType> types, std::uint64_t zones, const PlacementClass& wanted) {
  return std::ranges::any_of(types, [&](const LaunchableType& type) {
    for (std::uint8_t zone = 0; zone < 64; ++zone) {
      if (((zones >> zone) & 1) != 0 && Serves(type, zone, wanted)) return true;
    }
    return false;
  });
}

// The requirement to blame when no type serves the class: the first that, dropped alone, would let one; else the first
// that shuts out the last type when they are asked for one after the other.
std::string Refusal(std::span<const LaunchableType> types, std::uint64_t zones, const PlacementClass& wanted) {
  const std::uint64_t allowed = zones & wanted.zones;
  if (allowed == 0) return "zone";
  using Change = void (*)(PlacementClass&, const PlacementClass&);
  struct Requirement {
    const char* name;
    Change drop;
    Change ask;
  };
  static constexpr Requirement kRequirements[] = {
      {"architecture", [](PlacementClass& to, const PlacementClass&) { to.architecture = {}; },
       [](PlacementClass& to, const PlacementClass& from) { to.architecture = from.architecture; }},
      {"constraint", [](PlacementClass& to, const PlacementClass&) { to.any_type = true; },
       [](PlacementClass& to, const PlacementClass& from) {
         to.any_type = from.any_type;
         to.types = from.types;
       }},
      {"gpu",
       [](PlacementClass& to, const PlacementClass&) {
         to.need.gpus = 0;
         to.all_gpus = false;
       },
       [](PlacementClass& to, const PlacementClass& from) {
         to.need.gpus = from.need.gpus;
         to.all_gpus = from.all_gpus;
       }},
      {"memory", [](PlacementClass& to, const PlacementClass&) { to.need.memory_mib = 0; },
       [](PlacementClass& to, const PlacementClass& from) { to.need.memory_mib = from.need.memory_mib; }},
      {"cpu", [](PlacementClass& to, const PlacementClass&) { to.need.cpu_units = 0; },
       [](PlacementClass& to, const PlacementClass& from) { to.need.cpu_units = from.need.cpu_units; }},
      {"eni", [](PlacementClass& to, const PlacementClass&) { to.need.eni_slots = 0; },
       [](PlacementClass& to, const PlacementClass& from) { to.need.eni_slots = from.need.eni_slots; }},
  };
  for (const Requirement& requirement : kRequirements) {
    PlacementClass eased = wanted;
    requirement.drop(eased, wanted);
    if (AnyServes(types, allowed, eased)) return requirement.name;
  }
  if (AnyServes(types, ~std::uint64_t{0}, wanted)) return "zone";
  PlacementClass asked;
  for (const Requirement& requirement : kRequirements) {
    requirement.ask(asked, wanted);
    if (!AnyServes(types, allowed, asked)) return requirement.name;
  }
  return "constraint";
}

// One zone: dedicated tasks each get the cheapest type that holds one; all others are packed together.
void PackZone(std::span<const WaitingClass> waiting, std::span<const LaunchableType> types, std::uint8_t zone,
              const std::vector<std::int32_t>& counts, NewCapacityPlan& plan) {
  std::vector<placement::BinClass> shared;
  std::vector<std::size_t> origin;
  std::vector<std::size_t> dedicated;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    if (waiting[i].wanted.dedicated) {
      dedicated.push_back(i);
      continue;
    }
    shared.push_back({&waiting[i].wanted, waiting[i].group, counts[i]});
    origin.push_back(i);
  }
  const auto emit = [&](const placement::BinProblem& problem, const std::vector<placement::Bin>& bins,
                        const std::vector<std::size_t>& classes) {
    for (const placement::Bin& bin : bins) {
      NewInstance instance;
      instance.type = problem.types()[bin.type].ordinal;
      instance.zone = zone;
      instance.tasks.assign(waiting.size(), 0);
      for (std::size_t i = 0; i < bin.tasks.size(); ++i) instance.tasks[classes[i]] = bin.tasks[i];
      for (std::int64_t n = 0; n < bin.times; ++n) plan.instances.push_back(instance);
    }
  };
  if (!shared.empty()) {
    const placement::BinProblem problem(std::move(shared), types, zone);
    emit(problem, placement::CheapestBins(problem), origin);
    plan.lower_bound += placement::AggregateBound(problem);
  }
  for (std::size_t i : dedicated) {
    const placement::BinProblem problem({{&waiting[i].wanted, waiting[i].group, 1}}, types, zone);
    placement::Bin bin = problem.NewBin();
    problem.Add(bin, 0, 1);
    bin.type = problem.CheapestAlone(0);
    bin.times = counts[i];
    plan.lower_bound += problem.Price({bin});
    emit(problem, {bin}, {i});
  }
}

}  // namespace

NewCapacityPlan PlanNewInstances(std::span<const WaitingClass> waiting, std::span<const LaunchableType> types,
                                 std::uint64_t zones) {
  // The fee may turn neighbours of the On-Demand order round, so the planner has an order of its own.
  const std::vector<LaunchableType> by_price = placement::InPriceOrder(types);
  NewCapacityPlan plan;
  plan.unplaced.assign(waiting.size(), 0);
  plan.unplaced_reason.assign(waiting.size(), "");
  std::map<std::uint8_t, std::vector<std::int32_t>> by_zone;
  placement::ZoneSplitter splitter(waiting);
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (waiting[i].count <= 0) continue;
    std::uint64_t usable = 0;
    for (std::uint8_t zone = 0; zone < 64; ++zone) {
      const std::uint64_t bit = std::uint64_t{1} << zone;
      if ((zones & waiting[i].wanted.zones & bit) != 0 && AnyServes(by_price, bit, waiting[i].wanted)) usable |= bit;
    }
    if (usable == 0) {
      plan.unplaced[i] = waiting[i].count;
      plan.unplaced_reason[i] = Refusal(by_price, zones, waiting[i].wanted);
      continue;
    }
    for (const auto& [zone, count] : splitter.Split(i, usable)) {
      std::vector<std::int32_t>& counts = by_zone[zone];
      counts.resize(waiting.size());
      counts[i] = count;
    }
  }
  for (const auto& [zone, counts] : by_zone) PackZone(waiting, by_price, zone, counts, plan);
  return plan;
}

}  // namespace ecsmi::core
