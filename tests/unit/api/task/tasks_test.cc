#include "api/task/tasks.h"

#include <algorithm>
#include <string>
#include <vector>

#include "builders/task_requests.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TaskWorld;

constexpr char kInvalid[] = "InvalidParameterException";

class TasksTest : public ::testing::Test {
 protected:
  std::string Start(const std::string& rest = "") {
    const auto made = world_.Run(world_.RunText(rest));
    EXPECT_TRUE(made.ok()) << made.status();
    return made->tasks(0).task_arn();
  }
  pb::Task Show(const std::string& task, const std::string& rest = "") {
    const auto shown = world_.Call(CheckDescribeTasks, DescribeTasks, "tasks: '" + task + "' " + rest);
    EXPECT_TRUE(shown.ok()) << shown.status();
    return shown.ok() && shown->tasks_size() == 1 ? shown->tasks(0) : pb::Task();
  }
  auto Stop(const std::string& task, const std::string& rest = "") {
    return world_.Call(CheckStopTask, StopTask, "task: '" + task + "' " + rest);
  }
  auto List(const std::string& request) { return world_.Call(CheckListTasks, ListTasks, request)->task_arns(); }

  // The one container of the definition behaves so.
  void Behave(const model::ContainerBehavior& behavior, bool checked = false) {
    world_.Define([&](model::TaskDefinition& row) {
      row.containers[0].behavior = behavior;
      row.containers[0].has_health_check = checked;
    });
  }
  void Fail(model::InjectedFailure failure) {
    model::ContainerBehavior behavior;
    behavior.fail = failure;
    Behave(behavior);
  }

  TaskWorld world_;
};

// C40-C46: the whole path, and the moments it leaves behind.
TEST_F(TasksTest, ATaskPassesItsStatesInOrder) {
  const std::string arn = Start();
  std::vector<std::string> path;
  std::int64_t version = 0;
  const auto follow = [&] {
    const pb::Task task = Show(arn);
    EXPECT_GE(task.version(), version);
    version = task.version();
    EXPECT_EQ(task.has_container_instance_arn(), task.last_status() != "PROVISIONING") << task.last_status();  // C41
    if (path.empty() || path.back() != task.last_status()) path.push_back(task.last_status());
  };
  for (int i = 0; i < 240; ++i, world_.Advance(500)) follow();
  EXPECT_THAT(path, ElementsAre("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"));
  EXPECT_EQ(Show(arn).containers(0).last_status(), "RUNNING");
  EXPECT_EQ(Show(arn).health_status(), pb::HealthStatus::UNKNOWN);

  path.clear();
  const auto stopping = Stop(arn, "reason: 'enough'");
  ASSERT_TRUE(stopping.ok()) << stopping.status();
  EXPECT_EQ(stopping->task().desired_status(), "STOPPED");
  for (int i = 0; i < 60; ++i, world_.Advance(500)) follow();
  EXPECT_THAT(path, ElementsAre("STOPPING", "DEPROVISIONING", "STOPPED"));

  const pb::Task gone = Show(arn);
  EXPECT_EQ(gone.stop_code(), pb::TaskStopCode::UserInitiated);
  EXPECT_EQ(gone.stopped_reason(), "enough");  // C49a
  EXPECT_EQ(gone.containers(0).last_status(), "STOPPED");
  const std::vector<std::int64_t> moments = {gone.created_at().seconds(),      gone.pull_started_at().seconds(),
                                             gone.pull_stopped_at().seconds(), gone.started_at().seconds(),
                                             gone.stopping_at().seconds(),     gone.execution_stopped_at().seconds(),
                                             gone.stopped_at().seconds()};
  EXPECT_TRUE(std::is_sorted(moments.begin(), moments.end()));
  EXPECT_GT(moments.front(), 0);
  // C68: stopping a STOPPED task gives it back as it is.
  EXPECT_EQ(Stop(arn)->task().SerializeAsString(), gone.SerializeAsString());
  // C47: an hour later it is forgotten.
  world_.Advance(model::kHourMs);
  const auto missing = world_.Call(CheckDescribeTasks, DescribeTasks, "tasks: '" + arn + "'");
  EXPECT_THAT(missing->tasks(), IsEmpty());
  EXPECT_EQ(missing->failures(0).reason(), "MISSING");  // C70
  EXPECT_EQ(missing->failures(0).arn(), arn);
}

