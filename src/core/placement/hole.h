#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::core::placement {

// What free room is worth, in pico-dollars per hour: about 0.033 $ a vCPU, 0.0042 $ a GiB, 0.35 $ a GPU, fitted once to
// the catalogue. The tightest hole is the one that leaves the least value unused.
inline constexpr std::int64_t kPerCpuUnit = 32'000'000;
inline constexpr std::int64_t kPerMib = 4'100'000;
inline constexpr std::int64_t kPerGpu = 350'000'000'000;
constexpr std::int64_t MoneyOf(std::int32_t cpu_units, std::int32_t memory_mib, std::int32_t gpus) {
  return cpu_units * kPerCpuUnit + memory_mib * kPerMib + gpus * kPerGpu;
}

// Free GPUs in steps; a task that needs none tries the steps from 0 up, so that free GPUs stay reachable for those that
// do.
inline constexpr std::uint8_t kGpuLevels = 5;
inline constexpr std::int16_t kGpuLevelFrom[kGpuLevels] = {0, 1, 2, 4, 8};
constexpr std::uint8_t GpuLevel(std::int16_t free_gpus) {
  std::uint8_t level = 0;
  while (level + 1 < kGpuLevels && free_gpus >= kGpuLevelFrom[level + 1]) ++level;
  return level;
}

inline constexpr std::uint32_t kNoHole = 0xffffffff;
inline constexpr std::uint32_t kNoGroup = 0xffffffff;

// Under which of a pool's orders an instance is filed.
enum class Filing : std::uint8_t { kNone, kOccupied, kEmpty, kFresh };

// An instance as it was last reported: what is filed, so that it can be taken out again whatever the table says now.
struct Hole {
  model::Serial serial = model::kNoSerial;
  std::int64_t value = 0;  // of `free`
  model::Resources free;
  std::uint32_t slot = 0;
  std::uint32_t tasks = 0;
  std::uint32_t pool = 0;
  std::uint32_t position = 0;  // among the pool's members
  std::uint32_t cell = 0;
  std::int16_t gpus = 0;  // registered
  ports::TypeOrdinal ordinal = TypeSet::kNone;
  model::CpuArchitecture architecture = model::CpuArchitecture::kX86_64;
  Filing filing = Filing::kNone;
  std::uint8_t grid = 0;
  bool dedicated = false;
  bool used = false;
  bool has_ports = false;
  // One entry per task that holds room: its group. Tens at most, so a walk beats a set.
  absl::InlinedVector<std::uint32_t, 8> groups;
};

// Room in an order: cheapest hole first, then the lowest slot.
struct Member {
  std::int64_t value = 0;
  std::uint32_t slot = 0;
  std::uint32_t hole = kNoHole;
  friend auto operator<=>(const Member&, const Member&) = default;
};

// All instances that take tasks, and the reserved ports of the few that have any.
struct Holes {
  std::vector<Hole> all;
  absl::flat_hash_map<std::uint32_t, std::vector<std::uint16_t>> ports;
};

// One question to the index.
struct Query {
  const PlacementClass& wanted;
  std::uint32_t group = kNoGroup;  // set when the class is distinct_instance and its group has tasks

  bool TakesGpus() const { return wanted.need.gpus > 0 || wanted.all_gpus; }
  // Room alone decides, in whole steps of the grid: no member has to be looked at.
  bool Plain() const {
    return group == kNoGroup && wanted.host_ports.empty() && wanted.any_type && !wanted.all_gpus &&
           wanted.need.eni_slots <= 1 && wanted.need.gpus <= 2;
  }
};

// Calls `lacks(Lack)` for all that the hole lacks for one task, but for the place in an order: room, architecture,
// type, ports, the group's own tasks. Ends when `lacks` returns false.
template <typename Visit>
inline void EachLack(const Holes& holes, std::uint32_t index, const Query& query, Visit&& lacks) {
  const Hole& hole = holes.all[index];
  const PlacementClass& wanted = query.wanted;
  if (hole.free.cpu_units < wanted.need.cpu_units && !lacks(Lack::kCpu)) return;
  if (hole.free.memory_mib < wanted.need.memory_mib && !lacks(Lack::kMemory)) return;
  const bool all_taken = wanted.all_gpus && (hole.gpus == 0 || hole.free.gpus != hole.gpus);
  if ((hole.free.gpus < wanted.need.gpus || all_taken) && !lacks(Lack::kGpu)) return;
  if (hole.free.eni_slots < wanted.need.eni_slots && !lacks(Lack::kEni)) return;
  if (wanted.architecture != model::CpuArchitecture::kUnspecified && wanted.architecture != hole.architecture &&
      !lacks(Lack::kArchitecture)) {
    return;
  }
  if (!wanted.any_type && (hole.ordinal == TypeSet::kNone || !wanted.types.Has(hole.ordinal)) &&
      !lacks(Lack::kConstraint)) {
    return;
  }
  if (query.group != kNoGroup && std::ranges::find(hole.groups, query.group) != hole.groups.end() &&
      !lacks(Lack::kDistinctInstance)) {
    return;
  }
  if (wanted.host_ports.empty() || !hole.has_ports) return;
  const auto taken = holes.ports.find(index);
  if (taken == holes.ports.end()) return;
  const bool clash = std::ranges::any_of(
      wanted.host_ports, [&](std::uint16_t port) { return std::ranges::binary_search(taken->second, port); });
  if (clash) lacks(Lack::kPort);
}

inline bool Fits(const Holes& holes, std::uint32_t index, const Query& query) {
  bool fits = true;
  EachLack(holes, index, query, [&](Lack) { return fits = false; });
  return fits;
}

}  // namespace ecsmi::core::placement
