#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/numeric/int128.h"
#include "core/placement/column_pool.h"
#include "core/placement/pattern_search.h"
#include "core/placement/simplex.h"
#include "core/placement/type_worth.h"
#include "core/placement/work.h"

namespace ecsmi::core::placement {

// What the tasks are worth, and the proof: with limits per type true for these values, `bound` is the price that no
// fleet beats.
struct Appraisal {
  std::vector<Money> values;  // per kind; scaled so that no instance's contents are worth more than its price
  std::vector<Money> limits;  // per type, of the contents at these values
  std::vector<Rates> rates;   // per type
  absl::int128 bound = 0;     // problem's money
};

// Column generation: solves the program over the patterns known, asks each type for patterns worth more than their
// price under its duals, and repeats until there are none or the bound is near. Duals are smoothed towards the best
// appraisal so far, because early ones are wild.
class ColumnGeneration {
 public:
  struct Options {
    int rounds_max = 1000;          // the work ends it before
    std::int64_t nodes_max = 200;   // of one search
    std::size_t searches_max = 16;  // of a round, while they find something
    double smoothing = 0.6;         // weight of the best appraisal
    double gap = 1e-3;              // between program and bound, at which to stop
  };
  ColumnGeneration(const BinProblem& problem, std::vector<std::int32_t> left);

  ColumnPool& pool() { return pool_; }
  const ColumnPool& pool() const { return pool_; }
  const CoveringProgram& program() const { return program_; }
  const std::vector<std::int32_t>& left() const { return left_; }
  const Appraisal& best() const { return best_; }

  // Takes these values for a first appraisal.
  void Begin(const std::vector<Money>& values, Work& work);
  // At least one round, so that there is an appraisal.
  void Run(const Options& options, Work& work);
  // Searches on, for the best values, where a limit that was not reached by a pattern holds the bound down.
  void Certify(Work& work);

 private:
  void Appraise(const std::vector<Money>& values, Work& work);
  BestPattern Search(std::uint32_t type, std::span<const Money> values, Money cut, std::int64_t nodes_max, Work& work);
  void SearchOn(std::span<const Money> values, double part, Work& work);
  bool Better(const std::vector<Money>& values);
  std::vector<std::uint32_t> MostWorthFirst() const;

  const BinProblem& problem_;
  std::vector<std::int32_t> left_;
  ColumnPool pool_;
  CoveringProgram program_;
  PatternSearch search_;
  std::vector<double> dearest_;  // per kind: what a task is worth at most
  std::vector<RatesOfType> rates_of_;
  std::vector<Rates> rates_;  // for the values of the round
  std::vector<Money> limits_;
  std::vector<bool> complete_;  // the limit is reached by a pattern or below the price
  Appraisal best_;
};

}  // namespace ecsmi::core::placement
