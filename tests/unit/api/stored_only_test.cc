#include "api/stored_only.h"

#include "builders/step_fixture.h"
#include "ecsmi/ecs/v1/ecs_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

namespace ecs = ::ecsmi::ecs::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StoredOnly, NamesEachFieldOnceByItsPath) {
  const auto request = testing::Parse<ecs::RegisterTaskDefinitionRequest>(
      "family: 'f' task_role_arn: 'r' "
      "container_definitions {name: 'a' image: 'i' user: 'u' environment {name: 'n' value: 'v'}} "
      "container_definitions {name: 'b' image: 'i' user: 'u' port_mappings {container_port: 80 name: 'web'}}");
  const StoredOnly found = FindStoredOnly(request);
  EXPECT_THAT(found.fields, ElementsAre("containerDefinitions.environment", "containerDefinitions.user",
                                        "containerDefinitions.portMappings.name", "taskRoleArn"));
  EXPECT_THAT(found.required, IsEmpty());
}

TEST(StoredOnly, TellsWhatAwsDemandsApart) {
  const auto request = testing::Parse<ecs::RunTaskRequest>(
      "task_definition: 'f' reference_id: 'x' "
      "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a' security_groups: 'sg-0000000a'}}");
  const StoredOnly found = FindStoredOnly(request);
  EXPECT_THAT(found.fields, ElementsAre("networkConfiguration.awsvpcConfiguration.securityGroups", "referenceId"));
  EXPECT_THAT(found.required, ElementsAre("networkConfiguration.awsvpcConfiguration.subnets"));
}

TEST(StoredOnly, FindsNothingWhereEverythingIsActedOn) {
  const StoredOnly found =
      FindStoredOnly(testing::Parse<ecs::RunTaskRequest>("task_definition: 'f' count: 2 overrides {cpu: '512'}"));
  EXPECT_THAT(found.fields, IsEmpty());
  EXPECT_THAT(found.required, IsEmpty());
}

}  // namespace
}  // namespace ecsmi::api
