#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/placement/bin_problem.h"
#include "core/placement/cheapest_fleet.h"
#include "core/placement/zone_shares.h"
#include "ecsmi/base/check.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::core {
namespace {

using placement::Serves;

bool AnyServes(std::span<const LaunchableType> types, std::uint64_t zones, const PlacementClass& wanted) {
  return std::ranges::any_of(types, [&](const LaunchableType& type) {
    for (std::uint8_t zone = 0; zone < 64; ++zone) {
      if (((zones >> zone) & 1) != 0 && Serves(type, zone, wanted)) return true;
    }
    return false;
  });
}

// The requirement to blame when no type serves the class: the first that, dropped alone, would let one; else the first
// that shuts out the last type when they are asked for one after the other.
std::string Refusal(std::span<const LaunchableType> types, std::uint64_t zones, const PlacementClass& wanted) {
  const std::uint64_t allowed = zones & wanted.zones;
  if (allowed == 0) return "zone";
  using Change = void (*)(PlacementClass&, const PlacementClass&);
  struct Requirement {
    const char* name;
    Change drop;
    Change ask;
  };
  static constexpr Requirement kRequirements[] = {
      {"architecture", [](PlacementClass& to, const PlacementClass&) { to.architecture = {}; },
       [](PlacementClass& to, const PlacementClass& from) { to.architecture = from.architecture; }},
      {"constraint", [](PlacementClass& to, const PlacementClass&) { to.any_type = true; },
       [](PlacementClass& to, const PlacementClass& from) {
         to.any_type = from.any_type;
         to.types = from.types;
       }},
      {"gpu",
       [](PlacementClass& to, const PlacementClass&) {
         to.need.gpus = 0;
         to.all_gpus = false;
       },
       [](PlacementClass& to, const PlacementClass& from) {
         to.need.gpus = from.need.gpus;
         to.all_gpus = from.all_gpus;
       }},
      {"memory", [](PlacementClass& to, const PlacementClass&) { to.need.memory_mib = 0; },
       [](PlacementClass& to, const PlacementClass& from) { to.need.memory_mib = from.need.memory_mib; }},
      {"cpu", [](PlacementClass& to, const PlacementClass&) { to.need.cpu_units = 0; },
       [](PlacementClass& to, const PlacementClass& from) { to.need.cpu_units = from.need.cpu_units; }},
      {"eni", [](PlacementClass& to, const PlacementClass&) { to.need.eni_slots = 0; },
       [](PlacementClass& to, const PlacementClass& from) { to.need.eni_slots = from.need.eni_slots; }},
  };
  for (const Requirement& requirement : kRequirements) {
    PlacementClass eased = wanted;
    requirement.drop(eased, wanted);
    if (AnyServes(types, allowed, eased)) return requirement.name;
  }
  if (AnyServes(types, ~std::uint64_t{0}, wanted)) return "zone";
  PlacementClass asked;
  for (const Requirement& requirement : kRequirements) {
    requirement.ask(asked, wanted);
    if (!AnyServes(types, allowed, asked)) return requirement.name;
  }
  return "constraint";
}

// What the search for a cheap fleet may spend in all: in proportion to the tasks, but a few milliseconds for few of
// them and never more than a tenth of a second (core/placement/work.h).
std::int64_t Operations(std::int64_t tasks) {
  constexpr std::int64_t kPerTask = 44'000;
  constexpr std::int64_t kLeast = 6'000'000;
  constexpr std::int64_t kMost = 72'000'000;
  return std::clamp(tasks * kPerTask, kLeast, kMost);
}

// For a task that is alone on its instance. A GPU type only for who needs GPUs or has no other (C32).
const LaunchableType& CheapestAlone(std::span<const LaunchableType> types, std::uint8_t zone,
                                    const PlacementClass& wanted) {
  const bool gpus = wanted.all_gpus || wanted.need.gpus > 0;
  const LaunchableType* first = nullptr;
  for (const LaunchableType& type : types) {
    if (!placement::Serves(type, zone, wanted)) continue;
    if (gpus || type.usable.gpus == 0) return type;
    if (first == nullptr) first = &type;
  }
  ECSMI_CHECK(first != nullptr);
  return *first;
}

// Plans zone after zone. What was found for one zone is taken for the next when the problem is the same.
class ZonePacker {
 public:
  ZonePacker(std::span<const WaitingClass> waiting, std::span<const LaunchableType> types, NewCapacityPlan& plan)
      : waiting_(waiting), types_(types), plan_(plan) {}

