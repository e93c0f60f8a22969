#include "core/placement/pool.h"

#include <limits>

namespace ecsmi::core::placement {
namespace {

constexpr Member kNone{std::numeric_limits<std::int64_t>::max(), 0xffffffff, kNoHole};

}  // namespace

void Pool::Add(Holes& holes, const SeenValues& seen, std::uint32_t hole) {
  holes.all[hole].position = static_cast<std::uint32_t>(members_.size());
  members_.push_back(hole);
  Resize(holes, seen);
}

void Pool::Remove(Holes& holes, const SeenValues& seen, std::uint32_t hole) {
  const std::uint32_t position = holes.all[hole].position;
  members_[position] = members_.back();
  holes.all[members_[position]].position = position;
  members_.pop_back();
  Resize(holes, seen);
}

Pool::Kind Pool::KindOf(const Hole& hole) {
  return {hole.gpus > 0, hole.ordinal, hole.value, hole.architecture, hole.free};
}

void Pool::File(Holes& holes, std::uint32_t index) {
  Hole& hole = holes.all[index];
  hole.value = MoneyOf(hole.free.cpu_units, hole.free.memory_mib, hole.free.gpus);
  if (hole.dedicated) {
    if (hole.tasks > 0 || hole.used) return;
    fresh_[KindOf(hole)].emplace(hole.slot, index);
    hole.filing = Filing::kFresh;
  } else if (hole.tasks == 0) {
    empty_[KindOf(hole)].emplace(hole.slot, index);
    hole.filing = Filing::kEmpty;
  } else {
    hole.filing = Filing::kOccupied;
    if (grids_ != nullptr) InsertIntoGrid(holes, index);
  }
}

void Pool::Unfile(Holes& holes, std::uint32_t index) {
  Hole& hole = holes.all[index];
  if (hole.filing == Filing::kOccupied) {
    if (grids_ != nullptr) (*grids_)[hole.grid]->Erase(hole.cell, {hole.value, hole.slot, index});
  } else if (hole.filing != Filing::kNone) {
    Kinds& kinds = hole.filing == Filing::kFresh ? fresh_ : empty_;
    const auto kind = kinds.find(KindOf(hole));
    kind->second.erase({hole.slot, index});
    if (kind->second.empty()) kinds.erase(kind);
  }
  hole.filing = Filing::kNone;
}

void Pool::InsertIntoGrid(Holes& holes, std::uint32_t index) {
  Hole& hole = holes.all[index];
  hole.grid = GridOf(hole.architecture, hole.free.eni_slots > 0, GpuLevel(hole.free.gpus));
  hole.cell = borders_.Cell(hole.free);
  std::unique_ptr<Grid>& grid = (*grids_)[hole.grid];
  if (grid == nullptr) grid = std::make_unique<Grid>(borders_);
  grid->Insert(hole.cell, {hole.value, hole.slot, index});
}

void Pool::Resize(Holes& holes, const SeenValues& seen) {
  const std::size_t size = members_.size();
  if (grids_ == nullptr ? size > kScanMax : size > 2 * built_for_ || 4 * size < built_for_) Rebuild(holes, seen);
}

void Pool::Rebuild(Holes& holes, const SeenValues& seen) {
  grids_ = nullptr;
  wasted_ = 0;
  built_for_ = members_.size();
  built_version_ = seen.version;
  if (members_.size() <= kScanMax) return;
  grids_ = std::make_unique<std::array<std::unique_ptr<Grid>, kGrids>>();
  borders_ = ChooseBorders(seen, members_.size());
  for (std::uint32_t member : members_) {
    if (holes.all[member].filing == Filing::kOccupied) InsertIntoGrid(holes, member);
  }
}

std::uint32_t Pool::FirstOf(const Kinds& kinds, const Holes& holes, const Query& query) {
  for (const auto& [kind, members] : kinds) {
    const std::uint32_t first = members.begin()->second;
    if (kind.room.Contains(query.wanted.need) && Fits(holes, first, query)) return first;
  }
  return kNoHole;
}

std::uint32_t Pool::Find(Holes& holes, SeenValues& seen, const Query& query) {
  if (query.wanted.dedicated) return FirstOf(fresh_, holes, query);
  const std::uint32_t occupied = FindOccupied(holes, seen, query);
  return occupied != kNoHole ? occupied : FirstOf(empty_, holes, query);
}

std::uint32_t Pool::FindOccupied(Holes& holes, SeenValues& seen, const Query& query) {
  const model::Resources& need = query.wanted.need;
  if (grids_ == nullptr) {
    std::uint8_t best_level = kGpuLevels;
    Member best = kNone;
    for (std::uint32_t index : members_) {
      const Hole& hole = holes.all[index];
      if (hole.filing != Filing::kOccupied || !Fits(holes, index, query)) continue;
      const std::uint8_t level = GpuLevel(hole.free.gpus);
      const Member member{hole.value, hole.slot, index};
      if (level > best_level || (level == best_level && member >= best)) continue;
      best_level = level;
      best = member;
    }
    return best.hole;
  }
  if (wasted_ > members_.size() && seen.version != built_version_) Rebuild(holes, seen);
  const bool plain = query.Plain();
  const auto accept = [&](const Member& member, bool inside) {
    if (plain && inside) return true;
    if (Fits(holes, member.hole, query)) return true;
    wasted_ += inside ? 0 : 1;
    return false;
  };
  const std::size_t wasted_before = wasted_;
  Member best = kNone;
  const std::uint8_t level_from = std::max(GpuLevel(need.gpus), GpuLevel(query.wanted.all_gpus ? 1 : 0));
  for (std::uint8_t level = level_from; level < kGpuLevels && best.hole == kNoHole; ++level) {
    for (std::size_t architecture = 0; architecture < kArchitectures; ++architecture) {
      const auto as = static_cast<model::CpuArchitecture>(architecture);
      if (query.wanted.architecture != model::CpuArchitecture::kUnspecified && query.wanted.architecture != as) {
        continue;
      }
      for (const bool eni : {true, false}) {
        const std::unique_ptr<Grid>& grid = (*grids_)[GridOf(as, eni, level)];
        if ((!eni && need.eni_slots > 0) || grid == nullptr) continue;
        grid->Lower(borders_, need.cpu_units, need.memory_mib, kGpuLevelFrom[level] * kPerGpu, best, accept);
      }
    }
  }
  if (wasted_ != wasted_before) seen.Note(need.cpu_units, need.memory_mib);
  return best.hole;
}

}  // namespace ecsmi::core::placement
