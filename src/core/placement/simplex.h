#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/placement/column_pool.h"
#include "core/placement/work.h"

namespace ecsmi::core::placement {

// The configuration linear program over the columns found so far: how often to buy each pattern, in fractions, so that
// every kind is covered at the least price. A primal simplex with an explicit inverse, started from the unit columns.
// IEEE doubles in a fixed order, no contraction, no library functions: the same on every machine. What comes of it is
// checked in integers by those who use it.
class CoveringProgram {
 public:
  // `demand`: per kind; a kind without any has no row. Both references outlive the program; columns may be added.
  CoveringProgram(const BinProblem& problem, const ColumnPool& pool, std::span<const std::int32_t> demand);

  // Pivots until no column of the pool helps, or the work is spent.
  void Optimise(Work& work);

  double price() const;                                        // of the present solution, in the problem's money
  std::vector<double> Duals() const;                           // per kind, what one more task of it would cost
  std::vector<std::pair<std::size_t, double>> Bought() const;  // columns with how often, by column
  double RatioOf(std::size_t column) const;                    // value of its tasks by the present duals over its price

 private:
  static constexpr std::size_t kSurplus = std::size_t{1} << 62;  // + row: more of its kind than asked for
  struct Entry {
    std::uint32_t row;
    double count;
  };
  void Take(std::size_t column);
  std::span<const Entry> Entries(std::size_t column) const {
    return std::span(entries_).subspan(begins_[column], begins_[column + 1] - begins_[column]);
  }
  void FindCandidates(Work& work);
  std::size_t BestCandidate(std::size_t none, Work& work) const;
  bool Pivot(std::size_t in, Work& work);

  const BinProblem& problem_;
  const ColumnPool& pool_;
  std::vector<std::uint32_t> kinds_;   // per row
  std::vector<std::uint32_t> row_of_;  // per kind
  std::vector<double> demand_;         // per row
  std::vector<Entry> entries_;         // of the pool's columns, rows only
  std::vector<std::size_t> begins_ = {0};
  std::vector<double> prices_;           // per column
  std::vector<bool> basic_;              // per column
  std::vector<std::size_t> basis_;       // per position
  std::vector<double> inverse_;          // position × row
  std::vector<double> amounts_;          // per position
  std::vector<double> duals_;            // per row
  std::vector<std::size_t> candidates_;  // columns that helped when the pool was last looked at
  std::vector<double> direction_;        // scratch, per position
};

}  // namespace ecsmi::core::placement
