#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "ecsmi/core/placement.h"

namespace ecsmi::core {
namespace {

// One instance being filled: what it holds so far and the cheapest type that holds it.
struct Bin {
  std::size_t type = 0;  // index into types
  model::Resources used;
  std::vector<std::int32_t> tasks;
  std::vector<std::uint16_t> ports;
};

class Planner {
 public:
  Planner(std::span<const WaitingClass> waiting, std::span<const LaunchableType> types, std::uint64_t zones)
      : waiting_(waiting), types_(types), zones_(zones) {}

  NewCapacityPlan Run() {
    NewCapacityPlan plan;
    plan.unplaced.assign(waiting_.size(), 0);
    plan.unplaced_reason.assign(waiting_.size(), "");
    std::map<std::uint8_t, std::vector<std::int32_t>> by_zone;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const std::vector<std::int32_t> shares = ZoneShares(waiting_[i]);
      std::int32_t placed = 0;
      for (std::size_t zone = 0; zone < shares.size(); ++zone) {
        if (shares[zone] == 0) continue;
        auto& counts = by_zone[static_cast<std::uint8_t>(zone)];
        counts.resize(waiting_.size());
        counts[i] = shares[zone];
        placed += shares[zone];
      }
      if (placed < waiting_[i].count) {
        plan.unplaced[i] = waiting_[i].count - placed;
        plan.unplaced_reason[i] = Reason(waiting_[i].wanted);
      }
    }
    for (const auto& [zone, counts] : by_zone) PackZone(zone, counts, plan);
    return plan;
  }

 private:
  static model::Resources Need(const PlacementClass& wanted, const LaunchableType& type) {
    model::Resources need = wanted.need;
    if (wanted.all_gpus) need.gpus = std::max<std::int16_t>(1, type.usable.gpus);
    return need;
  }

  bool Serves(const PlacementClass& wanted, const LaunchableType& type, std::uint8_t zone) const {
    return ((type.zones >> zone) & 1) != 0 &&
           (wanted.architecture == model::CpuArchitecture::kUnspecified || wanted.architecture == type.architecture) &&
           (wanted.any_type || wanted.types.Has(type.ordinal)) && type.usable.Contains(Need(wanted, type));
  }

  std::optional<std::size_t> CheapestAlone(const PlacementClass& wanted, std::uint8_t zone) const {
    for (std::size_t t = 0; t < types_.size(); ++t) {
      if (Serves(wanted, types_[t], zone)) return t;
    }
    return std::nullopt;
  }

