#include "core/placement/cost_fill.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "core/placement/first_fit.h"
#include "core/placement/resource_prices.h"

namespace ecsmi::core::placement {
namespace {

// The pattern found for one type, and what its contents are worth per unit of its price.
struct Pattern {
  Bin bin;
  double ratio = std::numeric_limits<double>::infinity();
};

class CostFill {
 public:
  // `raise`: how much more a class is worth that takes a whole instance, so that bulky classes go first.
  CostFill(const BinProblem& problem, const std::array<Vector4, 3>& prices, double raise) : problem_(problem) {
    const std::size_t types = problem.types().size();
    for (std::size_t i = 0; i < problem.class_count(); ++i) {
      left_.push_back(problem.class_at(i).count);
      double least = std::numeric_limits<double>::infinity();
      double share = 1;
      for (std::size_t t = 0; t < types; ++t) {
        if (!problem.Served(i, t)) continue;
        const auto architecture = static_cast<std::size_t>(problem.types()[t].architecture);
        least = std::min(least, Dot(prices[architecture], NeedOn(i, t)));
        share = std::min(share, Share(i, t));
      }
      values_.push_back(least * (1 + raise * share));
    }
    for (std::size_t t = 0; t < types; ++t) {
      std::vector<std::pair<double, std::size_t>> by_share;
      for (std::size_t i = 0; i < problem.class_count(); ++i) {
        // Who is entitled to the GPUs goes before who fills the rest.
        if (problem.Served(i, t)) by_share.emplace_back(-Share(i, t) - (problem.Entitled(i) ? 2 : 0), i);
      }
      std::ranges::sort(by_share);
      orders_.emplace_back();
      for (const auto& [share, i] : by_share) orders_.back().push_back(i);
    }
  }

  std::vector<Bin> Run() {
    std::vector<Bin> bins;
    std::vector<Pattern> patterns(problem_.types().size());
    while (std::ranges::any_of(left_, [](std::int32_t left) { return left > 0; })) {
      Bin bin = TakeBest(patterns);
      bin.times = std::numeric_limits<std::int32_t>::max();
      for (std::size_t i = 0; i < left_.size(); ++i) {
        if (bin.tasks[i] > 0) bin.times = std::min<std::int64_t>(bin.times, left_[i] / bin.tasks[i]);
      }
      for (std::size_t i = 0; i < left_.size(); ++i) left_[i] -= bin.tasks[i] * static_cast<std::int32_t>(bin.times);
      bin.type = problem_.CheapestHolding(bin);
      bins.push_back(std::move(bin));
    }
    return bins;
  }

 private:
  // Fewer tasks make no pattern better, so an old ratio is taken for an upper bound and only the best is found anew.
  Bin TakeBest(std::vector<Pattern>& patterns) const {
    std::vector<bool> fresh(patterns.size());
    while (true) {
      std::size_t best = 0;
      for (std::size_t t = 1; t < patterns.size(); ++t) {
        if (patterns[t].ratio > patterns[best].ratio) best = t;
      }
      if (fresh[best]) return patterns[best].bin;
      patterns[best] = BestPattern(best);
      fresh[best] = true;
    }
  }

  Vector4 NeedOn(std::size_t i, std::size_t t) const {
    const PlacementClass& wanted = *problem_.class_at(i).wanted;
    Vector4 need = AsVector(wanted.need);
    if (wanted.all_gpus) need[2] = problem_.types()[t].usable.gpus;
    return need;
  }
  // The largest part of any resource of the type that one task takes.
  double Share(std::size_t i, std::size_t t) const {
    const Vector4 need = NeedOn(i, t);
    const Vector4 room = AsVector(problem_.types()[t].usable);
    double share = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      if (need[c] > 0) share = std::max(share, need[c] / room[c]);
    }
    return share;
  }

  Pattern BestPattern(std::size_t t) const {
    Pattern largest_first = Rated(LargestFirst(t), t);
    Pattern balanced = Rated(Balanced(t), t);
    return balanced.ratio > largest_first.ratio ? balanced : largest_first;
  }
  Pattern Rated(Bin bin, std::size_t t) const {
    Pattern pattern;
    double value = 0;
    bool empty = true;
    for (std::size_t i = 0; i < bin.tasks.size(); ++i) {
      value += values_[i] * bin.tasks[i];
      empty = empty && bin.tasks[i] == 0;
    }
    const bool allowed = !empty && (problem_.types()[t].usable.gpus == 0 || bin.entitled);
    const auto price = static_cast<double>(std::max<model::NanoUsdPerHour>(1, problem_.types()[t].price));
    // Even a class that resource prices call worthless has to be placed, hence the small one.
    pattern.ratio = allowed ? (value + 1e-3) / price : 0;
    pattern.bin = std::move(bin);
    return pattern;
  }
  Bin Start(std::size_t t) const {
    Bin bin = problem_.NewBin();
    bin.type = t;
    return bin;
  }
  Bin LargestFirst(std::size_t t) const {
    Bin bin = Start(t);
    for (std::size_t i : orders_[t]) {
      const std::int32_t more = problem_.Addable(bin, i, left_[i]);
      if (more > 0) problem_.Add(bin, i, more);
    }
    return bin;
  }
  // Each time the class whose shape is nearest to that of the room left, half of what fits.
  Bin Balanced(std::size_t t) const {
    Bin bin = Start(t);
    const Vector4 room = AsVector(problem_.types()[t].usable);
    while (true) {
      Vector4 weight = AsVector(bin.used);
      for (std::size_t c = 0; c < 4; ++c) weight[c] = room[c] <= 0 ? 0 : (room[c] - weight[c]) / (room[c] * room[c]);
      std::size_t best = 0;
      std::int32_t best_more = 0;
      double best_score = -1;
      for (std::size_t i : orders_[t]) {
        if (left_[i] <= bin.tasks[i]) continue;
        const double score = Dot(weight, NeedOn(i, t)) + (problem_.Entitled(i) ? 4 : 0);
        if (score <= best_score) continue;
        const std::int32_t more = problem_.Addable(bin, i, left_[i] - bin.tasks[i]);
        if (more == 0) continue;
        best_score = score;
        best = i;
        best_more = more;
      }
      if (best_more == 0) return bin;
      problem_.Add(bin, best, (best_more + 1) / 2);
    }
  }

  const BinProblem& problem_;
  std::vector<std::int32_t> left_;
  std::vector<double> values_;
  std::vector<std::vector<std::size_t>> orders_;  // per type, classes it serves, largest first
};

}  // namespace

std::vector<Bin> CheapestBins(const BinProblem& problem) {
  std::vector<Bin> best = FirstFit(problem);
  model::NanoUsdPerHour best_price = problem.Price(best);
  const std::array<Vector4, 3> prices = FitPrices(problem);
  for (const double raise : {0.03, 0.12, 0.5}) {
    std::vector<Bin> bins = CostFill(problem, prices, raise).Run();
    const model::NanoUsdPerHour price = problem.Price(bins);
    if (price >= best_price) continue;
    best = std::move(bins);
    best_price = price;
  }
  return best;
}

}  // namespace ecsmi::core::placement
