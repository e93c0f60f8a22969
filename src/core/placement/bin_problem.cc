#include "core/placement/bin_problem.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "ecsmi/base/check.h"

namespace ecsmi::core::placement {
namespace {

bool PortsClash(const PlacementClass& a, const PlacementClass& b) {
  return std::ranges::any_of(
      a.host_ports, [&](std::uint16_t port) { return std::ranges::find(b.host_ports, port) != b.host_ports.end(); });
}

bool Conflict(const BinClass& a, const BinClass& b) {
  const bool same_group = a.group != model::kNoSerial && a.group == b.group;
  if (same_group && (a.wanted->distinct_instance || b.wanted->distinct_instance)) return true;
  const bool both_gpus =
      (a.wanted->all_gpus || a.wanted->need.gpus > 0) && (b.wanted->all_gpus || b.wanted->need.gpus > 0);
  return (both_gpus && (a.wanted->all_gpus || b.wanted->all_gpus)) || PortsClash(*a.wanted, *b.wanted);
}

// Of `room`, how many times `need` fits; `limit` when the resource is not asked for.
std::int32_t Times(std::int32_t room, std::int32_t need, std::int32_t limit) {
  return need <= 0 ? limit : std::min(limit, std::max(0, room) / need);
}

}  // namespace

bool Serves(const LaunchableType& type, std::uint8_t zone, const PlacementClass& wanted) {
  if (((type.zones >> zone) & 1) == 0 || (!wanted.any_type && !wanted.types.Has(type.ordinal))) return false;
  if (wanted.architecture != model::CpuArchitecture::kUnspecified && wanted.architecture != type.architecture) {
    return false;
  }
  return type.usable.Contains(wanted.need) && (!wanted.all_gpus || type.usable.gpus > 0);
}

std::vector<LaunchableType> InPriceOrder(std::span<const LaunchableType> types) {
  std::vector<LaunchableType> sorted(types.begin(), types.end());
  std::ranges::sort(sorted, {},
                    [](const LaunchableType& type) { return std::tuple(type.price, type.vcpus, type.ordinal); });
  return sorted;
}

BinProblem::BinProblem(std::vector<BinClass> classes, std::span<const LaunchableType> types, std::uint8_t zone)
    : classes_(std::move(classes)) {
  DropDominated(types, zone);
  const std::size_t words = (types_.size() + 63) / 64;
  for (const BinClass& mine : classes_) {
    std::vector<std::uint64_t> served(words);
    std::size_t first = kNoType;
    std::size_t first_without_gpus = kNoType;
    for (std::size_t t = 0; t < types_.size(); ++t) {
      if (!Serves(types_[t], zone, *mine.wanted)) continue;
      served[t / 64] |= std::uint64_t{1} << (t % 64);
      if (first == kNoType) first = t;
      if (first_without_gpus == kNoType && types_[t].usable.gpus == 0) first_without_gpus = t;
    }
    ECSMI_CHECK(first != kNoType);
    served_by_.push_back(std::move(served));
    const bool entitled = mine.wanted->need.gpus > 0 || mine.wanted->all_gpus || first_without_gpus == kNoType;
    entitled_.push_back(entitled);
    alone_.push_back(entitled ? first : first_without_gpus);
    one_per_bin_.push_back(mine.wanted->distinct_instance || mine.wanted->all_gpus || !mine.wanted->host_ports.empty());
  }
  conflicts_.resize(classes_.size());
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!Conflict(classes_[i], classes_[j])) continue;
      conflicts_[i].push_back(j);
      conflicts_[j].push_back(i);
    }
  }
}

