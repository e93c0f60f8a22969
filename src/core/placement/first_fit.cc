#include "core/placement/first_fit.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "ecsmi/base/check.h"

namespace ecsmi::core::placement {
namespace {

using Amounts = std::array<std::int64_t, 4>;

struct Growing {
  std::uint32_t type = kNone;
  Amounts used{};         // without the GPUs of an all-GPU task, which are those of the type
  bool all_gpus = false;  // holds a task that takes all the type has
  bool entitled = false;  // holds a task that justifies a GPU type
  std::int64_t times = 1;
};

class Filler {
 public:
  explicit Filler(const BinProblem& problem) : problem_(problem) {
    Vector most{};
    for (const BinType& type : problem.types()) {
      for (std::size_t r = 0; r < 4; ++r) most[r] = std::max(most[r], type.room[r]);
      largest_.push_back(most);
    }
  }

  Fleet Run() {
    std::vector<std::uint32_t> order(problem_.kind_count());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
      // One vCPU weighs as much as 4 GiB: the ratio of general purpose types.
      const auto size = [&](std::uint32_t k) {
        const PlacementClass& wanted = *problem_.kinds()[k].wanted;
        return std::tuple(wanted.all_gpus, wanted.need.gpus,
                          std::max(wanted.need.cpu_units * 4, wanted.need.memory_mib),
                          wanted.need.cpu_units * 4 + wanted.need.memory_mib);
      };
      return std::pair(size(b), a) < std::pair(size(a), b);
    });
    for (const std::uint32_t k : order) Place(k);
    Fleet fleet;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
      std::ranges::sort(tasks_[i], {}, &Share::kind);
      fleet.push_back({bins_[i].type, std::move(tasks_[i]), bins_[i].times});
    }
    return fleet;
  }

 private:
  Amounts NeedOf(std::uint32_t k) const {
    const PlacementClass& wanted = *problem_.kinds()[k].wanted;
    return {wanted.need.cpu_units, wanted.need.memory_mib, wanted.all_gpus ? 0 : wanted.need.gpus,
            wanted.need.eni_slots};
  }
  bool MayJoin(std::span<const Share> tasks, std::uint32_t k) const {
    const Kind& kind = problem_.kinds()[k];
    return kind.conflicts.empty() || std::ranges::none_of(tasks, [&](const Share& share) {
             return std::ranges::find(kind.conflicts, share.kind) != kind.conflicts.end();
           });
  }
  bool Holds(const BinType& type, const Growing& bin) const {
    if (type.has_gpus ? !bin.entitled : bin.all_gpus) return false;
    return type.room[0] >= bin.used[0] && type.room[1] >= bin.used[1] && type.room[2] >= bin.used[2] &&
           type.room[3] >= bin.used[3];
  }
  bool ServedBy(std::uint32_t type, std::span<const Share> tasks) const {
    return std::ranges::all_of(tasks, [&](const Share& share) { return problem_.Served(share.kind, type); });
  }
  // As many tasks of kind `k` as a bin with `tasks` takes, at most `limit`, growing where that pays.
  std::int32_t Fill(Growing& bin, std::span<const Share> tasks, std::uint32_t k, std::int32_t limit) const {
    const Kind& kind = problem_.kinds()[k];
    if (!MayJoin(tasks, k)) return 0;
    if (kind.one_per_bin) limit = std::min(limit, 1);
    const Amounts need = NeedOf(k);
    const model::NanoUsdPerHour alone = problem_.types()[kind.alone].price;
    std::int32_t taken = 0;
    while (taken < limit) {
      const BinType& type = problem_.types()[bin.type];
      std::int64_t more = limit - taken;
      if (!problem_.Served(k, bin.type) || (kind.wanted->all_gpus && (!type.has_gpus || bin.used[2] > 0))) more = 0;
      for (std::size_t r = 0; r < 4 && more > 0; ++r) {
        if (need[r] > 0) more = std::min(more, (type.room[r] - bin.used[r]) / need[r]);
      }
      const bool grows = more <= 0;
      Growing next = bin;
      if (grows) more = 1;
      for (std::size_t r = 0; r < 4; ++r) next.used[r] += need[r] * more;
      next.all_gpus = next.all_gpus || kind.wanted->all_gpus;
      next.entitled = next.entitled || kind.entitled;
      if (grows) {
        next.type = Larger(next, tasks, k, type.price + alone);
        if (next.type == kNone) break;
      }
      bin = next;
      taken += static_cast<std::int32_t>(more);
    }
    return taken;
  }
  // The cheapest type that holds the bin for at most so much.
  std::uint32_t Larger(const Growing& bin, std::span<const Share> tasks, std::uint32_t k,
                       model::NanoUsdPerHour price_max) const {
    const auto end = static_cast<std::uint32_t>(
        std::ranges::upper_bound(problem_.types(), price_max, {}, &BinType::price) - problem_.types().begin());
    const Vector& most = largest_[end - 1];  // the bin's own type is cheap enough, so there is one
    if (most[0] < bin.used[0] || most[1] < bin.used[1] || most[2] < bin.used[2] || most[3] < bin.used[3]) return kNone;
    for (std::uint32_t t = 0; t < end; ++t) {
      if (Holds(problem_.types()[t], bin) && problem_.Served(k, t) && ServedBy(t, tasks)) return t;
    }
    return kNone;
  }
  void Place(std::uint32_t k) {
    std::int32_t left = problem_.kinds()[k].count;
    for (std::size_t at = 0; at < bins_.size() && left > 0; ++at) {
      Growing filled = bins_[at];
      const std::int32_t each = Fill(filled, tasks_[at], k, left);
      if (each == 0) continue;
      filled.times = std::min<std::int64_t>(bins_[at].times, left / each);
      left -= static_cast<std::int32_t>(filled.times) * each;
      std::vector<Share> tasks = tasks_[at];
      tasks.push_back({k, each});
      if (filled.times < bins_[at].times) {
        bins_[at].times -= filled.times;
        bins_.insert(bins_.begin() + static_cast<std::ptrdiff_t>(at), filled);
        tasks_.insert(tasks_.begin() + static_cast<std::ptrdiff_t>(at), std::move(tasks));
        // The others of its equals are next: fewer tasks are left than one of them would take.
      } else {
        bins_[at] = filled;
        tasks_[at] = std::move(tasks);
      }
    }
    while (left > 0) {
      Growing bin;
      bin.type = problem_.kinds()[k].alone;
      const std::int32_t each = Fill(bin, {}, k, left);
      ECSMI_CHECK(each > 0);  // `alone` holds one at least
      bin.times = left / each;
      left -= static_cast<std::int32_t>(bin.times) * each;
      bins_.push_back(bin);
      tasks_.push_back({{k, each}});
    }
  }

  const BinProblem& problem_;
  std::vector<Vector> largest_;  // per type: of it and all cheaper ones, each resource for itself
  std::vector<Growing> bins_;
  std::vector<std::vector<Share>> tasks_;  // per bin
};

}  // namespace

Fleet FirstFit(const BinProblem& problem) {
  return Filler(problem).Run();
}

}  // namespace ecsmi::core::placement
