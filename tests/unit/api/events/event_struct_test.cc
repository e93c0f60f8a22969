#include "api/events/event_struct.h"

#include "builders/step_fixture.h"
#include "ecsmi/cloudwatch/v1/alarm.pb.h"
#include "ecsmi/ecs/v1/task.pb.h"

namespace ecsmi::api {
namespace {

using testing::Parse;

TEST(EventStructTest, MembersHaveAwsNamesAndMomentsAreText) {
  const auto detail = ToStruct(Parse<ecs::v1::Task>(R"pb(
    task_arn: "arn"
    version: 7
    enable_execute_command: true
    launch_type: MANAGED_INSTANCES
    created_at { seconds: 1767225600 nanos: 250000000 }
    containers { name: "main" exit_code: -1 }
  )pb"));
  const auto& fields = detail.fields();
  EXPECT_EQ(fields.at("taskArn").string_value(), "arn");
  EXPECT_EQ(fields.at("version").number_value(), 7);
  EXPECT_TRUE(fields.at("enableExecuteCommand").bool_value());
  EXPECT_EQ(fields.at("launchType").string_value(), "MANAGED_INSTANCES");
  EXPECT_EQ(fields.at("createdAt").string_value(), "2026-01-01T00:00:00.250Z");
  const auto& container = fields.at("containers").list_value().values(0).struct_value().fields();
  EXPECT_EQ(container.at("name").string_value(), "main");
  EXPECT_EQ(container.at("exitCode").number_value(), -1);
  // Absent is left out, but for lists that AWS always sends.
  EXPECT_FALSE(fields.contains("stoppedAt"));
  EXPECT_FALSE(fields.contains("inferenceAccelerators"));
  ASSERT_TRUE(fields.contains("attachments"));
  EXPECT_EQ(fields.at("attachments").list_value().values_size(), 0);
}

TEST(EventStructTest, AnEnumThatIsAbsentIsLeftOut) {
  const auto detail = ToStruct(Parse<ecs::v1::Task>("launch_type: UNSPECIFIED"));
  EXPECT_FALSE(detail.fields().contains("launchType"));
}

}  // namespace
}  // namespace ecsmi::api
