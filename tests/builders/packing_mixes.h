#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "builders/world_fixture.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/core/placement.h"
#include "ecsmi/core/requirements.h"
#include "ecsmi/core/usable_resources.h"

namespace ecsmi::testing {

// A planning problem made by seed.
struct PackingMix {
  std::string name;
  std::vector<core::WaitingClass> waiting;
  std::vector<core::LaunchableType> types;  // in price order, ordinals by place
  std::uint64_t zones = 1;
  model::NanoUsdPerHour planted = 0;  // price of a fleet known to be the cheapest; 0 = none is known
};

// Every shape that a mix can have; the last uses the built-in catalogue.
inline constexpr const char* kPackingShapes[] = {
    "balanced",          "cpu_heavy",     "memory_heavy", "complementary", "gpu",   "exclusive",   "eni_bound",
    "two_architectures", "awkward_sizes", "many_classes", "reserve",       "apart", "three_zones", "catalogue"};

class PackingMixer {
 public:
  PackingMixer(std::string shape, std::uint64_t seed) : shape_(std::move(shape)), key_{seed, 0x6d6978} {}

  PackingMix Make(std::int32_t tasks) {
    PackingMix mix;
    mix.name = shape_;
    mix.types = Is("catalogue") ? CatalogueTypes() : FamilyTypes();
    if (Is("three_zones")) mix.zones = 0b111;
    const std::int32_t classes = std::min(tasks, Is("many_classes") ? 60 : Is("awkward_sizes") ? 20 : Between(6, 14));
    std::vector<std::int64_t> weights;
    std::int64_t sum = 0;
    for (std::int32_t i = 0; i < classes; ++i) {
      weights.push_back(Between(1, 10));
      sum += weights.back();
    }
    std::int32_t left = tasks;
    for (std::int32_t i = 0; i < classes; ++i) {
      core::WaitingClass waiting;
      waiting.wanted = AClass();
      waiting.group = static_cast<model::Serial>(i + 1);
      const auto share = static_cast<std::int32_t>(tasks * weights[static_cast<std::size_t>(i)] / sum);
      waiting.count = i + 1 == classes ? left : std::clamp(share, 1, left - (classes - 1 - i));
      waiting.group_desired = waiting.count;
      left -= waiting.count;
      mix.waiting.push_back(std::move(waiting));
    }
    return mix;
  }

