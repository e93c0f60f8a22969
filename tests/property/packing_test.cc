// Fleets against what can be proven about them: feasible and priced by a checker that reads nothing but the plan, near
// the bound that comes with it, equal to the optimum where one is known.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "builders/packing_mixes.h"
#include "builders/seeds.h"
#include "ecsmi/core/placement.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using Price = model::NanoUsdPerHour;
using testing::PackingMix;
using testing::PackingMixer;
using testing::Seeds;

// --- The checker: what a fleet has to obey, said again from the words and not from the planner's code ---

const LaunchableType& TypeNamed(const PackingMix& mix, ports::TypeOrdinal ordinal) {
  const auto found = std::ranges::find(mix.types, ordinal, &LaunchableType::ordinal);
  ECSMI_CHECK(found != mix.types.end());
  return *found;
}

bool Alone(const LaunchableType& type, int zone, const PlacementClass& wanted) {
  const bool architecture =
      wanted.architecture == model::CpuArchitecture::kUnspecified || wanted.architecture == type.architecture;
  return architecture && ((type.zones >> zone) & 1) == 1 && ((wanted.zones >> zone) & 1) == 1 &&
         (wanted.any_type || wanted.types.Has(type.ordinal)) && type.usable.cpu_units >= wanted.need.cpu_units &&
         type.usable.memory_mib >= wanted.need.memory_mib && type.usable.gpus >= wanted.need.gpus &&
         type.usable.eni_slots >= wanted.need.eni_slots && (!wanted.all_gpus || type.usable.gpus > 0);
}

// C32: who needs no GPU has a right to a GPU instance only where nothing else serves it.
bool JustifiesGpus(const PackingMix& mix, int zone, const PlacementClass& wanted) {
  if (wanted.all_gpus || wanted.need.gpus > 0) return true;
  return std::ranges::none_of(
      mix.types, [&](const LaunchableType& type) { return type.usable.gpus == 0 && Alone(type, zone, wanted); });
}

void CheckInstance(const PackingMix& mix, const NewInstance& instance) {
  const LaunchableType& type = TypeNamed(mix, instance.type);
  std::array<std::int64_t, 4> used{};
  std::int64_t tasks = 0;
  bool dedicated = false;
  bool justified = type.usable.gpus == 0;
  std::map<model::Serial, std::pair<std::int64_t, bool>> groups;  // tasks, whether one wants to be the only
  std::set<std::uint16_t> ports;
  for (std::size_t i = 0; i < mix.waiting.size(); ++i) {
    const PlacementClass& wanted = mix.waiting[i].wanted;
    const std::int64_t count = instance.tasks[i];
    ASSERT_GE(count, 0);
    if (count == 0) continue;
    ASSERT_TRUE(Alone(type, instance.zone, wanted));
    tasks += count;
    used[0] += wanted.need.cpu_units * count;
    used[1] += wanted.need.memory_mib * count;
    used[2] += (wanted.all_gpus ? type.usable.gpus : wanted.need.gpus) * count;
    used[3] += wanted.need.eni_slots * count;
    dedicated = dedicated || wanted.dedicated;
    justified = justified || JustifiesGpus(mix, instance.zone, wanted);
    auto& [of_group, only] = groups[mix.waiting[i].group];
    of_group += count;
    only = only || wanted.distinct_instance;
    for (const std::uint16_t port : wanted.host_ports) {
      ASSERT_EQ(count, 1);
      ASSERT_TRUE(ports.insert(port).second) << "port " << port << " is wanted twice";
    }
  }
  ASSERT_GT(tasks, 0);
  ASSERT_LE(used[0], type.usable.cpu_units);
  ASSERT_LE(used[1], type.usable.memory_mib);
  ASSERT_LE(used[2], type.usable.gpus);
  ASSERT_LE(used[3], type.usable.eni_slots);
  ASSERT_TRUE(!dedicated || tasks == 1) << "a dedicated task has company";
  ASSERT_TRUE(justified) << "a GPU instance for tasks without GPUs";
  ASSERT_EQ((mix.zones >> instance.zone) & 1, 1U);
  for (const auto& [group, held] : groups) {
    ASSERT_TRUE(group == model::kNoSerial || !held.second || held.first == 1) << "group " << group;
  }
}

