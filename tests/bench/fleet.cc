#include "bench/fleet.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "bench/report.h"

namespace ecsmi::bench {
namespace {

constexpr std::size_t kDefinitions = 200;
constexpr std::size_t kGpuDefinitions = 4;  // the last of them
constexpr std::size_t kGroupTasks = 500;
constexpr std::size_t kPlainTypes = 45;

const ports::PricedType* Offered(const ports::RegionCatalog& region, const std::string& name) {
  const auto at = std::ranges::find_if(region.types, [&](const auto& type) { return type.type->name == name; });
  Require(at != region.types.end(), absl::StrCat("type ", name, " is offered"));
  return &*at;
}

}  // namespace

FleetShape::FleetShape(std::size_t task_count, const ports::RegionCatalog& region, Draws& draws)
    : tasks(task_count), instances(task_count / 10) {
  for (const char* family : {"m7i", "m7g", "m7a", "c7i", "c7g", "c7a", "r7i", "r7g", "r7a"}) {
    for (const char* size : {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge"}) {
      types.push_back(Offered(region, absl::StrCat(family, ".", size)));
    }
  }
  for (const char* name : {"g4dn.12xlarge", "g5.12xlarge", "g6.12xlarge", "g4dn.xlarge", "g5.xlarge"}) {
    types.push_back(Offered(region, name));
  }
  for (std::size_t i = 0; i < kDefinitions; ++i) {
    core::PlacementClass wanted;
    constexpr int kSizes[] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4};
    const int cpu = (256 << kSizes[draws.Below(20)]) * 8 / 10;
    wanted.need.cpu_units = cpu;
    wanted.need.memory_mib = static_cast<std::int32_t>(static_cast<std::uint64_t>(cpu) * (7 + draws.Below(80)) / 10);
    wanted.need.eni_slots = 1;
    const std::uint64_t architecture = draws.Below(10);
    if (architecture < 9) {
      wanted.architecture = architecture < 6 ? model::CpuArchitecture::kX86_64 : model::CpuArchitecture::kArm64;
    }
    if (i >= kDefinitions - kGpuDefinitions) {
      wanted.need.gpus = 1;
      wanted.architecture = model::CpuArchitecture::kX86_64;
    }
    definitions.push_back(std::move(wanted));
  }
  // Per hundred groups: 9 distinctInstance, 1 dedicated, 2 with a GPU.
  const std::size_t count = std::max<std::size_t>(100, task_count / kGroupTasks);
  for (std::size_t i = 0; i < count; ++i) {
    Group group;
    group.distinct = i % 100 >= 1 && i % 100 < 10;
    group.dedicated = i % 100 == 0;
    group.definition =
        i % 100 >= 98 ? kDefinitions - 1 - draws.Below(kGpuDefinitions) : draws.Below(kDefinitions - kGpuDefinitions);
    groups.push_back(group);
  }
}

const ports::PricedType& FleetShape::TypeOf(std::size_t i) const {
  if (i % 10 == 8) return *types[kPlainTypes + i / 10 % (types.size() - kPlainTypes)];
  return *types[(i * 7 + i / 10) % kPlainTypes];
}

core::PlacementClass FleetShape::ClassOf(const Group& group) const {
  core::PlacementClass wanted = definitions[group.definition];
  wanted.distinct_instance = group.distinct;
  wanted.dedicated = group.dedicated;
  return wanted;
}

}  // namespace ecsmi::bench
