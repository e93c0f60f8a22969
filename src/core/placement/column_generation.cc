#include "core/placement/column_generation.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/placement/price_bound.h"

namespace ecsmi::core::placement {
namespace {

constexpr int kPatience = 6;  // a search that found too little may look at so many times more nodes
constexpr std::size_t kColumnsMin = 3;
constexpr double kNoProgress = 1e-5;
constexpr double kScaleError = 1e-12;  // more than two products of doubles can be off by
constexpr std::int64_t kCertifyNodes = 5'000;
constexpr std::int64_t kCertifyNodesMax = 1'000'000;

bool LessThan(Money a, std::int64_t per_mille, Money b) {
  return absl::int128(a) * 1000 < absl::int128(b) * per_mille;
}

}  // namespace

ColumnGeneration::ColumnGeneration(const BinProblem& problem, std::vector<std::int32_t> left)
    : problem_(problem),
      left_(std::move(left)),
      pool_(problem, left_),
      program_(problem, pool_, left_),
      search_(problem),
      rates_of_(problem.type_count()),
      rates_(problem.type_count()),
      limits_(problem.type_count()),
      complete_(problem.type_count()) {
  // No task is worth more than its part of the instance that its kind alone would be bought.
  for (const double dual : program_.Duals()) dearest_.push_back(dual + 1);
}

// Limits by resource alone; rates are fitted anew only where the old ones do not show that nothing is to be had.
void ColumnGeneration::Appraise(const std::vector<Money>& values, Work& work) {
  for (std::uint32_t t = 0; t < problem_.type_count(); ++t) {
    const BinType& type = problem_.types()[t];
    complete_[t] = false;
    limits_[t] = WorthLimit(problem_, t, values, rates_[t], left_);
    work.Spend(static_cast<std::int64_t>(type.fits.size()) * 2 + 20);
    if (LessThan(limits_[t], 998, type.scaled_price)) continue;
    const Rates rates = rates_of_[t].Solve(type, values, left_, work);
    const Money limit = WorthLimit(problem_, t, values, rates, left_);
    work.Spend(static_cast<std::int64_t>(type.fits.size()) * 2 + 20);
    if (limit > limits_[t]) continue;
    limits_[t] = limit;
    rates_[t] = rates;
  }
}

std::vector<std::uint32_t> ColumnGeneration::MostWorthFirst() const {
  std::vector<std::uint32_t> order(problem_.type_count());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    const absl::int128 left = absl::int128(limits_[a]) * std::max<Money>(1, problem_.types()[b].scaled_price);
    const absl::int128 right = absl::int128(limits_[b]) * std::max<Money>(1, problem_.types()[a].scaled_price);
    return left != right ? left > right : a < b;
  });
  return order;
}

// Keeps the values, scaled to what they prove, when they prove more than the best so far.
bool ColumnGeneration::Better(const std::vector<Money>& values) {
  const absl::int128 bound = PriceBound(problem_, left_, values, limits_);
  if (bound <= best_.bound) return false;
  absl::int128 worth = 0;
  for (std::size_t k = 0; k < values.size(); ++k) worth += absl::int128(values[k]) * left_[k];
  best_.bound = bound;
  best_.values = values;
  best_.limits = limits_;
  best_.rates = rates_;
  // Rounded so that the limits stay true for the values.
  const double scale = static_cast<double>(bound) / static_cast<double>(worth);
  for (Money& value : best_.values) value = static_cast<Money>(static_cast<double>(value) * scale);
  for (Money& limit : best_.limits) {
    limit = static_cast<Money>(static_cast<double>(limit) * scale * (1 + kScaleError)) + 1;
  }
  for (Rates& rates : best_.rates) {
    for (Money& rate : rates) rate = static_cast<Money>(static_cast<double>(rate) * scale);
  }
  return true;
}

void ColumnGeneration::Begin(const std::vector<Money>& values, Work& work) {
  Appraise(values, work);
  Better(values);
}

