#include "core/placement/value_fill.h"

#include <algorithm>
#include <limits>

#include "ecsmi/base/check.h"

namespace ecsmi::core::placement {
namespace {

constexpr int kRatioBits = 20;

std::int64_t Ratio(Money value, Money price) {
  const absl::int128 ratio = (absl::int128(value) << kRatioBits) / std::max<Money>(1, price);
  return static_cast<std::int64_t>(std::min<absl::int128>(ratio, std::numeric_limits<std::int64_t>::max() / 2));
}

}  // namespace

const ValueFill::Candidate* ValueFill::Best(const Options& options, std::span<const Rates> rates,
                                            std::span<const std::int32_t> left, Work& work) {
  std::size_t tries = 0;
  while (true) {
    std::size_t best = candidates_.size();
    std::size_t best_fresh = candidates_.size();
    for (std::size_t t = 0; t < candidates_.size(); ++t) {
      const Candidate& mine = candidates_[t];
      if (mine.ratio <= 0) continue;
      if (best == candidates_.size() || mine.ratio > candidates_[best].ratio) best = t;
      if (mine.fresh && (best_fresh == candidates_.size() || mine.ratio > candidates_[best_fresh].ratio))
        best_fresh = t;
    }
    work.Spend(static_cast<std::int64_t>(candidates_.size()));
    if (best == candidates_.size()) return nullptr;
    if (candidates_[best].fresh) return &candidates_[best];
    if (tries >= options.tries_max && best_fresh != candidates_.size()) return &candidates_[best_fresh];
    ++tries;
    Candidate& mine = candidates_[best];
    BestPattern found = search_.Search({.type = mine.type,
                                        .values = values_,
                                        .rates = rates[mine.type],
                                        .left = left,
                                        .cut = 0,
                                        .nodes_max = options.nodes_max},
                                       work);
    mine.fresh = true;
    mine.ratio = found.tasks.empty()
                     ? 0
                     : std::max<std::int64_t>(1, Ratio(found.value, problem_.types()[mine.type].scaled_price));
    mine.tasks = std::move(found.tasks);
  }
}

Fleet ValueFill::Run(const Options& options, std::span<const Money> values, std::span<const Rates> rates,
                     std::vector<std::int32_t>& left, Work& work) {
  values_.assign(values.begin(), values.end());
  for (Money& value : values_) value = std::max<Money>(value, 1);
  candidates_.resize(options.types.empty() ? problem_.type_count() : options.types.size());
  absl::int128 total = 0;  // a large instance is worth no more than all there is to put into it
  for (std::uint32_t k = 0; k < problem_.kind_count(); ++k) total += absl::int128(values_[k]) * left[k];
  for (std::uint32_t i = 0; i < candidates_.size(); ++i) {
    const std::uint32_t t = options.types.empty() ? i : options.types[i];
    const Money price = problem_.types()[t].scaled_price;
    const absl::int128 limit = std::min<absl::int128>(total, WorthLimit(problem_, t, values_, rates[t], left));
    candidates_[i].type = t;
    candidates_[i].fresh = false;
    // The least ratio that is one at all: a limit of nothing says that nothing fits.
    candidates_[i].ratio = limit <= 0 ? 0 : std::max<std::int64_t>(1, Ratio(static_cast<Money>(limit), price));
    work.Spend(static_cast<std::int64_t>(problem_.types()[t].fits.size()) * 2);
  }
  Fleet fleet;
  while (std::ranges::any_of(left, [](std::int32_t count) { return count > 0; })) {
    const Candidate* best = Best(options, rates, left, work);
    ECSMI_CHECK(best != nullptr);  // each kind has a type that serves it alone
    Bin bin;
    bin.tasks = best->tasks;
    bin.times = std::numeric_limits<std::int32_t>::max();
    for (const Share& share : bin.tasks) bin.times = std::min<std::int64_t>(bin.times, left[share.kind] / share.count);
    for (const Share& share : bin.tasks) left[share.kind] -= share.count * static_cast<std::int32_t>(bin.times);
    bin.type = problem_.CheapestHolding(bin.tasks);
    work.Spend(100);
    fleet.push_back(std::move(bin));
    for (Candidate& candidate : candidates_) {
      if (candidate.fresh &&
          std::ranges::any_of(candidate.tasks, [&](const Share& share) { return share.count > left[share.kind]; })) {
        candidate.fresh = false;
      }
    }
  }
  return fleet;
}

}  // namespace ecsmi::core::placement
