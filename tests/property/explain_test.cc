#include "ecsmi/control/explain.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "builders/packing_mixes.h"
#include "builders/seeds.h"
#include "builders/world_fixture.h"
#include "core/placement/hole.h"
#include "ecsmi/model/decision.h"
#include "gmock/gmock.h"

// What is recorded with a decision, against a plain recomputation from what was there before it: at least a thousand
// seeded decisions of each kind.
namespace ecsmi {
namespace {

using model::LaunchDecision;
using model::PlacementCause;
using testing::BareWorld;

constexpr int kDecisions = 1'000;

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 13}, {++count}), bound); }
  std::int32_t Pick(std::initializer_list<std::int32_t> values) { return *(values.begin() + Below(values.size())); }
};

// --- Placement -------------------------------------------------------------------------------------------------------

constexpr model::Serial kProvider = 7;

struct Seen {
  model::ContainerInstance instance;
  std::vector<model::Serial> groups;  // of the tasks it holds
  bool arm = false;
};

std::vector<Seen> SomeInstances(Chance& chance) {
  std::vector<Seen> all;
  for (model::Serial serial = 1; serial <= 2 + chance.Below(14); ++serial) {
    Seen seen;
    model::ContainerInstance& row = seen.instance;
    row.serial = serial;
    row.provider = kProvider;
    row.zone = static_cast<std::uint8_t>(chance.Below(3));
    row.placement_slot = static_cast<std::uint32_t>(serial);
    row.stage = model::InstanceStage::kActive;
    row.dedicated = chance.Below(6) == 0;
    row.type = chance.Below(3) == 0 ? "arm" : "x86";
    seen.arm = row.type == "arm";
    row.registered = {.cpu_units = chance.Pick({2048, 4096, 8192}),
                      .memory_mib = chance.Pick({3845, 7818, 15764}),
                      .gpus = static_cast<std::int16_t>(chance.Below(4) == 0 ? 2 : 0),
                      .eni_slots = static_cast<std::int16_t>(chance.Pick({1, 4, 10}))};
    row.remaining = row.registered;
    const std::uint64_t tasks = row.dedicated ? chance.Below(2) : chance.Below(3);
    row.used = tasks > 0;
    row.tasks.count = static_cast<std::uint32_t>(tasks);
    for (std::uint64_t n = 0; n < tasks; ++n) {
      seen.groups.push_back(70 + chance.Below(3));
      row.remaining -= {.cpu_units = 512, .memory_mib = 512, .gpus = 0, .eni_slots = 0};
    }
    if (tasks > 0 && chance.Below(3) == 0) row.used_ports = {8080};
    all.push_back(std::move(seen));
  }
  return all;
}

core::PlacementClass AClass(Chance& chance) {
  core::PlacementClass wanted;
  wanted.need = {.cpu_units = chance.Pick({128, 1024, 4096}),
                 .memory_mib = chance.Pick({256, 4096, 8192}),
                 .gpus = static_cast<std::int16_t>(chance.Below(6) == 0 ? 1 : 0),
                 .eni_slots = static_cast<std::int16_t>(chance.Below(4) == 0 ? 2 : 1)};
  if (chance.Below(4) == 0) wanted.architecture = model::CpuArchitecture::kArm64;
  wanted.distinct_instance = chance.Below(4) == 0;
  wanted.dedicated = chance.Below(6) == 0;
  if (chance.Below(4) == 0) wanted.host_ports = {8080};
  if (chance.Below(4) == 0) wanted.zones = 1 + chance.Below(7);
  if (chance.Below(5) == 0) {
    wanted.any_type = false;
    wanted.types.Set(0);
  }
  return wanted;
}

// All that the instance lacks, by the rules said plainly.
std::set<std::string> LacksOf(const Seen& seen, const core::PlacementClass& wanted, model::Serial group) {
  const model::ContainerInstance& row = seen.instance;
  std::set<std::string> lacks;
  const auto note = [&](bool lacking, const char* name) {
    if (lacking) lacks.insert(name);
  };
  note(row.remaining.cpu_units < wanted.need.cpu_units, "cpu");
  note(row.remaining.memory_mib < wanted.need.memory_mib, "memory");
  note(row.remaining.gpus < wanted.need.gpus, "gpu");
  note(row.remaining.eni_slots < wanted.need.eni_slots, "eni");
  note(wanted.architecture == model::CpuArchitecture::kArm64 && !seen.arm, "architecture");
  note(!wanted.any_type && seen.arm, "constraint");  // type 0 is the other one
  note(((wanted.zones >> row.zone) & 1) == 0, "zone");
  note(!wanted.host_ports.empty() && !row.used_ports.empty(), "port");
  note(wanted.distinct_instance && std::ranges::count(seen.groups, group) > 0, "distinctInstance");
  note(wanted.dedicated ? !row.dedicated || row.used : row.dedicated, "dedicated");
  return lacks;
}

