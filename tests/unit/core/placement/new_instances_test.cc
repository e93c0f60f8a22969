#include <algorithm>
#include <string>
#include <vector>

#include "ecsmi/core/placement.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::uint64_t kThreeZones = 0b111;

LaunchableType AType(ports::TypeOrdinal ordinal, model::NanoUsdPerHour price, model::Resources usable,
                     std::uint64_t zones = kThreeZones) {
  LaunchableType type;
  type.ordinal = ordinal;
  type.price = price;
  type.usable = usable;
  type.vcpus = usable.cpu_units / 1024;
  type.zones = zones;
  return type;
}
WaitingClass Tasks(std::int32_t count, model::Resources need, model::Serial group = 1) {
  WaitingClass waiting;
  waiting.wanted.need = need;
  waiting.group = group;
  waiting.group_desired = count;
  waiting.count = count;
  return waiting;
}

// A small and a large type; two small ones cost as much as a large one.
const std::vector<LaunchableType>& Types() {
  static const std::vector<LaunchableType> types = {
      AType(0, 100, {.cpu_units = 2048, .memory_mib = 4000, .eni_slots = 10}),
      AType(1, 200, {.cpu_units = 4096, .memory_mib = 8000, .eni_slots = 20}),
      AType(2, 600, {.cpu_units = 4096, .memory_mib = 8000, .gpus = 1, .eni_slots = 20})};
  return types;
}

std::vector<ports::TypeOrdinal> TypesOf(const NewCapacityPlan& plan) {
  std::vector<ports::TypeOrdinal> types;
  for (const NewInstance& instance : plan.instances) types.push_back(instance.type);
  std::sort(types.begin(), types.end());
  return types;
}
std::vector<int> ZonesOf(const NewCapacityPlan& plan) {
  std::vector<int> zones;
  for (const NewInstance& instance : plan.instances) zones.push_back(instance.zone);
  return zones;
}

// B52.
TEST(PlanNewInstances, TakesTheCheapestTypeThatFits) {
  EXPECT_THAT(TypesOf(PlanNewInstances(std::vector{Tasks(1, {.cpu_units = 1024, .memory_mib = 1000})}, Types(), 1)),
              ElementsAre(0));
  EXPECT_THAT(TypesOf(PlanNewInstances(std::vector{Tasks(1, {.cpu_units = 1024, .memory_mib = 5000})}, Types(), 1)),
              ElementsAre(1));
}

// B51: one batch mixes what waits; here each instance gets one that needs CPU and one that needs memory.
TEST(PlanNewInstances, PacksDifferentTasksTogether) {
  const std::vector waiting = {Tasks(2, {.cpu_units = 1536, .memory_mib = 1000}, 1),
                               Tasks(2, {.cpu_units = 512, .memory_mib = 3000}, 2)};
  const NewCapacityPlan plan = PlanNewInstances(waiting, Types(), 1);
  EXPECT_EQ(plan.unplaced, (std::vector<std::int32_t>{0, 0}));
  model::NanoUsdPerHour price = 0;
  for (const ports::TypeOrdinal type : TypesOf(plan)) price += Types()[type].price;
  EXPECT_EQ(price, 200);
}

// B55, B56: over up to three zones, one only when there is one subnet.
TEST(PlanNewInstances, SpreadsAGroupOverZonesFirst) {
  const model::Resources need = {.cpu_units = 512, .memory_mib = 500};
  EXPECT_THAT(ZonesOf(PlanNewInstances(std::vector{Tasks(3, need)}, Types(), kThreeZones)),
              UnorderedElementsAre(0, 1, 2));
  EXPECT_THAT(ZonesOf(PlanNewInstances(std::vector{Tasks(2, need)}, Types(), kThreeZones)), UnorderedElementsAre(0, 1));
  EXPECT_THAT(ZonesOf(PlanNewInstances(std::vector{Tasks(3, need)}, Types(), 0b10)), ElementsAre(1));
  // What the group has already counts: the next one goes where it has none.
  WaitingClass next = Tasks(1, need);
  next.group_desired = 2;
  next.zone_counts = {1};
  EXPECT_THAT(ZonesOf(PlanNewInstances(std::vector{next}, Types(), 0b11)), ElementsAre(1));
}