  // Whole instances of types with linear prices, cut into tasks: nothing can be cheaper than they are.
  static PackingMix Planted(std::uint64_t seed, std::int64_t tasks, std::int32_t families, std::int32_t cuttings) {
    PackingMixer mixer("planted", seed);
    PackingMix mix;
    mix.name = "planted";
    for (std::int32_t family = 0; family < families; ++family) {
      for (const std::int32_t size : {1, 2, 4, 8, 16}) {
        core::LaunchableType type;
        type.vcpus = 2 * size;
        type.usable = Room(2048 * size, (4096 << family) * size, 0, 30 * size);
        // Money per vCPU and per GiB is the same for all, and an instance is worth exactly what it holds.
        type.price = (std::int64_t{20'000'000} * type.vcpus) + (std::int64_t{4'000} * type.usable.memory_mib);
        type.zones = 1;
        mix.types.push_back(type);
      }
    }
    Number(mix.types);
    std::vector<core::WaitingClass> pieces;
    std::vector<std::vector<std::size_t>> of_cutting;
    std::vector<model::NanoUsdPerHour> prices;
    std::int64_t in_all = 0;
    for (std::int32_t c = 0; c < cuttings; ++c) {
      const core::LaunchableType& whole =
          mix.types[static_cast<std::size_t>(mixer.Between(0, static_cast<std::int32_t>(mix.types.size()) - 1))];
      const std::int32_t parts = mixer.Between(3, 8);
      model::Resources left = whole.usable;
      of_cutting.emplace_back();
      for (std::int32_t p = 0; p < parts; ++p) {
        core::WaitingClass piece;
        piece.wanted.need = left;
        if (p + 1 < parts) {
          const std::int32_t rest = parts - p;
          piece.wanted.need.cpu_units = std::max(64, left.cpu_units / rest * mixer.Between(50, 140) / 100 / 64 * 64);
          piece.wanted.need.memory_mib = std::max(64, left.memory_mib / rest * mixer.Between(50, 140) / 100 / 64 * 64);
        }
        piece.wanted.need.eni_slots = 1;
        left -= piece.wanted.need;
        of_cutting.back().push_back(pieces.size());
        piece.group = static_cast<model::Serial>(pieces.size() + 1);
        pieces.push_back(piece);
      }
      prices.push_back(whole.price);
      in_all += parts;
    }
    for (std::size_t c = 0; c < of_cutting.size(); ++c) {
      const auto times = std::max<std::int64_t>(1, tasks * mixer.Between(50, 150) / 100 / in_all);
      mix.planted += prices[c] * times;
      for (const std::size_t piece : of_cutting[c]) pieces[piece].count = static_cast<std::int32_t>(times);
    }
    for (core::WaitingClass& piece : pieces) piece.group_desired = piece.count;
    mix.waiting = std::move(pieces);
    return mix;
  }

  std::int32_t Between(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(
                     base::Reduce(base::KeyedHash64(key_, {++draws_}), static_cast<std::uint64_t>(high - low) + 1));
  }

 private:
  bool Is(const char* shape) const { return shape_ == shape; }
  std::int32_t Pick(std::initializer_list<std::int32_t> values) {
    return *(values.begin() + Between(0, static_cast<std::int32_t>(values.size()) - 1));
  }
  static model::Resources Room(std::int32_t cpu, std::int32_t memory, std::int32_t gpus, std::int32_t slots) {
    return {cpu, memory, static_cast<std::int16_t>(gpus), static_cast<std::int16_t>(slots)};
  }
  static void Number(std::vector<core::LaunchableType>& types) {
    std::ranges::stable_sort(types, {}, &core::LaunchableType::price);
    for (std::size_t i = 0; i < types.size(); ++i) types[i].ordinal = static_cast<ports::TypeOrdinal>(i);
  }

  // Compute, general and memory families in six sizes, prices nearly in proportion; GPU hosts and a second
  // architecture where the shape has them.
  std::vector<core::LaunchableType> FamilyTypes() {
    std::vector<core::LaunchableType> types;
    const std::int32_t architectures = Is("two_architectures") ? 2 : 1;
    for (std::int32_t a = 0; a < architectures; ++a) {
      for (const std::int32_t gib_per_vcpu : {2, 4, 8}) {
        for (const std::int32_t vcpus : {2, 4, 8, 16, 32, 48}) {
          core::LaunchableType type;
          const std::int32_t nominal = vcpus * gib_per_vcpu * 1024;
          const std::int32_t memory = Is("reserve") ? nominal - 700 - nominal / 20 : nominal * 97 / 100 - 128;
          type.usable = Room(1024 * vcpus, memory, 0, Is("eni_bound") ? 2 + vcpus / 2 : 10 + 4 * vcpus);
          type.architecture = a == 0 ? model::CpuArchitecture::kX86_64 : model::CpuArchitecture::kArm64;
          type.price = (std::int64_t{25'000'000} * vcpus + std::int64_t{5'600'000} * vcpus * gib_per_vcpu) *
                       (a == 0 ? 100 : 82) / 100 * Between(98, 103) / 100;
          type.vcpus = vcpus;
          type.zones = 0b111;
          types.push_back(type);
        }
      }
    }
    if (Is("gpu")) {
      for (const auto& [vcpus, gpus] : {std::pair{4, 1}, {8, 1}, {16, 1}, {48, 4}, {96, 8}}) {
        core::LaunchableType type;
        type.usable = Room(1024 * vcpus, vcpus * 4 * 1024 * 97 / 100 - 128, gpus, 10 + 2 * vcpus);
        type.architecture = model::CpuArchitecture::kX86_64;
        type.price = std::int64_t{47'000'000} * vcpus + std::int64_t{450'000'000} * gpus;
        type.vcpus = vcpus;
        type.zones = 0b111;
        types.push_back(type);
      }
    }
    Number(types);
    return types;
  }

  // All that managed instances launch in us-east-1.
  static std::vector<core::LaunchableType> CatalogueTypes() {
    static const std::vector<core::LaunchableType> types = [] {
      std::vector<core::LaunchableType> made;
      const ports::RegionCatalog& region = **TestCatalog().Region("us-east-1", false);
      const core::RequirementsIndex index(region);
      model::InstanceRequirements any;
      any.vcpu_count.min = 1;
      any.memory_mib.min = 1;
      const core::TypeSet allowed = index.Match(&any, {}).types;
      for (ports::TypeOrdinal at = 0; at < region.types.size(); ++at) {
        if (!allowed.Has(at)) continue;
        core::LaunchableType type;
        type.usable = core::UsableResources(*region.types[at].type);
        type.architecture = region.types[at].type->architecture;
        type.price = region.types[at].on_demand + region.types[at].on_demand * 12 / 100;
        type.vcpus = region.types[at].type->vcpus;
        type.zones = 1;
        made.push_back(type);
      }
      Number(made);
      return made;
    }();
    return types;
  }

  core::PlacementClass AClass() {
    core::PlacementClass wanted;
    std::int32_t cpu = Pick({256, 512, 1024, 2048, 4096});
    std::int32_t per_vcpu = Pick({2048, 4096, 8192});
    if (Is("cpu_heavy")) per_vcpu = Pick({1024, 2048});
    if (Is("memory_heavy")) per_vcpu = Pick({8192, 12288, 16384});
    if (Is("complementary")) per_vcpu = Pick({1024, 14336});
    if (Is("eni_bound")) {
      cpu = Pick({128, 256, 512});
      per_vcpu = 2048;
    }
    std::int32_t memory = static_cast<std::int32_t>(std::int64_t{cpu} * per_vcpu / 1024);
    if (Is("awkward_sizes") || Is("many_classes")) {
      cpu = Between(100, 5000);
      memory = Between(200, 20'000);
    }
    wanted.need = Room(cpu, memory, 0, 1);
    if (Is("gpu")) {
      const std::int32_t draw = Between(0, 9);
      if (draw < 3) wanted.need.gpus = static_cast<std::int16_t>(draw < 2 ? 1 : 2);
    }
    if (Is("exclusive")) wanted.dedicated = Between(0, 3) == 0;
    if (Is("apart")) {
      const std::int32_t draw = Between(0, 9);
      wanted.distinct_instance = draw < 2;
      if (draw == 3) wanted.host_ports = {8080};
    }
    if (Is("two_architectures")) {
      wanted.architecture = static_cast<model::CpuArchitecture>(Pick({0, 1, 2}));
    }
    return wanted;
  }

  std::string shape_;
  base::Key128 key_;
  std::uint64_t draws_ = 0;
};

}  // namespace ecsmi::testing