void Report(core::PlacementIndex& index, const Seen& seen) {
  index.InstanceChanged(seen.instance);
  for (model::Serial group : seen.groups) {
    model::Task task;
    task.group = group;
    index.TaskPlaced(task, seen.instance);
  }
}

core::PlacementIndex::TypeLookup Lookup() {
  return [](model::Serial, std::string_view type) {
    return type == "arm" ? core::PlacementIndex::TypeFacts{1, model::CpuArchitecture::kArm64}
                         : core::PlacementIndex::TypeFacts{0, model::CpuArchitecture::kX86_64};
  };
}

// How tight an occupied instance's room is: free GPUs in steps first, then what the room is worth.
auto Tightness(const Seen& seen) {
  const model::Resources& free = seen.instance.remaining;
  return std::tuple(core::placement::GpuLevel(free.gpus),
                    core::placement::MoneyOf(free.cpu_units, free.memory_mib, free.gpus), seen.instance.placement_slot);
}

void CheckChoice(const std::vector<Seen>& all, const core::PlacementClass& wanted, model::Serial group,
                 const core::PlacementChoice& choice) {
  std::map<std::uint8_t, int> beside;
  for (const Seen& seen : all) {
    beside[seen.instance.zone] += static_cast<int>(std::ranges::count(seen.groups, group));
  }
  std::vector<std::pair<int, std::uint8_t>> order;
  for (const auto& [zone, tasks] : beside) {
    if (((wanted.zones >> zone) & 1) != 0) order.emplace_back(tasks, zone);
  }
  std::ranges::sort(order);
  int passed = 0;
  for (const auto& [tasks, zone] : order) {
    std::vector<const Seen*> takers;
    for (const Seen& seen : all) {
      if (seen.instance.zone == zone && LacksOf(seen, wanted, group).empty()) takers.push_back(&seen);
    }
    if (takers.empty()) {
      ++passed;
      continue;
    }
    ASSERT_NE(choice.instance, model::kNoSerial);
    const Seen& chosen = all[choice.instance - 1];
    ASSERT_EQ(chosen.instance.zone, zone);
    ASSERT_EQ(choice.beside, tasks);
    ASSERT_EQ(choice.zones_passed, passed);
    std::erase_if(takers, [](const Seen* seen) { return seen->instance.tasks.count == 0; });
    const PlacementCause expected = wanted.dedicated ? PlacementCause::kFreshInstance
                                    : takers.empty() ? PlacementCause::kEmptyInstance
                                                     : PlacementCause::kOccupiedInstance;
    ASSERT_EQ(choice.cause, expected);
    for (const Seen* other : takers) ASSERT_LE(Tightness(chosen), Tightness(*other));
    return;
  }
  ASSERT_EQ(choice.instance, model::kNoSerial);
}

