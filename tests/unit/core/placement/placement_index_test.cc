#include <string>

#include "ecsmi/core/placement.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

constexpr model::Serial kProvider = 7;
constexpr model::Serial kGroup = 70;
constexpr model::Resources kRoom = {.cpu_units = 4096, .memory_mib = 8000, .eni_slots = 10};

// Instances as the tables would report them.
class PlacementIndexTest : public ::testing::Test {
 protected:
  PlacementIndexTest()
      : index_([](model::Serial, std::string_view type) {
          return PlacementIndex::TypeFacts{static_cast<ports::TypeOrdinal>(type == "dear" ? 1 : 0),
                                           model::CpuArchitecture::kX86_64};
        }) {}

  model::ContainerInstance Add(std::uint8_t zone, model::Resources taken = {}, std::uint32_t tasks = 0,
                               const std::string& type = "cheap", model::Resources room = kRoom) {
    model::ContainerInstance instance;
    instance.serial = ++last_;
    instance.provider = kProvider;
    instance.type = type;
    instance.zone = zone;
    instance.placement_slot = static_cast<std::uint32_t>(last_);
    instance.stage = model::InstanceStage::kActive;
    instance.registered = instance.remaining = room;
    instance.remaining -= taken;
    instance.tasks.count = tasks;
    index_.InstanceChanged(instance);
    return instance;
  }
  void PutTask(const model::ContainerInstance& instance, model::Serial group) {
    model::Task task;
    task.group = group;
    index_.TaskPlaced(task, instance);
  }
  model::Serial Find(const PlacementClass& wanted) { return index_.Find(kProvider, wanted, kGroup); }
  static PlacementClass Small() {
    PlacementClass wanted;
    wanted.need = {.cpu_units = 256, .memory_mib = 512, .eni_slots = 1};
    return wanted;
  }

  PlacementIndex index_;
  model::Serial last_ = 0;
};

// B57: the zone decides before anything else.
TEST_F(PlacementIndexTest, PrefersTheZoneWithTheFewestTasksOfTheGroup) {
  const auto here = Add(0, {.cpu_units = 1024}, 1);
  const auto there = Add(1);
  PutTask(here, kGroup);
  EXPECT_EQ(Find(Small()), there.serial);
  PutTask(there, kGroup);
  PutTask(there, kGroup);
  EXPECT_EQ(Find(Small()), here.serial);
  PutTask(here, kGroup + 1);  // another group's tasks do not count
  PutTask(here, kGroup + 1);
  EXPECT_EQ(Find(Small()), here.serial);
}

TEST_F(PlacementIndexTest, PrefersOccupiedInstancesThenTheTightestHoleThenTheLowestSlot) {
  Add(0);  // empty
  const auto loose = Add(0, {.cpu_units = 1024, .memory_mib = 1024}, 1);
  EXPECT_EQ(Find(Small()), loose.serial);
  const auto tight = Add(0, {.cpu_units = 3072, .memory_mib = 4000}, 3);
  EXPECT_EQ(Find(Small()), tight.serial);
  Add(0, {.cpu_units = 3072, .memory_mib = 4000}, 3);  // as tight, a higher slot
  EXPECT_EQ(Find(Small()), tight.serial);
}

TEST_F(PlacementIndexTest, TakesEmptyInstancesWithoutGpuAndCheapestFirst) {
  model::Resources gpu = kRoom;
  gpu.gpus = 1;
  Add(0, {}, 0, "cheap", gpu);
  const auto dear = Add(0, {}, 0, "dear");
  EXPECT_EQ(Find(Small()), dear.serial);
  const auto cheap = Add(0, {}, 0, "cheap");
  EXPECT_EQ(Find(Small()), cheap.serial);
}

// B78, C67, E67: who may not share.
TEST_F(PlacementIndexTest, KeepsApartWhatMayNotShare) {
  auto instance = Add(0, {.cpu_units = 1024}, 1);
  PlacementClass wanted = Small();
  wanted.host_ports = {80};
  EXPECT_EQ(Find(wanted), instance.serial);
  instance.used_ports = {80};
  index_.InstanceChanged(instance);
  EXPECT_EQ(Find(wanted), model::kNoSerial);
  EXPECT_EQ(Find(Small()), instance.serial);

  PutTask(instance, kGroup);
  wanted = Small();
  wanted.distinct_instance = true;
  EXPECT_EQ(Find(wanted), model::kNoSerial);

  wanted = Small();
  wanted.dedicated = true;
  EXPECT_EQ(Find(wanted), model::kNoSerial);
  EXPECT_EQ(index_.Find(kProvider + 1, Small(), kGroup), model::kNoSerial);
}

}  // namespace
}  // namespace ecsmi::core
