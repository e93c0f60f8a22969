#include "builders/service_world.h"
#include "ecsmi/ecs/v1/task.pb.h"

namespace ecsmi {
namespace {

using testing::BadInput;
using ::testing::ElementsAre;
using testing::ExceptionName;
using ::testing::HasSubstr;
using testing::ServiceWorld;
using ::testing::SizeIs;
namespace pb = ::ecsmi::ecs::v1;

const std::string kDefinition = "task_definition: 'app:1' ";

// A world with definition app:1 (host mode), net:1 (awsvpc), old:1 (INACTIVE) and far:1 (not for managed instances).
class World : public ServiceWorld {
 public:
  World() {
    for (const char* family : {"app", "net", "old", "far"}) {
      const model::Serial serial = AddServiceDefinition();
      state().Erase<model::TaskDefinition>(serial);
      model::TaskDefinition row;
      row.serial = state().NewSerial();
      row.region = "us-east-1";
      row.family = family;
      row.revision = 1;
      row.resources = {256, 512, 0, 1};
      row.containers.resize(1);
      row.containers[0].name = "main";
      row.network_mode = row.family == "net" ? model::NetworkMode::kAwsvpc : model::NetworkMode::kHost;
      if (row.family == "old") row.status = model::TaskDefinitionStatus::kInactive;
      row.requires_compatibilities =
          row.family == "far" ? model::kCompatibleFargate : model::kCompatibleManagedInstances;
      state().Insert(std::move(row));
    }
  }
  absl::StatusOr<pb::CreateServiceResponse> CreateText(const std::string& text) {
    return Call(api::CheckCreateService, api::CreateService, text);
  }
  absl::StatusOr<pb::UpdateServiceResponse> UpdateText(const std::string& text) {
    return Call(api::CheckUpdateService, api::UpdateService, text);
  }
};

TEST(CreateService, ShowsWhatAwsShows) {
  World world;
  const auto response = world.CreateText(
      "service_name: 'web' task_definition: 'net' desired_count: 2 "
      "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a' security_groups: 'sg-0000000a'}} "
      "deployment_configuration {deployment_circuit_breaker {enable: true rollback: true}} "
      "tags {key: 'team' value: 'a'} health_check_grace_period_seconds: 30 enable_ecs_managed_tags: true "
      "propagate_tags: SERVICE");
  ASSERT_TRUE(response.ok()) << response.status();
  const pb::Service& shown = response->service();
  EXPECT_EQ(shown.service_arn(), "arn:aws:ecs:us-east-1:000000000000:service/default/web");
  EXPECT_EQ(shown.cluster_arn(), "arn:aws:ecs:us-east-1:000000000000:cluster/default");
  EXPECT_EQ(shown.status(), "ACTIVE");
  EXPECT_EQ(shown.task_definition(), "arn:aws:ecs:us-east-1:000000000000:task-definition/net:1");
  EXPECT_EQ(shown.scheduling_strategy(), pb::SchedulingStrategy::REPLICA);
  EXPECT_EQ(shown.deployment_controller().type(), pb::DeploymentControllerType::ECS);
  EXPECT_EQ(shown.deployment_configuration().minimum_healthy_percent(), 100);  // D20
  EXPECT_EQ(shown.deployment_configuration().maximum_percent(), 200);
  EXPECT_TRUE(shown.deployment_configuration().deployment_circuit_breaker().rollback());
  EXPECT_EQ(shown.availability_zone_rebalancing(), pb::AvailabilityZoneRebalancing::ENABLED);  // D62
  EXPECT_EQ(shown.health_check_grace_period_seconds(), 30);
  EXPECT_FALSE(shown.has_launch_type());  // C71
  ASSERT_THAT(shown.capacity_provider_strategy(), SizeIs(1));
  EXPECT_EQ(shown.capacity_provider_strategy(0).weight(), 1);
  EXPECT_EQ(shown.network_configuration().awsvpc_configuration().subnets(0), "subnet-0000000a");
  ASSERT_THAT(shown.deployments(), SizeIs(1));
  EXPECT_EQ(shown.deployments(0).desired_count(), 2);
  EXPECT_EQ(shown.deployments(0).rollout_state(), pb::DeploymentRolloutState::IN_PROGRESS);
  EXPECT_EQ(shown.tags(0).key(), "team");
  EXPECT_THAT(world.Call(api::CheckDescribeServices, api::DescribeServices, "services: 'web'")->services(0).tags(),
              SizeIs(0));  // only with include TAGS
}

TEST(CreateService, RefusesBadInputAndChangesNothing) {
  World world;
  world.Create("taken", world.AddServiceDefinition(), 1);
  const std::string good = "service_name: 's' task_definition: 'app:1' desired_count: 1 ";
  const std::string bare = "service_name: 's' desired_count: 1 ";
  world.ExpectRefused(
      api::CheckCreateService, api::CreateService,
      {
          {"desired_count: 1 " + kDefinition, "InvalidParameterException", {"serviceName"}},
          {"service_name: 'a b' desired_count: 1 " + kDefinition, "InvalidParameterException", {"serviceName", "a b"}},
          {"service_name: '" + std::string(256, 'a') + "' desired_count: 1 " + kDefinition,
           "InvalidParameterException",
           {"serviceName"}},
          {bare, "ClientException", {"TaskDefinition can not be blank."}},
          {"service_name: 's' " + kDefinition, "InvalidParameterException", {"desiredCount"}},
          {"service_name: 's' desired_count: -1 " + kDefinition,
           "InvalidParameterException",
           {"desiredCount cannot be a negative number."}},
          {"service_name: 's' desired_count: 5001 " + kDefinition, "InvalidParameterException", {"5001", "5000"}},
          {good + "cluster: 'nope'", "ClusterNotFoundException", {"Cluster not found."}},
          {good + "cluster: 'no pe'", "InvalidParameterException", {"no pe"}},
          {bare + "task_definition: 'unknown'", "ClientException", {"TaskDefinition not found."}},
          {bare + "task_definition: 'app:9'", "ClientException", {"TaskDefinition not found."}},
          {bare + "task_definition: '+'", "ClientException", {"Family contains invalid characters."}},
          {bare + "task_definition: 'old:1'", "ClientException", {"TaskDefinition is inactive"}},
          {bare + "task_definition: 'far:1'", "InvalidParameterException", {"launch_type MANAGED_INSTANCES"}},
          {bare + "task_definition: 'net:1'", "InvalidParameterException", {"Network Configuration must be provided"}},
          {bare + "task_definition: 'net:1' network_configuration {awsvpc_configuration {}}",
           "InvalidParameterException",
           {"subnets can not be empty."}},
          {bare + "task_definition: 'net:1' network_configuration {awsvpc_configuration {subnets: 'x'}}",
           "InvalidParameterException",
           {"Error retrieving subnet information for [x]", "InvalidSubnetID.NotFound"}},
          {good + "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a'}}",
           "InvalidParameterException",
           {"not valid for the given networkMode"}},
          {good + "launch_type: FARGATE", "UnsupportedFeatureException", {"FARGATE", "#launch-types"}},
          {good + "launch_type: EC2 capacity_provider_strategy {capacity_provider: 'x'}",
           "InvalidParameterException",
           {"Specifying both a launch type and capacity provider strategy"}},
          {good + "capacity_provider_strategy {capacity_provider: 'nope'}",
           "InvalidParameterException",
           {"The specified capacity provider was not found."}},
          {good + "capacity_provider_strategy {capacity_provider: 'FARGATE_SPOT' weight: 1}",
           "InvalidParameterException",
           {"FARGATE_SPOT", "#spot"}},
          {good + "capacity_provider_strategy {capacity_provider: 'a' weight: 1001}",
           "InvalidParameterException",
           {"weight", "1001"}},
          {"service_name: 's' scheduling_strategy: DAEMON desired_count: 1 " + kDefinition,
           "InvalidParameterException",
           {"daemon scheduling strategy does not support a desired count"}},
          {"service_name: 's' scheduling_strategy: DAEMON " + kDefinition,
           "InvalidParameterException",
           {"DAEMON", "#daemons"}},
          {good + "deployment_controller {type: CODE_DEPLOY}", "UnsupportedFeatureException", {"CODE_DEPLOY"}},
          {good + "deployment_controller {type: EXTERNAL}", "UnsupportedFeatureException", {"EXTERNAL"}},
          {good + "deployment_configuration {strategy: BLUE_GREEN}", "UnsupportedFeatureException", {"BLUE_GREEN"}},
          {good + "deployment_configuration {lifecycle_hooks {role_arn: 'a'}}",
           "UnsupportedFeatureException",
           {"lifecycleHooks"}},
          {good + "deployment_configuration {bake_time_in_minutes: 5}",
           "UnsupportedFeatureException",
           {"bakeTimeInMinutes"}},
          {good + "deployment_configuration {minimum_healthy_percent: 101}",
           "InvalidParameterException",
           {"minimumHealthyPercent", "101"}},
          {good + "deployment_configuration {minimum_healthy_percent: -1}",
           "InvalidParameterException",
           {"minimumHealthyPercent", "-1"}},
          {good + "deployment_configuration {maximum_percent: 99}",
           "InvalidParameterException",
           {"maximumPercent", "99"}},
          {good + "deployment_configuration {deployment_circuit_breaker {rollback: true}}",
           "InvalidParameterException",
           {"deploymentCircuitBreaker.enable"}},
          {good + "deployment_configuration {deployment_circuit_breaker {enable: true}}",
           "InvalidParameterException",
           {"deploymentCircuitBreaker.rollback"}},
          {good + "deployment_configuration {deployment_circuit_breaker {enable: true rollback: true "
                  "threshold_configuration {type: COUNT value: 0}}}",
           "InvalidParameterException",
           {"thresholdConfiguration.value"}},
          {good + "load_balancers {container_name: 'a'}", "UnsupportedFeatureException", {"loadBalancers"}},
          {good + "service_registries {container_name: 'a'}", "UnsupportedFeatureException", {"serviceRegistries"}},
          {good + "service_connect_configuration {enabled: true}",
           "UnsupportedFeatureException",
           {"serviceConnectConfiguration"}},
          {good + "volume_configurations {name: 'a'}", "UnsupportedFeatureException", {"volumeConfigurations"}},
          {good + "vpc_lattice_configurations {role_arn: 'a'}",
           "UnsupportedFeatureException",
           {"vpcLatticeConfigurations"}},
          {good + "monitoring {metric_configurations {resolution_seconds: 20}}",
           "UnsupportedFeatureException",
           {"monitoring"}},
          {good + "role: 'a'", "UnsupportedFeatureException", {"role"}},
          {good + "platform_version: '1.4.0'", "InvalidParameterException", {"platformVersion", "1.4.0"}},
          {good + "placement_strategy {type: spread}",
           "InvalidParameterException",
           {"placementStrategy", "docs/FIDELITY.md#placement-constraints"}},
          {good + "placement_constraints {expression: 'a'}",
           "InvalidParameterException",
           {"placementConstraints[0].type"}},
          {good + "placement_constraints {type: memberOf}",
           "InvalidParameterException",
           {"placementConstraints[0].expression"}},
          {good + "placement_constraints {type: distinctInstance expression: 'a'}",
           "InvalidParameterException",
           {"distinctInstance"}},
          {good + "placement_constraints {type: memberOf expression: 'runningTasksCount > 3'}",
           "InvalidParameterException",
           {"placementConstraints[0].expression", "runningTasksCount"}},
          {good + "health_check_grace_period_seconds: -1", "InvalidParameterException", {"healthCheckGracePeriod"}},
          {good + "client_token: '" + std::string(37, 'a') + "'", "InvalidParameterException", {"clientToken"}},
          {good + "client_token: 'a b'", "InvalidParameterException", {"clientToken", "a b"}},
          {good + "tags {key: 'aws:x'}", "InvalidParameterException", {"tags[0].key"}},
          {good + "propagate_tags: 77", "InvalidParameterException", {"propagateTags"}},
          {"service_name: 'taken' desired_count: 9 " + kDefinition,
           "InvalidParameterException",
           {"Creation of service was not idempotent."}},
      });
}

TEST(CreateService, RepeatedWordForWordGivesTheSameService) {
  World world;
  const std::string text = "service_name: 'web' task_definition: 'app:1' desired_count: 1 client_token: 'once'";
  ASSERT_TRUE(world.CreateText(text).ok());
  const model::Serial next = world.state().next_serial();
  const auto again = world.CreateText(text);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->service().service_name(), "web");
  EXPECT_EQ(world.state().next_serial(), next);
  // The token may differ, the wishes may not (D2a).
  EXPECT_TRUE(world.CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 1 client_token: 'b'").ok());
  EXPECT_EQ(ExceptionName(world.CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 2").status()),
            "InvalidParameterException");
}

TEST(CreateService, TasksCarryServiceDeploymentAndPropagatedTags) {
  World world;
  ASSERT_TRUE(world
                  .CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 1 propagate_tags: SERVICE "
                              "tags {key: 'ecsmi:isolation' value: 'task'} enable_ecs_managed_tags: true")
                  .ok());
  const auto task = world.TasksOf(world.state().FindService(world.cluster, "web"), model::TaskStatus::kProvisioning)[0];
  EXPECT_TRUE(task.dedicated);  // design §6: the tag is propagated
  pb::Task cold;
  ASSERT_TRUE(cold.ParseFromString(std::string(world.state().DocumentBytes(task.document))));
  EXPECT_EQ(cold.started_by(), world.Describe("web").deployments(0).id());  // C63
  ASSERT_THAT(cold.tags(), SizeIs(3));
  EXPECT_EQ(cold.tags(2).key(), "aws:ecs:serviceName");
}

TEST(DescribeServices, FindsNamesAndArnsAndNamesWhatIsMissing) {
  World world;
  ASSERT_TRUE(world.CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 0").ok());
  const auto response = world.Call(api::CheckDescribeServices, api::DescribeServices,
                                   "services: 'web' services: 'arn:aws:ecs:us-east-1:000000000000:service/default/web' "
                                   "services: 'arn:aws:ecs:us-east-1:000000000000:service/web' services: 'gone' "
                                   "services: 'arn:aws:ecs:us-east-1:000000000000:service/other/web'");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->services(), SizeIs(3));
  ASSERT_THAT(response->failures(), SizeIs(2));
  EXPECT_EQ(response->failures(0).reason(), "MISSING");
  EXPECT_EQ(response->failures(0).arn(), "arn:aws:ecs:us-east-1:000000000000:service/default/gone");
  std::string eleven;
  for (int i = 0; i < 11; ++i) eleven += "services: 'web' ";
  world.ExpectRefused(api::CheckDescribeServices, api::DescribeServices,
                      {{"", "InvalidParameterException", {"Services cannot be empty."}},
                       {eleven, "InvalidParameterException", {"services has 11 entries"}},
                       {"services: 'a b'", "InvalidParameterException", {"a b"}},
                       {"services: 'web' include: 9", "InvalidParameterException", {"include"}},
                       {"services: 'web' cluster: 'nope'", "ClusterNotFoundException", {}}});
}

TEST(ListServices, GivesTenAPageByDefault) {
  World world;
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(
        world.CreateText("task_definition: 'app:1' desired_count: 0 service_name: 's" + std::to_string(i) + "'").ok());
  }
  const auto first = world.Call(api::CheckListServices, api::ListServices, "");
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(first->service_arns(), SizeIs(10));  // H21
  const auto second =
      world.Call(api::CheckListServices, api::ListServices, "next_token: '" + first->next_token() + "'");
  EXPECT_THAT(second->service_arns(), ElementsAre(HasSubstr("/s10"), HasSubstr("/s11")));
  EXPECT_FALSE(second->has_next_token());
  EXPECT_THAT(world.Call(api::CheckListServices, api::ListServices, "launch_type: FARGATE")->service_arns(), SizeIs(0));
  EXPECT_THAT(world.Call(api::CheckListServices, api::ListServices, "scheduling_strategy: REPLICA")->service_arns(),
              SizeIs(10));
  world.ExpectRefused(api::CheckListServices, api::ListServices,
                      {{"max_results: 0", "InvalidParameterException", {"maxResults"}},
                       {"max_results: 101", "InvalidParameterException", {"maxResults"}},
                       {"next_token: 'x'", "InvalidParameterException", {"Invalid token"}},
                       {"scheduling_strategy: 9", "InvalidParameterException", {"schedulingStrategy"}},
                       {"cluster: 'nope'", "ClusterNotFoundException", {}}});
}

TEST(DeleteService, RefusesBadInputAndChangesNothing) {
  World world;
  ASSERT_TRUE(world.CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 2").ok());
  world.ExpectRefused(
      api::CheckDeleteService, api::DeleteService,
      {{"", "InvalidParameterException", {"service"}},
       {"service: 'gone'", "ServiceNotFoundException", {"Service not found."}},
       {"service: 'a b'", "InvalidParameterException", {"a b"}},
       {"service: 'web' cluster: 'nope'", "ClusterNotFoundException", {"Cluster not found."}},
       {"service: 'web'", "InvalidParameterException", {"The service cannot be stopped while it is scaled above 0."}}});
  // D3: scaled to zero, but its tasks must be gone too.
  world.SetDesired(world.state().FindService(world.cluster, "web"), 0);
  ASSERT_TRUE(world.Call(api::CheckDeleteService, api::DeleteService, "service: 'web'").ok());
  EXPECT_EQ(world.Describe("web").status(), "INACTIVE");
  EXPECT_EQ(ExceptionName(world.Call(api::CheckDeleteService, api::DeleteService, "service: 'web'").status()),
            "ServiceNotFoundException");
  EXPECT_EQ(ExceptionName(world.UpdateText("service: 'web' desired_count: 1").status()), "ServiceNotActiveException");
}

TEST(UpdateService, RefusesBadInputAndChangesNothing) {
  World world;
  ASSERT_TRUE(world.CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 1").ok());
  const std::string other = world.state().Get<model::CapacityProvider>(world.AddProvider(world.cluster, 1)).name;
  world.state().Update<model::Cluster>(world.cluster,
                                       [&](model::Cluster& row) { row.capacity_providers.push_back(other); });
  const std::string web = "service: 'web' ";
  world.ExpectRefused(
      api::CheckUpdateService, api::UpdateService,
      {
          {"", "InvalidParameterException", {"service"}},
          {"service: 'gone'", "ServiceNotFoundException", {"Service not found."}},
          {"service: 'a b'", "InvalidParameterException", {"a b"}},
          {web + "cluster: 'nope'", "ClusterNotFoundException", {}},
          {web + "desired_count: -1", "InvalidParameterException", {"desiredCount cannot be a negative number."}},
          {web + "desired_count: 5001", "InvalidParameterException", {"5001"}},
          {web + "task_definition: 'unknown'", "ClientException", {"TaskDefinition not found."}},
          {web + "task_definition: 'old:1'", "ClientException", {"TaskDefinition is inactive"}},  // C72
          {web + "task_definition: 'far:1'", "InvalidParameterException", {"MANAGED_INSTANCES"}},
          {web + "task_definition: 'net:1'", "InvalidParameterException", {"Network Configuration must be provided"}},
          {web + "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a'}}",
           "InvalidParameterException",
           {"not valid for the given networkMode"}},
          {web + "capacity_provider_strategy {capacity_provider: '" + other + "' weight: 1}",
           "InvalidParameterException",
           {"you must force a new deployment."}},  // D7, T24
          {web + "capacity_provider_strategy {capacity_provider: 'nope'} force_new_deployment: true",
           "InvalidParameterException",
           {"was not found"}},
          {web + "deployment_configuration {maximum_percent: 201}", "InvalidParameterException", {"201"}},
          {web + "deployment_configuration {strategy: CANARY}", "UnsupportedFeatureException", {"CANARY"}},
          {web + "deployment_controller {type: EXTERNAL}", "UnsupportedFeatureException", {"EXTERNAL"}},
          {web + "load_balancers {container_name: 'a'}", "UnsupportedFeatureException", {"loadBalancers"}},
          {web + "placement_strategy {type: binpack}",
           "InvalidParameterException",
           {"placementStrategy", "docs/FIDELITY.md#placement-constraints"}},
          {web + "placement_constraints {type: memberOf expression: '('}",
           "InvalidParameterException",
           {"placementConstraints[0].expression"}},
          {web + "explicitly_set {paths: 'tags'}", "InvalidParameterException", {"explicitlySet", "tags"}},
          {web + "platform_version: '1.3.0'", "InvalidParameterException", {"1.3.0"}},
          {web + "propagate_tags: 44", "InvalidParameterException", {"propagateTags"}},
      });
}

TEST(UpdateService, StartsADeploymentOnlyForWhatCallsForOne) {
  World world;
  ASSERT_TRUE(world.CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 0").ok());
  const auto deployment = [&] { return world.Describe("web").deployments(0).id(); };
  const std::string first = deployment();
  // D6: these start none, nor does a value that is stored already; D13: nothing at all leaves no event.
  const auto events = world.Events("web").size();
  for (const char* text :
       {"", "desired_count: 0", "task_definition: 'app:1'", "task_definition: 'app'",
        "deployment_configuration {maximum_percent: 150}", "placement_constraints {type: distinctInstance}",
        "health_check_grace_period_seconds: 5", "enable_ecs_managed_tags: true", "propagate_tags: TASK_DEFINITION",
        "enable_execute_command: true", "availability_zone_rebalancing: DISABLED",
        "explicitly_set {paths: 'placement_constraints'}", "explicitly_set {paths: 'load_balancers'}"}) {
    const auto response = world.UpdateText(std::string("service: 'web' ") + text);
    ASSERT_TRUE(response.ok()) << text << response.status();
    EXPECT_EQ(deployment(), first) << text;
  }
  EXPECT_EQ(world.Events("web").size(), events);
  const pb::Service shown = world.Describe("web");
  EXPECT_EQ(shown.deployment_configuration().maximum_percent(), 150);
  EXPECT_EQ(shown.deployment_configuration().minimum_healthy_percent(), 100);
  EXPECT_THAT(shown.placement_constraints(), SizeIs(0));  // [] took it away again
  EXPECT_EQ(shown.health_check_grace_period_seconds(), 5);
  EXPECT_TRUE(shown.enable_execute_command());
  EXPECT_EQ(shown.availability_zone_rebalancing(), pb::AvailabilityZoneRebalancing::DISABLED);
  ASSERT_TRUE(world.UpdateText("service: 'web' force_new_deployment: true").ok());
  EXPECT_NE(deployment(), first);
}

TEST(UpdateService, AnEmptyStrategyFallsBackToTheClustersDefaultOrNothing) {
  World world;
  ASSERT_TRUE(world.CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 0").ok());
  EXPECT_TRUE(world.UpdateText("service: 'web' explicitly_set {paths: 'capacity_provider_strategy'}").ok());
  world.state().Update<model::Cluster>(world.cluster, [](model::Cluster& row) { row.default_strategy.clear(); });
  EXPECT_THAT(
      std::string(
          world.UpdateText("service: 'web' explicitly_set {paths: 'capacity_provider_strategy'}").status().message()),
      HasSubstr("No launch type to fall back to"));  // D9
}

TEST(DeleteCluster, IsRefusedWhileAServiceIsLeft) {
  World world;
  ASSERT_TRUE(world.CreateText("service_name: 'web' task_definition: 'app:1' desired_count: 0").ok());
  world.ExpectRefused(api::CheckDeleteCluster, api::DeleteCluster,
                      {{"cluster: 'default'", "ClusterContainsServicesException", {"Services are active"}}});
}

}  // namespace
}  // namespace ecsmi
