#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/placement/bin_problem.h"
#include "core/placement/pattern_search.h"
#include "core/placement/type_worth.h"
#include "core/placement/work.h"

namespace ecsmi::core::placement {

// Fills instances one pattern after the other: each time the pattern found with the most value for its price, as often
// as the tasks left allow. A feasible fleet for whatever is left, good where the values are.
class ValueFill {
 public:
  struct Options {
    std::size_t tries_max = 8;     // types looked at for one pattern
    std::int64_t nodes_max = 100;  // of one search
    // Only these; empty = all. REQUIRES: each kind left is served by one, without a GPU or entitled to it.
    std::span<const std::uint32_t> types{};
  };
  explicit ValueFill(const BinProblem& problem) : problem_(problem), search_(problem) {}

  // `left`: tasks per kind, none after. `rates`: per type, for these values. A kind without value is placed too.
  Fleet Run(const Options& options, std::span<const Money> values, std::span<const Rates> rates,
            std::vector<std::int32_t>& left, Work& work);

 private:
  struct Candidate {
    std::uint32_t type = 0;
    std::int64_t ratio = 0;  // value over price, fixed point; an upper bound while not fresh
    bool fresh = false;
    std::vector<Share> tasks;
  };
  const Candidate* Best(const Options& options, std::span<const Rates> rates, std::span<const std::int32_t> left,
                        Work& work);

  const BinProblem& problem_;
  PatternSearch search_;
  std::vector<Candidate> candidates_;
  std::vector<Money> values_;
};

}  // namespace ecsmi::core::placement