TEST(Explain, APlacementsReasonIsWhatAPlainSearchFinds) {
  std::map<PlacementCause, int> decisions;
  const auto enough = [&] {
    return std::min({decisions[PlacementCause::kOccupiedInstance], decisions[PlacementCause::kEmptyInstance],
                     decisions[PlacementCause::kFreshInstance]}) >= kDecisions;
  };
  for (std::uint64_t seed = 1; !enough(); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    ASSERT_LT(seed, 20'000u);
    Chance chance{seed};
    const std::vector<Seen> all = SomeInstances(chance);
    core::PlacementIndex index(Lookup());
    for (const Seen& seen : all) Report(index, seen);
    for (int i = 0; i < 10; ++i) {
      const core::PlacementClass wanted = AClass(chance);
      const model::Serial group = 70 + chance.Below(3);
      const core::PlacementChoice choice = index.Choose(kProvider, wanted, group);
      ASSERT_NO_FATAL_FAILURE(CheckChoice(all, wanted, group, choice));
      ++decisions[choice.cause];
    }
  }
}

TEST(Explain, WhatInstancesLackForATaskIsWhatAPlainSearchFinds) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(200); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    const std::vector<Seen> all = SomeInstances(chance);
    core::PlacementIndex index(Lookup());
    for (const Seen& seen : all) Report(index, seen);
    for (int i = 0; i < 10; ++i) {
      const core::PlacementClass wanted = AClass(chance);
      const model::Serial group = 70 + chance.Below(3);
      std::vector<std::tuple<std::size_t, std::uint32_t, model::Serial>> expected;
      for (const Seen& seen : all) {
        const std::size_t lacks = LacksOf(seen, wanted, group).size();
        if (lacks > 0) expected.emplace_back(lacks, seen.instance.placement_slot, seen.instance.serial);
      }
      std::ranges::sort(expected);
      const std::vector<core::Miss> misses = index.Misses(kProvider, wanted, group, 4);
      ASSERT_EQ(misses.size(), std::min<std::size_t>(4, expected.size()));
      for (std::size_t n = 0; n < misses.size(); ++n) {
        ASSERT_EQ(misses[n].instance, std::get<2>(expected[n]));
        const auto names = core::NamesOf(misses[n].lacks);
        const std::set<std::string> lacks(names.begin(), names.end());
        ASSERT_EQ(lacks, LacksOf(all[misses[n].instance - 1], wanted, group));
      }
    }
  }
}

// --- New instances ---------------------------------------------------------------------------------------------------

bool Holds(const core::LaunchableType& type, const core::NewInstance& instance,
           std::span<const core::WaitingClass> waiting, std::span<const core::LaunchableType> types) {
  const auto serves = [&](const core::LaunchableType& one, const core::PlacementClass& wanted) {
    const bool architecture =
        wanted.architecture == model::CpuArchitecture::kUnspecified || wanted.architecture == one.architecture;
    return architecture && ((one.zones >> instance.zone) & 1) != 0 &&
           (wanted.any_type || wanted.types.Has(one.ordinal)) && one.usable.Contains(wanted.need) &&
           (!wanted.all_gpus || one.usable.gpus > 0);
  };
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  std::int64_t gpus = 0;
  std::int64_t enis = 0;
  bool entitled = false;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (instance.tasks[i] == 0) continue;
    const core::PlacementClass& wanted = waiting[i].wanted;
    if (!serves(type, wanted)) return false;
    cpu += std::int64_t{wanted.need.cpu_units} * instance.tasks[i];
    memory += std::int64_t{wanted.need.memory_mib} * instance.tasks[i];
    gpus += std::int64_t{wanted.need.gpus} * instance.tasks[i];
    enis += std::int64_t{wanted.need.eni_slots} * instance.tasks[i];
    entitled = entitled || wanted.all_gpus || wanted.need.gpus > 0 || std::ranges::none_of(types, [&](const auto& one) {
                 return one.usable.gpus == 0 && serves(one, wanted);
               });
  }
  return (type.usable.gpus == 0 || entitled) && type.usable.cpu_units >= cpu && type.usable.memory_mib >= memory &&
         type.usable.gpus >= gpus && type.usable.eni_slots >= enis;
}

TEST(Explain, WhatAPlannedInstanceCouldHaveBeenIsWhatAPlainSearchFinds) {
  int decisions = 0;
  for (std::uint64_t seed = 1; decisions < kDecisions; ++seed) {
    for (const char* shape : testing::kPackingShapes) {
      SCOPED_TRACE(::testing::Message() << shape << " seed " << seed);
      const testing::PackingMix mix = testing::PackingMixer(shape, seed).Make(30);
      const std::vector<core::LaunchableType> types = core::InPriceOrder(mix.types);
      const core::NewCapacityPlan plan = core::PlanNewInstances(mix.waiting, types, mix.zones);
      for (const core::NewInstance& instance : plan.instances) {
        ++decisions;
        std::vector<ports::TypeOrdinal> dearer;
        std::vector<ports::TypeOrdinal> cheaper;
        bool passed = false;
        for (const core::LaunchableType& type : types) {
          const bool holds = Holds(type, instance, mix.waiting, types);
          if (type.ordinal == instance.type) {
            ASSERT_TRUE(holds);
            passed = true;
          } else if (!passed) {
            cheaper.insert(cheaper.begin(), type.ordinal);
          } else if (holds && dearer.size() < 3) {
            dearer.push_back(type.ordinal);
          }
        }
        if (cheaper.size() > 2) cheaper.resize(2);
        std::vector<ports::TypeOrdinal> told;
        for (const core::OtherType& other : core::OtherTypes(instance, mix.waiting, types, 3, 2)) {
          told.push_back(other.type);
          const auto type = std::ranges::find(types, other.type, &core::LaunchableType::ordinal);
          ASSERT_EQ(other.lacks == 0, Holds(*type, instance, mix.waiting, types));
        }
        dearer.insert(dearer.end(), cheaper.begin(), cheaper.end());
        ASSERT_EQ(told, dearer);
      }
    }
  }
}

