#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/btree_set.h"
#include "core/placement/hole.h"

namespace ecsmi::core::placement {

// The CPU and memory values that part a grid's rows and columns; both rise from 0. They only decide how fast an answer
// is found, never which: inside a cell members are ordered by their exact value, and in the row and column a request
// falls into each member is tested.
struct Borders {
  std::vector<std::int32_t> cpu{0};
  std::vector<std::int32_t> memory{0};

  static std::size_t Step(const std::vector<std::int32_t>& borders, std::int32_t value) {
    return static_cast<std::size_t>(std::ranges::upper_bound(borders, value) - borders.begin()) - 1;
  }
  std::size_t Row(std::int32_t cpu_units) const { return Step(cpu, cpu_units); }
  std::size_t Column(std::int32_t memory_mib) const { return Step(memory, memory_mib); }
  std::uint32_t Cell(const model::Resources& free) const {
    return static_cast<std::uint32_t>(Row(free.cpu_units) * memory.size() + Column(free.memory_mib));
  }
};

// Values that requests were made with and that were no border yet; shared by all pools. Kept sorted.
struct SeenValues {
  static constexpr std::size_t kMax = 1024;
  std::vector<std::int32_t> cpu;
  std::vector<std::int32_t> memory;
  std::uint32_t version = 0;

  void Note(std::int32_t cpu_units, std::int32_t memory_mib);
};

// Borders for about `members` instances: the values seen, and coarse steps above the largest; as many cells as members,
// so that small pools stay small.
Borders ChooseBorders(const SeenValues& seen, std::size_t members);

// Holes of one architecture and GPU level by room. Cells are made when first used and kept.
class Grid {
 public:
  explicit Grid(const Borders& borders)
      : columns_(borders.memory.size()),
        words_((columns_ + 63) / 64),
        cells_(borders.cpu.size() * columns_),
        occupied_(borders.cpu.size() * words_) {}

  void Insert(std::uint32_t cell, const Member& member) {
    if (cells_[cell] == nullptr) cells_[cell] = std::make_unique<absl::btree_set<Member>>();
    cells_[cell]->insert(member);
    Word(cell) |= Bit(cell);
  }
  void Erase(std::uint32_t cell, const Member& member) {
    cells_[cell]->erase(member);
    if (cells_[cell]->empty()) Word(cell) &= ~Bit(cell);
  }

  // Lowers `best` to the least member that `accept(member, inside)` takes; `inside`: its cell's corner already holds
  // the request. `base`: what every member is worth beyond CPU and memory.
  template <typename Accept>
  void Lower(const Borders& borders, std::int32_t cpu, std::int32_t memory, std::int64_t base, Member& best,
             Accept&& accept) const {
    const std::size_t column_from = borders.Column(memory);
    for (std::size_t row = borders.Row(cpu); row < borders.cpu.size(); ++row) {
      const std::int32_t corner_cpu = std::max(borders.cpu[row], cpu);
      if (base + MoneyOf(corner_cpu, memory, 0) > best.value) return;  // values rise with the rows
      for (std::size_t column = Next(row, column_from); column < columns_; column = Next(row, column + 1)) {
        const std::int32_t corner_memory = std::max(borders.memory[column], memory);
        if (base + MoneyOf(corner_cpu, corner_memory, 0) > best.value) break;
        const bool inside = borders.cpu[row] >= cpu && borders.memory[column] >= memory;
        for (const Member& member : *cells_[row * columns_ + column]) {
          if (member >= best) break;
          if (!accept(member, inside)) continue;
          best = member;
          break;
        }
      }
    }
  }

 private:
  std::uint64_t& Word(std::uint32_t cell) { return occupied_[cell / columns_ * words_ + cell % columns_ / 64]; }
  std::uint64_t Bit(std::uint32_t cell) const { return std::uint64_t{1} << (cell % columns_ % 64); }
  // The first column at or after `from` with members; columns_ when there is none.
  std::size_t Next(std::size_t row, std::size_t from) const {
    if (from >= columns_) return columns_;
    std::size_t word = from / 64;
    std::uint64_t bits = occupied_[row * words_ + word] & (~std::uint64_t{0} << (from % 64));
    while (bits == 0) {
      if (++word == words_) return columns_;
      bits = occupied_[row * words_ + word];
    }
    return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
  }

  std::size_t columns_;
  std::size_t words_;
  std::vector<std::unique_ptr<absl::btree_set<Member>>> cells_;
  std::vector<std::uint64_t> occupied_;  // per row, a bit per column
};

}  // namespace ecsmi::core::placement
