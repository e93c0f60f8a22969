#include <map>
#include <vector>

#include "builders/world_fixture.h"

namespace ecsmi {
namespace {

using control::Step;
using testing::BareWorld;

std::size_t Placed(BareWorld& world) {
  std::size_t placed = 0;
  world.state().table<model::Task>().ForEach([&](const model::Task& task) { placed += task.HoldsRoom() ? 1u : 0u; });
  return placed;
}

void CreateTasks(BareWorld& world, model::Serial cluster, model::Serial provider, model::Serial definition, int count) {
  world.Do([&](Step& step) {
    for (int i = 0; i < count; ++i) control::CreateTask(step, world.ATask(cluster, provider, definition));
    return 0;
  });
}

control::Settings AtOnce() {
  control::Settings settings;
  settings.latency = control::LatencyTable::None();
  return settings;
}

TEST(WaitingPass, PlacesAThousandTasksAStepAndTheRestAMomentLater) {
  BareWorld world(AtOnce());
  const model::Serial cluster = world.AddCluster();
  const model::Serial provider = world.AddProvider(cluster);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  CreateTasks(world, cluster, provider, definition, 3'500);
  const std::size_t first = Placed(world);
  EXPECT_GE(first, 1'000u);
  EXPECT_LT(first, 2'100u);
  // Nothing more happens before its moment, however often the provider is looked at.
  world.state().dirty_providers().insert(provider);
  Step step = world.NewStep();
  control::Settle(step);
  EXPECT_EQ(Placed(world), first);
  world.Advance(4);
  EXPECT_GT(Placed(world), first);
  world.Advance(100);
  EXPECT_EQ(Placed(world), 3'500u);
  EXPECT_EQ(world.state().Get<model::CapacityProvider>(provider).batch_due_at, model::kNever);
}

TEST(WaitingPass, FillsTheHolesOfALargeFleetInStepsToo) {
  BareWorld world(AtOnce());
  const model::Serial cluster = world.AddCluster();
  const model::Serial provider = world.AddProvider(cluster);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  CreateTasks(world, cluster, provider, definition, 2'500);
  world.Advance(100);
  const std::size_t instances = world.state().table<model::ContainerInstance>().size();
  // All are stopped; the instances stay for a while and take the next ones.
  world.Do([&](Step& step) {
    std::vector<model::Serial> tasks;
    step.state.table<model::Task>().ForEach([&](const model::Task& task) { tasks.push_back(task.serial); });
    for (model::Serial task : tasks) control::StopTask(step, task, model::StopCode::kUserInitiated, "x");
    return 0;
  });
  ASSERT_EQ(Placed(world), 0u);
  CreateTasks(world, cluster, provider, definition, 2'500);
  EXPECT_EQ(Placed(world), 1'000u);
  world.Advance(4);
  EXPECT_EQ(Placed(world), 2'000u);
  world.Advance(4);
  EXPECT_EQ(Placed(world), 2'500u);
  EXPECT_EQ(world.state().table<model::ContainerInstance>().size(), instances);
}

TEST(WaitingPass, OfSubnetsInOneZoneTheOneWithFewerLiveInstancesGetsTheNext) {
  BareWorld world(AtOnce());
  const model::Serial cluster = world.AddCluster();
  // Zones are given out in turn: with six of them every seventh subnet shares the first one's.
  const std::size_t zones = (*testing::TestCatalog().Region("us-east-1", false))->zones.size();
  const model::Serial provider = world.AddProvider(cluster, static_cast<int>(zones) + 1);
  const auto& row = world.state().Get<model::CapacityProvider>(provider);
  const model::Serial first = row.subnets.front();
  const model::Serial last = row.subnets.back();
  ASSERT_EQ(world.state().Get<model::Subnet>(first).zone, world.state().Get<model::Subnet>(last).zone);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  world.Do([&](Step& step) {
    for (int i = 0; i < 40; ++i) {
      control::NewTask task = world.ATask(cluster, provider, definition);
      task.distinct_instance = true;
      control::CreateTask(step, task);
    }
    return 0;
  });
  world.Advance(1'000);
  const std::uint32_t in_first = world.state().LiveInstancesIn(provider, first);
  EXPECT_GT(in_first, 0u);
  EXPECT_LE(in_first - world.state().LiveInstancesIn(provider, last), 1u);
}

TEST(WaitingPass, LiveInstancesAreCountedUntilTheyAreTerminatedAndTheirNumbersComeAgain) {
  BareWorld world(AtOnce());
  const model::Serial cluster = world.AddCluster();
  const model::Serial provider = world.AddProvider(cluster, 1);
  const model::Serial definition = world.AddDefinition({1024, 1024, 0, 1});
  world.Do([&](Step& step) {
    for (int i = 0; i < 3; ++i) {
      control::NewTask task = world.ATask(cluster, provider, definition);
      task.dedicated = true;
      control::CreateTask(step, task);
    }
    return 0;
  });
  const auto count = [&] {
    std::uint32_t all = 0;
    for (const auto& [type, instances] : world.state().LiveInstancesByType("us-east-1")) all += instances;
    return all;
  };
  EXPECT_EQ(count(), 3u);
  EXPECT_EQ(world.state().FreePlacementSlot(), 3u);
  std::map<std::uint32_t, model::Serial> task_on;
  world.state().table<model::Task>().ForEach([&](const model::Task& task) {
    task_on[world.state().Get<model::ContainerInstance>(task.instance).placement_slot] = task.serial;
  });
  world.Do([&](Step& step) {
    control::StopTask(step, task_on[1], model::StopCode::kUserInitiated, "x");
    return 0;
  });
  EXPECT_EQ(count(), 2u);
  EXPECT_EQ(world.state().FreePlacementSlot(), 1u);
  EXPECT_TRUE(world.state().LiveInstancesByType("eu-west-1").empty());
}

TEST(NewestDefinition, IsTheHighestRevisionThatIsActive) {
  BareWorld world;
  model::State& state = world.state();
  model::Family family;
  family.serial = state.NewSerial();
  family.region = "us-east-1";
  family.name = "web";
  state.Insert(family);
  std::vector<model::Serial> revisions;
  for (int i = 1; i <= 3; ++i) {
    model::TaskDefinition row;
    row.serial = state.NewSerial();
    row.region = "us-east-1";
    row.family = "web";
    row.revision = i;
    revisions.push_back(state.Insert(row).serial);
  }
  const auto set = [&](int i, model::TaskDefinitionStatus status) {
    state.Update<model::TaskDefinition>(revisions[static_cast<std::size_t>(i)],
                                        [&](model::TaskDefinition& row) { row.status = status; });
  };
  EXPECT_EQ(state.FindNewestDefinition("us-east-1", "web"), revisions[2]);
  set(2, model::TaskDefinitionStatus::kInactive);
  set(1, model::TaskDefinitionStatus::kInactive);
  EXPECT_EQ(state.FindNewestDefinition("us-east-1", "web"), revisions[0]);
  set(0, model::TaskDefinitionStatus::kInactive);
  EXPECT_EQ(state.FindNewestDefinition("us-east-1", "web"), model::kNoSerial);
  set(1, model::TaskDefinitionStatus::kActive);
  EXPECT_EQ(state.FindNewestDefinition("us-east-1", "web"), revisions[1]);
  EXPECT_EQ(state.FindNewestDefinition("us-east-1", "other"), model::kNoSerial);
}

}  // namespace
}  // namespace ecsmi