// The plan's price, after all else was found right; the least possible integer when it was not.
Price CheckedPrice(const PackingMix& mix, const NewCapacityPlan& plan) {
  std::vector<std::int64_t> placed(mix.waiting.size());
  Price price = 0;
  for (const NewInstance& instance : plan.instances) {
    CheckInstance(mix, instance);
    if (::testing::Test::HasFatalFailure()) return std::numeric_limits<Price>::min();
    for (std::size_t i = 0; i < placed.size(); ++i) placed[i] += instance.tasks[i];
    price += TypeNamed(mix, instance.type).price;
  }
  for (std::size_t i = 0; i < placed.size(); ++i) {
    bool fits = false;
    for (int zone = 0; zone < 64; ++zone) {
      fits = fits || (((mix.zones >> zone) & 1) == 1 && std::ranges::any_of(mix.types, [&](const LaunchableType& type) {
                        return Alone(type, zone, mix.waiting[i].wanted);
                      }));
    }
    EXPECT_EQ(placed[i], fits ? mix.waiting[i].count : 0);
    EXPECT_EQ(placed[i] + plan.unplaced[i], mix.waiting[i].count);
  }
  EXPECT_LE(plan.lower_bound, price);
  return price;
}

// --- First-fit-decreasing: each task into the first instance with room, else into a new one of the cheapest type ---

Price FirstFitDecreasing(const PackingMix& mix, const NewCapacityPlan& plan) {
  // The zones' shares are the plan's: it is the packing that is compared.
  std::map<int, std::vector<std::int64_t>> by_zone;
  for (const NewInstance& instance : plan.instances) {
    std::vector<std::int64_t>& counts = by_zone[instance.zone];
    counts.resize(mix.waiting.size());
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += instance.tasks[i];
  }
  std::vector<LaunchableType> by_price = mix.types;
  std::ranges::sort(by_price, {}, [](const LaunchableType& type) { return std::tuple(type.price, type.ordinal); });
  Price price = 0;
  for (const auto& [zone, counts] : by_zone) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < counts.size(); ++i) order.push_back(i);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      const auto size = [&](std::size_t i) {
        const model::Resources& need = mix.waiting[i].wanted.need;
        return std::tuple(need.gpus, std::max(need.cpu_units * 4, need.memory_mib));
      };
      return size(a) > size(b);
    });
    struct Open {
      const LaunchableType* type;
      NewInstance instance;
      model::Resources room;
    };
    std::vector<Open> open;
    for (const std::size_t i : order) {
      const PlacementClass& wanted = mix.waiting[i].wanted;
      for (std::int64_t n = 0; n < counts[i]; ++n) {
        const auto takes = [&, zone = zone](const Open& bin) {
          if (wanted.dedicated || !bin.room.Contains(wanted.need) || !Alone(*bin.type, zone, wanted)) return false;
          for (std::size_t j = 0; j < counts.size(); ++j) {
            if (bin.instance.tasks[j] == 0) continue;
            const WaitingClass& other = mix.waiting[j];
            if (other.wanted.dedicated) return false;
            if (other.group == mix.waiting[i].group && (wanted.distinct_instance || other.wanted.distinct_instance)) {
              return false;
            }
            if (std::ranges::any_of(wanted.host_ports, [&](std::uint16_t port) {
                  return std::ranges::count(other.wanted.host_ports, port) > 0;
                })) {
              return false;
            }
          }
          return true;
        };
        auto bin = std::ranges::find_if(open, takes);
        if (bin == open.end()) {
          const auto type = std::ranges::find_if(by_price, [&, zone = zone](const LaunchableType& candidate) {
            return Alone(candidate, zone, wanted) && (candidate.usable.gpus == 0 || JustifiesGpus(mix, zone, wanted));
          });
          ECSMI_CHECK(type != by_price.end());
          price += type->price;
          open.push_back({&*type, {type->ordinal, 0, std::vector<std::int32_t>(counts.size())}, type->usable});
          bin = open.end() - 1;
        }
        bin->room -= wanted.need;
        ++bin->instance.tasks[i];
      }
    }
  }
  return price;
}

