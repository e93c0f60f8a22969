#include <algorithm>
#include <string>
#include <vector>

#include "api/container_instance/container_instances.h"
#include "api/emulator/emulator.h"
#include "builders/service_world.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi {
namespace {

using model::ContainerInstance;
using model::InstanceStage;
using model::TaskStatus;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ServiceWorld;
using ::testing::SizeIs;
namespace pb = ::ecsmi::ecs::v1;

class DrainTest : public ::testing::Test {
 protected:
  DrainTest() : definition_(world_.AddServiceDefinition()) {}

  model::Serial AStandaloneTask() {
    return world_.Do([&](control::Step& step) {
      return control::CreateTask(step, world_.ATask(world_.cluster, world_.provider, definition_));
    });
  }
  std::string IdOf(model::Serial instance) {
    return model::HexId(world_.key(), model::TableId::kContainerInstance, instance);
  }
  pb::UpdateContainerInstancesStateResponse SetState(model::Serial instance, const std::string& status) {
    const auto response = world_.Call(api::CheckUpdateContainerInstancesState, api::UpdateContainerInstancesState,
                                      "container_instances: '" + IdOf(instance) + "' status: " + status);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : pb::UpdateContainerInstancesStateResponse();
  }
  absl::StatusOr<pb::DeregisterContainerInstanceResponse> Deregister(model::Serial instance, bool force) {
    return world_.Call(api::CheckDeregisterContainerInstance, api::DeregisterContainerInstance,
                       "container_instance: '" + IdOf(instance) + "'" + (force ? " force: true" : ""));
  }
  const ContainerInstance& Row(model::Serial instance) { return world_.state().Get<ContainerInstance>(instance); }
  const model::Task& TaskRow(model::Serial task) { return world_.state().Get<model::Task>(task); }