void ColumnGeneration::Run(const Options& options, Work& work) {
  double smoothing = options.smoothing;
  std::int64_t nodes_max = options.nodes_max;
  double last_price = 0;
  bool better = true;
  std::vector<Money> values(problem_.kind_count());
  for (int round = 0; round < options.rounds_max && (round == 0 || !work.Done()); ++round) {
    program_.Optimise(work);
    const double price = program_.price();
    if (static_cast<double>(best_.bound) >= price * (1 - options.gap)) return;
    if (better) {
      smoothing = options.smoothing;
    } else if (price > last_price * (1 - kNoProgress)) {
      smoothing = smoothing > 0.1 ? smoothing / 2 : 0;
    }
    last_price = price;
    const std::vector<double> duals = program_.Duals();
    const double old = best_.values.empty() ? 0 : smoothing;
    for (std::uint32_t k = 0; k < problem_.kind_count(); ++k) {
      const double guide = best_.values.empty() ? 0 : static_cast<double>(best_.values[k]);
      values[k] = static_cast<Money>(std::min(dearest_[k], old * guide + (1 - old) * duals[k]));
    }
    Appraise(values, work);
    std::size_t searched = 0;
    std::size_t added = 0;
    bool cut_short = false;
    for (const std::uint32_t t : MostWorthFirst()) {
      const BinType& type = problem_.types()[t];
      if (limits_[t] <= type.scaled_price || work.Done()) break;
      if (searched >= options.searches_max && added >= kColumnsMin) break;
      ++searched;
      const BestPattern found = Search(t, values, type.scaled_price, nodes_max, work);
      cut_short = cut_short || !found.complete;
      if (!found.tasks.empty() && pool_.Add(t, found.tasks)) ++added;
      if (!found.second.empty()) pool_.Add(t, found.second);
    }
    better = Better(values);
    if (added > 0) {
      if (added * 2 < searched) nodes_max = std::min(nodes_max * 2, options.nodes_max * kPatience * kPatience);
      if (smoothing == 0) smoothing = options.smoothing / 2;
      continue;
    }
    // Nothing new: first the duals as they are, then a longer look.
    if (old > 0) {
      smoothing = 0;
      better = false;
    } else if (nodes_max <= options.nodes_max * kPatience && cut_short) {
      nodes_max *= kPatience;
    } else {
      break;
    }
  }
  program_.Optimise(work);
}

BestPattern ColumnGeneration::Search(std::uint32_t type, std::span<const Money> values, Money cut,
                                     std::int64_t nodes_max, Work& work) {
  BestPattern found = search_.Search(
      {.type = type, .values = values, .rates = rates_[type], .left = left_, .cut = cut, .nodes_max = nodes_max}, work);
  limits_[type] = std::min(limits_[type], found.limit);
  complete_[type] = found.complete;
  return found;
}

void ColumnGeneration::Certify(Work& work) {
  if (best_.values.empty()) return;
  program_.Optimise(work);
  // First the program's own values, which are the best there are once it has converged, with what is left of the work
  // then the best so far.
  std::vector<Money> values(problem_.kind_count());
  const std::vector<double> duals = program_.Duals();
  for (std::uint32_t k = 0; k < problem_.kind_count(); ++k) {
    values[k] = static_cast<Money>(std::min(dearest_[k], duals[k]));
  }
  Work half{work.left / 2};
  work.left -= half.left;
  Appraise(values, half);
  SearchOn(values, 1, half);
  Better(values);
  work.left += half.left;
  values = best_.values;
  rates_ = best_.rates;
  limits_ = best_.limits;
  // No limit need be below this part of the price: the program says that the bound cannot get so far.
  SearchOn(values, std::min(1.0, static_cast<double>(best_.bound) / std::max(1.0, program_.price())), work);
  Better(values);
  program_.Optimise(work);
}

void ColumnGeneration::SearchOn(std::span<const Money> values, double part, Work& work) {
  std::vector<std::int64_t> nodes_max(problem_.type_count(), kCertifyNodes);
  complete_.assign(complete_.size(), false);
  while (!work.Done()) {
    const std::uint32_t t = MostWorthFirst().front();
    const auto cut = static_cast<Money>(static_cast<double>(problem_.types()[t].scaled_price) * part);
    if (complete_[t] || limits_[t] <= cut || nodes_max[t] > kCertifyNodesMax) break;
    const BestPattern found = Search(t, values, cut, std::min(nodes_max[t], work.left / 20 + 1), work);
    nodes_max[t] *= kPatience;
    if (!found.tasks.empty()) pool_.Add(t, found.tasks);
  }
}

}  // namespace ecsmi::core::placement