// --- Mixes by seed ---

TEST(Packing, FleetsAreFeasibleNearTheirBoundAndNeverAboveFirstFitDecreasing) {
  struct Sum {
    double logarithms = 0;
    double worst = 1;
    int cases = 0;
    void Add(double ratio) {
      logarithms += std::log(ratio);
      worst = std::max(worst, ratio);
      ++cases;
    }
    double mean() const { return std::exp(logarithms / cases); }
  };
  Sum all;
  Sum large;
  for (const char* const shape : testing::kPackingShapes) {
    for (std::uint64_t seed = 1; seed <= std::max<std::uint64_t>(1, Seeds(8) / 8); ++seed) {
      for (const std::int32_t tasks : {20, 60, 200, 600, 2'000}) {
        SCOPED_TRACE(::testing::Message() << shape << ", seed " << seed << ", tasks " << tasks);
        const PackingMix mix = PackingMixer(shape, seed).Make(tasks);
        const NewCapacityPlan plan = PlanNewInstances(mix.waiting, mix.types, mix.zones);
        const Price price = CheckedPrice(mix, plan);
        ASSERT_FALSE(HasFatalFailure());
        EXPECT_LE(price, FirstFitDecreasing(mix, plan));
        ASSERT_GT(plan.lower_bound, 0);
        const double ratio = static_cast<double>(price) / static_cast<double>(plan.lower_bound);
        all.Add(ratio);
        if (tasks >= 200) {
          large.Add(ratio);
          EXPECT_LE(ratio, 1.06);
        }
      }
    }
  }
  // Few tasks have no close bound: the optimum itself is some per cent above it.
  EXPECT_LE(large.mean(), 1.01);
  EXPECT_LE(all.mean(), 1.016);
  std::printf("%d cases: geometric mean %.4f; from 200 tasks on %.4f, worst %.4f\n", all.cases, all.mean(),
              large.mean(), large.worst);
}

TEST(Packing, EqualInputGetsAnEqualPlan) {
  for (const char* const shape : {"gpu", "apart", "many_classes", "three_zones", "catalogue"}) {
    SCOPED_TRACE(shape);
    const PackingMix mix = PackingMixer(shape, 5).Make(300);
    const NewCapacityPlan once = PlanNewInstances(mix.waiting, mix.types, mix.zones);
    const NewCapacityPlan again = PlanNewInstances(mix.waiting, mix.types, mix.zones);
    EXPECT_EQ(once.lower_bound, again.lower_bound);
    ASSERT_EQ(once.instances.size(), again.instances.size());
    for (std::size_t i = 0; i < once.instances.size(); ++i) {
      EXPECT_EQ(once.instances[i].type, again.instances[i].type);
      EXPECT_EQ(once.instances[i].tasks, again.instances[i].tasks);
    }
  }
}

// Whole instances were cut into the tasks, so their price is the optimum.
void ExpectNearThePlanted(std::int64_t tasks, std::uint64_t seeds) {
  double logarithms = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    for (const std::int32_t families : {1, 3}) {
      SCOPED_TRACE(::testing::Message() << "seed " << seed << ", tasks " << tasks << ", families " << families);
      const PackingMix mix = PackingMixer::Planted(seed, tasks, families, 12);
      const NewCapacityPlan plan = PlanNewInstances(mix.waiting, mix.types, mix.zones);
      const Price price = CheckedPrice(mix, plan);
      ASSERT_FALSE(::testing::Test::HasFatalFailure());
      EXPECT_LE(plan.lower_bound, mix.planted);
      EXPECT_GE(static_cast<double>(plan.lower_bound), 0.99 * static_cast<double>(mix.planted));
      const double ratio = static_cast<double>(price) / static_cast<double>(mix.planted);
      EXPECT_LE(ratio, 1.05);
      logarithms += std::log(ratio);
    }
  }
  const double mean = std::exp(logarithms / static_cast<double>(2 * seeds));
  EXPECT_LE(mean, 1.01);
  std::printf("%lld tasks: geometric mean %.4f of the planted price\n", static_cast<long long>(tasks), mean);
}

