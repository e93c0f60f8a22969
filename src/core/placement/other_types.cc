#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/placement/bin_problem.h"
#include "ecsmi/base/check.h"
#include "ecsmi/core/placement.h"

// What a planned instance could have been instead: told with the plan, decided by nothing here.
namespace ecsmi::core {
namespace {

// The tasks of one planned instance, taken together.
struct Load {
  std::int64_t cpu_units = 0;
  std::int64_t memory_mib = 0;
  std::int64_t gpus = 0;
  std::int64_t eni_slots = 0;
  bool all_gpus = false;
  bool entitled = false;  // to a type with GPUs (C32)
  std::vector<const PlacementClass*> classes;
};

bool NeedsGpuType(const PlacementClass& wanted, std::span<const LaunchableType> types, std::uint8_t zone) {
  if (wanted.all_gpus || wanted.need.gpus > 0) return true;
  return std::ranges::none_of(types, [&](const LaunchableType& type) {
    return type.usable.gpus == 0 && placement::Serves(type, zone, wanted);
  });
}

Load LoadOf(const NewInstance& instance, std::span<const WaitingClass> waiting, std::span<const LaunchableType> types) {
  Load load;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const std::int64_t count = instance.tasks[i];
    if (count == 0) continue;
    const PlacementClass& wanted = waiting[i].wanted;
    load.cpu_units += wanted.need.cpu_units * count;
    load.memory_mib += wanted.need.memory_mib * count;
    load.gpus += wanted.need.gpus * count;
    load.eni_slots += wanted.need.eni_slots * count;
    load.all_gpus = load.all_gpus || wanted.all_gpus;
    load.entitled = load.entitled || NeedsGpuType(wanted, types, instance.zone);
    load.classes.push_back(&wanted);
  }
  return load;
}

Lacks LacksOf(const LaunchableType& type, std::uint8_t zone, const Load& load) {
  Lacks lacks = 0;
  const auto note = [&](bool lacking, Lack lack) {
    if (lacking) lacks |= BitOf(lack);
  };
  note(type.usable.cpu_units < load.cpu_units, Lack::kCpu);
  note(type.usable.memory_mib < load.memory_mib, Lack::kMemory);
  note(type.usable.gpus < load.gpus || (load.all_gpus && type.usable.gpus == 0), Lack::kGpu);
  note(type.usable.eni_slots < load.eni_slots, Lack::kEni);
  note(((type.zones >> zone) & 1) == 0, Lack::kZone);
  note(type.usable.gpus > 0 && !load.entitled, Lack::kGpuNotAsked);
  for (const PlacementClass* wanted : load.classes) {
    note(wanted->architecture != model::CpuArchitecture::kUnspecified && wanted->architecture != type.architecture,
         Lack::kArchitecture);
    note(!wanted->any_type && !wanted->types.Has(type.ordinal), Lack::kConstraint);
  }
  return lacks;
}

}  // namespace

std::vector<OtherType> OtherTypes(const NewInstance& instance, std::span<const WaitingClass> waiting,
                                  std::span<const LaunchableType> by_price, std::size_t dearer_max,
                                  std::size_t cheaper_max) {
  const Load load = LoadOf(instance, waiting, by_price);
  const auto chosen = std::ranges::find(by_price, instance.type, &LaunchableType::ordinal);
  ECSMI_CHECK(chosen != by_price.end());
  std::vector<OtherType> others;
  for (auto at = chosen + 1; at != by_price.end() && others.size() < dearer_max; ++at) {
    if (LacksOf(*at, instance.zone, load) == 0) others.push_back({at->ordinal, 0});
  }
  std::size_t cheaper = 0;
  for (auto at = chosen; at != by_price.begin() && cheaper < cheaper_max; ++cheaper) {
    --at;
    others.push_back({at->ordinal, LacksOf(*at, instance.zone, load)});
  }
  return others;
}

}  // namespace ecsmi::core
