#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "control/simulation.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::bench {

// Draws of a seeded benchmark: a counter hashed, so that a run repeats.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : key_{seed, 0x62656e6368ULL} {}
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64(key_, {++count_}), bound); }

 private:
  base::Key128 key_;
  std::uint64_t count_ = 0;
};

// The fleet that placement is measured on: fifty types in three zones, a tenth of the instances GPU hosts, one in a
// hundred tasks dedicated (each such task has an instance of its own).
struct FleetShape {
  std::size_t tasks = 0;
  std::size_t instances = 0;  // a tenth of the tasks
  std::vector<const ports::PricedType*> types;
  std::vector<core::PlacementClass> definitions;  // 200
  struct Group {
    std::size_t definition = 0;
    bool distinct = false;
    bool dedicated = false;
  };
  std::vector<Group> groups;  // 500 tasks each at full size

  FleetShape(std::size_t task_count, const ports::RegionCatalog& region, Draws& draws);
  // Instance i: its type, and whether it is kept for one dedicated task.
  const ports::PricedType& TypeOf(std::size_t i) const;
  bool IsDedicated(std::size_t i) const { return i % 10 == 9; }
  core::PlacementClass ClassOf(const Group& group) const;
};

}  // namespace ecsmi::bench
