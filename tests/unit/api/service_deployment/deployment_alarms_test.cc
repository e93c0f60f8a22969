#include <string>

#include "builders/deployments_world.h"

namespace ecsmi {
namespace {

using ::testing::Contains;
using testing::DeploymentsWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace pb = ::ecsmi::ecs::v1;
using Status = pb::ServiceDeploymentStatus;
using Monitor = pb::ServiceDeploymentRollbackMonitorsStatus;

constexpr model::DurationMs kMinute = model::kMinuteMs;
constexpr char kInvalid[] = "InvalidParameterException";
constexpr char kAlarms[] =
    "deployment_configuration {alarms {alarm_names: 'bad' alarm_names: 'late' enable: true rollback: true}}";

TEST(DeploymentAlarms, AnAlarmDuringTheDeploymentRollsItBack) {
  DeploymentsWorld world;
  world.PutAlarm("bad");
  world.SetAlarm("bad", "OK");
  const model::Serial good = world.AddServiceDefinition();
  const model::Serial service = world.Create("web", good, 2, kAlarms);
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Newest().status(), Status::SUCCESSFUL);
  EXPECT_EQ(world.Newest().alarms().status(), Monitor::MONITORING_COMPLETE);
  EXPECT_THAT(world.Newest().alarms().alarm_names(), ElementsAre("bad", "late"));
  // Between deployments an alarm fails nothing.
  world.SetAlarm("bad", "ALARM");
  world.Advance(kMinute);
  EXPECT_EQ(world.Newest().status(), Status::SUCCESSFUL);
  world.SetAlarm("bad", "OK");

  const std::string before = world.Describe("web").deployments(0).id();
  world.Roll(world.AddServiceDefinition());
  const std::string failing = world.Describe("web").deployments(0).id();
  EXPECT_EQ(world.Newest().alarms().status(), Monitor::MONITORING);
  while (world.Newest().target_service_revision().running_task_count() == 0) world.Advance(1'000);
  world.SetAlarm("bad", "ALARM");
  pb::ServiceDeployment shown = world.Newest();
  EXPECT_EQ(shown.status(), Status::ROLLBACK_IN_PROGRESS);
  EXPECT_EQ(shown.alarms().status(), Monitor::TRIGGERED);
  EXPECT_THAT(shown.alarms().triggered_alarm_names(), ElementsAre("bad"));
  EXPECT_THAT(world.Events("web"),
              Contains("(service web) (deployment " + failing + ") deployment failed: alarm detected."));
  EXPECT_THAT(world.Events("web"), Contains("(service web) rolling back to deployment " + before + "."));
  world.Advance(10 * kMinute);  // the alarm does not stop the way back
  shown = world.Newest();
  EXPECT_EQ(shown.status(), Status::ROLLBACK_SUCCESSFUL);
  EXPECT_THAT(shown.status_reason(), HasSubstr("bad"));
  for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) EXPECT_EQ(task.definition, good);
}

TEST(DeploymentAlarms, TheyAreWatchedForABakeTimeAfterTheTasksAreReplaced) {
  DeploymentsWorld world;
  world.PutAlarm("bad");
  world.SetAlarm("bad", "OK");
  world.Create("web", world.AddServiceDefinition(), 1, kAlarms);
  world.Advance(10 * kMinute);
  world.Update("force_new_deployment: true");
  while (world.Describe("web").deployments_size() > 1) world.Advance(1'000);
  // Two periods of a minute and one more.
  EXPECT_EQ(world.Newest().status(), Status::IN_PROGRESS);
  EXPECT_EQ(world.Describe("web").deployments(0).rollout_state(), pb::DeploymentRolloutState::IN_PROGRESS);
  world.Advance(2 * kMinute);
  EXPECT_EQ(world.Newest().status(), Status::IN_PROGRESS);
  model::DueItem due;
  EXPECT_TRUE(world.state().PeekForegroundDue(&due));  // the world is not at rest
  world.Advance(2 * kMinute);
  EXPECT_EQ(world.Newest().status(), Status::SUCCESSFUL);
  EXPECT_FALSE(world.state().PeekForegroundDue(&due) && due.table == model::TableId::kService);

  world.Update("force_new_deployment: true");
  while (world.Describe("web").deployments_size() > 1) world.Advance(1'000);
  world.Advance(kMinute);
  world.SetAlarm("bad", "ALARM");
  EXPECT_NE(world.Newest().status(), Status::SUCCESSFUL);
  EXPECT_EQ(world.Newest().alarms().status(), Monitor::TRIGGERED);
}

TEST(DeploymentAlarms, AreLeftOutOfAccountWhenOneIsInAlarmAtTheStart) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 1, kAlarms);
  world.Advance(5 * kMinute);
  EXPECT_EQ(world.Newest().status(), Status::SUCCESSFUL);  // alarms that are not there are no hindrance
  world.PutAlarm("late");
  world.SetAlarm("late", "ALARM");
  world.Update("force_new_deployment: true");
  EXPECT_EQ(world.Newest().alarms().status(), Monitor::DISABLED);
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Newest().status(), Status::SUCCESSFUL);
}

TEST(DeploymentAlarms, WithoutRollbackTheDeploymentFails) {
  DeploymentsWorld world;
  world.PutAlarm("bad");
  world.Create("web", world.AddServiceDefinition(), 1,
               "deployment_configuration {alarms {alarm_names: 'bad' enable: true rollback: false}}");
  world.SetAlarm("bad", "ALARM");
  EXPECT_EQ(world.Newest().status(), Status::STOPPED);
  EXPECT_EQ(world.Describe("web").deployments(0).rollout_state(), pb::DeploymentRolloutState::FAILED);
  EXPECT_EQ(world.Describe("web").deployments(0).rollout_state_reason(), "ECS deployment failed: alarm detected.");
}

TEST(DeploymentAlarms, RefusesBadInputAndChangesNothing) {
  DeploymentsWorld world;
  const std::string service = "service_name: 'w' task_definition: '" + world.NameOf(world.AddServiceDefinition()) +
                              "' desired_count: 1 deployment_configuration {alarms {";
  std::string many = "alarm_names: 'a' ";
  for (int i = 0; i < 100; ++i) many += "alarm_names: 'a' ";
  world.ExpectRefused(
      api::CheckCreateService, api::CreateService,
      {{service + "enable: true rollback: true}}", kInvalid, {"alarms.alarmNames", "empty"}},
       {service + "alarm_names: '' enable: true rollback: true}}", kInvalid, {"alarms.alarmNames[0]"}},
       {service + "alarm_names: '" + std::string(256, 'a') + "' enable: true rollback: true}}", kInvalid, {"256"}},
       {service + many + "enable: true rollback: true}}", kInvalid, {"alarms.alarmNames", "101"}}});
}

}  // namespace
}  // namespace ecsmi
