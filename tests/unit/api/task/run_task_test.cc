#include "api/task/run_task.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "builders/task_requests.h"
#include "ecsmi/api/conflict.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TaskWorld;

constexpr char kInvalid[] = "InvalidParameterException";
constexpr char kClient[] = "ClientException";
constexpr char kUnsupported[] = "UnsupportedFeatureException";

std::vector<const model::Task*> Rows(TaskWorld& world) {
  std::vector<const model::Task*> rows;
  world.state().table<model::Task>().ForEach([&](const model::Task& row) { rows.push_back(&row); });
  return rows;
}

// How many of the response's tasks each provider got.
std::map<std::string, int> ByProvider(const pb::RunTaskResponse& response) {
  std::map<std::string, int> counts;
  for (const pb::Task& task : response.tasks()) ++counts[task.capacity_provider_name()];
  return counts;
}

// C41, C62, C63, C71: a lack of capacity is no failure.
TEST(RunTaskTest, AnswersWithTasksThatWait) {
  TaskWorld world;
  const auto made = world.Run(world.RunText("count: 3 started_by: 'me' tags {key: 'a' value: 'b'}"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->failures(), IsEmpty());
  ASSERT_THAT(made->tasks(), SizeIs(3));
  const pb::Task& task = made->tasks(0);
  EXPECT_EQ(task.task_arn().find("arn:aws:ecs:us-east-1:000000000000:task/default/"), 0U);  // H40
  EXPECT_EQ(task.last_status(), "PROVISIONING");
  EXPECT_EQ(task.desired_status(), "RUNNING");
  EXPECT_FALSE(task.has_container_instance_arn());
  EXPECT_EQ(task.group(), "family:" + world.Family());
  EXPECT_EQ(task.started_by(), "me");
  EXPECT_EQ(task.launch_type(), pb::LaunchType::MANAGED_INSTANCES);
  EXPECT_EQ(task.capacity_provider_name(), world.ProviderName(0));
  EXPECT_EQ(task.cpu(), "256");
  EXPECT_EQ(task.memory(), "512");
  EXPECT_EQ(task.version(), 1);
  EXPECT_TRUE(task.has_created_at());
  EXPECT_THAT(task.tags(), SizeIs(1));
  ASSERT_THAT(task.containers(), SizeIs(1));
  EXPECT_EQ(task.containers(0).last_status(), "PENDING");
  EXPECT_THAT(world.Run(world.RunText())->tasks(), SizeIs(1));  // C60: count 1 by default
}

// A78, A79, A83, T12: bases first, then by weight, ties in list order.
TEST(RunTaskTest, SpreadsOverProvidersByBaseAndWeight) {
  TaskWorld world;
  const std::string a = world.ProviderName(0);
  const std::string b = world.ProviderName(1);
  const auto run = [&](int count, const std::string& of_a, const std::string& of_b) {
    const auto made =
        world.Run("task_definition: '" + world.Family() + "' count: " + std::to_string(count) +
                  " capacity_provider_strategy {capacity_provider: '" + a + "' " + of_a +
                  "} capacity_provider_strategy {capacity_provider: '" + b + "' " + of_b + "} " + TaskWorld::kNetwork);
    EXPECT_TRUE(made.ok()) << made.status();
    return ByProvider(*made);
  };
  EXPECT_EQ(run(10, "base: 2 weight: 1", "weight: 3"), (std::map<std::string, int>{{a, 4}, {b, 6}}));
  EXPECT_EQ(run(5, "weight: 1", "weight: 4"), (std::map<std::string, int>{{a, 1}, {b, 4}}));
  EXPECT_EQ(run(3, "weight: 1", "weight: 1"), (std::map<std::string, int>{{a, 2}, {b, 1}}));
  EXPECT_EQ(run(4, "base: 1", "weight: 1"), (std::map<std::string, int>{{a, 1}, {b, 3}}));  // weight 0: its base only
  EXPECT_EQ(run(1, "weight: 1", "base: 1"), (std::map<std::string, int>{{b, 1}}));
}

// A77, A80: without a strategy the cluster's default acts.
TEST(RunTaskTest, FallsBackOnTheClustersDefaultStrategy) {
  TaskWorld world;
  const auto with_weight = [&](int weight) {
    world.state().Update<model::Cluster>(world.cluster, [&](model::Cluster& row) {
      row.default_strategy = {
          {.provider_name = world.ProviderName(1), .provider = world.providers[1], .weight = weight}};
    });
  };
  const std::string bare = "task_definition: '" + world.Family() + "' " + TaskWorld::kNetwork;
  with_weight(1);
  EXPECT_EQ(world.Run(bare)->tasks(0).capacity_provider_name(), world.ProviderName(1));
  with_weight(0);
  world.ExpectRefused(
      CheckRunTask, RunTask,
      {{bare,
        kInvalid,
        {"There are no capacity providers with a weight value greater than zero defined in the default"}}});
}

// C64.
TEST(RunTaskTest, ARepeatedTokenGivesTheSameTasks) {
  TaskWorld world;
  const std::string text = world.RunText("client_token: 'once' count: 2");
  const auto first = world.Run(text);
  ASSERT_TRUE(first.ok()) << first.status();
  world.now += 1000;
  const auto again = world.Run(text);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(Rows(world), SizeIs(2));
  EXPECT_EQ(again->tasks(0).task_arn(), first->tasks(0).task_arn());
  EXPECT_EQ(again->tasks(1).task_arn(), first->tasks(1).task_arn());
  world.ExpectRefused(CheckRunTask, RunTask,
                      {{world.RunText("client_token: 'once' count: 3"), "ConflictException", {"clientToken"}}});
  EXPECT_EQ(ResourceIdsOf(world.Run(world.RunText("client_token: 'once' count: 3")).status()),
            first->tasks(0).task_arn() + "," + first->tasks(1).task_arn());
  EXPECT_TRUE(world.Run(world.RunText("client_token: 'twice' count: 2")).ok());
  EXPECT_THAT(Rows(world), SizeIs(4));
}

// C44: 500 may wait in a cluster.
TEST(RunTaskTest, FiveHundredMayWaitInACluster) {
  TaskWorld world;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(world.Run(world.RunText("count: 10")).ok());
  world.ExpectRefused(CheckRunTask, RunTask,
                      {{world.RunText(), kClient, {"Tasks provisioning capacity limit exceeded."}}});
  world.settings().limits = false;
  EXPECT_TRUE(world.Run(world.RunText()).ok());
}

// What a task asks of placement: room, isolation, company.
TEST(RunTaskTest, ReadsWhatPlacementNeeds) {
  TaskWorld world;
  const auto made = [&](const std::string& rest) {
    const auto response = world.Run(world.RunText(rest));
    EXPECT_TRUE(response.ok()) << response.status();
    const auto rows = Rows(world);
    return **std::max_element(rows.begin(), rows.end(), [](auto* a, auto* b) { return a->serial < b->serial; });
  };
  EXPECT_FALSE(made("").dedicated);
  EXPECT_TRUE(made("tags {key: 'ecsmi:isolation' value: 'task'}").dedicated);
  EXPECT_TRUE(made("placement_constraints {type: distinctInstance}").distinct_instance);  // C67
  const model::Task large = made("overrides {cpu: '2 vCPU' memory: '4 GB'}");
  EXPECT_EQ(large.resources.cpu_units, 2048);
  EXPECT_EQ(large.resources.memory_mib, 4096);
  EXPECT_EQ(large.resources.eni_slots, 1);
  // The provider's tag isolates all its tasks.
  world.state().Update<model::CapacityProvider>(world.providers[0], [](auto& row) { row.dedicated = true; });
  EXPECT_TRUE(made("").dedicated);
}

TEST(RunTaskTest, PropagatesTheDefinitionsTagsOnRequest) {
  TaskWorld world;
  pb::RegisterTaskDefinitionResponse document;
  for (const auto& [key, value] : {std::pair("team", "red"), std::pair("ecsmi:isolation", "task")}) {
    pb::Tag* tag = document.add_tags();
    tag->set_key(key);
    tag->set_value(value);
  }
  const model::Serial stored = world.state().InternDocument(document.SerializeAsString());
  world.Define([&](model::TaskDefinition& row) { row.document = stored; });
  const auto made = world.Run(world.RunText("propagate_tags: TASK_DEFINITION tags {key: 'team' value: 'blue'}"));
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_THAT(made->tasks(0).tags(), SizeIs(2));
  EXPECT_EQ(made->tasks(0).tags(0).value(), "blue");  // the call's own goes before
  EXPECT_TRUE(Rows(world)[0]->dedicated);
}

// C65: the definition's and the call's count together.
TEST(RunTaskTest, TenConstraintsOfDefinitionAndCallTogether) {
  TaskWorld world;
  world.Define([](model::TaskDefinition& row) {
    row.placement_constraints.assign(9, "attribute:ecs.instance-type == m7i.large");
  });
  const std::string one = "placement_constraints {type: distinctInstance} ";
  EXPECT_TRUE(world.Run(world.RunText(one)).ok());
  world.ExpectRefused(
      CheckRunTask, RunTask,
      {{world.RunText(one + one), kInvalid, {"placementConstraints", "together are 11", "at most 10"}}});
}

TEST(RunTaskTest, RefusesBadInput) {
  TaskWorld world;
  const std::string family = "task_definition: '" + world.Family() + "' ";
  const std::string strategy = "capacity_provider_strategy {capacity_provider: '" + world.ProviderName(0) + "'} ";
  const auto on = [&](const std::string& provider) {
    return family + "capacity_provider_strategy {capacity_provider: '" + provider + "' weight: 1} " +
           TaskWorld::kNetwork;
  };
  const auto awsvpc = [&](const std::string& configuration) {
    return family + strategy + "network_configuration {awsvpc_configuration {" + configuration + "}}";
  };
  std::string subnets;
  for (int i = 0; i < 17; ++i) subnets += "subnets: 'subnet-0000000a' ";
  std::string constraints;
  for (int i = 0; i < 11; ++i) constraints += "placement_constraints {type: distinctInstance} ";
  world.ExpectRefused(
      CheckRunTask, RunTask,
      {
          {"", kClient, {"TaskDefinition can not be blank."}},
          {world.RunText("count: 0"), kInvalid, {"count", "0", "10"}},  // C60
          {world.RunText("count: 11"), kInvalid, {"count", "11"}},
          {world.RunText("cluster: 'nope'"), "ClusterNotFoundException", {"Cluster not found."}},
          {"task_definition: 'nope' " + strategy, kClient, {"TaskDefinition not found."}},  // H11
          {"task_definition: 'a b' " + strategy, kClient, {"Family contains invalid characters."}},
          // A81, and launch types that are not emulated.
          {world.RunText("launch_type: EC2"),
           kInvalid,
           {"Specifying both a launch type and capacity provider strategy is not supported."}},
          {family + "launch_type: FARGATE", kUnsupported, {"FARGATE", "(ecsmi: docs/FIDELITY.md#launch-types)"}},
          {family, kUnsupported, {"capacityProviderStrategy", "(ecsmi: docs/FIDELITY.md#launch-types)"}},
          {on("FARGATE"), kUnsupported, {"FARGATE", "(ecsmi: docs/FIDELITY.md#launch-types)"}},
          {on("FARGATE_SPOT"), kInvalid, {"FARGATE_SPOT", "On-Demand only", "(ecsmi: docs/FIDELITY.md#spot)"}},
          {on("nobody"), kInvalid, {"The specified capacity provider was not found."}},  // A82
          {family + strategy + strategy, kInvalid, {"given twice"}},
          // A76: several items need a weight.
          {family + strategy + "capacity_provider_strategy {capacity_provider: '" + world.ProviderName(1) + "'}",
           kInvalid,
           {"There are no capacity providers with a weight value greater than zero"}},
          // C13, C14.
          {family + strategy,
           kInvalid,
           {"Network Configuration must be provided when networkMode 'awsvpc' is specified."}},
          {awsvpc(""), kInvalid, {"subnets can not be empty."}},
          {awsvpc(subnets), kInvalid, {"subnets", "17", "16"}},
          {awsvpc("subnets: 'subnet-0000000a' security_groups: 'a' security_groups: 'b' security_groups: 'c' "
                  "security_groups: 'd' security_groups: 'e' security_groups: 'f'"),
           kInvalid,
           {"securityGroups", "6", "5"}},
          // C63-C66.
          {world.RunText("started_by: 'a b'"), kInvalid, {"startedBy 'a b'"}},
          {world.RunText("started_by: '" + std::string(129, 'x') + "'"), kInvalid, {"startedBy", "128"}},
          {world.RunText("client_token: 'a b'"), kInvalid, {"clientToken 'a b'"}},
          {world.RunText("client_token: '" + std::string(65, 'x') + "'"), kInvalid, {"clientToken", "64"}},
          {world.RunText("group: '" + std::string(256, 'x') + "'"), kInvalid, {"group", "255"}},
          {world.RunText("group: 'service:web'"), kInvalid, {"group", "service:"}},
          {world.RunText("propagate_tags: SERVICE"), kInvalid, {"propagateTags SERVICE"}},
          {world.RunText("placement_strategy {type: spread}"),
           kInvalid,
           {"placementStrategy", "docs/FIDELITY.md#placement-constraints"}},
          {world.RunText(constraints), kInvalid, {"placementConstraints", "11", "10"}},
          {world.RunText("placement_constraints {type: memberOf expression: 'x'}"),
           kUnsupported,
           {"memberOf", "(ecsmi: docs/FIDELITY.md#placement-constraints)"}},
          {world.RunText("volume_configurations {name: 'v'}"),
           kUnsupported,
           {"volumeConfigurations", "(ecsmi: docs/FIDELITY.md#volumes)"}},
          {world.RunText("overrides {task_role_arn: '" + std::string(9000, 'x') + "'}"), kInvalid, {"8192"}},
          {world.RunText("overrides {cpu: 'much'}"), kClient, {"Invalid 'cpu' setting for task."}},
          {world.RunText("tags {key: 'aws:x'}"), kInvalid, {"aws:x"}},
          {world.RunText("tags {key: 'ecsmi:isolation' value: 'host'}"),
           kInvalid,
           {"'host'", "(ecsmi: docs/FIDELITY.md#isolation)"}},
      });
}

TEST(RunTaskTest, RefusesDefinitionsThatCannotRunHere) {
  TaskWorld world;
  world.Define([](model::TaskDefinition& row) { row.network_mode = model::NetworkMode::kHost; });
  world.ExpectRefused(
      CheckRunTask, RunTask,
      {{world.RunText(),
        kInvalid,
        {"Network Configuration is not valid for the given networkMode of this task definition."}}});  // C13
  world.Define([](model::TaskDefinition& row) { row.requires_compatibilities = model::kCompatibleFargate; });
  world.ExpectRefused(
      CheckRunTask, RunTask,
      {{world.RunText(), kInvalid, {"Task definition does not support launch_type MANAGED_INSTANCES."}}});  // C6
  const std::string exactly = world.Family() + ":1";
  world.Define([](model::TaskDefinition& row) { row.status = model::TaskDefinitionStatus::kInactive; });
  world.ExpectRefused(CheckRunTask, RunTask,
                      {{"task_definition: '" + exactly + "' capacity_provider_strategy {capacity_provider: '" +
                            world.ProviderName(0) + "'}",
                        kInvalid,
                        {"TaskDefinition is inactive"}}});  // C72
}

// A51, A53.
TEST(RunTaskTest, RefusesAProviderThatIsNotActive) {
  TaskWorld world;
  world.state().Update<model::CapacityProvider>(
      world.providers[0], [](auto& row) { row.status = model::CapacityProviderStatus::kProvisioning; });
  world.ExpectRefused(CheckRunTask, RunTask,
                      {{world.RunText(), kInvalid, {world.ProviderName(0), "is not in an ACTIVE state"}}});
}

}  // namespace
}  // namespace ecsmi::api
