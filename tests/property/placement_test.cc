#include "ecsmi/core/placement.h"

#include <algorithm>
#include <map>
#include <vector>

#include "builders/seeds.h"
#include "ecsmi/base/keyed_hash.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 11}, {++count}), bound); }
  std::int32_t Pick(std::initializer_list<std::int32_t> values) { return *(values.begin() + Below(values.size())); }
};

constexpr model::Serial kProvider = 7;

struct Seen {
  model::ContainerInstance instance;
  std::vector<model::Serial> groups;  // of the tasks it holds
};

model::ContainerInstance AnInstance(Chance& chance, model::Serial serial, bool empty) {
  model::ContainerInstance instance;
  instance.serial = serial;
  instance.provider = kProvider;
  instance.type = chance.Below(2) == 0 ? "cheap" : "dear";
  instance.zone = static_cast<std::uint8_t>(chance.Below(3));
  instance.placement_slot = static_cast<std::uint32_t>(serial);
  instance.stage = model::InstanceStage::kActive;
  instance.registered = {.cpu_units = chance.Pick({2048, 4096, 8192}),
                         .memory_mib = chance.Pick({3845, 7818, 15764}),
                         .gpus = static_cast<std::int16_t>(chance.Below(4) == 0 ? 1 : 0),
                         .eni_slots = static_cast<std::int16_t>(chance.Pick({1, 4, 10}))};
  instance.remaining = instance.registered;
  if (empty) return instance;
  instance.used = true;
  instance.tasks.count = static_cast<std::uint32_t>(1 + chance.Below(3));
  instance.remaining -= {.cpu_units = chance.Pick({256, 1024, 2048}),
                         .memory_mib = chance.Pick({512, 2048, 3845}),
                         .gpus = 0,
                         .eni_slots = 1};
  if (chance.Below(3) == 0) instance.used_ports = {8080};
  return instance;
}

PlacementClass AClass(Chance& chance) {
  PlacementClass wanted;
  wanted.need = {.cpu_units = chance.Pick({128, 256, 1024, 4096}),
                 .memory_mib = chance.Pick({256, 512, 4096, 8192}),
                 .gpus = static_cast<std::int16_t>(chance.Below(6) == 0 ? 1 : 0),
                 .eni_slots = static_cast<std::int16_t>(chance.Below(4) == 0 ? 0 : 1)};
  wanted.distinct_instance = chance.Below(4) == 0;
  if (chance.Below(4) == 0) wanted.host_ports = {8080};
  if (chance.Below(4) == 0) wanted.zones = 1 + chance.Below(7);
  return wanted;
}

// The rule said plainly.
bool Takes(const Seen& seen, const PlacementClass& wanted, model::Serial group) {
  const model::ContainerInstance& instance = seen.instance;
  const bool port_taken = std::ranges::any_of(
      wanted.host_ports, [&](auto port) { return std::ranges::count(instance.used_ports, port) > 0; });
  return instance.remaining.Contains(wanted.need) && ((wanted.zones >> instance.zone) & 1) == 1 && !port_taken &&
         !(wanted.distinct_instance && std::ranges::count(seen.groups, group) > 0);
}

PlacementIndex::TypeLookup Lookup() {
  return [](model::Serial, std::string_view type) {
    return PlacementIndex::TypeFacts{static_cast<ports::TypeOrdinal>(type == "dear" ? 1 : 0),
                                     model::CpuArchitecture::kX86_64};
  };
}

void Report(PlacementIndex& index, const Seen& seen) {
  index.InstanceChanged(seen.instance);
  for (model::Serial group : seen.groups) {
    model::Task task;
    task.group = group;
    index.TaskPlaced(task, seen.instance);
  }
}

std::vector<Seen> SomeInstances(Chance& chance) {
  std::vector<Seen> all;
  for (model::Serial serial = 1; serial <= 1 + chance.Below(12); ++serial) {
    Seen seen{AnInstance(chance, serial, chance.Below(3) == 0), {}};
    for (std::uint32_t i = 0; i < seen.instance.tasks.count; ++i) seen.groups.push_back(70 + chance.Below(3));
    all.push_back(std::move(seen));
  }
  return all;
}

TEST(Placement, FindsRoomExactlyWhereTheRuleSaysThereIsSome) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(200); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    const std::vector<Seen> all = SomeInstances(chance);
    PlacementIndex index(Lookup());
    for (const Seen& seen : all) Report(index, seen);
    for (int i = 0; i < 20; ++i) {
      const PlacementClass wanted = AClass(chance);
      const model::Serial group = 70 + chance.Below(3);
      const model::Serial found = index.Find(kProvider, wanted, group);
      const bool any = std::ranges::any_of(all, [&](const Seen& seen) { return Takes(seen, wanted, group); });
      ASSERT_EQ(found != model::kNoSerial, any);
      if (any) {
        ASSERT_TRUE(Takes(all[found - 1], wanted, group));
      }
    }
  }
}

TEST(Placement, OneMoreEmptyInstanceMakesNothingUnplaceable) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(200); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    const std::vector<Seen> all = SomeInstances(chance);
    PlacementIndex index(Lookup());
    for (const Seen& seen : all) Report(index, seen);
    std::vector<std::pair<PlacementClass, model::Serial>> placeable;
    for (int i = 0; i < 20; ++i) {
      const PlacementClass wanted = AClass(chance);
      const model::Serial group = 70 + chance.Below(3);
      if (index.Find(kProvider, wanted, group) != model::kNoSerial) placeable.emplace_back(wanted, group);
    }
    index.InstanceChanged(AnInstance(chance, 99, true));
    for (const auto& [wanted, group] : placeable) {
      ASSERT_NE(index.Find(kProvider, wanted, group), model::kNoSerial);
    }
  }
}

TEST(Placement, TheOrderInWhichInstancesAreReportedDoesNotMatter) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(200); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    std::vector<Seen> all = SomeInstances(chance);
    PlacementIndex first(Lookup());
    for (const Seen& seen : all) Report(first, seen);
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[chance.Below(i)]);
    PlacementIndex second(Lookup());
    // Each is reported as it began, too: what an index forgets may not be
    // remembered.
    for (const Seen& seen : all) {
      model::ContainerInstance begun = seen.instance;
      begun.remaining = begun.registered;
      begun.tasks.count = 0;
      begun.used_ports.clear();
      second.InstanceChanged(begun);
    }
    for (const Seen& seen : all) Report(second, seen);
    for (int i = 0; i < 20; ++i) {
      const PlacementClass wanted = AClass(chance);
      const model::Serial group = 70 + chance.Below(3);
      ASSERT_EQ(first.Find(kProvider, wanted, group), second.Find(kProvider, wanted, group));
    }
  }
}

}  // namespace
}  // namespace ecsmi::core
