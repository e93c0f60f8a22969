#include "api/task_definition/task_definitions.h"

#include <string>
#include <vector>

#include "builders/step_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::ApiWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kClient[] = "ClientException";
constexpr char kPrefix[] = "arn:aws:ecs:us-east-1:000000000000:task-definition/";

class TaskDefinitionsTest : public ::testing::Test {
 protected:
  auto Register(const std::string& family, const std::string& rest = "") {
    return world_.Call(CheckRegisterTaskDefinition, RegisterTaskDefinition,
                       "family: '" + family +
                           "' requires_compatibilities: MANAGED_INSTANCES container_definitions {name: 'main' image: "
                           "'app:1' memory: 512} " +
                           rest);
  }
  auto Describe(const std::string& reference, const std::string& rest = "") {
    return world_.Call(CheckDescribeTaskDefinition, DescribeTaskDefinition,
                       "task_definition: '" + reference + "' " + rest);
  }
  auto List(const std::string& request) { return world_.Call(CheckListTaskDefinitions, ListTaskDefinitions, request); }
  auto Deregister(const std::string& reference) {
    return world_.Call(CheckDeregisterTaskDefinition, DeregisterTaskDefinition, "task_definition: '" + reference + "'");
  }

  ApiWorld world_;
};

TEST(TaskDefinitionsInAStrictRegion, AreRefusedWithTheRegionsThatHavePrices) {
  control::Settings settings;
  settings.strict_regions = true;
  ApiWorld world(settings);
  world.context.region = "eu-south-2";
  world.ExpectRefused(CheckRegisterTaskDefinition, RegisterTaskDefinition,
                      {{"family: 'f' requires_compatibilities: MANAGED_INSTANCES "
                        "container_definitions {name: 'main' image: 'app:1' memory: 512}",
                        "InvalidParameterException",
                        {"eu-south-2", "us-east-1", "(ecsmi: docs/FIDELITY.md#regions)"}}});
}

// C1-C3.
TEST_F(TaskDefinitionsTest, RevisionsCountUpForEver) {
  EXPECT_EQ(Register("web")->task_definition().task_definition_arn(), std::string(kPrefix) + "web:1");
  EXPECT_EQ(Register("web")->task_definition().revision(), 2);
  EXPECT_EQ(Register("api")->task_definition().revision(), 1);
  EXPECT_EQ(Describe("web")->task_definition().revision(), 2);

  const auto gone = Deregister("web:2");
  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_EQ(gone->task_definition().status(), pb::TaskDefinitionStatus::INACTIVE);
  EXPECT_TRUE(gone->task_definition().has_deregistered_at());
  EXPECT_EQ(Describe("web")->task_definition().revision(), 1);  // the newest ACTIVE one
  EXPECT_EQ(Describe("web:2")->task_definition().status(), pb::TaskDefinitionStatus::INACTIVE);
  EXPECT_EQ(Register("web")->task_definition().revision(), 3);
  // A second time changes nothing.
  world_.now += 1000;
  EXPECT_EQ(Deregister("web:2")->SerializeAsString(), gone->SerializeAsString());
}

// C11, C15, C23: what is given reads back, with the defaults that AWS fills in.
TEST_F(TaskDefinitionsTest, ReadsBackAsDescribed) {
  const auto made = Register("web",
                             "cpu: '1 vCPU' memory: '2 GB' task_role_arn: 'r' tags {key: 'a' value: 'b'} "
                             "placement_constraints {type: memberOf expression: 'attribute:ecs.instance-type "
                             "=~ m5.*'}");
  ASSERT_TRUE(made.ok()) << made.status();
  const pb::TaskDefinition& shown = made->task_definition();
  EXPECT_EQ(shown.cpu(), "1024");
  EXPECT_EQ(shown.memory(), "2048");
  EXPECT_EQ(shown.network_mode(), pb::NetworkMode::awsvpc);
  EXPECT_EQ(shown.status(), pb::TaskDefinitionStatus::ACTIVE);
  EXPECT_TRUE(shown.container_definitions(0).essential());
  EXPECT_EQ(shown.container_definitions(0).cpu(), 0);
  EXPECT_EQ(shown.task_role_arn(), "r");
  EXPECT_THAT(shown.placement_constraints(), SizeIs(1));
  EXPECT_THAT(shown.requires_compatibilities(), ElementsAre(pb::Compatibility::MANAGED_INSTANCES));
  EXPECT_THAT(made->tags(), SizeIs(1));
  EXPECT_THAT(Describe("web:1")->tags(), IsEmpty());
  const auto described = Describe(shown.task_definition_arn(), "include: TAGS");
  EXPECT_THAT(described->tags(), SizeIs(1));
  EXPECT_EQ(described->task_definition().SerializeAsString(), shown.SerializeAsString());
}