// C69: what waits is stopped at once; the instance on its way comes all the same and leaves when it was idle.
TEST_F(TasksTest, StoppingATaskThatWaitsWithdrawsItsDemand) {
  const std::string early = Start();
  EXPECT_EQ(Stop(early)->task().last_status(), "STOPPED");
  EXPECT_EQ(Show(early).stopped_reason(), "Task stopped by user");
  world_.Advance(30'000);
  EXPECT_EQ(world_.state().table<model::ContainerInstance>().size(), 0U);

  const std::string late = Start();
  world_.Advance(5'000);  // decided, not yet there
  EXPECT_EQ(Stop(late)->task().last_status(), "STOPPED");
  EXPECT_FALSE(Show(late).has_container_instance_arn());
  world_.Advance(45'000);
  EXPECT_EQ(world_.state().Get<model::Cluster>(world_.cluster).registered_instances, 1U);  // E7, E10
  world_.Advance(5 * model::kMinuteMs);
  EXPECT_EQ(world_.state().Get<model::Cluster>(world_.cluster).registered_instances, 0U);
}

// C48, C51, C52: how tasks end by themselves.
TEST_F(TasksTest, SaysWhyATaskEnded) {
  const auto ended = [&](model::InjectedFailure failure) {
    Fail(failure);
    const std::string arn = Start();
    world_.Advance(5 * model::kMinuteMs);
    return Show(arn);
  };
  pb::Task task = ended(model::InjectedFailure::kPull);
  EXPECT_EQ(task.stop_code(), pb::TaskStopCode::TaskFailedToStart);
  EXPECT_EQ(task.stopped_reason().find("CannotPullContainerError"), 0U);
  EXPECT_FALSE(task.has_started_at());
  task = ended(model::InjectedFailure::kStart);
  EXPECT_EQ(task.stop_code(), pb::TaskStopCode::TaskFailedToStart);
  EXPECT_EQ(task.stopped_reason().find("CannotStartContainerError"), 0U);
  task = ended(model::InjectedFailure::kOom);
  EXPECT_EQ(task.stop_code(), pb::TaskStopCode::EssentialContainerExited);
  EXPECT_EQ(task.stopped_reason(), "Essential container in task exited");
  EXPECT_EQ(task.containers(0).exit_code(), 137);
  EXPECT_EQ(task.containers(0).reason(), "OutOfMemoryError: Container killed due to memory usage");
}

// C25, C26: health comes from essential containers with a check; a standalone task goes on when it is bad.
TEST_F(TasksTest, AnUnhealthyStandaloneTaskGoesOn) {
  model::ContainerBehavior behavior;
  Behave(behavior, true);
  const std::string well = Start();
  world_.Advance(5 * model::kMinuteMs);
  EXPECT_EQ(Show(well).health_status(), pb::HealthStatus::HEALTHY);
  behavior.fail = model::InjectedFailure::kHealth;
  Behave(behavior, true);
  const std::string sick = Start();
  world_.Advance(5 * model::kMinuteMs);
  EXPECT_EQ(Show(sick).health_status(), pb::HealthStatus::UNHEALTHY);
  EXPECT_EQ(Show(sick).last_status(), "RUNNING");
}

// C26: only essential containers that have a check count.
TEST_F(TasksTest, OnlyChecksOfEssentialContainersDecideHealth) {
  world_.Define([](model::TaskDefinition& row) {
    row.containers[0].has_health_check = true;
    row.containers.push_back(row.containers[0]);
    row.containers[1].name = "beside";
    row.containers[1].essential = false;
    row.containers[1].behavior.fail = model::InjectedFailure::kHealth;
  });
  const std::string beside = Start();
  world_.Advance(5 * model::kMinuteMs);
  EXPECT_EQ(Show(beside).health_status(), pb::HealthStatus::HEALTHY);
  world_.Define([](model::TaskDefinition& row) {
    row.containers[1].essential = true;
    row.containers[1].has_health_check = false;
  });
  const std::string unchecked = Start();
  world_.Advance(5 * model::kMinuteMs);
  EXPECT_EQ(Show(unchecked).health_status(), pb::HealthStatus::HEALTHY);
}

// C68: tags are gone with the stop; a second stop changes nothing.
TEST_F(TasksTest, AStopDropsTheTags) {
  const std::string kept = Start("tags {key: 'a' value: 'b'}");
  const std::string stopped = Start("tags {key: 'a' value: 'b'} started_by: 'me'");
  ASSERT_TRUE(Stop(stopped).ok());
  EXPECT_THAT(Show(stopped, "include: TAGS").tags(), IsEmpty());
  EXPECT_EQ(Show(stopped).started_by(), "me");
  EXPECT_THAT(Show(kept, "include: TAGS").tags(), SizeIs(1));
}

// C70.
TEST_F(TasksTest, Lists) {
  const std::string mine = Start("started_by: 'me'");
  const std::string other = Start("cluster: 'default'");
  const std::string gone = Start();
  ASSERT_TRUE(Stop(gone).ok());
  EXPECT_THAT(List(""), ElementsAre(mine, other));
  EXPECT_THAT(List("desired_status: STOPPED"), ElementsAre(gone));
  EXPECT_THAT(List("desired_status: PENDING"), IsEmpty());  // C40
  EXPECT_THAT(List("started_by: 'me'"), ElementsAre(mine));
  EXPECT_THAT(List("family: '" + world_.Family() + "'"), SizeIs(2));
  EXPECT_THAT(List("family: 'nope'"), IsEmpty());
  EXPECT_THAT(List("launch_type: FARGATE"), IsEmpty());
  EXPECT_THAT(List("launch_type: MANAGED_INSTANCES"), SizeIs(2));
  world_.Advance(2 * model::kMinuteMs);
  EXPECT_THAT(List("container_instance: '" + Show(mine).container_instance_arn() + "'"), Contains(mine));

  const auto page = world_.Call(CheckListTasks, ListTasks, "max_results: 1");
  ASSERT_TRUE(page->has_next_token());
  EXPECT_THAT(List("next_token: '" + page->next_token() + "'"), ElementsAre(other));
}

// C68: tags are shown on request only.
TEST_F(TasksTest, ShowsTagsOnRequest) {
  const std::string arn = Start("tags {key: 'a' value: 'b'}");
  EXPECT_THAT(Show(arn).tags(), IsEmpty());
  EXPECT_THAT(Show(arn, "include: TAGS").tags(), SizeIs(1));
  EXPECT_THAT(Stop(arn)->task().tags(), IsEmpty());
}

TEST_F(TasksTest, RefusesBadInput) {
  Start();
  std::string many;
  for (int i = 0; i < 101; ++i) many += "tasks: 'x' ";
  const std::string unknown(32, 'a');
  world_.ExpectRefused(CheckDescribeTasks, DescribeTasks,
                       {{"", kInvalid, {"Tasks cannot be empty."}},  // H14
                        {many, kInvalid, {"tasks", "101", "100"}},
                        {"tasks: 'x'", kInvalid, {"Task Identifier is invalid", "'x'"}},
                        {"cluster: 'nope' tasks: 'x'", "ClusterNotFoundException", {"Cluster not found."}}});
  world_.ExpectRefused(CheckStopTask, StopTask,
                       {{"", kInvalid, {"Task Identifier is invalid"}},
                        {"task: 'x'", kInvalid, {"Task Identifier is invalid"}},
                        {"task: '" + unknown + "'", kInvalid, {"The referenced task was not found."}},  // C68
                        {"task: '" + unknown + "' reason: '" + std::string(1025, 'x') + "'", kInvalid, {"1024"}},
                        {"cluster: 'nope' task: 'x'", "ClusterNotFoundException", {}}});
  world_.ExpectRefused(
      CheckListTasks, ListTasks,
      {{"max_results: 0", kInvalid, {"maxResults"}},
       {"max_results: 101", kInvalid, {"maxResults", "101"}},
       {"next_token: 'x'", kInvalid, {"Invalid token"}},
       {"started_by: 'me' family: 'f'", kInvalid, {"startedBy must be the only filter."}},
       {"container_instance: 'x'", kInvalid, {"Container Instance Identifier is invalid"}},
       {"container_instance: '" + unknown + "'", kInvalid, {"The referenced container instance was not found."}},
       {"service_name: 'nope'", "ServiceNotFoundException", {"Service not found."}},
       {"daemon_name: 'd'", "UnsupportedFeatureException", {"daemonName", "(ecsmi: docs/FIDELITY.md#daemons)"}},
       {"cluster: 'nope'", "ClusterNotFoundException", {}}});
}

}  // namespace
}  // namespace ecsmi::api
