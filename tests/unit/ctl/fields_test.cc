#include "ctl/fields.h"

#include <gtest/gtest.h>

#include "ecsmi/ecs/v1/service.pb.h"
#include "ecsmi/ecs/v1/task.pb.h"
#include "google/protobuf/text_format.h"

namespace ecsmi::ctl {
namespace {

TEST(ShowFields, HasEverySetFieldSimpleOnesFirst) {
  ecs::v1::Service service;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(service_name: "web" desired_count: 0 launch_type: MANAGED_INSTANCES created_at {seconds: 1767225600}
         enable_execute_command: false
         network_configuration {awsvpc_configuration {subnets: "subnet-a" subnets: "subnet-b"}}
         deployments {id: "ecs-svc/1" status: "PRIMARY" desired_count: 2}
         deployments {id: "ecs-svc/2" status: "ACTIVE"}
         tags {key: "team" value: "shop"} tags {key: "empty" value: ""}
         events {id: "1" message: "left out"})",
      &service));
  EXPECT_EQ(ShowFields(service, {"events"}),
            "serviceName           web\n"
            "desiredCount          0\n"
            "launchType            MANAGED_INSTANCES\n"
            "createdAt             2026-01-01T00:00:00Z\n"
            "enableExecuteCommand  false\n"
            "deployments\n"
            "  - id            ecs-svc/1\n"
            "    status        PRIMARY\n"
            "    desiredCount  2\n"
            "  - id      ecs-svc/2\n"
            "    status  ACTIVE\n"
            "networkConfiguration\n"
            "  awsvpcConfiguration\n"
            "    subnets  subnet-a, subnet-b\n"
            "tags\n"
            "  team   shop\n"
            "  empty\n");
}

TEST(ShowFields, ForeignTextIsMadeSafe) {
  ecs::v1::Task task;
  task.set_group("a\033[2J\nb");
  EXPECT_EQ(ShowFields(task), "group  a\\x1b[2J\\nb\n");
}

}  // namespace
}  // namespace ecsmi::ctl
