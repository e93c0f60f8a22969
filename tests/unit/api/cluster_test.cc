#include <string>

#include "api/cluster/clusters.h"
#include "builders/step_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::ApiWorld;
using ::testing::ElementsAre;
using testing::ExceptionName;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kInvalid[] = "InvalidParameterException";

std::string NameOf(ApiWorld& world, model::Serial provider) {
  return world.state().Get<model::CapacityProvider>(provider).name;
}

TEST(CreateClusterTest, DefaultNameAndReadBack) {
  ApiWorld world;
  const auto made = world.Call(CheckCreateCluster, CreateCluster,
                               "tags {key: 'a' value: 'b'} capacity_providers: 'FARGATE_SPOT' "
                               "capacity_providers: 'FARGATE' "
                               "default_capacity_provider_strategy {capacity_provider: 'FARGATE' weight: 1}");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->cluster().cluster_name(), "default");  // H23
  EXPECT_EQ(made->cluster().cluster_arn(), "arn:aws:ecs:us-east-1:000000000000:cluster/default");
  EXPECT_EQ(made->cluster().status(), "ACTIVE");
  // FARGATE_SPOT may stand in the list (promise 6).
  EXPECT_THAT(made->cluster().capacity_providers(), ElementsAre("FARGATE_SPOT", "FARGATE"));
  EXPECT_EQ(made->cluster().default_capacity_provider_strategy(0).weight(), 1);
  EXPECT_EQ(made->cluster().tags(0).key(), "a");
}

TEST(CreateClusterTest, IsIdempotentAndRevives) {
  ApiWorld world;
  const auto first = world.Call(CheckCreateCluster, CreateCluster, "cluster_name: 'c' tags {key: 'a'}");
  world.state().TakeChanges(world.now);
  const auto again = world.Call(CheckCreateCluster, CreateCluster, "cluster_name: 'c' tags {key: 'b'}");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_TRUE(world.state().TakeChanges(world.now).empty());

  ASSERT_TRUE(world.Call(CheckDeleteCluster, DeleteCluster, "cluster: 'c'").ok());
  const auto revived = world.Call(CheckCreateCluster, CreateCluster, "cluster_name: 'c' tags {key: 'b'}");
  ASSERT_TRUE(revived.ok());
  EXPECT_EQ(revived->cluster().status(), "ACTIVE");
  EXPECT_EQ(revived->cluster().tags(0).key(), "b");
  EXPECT_EQ(world.state().table<model::Cluster>().size(), 1U);
}

TEST(CreateClusterTest, RefusesBadInput) {
  ApiWorld world;
  const std::string other = NameOf(world, world.AddProvider(world.AddCluster("other")));
  std::string many = "capacity_providers: 'FARGATE' ";
  for (int i = 0; i < 21; ++i) many += "default_capacity_provider_strategy {capacity_provider: 'FARGATE'} ";
  world.ExpectRefused(
      CheckCreateCluster, CreateCluster,
      {
          {"cluster_name: 'a b'", kInvalid, {"clusterName", "'a b'"}},
          {"cluster_name: '" + std::string(256, 'x') + "'", kInvalid, {"clusterName", "255"}},
          {"tags {key: 'aws:x'}", kInvalid, {"tags[0].key", "aws:x"}},
          {"settings {value: 'enabled'}", kInvalid, {"settings[0].name"}},
          {"settings {name: containerInsights value: 'on'}", kInvalid, {"settings[0].value", "'on'"}},
          {"configuration {execute_command_configuration {logging: OVERRIDE}}", kInvalid, {"logConfiguration"}},
          {"service_connect_defaults {}", kInvalid, {"serviceConnectDefaults.namespace"}},
          {"capacity_providers: 'nobody'", kInvalid, {"The specified capacity provider was not found."}},
          {"capacity_providers: '" + other + "'", kInvalid, {"capacityProviders[0]", other, "'other'"}},  // A74
          {"capacity_providers: 'FARGATE' capacity_providers: 'FARGATE'", kInvalid, {"[1]", "twice"}},
          {"default_capacity_provider_strategy {capacity_provider: 'FARGATE'}",
           kInvalid,
           {"cannot contain a capacity provider that is not associated with the cluster."}},  // A82
          {"capacity_providers: 'FARGATE' default_capacity_provider_strategy {weight: 1}",
           kInvalid,
           {"defaultCapacityProviderStrategy[0].capacityProvider"}},
          {"default_capacity_provider_strategy {capacity_provider: 'FARGATE' weight: 1001}",
           kInvalid,
           {"weight", "1001", "1000"}},  // A76
          {"default_capacity_provider_strategy {capacity_provider: 'FARGATE' weight: -1}", kInvalid, {"weight", "-1"}},
          {"default_capacity_provider_strategy {capacity_provider: 'FARGATE' base: 100001}", kInvalid, {"100001"}},
          {"default_capacity_provider_strategy {capacity_provider: 'x' base: 1} "
           "default_capacity_provider_strategy {capacity_provider: 'y' base: 1}",
           kInvalid,
           {"[1].base", "only one"}},
          {many, kInvalid, {"21", "20"}},  // A66
          // Promise 6: FARGATE_SPOT in any strategy.
          {"capacity_providers: 'FARGATE_SPOT' default_capacity_provider_strategy {capacity_provider: 'FARGATE_SPOT'}",
           kInvalid,
           {"defaultCapacityProviderStrategy[0].capacityProvider FARGATE_SPOT", "On-Demand", "instead", "2026",
            "--spot-settings=on-demand", "(ecsmi: docs/FIDELITY.md#spot)"}},
      });
}

