#include "core/placement/bin_problem.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ecsmi/base/check.h"

namespace ecsmi::core::placement {
namespace {

// The dearest price takes this many bits in the problem's money.
constexpr int kPriceBits = 38;

bool PortsClash(const PlacementClass& a, const PlacementClass& b) {
  return std::ranges::any_of(
      a.host_ports, [&](std::uint16_t port) { return std::ranges::find(b.host_ports, port) != b.host_ports.end(); });
}

bool WantsGpus(const PlacementClass& wanted) {
  return wanted.all_gpus || wanted.need.gpus > 0;
}

bool Contains(const Vector& room, const Vector& need) {
  return room[0] >= need[0] && room[1] >= need[1] && room[2] >= need[2] && room[3] >= need[3];
}

Vector AsVector(const model::Resources& amounts) {
  return {amounts.cpu_units, amounts.memory_mib, amounts.gpus, amounts.eni_slots};
}

// Which amounts of a resource sums of the needs come to: room between two of them is never used, and a type without it
// shows sooner what it can hold.
class Reach {
 public:
  Reach() = default;
  explicit Reach(std::span<const std::int32_t> needs) {
    for (const std::int32_t need : needs) step_ = std::gcd(step_, need);
    if (step_ == 0) return;
    reached_.assign(kStepsMax + 1, false);
    reached_[0] = true;
    std::vector<std::size_t> sizes;
    sizes.reserve(needs.size());
    for (const std::int32_t need : needs) sizes.push_back(static_cast<std::size_t>(need / step_));
    std::ranges::sort(sizes);
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    for (const std::size_t size : sizes) {
      if (size == 0) continue;
      for (std::size_t sum = size; sum <= kStepsMax; ++sum) {
        if (reached_[sum - size]) reached_[sum] = true;
      }
    }
  }
  // The largest sum that is no more than the room.
  std::int32_t Below(std::int32_t room) const {
    if (step_ == 0) return room;
    auto steps = static_cast<std::size_t>(room / step_);
    if (steps < reached_.size()) {
      while (!reached_[steps]) --steps;
    }
    return static_cast<std::int32_t>(steps) * step_;
  }