void BinProblem::DropDominated(std::span<const LaunchableType> types, std::uint8_t zone) {
  std::vector<std::vector<bool>> serves;
  for (const LaunchableType& type : types) {
    std::vector<bool> mine;
    for (const BinClass& wanted : classes_) mine.push_back(Serves(type, zone, *wanted.wanted));
    if (std::ranges::find(mine, true) == mine.end()) continue;
    bool dominated = false;
    for (std::size_t k = 0; k < types_.size() && !dominated; ++k) {
      // A GPU type never stands in for one without: who needs no GPU may not be entitled to it.
      if (!types_[k].usable.Contains(type.usable) || (types_[k].usable.gpus > 0 && type.usable.gpus == 0)) continue;
      dominated = true;
      for (std::size_t i = 0; i < mine.size() && dominated; ++i) dominated = serves[k][i] || !mine[i];
    }
    if (dominated) continue;
    types_.push_back(type);
    serves.push_back(std::move(mine));
  }
}

Bin BinProblem::NewBin() const {
  Bin bin;
  bin.tasks.assign(classes_.size(), 0);
  bin.possible.assign((types_.size() + 63) / 64, ~std::uint64_t{0});
  if (types_.size() % 64 != 0) bin.possible.back() = (std::uint64_t{1} << (types_.size() % 64)) - 1;
  return bin;
}

bool BinProblem::MayJoin(const Bin& bin, std::size_t i) const {
  if (one_per_bin_[i] && bin.tasks[i] > 0) return false;
  return std::ranges::none_of(conflicts_[i], [&](std::size_t j) { return bin.tasks[j] > 0; });
}

std::int32_t BinProblem::Addable(const Bin& bin, std::size_t i, std::int32_t limit) const {
  if (limit <= 0 || !Served(i, bin.type) || !MayJoin(bin, i)) return 0;
  if (one_per_bin_[i]) limit = 1;
  const model::Resources& room = types_[bin.type].usable;
  const PlacementClass& wanted = *classes_[i].wanted;
  limit = Times(room.cpu_units - bin.used.cpu_units, wanted.need.cpu_units, limit);
  limit = Times(room.memory_mib - bin.used.memory_mib, wanted.need.memory_mib, limit);
  limit = Times(room.eni_slots - bin.used.eni_slots, wanted.need.eni_slots, limit);
  return wanted.all_gpus ? limit : Times(room.gpus - bin.used.gpus, wanted.need.gpus, limit);
}

void BinProblem::Add(Bin& bin, std::size_t i, std::int32_t count) const {
  const PlacementClass& wanted = *classes_[i].wanted;
  bin.used.cpu_units += wanted.need.cpu_units * count;
  bin.used.memory_mib += wanted.need.memory_mib * count;
  bin.used.eni_slots = static_cast<std::int16_t>(bin.used.eni_slots + wanted.need.eni_slots * count);
  if (wanted.all_gpus) {
    bin.all_gpus = true;
  } else {
    bin.used.gpus = static_cast<std::int16_t>(bin.used.gpus + wanted.need.gpus * count);
  }
  bin.entitled = bin.entitled || entitled_[i];
  bin.tasks[i] += count;
  for (std::size_t word = 0; word < bin.possible.size(); ++word) bin.possible[word] &= served_by_[i][word];
}

bool BinProblem::Room(const LaunchableType& type, const Bin& bin) const {
  return (type.usable.gpus == 0 || bin.entitled) && (type.usable.gpus > 0 || !bin.all_gpus) &&
         type.usable.Contains(bin.used);
}

std::size_t BinProblem::CheapestHolding(const Bin& bin) const {
  for (std::size_t word = 0; word < bin.possible.size(); ++word) {
    for (std::uint64_t bits = bin.possible[word]; bits != 0; bits &= bits - 1) {
      const std::size_t type = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      if (Room(types_[type], bin)) return type;
    }
  }
  return kNoType;
}

model::NanoUsdPerHour BinProblem::Price(const std::vector<Bin>& bins) const {
  model::NanoUsdPerHour price = 0;
  for (const Bin& bin : bins) price += types_[bin.type].price * bin.times;
  return price;
}

}  // namespace ecsmi::core::placement
