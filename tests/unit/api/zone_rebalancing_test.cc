#include <map>
#include <set>
#include <string>

#include "builders/service_world.h"

namespace ecsmi {
namespace {

using ::testing::Contains;
using ::testing::MatchesRegex;
using ::testing::Not;
using testing::ServiceWorld;
namespace pb = ::ecsmi::ecs::v1;
using Rebalancing = pb::AvailabilityZoneRebalancing;

constexpr model::DurationMs kMinute = model::kMinuteMs;

class ZoneWorld : public ServiceWorld {
 public:
  using ServiceWorld::ServiceWorld;
  std::map<int, int> Running(model::Serial service) {
    std::map<int, int> zones;
    for (const model::Task& task : TasksOf(service, model::TaskStatus::kRunning)) {
      if (!task.desired_stopped) ++zones[state().Get<model::ContainerInstance>(task.instance).zone];
    }
    return zones;
  }
  // Stops tasks until all that run are in one zone, and keeps the service from replacing them: its desired count goes
  // along.
  void GatherInOneZone(model::Serial service, std::int32_t count) {
    const int zone = Running(service).begin()->first;
    Do([&](control::Step& step) {
      for (const model::Task& task : TasksOf(service, model::TaskStatus::kRunning)) {
        if (step.state.Get<model::ContainerInstance>(task.instance).zone == zone) continue;
        control::StopTask(step, task.serial, model::StopCode::kUserInitiated, "Task stopped by user");
      }
      step.state.Update<model::Service>(service, [&](model::Service& row) { row.desired_count = count; });
      return 0;
    });
  }
};

TEST(ZoneRebalancing, MovesTasksStartingBeforeStoppingWithinTheBounds) {
  ZoneWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 9);
  world.Advance(5 * kMinute);
  ASSERT_EQ(world.Running(service).size(), 3u);
  world.GatherInOneZone(service, 3);
  EXPECT_THAT(world.Events("web"),
              Contains("(service web) is not AZ balanced with 3 tasks in us-east-1a, 0 tasks in us-east-1b, 0 tasks in "
                       "us-east-1c. AZ Rebalancing in progress."));
  EXPECT_THAT(
      world.Events("web"),
      Contains(MatchesRegex(R"(\(service web\) has started 1 tasks in us-east-1b to AZ Rebalance: \(task .*)")));
  const model::TimeMs until = world.now + 10 * kMinute;
  while (world.now < until) {
    int healthy = 0;
    int all = 0;
    world.state().table<model::Task>().ForEach([&](const model::Task& task) {
      if (task.desired_stopped || task.status > model::TaskStatus::kRunning) return;
      ++all;
      healthy += task.status == model::TaskStatus::kRunning && task.started_at + 40'000 <= world.now;
    });
    ASSERT_GE(healthy, 3);
    ASSERT_LE(all, 6);
    world.Advance(500);
  }
  EXPECT_EQ(world.Running(service), (std::map<int, int>{{0, 1}, {1, 1}, {2, 1}}));
  EXPECT_THAT(world.Events("web"),
              Contains("(service web) is AZ balanced with 1 tasks in us-east-1a, 1 tasks in us-east-1b, 1 tasks in "
                       "us-east-1c."));  // D63
  model::DueItem due;
  EXPECT_FALSE(world.state().PeekForegroundDue(&due) && due.table == model::TableId::kService);
  EXPECT_EQ(world.Describe("web").deployments(0).rollout_state(), pb::DeploymentRolloutState::COMPLETED);
}

TEST(ZoneRebalancing, DoesNothingWhenItIsOffOrHasNoRoom) {
  for (const char* settings : {"availability_zone_rebalancing: DISABLED",
                               "deployment_configuration {maximum_percent: 100 minimum_healthy_percent: 50}",
                               "availability_zone_rebalancing: ENABLED "
                               "deployment_configuration {maximum_percent: 100 minimum_healthy_percent: 50}"}) {
    SCOPED_TRACE(settings);
    ZoneWorld world;
    const model::Serial service = world.Create("web", world.AddServiceDefinition(), 9, settings);
    world.Advance(5 * kMinute);
    world.GatherInOneZone(service, 3);
    world.Advance(10 * kMinute);
    EXPECT_EQ(world.Running(service).size(), 1u);
    EXPECT_THAT(world.Events("web"), Not(Contains(MatchesRegex(".*AZ.*"))));
  }
}

TEST(ZoneRebalancing, BeginsWhenItIsTurnedOn) {
  ZoneWorld world;
  const model::Serial service =
      world.Create("web", world.AddServiceDefinition(), 9, "availability_zone_rebalancing: DISABLED");
  world.Advance(5 * kMinute);
  world.GatherInOneZone(service, 3);
  world.Advance(5 * kMinute);
  ASSERT_EQ(world.Running(service).size(), 1u);
  const auto updated =
      world.Call(api::CheckUpdateService, api::UpdateService, "service: 'web' availability_zone_rebalancing: ENABLED");
  ASSERT_TRUE(updated.ok()) << updated.status();
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Running(service).size(), 3u);
}

TEST(ZoneRebalancing, LeavesProtectedTasksAlone) {
  ZoneWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 9);
  world.Advance(5 * kMinute);
  for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) {
    world.state().Update<model::Task>(task.serial,
                                      [&](model::Task& row) { row.protected_until = world.now + model::kHourMs; });
  }
  world.GatherInOneZone(service, 3);
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Running(service).size(), 1u);
  // Once the protection is over and something looks at the service again, it is balanced.
  world.Advance(model::kHourMs);
  world.SetDesired(service, 4);
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Running(service).size(), 3u);
}

TEST(ZoneRebalancing, ASmallerDesiredCountTakesTheMovingTasksFirst) {
  ZoneWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 9);
  world.Advance(5 * kMinute);
  world.GatherInOneZone(service, 3);
  world.SetDesired(service, 1);
  world.Advance(5 * kMinute);
  EXPECT_EQ(world.Describe("web").running_count(), 1);
  EXPECT_EQ(world.Describe("web").pending_count(), 0);
}

TEST(ZoneRebalancing, IsOnByDefaultWhereItCanAct) {
  ZoneWorld world;
  world.Create("web", world.AddServiceDefinition(), 0);
  EXPECT_EQ(world.Describe("web").availability_zone_rebalancing(), Rebalancing::ENABLED);  // D62
  world.Create("api", world.AddServiceDefinition(), 0, "deployment_configuration {maximum_percent: 100}");
  EXPECT_EQ(world.Describe("api").availability_zone_rebalancing(), Rebalancing::DISABLED);  // D62a
}

}  // namespace
}  // namespace ecsmi
