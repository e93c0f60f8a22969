#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::core {
namespace {

using model::ContainerInstance;
using model::Serial;

// What a hole is worth in money, in pico-dollars per hour: about 0.033 $ a vCPU, 0.0042 $ a GiB, 0.35 $ a GPU, fitted
// once to the catalogue. The tightest hole is the one that leaves the least value unused.
constexpr std::int64_t kPerCpuUnit = 32'000'000;
constexpr std::int64_t kPerMib = 4'100'000;
constexpr std::int64_t kPerGpu = 350'000'000'000;
std::int64_t Value(const model::Resources& free) {
  return free.cpu_units * kPerCpuUnit + free.memory_mib * kPerMib + free.gpus * kPerGpu;
}

// An instance as it was last reported.
struct Filed {
  Serial serial = model::kNoSerial;
  std::uint32_t slot = 0;
  model::Resources free;
  std::int16_t gpus = 0;  // registered
  PlacementIndex::TypeFacts type;
  std::uint32_t tasks = 0;
  bool dedicated = false;
  bool used = false;
  std::vector<std::uint16_t> ports;
};

using PoolKey = std::pair<Serial, std::uint8_t>;  // provider, zone

}  // namespace

struct PlacementIndex::Rep {
  TypeLookup lookup;
  std::map<PoolKey, std::vector<Filed>> pools;  // by slot
  absl::flat_hash_map<Serial, PoolKey> place;
  absl::flat_hash_map<Serial, std::vector<std::uint32_t>> zone_counts;               // by group
  absl::flat_hash_map<Serial, absl::flat_hash_map<Serial, std::uint32_t>> group_on;  // group → instance → tasks

  static std::vector<Filed>::iterator At(std::vector<Filed>& pool, Serial serial) {
    return std::find_if(pool.begin(), pool.end(), [&](const Filed& filed) { return filed.serial == serial; });
  }
};

PlacementIndex::PlacementIndex(TypeLookup lookup) : rep_(std::make_unique<Rep>()) {
  rep_->lookup = std::move(lookup);
}
PlacementIndex::~PlacementIndex() = default;

void PlacementIndex::InstanceChanged(const ContainerInstance& instance) {
  const PoolKey key{instance.provider, instance.zone};
  std::vector<Filed>& pool = rep_->pools[key];
  auto at = Rep::At(pool, instance.serial);
  if (at == pool.end()) {
    Filed filed;
    filed.serial = instance.serial;
    filed.slot = instance.placement_slot;
    filed.gpus = instance.registered.gpus;
    filed.type = rep_->lookup(instance.provider, instance.type);
    at = pool.insert(std::upper_bound(pool.begin(), pool.end(), filed.slot,
                                      [](std::uint32_t slot, const Filed& other) { return slot < other.slot; }),
                     std::move(filed));
    rep_->place[instance.serial] = key;
  }
  at->free = instance.remaining;
  at->tasks = instance.tasks.count;
  at->dedicated = instance.dedicated;
  at->used = instance.used;
  at->ports = instance.used_ports;
}

void PlacementIndex::InstanceGone(const ContainerInstance& instance) {
  const auto place = rep_->place.find(instance.serial);
  if (place == rep_->place.end()) return;
  std::vector<Filed>& pool = rep_->pools[place->second];
  pool.erase(Rep::At(pool, instance.serial));
  if (pool.empty()) rep_->pools.erase(place->second);
  rep_->place.erase(place);
}

void PlacementIndex::TaskPlaced(const model::Task& task, const ContainerInstance& instance) {
  std::vector<std::uint32_t>& zones = rep_->zone_counts[task.group];
  if (zones.size() <= instance.zone) zones.resize(instance.zone + 1u);
  ++zones[instance.zone];
  ++rep_->group_on[task.group][instance.serial];
}

void PlacementIndex::TaskReleased(const model::Task& task, const ContainerInstance& instance) {
  std::vector<std::uint32_t>& zones = rep_->zone_counts[task.group];
  --zones[instance.zone];
  while (!zones.empty() && zones.back() == 0) zones.pop_back();
  if (zones.empty()) rep_->zone_counts.erase(task.group);
  auto& on = rep_->group_on[task.group];
  if (--on[instance.serial] == 0) on.erase(instance.serial);
  if (on.empty()) rep_->group_on.erase(task.group);
}

std::vector<std::uint32_t> PlacementIndex::ZoneCounts(Serial group) const {
  const auto at = rep_->zone_counts.find(group);
  return at == rep_->zone_counts.end() ? std::vector<std::uint32_t>{} : at->second;
}

Serial PlacementIndex::Find(Serial provider, const PlacementClass& wanted, Serial group) const {
  const std::vector<std::uint32_t> counts = ZoneCounts(group);
  const auto group_on = rep_->group_on.find(group);
  // Best of: fewest tasks of the group in the zone, zone, occupied first, no GPU wasted, tightest hole, lowest slot.
  using Key = std::tuple<std::uint32_t, std::uint8_t, bool, std::int16_t, std::int64_t, std::uint32_t>;
  Serial best = model::kNoSerial;
  Key best_key{};
  for (auto pool = rep_->pools.lower_bound({provider, 0}); pool != rep_->pools.end() && pool->first.first == provider;
       ++pool) {
    const std::uint8_t zone = pool->first.second;
    if (((wanted.zones >> zone) & 1) == 0) continue;
    const std::uint32_t in_zone = zone < counts.size() ? counts[zone] : 0;
    if (best != model::kNoSerial &&
        std::pair(in_zone, zone) > std::pair(std::get<0>(best_key), std::get<1>(best_key))) {
      continue;
    }
    for (const Filed& filed : pool->second) {
      if (filed.dedicated != wanted.dedicated || (wanted.dedicated && (filed.used || filed.tasks > 0))) continue;
      if (!filed.free.Contains(wanted.need)) continue;
      if (wanted.all_gpus && (filed.gpus == 0 || filed.free.gpus != filed.gpus)) continue;
      if (wanted.architecture != model::CpuArchitecture::kUnspecified &&
          wanted.architecture != filed.type.architecture) {
        continue;
      }
      if (!wanted.any_type && (filed.type.ordinal == TypeSet::kNone || !wanted.types.Has(filed.type.ordinal))) continue;
      if (wanted.distinct_instance && group_on != rep_->group_on.end() && group_on->second.contains(filed.serial))
        continue;
      std::vector<std::uint16_t> clash;
      std::set_intersection(wanted.host_ports.begin(), wanted.host_ports.end(), filed.ports.begin(), filed.ports.end(),
                            std::back_inserter(clash));
      if (!clash.empty()) continue;
      const bool takes_gpu = wanted.need.gpus > 0 || wanted.all_gpus;
      const Key key{in_zone,           zone,      filed.tasks == 0, takes_gpu ? std::int16_t{0} : filed.free.gpus,
                    Value(filed.free), filed.slot};
      if (best == model::kNoSerial || key < best_key) {
        best = filed.serial;
        best_key = key;
      }
    }
  }
  return best;
}

}  // namespace ecsmi::core
