#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "core/placement/grid.h"
#include "core/placement/hole.h"

namespace ecsmi::core::placement {

// The instances of one provider in one zone, in three orders: those that hold tasks by the money their room is worth,
// the empty ones by the price of their type, and the never used dedicated ones likewise.
class Pool {
 public:
  // Up to here a walk over all members costs no more than the grid does.
  static constexpr std::size_t kScanMax = 128;

  explicit Pool(std::uint8_t zone) : zone_(zone) {}
  std::uint8_t zone() const { return zone_; }
  bool Empty() const { return members_.empty(); }
  // In no particular order.
  const std::vector<std::uint32_t>& members() const { return members_; }

  void Add(Holes& holes, const SeenValues& seen, std::uint32_t hole);
  void Remove(Holes& holes, const SeenValues& seen, std::uint32_t hole);
  // Puts a member into the order that its values ask for; Unfile takes it out again. Values change only in between.
  void File(Holes& holes, std::uint32_t hole);
  void Unfile(Holes& holes, std::uint32_t hole);

  // The member that takes one task of the class; kNoHole when none has room.
  std::uint32_t Find(Holes& holes, SeenValues& seen, const Query& query);

 private:
  // Empty instances of one kind are alike but for the slot. By: has GPUs, type in price order, value, room.
  struct Kind {
    bool gpus = false;
    ports::TypeOrdinal ordinal = 0;
    std::int64_t value = 0;
    model::CpuArchitecture architecture = model::CpuArchitecture::kX86_64;
    model::Resources room;
    auto Key() const {
      return std::tuple(gpus, ordinal, value, architecture, room.cpu_units, room.memory_mib, room.gpus, room.eni_slots);
    }
    friend bool operator<(const Kind& a, const Kind& b) { return a.Key() < b.Key(); }
  };
  using Kinds = absl::btree_map<Kind, absl::btree_set<std::pair<std::uint32_t, std::uint32_t>>>;  // slot, hole

  static constexpr std::size_t kArchitectures = 3;
  static constexpr std::size_t kGrids = kArchitectures * 2 * kGpuLevels;
  static std::uint8_t GridOf(model::CpuArchitecture architecture, bool eni, std::uint8_t level) {
    return static_cast<std::uint8_t>((static_cast<std::size_t>(architecture) * 2 + (eni ? 1 : 0)) * kGpuLevels + level);
  }
  static Kind KindOf(const Hole& hole);
  static std::uint32_t FirstOf(const Kinds& kinds, const Holes& holes, const Query& query);

  std::uint32_t FindOccupied(Holes& holes, SeenValues& seen, const Query& query);
  void InsertIntoGrid(Holes& holes, std::uint32_t hole);
  // Makes or drops the grids when the number of members has left the range they were made for.
  void Resize(Holes& holes, const SeenValues& seen);
  void Rebuild(Holes& holes, const SeenValues& seen);

  std::uint8_t zone_;
  std::vector<std::uint32_t> members_;
  Kinds empty_;
  Kinds fresh_;
  // Only beyond kScanMax members.
  std::unique_ptr<std::array<std::unique_ptr<Grid>, kGrids>> grids_;
  Borders borders_;
  std::size_t built_for_ = 0;
  std::uint32_t built_version_ = 0;
  std::size_t wasted_ = 0;  // members tested in vain since the borders were chosen
};

}  // namespace ecsmi::core::placement