  ServiceWorld world_;
  model::Serial definition_;
};

// E30: start before stop, within the percentages; the instance goes once it is idle (E40).
TEST_F(DrainTest, ServicesReplaceTheirTasksWithinTheirBounds) {
  const model::Serial service = world_.Create("web", definition_, 3);
  world_.Advance(10 * model::kMinuteMs);
  const std::vector<model::Task> before = world_.TasksOf(service, TaskStatus::kRunning);
  ASSERT_THAT(before, SizeIs(3));
  const model::Serial instance = before[0].instance;
  const auto on_it =
      std::count_if(before.begin(), before.end(), [&](const auto& task) { return task.instance == instance; });
  const auto response = SetState(instance, "DRAINING");
  ASSERT_THAT(response.container_instances(), SizeIs(1));
  EXPECT_EQ(response.container_instances(0).status(), "DRAINING");
  std::size_t fewest = 99;
  for (int i = 0; i < 600; ++i) {
    world_.Advance(model::kSecondMs);
    fewest = std::min(fewest, world_.TasksOf(service, TaskStatus::kRunning).size());
  }
  EXPECT_EQ(fewest, 3U);  // minimumHealthyPercent 100
  const std::vector<model::Task> after = world_.TasksOf(service, TaskStatus::kRunning);
  ASSERT_THAT(after, SizeIs(3));
  for (const model::Task& task : after) EXPECT_NE(task.instance, instance);
  // Others may have been moved since, to balance the zones (D63).
  const std::vector<model::Task> stopped = world_.TasksOf(service, TaskStatus::kStopped);
  EXPECT_EQ(std::count_if(stopped.begin(), stopped.end(), [&](const auto& task) { return task.instance == instance; }),
            on_it);
  EXPECT_GT(Row(instance).stage, InstanceStage::kDraining);
  EXPECT_THAT(world_.Events("web").back(), HasSubstr("has reached a steady state."));
  const auto told =
      world_.Call(api::CheckExplainTask, api::ExplainTask, "task: '" + api::TaskArn(world_.NewStep(), before[0]) + "'");
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_THAT(told->DebugString(), HasSubstr("its instance drains"));
}

// E30: a task that does not run yet is stopped at once, and another started elsewhere.
TEST_F(DrainTest, ATaskThatHasNotStartedIsStoppedAtOnce) {
  model::ContainerBehavior slow;
  slow.pull_seconds = {model::DistributionKind::kConstant, 600, 0};
  const model::Serial service = world_.Create("web", world_.AddServiceDefinition(slow), 1);
  world_.Advance(3 * model::kMinuteMs);
  const std::vector<model::Task> pending = world_.TasksOf(service, TaskStatus::kPending);
  ASSERT_THAT(pending, SizeIs(1));
  SetState(pending[0].instance, "DRAINING");
  EXPECT_TRUE(TaskRow(pending[0].serial).desired_stopped);
  EXPECT_THAT(world_.TasksOf(service, TaskStatus::kProvisioning), SizeIs(1));
}

// E30, E31: a task of its own stays; after seven days it is stopped with its instance.
TEST_F(DrainTest, AStandaloneTaskStaysForSevenDaysAtMost) {
  const model::Serial task = AStandaloneTask();
  world_.Advance(10 * model::kMinuteMs);
  const model::Serial instance = TaskRow(task).instance;
  SetState(instance, "DRAINING");
  world_.Advance(7 * 24 * model::kHourMs - model::kMinuteMs);
  EXPECT_EQ(TaskRow(task).status, TaskStatus::kRunning);
  EXPECT_EQ(Row(instance).stage, InstanceStage::kDraining);
  world_.Advance(2 * model::kMinuteMs);
  EXPECT_EQ(TaskRow(task).status, TaskStatus::kStopped);
  EXPECT_EQ(TaskRow(task).stop_code, model::StopCode::kTerminationNotice);
  EXPECT_EQ(world_.state().DocumentBytes(TaskRow(task).stopped_reason),
            "Task stopped during instance draining");  // E24
  EXPECT_GT(Row(instance).stage, InstanceStage::kDraining);
}

TEST_F(DrainTest, NothingIsPlacedThereUntilItIsActiveAgain) {
  const model::Serial first = AStandaloneTask();
  world_.Advance(10 * model::kMinuteMs);
  const model::Serial instance = TaskRow(first).instance;
  SetState(instance, "DRAINING");
  EXPECT_EQ(Row(instance).version, 3U);
  const model::Serial second = AStandaloneTask();
  world_.Advance(10 * model::kMinuteMs);
  EXPECT_NE(TaskRow(second).instance, instance);
  EXPECT_THAT(SetState(instance, "DRAINING").failures(), IsEmpty());  // again: nothing happens
  EXPECT_EQ(Row(instance).version, 3U);
  EXPECT_EQ(SetState(instance, "ACTIVE").container_instances(0).status(), "ACTIVE");
  SetState(TaskRow(second).instance, "DRAINING");
  const model::Serial third = AStandaloneTask();
  world_.Advance(model::kMinuteMs);
  EXPECT_EQ(TaskRow(third).instance, instance);
  EXPECT_EQ(TaskRow(first).status, TaskStatus::kRunning);
  world_.Advance(8 * 24 * model::kHourMs);
  EXPECT_EQ(TaskRow(first).status, TaskStatus::kRunning);  // its last day was called off
}

// C81, C82: protection holds against a drain, not against deregistration.
TEST_F(DrainTest, AProtectedTaskIsReplacedWhenItsProtectionEnds) {
  const model::Serial service = world_.Create("web", definition_, 1);
  world_.Advance(10 * model::kMinuteMs);
  const model::Serial task = world_.TasksOf(service, TaskStatus::kRunning)[0].serial;
  const model::TimeMs until = world_.now + model::kHourMs;
  world_.Do([&](control::Step& step) {
    step.state.Update<model::Task>(task, [&](model::Task& row) { row.protected_until = until; });
    return 0;
  });
  SetState(TaskRow(task).instance, "DRAINING");
  world_.Advance(30 * model::kMinuteMs);
  EXPECT_EQ(TaskRow(task).status, TaskStatus::kRunning);
  EXPECT_THAT(world_.TasksOf(service, TaskStatus::kRunning), SizeIs(2));
  world_.Advance(40 * model::kMinuteMs);
  EXPECT_EQ(TaskRow(task).status, TaskStatus::kStopped);
  EXPECT_THAT(world_.TasksOf(service, TaskStatus::kRunning), SizeIs(1));
}

// E21-E24.
TEST_F(DrainTest, ForcedDeregistrationTakesTheInstanceAndItsTasksAtOnce) {
  const model::Serial service = world_.Create("web", definition_, 1);
  world_.Advance(10 * model::kMinuteMs);
  const model::Serial task = world_.TasksOf(service, TaskStatus::kRunning)[0].serial;
  const model::Serial instance = TaskRow(task).instance;
  EXPECT_EQ(Deregister(instance, false).status().message(), "Found running tasks on the instance.");
  const auto response = Deregister(instance, true);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->container_instance().status(), "DEREGISTERING");
  EXPECT_EQ(TaskRow(task).status, TaskStatus::kStopped);
  EXPECT_EQ(world_.state().DocumentBytes(TaskRow(task).stopped_reason),
            "Container instance deregistration forced by user");
  EXPECT_EQ(Row(instance).billing_ended_at, world_.now);
  EXPECT_TRUE(Deregister(instance, true).ok());  // again: it is on its way
  world_.Advance(10 * model::kMinuteMs);
  EXPECT_EQ(Row(instance).stage, InstanceStage::kTerminated);
  EXPECT_THAT(world_.TasksOf(service, TaskStatus::kRunning), SizeIs(1));
  EXPECT_EQ(testing::ExceptionName(Deregister(instance, true).status()), "InvalidParameterException");
}

