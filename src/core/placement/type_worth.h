#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/placement/bin_problem.h"
#include "core/placement/work.h"

namespace ecsmi::core::placement {

// What a unit of each resource of a type is worth.
using Rates = std::array<Money, 4>;

inline Money WorthOf(const Rates& rates, const Vector& amounts) {
  return rates[0] * amounts[0] + rates[1] * amounts[1] + rates[2] * amounts[2] + rates[3] * amounts[3];
}

// An upper bound on the value of all that an instance of the type can hold, whatever the rates: the room at these
// rates, and for each kind, as often as it fits, what its tasks are worth beyond the room they take. Exact integers;
// good rates make it tight. `left`: how many tasks of a kind there are at most.
Money WorthLimit(const BinProblem& problem, std::uint32_t type, std::span<const Money> values, const Rates& rates,
                 std::span<const std::int32_t> left);

// The rates that make that bound least (ignoring what excludes what): dual of a linear program of four rows, one per
// resource, with as many bounded columns as kinds. Keeps its basis, so that the next values cost a few passes.
class RatesOfType {
 public:
  // REQUIRES: `left` is that of the calls before; start anew when it changes.
  // The program's own answer, rounded down: contents that fit, near the best.
  const std::vector<Share>& contents() const { return contents_; }
  Rates Solve(const BinType& type, std::span<const Money> values, std::span<const std::int32_t> left, Work& work);

 private:
  enum class Stand : std::uint8_t { kAtZero, kAll, kBasic };
  using Column = std::array<double, 4>;
  void Start(const BinType& type);

  // Basic columns by row: index of a fit, or the fits' number + r for the slack of resource r.
  std::array<std::size_t, 4> basis_{};
  std::array<Column, 4> inverse_{};
  std::vector<Stand> stand_;  // per fit and slack
  std::vector<Share> contents_;
  int pivots_ = 0;
};

}  // namespace ecsmi::core::placement
