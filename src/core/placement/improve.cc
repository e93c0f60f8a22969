#include "core/placement/improve.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "core/placement/exact_fleet.h"
#include "core/placement/value_fill.h"
#include "ecsmi/base/keyed_hash.h"

namespace ecsmi::core::placement {
namespace {

constexpr std::int64_t kRoundsMax = 20'000;
constexpr std::int64_t kCopiesMax = 400;     // of one pattern, taken apart into single instances
constexpr std::uint64_t kTournament = 3;     // instances drawn for each one taken
constexpr std::int64_t kTiltPerMille = 150;  // the most that a value is raised
constexpr std::int64_t kExactSteps = 1'500;
constexpr std::int64_t kGoodPerMille = 960;  // contents over price from which a type is considered

// The problem in 128 bits: what is drawn depends on it alone.
base::Key128 KeyOf(const BinProblem& problem) {
  base::Key128 key{0x7061636b, 0x6572};
  for (const Kind& kind : problem.kinds()) {
    const model::Resources& need = kind.wanted->need;
    key = base::KeyedHash128(key, {static_cast<std::uint64_t>(need.cpu_units),
                                   static_cast<std::uint64_t>(need.memory_mib), static_cast<std::uint64_t>(need.gpus),
                                   static_cast<std::uint64_t>(need.eni_slots), static_cast<std::uint64_t>(kind.count)});
  }
  for (const BinType& type : problem.types()) {
    key = base::KeyedHash128(key, {type.ordinal, static_cast<std::uint64_t>(type.price)});
  }
  return key;
}

class Improver {
 public:
  Improver(const BinProblem& problem, const Appraisal& appraisal, Fleet fleet)
      : problem_(problem),
        appraisal_(appraisal),
        key_(KeyOf(problem)),
        fill_(problem),
        left_(problem.kind_count(), 0),
        values_(appraisal.values) {
    for (Bin& bin : fleet) {
      const std::int64_t singles = std::min(bin.times, kCopiesMax);
      bin.times -= singles;
      for (std::int64_t i = 0; i < singles; ++i) {
        bins_.push_back({bin.type, bin.tasks, 1});
        waste_.push_back(WasteOf(bins_.back()));
      }
      if (bin.times > 0) rest_.push_back(std::move(bin));
    }
    // The types that can be worth their price, and for each kind the one it would have alone.
    for (std::uint32_t t = 0; t < problem.type_count(); ++t) {
      const bool good =
          absl::int128(appraisal.limits[t]) * 1000 >= absl::int128(problem.types()[t].scaled_price) * kGoodPerMille;
      const auto needed = [&](const Kind& kind) { return kind.alone == t; };
      if (good || std::ranges::any_of(problem.kinds(), needed)) types_.push_back(t);
    }
    price_ = problem.ScaledPrice(rest_) + problem.ScaledPrice(bins_);
  }

  Fleet Run(Work& work) {
    for (round_ = 0; round_ < kRoundsMax && bins_.size() > 1 && !work.Done(); ++round_) {
      // Within a thousandth of the bound there is nothing left to be had.
      if (absl::int128(price_) * 1000 <= appraisal_.bound * 1001) break;
      Round(work);
    }
    std::ranges::move(bins_, std::back_inserter(rest_));
    return std::move(rest_);
  }

 private:
  Money WasteOf(const Bin& bin) const {
    Money waste = problem_.types()[bin.type].scaled_price;
    for (const Share& share : bin.tasks) waste -= appraisal_.values[share.kind] * share.count;
    return waste;
  }
  std::uint64_t Draw(std::uint64_t slot, std::uint64_t bound) const {
    return base::Reduce(base::KeyedHash64(key_, {static_cast<std::uint64_t>(round_), slot}), bound);
  }
  void Choose() {
    chosen_.clear();
    const std::size_t wanted = std::min<std::size_t>(bins_.size(), 2 + Draw(0, 4));
    for (std::uint64_t slot = 1; chosen_.size() < wanted && slot < 16; ++slot) {
      std::size_t best = Draw(slot * 8, bins_.size());
      for (std::uint64_t i = 1; i < kTournament; ++i) {
        const std::size_t other = Draw(slot * 8 + i, bins_.size());
        if (waste_[other] > waste_[best]) best = other;
      }
      if (std::ranges::find(chosen_, best) == chosen_.end()) chosen_.push_back(best);
    }
    std::ranges::sort(chosen_);
  }
  void Round(Work& work) {
    Choose();
    work.Spend(600);
    Money old_price = 0;
    for (const std::size_t at : chosen_) {
      old_price += problem_.types()[bins_[at].type].scaled_price;
      for (const Share& share : bins_[at].tasks) {
        left_[share.kind] += share.count;
        values_[share.kind] =
            appraisal_.values[share.kind] +
            static_cast<Money>(absl::int128(appraisal_.values[share.kind]) *
                               static_cast<std::int64_t>(Draw(1000 + share.kind, kTiltPerMille)) / 1000);
      }
    }
    Fleet fresh;
    if (std::optional<Fleet> best = ExactFleet(problem_, left_, kExactSteps, work)) {
      fresh = std::move(*best);
      std::ranges::fill(left_, 0);
    } else {
      fresh = fill_.Run({.tries_max = 4, .nodes_max = 40, .types = types_}, values_, appraisal_.rates, left_, work);
    }
    const Money new_price = problem_.ScaledPrice(fresh);
    if (new_price > old_price) return;
    price_ += new_price - old_price;
    for (auto at = chosen_.rbegin(); at != chosen_.rend(); ++at) {
      std::swap(bins_[*at], bins_.back());
      std::swap(waste_[*at], waste_.back());
      bins_.pop_back();
      waste_.pop_back();
    }
    for (const Bin& bin : fresh) {
      for (std::int64_t i = 0; i < bin.times; ++i) {
        bins_.push_back({bin.type, bin.tasks, 1});
        waste_.push_back(WasteOf(bins_.back()));
      }
    }
  }

  const BinProblem& problem_;
  const Appraisal& appraisal_;
  const base::Key128 key_;
  ValueFill fill_;
  Fleet bins_;  // singles
  Fleet rest_;
  std::vector<std::uint32_t> types_;
  std::vector<Money> waste_;  // per single: price less what its tasks are worth
  std::vector<std::size_t> chosen_;
  std::vector<std::int32_t> left_;
  std::vector<Money> values_;
  Money price_ = 0;
  std::int64_t round_ = 0;
};

}  // namespace

Fleet Improve(const BinProblem& problem, const Appraisal& appraisal, Fleet fleet, Work& work) {
  return Improver(problem, appraisal, std::move(fleet)).Run(work);
}

}  // namespace ecsmi::core::placement
