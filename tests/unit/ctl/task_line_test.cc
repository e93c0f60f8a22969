#include "ctl/task_line.h"

#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"

namespace ecsmi::ctl {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'000);

ecs::Task ATask(const std::string& text) {
  ecs::Task task;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString("capacity_provider_name: 'mi' " + text, &task)) << text;
  return task;
}

ecs::ContainerInstance AnInstance(const std::string& id, const std::string& status, const std::string& type) {
  ecs::ContainerInstance instance;
  instance.set_container_instance_arn("arn/" + id);
  instance.set_ec2_instance_id("i-0" + id);
  instance.set_capacity_provider_name("mi");
  instance.set_status(status);
  auto* attribute = instance.add_attributes();
  attribute->set_name("ecs.instance-type");
  attribute->set_value(type);
  return instance;
}

std::string Tell(const ecs::Task& task, const std::vector<ecs::ContainerInstance>& instances) {
  const TaskLine line = LineOf(task, InstanceBook(instances), kNow);
  return line.status + " " + line.since + (line.what.empty() ? "" : " · ") + line.what;
}

TEST(TaskLine, SaysWhatAStuckTaskNeeds) {
  const ecs::Task task = ATask("last_status: 'PROVISIONING' created_at {seconds: 988}");
  EXPECT_EQ(Tell(task, {AnInstance("ab11", "REGISTERING", "m7g.large")}),
            "PROVISIONING 12 s · needs i-0ab1 m7g.large (REGISTERING)");
  EXPECT_EQ(
      Tell(task, {AnInstance("ab11", "REGISTERING", "m7g.large"), AnInstance("cd22", "REGISTERING", "c6g.large")}),
      "PROVISIONING 12 s · needs one of 2, first i-0ab1 m7g.large (REGISTERING)");
  EXPECT_EQ(Tell(task, {AnInstance("ab11", "ACTIVE", "m7g.large"), AnInstance("cd22", "REGISTERING", "c6g.large")}),
            "PROVISIONING 12 s · waits for mi: 1 ACTIVE, 1 REGISTERING");
  EXPECT_EQ(Tell(task, {AnInstance("ab11", "ACTIVE", "m7g.large")}),
            "PROVISIONING 12 s · waits for room or network on mi's 1 ACTIVE");
  EXPECT_EQ(Tell(task, {AnInstance("ab11", "DRAINING", "m7g.large")}),
            "PROVISIONING 12 s · needs an instance of mi; none is REGISTERING yet");
}

TEST(TaskLine, CountsFromTheMomentTheStatusBegan) {
  const std::vector<ecs::ContainerInstance> instances = {AnInstance("ab11", "ACTIVE", "m7g.large")};
  const std::string born =
      "container_instance_arn: 'arn/ab11' created_at {seconds: 100} pull_started_at {seconds: 940} ";
  EXPECT_EQ(Tell(ATask(born + "last_status: 'PENDING'"), instances), "PENDING 60 s · pulls on i-0ab1 m7g.large");
  EXPECT_EQ(Tell(ATask(born + "last_status: 'PENDING' pull_stopped_at {seconds: 950}"), instances),
            "PENDING 60 s · starts on i-0ab1 m7g.large");
  const std::string up = born + "pull_stopped_at {seconds: 950} started_at {seconds: 960} ";
  EXPECT_EQ(Tell(ATask(up + "last_status: 'RUNNING' health_status: HEALTHY"), instances),
            "RUNNING 40 s · on i-0ab1 m7g.large");
  EXPECT_EQ(Tell(ATask(up + "last_status: 'RUNNING' health_status: UNHEALTHY"), instances),
            "RUNNING 40 s · on i-0ab1 m7g.large · UNHEALTHY");
  const std::string over = up +
                           "stopping_at {seconds: 970} execution_stopped_at {seconds: 980} stopped_at {seconds: 990} "
                           "stop_code: EssentialContainerExited stopped_reason: 'Essential container in task exited' "
                           "containers {name: 'main' exit_code: 3} containers {name: 'side' exit_code: 0} ";
  EXPECT_EQ(Tell(ATask(over + "last_status: 'STOPPING'"), instances),
            "STOPPING 30 s · Essential container in task exited · main exit 3");
  EXPECT_EQ(Tell(ATask(over + "last_status: 'DEPROVISIONING'"), instances),
            "DEPROVISIONING 20 s · Essential container in task exited · main exit 3");
  EXPECT_EQ(Tell(ATask(over + "last_status: 'STOPPED'"), instances),
            "STOPPED 10 s · Essential container in task exited · main exit 3");
}

TEST(TaskLine, OfATaskWhoseInstanceIsGoneOnlyItsStatus) {
  EXPECT_EQ(Tell(ATask("last_status: 'RUNNING' container_instance_arn: 'arn/x' started_at {seconds: 999}"), {}),
            "RUNNING 1 s");
}

}  // namespace
}  // namespace ecsmi::ctl