// G29.
TEST(PlanNewInstances, LaunchesATypeOnlyWhereItIsOffered) {
  const std::vector<LaunchableType> types = {AType(0, 100, {.cpu_units = 2048, .memory_mib = 4000}, 0b100),
                                             AType(1, 200, {.cpu_units = 2048, .memory_mib = 4000}, 0b001)};
  const std::vector waiting = {Tasks(1, {.cpu_units = 512, .memory_mib = 500})};
  const NewCapacityPlan in_first = PlanNewInstances(waiting, types, 0b001);
  EXPECT_THAT(TypesOf(in_first), ElementsAre(1));
  const NewCapacityPlan nowhere = PlanNewInstances(waiting, types, 0b010);
  EXPECT_THAT(nowhere.instances, IsEmpty());
  EXPECT_THAT(nowhere.unplaced, ElementsAre(1));
  EXPECT_THAT(nowhere.unplaced_reason, ElementsAre("zone"));
}

// A GPU type comes for tasks without GPU only when nothing else may serve them (C32).
TEST(PlanNewInstances, KeepsGpusForThoseThatNeedThem) {
  const std::vector<LaunchableType> cheap_gpu = {
      AType(0, 50, {.cpu_units = 4096, .memory_mib = 8000, .gpus = 1, .eni_slots = 3}), Types()[0]};
  const std::vector plain = {Tasks(1, {.cpu_units = 512, .memory_mib = 500})};
  EXPECT_EQ(PlanNewInstances(plain, cheap_gpu, 1).instances[0].type, Types()[0].ordinal);
  EXPECT_THAT(TypesOf(PlanNewInstances(plain, std::vector{Types()[2]}, 1)), ElementsAre(2));
  const std::vector gpu = {Tasks(2, {.cpu_units = 512, .memory_mib = 500, .gpus = 1})};
  EXPECT_THAT(TypesOf(PlanNewInstances(gpu, Types(), 1)), ElementsAre(2, 2));  // B74: a device is not shared
}

// B78, C67: who cannot share gets an instance each.
TEST(PlanNewInstances, KeepsApartWhatCannotShare) {
  const model::Resources need = {.cpu_units = 256, .memory_mib = 256};
  WaitingClass ports = Tasks(2, need);
  ports.wanted.host_ports = {80};
  EXPECT_EQ(PlanNewInstances(std::vector{ports}, Types(), 1).instances.size(), 2U);
  WaitingClass distinct = Tasks(2, need);
  distinct.wanted.distinct_instance = true;
  EXPECT_EQ(PlanNewInstances(std::vector{distinct}, Types(), 1).instances.size(), 2U);
  WaitingClass dedicated = Tasks(2, need);
  dedicated.wanted.dedicated = true;
  EXPECT_EQ(PlanNewInstances(std::vector{dedicated}, Types(), 1).instances.size(), 2U);
  EXPECT_EQ(PlanNewInstances(std::vector{Tasks(2, need)}, Types(), 1).instances.size(), 1U);
}

// B61: the requirement to blame.
TEST(PlanNewInstances, SaysWhichRequirementNoTypeMeets) {
  const auto reason = [](const WaitingClass& waiting) {
    const NewCapacityPlan plan = PlanNewInstances(std::vector{waiting}, Types(), 1);
    EXPECT_THAT(plan.instances, IsEmpty());
    return plan.unplaced_reason[0];
  };
  EXPECT_EQ(reason(Tasks(1, {.cpu_units = 8192, .memory_mib = 1})), "cpu");
  EXPECT_EQ(reason(Tasks(1, {.cpu_units = 1, .memory_mib = 9000})), "memory");
  EXPECT_EQ(reason(Tasks(1, {.cpu_units = 1, .memory_mib = 1, .gpus = 2})), "gpu");
  EXPECT_EQ(reason(Tasks(1, {.cpu_units = 1, .memory_mib = 1, .eni_slots = 21})), "eni");
  WaitingClass arm = Tasks(1, {.cpu_units = 1, .memory_mib = 1});
  arm.wanted.architecture = model::CpuArchitecture::kArm64;
  EXPECT_EQ(reason(arm), "architecture");
}

}  // namespace
}  // namespace ecsmi::core
