#include "core/placement/dive.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/placement/exact_fleet.h"
#include "core/placement/value_fill.h"

namespace ecsmi::core::placement {
namespace {

constexpr double kWhole = 1e-6;         // a fraction this near to one is one
constexpr double kNearlyWhole = 0.75;   // bought as if whole
constexpr std::size_t kPart = 8;        // at least one of so many fractions is bought each time
constexpr double kWorthKeeping = 0.95;  // value over price of a pattern that later programs start with
constexpr std::int64_t kExactSteps = 20'000;
constexpr ColumnGeneration::Options kAgain = {
    .rounds_max = 4, .nodes_max = 100, .searches_max = 12, .smoothing = 0, .gap = 0};

class Diver {
 public:
  Diver(const BinProblem& problem, const Appraisal& appraisal)
      : problem_(problem), appraisal_(appraisal), left_(problem.Counts()) {}

  bool Done() const {
    return std::ranges::all_of(left_, [](std::int32_t count) { return count == 0; });
  }
  const std::vector<std::int32_t>& left() const { return left_; }

  void BuyWhole(const ColumnGeneration& from) {
    fractions_.clear();
    for (const auto& [column, amount] : from.program().Bought()) {
      const auto whole = static_cast<std::int64_t>(amount + kWhole);
      if (whole > 0) Buy(from.pool().tasks(column), whole);
      const double fraction = amount - static_cast<double>(whole);
      if (fraction > kWhole) fractions_.emplace_back(fraction, column);
    }
    std::ranges::sort(fractions_, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
  }
  void BuyNearlyWhole(const ColumnGeneration& from) {
    const std::size_t least = (fractions_.size() + kPart - 1) / kPart;
    bool bought = false;
    for (std::size_t i = 0; i < fractions_.size(); ++i) {
      if (i >= least && fractions_[i].first < kNearlyWhole) break;
      // What no longer fits as it is gets a better place from the next program.
      const std::span<const Share> tasks = from.pool().tasks(fractions_[i].second);
      const bool fits =
          std::ranges::all_of(tasks, [&](const Share& share) { return share.count <= left_[share.kind]; });
      if (fits || !bought) bought = Buy(tasks, 1) || bought;
    }
  }
  // The patterns that pay, cut down to the tasks left.
  void Inherit(const ColumnGeneration& from, ColumnGeneration& to) {
    for (std::size_t column = problem_.kind_count(); column < from.pool().size(); ++column) {
      if (from.program().RatioOf(column) < kWorthKeeping) continue;
      const std::vector<Share> tasks = CutDown(from.pool().tasks(column));
      if (tasks.empty()) continue;
      const bool whole = std::ranges::equal(tasks, from.pool().tasks(column));
      const std::uint32_t type = whole ? from.pool().type(column) : problem_.CheapestHolding(tasks);
      if (type != kNone) to.pool().Add(type, tasks);
    }
  }
  void FillRest(Work& work) {
    Fleet rest = ValueFill(problem_).Run({}, appraisal_.values, appraisal_.rates, left_, work);
    std::ranges::move(rest, std::back_inserter(fleet_));
  }
  // The best fleet for what is left, where so little is left that it can be found.
  bool BuyBest(Work& work) {
    std::optional<Fleet> best = ExactFleet(problem_, left_, kExactSteps, work);
    if (!best) return false;
    std::ranges::move(*best, std::back_inserter(fleet_));
    return true;
  }
  Fleet Take() { return std::move(fleet_); }

 private:
  std::vector<Share> CutDown(std::span<const Share> tasks) const {
    std::vector<Share> cut;
    for (const Share& share : tasks) {
      const std::int32_t count = std::min(share.count, left_[share.kind]);
      if (count > 0) cut.push_back({share.kind, count});
    }
    return cut;
  }
  // False when nothing was bought: no task left, or none that justifies the type they were meant for.
  bool Buy(std::span<const Share> tasks, std::int64_t times) {
    bool bought = false;
    while (times > 0) {
      Bin bin;
      bin.tasks = CutDown(tasks);
      bin.type = bin.tasks.empty() ? kNone : problem_.CheapestHolding(bin.tasks);
      if (bin.type == kNone) break;
      bin.times = times;
      for (const Share& share : bin.tasks)
        bin.times = std::min<std::int64_t>(bin.times, left_[share.kind] / share.count);
      for (const Share& share : bin.tasks) left_[share.kind] -= share.count * static_cast<std::int32_t>(bin.times);
      times -= bin.times;
      bought = true;
      fleet_.push_back(std::move(bin));
    }
    return bought;
  }

  const BinProblem& problem_;
  const Appraisal& appraisal_;
  std::vector<std::int32_t> left_;
  std::vector<std::pair<double, std::size_t>> fractions_;
  Fleet fleet_;
};

}  // namespace

Fleet RoundDown(const BinProblem& problem, const ColumnGeneration& root, Work& work) {
  Diver diver(problem, root.best());
  diver.BuyWhole(root);
  diver.FillRest(work);
  return diver.Take();
}

Fleet Dive(const BinProblem& problem, const ColumnGeneration& root, Work& work) {
  Diver diver(problem, root.best());
  const ColumnGeneration* at = &root;
  std::unique_ptr<ColumnGeneration> next;
  while (true) {
    const std::vector<std::int32_t> before = diver.left();
    diver.BuyWhole(*at);
    diver.BuyNearlyWhole(*at);
    if (diver.Done()) break;
    if (diver.BuyBest(work)) break;
    if (work.Done() || diver.left() == before) {
      diver.FillRest(work);
      break;
    }
    auto again = std::make_unique<ColumnGeneration>(problem, diver.left());
    diver.Inherit(*at, *again);
    again->Run(kAgain, work);
    next = std::move(again);
    at = next.get();
  }
  return diver.Take();
}

}  // namespace ecsmi::core::placement
