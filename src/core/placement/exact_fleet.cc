#include "core/placement/exact_fleet.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "ecsmi/base/check.h"

namespace ecsmi::core::placement {
namespace {

constexpr model::NanoUsdPerHour kNever = std::numeric_limits<model::NanoUsdPerHour>::max();

class Table {
 public:
  Table(const BinProblem& problem, std::vector<Share> all) : problem_(problem), all_(std::move(all)) {
    for (const Share& share : all_) {
      strides_.push_back(size_);
      size_ *= static_cast<std::size_t>(share.count) + 1;
    }
  }
  std::size_t size() const { return size_; }

  Fleet Solve() {
    DescribeInstances();
    best_.assign(size_, kNever);
    last_.assign(size_, 0);
    best_[0] = 0;
    std::vector<std::int32_t> digits(all_.size(), 0);
    for (std::size_t state = 1; state < size_; ++state) {
      Increment(digits);
      state_ = state;
      // An instance must hold one of the first kind that has a task here: the order of instances means nothing.
      const auto first = static_cast<std::size_t>(
          std::ranges::find_if(digits, [](std::int32_t digit) { return digit > 0; }) - digits.begin());
      for (std::int32_t count = 1; count <= digits[first]; ++count) {
        TryContents(digits, first + 1, strides_[first] * static_cast<std::size_t>(count));
      }
    }
    Fleet fleet;
    for (std::size_t state = size_ - 1; state > 0; state -= last_[state]) {
      ECSMI_CHECK(best_[state] != kNever);
      fleet.push_back({types_[last_[state]], ContentsOf(last_[state]), 1});
    }
    return fleet;
  }

 private:
  void Increment(std::vector<std::int32_t>& digits) const {
    for (std::size_t i = 0; i < digits.size(); ++i) {
      if (digits[i] < all_[i].count) {
        ++digits[i];
        return;
      }
      digits[i] = 0;
    }
  }
  std::vector<Share> ContentsOf(std::size_t state) const {
    std::vector<Share> contents;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const auto count = static_cast<std::int32_t>(state / strides_[i] % (static_cast<std::size_t>(all_[i].count) + 1));
      if (count > 0) contents.push_back({all_[i].kind, count});
    }
    return contents;
  }
  bool MayShare(std::span<const Share> tasks) const {
    return std::ranges::all_of(tasks, [&](const Share& share) {
      const Kind& kind = problem_.kinds()[share.kind];
      if (kind.one_per_bin && share.count > 1) return false;
      return std::ranges::none_of(tasks, [&](const Share& other) {
        return std::ranges::find(kind.conflicts, other.kind) != kind.conflicts.end();
      });
    });
  }
  // The type that each contents would need, if any.
  void DescribeInstances() {
    types_.assign(size_, kNone);
    prices_.assign(size_, kNever);
    for (std::size_t state = 1; state < size_; ++state) {
      const std::vector<Share> contents = ContentsOf(state);
      if (!MayShare(contents)) continue;
      types_[state] = problem_.CheapestHolding(contents);
      if (types_[state] != kNone) prices_[state] = problem_.types()[types_[state]].price;
    }
  }
  void TryContents(const std::vector<std::int32_t>& digits, std::size_t from, std::size_t contents) {
    if (from == digits.size()) {
      const model::NanoUsdPerHour rest = best_[state_ - contents];
      if (prices_[contents] == kNever || rest == kNever || prices_[contents] + rest >= best_[state_]) return;
      best_[state_] = prices_[contents] + rest;
      last_[state_] = contents;
      return;
    }
    for (std::int32_t count = 0; count <= digits[from]; ++count) {
      TryContents(digits, from + 1, contents + strides_[from] * static_cast<std::size_t>(count));
    }
  }

  const BinProblem& problem_;
  std::vector<Share> all_;
  std::vector<std::size_t> strides_;
  std::size_t size_ = 1;
  std::vector<std::uint32_t> types_;           // per contents
  std::vector<model::NanoUsdPerHour> prices_;  // per contents
  std::vector<model::NanoUsdPerHour> best_;    // per tasks placed
  std::vector<std::size_t> last_;              // per tasks placed: contents of one of the instances
  std::size_t state_ = 0;
};

}  // namespace

std::optional<Fleet> ExactFleet(const BinProblem& problem, std::span<const std::int32_t> left, std::int64_t steps_max,
                                Work& work) {
  std::vector<Share> all;
  std::int64_t steps = 1;
  for (std::uint32_t k = 0; k < left.size(); ++k) {
    if (left[k] == 0) continue;
    const std::int64_t count = left[k];
    if (count > steps_max) return std::nullopt;
    steps *= (count + 1) * (count + 2) / 2;
    if (steps > steps_max) return std::nullopt;
    all.push_back({k, left[k]});
  }
  Table table(problem, std::move(all));
  work.Spend(2000 + steps * 12 + static_cast<std::int64_t>(table.size()) * 500);
  return table.Solve();
}

}  // namespace ecsmi::core::placement