TEST(Packing, FindsPlantedFleetsOfTenThousandTasks) {
  ExpectNearThePlanted(10'000, std::min<std::uint64_t>(Seeds(2), 20));
}

TEST(Packing, FindsPlantedFleetsOfAHundredThousandAndAMillionTasks) {
  if (Seeds(1) == 1) GTEST_SKIP() << "in the slow set";
  ExpectNearThePlanted(100'000, 8);
  ExpectNearThePlanted(1'000'000, 3);
}

// --- Small cases against the optimum ---

// The least that the tasks can cost, by trying every partition into instances.
Price BruteForce(const PackingMix& mix) {
  std::vector<std::size_t> tasks;  // waiting class of each
  for (std::size_t i = 0; i < mix.waiting.size(); ++i) {
    const bool fits = std::ranges::any_of(
        mix.types, [&](const LaunchableType& type) { return Alone(type, 0, mix.waiting[i].wanted); });
    if (fits) tasks.insert(tasks.end(), static_cast<std::size_t>(mix.waiting[i].count), i);
  }
  constexpr Price kNever = std::numeric_limits<Price>::max() / 4;
  const std::size_t sets = std::size_t{1} << tasks.size();
  std::vector<Price> one(sets, kNever);
  for (std::size_t set = 1; set < sets; ++set) {
    std::vector<std::int32_t> counts(mix.waiting.size());
    for (std::size_t n = 0; n < tasks.size(); ++n) counts[tasks[n]] += static_cast<std::int32_t>((set >> n) & 1);
    for (const LaunchableType& type : mix.types) {
      model::Resources used;
      bool may = true;
      bool justified = type.usable.gpus == 0;
      bool only = false;
      std::int32_t count = 0;
      std::set<std::uint16_t> ports;
      std::set<model::Serial> groups;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        const PlacementClass& wanted = mix.waiting[i].wanted;
        if (counts[i] == 0) continue;
        may = may && Alone(type, 0, wanted);
        for (std::int32_t n = 0; n < counts[i]; ++n) {
          model::Resources need = wanted.need;
          if (wanted.all_gpus) need.gpus = type.usable.gpus;
          used += need;
          for (const std::uint16_t port : wanted.host_ports) may = may && ports.insert(port).second;
          if (wanted.distinct_instance) may = may && groups.insert(mix.waiting[i].group).second;
        }
        count += counts[i];
        only = only || wanted.dedicated;
        justified = justified || JustifiesGpus(mix, 0, wanted);
      }
      if (may && justified && (!only || count == 1) && type.usable.Contains(used))
        one[set] = std::min(one[set], type.price);
    }
  }
  std::vector<Price> best(sets, kNever);
  best[0] = 0;
  for (std::size_t set = 1; set < sets; ++set) {
    const std::size_t low = set & (~set + 1);
    for (std::size_t part = set; part > 0; part = (part - 1) & set) {
      if ((part & low) != 0) best[set] = std::min(best[set], one[part] + best[set ^ part]);
    }
  }
  return best[sets - 1];
}

// One zone, at most nine tasks of at most five classes, up to six types whose price rises with their size but not in
// proportion; every rule of who may share with whom.
PackingMix ASmallMix(std::uint64_t seed) {
  PackingMixer chance("small", seed);
  const auto one_in = [&](std::int32_t n) { return chance.Between(1, n) == 1; };
  PackingMix mix;
  for (std::int32_t i = chance.Between(1, 6); i > 0; --i) {
    LaunchableType type;
    const std::int32_t size = 1 << chance.Between(0, 2);
    type.usable = {.cpu_units = 2048 * size,
                   .memory_mib = (3845 << chance.Between(0, 2)) * size,
                   .gpus = static_cast<std::int16_t>(one_in(3) ? chance.Between(1, 2) : 0),
                   .eni_slots = static_cast<std::int16_t>(chance.Between(2, 8))};
    type.price = 100 * size + chance.Between(-20, 40) + type.usable.memory_mib / 400 + type.usable.gpus * 300;
    type.architecture = one_in(4) ? model::CpuArchitecture::kArm64 : model::CpuArchitecture::kX86_64;
    type.vcpus = 2 * size;
    type.zones = 1;
    mix.types.push_back(type);
  }
  std::ranges::stable_sort(mix.types, {}, &LaunchableType::price);
  for (std::size_t i = 0; i < mix.types.size(); ++i) mix.types[i].ordinal = static_cast<ports::TypeOrdinal>(i);
  std::int32_t left = 9;
  for (std::int32_t i = chance.Between(1, 5); i > 0 && left > 0; --i) {
    WaitingClass waiting;
    waiting.wanted.need = {.cpu_units = 256 << chance.Between(0, 4),
                           .memory_mib = chance.Between(1, 12) * 512,
                           .gpus = static_cast<std::int16_t>(one_in(5) ? 1 : 0),
                           .eni_slots = 1};
    waiting.wanted.all_gpus = waiting.wanted.need.gpus == 0 && one_in(12);
    waiting.wanted.dedicated = one_in(8);
    waiting.wanted.distinct_instance = one_in(6);
    if (one_in(8)) waiting.wanted.host_ports = {80};
    if (one_in(6)) waiting.wanted.architecture = model::CpuArchitecture::kX86_64;
    if (one_in(8)) {
      waiting.wanted.any_type = false;
      for (const LaunchableType& type : mix.types) {
        if (one_in(2)) waiting.wanted.types.Set(type.ordinal);
      }
    }
    waiting.group = static_cast<model::Serial>(i);
    waiting.count = chance.Between(1, left);
    waiting.group_desired = waiting.count;
    left -= waiting.count;
    mix.waiting.push_back(waiting);
  }
  return mix;
}

TEST(Packing, SmallFleetsAreTheCheapestOfAll) {
  for (std::uint64_t seed = 1; seed <= Seeds(300) * 4; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    const PackingMix mix = ASmallMix(seed);
    const NewCapacityPlan plan = PlanNewInstances(mix.waiting, mix.types, mix.zones);
    const Price price = CheckedPrice(mix, plan);
    ASSERT_FALSE(HasFatalFailure());
    const Price best = BruteForce(mix);
    ASSERT_EQ(price, best);
    ASSERT_LE(plan.lower_bound, best);
  }
}

// Two services of two tasks over two zones: one instance of 2 vCPUs and 16 GiB per zone, each with one task of both.
TEST(Packing, AwsOwnExampleSharesAnInstancePerZone) {
  PackingMix mix = PackingMixer("catalogue", 1).Make(20);
  mix.zones = 0b11;
  for (LaunchableType& type : mix.types) type.zones = 0b11;
  mix.waiting.clear();
  for (const std::int32_t memory_mib : {5'632, 9'728}) {
    WaitingClass service;
    service.wanted.need = {.cpu_units = 1024, .memory_mib = memory_mib, .gpus = 0, .eni_slots = 1};
    service.group = static_cast<model::Serial>(memory_mib);
    service.count = service.group_desired = 2;
    mix.waiting.push_back(service);
  }
  const NewCapacityPlan plan = PlanNewInstances(mix.waiting, mix.types, mix.zones);
  CheckedPrice(mix, plan);
  ASSERT_EQ(plan.instances.size(), 2U);
  EXPECT_NE(plan.instances[0].zone, plan.instances[1].zone);
  for (const NewInstance& instance : plan.instances) {
    EXPECT_EQ(instance.tasks, (std::vector<std::int32_t>{1, 1}));
    EXPECT_EQ(TypeNamed(mix, instance.type).vcpus, 2);
    EXPECT_GE(TypeNamed(mix, instance.type).usable.memory_mib, 15'360);
    EXPECT_LE(TypeNamed(mix, instance.type).usable.memory_mib, 16'384);
  }
}

}  // namespace
}  // namespace ecsmi::core