TEST_F(TaskDefinitionsTest, ListsByFamilyAndRevisionPageByPage) {
  for (const char* family : {"web", "api", "web", "web"}) ASSERT_TRUE(Register(family).ok());
  ASSERT_TRUE(Deregister("web:2").ok());
  const auto arn = [](const char* name) { return std::string(kPrefix) + name; };
  EXPECT_THAT(List("")->task_definition_arns(), ElementsAre(arn("api:1"), arn("web:1"), arn("web:3")));
  EXPECT_THAT(List("sort: DESC")->task_definition_arns(), ElementsAre(arn("web:3"), arn("web:1"), arn("api:1")));
  EXPECT_THAT(List("family_prefix: 'web'")->task_definition_arns(), ElementsAre(arn("web:1"), arn("web:3")));
  EXPECT_THAT(List("status: INACTIVE")->task_definition_arns(), ElementsAre(arn("web:2")));

  for (const char* sort : {"", "sort: DESC "}) {
    std::vector<std::string> all;
    std::string token;
    do {
      const auto page =
          List(std::string(sort) + "max_results: 1 " + (token.empty() ? "" : "next_token: '" + token + "'"));
      ASSERT_TRUE(page.ok()) << page.status();
      all.insert(all.end(), page->task_definition_arns().begin(), page->task_definition_arns().end());
      token = page->next_token();
    } while (!token.empty());
    EXPECT_THAT(all, SizeIs(3));
  }
}

// The last one of a page may be deregistered before the next page is asked for.
TEST_F(TaskDefinitionsTest, APageTokenOutlivesItsRevision) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Register("web").ok());
  const std::string token = List("max_results: 1")->next_token();
  ASSERT_TRUE(Deregister("web:1").ok());
  EXPECT_THAT(List("next_token: '" + token + "'")->task_definition_arns(),
              ElementsAre(std::string(kPrefix) + "web:2", std::string(kPrefix) + "web:3"));
}

TEST_F(TaskDefinitionsTest, RefusesBadInput) {
  ASSERT_TRUE(Register("web").ok());
  constexpr char kInvalid[] = "InvalidParameterException";
  world_.ExpectRefused(
      CheckRegisterTaskDefinition, RegisterTaskDefinition,
      {{"", kClient, {"Family should not be null or empty."}},
       {"family: 'web' container_definitions {name: 'c' image: 'i' memory: 4} placement_constraints {type: memberOf "
        "expression: 'attribute:color == red'}",
        kClient,
        {"'attribute:color == red'", "(ecsmi: docs/FIDELITY.md#placement-constraints)"}}});
  world_.ExpectRefused(CheckDescribeTaskDefinition, DescribeTaskDefinition,
                       {{"", kClient, {"Unable to describe task definition."}},
                        {"task_definition: 'web:2'", kClient, {"Unable to describe task definition."}},  // H11
                        {"task_definition: 'nope'", kClient, {"Unable to describe task definition."}},
                        {"task_definition: 'web:x'", kInvalid, {"Invalid revision number. Number: x"}}});
  world_.ExpectRefused(CheckListTaskDefinitions, ListTaskDefinitions,
                       {{"max_results: 0", kInvalid, {"maxResults", "0"}},
                        {"max_results: 101", kInvalid, {"maxResults", "101"}},
                        {"next_token: 'x'", kInvalid, {"Invalid token"}}});
  world_.ExpectRefused(CheckDeregisterTaskDefinition, DeregisterTaskDefinition,
                       {{"task_definition: 'web'", kClient, {"Revision is missing."}},
                        {"task_definition: '" + std::string(kPrefix) + "web'", kClient, {"Revision is missing."}},
                        {"task_definition: 'web:x'", kInvalid, {"Invalid revision number. Number: x"}},
                        {"task_definition: 'web:9'", kClient, {"does not exist"}}});
}

}  // namespace
}  // namespace ecsmi::api