// A world that runs, looked at after each step: what its rows say of their launches and placements, and what was
// foretold of tasks.
class Watcher {
 public:
  explicit Watcher(BareWorld& world) : world_(world) {}

  void Look() {
    const control::Step step = world_.NewStep();
    using Plan = std::pair<model::Serial, model::Serial>;   // provider, decision
    std::map<Plan, std::map<std::uint32_t, int>> launched;  // by bin
    std::map<Plan, std::pair<int, model::NanoUsdPerHour>> totals;
    world_.state().table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
      if (!seen_.insert(row.serial).second) return;
      ++launched[{row.provider, row.decision}][row.bin];
      auto& total = totals[{row.provider, row.decision}];
      ++total.first;
      total.second += row.on_demand + row.fee_launch;
      CheckInstance(row);
      ++instances;
    });
    for (const auto& [plan, bins] : launched) {
      const LaunchDecision decision = Decode(plan.second);
      for (const auto& [bin, count] : bins) ASSERT_EQ(decision.bins[bin].count, count);
      ASSERT_EQ(totals[plan].first, decision.instances);
      ASSERT_EQ(totals[plan].second, decision.price);
      ASSERT_LE(decision.lower_bound, decision.price);
    }
    world_.state().table<model::Task>().ForEach([&](const model::Task& task) {
      ASSERT_EQ(task.placement != PlacementCause::kNone, task.placed_at != model::kUnset);
      if (task.instance == model::kNoSerial || task.status != model::TaskStatus::kProvisioning) return;
      for (const control::TaskMoveAhead& move : control::MovesAhead(step, task)) {
        if (move.status == model::TaskStatus::kRunning) foretold_[task.serial] = move.at;
      }
    });
  }
  void CheckForetold() {
    for (const auto& [serial, at] : foretold_) {
      const auto* task = world_.state().Find<model::Task>(serial);
      if (task == nullptr || task->started_at == model::kUnset) continue;
      ASSERT_EQ(task->started_at, at);
      ++forecasts;
    }
  }

  int instances = 0;
  int forecasts = 0;

 private:
  LaunchDecision Decode(model::Serial serial) {
    LaunchDecision decision;
    EXPECT_TRUE(model::DecodeRow(world_.state().DocumentBytes(serial), decision));
    return decision;
  }
  void CheckInstance(const model::ContainerInstance& row) {
    const LaunchDecision decision = Decode(row.decision);
    ASSERT_LT(row.bin, decision.bins.size());
    const LaunchDecision::Bin& bin = decision.bins[row.bin];
    ASSERT_EQ(bin.type, row.type);
    ASSERT_EQ(bin.zone, row.zone);
    // The tasks that were put there by the plan are those it was meant for.
    std::map<std::pair<model::Serial, std::pair<std::int32_t, bool>>, int> meant;  // definition, cpu, dedicated
    for (const LaunchDecision::Share& share : bin.tasks) {
      const LaunchDecision::Class& of = decision.classes[share.of];
      ASSERT_GE(of.waiting, share.count);
      meant[{of.definition, {of.need.cpu_units, of.dedicated}}] += share.count;
    }
    std::map<std::pair<model::Serial, std::pair<std::int32_t, bool>>, int> there;
    world_.state().table<model::Task>().ForEach([&](const model::Task& task) {
      if (task.instance != row.serial || task.placement != PlacementCause::kNewInstance) return;
      ++there[{task.definition, {task.resources.cpu_units, task.dedicated}}];
    });
    ASSERT_EQ(meant, there);
  }

  BareWorld& world_;
  std::set<model::Serial> seen_;
  std::map<model::Serial, model::TimeMs> foretold_;
};