  // Zones are filled evenly on top of what the group has (B50, B55); at most min(3, zones, desired) zones take part,
  // those the group already uses first (B56).
  std::vector<std::int32_t> ZoneShares(const WaitingClass& waiting) const {
    std::vector<std::uint8_t> usable;
    for (std::uint8_t zone = 0; zone < 64; ++zone) {
      if (((zones_ & waiting.wanted.zones) >> zone) & 1) {
        if (CheapestAlone(waiting.wanted, zone)) usable.push_back(zone);
      }
    }
    std::vector<std::int32_t> shares;
    if (usable.empty()) return shares;
    const auto have = [&](std::uint8_t zone) {
      return zone < waiting.zone_counts.size() ? waiting.zone_counts[zone] : 0u;
    };
    std::stable_sort(usable.begin(), usable.end(),
                     [&](std::uint8_t a, std::uint8_t b) { return (have(a) > 0) > (have(b) > 0); });
    const std::size_t target = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(1, waiting.group_desired)), 1,
                                                       std::min<std::size_t>(3, usable.size()));
    usable.resize(target);
    shares.resize(64);
    for (std::int32_t n = 0; n < waiting.count; ++n) {
      std::uint8_t best = usable.front();
      for (std::uint8_t zone : usable) {
        const auto load = [&](std::uint8_t z) { return have(z) + static_cast<std::uint32_t>(shares[z]); };
        if (load(zone) < load(best) || (load(zone) == load(best) && zone < best)) best = zone;
      }
      ++shares[best];
    }
    return shares;
  }

  // Which single requirement, dropped, would let a type serve the class; checked in this order.
  std::string Reason(const PlacementClass& wanted) const {
    const auto fits = [&](const PlacementClass& eased, std::uint64_t zones) {
      for (std::uint8_t zone = 0; zone < 64; ++zone) {
        if (((zones >> zone) & 1) != 0 && CheapestAlone(eased, zone)) return true;
      }
      return false;
    };
    const std::uint64_t zones = zones_ & wanted.zones;
    PlacementClass eased = wanted;
    eased.need.gpus = 0;
    eased.all_gpus = false;
    if (fits(eased, zones)) return "gpu";
    eased = wanted;
    eased.need.memory_mib = 0;
    if (fits(eased, zones)) return "memory";
    eased = wanted;
    eased.need.cpu_units = 0;
    if (fits(eased, zones)) return "cpu";
    eased = wanted;
    eased.architecture = model::CpuArchitecture::kUnspecified;
    if (fits(eased, zones)) return "architecture";
    eased = wanted;
    eased.any_type = true;
    if (fits(eased, zones)) return "constraint";
    if (fits(wanted, ~std::uint64_t{0})) return "zone";
    return "resources";
  }

  // First-fit-decreasing; a bin may grow to a larger type while that costs no more than an instance of its own for the
  // task (B53), and is at last given the cheapest type that holds what it holds (B52).
  void PackZone(std::uint8_t zone, const std::vector<std::int32_t>& counts, NewCapacityPlan& plan) {
    std::vector<std::size_t> order(counts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto size = [&](std::size_t i) {
      const model::Resources& need = waiting_[i].wanted.need;
      return std::tuple(need.gpus, static_cast<std::int64_t>(need.cpu_units) * 8 + need.memory_mib, need.cpu_units);
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
    std::vector<Bin> bins;
    for (std::size_t i : order) {
      const std::size_t alone = counts[i] > 0 ? *CheapestAlone(waiting_[i].wanted, zone) : 0;
      std::size_t first_open = 0;  // equal tasks: what refused one refuses the next
      for (std::int32_t n = 0; n < counts[i]; ++n) {
        bool placed = false;
        for (std::size_t b = first_open; b < bins.size() && !placed && !waiting_[i].wanted.dedicated; ++b) {
          placed = TryPut(bins[b], i, alone, zone);
          if (!placed) first_open = b + 1;
        }
        if (placed) continue;
        Bin bin;
        bin.type = alone;
        bin.tasks.assign(waiting_.size(), 0);
        Put(bin, i, types_[alone]);
        bins.push_back(std::move(bin));
      }
    }
    for (Bin& bin : bins) {
      for (std::size_t t = 0; t < types_.size(); ++t) {
        if (types_[t].price < types_[bin.type].price && HoldsAll(bin, types_[t], zone)) {
          bin.type = t;
          break;
        }
      }
      plan.instances.push_back({types_[bin.type].ordinal, zone, bin.tasks});
    }
  }

  static bool Clash(const std::vector<std::uint16_t>& a, const std::vector<std::uint16_t>& b) {
    return std::ranges::any_of(a, [&](std::uint16_t port) { return std::ranges::find(b, port) != b.end(); });
  }

  void Put(Bin& bin, std::size_t i, const LaunchableType& type) const {
    bin.used += Need(waiting_[i].wanted, type);
    ++bin.tasks[i];
    bin.ports.insert(bin.ports.end(), waiting_[i].wanted.host_ports.begin(), waiting_[i].wanted.host_ports.end());
  }

  // What the bin holds, on another type: ALL GPUs mean that type's GPUs.
  bool HoldsAll(const Bin& bin, const LaunchableType& type, std::uint8_t zone) const {
    model::Resources sum;
    for (std::size_t i = 0; i < bin.tasks.size(); ++i) {
      if (bin.tasks[i] == 0) continue;
      if (!Serves(waiting_[i].wanted, type, zone)) return false;
      const model::Resources need = Need(waiting_[i].wanted, type);
      for (std::int32_t n = 0; n < bin.tasks[i]; ++n) {
        sum += need;
        if (!type.usable.Contains(sum)) return false;
      }
    }
    return true;
  }

  bool TryPut(Bin& bin, std::size_t i, std::size_t alone, std::uint8_t zone) const {
    const PlacementClass& wanted = waiting_[i].wanted;
    for (std::size_t j = 0; j < bin.tasks.size(); ++j) {
      if (bin.tasks[j] == 0) continue;
      if (waiting_[j].wanted.dedicated) return false;
      const bool same_group = waiting_[j].group == waiting_[i].group;
      if (same_group && (wanted.distinct_instance || waiting_[j].wanted.distinct_instance)) return false;
    }
    if (Clash(bin.ports, wanted.host_ports)) return false;
    Bin grown = bin;
    Put(grown, i, types_[bin.type]);
    if (HoldsAll(grown, types_[bin.type], zone)) {
      bin = std::move(grown);
      return true;
    }
    const model::NanoUsdPerHour limit = types_[bin.type].price + types_[alone].price;
    for (std::size_t t = 0; t < types_.size() && types_[t].price <= limit; ++t) {
      if (!HoldsAll(grown, types_[t], zone)) continue;
      grown.type = t;
      bin = std::move(grown);
      return true;
    }
    return false;
  }

  const std::span<const WaitingClass> waiting_;
  const std::span<const LaunchableType> types_;
  const std::uint64_t zones_;
};

}  // namespace

NewCapacityPlan PlanNewInstances(std::span<const WaitingClass> waiting, std::span<const LaunchableType> types,
                                 std::uint64_t zones) {
  // The given order is the price order of On-Demand; the fee may turn neighbours round, so the planner's own is by
  // price.
  std::vector<LaunchableType> by_price(types.begin(), types.end());
  std::stable_sort(by_price.begin(), by_price.end(),
                   [](const LaunchableType& a, const LaunchableType& b) { return a.price < b.price; });
  return Planner(waiting, by_price, zones).Run();
}

}  // namespace ecsmi::core
