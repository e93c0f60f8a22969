#include "core/placement/pattern_search.h"

#include <algorithm>
#include <limits>

#include "absl/numeric/int128.h"

namespace ecsmi::core::placement {
namespace {

constexpr Money kMoneyMax = Money{1} << 61;
constexpr int kRatioBits = 30;
constexpr std::int64_t kRatioMax = std::int64_t{1} << 50;
constexpr std::int64_t kNodeCost = 28;  // operations a node stands for

Money Saturated(absl::int128 money) {
  return money > kMoneyMax ? kMoneyMax : static_cast<Money>(money);
}

}  // namespace

void PatternSearch::Prepare(const Query& query) {
  const BinType& type = problem_.types()[query.type];
  rates_ = query.rates;
  items_.clear();
  for (const Fit& fit : type.fits) {
    Item item;
    item.kind = fit.kind;
    item.most = std::min(fit.most, query.left[fit.kind]);
    item.value = query.values[fit.kind];
    if (item.most <= 0 || item.value <= 0) continue;
    item.need = fit.need;
    item.room_worth = WorthOf(rates_, fit.need);
    item.entitled = problem_.kinds()[fit.kind].entitled;
    // Value for room; what takes no room that is worth anything comes first.
    item.ratio_after =
        item.room_worth <= 0
            ? kRatioMax
            : static_cast<std::int64_t>(std::min<absl::int128>(
                  kRatioMax, ((absl::int128(item.value) << kRatioBits) + item.room_worth - 1) / item.room_worth));
    items_.push_back(item);
  }
  const bool must = type.has_gpus;
  std::ranges::sort(items_, [&](const Item& a, const Item& b) {
    if (must && a.entitled != b.entitled) return a.entitled;
    if (a.ratio_after != b.ratio_after) return a.ratio_after > b.ratio_after;
    if (a.room_worth != b.room_worth) return a.room_worth > b.room_worth;
    return a.kind < b.kind;
  });
  entitled_items_ = 0;
  if (must) {
    entitled_items_ = static_cast<std::size_t>(std::ranges::count_if(items_, [](const Item& i) { return i.entitled; }));
  }
  taken_.assign(items_.size(), 0);
  if (problem_.has_conflicts()) holding_.assign(problem_.kind_count(), 0);
  absl::int128 beyond = 0;
  for (std::size_t i = items_.size(); i-- > 0;) {
    Item& item = items_[i];
    if (item.value > item.room_worth) beyond += absl::int128(item.value - item.room_worth) * item.most;
    item.beyond_after = Saturated(beyond);
    item.least_after = item.need;
    item.falling = true;
    if (i + 1 == items_.size()) continue;
    const Item& next = items_[i + 1];
    item.falling = (absl::int128(item.value) << kRatioBits) >= absl::int128(item.room_worth) * next.ratio_after;
    item.ratio_after = std::max(item.ratio_after, next.ratio_after);
    for (std::size_t r = 0; r < 4; ++r) item.least_after[r] = std::min(item.need[r], next.least_after[r]);
  }
}

bool PatternSearch::FitsMore(std::size_t depth, const Vector& room) const {
  const Vector& least = items_[depth].least_after;
  return room[0] >= least[0] && room[1] >= least[1] && room[2] >= least[2] && room[3] >= least[3];
}

Money PatternSearch::LimitByExcess(std::size_t depth, Money value, const Vector& room) const {
  return Saturated(absl::int128(value) + WorthOf(rates_, room) + items_[depth].beyond_after);
}

Money PatternSearch::Limit(std::size_t depth, Money value, const Vector& room) const {
  const Item& item = items_[depth];
  const absl::int128 worth = WorthOf(rates_, room);
  const absl::int128 by_excess = value + worth + item.beyond_after;
  if (item.ratio_after >= kRatioMax) return Saturated(by_excess);
  return Saturated(std::min(by_excess, value + ((worth * item.ratio_after) >> kRatioBits) + 1));
}

bool PatternSearch::Excluded(const Item& item) const {
  return std::ranges::any_of(problem_.kinds()[item.kind].conflicts, [&](std::uint32_t k) { return holding_[k] > 0; });
}

void PatternSearch::TryStart(const Query& query, BestPattern& best) {
  Vector room = problem_.types()[query.type].room;
  Money value = 0;
  bool entitled = false;
  const auto add = [&](std::size_t at, std::int32_t count) {
    const Item& item = items_[at];
    if (problem_.has_conflicts() && Excluded(item)) return;
    count = std::min(count, item.most - taken_[at]);
    for (std::size_t r = 0; r < 4; ++r) {
      if (item.need[r] > 0) count = std::min(count, room[r] / item.need[r]);
    }
    if (count <= 0) return;
    taken_[at] += count;
    for (std::size_t r = 0; r < 4; ++r) room[r] -= item.need[r] * count;
    value += item.value * count;
    if (problem_.has_conflicts()) holding_[item.kind] += count;
    entitled = entitled || item.entitled;
  };
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const auto share = std::ranges::lower_bound(query.start, items_[i].kind, {}, &Share::kind);
    if (share != query.start.end() && share->kind == items_[i].kind) add(i, share->count);
  }
  for (std::size_t i = 0; i < items_.size(); ++i) add(i, items_[i].most);
  if (value > best.value && (entitled || !problem_.types()[query.type].has_gpus)) {
    best.value = value;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (taken_[i] > 0) best.tasks.push_back({items_[i].kind, taken_[i]});
    }
  }
  taken_.assign(items_.size(), 0);
  if (problem_.has_conflicts()) holding_.assign(problem_.kind_count(), 0);
}