TEST(CreateClusterTest, SpotSettingsAsOnDemandAcceptFargateSpot) {
  control::Settings settings;
  settings.spot_as_on_demand = true;
  ApiWorld world(settings);
  EXPECT_TRUE(world
                  .Call(CheckCreateCluster, CreateCluster,
                        "capacity_providers: 'FARGATE_SPOT' "
                        "default_capacity_provider_strategy {capacity_provider: 'FARGATE_SPOT' weight: 1}")
                  .ok());
}

TEST(DescribeClustersTest, ShowsPartsOnRequestAndFailures) {
  ApiWorld world;
  ASSERT_TRUE(world.Call(CheckCreateCluster, CreateCluster, "cluster_name: 'c' tags {key: 'a'}").ok());
  auto shown = world.Call(CheckDescribeClusters, DescribeClusters, "clusters: 'c' clusters: 'x'");
  ASSERT_TRUE(shown.ok()) << shown.status();
  ASSERT_EQ(shown->clusters_size(), 1);
  EXPECT_THAT(shown->clusters(0).tags(), IsEmpty());
  EXPECT_THAT(shown->clusters(0).settings(), IsEmpty());
  EXPECT_THAT(shown->clusters(0).statistics(), IsEmpty());
  ASSERT_EQ(shown->failures_size(), 1);
  EXPECT_EQ(shown->failures(0).arn(), "arn:aws:ecs:us-east-1:000000000000:cluster/x");
  EXPECT_EQ(shown->failures(0).reason(), "MISSING");

  shown = world.Call(CheckDescribeClusters, DescribeClusters,
                     "clusters: 'c' include: TAGS include: SETTINGS include: STATISTICS");
  EXPECT_EQ(shown->clusters(0).tags_size(), 1);
  EXPECT_EQ(shown->clusters(0).settings(0).value(), "disabled");
  EXPECT_GT(shown->clusters(0).statistics_size(), 0);

  // Absent means default, which does not exist until it is made (H23).
  EXPECT_EQ(world.Call(CheckDescribeClusters, DescribeClusters, "")->failures(0).arn(),
            "arn:aws:ecs:us-east-1:000000000000:cluster/default");
  ASSERT_TRUE(world.Call(CheckDeleteCluster, DeleteCluster, "cluster: 'c'").ok());
  EXPECT_EQ(world.Call(CheckDescribeClusters, DescribeClusters, "clusters: 'c'")->clusters(0).status(), "INACTIVE");

  std::string many;
  for (int i = 0; i < 101; ++i) many += "clusters: 'c' ";
  world.ExpectRefused(CheckDescribeClusters, DescribeClusters,
                      {{many, kInvalid, {"clusters", "101", "100"}}, {"clusters: '!'", kInvalid, {"clusters[0] '!'"}}});
}

TEST(ListClustersTest, Pages) {
  ApiWorld world;
  for (const char* name : {"a", "b", "c"}) world.AddCluster(name);
  auto page = world.Call(CheckListClusters, ListClusters, "max_results: 2");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->cluster_arns_size(), 2);
  ASSERT_TRUE(page->has_next_token());
  page = world.Call(CheckListClusters, ListClusters, "max_results: 2 next_token: '" + page->next_token() + "'");
  EXPECT_THAT(page->cluster_arns(), ElementsAre("arn:aws:ecs:us-east-1:000000000000:cluster/c"));
  EXPECT_FALSE(page->has_next_token());
  world.context.region = "eu-west-1";
  EXPECT_THAT(world.Call(CheckListClusters, ListClusters, "")->cluster_arns(), IsEmpty());
  world.ExpectRefused(CheckListClusters, ListClusters,
                      {{"max_results: 0", kInvalid, {"maxResults", "0"}},
                       {"max_results: 101", kInvalid, {"maxResults", "101"}},
                       {"next_token: 'x'", kInvalid, {"Invalid token"}}});
}