 private:
  static constexpr std::size_t kStepsMax = 2047;
  std::int32_t step_ = 0;
  std::vector<bool> reached_;
};

// Equal but for the zones they may be in, which are decided by now.
bool SameNeeds(const PlacementClass& a, const PlacementClass& b) {
  return a.need == b.need && a.all_gpus == b.all_gpus && a.architecture == b.architecture &&
         a.distinct_instance == b.distinct_instance && a.host_ports == b.host_ports && a.any_type == b.any_type &&
         (a.any_type || a.types == b.types);
}

}  // namespace

bool Serves(const LaunchableType& type, std::uint8_t zone, const PlacementClass& wanted) {
  if (((type.zones >> zone) & 1) == 0 || (!wanted.any_type && !wanted.types.Has(type.ordinal))) return false;
  if (wanted.architecture != model::CpuArchitecture::kUnspecified && wanted.architecture != type.architecture) {
    return false;
  }
  return type.usable.Contains(wanted.need) && (!wanted.all_gpus || type.usable.gpus > 0);
}

BinProblem::BinProblem(std::span<const BinClass> classes, std::span<const LaunchableType> types, std::uint8_t zone) {
  MergeClasses(classes);
  ChooseTypes(types, zone);
  FindConflicts(classes);
  DescribeTypes();
}

void BinProblem::MergeClasses(std::span<const BinClass> classes) {
  absl::flat_hash_set<model::Serial> apart;  // groups of which an instance may hold one task
  for (const BinClass& mine : classes) {
    if (mine.wanted->distinct_instance && mine.group != model::kNoSerial) apart.insert(mine.group);
  }
  // Which kinds have these needs; only looked up, so that its order decides nothing.
  absl::flat_hash_map<std::tuple<std::int32_t, std::int32_t, int, int>, std::vector<std::uint32_t>> known;
  for (std::uint32_t c = 0; c < classes.size(); ++c) {
    const PlacementClass& wanted = *classes[c].wanted;
    const model::Serial group = apart.contains(classes[c].group) ? classes[c].group : model::kNoSerial;
    std::vector<std::uint32_t>& alike =
        known[std::tuple(wanted.need.cpu_units, wanted.need.memory_mib, wanted.need.gpus, wanted.need.eni_slots)];
    const auto same = std::ranges::find_if(
        alike, [&](std::uint32_t k) { return groups_[k] == group && SameNeeds(*kinds_[k].wanted, wanted); });
    std::uint32_t k = 0;
    if (same == alike.end()) {
      k = kind_count();
      alike.push_back(k);
      groups_.push_back(group);
      Kind& kind = kinds_.emplace_back();
      kind.wanted = &wanted;
      kind.one_per_bin = wanted.distinct_instance || wanted.all_gpus || !wanted.host_ports.empty();
    } else {
      k = *same;
    }
    kinds_[k].count += classes[c].count;
    kinds_[k].members.emplace_back(c, classes[c].count);
  }
}

void BinProblem::ChooseTypes(std::span<const LaunchableType> types, std::uint8_t zone) {
  std::array<std::int64_t, 4> demand{};
  bool all_gpus = false;
  for (const Kind& kind : kinds_) {
    const model::Resources& need = kind.wanted->need;
    demand[0] += std::int64_t{need.cpu_units} * kind.count;
    demand[1] += std::int64_t{need.memory_mib} * kind.count;
    demand[2] += std::int64_t{need.gpus} * kind.count;
    demand[3] += std::int64_t{need.eni_slots} * kind.count;
    all_gpus = all_gpus || kind.wanted->all_gpus;
  }
  if (all_gpus) demand[2] = std::numeric_limits<std::int32_t>::max();
  std::array<Reach, 4> reach;
  for (std::size_t r = 0; r < 4; ++r) {
    if (r == 2 && all_gpus) continue;
    std::vector<std::int32_t> needs;
    for (const Kind& kind : kinds_) needs.push_back(AsVector(kind.wanted->need)[r]);
    reach[r] = Reach(needs);
  }
  const std::size_t words = (kinds_.size() + 63) / 64;
  std::vector<std::vector<std::uint64_t>> serves;  // per type kept, a bit per kind
  std::vector<std::uint64_t> mine(words);
  for (const LaunchableType& type : types) {
    std::ranges::fill(mine, 0);
    bool any = false;
    for (std::size_t k = 0; k < kinds_.size(); ++k) {
      if (!Serves(type, zone, *kinds_[k].wanted)) continue;
      mine[k / 64] |= std::uint64_t{1} << (k % 64);
      any = true;
    }
    if (!any) continue;
    BinType kept;
    kept.ordinal = type.ordinal;
    kept.price = type.price;
    kept.architecture = type.architecture;
    kept.has_gpus = type.usable.gpus > 0;
    kept.room = AsVector(type.usable);
    for (std::size_t r = 0; r < 4; ++r) {
      kept.room[r] = reach[r].Below(static_cast<std::int32_t>(std::min<std::int64_t>(kept.room[r], demand[r])));
    }
    bool outdone = false;
    for (std::size_t other = 0; other < types_.size() && !outdone; ++other) {
      // A GPU type never stands in for one without: who needs no GPU may not be entitled to it.
      if (!Contains(types_[other].room, kept.room) || (types_[other].has_gpus && !kept.has_gpus)) continue;
      outdone = true;
      for (std::size_t w = 0; w < words && outdone; ++w) outdone = (mine[w] & ~serves[other][w]) == 0;
    }
    if (outdone) continue;
    types_.push_back(std::move(kept));
    serves.push_back(mine);
  }
  served_.assign(kinds_.size(), std::vector<std::uint64_t>((types_.size() + 63) / 64));
  for (std::size_t t = 0; t < types_.size(); ++t) {
    for (std::size_t k = 0; k < kinds_.size(); ++k) {
      if ((serves[t][k / 64] >> (k % 64)) & 1) served_[k][t / 64] |= std::uint64_t{1} << (t % 64);
    }
  }
}

void BinProblem::FindConflicts(std::span<const BinClass> classes) {
  absl::flat_hash_map<std::uint64_t, std::uint32_t> cliques;
  for (std::uint32_t k = 0; k < kind_count(); ++k) {
    const PlacementClass& wanted = *kinds_[k].wanted;
    if (kinds_[k].one_per_bin) {
      const bool by_group = wanted.distinct_instance && groups_[k] != model::kNoSerial;
      const bool by_port = !by_group && !wanted.host_ports.empty();
      // All-GPU kinds exclude each other; a distinctInstance task without a group excludes only its like.
      const std::uint64_t key = by_group          ? groups_[k]
                                : by_port         ? (std::uint64_t{1} << 62) + wanted.host_ports[0]
                                : wanted.all_gpus ? std::uint64_t{1} << 63
                                                  : (std::uint64_t{3} << 62) + k;
      kinds_[k].clique = cliques.try_emplace(key, static_cast<std::uint32_t>(cliques.size())).first->second;
    }
    // Only these can exclude others; most problems have none.
    if (!kinds_[k].one_per_bin && groups_[k] == model::kNoSerial && wanted.need.gpus == 0) continue;
    for (std::uint32_t j = 0; j < k; ++j) {
      const PlacementClass& other = *kinds_[j].wanted;
      const bool same_group = groups_[k] != model::kNoSerial && groups_[k] == groups_[j];
      const bool apart = same_group && (wanted.distinct_instance || other.distinct_instance);
      const bool gpus = WantsGpus(wanted) && WantsGpus(other) && (wanted.all_gpus || other.all_gpus);
      if (!apart && !gpus && !PortsClash(wanted, other)) continue;
      kinds_[k].conflicts.push_back(j);
      kinds_[j].conflicts.push_back(k);
      has_conflicts_ = true;
    }
  }
  ECSMI_CHECK(classes.empty() || !kinds_.empty());
}

void BinProblem::DescribeTypes() {
  model::NanoUsdPerHour dearest = 1;
  for (const BinType& type : types_) dearest = std::max(dearest, type.price);
  shift_ = std::max(0, kPriceBits - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(dearest))));
  for (std::uint32_t t = 0; t < type_count(); ++t) {
    BinType& type = types_[t];
    type.scaled_price = type.price << shift_;
    for (std::uint32_t k = 0; k < kind_count(); ++k) {
      if (!Served(k, t)) continue;
      Fit fit{k, kinds_[k].one_per_bin ? 1 : kinds_[k].count, NeedOn(k, t)};
      for (std::size_t r = 0; r < 4; ++r) {
        if (fit.need[r] > 0) fit.most = std::min(fit.most, type.room[r] / fit.need[r]);
      }
      if (fit.most > 0) type.fits.push_back(fit);
    }
  }
  for (std::uint32_t k = 0; k < kind_count(); ++k) {
    std::uint32_t first = kNone;
    std::uint32_t first_without_gpus = kNone;
    for (std::uint32_t t = 0; t < type_count(); ++t) {
      if (!Served(k, t)) continue;
      if (first == kNone) first = t;
      if (first_without_gpus == kNone && !types_[t].has_gpus) first_without_gpus = t;
    }
    ECSMI_CHECK(first != kNone);
    kinds_[k].entitled = WantsGpus(*kinds_[k].wanted) || first_without_gpus == kNone;
    kinds_[k].alone = kinds_[k].entitled ? first : first_without_gpus;
  }
}

