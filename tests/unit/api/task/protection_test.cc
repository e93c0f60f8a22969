#include "api/task/protection.h"

#include <string>

#include "builders/service_world.h"
#include "ecsmi/api/naming.h"

namespace ecsmi {
namespace {

using model::TaskStatus;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ServiceWorld;
using ::testing::SizeIs;
namespace pb = ::ecsmi::ecs::v1;

class ProtectionTest : public ::testing::Test {
 protected:
  ProtectionTest() : definition_(world_.AddServiceDefinition()) {
    service_ = world_.Create("web", definition_, 2);
    world_.Advance(10 * model::kMinuteMs);
  }
  std::string ArnOf(model::Serial task) {
    return api::TaskArn(world_.NewStep(), world_.state().Get<model::Task>(task));
  }
  model::Serial Running(std::size_t i) { return world_.TasksOf(service_, TaskStatus::kRunning)[i].serial; }
  pb::UpdateTaskProtectionResponse Update(const std::string& task, const std::string& rest) {
    const auto response = world_.Call(api::CheckUpdateTaskProtection, api::UpdateTaskProtection,
                                      "cluster: 'default' tasks: '" + task + "' " + rest);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : pb::UpdateTaskProtectionResponse();
  }
  pb::GetTaskProtectionResponse Get(const std::string& rest) {
    const auto response =
        world_.Call(api::CheckGetTaskProtection, api::GetTaskProtection, "cluster: 'default' " + rest);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : pb::GetTaskProtectionResponse();
  }

  ServiceWorld world_;
  model::Serial definition_;
  model::Serial service_ = 0;
};

// C80, C81.
TEST_F(ProtectionTest, LastsTwoHoursUnlessSaidOtherwiseAndKeepsATaskFromScaleIn) {
  const model::Serial task = Running(0);
  const auto set = Update(ArnOf(task), "protection_enabled: true");
  ASSERT_THAT(set.protected_tasks(), SizeIs(1));
  EXPECT_TRUE(set.protected_tasks(0).protection_enabled());
  EXPECT_EQ(set.protected_tasks(0).expiration_date().seconds(), world_.now / 1000 + 120 * 60);
  world_.SetDesired(service_, 0);
  world_.Advance(10 * model::kMinuteMs);
  EXPECT_EQ(world_.state().Get<model::Task>(task).status, TaskStatus::kRunning);
  EXPECT_THAT(world_.TasksOf(service_, TaskStatus::kRunning), SizeIs(1));
  EXPECT_THAT(world_.Events("web").back(), HasSubstr("unable to scale in due to (reason 1 tasks under protection)"));
  world_.Advance(120 * model::kMinuteMs);
  EXPECT_THAT(world_.TasksOf(service_, TaskStatus::kRunning), IsEmpty());
}

TEST_F(ProtectionTest, ANewCallSetsTheClockAnewAndCanEndIt) {
  const std::string task = ArnOf(Running(0));
  Update(task, "protection_enabled: true expires_in_minutes: 1");
  world_.Advance(30 * model::kSecondMs);
  Update(task, "protection_enabled: true expires_in_minutes: 2880");
  world_.Advance(40 * model::kMinuteMs);
  EXPECT_TRUE(Get("tasks: '" + task + "'").protected_tasks(0).protection_enabled());
  EXPECT_THAT(Get("").protected_tasks(), SizeIs(1));
  const auto ended = Update(task, "protection_enabled: false");
  EXPECT_FALSE(ended.protected_tasks(0).protection_enabled());
  EXPECT_FALSE(ended.protected_tasks(0).has_expiration_date());
  EXPECT_THAT(Get("").protected_tasks(), IsEmpty());
  Update(task, "protection_enabled: true expires_in_minutes: 1");
  world_.Advance(model::kMinuteMs);
  EXPECT_FALSE(Get("tasks: '" + task + "'").protected_tasks(0).protection_enabled());  // C81
}

// C80.
TEST_F(ProtectionTest, WhatCannotBeProtectedIsAFailure) {
  const model::Serial standalone = world_.Do([&](control::Step& step) {
    return control::CreateTask(step, world_.ATask(world_.cluster, world_.provider, definition_));
  });
  const std::string unknown(32, 'a');
  for (const std::string& request : {"tasks: '" + ArnOf(standalone) + "'", "tasks: '" + unknown + "'"}) {
    const bool is_unknown = request.find(unknown) != std::string::npos;
    const auto got = Get(request);
    ASSERT_THAT(got.failures(), SizeIs(1));
    EXPECT_EQ(got.failures(0).reason(), is_unknown ? "MISSING" : "TASK_NOT_VALID");
  }
  EXPECT_EQ(Update(unknown, "protection_enabled: true").failures(0).reason(), "MISSING");
  EXPECT_EQ(Update(ArnOf(standalone), "protection_enabled: true").failures(0).reason(), "TASK_NOT_VALID");
  // As many as the service wants are protected: another one would block its deployments.
  Update(ArnOf(Running(0)), "protection_enabled: true");
  world_.SetDesired(service_, 1);
  world_.Advance(model::kSecondMs);
  world_.SetDesired(service_, 2);
  world_.Advance(10 * model::kMinuteMs);
  world_.state().Update<model::Service>(service_, [](model::Service& row) { row.desired_count = 1; });
  const model::Serial other = Running(1);
  EXPECT_EQ(Update(ArnOf(other), "protection_enabled: true").failures(0).reason(), "DEPLOYMENT_BLOCKED");
  EXPECT_EQ(Update(ArnOf(other), "protection_enabled: false").failures_size(), 1);  // stopped by the pass meanwhile
  EXPECT_THAT(Update(ArnOf(Running(0)), "protection_enabled: true").failures(), IsEmpty());
}

TEST_F(ProtectionTest, RefusesBadInput) {
  const std::string task = "cluster: 'default' tasks: '" + ArnOf(Running(0)) + "' ";
  const std::string invalid = "InvalidParameterException";
  std::string eleven = "cluster: 'default' protection_enabled: true ";
  for (int i = 0; i < 11; ++i) eleven += "tasks: 'x' ";
  world_.ExpectRefused(
      api::CheckUpdateTaskProtection, api::UpdateTaskProtection,
      {{"protection_enabled: true", invalid, {"cluster"}},
       {"cluster: 'default' protection_enabled: true", invalid, {"Tasks cannot be empty."}},
       {eleven, invalid, {"tasks", "11", "10"}},
       {task, invalid, {"protectionEnabled"}},
       {task + "protection_enabled: true expires_in_minutes: 0", invalid, {"expiresInMinutes", "0"}},
       {task + "protection_enabled: true expires_in_minutes: 2881", invalid, {"expiresInMinutes", "2881"}},
       {task + "tasks: 'x' protection_enabled: true", invalid, {"Task Identifier is invalid", "'x'"}},
       {"cluster: 'nope' tasks: 'x' protection_enabled: true", "ClusterNotFoundException", {}}});
  world_.ExpectRefused(api::CheckGetTaskProtection, api::GetTaskProtection,
                       {{"", invalid, {"cluster"}},
                        {"cluster: 'default' tasks: 'x'", invalid, {"Task Identifier is invalid"}},
                        {"cluster: 'nope'", "ClusterNotFoundException", {}}});
}

}  // namespace
}  // namespace ecsmi