// A63, A64: services, tasks, container instances, capacity providers.
TEST(DeleteClusterTest, BlockersInOrder) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster("c");
  const auto exception = [&] {
    return std::string(ExceptionName(world.Call(CheckDeleteCluster, DeleteCluster, "cluster: 'c'").status()));
  };
  const model::Serial provider = world.AddProvider(cluster);
  EXPECT_EQ(exception(), "ClusterContainsCapacityProviderException");
  const model::Serial definition = world.AddDefinition({.cpu_units = 1024, .memory_mib = 1024});
  world.Do([&](control::Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); });
  EXPECT_EQ(exception(), "ClusterContainsTasksException");
  model::Service service;
  service.serial = world.state().NewSerial();
  service.cluster = cluster;
  service.region = "us-east-1";
  service.name = "s";
  world.state().Insert(service);
  EXPECT_EQ(exception(), "ClusterContainsServicesException");
}

TEST(DeleteClusterTest, RefusesBadInput) {
  ApiWorld world;
  world.AddProvider(world.AddCluster("c"));
  world.ExpectRefused(CheckDeleteCluster, DeleteCluster,
                      {{"", kInvalid, {"cluster can not be blank."}},
                       {"cluster: 'x'", "ClusterNotFoundException", {"Cluster not found."}},
                       {"cluster: 'c'", "ClusterContainsCapacityProviderException", {}}});
}

TEST(PutClusterCapacityProvidersTest, ReplacesAndKeepsManagedInstances) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster();
  const std::string mine = NameOf(world, world.AddProvider(cluster));
  world.state().Update<model::Cluster>(cluster, [&](model::Cluster& row) {
    row.capacity_providers = {mine, "FARGATE"};
  });
  auto put = world.Call(CheckPutClusterCapacityProviders, PutClusterCapacityProviders,
                        "cluster: 'default' capacity_providers: 'FARGATE_SPOT'");
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_THAT(put->cluster().capacity_providers(), ElementsAre("FARGATE_SPOT", mine));  // A74
  put = world.Call(CheckPutClusterCapacityProviders, PutClusterCapacityProviders,
                   "cluster: 'default' capacity_providers: '" + mine +
                       "' default_capacity_provider_strategy {capacity_provider: '" + mine + "' weight: 1 base: 2}");
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_THAT(put->cluster().capacity_providers(), ElementsAre(mine));
  EXPECT_EQ(put->cluster().default_capacity_provider_strategy(0).base(), 2);
}

TEST(PutClusterCapacityProvidersTest, RefusesBadInput) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster();
  const model::Serial provider = world.AddProvider(cluster);
  const std::string mine = NameOf(world, provider);
  const std::string other = NameOf(world, world.AddProvider(world.AddCluster("other")));
  const std::string early = NameOf(world, world.AddProvider(cluster));
  world.state().Update<model::CapacityProvider>(world.state().FindProvider("us-east-1", early), [](auto& row) {
    row.status = model::CapacityProviderStatus::kProvisioning;
  });
  world.state().Update<model::Cluster>(cluster, [&](model::Cluster& row) {
    row.capacity_providers = {mine, early, "FARGATE"};
  });
  model::Service service;
  service.serial = world.state().NewSerial();
  service.cluster = cluster;
  service.name = "s";
  service.strategy = {{.provider_name = "FARGATE"}};
  world.state().Insert(service);
  const std::string at = "cluster: 'default' capacity_providers: 'FARGATE' capacity_providers: 'FARGATE_SPOT' ";
  world.ExpectRefused(
      CheckPutClusterCapacityProviders, PutClusterCapacityProviders,
      {
          {"", kInvalid, {"cluster can not be blank."}},
          {"cluster: 'x'", "ClusterNotFoundException", {}},
          {"cluster: 'default' capacity_providers: ''", kInvalid, {"capacityProviders[0]"}},
          {"cluster: 'default' capacity_providers: 'x'", kInvalid, {"was not found"}},
          {"cluster: 'default' capacity_providers: '" + early + "'",
           kInvalid,
           {"The specified capacity provider '" + early +
            "' is not in an ACTIVE state. Specify a valid capacity provider and try again."}},  // A51
          {at + "default_capacity_provider_strategy {capacity_provider: '" + early + "'}",
           kInvalid,
           {"is not in an ACTIVE state"}},                                                           // A53
          {"cluster: 'default' capacity_providers: '" + other + "'", kInvalid, {other, "'other'"}},  // A74
          {"cluster: 'default'",
           "ResourceInUseException",
           {"The specified capacity provider is in use and cannot be removed."}},  // A70
          {at + "default_capacity_provider_strategy {capacity_provider: '" + mine +
               "'} default_capacity_provider_strategy {capacity_provider: 'FARGATE'}",
           kInvalid,
           {"different kinds"}},  // A75
          {at + "default_capacity_provider_strategy {capacity_provider: 'FARGATE_SPOT'}",
           kInvalid,
           {"FARGATE_SPOT", "On-Demand only", "--spot-settings=on-demand"}},  // promise 6
      });
}

}  // namespace
}  // namespace ecsmi::api