std::vector<std::int32_t> BinProblem::Counts() const {
  std::vector<std::int32_t> counts;
  for (const Kind& kind : kinds_) counts.push_back(kind.count);
  return counts;
}

bool BinProblem::SameTypes(const BinProblem& other) const {
  return served_ == other.served_ && std::ranges::equal(types_, other.types_, {}, &BinType::ordinal, &BinType::ordinal);
}

std::int64_t BinProblem::TaskCount() const {
  std::int64_t sum = 0;
  for (const Kind& kind : kinds_) sum += kind.count;
  return sum;
}

Vector BinProblem::NeedOn(std::uint32_t kind, std::size_t type) const {
  const PlacementClass& wanted = *kinds_[kind].wanted;
  return {wanted.need.cpu_units, wanted.need.memory_mib,
          wanted.all_gpus ? types_[type].room[2] : std::int32_t{wanted.need.gpus}, wanted.need.eni_slots};
}

std::uint32_t BinProblem::CheapestHolding(std::span<const Share> tasks) const {
  std::array<std::int64_t, 4> used{};
  bool all_gpus = false;
  bool entitled = false;
  for (const Share& share : tasks) {
    const Kind& kind = kinds_[share.kind];
    used[0] += std::int64_t{kind.wanted->need.cpu_units} * share.count;
    used[1] += std::int64_t{kind.wanted->need.memory_mib} * share.count;
    if (!kind.wanted->all_gpus) used[2] += std::int64_t{kind.wanted->need.gpus} * share.count;
    used[3] += std::int64_t{kind.wanted->need.eni_slots} * share.count;
    all_gpus = all_gpus || kind.wanted->all_gpus;
    entitled = entitled || kind.entitled;
  }
  for (std::size_t word = 0; word * 64 < types_.size(); ++word) {
    std::uint64_t bits = ~std::uint64_t{0};
    for (const Share& share : tasks) bits &= served_[share.kind][word];
    for (; bits != 0; bits &= bits - 1) {
      const std::size_t t = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      const BinType& type = types_[t];
      if (type.has_gpus ? !entitled : all_gpus) continue;
      if (type.room[0] >= used[0] && type.room[1] >= used[1] && type.room[2] >= used[2] && type.room[3] >= used[3]) {
        return static_cast<std::uint32_t>(t);
      }
    }
  }
  return kNone;
}

model::NanoUsdPerHour BinProblem::Price(const Fleet& fleet) const {
  model::NanoUsdPerHour price = 0;
  for (const Bin& bin : fleet) price += types_[bin.type].price * bin.times;
  return price;
}

Money BinProblem::ScaledPrice(const Fleet& fleet) const {
  return Price(fleet) << shift_;
}

}  // namespace ecsmi::core::placement