TEST(Explain, RowsKeepTheReasonsOfTheirLaunchesAndTheMomentsForetoldCome) {
  int instances = 0;
  int forecasts = 0;
  for (std::uint64_t seed = 1; instances < kDecisions || forecasts < kDecisions; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    BareWorld world;
    Watcher watcher(world);
    const model::Serial cluster = world.AddCluster();
    const model::Serial providers[] = {world.AddProvider(cluster, 1), world.AddProvider(cluster, 3)};
    std::vector<model::Serial> definitions;
    for (int i = 0; i < 5; ++i) {
      definitions.push_back(world.AddDefinition({static_cast<std::int32_t>(512 << chance.Below(4)),
                                                 static_cast<std::int32_t>(1'024 << chance.Below(4)), 0, 1}));
    }
    std::vector<model::Serial> tasks;
    for (int round = 0; round < 30; ++round) {
      world.Do([&](control::Step& step) {
        for (std::uint64_t n = chance.Below(8); n > 0; --n) {
          control::NewTask task = world.ATask(cluster, providers[chance.Below(2)], definitions[chance.Below(5)]);
          task.dedicated = chance.Below(12) == 0;
          tasks.push_back(control::CreateTask(step, task));
        }
        return 0;
      });
      for (int n = 0; n < 3 && !tasks.empty(); ++n) {
        const model::Serial victim = tasks[chance.Below(tasks.size())];
        const auto* row = world.state().Find<model::Task>(victim);
        // One that is on its way is let be: what was foretold of it shall come.
        if (row == nullptr || row->status != model::TaskStatus::kRunning) continue;
        world.Do([&](control::Step& step) {
          control::StopTask(step, victim, model::StopCode::kUserInitiated, "Task stopped by user");
          return 0;
        });
      }
      for (std::uint64_t s = 1 + chance.Below(40); s > 0; --s) {
        world.Advance(model::kSecondMs / 2);
        ASSERT_NO_FATAL_FAILURE(watcher.Look());
      }
    }
    world.Advance(10 * model::kMinuteMs);
    ASSERT_NO_FATAL_FAILURE(watcher.CheckForetold());
    instances += watcher.instances;
    forecasts += watcher.forecasts;
  }
}

// --- Scaling ---------------------------------------------------------------------------------------------------------

TEST(Explain, AScalingPlansArithmeticIsWhatAPlainReckoningGives) {
  int decisions = 0;
  for (std::uint64_t seed = 1; decisions < kDecisions; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    model::ScalableTarget target;
    target.min_capacity = static_cast<std::int32_t>(chance.Below(4));
    target.max_capacity = target.min_capacity + static_cast<std::int32_t>(chance.Below(20));
    core::ScalingInput input;
    input.target = &target;
    input.running = static_cast<std::int32_t>(chance.Below(15));
    input.desired = static_cast<std::int32_t>(chance.Below(15));
    input.now = 1'000'000;
    std::vector<model::ScalingPolicy> policies(1 + chance.Below(3));
    std::vector<core::FiredPolicy> fired;
    std::optional<std::int64_t> largest;
    for (model::ScalingPolicy& policy : policies) {
      const bool exact = chance.Below(2) == 0;
      policy.adjustment_type = exact ? model::AdjustmentType::kExactCapacity : model::AdjustmentType::kChangeInCapacity;
      const auto adjustment = static_cast<std::int32_t>(chance.Below(12)) - (exact ? 0 : 6);
      fired.push_back({&policy, adjustment});
      // F10, F23: from the RUNNING count; a scale-out never lowers the count, a scale-in never raises it.
      std::int64_t wanted = exact ? adjustment : input.running + adjustment;
      const int direction = exact ? adjustment - input.desired : adjustment;
      if (direction > 0) wanted = std::max<std::int64_t>(wanted, input.desired);
      if (direction < 0) wanted = std::min<std::int64_t>(wanted, input.desired);
      if (direction == 0) wanted = input.desired;
      if (!largest || wanted > *largest) largest = wanted;
    }
    const core::ScalingPlan plan = core::PlanScaling(input, fired);
    ASSERT_EQ(plan.wanted, *largest);
    ASSERT_EQ(plan.base, input.running);
    ASSERT_EQ(plan.desired, std::clamp<std::int64_t>(*largest, target.min_capacity, target.max_capacity));
    ++decisions;
  }
}

}  // namespace
}  // namespace ecsmi