BestPattern PatternSearch::Search(const Query& query, Work& work) {
  Prepare(query);
  BestPattern best;
  best.value = query.cut;
  const std::size_t n = items_.size();
  work.Spend(static_cast<std::int64_t>(n) * 25);
  if (!query.start.empty()) TryStart(query, best);
  const bool conflicts = problem_.has_conflicts();
  const bool must = problem_.types()[query.type].has_gpus;
  Vector room = problem_.types()[query.type].room;
  Money value = 0;
  std::int64_t nodes = 0;
  std::int64_t steps = 0;
  bool first = true;  // the first way down is gone to its end, whatever the limit of nodes
  std::size_t depth = 0;
  std::size_t entitled = 0;  // items taken that justify a GPU type
  Money open = 0;            // the most that branches not entered for want of nodes could be worth
  const auto put = [&](std::size_t at, std::int32_t count) {
    if (count == 0) return;
    const Item& item = items_[at];
    taken_[at] += count;
    for (std::size_t r = 0; r < 4; ++r) room[r] -= item.need[r] * count;
    value += item.value * count;
    if (conflicts) holding_[item.kind] += count;
    if (item.entitled) entitled = taken_[at] == 0 ? entitled - 1 : taken_[at] == count ? entitled + 1 : entitled;
  };
  const auto keep_if_better = [&] {
    if (value <= best.value || (must && entitled == 0)) return;
    best.value = value;
    std::swap(best.second, best.tasks);
    best.tasks.clear();
    for (std::size_t i = 0; i < n; ++i) {
      if (taken_[i] > 0) best.tasks.push_back({items_[i].kind, taken_[i]});
    }
  };
  while (true) {
    // Down: as many as fit of each, while that can still beat the best.
    for (; depth < n && FitsMore(depth, room); ++depth) {
      if (must && depth == entitled_items_ && entitled == 0) break;
      const Money limit = Limit(depth, value, room);
      if (limit <= best.value) break;
      if (!first && nodes >= query.nodes_max) {
        open = std::max(open, limit);
        break;
      }
      ++steps;
      const Item& item = items_[depth];
      if (conflicts && Excluded(item)) continue;
      std::int32_t count = item.most;
      for (std::size_t r = 0; r < 4; ++r) {
        if (item.need[r] > 0 && item.need[r] * std::int64_t{count} > room[r]) count = room[r] / item.need[r];
      }
      if (count == 0) continue;
      ++nodes;
      put(depth, count);
    }
    first = false;
    keep_if_better();
    // Up: one less of the last, unless fewer of it cannot help.
    bool again = false;
    while (!again && depth-- > 0) {
      while (!again && taken_[depth] > 0) {
        put(depth, -1);
        const bool last = depth + 1 == n;
        const Money limit = last ? value : Limit(depth + 1, value, room);
        if (limit > best.value && nodes < query.nodes_max) {
          ++nodes;
          again = last || FitsMore(depth + 1, room);
        } else if (limit > best.value) {
          if (!last) {
            open = std::max(open, limit);
            const Money with_one_less = LimitByExcess(depth + 1, value, room);
            put(depth, -taken_[depth]);
            open = std::max(
                open, items_[depth].falling ? limit : std::max(with_one_less, LimitByExcess(depth + 1, value, room)));
          }
          put(depth, -taken_[depth]);
        } else if (items_[depth].falling) {
          put(depth, -taken_[depth]);
        }
      }
    }
    if (!again) break;
    ++depth;
  }
  work.Spend((nodes + steps) * kNodeCost / 2);
  std::ranges::sort(best.tasks, {}, &Share::kind);
  std::ranges::sort(best.second, {}, &Share::kind);
  best.complete = open <= best.value;
  best.limit = std::max(best.value, open);
  return best;
}

}  // namespace ecsmi::core::placement
