#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "core/placement/pool.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::core {

using model::ContainerInstance;
using model::Serial;
using placement::Hole;

namespace {

constexpr std::uint32_t kBesideMax = std::numeric_limits<std::uint16_t>::max();

model::PlacementCause CauseOf(placement::Filing filing) {
  switch (filing) {
    case placement::Filing::kOccupied:
      return model::PlacementCause::kOccupiedInstance;
    case placement::Filing::kEmpty:
      return model::PlacementCause::kEmptyInstance;
    case placement::Filing::kFresh:
      return model::PlacementCause::kFreshInstance;
    case placement::Filing::kNone:
      break;
  }
  return model::PlacementCause::kNone;
}

}  // namespace

struct PlacementIndex::Rep {
  // A group that holds room somewhere. Numbers are reused once a group holds none.
  struct Group {
    absl::InlinedVector<std::uint32_t, 6> by_zone;
    std::uint32_t tasks = 0;
  };

  TypeLookup lookup;
  absl::flat_hash_map<std::pair<Serial, std::string>, TypeFacts> facts;
  placement::Holes holes;
  placement::SeenValues seen;
  std::vector<placement::Pool> pools;
  std::vector<std::uint32_t> free_holes;
  std::vector<std::uint32_t> free_pools;
  absl::flat_hash_map<Serial, std::uint32_t> hole_of;                           // by instance
  absl::flat_hash_map<Serial, absl::InlinedVector<std::uint32_t, 3>> pools_of;  // by provider; by zone
  absl::flat_hash_map<Serial, std::uint32_t> group_of;
  std::vector<Group> groups;
  std::vector<std::uint32_t> free_groups;

  std::uint32_t PoolFor(Serial provider, std::uint8_t zone) {
    auto& mine = pools_of[provider];
    const auto at = std::ranges::lower_bound(mine, zone, {}, [&](std::uint32_t pool) { return pools[pool].zone(); });
    if (at != mine.end() && pools[*at].zone() == zone) return *at;
    std::uint32_t pool = static_cast<std::uint32_t>(pools.size());
    if (free_pools.empty()) {
      pools.emplace_back(zone);
    } else {
      pool = free_pools.back();
      free_pools.pop_back();
      pools[pool] = placement::Pool(zone);
    }
    mine.insert(at, pool);
    return pool;
  }

  std::uint32_t Add(const ContainerInstance& instance) {
    std::uint32_t index = static_cast<std::uint32_t>(holes.all.size());
    if (free_holes.empty()) {
      holes.all.emplace_back();
    } else {
      index = free_holes.back();
      free_holes.pop_back();
    }
    const auto known = facts.try_emplace({instance.provider, instance.type});
    if (known.second) known.first->second = lookup(instance.provider, instance.type);
    Hole& hole = holes.all[index];
    hole.serial = instance.serial;
    hole.slot = instance.placement_slot;
    hole.gpus = instance.registered.gpus;
    hole.ordinal = known.first->second.ordinal;
    hole.architecture = known.first->second.architecture;
    hole.dedicated = instance.dedicated;
    hole.pool = PoolFor(instance.provider, instance.zone);
    pools[hole.pool].Add(holes, seen, index);
    return index;
  }

  // What the query's class asks of a group already there.
  placement::Query QueryOf(const PlacementClass& wanted, Serial group) const {
    const auto known = wanted.distinct_instance ? group_of.find(group) : group_of.end();
    return {wanted, known != group_of.end() ? known->second : placement::kNoGroup};
  }

  std::uint32_t* GroupsHole(const ContainerInstance& instance) {
    const auto at = hole_of.find(instance.serial);
    return at == hole_of.end() ? nullptr : &at->second;
  }
};

PlacementIndex::PlacementIndex(TypeLookup lookup) : rep_(std::make_unique<Rep>()) {
  rep_->lookup = std::move(lookup);
}
PlacementIndex::~PlacementIndex() = default;

void PlacementIndex::InstanceChanged(const ContainerInstance& instance) {
  if (!instance.AcceptsTasks()) return InstanceGone(instance);
  const auto [at, added] = rep_->hole_of.try_emplace(instance.serial, 0);
  if (added) at->second = rep_->Add(instance);
  const std::uint32_t index = at->second;
  Hole& hole = rep_->holes.all[index];
  const bool has_ports = !instance.used_ports.empty();
  if (!added && hole.free == instance.remaining && hole.tasks == instance.tasks.count && hole.used == instance.used &&
      !has_ports && !hole.has_ports) {
    return;  // a change of stage or of dates
  }
  placement::Pool& pool = rep_->pools[hole.pool];
  pool.Unfile(rep_->holes, index);
  hole.free = instance.remaining;
  hole.tasks = instance.tasks.count;
  hole.used = instance.used;
  if (has_ports) {
    rep_->holes.ports[index] = instance.used_ports;
  } else if (hole.has_ports) {
    rep_->holes.ports.erase(index);
  }
  hole.has_ports = has_ports;
  pool.File(rep_->holes, index);
}

void PlacementIndex::InstanceGone(const ContainerInstance& instance) {
  const auto at = rep_->hole_of.find(instance.serial);
  if (at == rep_->hole_of.end()) return;
  const std::uint32_t index = at->second;
  rep_->hole_of.erase(at);
  Hole& hole = rep_->holes.all[index];
  const std::uint32_t pool = hole.pool;
  rep_->pools[pool].Unfile(rep_->holes, index);
  rep_->pools[pool].Remove(rep_->holes, rep_->seen, index);
  if (hole.has_ports) rep_->holes.ports.erase(index);
  hole.has_ports = false;
  hole.groups.clear();
  hole.groups.shrink_to_fit();
  rep_->free_holes.push_back(index);
  if (!rep_->pools[pool].Empty()) return;
  const auto mine = rep_->pools_of.find(instance.provider);
  mine->second.erase(std::ranges::find(mine->second, pool));
  if (mine->second.empty()) rep_->pools_of.erase(mine);
  rep_->free_pools.push_back(pool);
}