  // `counts`: per waiting class. Dedicated tasks each get the cheapest type that holds one; all others are packed
  // together.
  void Pack(std::uint8_t zone, const std::vector<std::int32_t>& counts, std::int64_t operations) {
    std::vector<placement::BinClass> shared;
    origin_.clear();
    for (std::uint32_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      if (waiting_[i].wanted.dedicated) {
        const LaunchableType& type = CheapestAlone(types_, zone, waiting_[i].wanted);
        NewInstance instance{type.ordinal, zone, std::vector<std::int32_t>(waiting_.size())};
        instance.tasks[i] = 1;
        plan_.instances.insert(plan_.instances.end(), static_cast<std::size_t>(counts[i]), instance);
        plan_.lower_bound += type.price * counts[i];
        continue;
      }
      shared.push_back({&waiting_[i].wanted, waiting_[i].group, counts[i]});
      origin_.push_back(i);
    }
    if (shared.empty()) return;
    placement::BinProblem problem(shared, types_, zone);
    if (counts != last_counts_ || !last_ || !last_->SameTypes(problem)) {
      found_ = placement::CheapestFleet(problem, operations);
      last_ = std::move(problem);
      last_counts_ = counts;
    }
    plan_.lower_bound += found_.bound;
    Emit(zone);
  }

 private:
  // Single instances of the fleet found; tasks of a kind are taken from its classes in order.
  void Emit(std::uint8_t zone) {
    struct Cursor {
      std::size_t member = 0;
      std::int32_t taken = 0;
    };
    std::vector<Cursor> cursors(last_->kind_count());
    std::size_t count = plan_.instances.size();
    for (const placement::Bin& bin : found_.fleet) count += static_cast<std::size_t>(bin.times);
    plan_.instances.reserve(count);
    for (const placement::Bin& bin : found_.fleet) {
      for (std::int64_t n = 0; n < bin.times; ++n) {
        NewInstance& instance = plan_.instances.emplace_back();
        instance.type = last_->types()[bin.type].ordinal;
        instance.zone = zone;
        instance.tasks.assign(waiting_.size(), 0);
        for (const placement::Share& share : bin.tasks) {
          const placement::Kind& kind = last_->kinds()[share.kind];
          Cursor& at = cursors[share.kind];
          for (std::int32_t left = share.count; left > 0;) {
            const auto& [member, of_member] = kind.members[at.member];
            const std::int32_t taken = std::min(left, of_member - at.taken);
            instance.tasks[origin_[member]] += taken;
            left -= taken;
            at.taken += taken;
            if (at.taken == of_member) at = {at.member + 1, 0};
          }
        }
      }
    }
  }

  std::span<const WaitingClass> waiting_;
  std::span<const LaunchableType> types_;
  NewCapacityPlan& plan_;
  std::vector<std::uint32_t> origin_;  // waiting class per class of the problem
  std::vector<std::int32_t> last_counts_;
  std::optional<placement::BinProblem> last_;
  placement::PricedFleet found_;
};

}  // namespace

std::vector<LaunchableType> InPriceOrder(std::span<const LaunchableType> types) {
  std::vector<LaunchableType> sorted(types.begin(), types.end());
  std::ranges::sort(sorted, {},
                    [](const LaunchableType& type) { return std::tuple(type.price, type.vcpus, type.ordinal); });
  return sorted;
}

std::string UnmetRequirement(const PlacementClass& wanted, std::span<const LaunchableType> types, std::uint64_t zones) {
  return AnyServes(types, zones & wanted.zones, wanted) ? "" : Refusal(types, zones, wanted);
}

NewCapacityPlan PlanNewInstances(std::span<const WaitingClass> waiting, std::span<const LaunchableType> types,
                                 std::uint64_t zones) {
  // The fee may turn neighbours of the On-Demand order round, so the planner has an order of its own.
  const std::vector<LaunchableType> by_price = InPriceOrder(types);
  NewCapacityPlan plan;
  plan.unplaced.assign(waiting.size(), 0);
  plan.unplaced_reason.assign(waiting.size(), "");
  std::map<std::uint8_t, std::vector<std::int32_t>> by_zone;
  placement::ZoneSplitter splitter(waiting);
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (waiting[i].count <= 0) continue;
    std::uint64_t usable = 0;
    for (std::uint8_t zone = 0; zone < 64; ++zone) {
      const std::uint64_t bit = std::uint64_t{1} << zone;
      if ((zones & waiting[i].wanted.zones & bit) != 0 && AnyServes(by_price, bit, waiting[i].wanted)) usable |= bit;
    }
    if (usable == 0) {
      plan.unplaced[i] = waiting[i].count;
      plan.unplaced_reason[i] = UnmetRequirement(waiting[i].wanted, by_price, zones);
      continue;
    }
    for (const auto& [zone, count] : splitter.Split(i, usable)) {
      std::vector<std::int32_t>& counts = by_zone[zone];
      counts.resize(waiting.size());
      counts[i] = count;
    }
  }
  const auto tasks_of = [](const std::vector<std::int32_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  };
  std::int64_t tasks = 0;
  for (const auto& [zone, counts] : by_zone) tasks += tasks_of(counts);
  ZonePacker packer(waiting, by_price, plan);
  for (const auto& [zone, counts] : by_zone) {
    packer.Pack(zone, counts, Operations(tasks) * tasks_of(counts) / tasks);
  }
  return plan;
}

}  // namespace ecsmi::core
