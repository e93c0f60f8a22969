#include <string>
#include <vector>

#include "api/task_definition/task_definitions.h"
#include "builders/step_fixture.h"

namespace ecsmi {
namespace {

using testing::ApiWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace pb = ::ecsmi::ecs::v1;

class FamiliesTest : public ::testing::Test {
 protected:
  void Register(const std::string& family) {
    const auto made = world_.Call(
        api::CheckRegisterTaskDefinition, api::RegisterTaskDefinition,
        "family: '" + family + "' memory: '512' container_definitions {name: 'main' image: 'example/app:1'}");
    EXPECT_TRUE(made.ok()) << made.status();
  }
  void Deregister(const std::string& revision) {
    const auto gone = world_.Call(api::CheckDeregisterTaskDefinition, api::DeregisterTaskDefinition,
                                  "task_definition: '" + revision + "'");
    EXPECT_TRUE(gone.ok()) << gone.status();
  }
  std::vector<std::string> List(const std::string& request) {
    const auto response = world_.Call(api::CheckListTaskDefinitionFamilies, api::ListTaskDefinitionFamilies, request);
    EXPECT_TRUE(response.ok()) << response.status();
    token_ = response.ok() ? response->next_token() : "";
    return response.ok() ? std::vector<std::string>(response->families().begin(), response->families().end())
                         : std::vector<std::string>();
  }
  pb::DeleteTaskDefinitionsResponse Delete(const std::string& request) {
    const auto response = world_.Call(api::CheckDeleteTaskDefinitions, api::DeleteTaskDefinitions, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : pb::DeleteTaskDefinitionsResponse();
  }

  ApiWorld world_;
  std::string token_;
};

TEST_F(FamiliesTest, AreListedByNameByWhetherTheyHaveAnActiveRevision) {
  for (const char* family : {"web-b", "web-a", "api", "web-a"}) Register(family);
  Deregister("web-b:1");
  Deregister("web-a:1");
  EXPECT_THAT(List(""), ElementsAre("api", "web-a", "web-b"));
  EXPECT_THAT(List("status: ALL"), ElementsAre("api", "web-a", "web-b"));
  EXPECT_THAT(List("status: ACTIVE"), ElementsAre("api", "web-a"));
  EXPECT_THAT(List("status: INACTIVE"), ElementsAre("web-b"));
  EXPECT_THAT(List("family_prefix: 'web'"), ElementsAre("web-a", "web-b"));
  EXPECT_THAT(List("max_results: 2"), ElementsAre("api", "web-a"));
  EXPECT_THAT(List("max_results: 2 next_token: '" + token_ + "'"), ElementsAre("web-b"));
  EXPECT_TRUE(token_.empty());
  world_.context.region = "eu-west-1";
  EXPECT_THAT(List(""), IsEmpty());
  world_.ExpectRefused(api::CheckListTaskDefinitionFamilies, api::ListTaskDefinitionFamilies,
                       {{"max_results: 0", "InvalidParameterException", {"maxResults"}},
                        {"max_results: 101", "InvalidParameterException", {"maxResults", "101"}},
                        {"next_token: 'x'", "InvalidParameterException", {"Invalid token"}}});
}

// C2.
TEST_F(FamiliesTest, DeletionTakesWhatIsInactive) {
  Register("web");
  Register("web");
  Deregister("web:1");
  const pb::DeleteTaskDefinitionsResponse response = Delete("task_definitions: 'web:1'");
  ASSERT_EQ(response.task_definitions_size(), 1);
  EXPECT_EQ(response.task_definitions(0).status(), pb::TaskDefinitionStatus::DELETE_IN_PROGRESS);
  EXPECT_TRUE(response.task_definitions(0).has_delete_requested_at());
  EXPECT_THAT(response.failures(), IsEmpty());
  world_.Advance(model::kMinuteMs);
  const auto again = Delete("task_definitions: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1'");
  EXPECT_EQ(again.task_definitions(0).delete_requested_at().seconds(),
            response.task_definitions(0).delete_requested_at().seconds());
  const auto listed =
      world_.Call(api::CheckListTaskDefinitions, api::ListTaskDefinitions, std::string("status: DELETE_IN_PROGRESS"));
  EXPECT_EQ(listed->task_definition_arns_size(), 1);
  Register("web");  // C1: its number is not given again
  EXPECT_THAT(List("status: ACTIVE"), ElementsAre("web"));
}

// The texts of clients.md.
TEST_F(FamiliesTest, WhatCannotBeDeletedIsAFailure) {
  Register("web");
  const auto response = Delete(
      "task_definitions: 'web:1' task_definitions: 'web:7' task_definitions: 'web' task_definitions: 'web:x' "
      "task_definitions: 'a/b:1'");
  EXPECT_THAT(response.task_definitions(), IsEmpty());
  std::vector<std::string> reasons;
  for (const auto& failure : response.failures()) reasons.push_back(failure.arn() + " " + failure.reason());
  const std::string malformed =
      " The specified task definition identifier is invalid. Specify a valid name or ARN and try again.";
  EXPECT_THAT(reasons,
              ElementsAre("web:1 The specified task definition is still in ACTIVE status. Please deregister the target "
                          "and try again.",
                          "web:7 The specified task definition does not exist. Specify a valid account, family, "
                          "revision and try again.",
                          "web" + malformed, "web:x" + malformed, "a/b:1" + malformed));
  std::string eleven;
  for (int i = 0; i < 11; ++i) eleven += "task_definitions: 'web:1' ";
  world_.ExpectRefused(api::CheckDeleteTaskDefinitions, api::DeleteTaskDefinitions,
                       {{"", "InvalidParameterException", {"taskDefinitions"}},
                        {eleven, "InvalidParameterException", {"taskDefinitions", "11", "10"}}});
}

}  // namespace
}  // namespace ecsmi