void PlacementIndex::TaskPlaced(const model::Task& task, const ContainerInstance& instance) {
  const auto [at, added] = rep_->group_of.try_emplace(task.group, 0);
  if (added) {
    if (rep_->free_groups.empty()) {
      at->second = static_cast<std::uint32_t>(rep_->groups.size());
      rep_->groups.emplace_back();
    } else {
      at->second = rep_->free_groups.back();
      rep_->free_groups.pop_back();
    }
  }
  Rep::Group& group = rep_->groups[at->second];
  if (group.by_zone.size() <= instance.zone) group.by_zone.resize(instance.zone + 1u);
  ++group.by_zone[instance.zone];
  ++group.tasks;
  // A draining instance is not filed: its tasks count for their zone only.
  if (const std::uint32_t* hole = rep_->GroupsHole(instance)) rep_->holes.all[*hole].groups.push_back(at->second);
}

void PlacementIndex::TaskReleased(const model::Task& task, const ContainerInstance& instance) {
  const auto at = rep_->group_of.find(task.group);
  Rep::Group& group = rep_->groups[at->second];
  --group.by_zone[instance.zone];
  if (const std::uint32_t* hole = rep_->GroupsHole(instance)) {
    auto& on = rep_->holes.all[*hole].groups;
    const auto one = std::ranges::find(on, at->second);
    *one = on.back();
    on.pop_back();
  }
  if (--group.tasks > 0) return;
  group.by_zone.clear();
  rep_->free_groups.push_back(at->second);
  rep_->group_of.erase(at);
}

std::vector<std::uint32_t> PlacementIndex::ZoneCounts(Serial group) const {
  const auto at = rep_->group_of.find(group);
  if (at == rep_->group_of.end()) return {};
  const auto& by_zone = rep_->groups[at->second].by_zone;
  std::vector<std::uint32_t> counts(by_zone.begin(), by_zone.end());
  while (!counts.empty() && counts.back() == 0) counts.pop_back();
  return counts;
}

PlacementChoice PlacementIndex::Choose(Serial provider, const PlacementClass& wanted, Serial group) const {
  const auto mine = rep_->pools_of.find(provider);
  if (mine == rep_->pools_of.end()) return {};
  const auto known = rep_->group_of.find(group);
  const Rep::Group* spread = known == rep_->group_of.end() ? nullptr : &rep_->groups[known->second];
  absl::InlinedVector<std::pair<std::uint32_t, std::uint32_t>, 6> order;  // tasks of the group there, pool
  for (std::uint32_t pool : mine->second) {                               // by zone
    const std::uint8_t zone = rep_->pools[pool].zone();
    if (((wanted.zones >> zone) & 1) == 0) continue;
    order.emplace_back(spread != nullptr && zone < spread->by_zone.size() ? spread->by_zone[zone] : 0, pool);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const placement::Query query = rep_->QueryOf(wanted, group);
  std::uint8_t zones_passed = 0;
  for (const auto& [tasks, pool] : order) {
    const std::uint32_t index = rep_->pools[pool].Find(rep_->holes, rep_->seen, query);
    if (index == placement::kNoHole) {
      ++zones_passed;
      continue;
    }
    const Hole& hole = rep_->holes.all[index];
    return {hole.serial, CauseOf(hole.filing), static_cast<std::uint16_t>(std::min(tasks, kBesideMax)), zones_passed};
  }
  return {};
}

std::vector<Miss> PlacementIndex::Misses(Serial provider, const PlacementClass& wanted, Serial group,
                                         std::size_t count_max) const {
  const auto mine = rep_->pools_of.find(provider);
  if (mine == rep_->pools_of.end()) return {};
  const placement::Query query = rep_->QueryOf(wanted, group);
  using Ranked = std::tuple<int, std::uint32_t, Miss>;  // how much it lacks, slot
  const auto nearer = [](const Ranked& a, const Ranked& b) {
    return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
  };
  std::vector<Ranked> nearest;
  for (const std::uint32_t pool : mine->second) {
    const bool elsewhere = ((wanted.zones >> rep_->pools[pool].zone()) & 1) == 0;
    for (const std::uint32_t index : rep_->pools[pool].members()) {
      const Hole& hole = rep_->holes.all[index];
      Lacks lacks = elsewhere ? BitOf(Lack::kZone) : Lacks{0};
      if (wanted.dedicated ? hole.filing != placement::Filing::kFresh : hole.dedicated)
        lacks |= BitOf(Lack::kDedicated);
      placement::EachLack(rep_->holes, index, query, [&](Lack lack) {
        lacks |= BitOf(lack);
        return true;
      });
      if (lacks == 0) continue;
      nearest.emplace_back(std::popcount(lacks), hole.slot, Miss{hole.serial, lacks});
      std::push_heap(nearest.begin(), nearest.end(), nearer);
      if (nearest.size() <= count_max) continue;
      std::pop_heap(nearest.begin(), nearest.end(), nearer);
      nearest.pop_back();
    }
  }
  std::sort_heap(nearest.begin(), nearest.end(), nearer);
  std::vector<Miss> misses;
  misses.reserve(nearest.size());
  for (const Ranked& one : nearest) misses.push_back(std::get<2>(one));
  return misses;
}

}  // namespace ecsmi::core
