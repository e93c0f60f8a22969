#include <map>

#include "builders/service_world.h"

namespace ecsmi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using testing::ServiceWorld;
namespace pb = ::ecsmi::ecs::v1;

constexpr model::DurationMs kMinute = model::kMinuteMs;

TEST(ServiceStory, ThreeTasksComeUpAndTheServiceIsSteadyOnceTheyAreHealthy) {
  ServiceWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 3);
  EXPECT_EQ(world.Describe("web").pending_count(), 3);
  world.Advance(2 * kMinute);
  const pb::Service shown = world.Describe("web");
  EXPECT_EQ(shown.running_count(), 3);
  EXPECT_EQ(shown.pending_count(), 0);
  ASSERT_EQ(shown.deployments_size(), 1);
  EXPECT_EQ(shown.deployments(0).status(), "PRIMARY");
  EXPECT_EQ(shown.deployments(0).rollout_state(), pb::DeploymentRolloutState::COMPLETED);
  const std::string id = shown.deployments(0).id();
  EXPECT_THAT(id, MatchesRegex("ecs-svc/[0-9]{19}"));
  EXPECT_EQ(shown.deployments(0).rollout_state_reason(), "ECS deployment " + id + " completed.");
  EXPECT_THAT(world.Events("web"),  // D53, D33: completed before steady
              ElementsAre(MatchesRegex("\\(service web\\) has started 3 tasks:( \\(task [0-9a-f]{32}\\)){3}\\."),
                          "(service web) (deployment " + id + ") deployment completed.",
                          "(service web) has reached a steady state."));
  // D25: no health check, so each task counts 40 s after it runs.
  for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) {
    EXPECT_GE(world.state().Get<model::Service>(service).steady_announced_at, task.started_at + 40'000);
  }
}

TEST(ServiceStory, AStoppedTaskIsReplacedAtOnce) {
  ServiceWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 3);
  world.Advance(2 * kMinute);
  const model::Serial victim = world.TasksOf(service, model::TaskStatus::kRunning)[1].serial;
  world.Stop(victim);
  EXPECT_EQ(world.Describe("web").running_count(), 2);
  EXPECT_EQ(world.Describe("web").pending_count(), 1);
  world.Advance(2 * kMinute);
  EXPECT_GE(world.Describe("web").running_count(), 3);
  world.Advance(5 * kMinute);  // its zone was full when it was replaced: tasks move until zones are even (D63)
  EXPECT_EQ(world.Describe("web").running_count(), 3);
  EXPECT_THAT(world.Events("web").back(), HasSubstr("has reached a steady state."));
  EXPECT_EQ(world.state().Get<model::Task>(victim).stop_code, model::StopCode::kUserInitiated);
}

TEST(ServiceStory, ZeroTasksIsASteadyStateAndAScaleOutFromZeroStartsThem) {
  ServiceWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 0);
  EXPECT_EQ(world.Describe("web").deployments(0).rollout_state(), pb::DeploymentRolloutState::COMPLETED);  // D30
  EXPECT_THAT(world.Events("web").back(), "(service web) has reached a steady state.");
  world.SetDesired(service, 4);
  EXPECT_EQ(world.Describe("web").pending_count(), 4);
  world.Advance(2 * kMinute);
  EXPECT_EQ(world.Describe("web").running_count(), 4);
  world.SetDesired(service, 0);
  EXPECT_EQ(world.Describe("web").running_count(), 0);
  const auto stopping = world.TasksOf(service, model::TaskStatus::kStopping);
  ASSERT_EQ(stopping.size(), 4u);
  EXPECT_EQ(world.state().DocumentBytes(stopping[0].stopped_reason),  // C49
            "Scaling activity initiated by (deployment " + world.Describe("web").deployments(0).id() + ")");
  EXPECT_EQ(stopping[0].stop_code, model::StopCode::kServiceSchedulerInitiated);
}

// D3: scaled to 0 and deleted in the same breath, as Terraform and shell scripts do, while its task still runs.
TEST(ServiceStory, AServiceScaledToZeroIsDeletedWhileItsTasksStop) {
  ServiceWorld world;
  const model::Serial definition = world.AddServiceDefinition();
  const model::Serial service = world.Create("web", definition, 2);
  world.Advance(2 * kMinute);
  world.SetDesired(service, 0);
  ASSERT_EQ(world.TasksOf(service, model::TaskStatus::kStopping).size(), 2u);
  const auto deleted = world.Call(api::CheckDeleteService, api::DeleteService, "service: 'web'");
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->service().status(), "DRAINING");
  EXPECT_EQ(world.Describe("web").status(), "DRAINING");
  world.Advance(kMinute);
  EXPECT_EQ(world.Describe("web").status(), "INACTIVE");
}

TEST(ServiceStory, ADeletedServiceDrainsAndItsNameIsFreeOnceItIsInactive) {
  ServiceWorld world;
  const model::Serial definition = world.AddServiceDefinition();
  const model::Serial first = world.Create("web", definition, 2);
  world.Advance(2 * kMinute);
  const auto refused = world.Call(api::CheckDeleteService, api::DeleteService, "service: 'web'");
  EXPECT_EQ(refused.status().message(), "The service cannot be stopped while it is scaled above 0.");
  const auto deleted = world.Call(api::CheckDeleteService, api::DeleteService, "service: 'web' force: true");
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->service().status(), "DRAINING");
  EXPECT_EQ(world.Describe("web").status(), "DRAINING");
  EXPECT_EQ(world.Call(api::CheckListServices, api::ListServices, "")->service_arns_size(), 0);  // D4: hidden
  const auto early =
      world.Call(api::CheckCreateService, api::CreateService,
                 "service_name: 'web' desired_count: 1 task_definition: '" + world.NameOf(definition) + "'");
  EXPECT_EQ(early.status().message(), "Unable to Start a service that is still Draining.");
  world.Advance(kMinute);
  EXPECT_EQ(world.Describe("web").status(), "INACTIVE");
  EXPECT_EQ(world.Describe("web").deployments_size(), 0);
  const model::Serial second = world.Create("web", definition, 1);
  EXPECT_NE(first, second);
  EXPECT_EQ(world.Describe("web").status(), "ACTIVE");
}

TEST(ServiceStory, ScaleInTakesTheFullestZoneFirstAndInItTheNewestTask) {
  ServiceWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 7);
  world.Advance(3 * kMinute);
  const auto zones = [&] {
    std::map<int, int> counts;
    for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) {
      ++counts[world.state().Get<model::ContainerInstance>(task.instance).zone];
    }
    return counts;
  };
  ASSERT_GE(zones().size(), 2u);
  for (int desired = 6; desired >= 0; --desired) {
    world.SetDesired(service, desired);
    int least = 7;
    int most = 0;
    int total = 0;
    for (const auto& [zone, count] : zones()) {
      least = std::min(least, count);
      most = std::max(most, count);
      total += count;
    }
    EXPECT_EQ(total, desired);
    if (desired >= 3) {
      EXPECT_LE(most - least, 1) << desired;  // D60: balanced all the way
    }
  }
}

}  // namespace
}  // namespace ecsmi