TEST_F(DrainTest, AnEmptyInstanceIsDeregisteredWithoutForce) {
  const model::Serial task = AStandaloneTask();
  world_.Advance(10 * model::kMinuteMs);
  const model::Serial instance = TaskRow(task).instance;
  world_.Stop(task);
  world_.Advance(45 * model::kSecondMs);
  ASSERT_EQ(Row(instance).stage, InstanceStage::kActive);
  ASSERT_TRUE(Deregister(instance, false).ok());
  EXPECT_EQ(Row(instance).stage, InstanceStage::kDeregistering);
}

// E20.
TEST_F(DrainTest, WhatCannotBeChangedIsAFailure) {
  const model::Serial task = AStandaloneTask();
  world_.Advance(10 * model::kMinuteMs);
  const model::Serial instance = TaskRow(task).instance;
  Deregister(instance, true).IgnoreError();
  const std::string unknown(32, 'a');
  const auto response = world_.Call(
      api::CheckUpdateContainerInstancesState, api::UpdateContainerInstancesState,
      "container_instances: '" + IdOf(instance) + "' container_instances: '" + unknown + "' status: ACTIVE");
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_THAT(response->failures(), SizeIs(2));
  EXPECT_EQ(response->failures(0).reason(), "DEREGISTERING");
  EXPECT_EQ(response->failures(1).reason(), "MISSING");
  EXPECT_EQ(response->failures(1).arn(), "arn:aws:ecs:us-east-1:000000000000:container-instance/default/" + unknown);
}

TEST_F(DrainTest, RefusesBadInput) {
  const std::string id = "container_instances: '" + std::string(32, 'a') + "' ";
  std::string many;
  for (int i = 0; i < 11; ++i) many += id;
  world_.ExpectRefused(
      api::CheckUpdateContainerInstancesState, api::UpdateContainerInstancesState,
      {{"status: DRAINING", "InvalidParameterException", {"containerInstances"}},
       {many + "status: DRAINING", "InvalidParameterException", {"instanceIds can have at most 10 items."}},
       {id, "InvalidParameterException", {"status", "[ACTIVE, DRAINING]"}},
       {id + "status: DEREGISTERING", "InvalidParameterException", {"'DEREGISTERING'"}},
       {"container_instances: 'x' status: ACTIVE", "InvalidParameterException", {"Identifier is invalid", "'x'"}},
       {"cluster: 'nope' status: ACTIVE " + id, "ClusterNotFoundException", {}}});
  world_.ExpectRefused(
      api::CheckDeregisterContainerInstance, api::DeregisterContainerInstance,
      {{"", "InvalidParameterException", {"containerInstance"}},
       {"container_instance: 'x'", "InvalidParameterException", {"'x'"}},
       {"container_instance: '" + std::string(32, 'a') + "'", "InvalidParameterException", {"was not found"}}});
}

}  // namespace
}  // namespace ecsmi
