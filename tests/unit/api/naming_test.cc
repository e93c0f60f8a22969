#include "ecsmi/api/naming.h"

#include <string>

#include "api/arn.h"
#include "builders/step_fixture.h"
#include "ecsmi/model/aws_ids.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::ApiWorld;

// H40.
TEST(NamingTest, Arns) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster("blue");
  const model::Serial provider = world.AddProvider(cluster);
  control::Step step = world.NewStep();
  EXPECT_EQ(ClusterArn(step, world.state().Get<model::Cluster>(cluster)),
            "arn:aws:ecs:us-east-1:000000000000:cluster/blue");
  EXPECT_EQ(CapacityProviderArn(step, world.state().Get<model::CapacityProvider>(provider)),
            "arn:aws:ecs:us-east-1:000000000000:capacity-provider/" +
                world.state().Get<model::CapacityProvider>(provider).name);
  EXPECT_EQ(Partition("cn-north-1"), "aws-cn");
  EXPECT_EQ(Partition("us-gov-west-1"), "aws-us-gov");
  EXPECT_EQ(Partition("eu-west-1"), "aws");
}

// H10, H43.
TEST(NamingTest, ClustersByNameAndArn) {
  ApiWorld world;
  const model::Serial blue = world.AddCluster("blue");
  const model::Serial standard = world.AddCluster();
  control::Step step = world.NewStep();
  const auto find = [&](std::string_view name) { return ResolveCluster(step, world.context, name); };
  EXPECT_EQ((*find("blue"))->serial, blue);
  EXPECT_EQ((*find(""))->serial, standard);
  EXPECT_EQ((*find("arn:aws:ecs:us-east-1:000000000000:cluster/blue"))->serial, blue);
  EXPECT_EQ(find("arn:aws:ecs:eu-west-1:000000000000:cluster/blue").status().message(), "Cluster not found.");
  EXPECT_EQ(find("arn:aws:ecs:us-east-1:111111111111:cluster/blue").status().message(), "Cluster not found.");
  EXPECT_EQ(find("green").status().message(), "Cluster not found.");
  EXPECT_EQ(ExceptionOf(find("b l u e").status()).name, "InvalidParameterException");
  EXPECT_EQ(ExceptionOf(find("arn:aws:ecs:us-east-1:000000000000:task/blue").status()).name,
            "InvalidParameterException");
}

// H43: ids this world never made are unknown, not malformed.
TEST(NamingTest, TaskIds) {
  ApiWorld world;
  const model::Serial serial = world.AddCluster();
  const auto& cluster = world.state().Get<model::Cluster>(serial);
  control::Step step = world.NewStep();
  EXPECT_EQ(*ResolveTask(step, cluster, std::string(32, 'a')), nullptr);
  EXPECT_EQ(*ResolveTask(step, cluster, model::HexId(step.key, model::TableId::kTask, serial)), nullptr);
  EXPECT_EQ(*ResolveTask(step, cluster, MakeEcsArn("us-east-1", step.account, "task", "x/" + std::string(32, 'b'))),
            nullptr);
  for (const char* bad : {"", "foo", "arn:aws:ecs:us-east-1:000000000000:task/default/foo"}) {
    const absl::Status status = ResolveTask(step, cluster, bad).status();
    EXPECT_EQ(ExceptionOf(status).name, "InvalidParameterException") << bad;
    EXPECT_EQ(std::string(status.message()).find("Task Identifier is invalid"), 0U);
  }
}

// C3, H11.
TEST(NamingTest, TaskDefinitions) {
  ApiWorld world;
  model::TaskDefinition row;
  row.serial = world.state().NewSerial();
  row.region = "us-east-1";
  row.family = "web";
  row.revision = 3;
  world.state().Insert(row);
  control::Step step = world.NewStep();
  const auto find = [&](std::string_view name) { return ResolveTaskDefinition(step, world.context, name); };
  EXPECT_EQ((*find("web:3"))->serial, row.serial);
  EXPECT_EQ((*find("arn:aws:ecs:us-east-1:000000000000:task-definition/web:3"))->serial, row.serial);
  EXPECT_EQ(*find("web:4"), nullptr);
  EXPECT_EQ(*find("api"), nullptr);
  EXPECT_EQ(find("web:foo").status().message(), "Invalid revision number. Number: foo");
  EXPECT_EQ(find("web:99999999999999999999").status().message(),
            "Invalid revision number. Number: 99999999999999999999");
  EXPECT_EQ(find("we b").status().message(), "Family contains invalid characters.");
}

// H22: a token is good for its own list in its own world only.
TEST(NamingTest, PageTokens) {
  ApiWorld world;
  control::Step step = world.NewStep();
  const std::string token = PageToken(step, "ListClusters", 41);
  EXPECT_EQ(*ParsePageToken(step, "ListClusters", token), 41U);
  EXPECT_NE(PageToken(step, "ListClusters", 42), token);
  EXPECT_EQ(ParsePageToken(step, "ListTasks", token).status().message(), "Invalid token");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string forged = token;
    forged[i] = forged[i] == '0' ? '1' : '0';
    EXPECT_FALSE(ParsePageToken(step, "ListClusters", forged).ok()) << i;
  }
  for (const char* bad : {"", "41", "zz"}) EXPECT_FALSE(ParsePageToken(step, "ListClusters", bad).ok());
  EXPECT_FALSE(ParsePageToken(step, "ListClusters", token + "0").ok());
}

TEST(NamingTest, ParsedArns) {
  EXPECT_FALSE(ParseEcsArn("arn:aws:ecs:us-east-1:000000000000:cluster/"));
  EXPECT_FALSE(ParseEcsArn("arn:aws:ecs:us-east-1:000000000000:cluster"));
  EXPECT_FALSE(ParseEcsArn("arn:aws:s3:us-east-1:000000000000:cluster/x"));
  EXPECT_FALSE(ParseEcsArn("arn:aws:ecs::000000000000:cluster/x"));
  EXPECT_FALSE(ParseEcsArn("arn:aws:ecs:us-east-1:00000000000:cluster/x"));
  EXPECT_TRUE(IsIamArn("arn:aws:iam::123456789012:role/path/name", "role"));          // A22
  EXPECT_FALSE(IsIamArn("arn:aws:iam::123456789012:role/name", "instance-profile"));  // A23
  EXPECT_FALSE(IsIamArn("arn:aws:iam:us-east-1:123456789012:role/name", "role"));
  EXPECT_FALSE(IsIamArn("arn:aws:iam::123456789012:role/", "role"));
}

}  // namespace
}  // namespace ecsmi::api
