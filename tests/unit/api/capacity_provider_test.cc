#include <string>
#include <utility>
#include <vector>

#include "api/capacity_provider/capacity_providers.h"
#include "builders/capacity_provider_requests.h"
#include "builders/step_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::ApiWorld;
using testing::CreateText;
using testing::CreateTextOptions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CapacityProviderTest : public ::testing::Test {
 protected:
  explicit CapacityProviderTest(control::Settings settings = {}) : world_(std::move(settings)) {
    cluster_ = world_.AddCluster("c");
  }
  auto Create(const CreateTextOptions& options = {}) {
    return world_.Call(CheckCreateCapacityProvider, CreateCapacityProvider, CreateText(options));
  }
  auto Describe(const std::string& request) {
    return world_.Call(CheckDescribeCapacityProviders, DescribeCapacityProviders, request);
  }
  auto Update(const std::string& request) {
    return world_.Call(CheckUpdateCapacityProvider, UpdateCapacityProvider, request);
  }
  auto Delete(const std::string& request) {
    return world_.Call(CheckDeleteCapacityProvider, DeleteCapacityProvider, request);
  }
  const model::CapacityProvider& Row(const std::string& name = "mi") {
    return world_.state().Get<model::CapacityProvider>(world_.state().FindProvider("us-east-1", name));
  }

  ApiWorld world_;
  model::Serial cluster_ = 0;
};

// A50, A52, A69, and what must read back unchanged.
TEST_F(CapacityProviderTest, IsProvisionedThenActive) {
  const auto made = Create({.optimization = "infrastructure_optimization {scale_in_after: 0}"});
  ASSERT_TRUE(made.ok()) << made.status();
  const pb::CapacityProvider& shown = made->capacity_provider();
  EXPECT_EQ(shown.status(), pb::CapacityProviderStatus::PROVISIONING);
  EXPECT_EQ(shown.update_status(), pb::CapacityProviderUpdateStatus::CREATE_IN_PROGRESS);
  EXPECT_EQ(shown.type(), pb::CapacityProviderType::MANAGED_INSTANCES);
  EXPECT_EQ(shown.cluster(), "c");
  EXPECT_EQ(shown.capacity_provider_arn(), "arn:aws:ecs:us-east-1:000000000000:capacity-provider/mi");
  const pb::ManagedInstancesProvider& provider = shown.managed_instances_provider();
  EXPECT_EQ(provider.instance_launch_template().capacity_option_type(), pb::CapacityOptionType::ON_DEMAND);
  EXPECT_FALSE(provider.has_propagate_tags());
  EXPECT_TRUE(provider.infrastructure_optimization().has_scale_in_after());
  EXPECT_EQ(provider.infrastructure_optimization().scale_in_after(), 0);
  EXPECT_FALSE(provider.instance_launch_template().has_storage_configuration());
  EXPECT_THAT(world_.state().Get<model::Cluster>(cluster_).capacity_providers, ElementsAre("mi"));
  EXPECT_EQ(Row().scale_in_after_seconds, 0);
  EXPECT_EQ(Row().storage_size_gib, 80);  // A26
  EXPECT_THAT(Row().subnets, SizeIs(2));

  world_.Advance(60'000);
  const auto later = Describe("capacity_providers: 'mi'");
  EXPECT_EQ(later->capacity_providers(0).status(), pb::CapacityProviderStatus::ACTIVE);
  EXPECT_EQ(later->capacity_providers(0).update_status(), pb::CapacityProviderUpdateStatus::CREATE_COMPLETE);
}

// A31: -1, 0 and null are three things.
TEST_F(CapacityProviderTest, ScaleInAfterNullAndNever) {
  ASSERT_TRUE(Create().ok());
  ASSERT_TRUE(Create({.name = "never", .optimization = "infrastructure_optimization {scale_in_after: -1}"}).ok());
  EXPECT_FALSE(Row().scale_in_after_seconds.has_value());
  EXPECT_EQ(Row("never").scale_in_after_seconds, -1);
}

TEST_F(CapacityProviderTest, IsolationTag) {
  ASSERT_TRUE(Create({.rest = "tags {key: 'ecsmi:isolation' value: 'task'}"}).ok());
  EXPECT_TRUE(Row().dedicated);
}

TEST_F(CapacityProviderTest, CreateRefusesBadInput) {
  world_.AddCluster("other");
  ASSERT_TRUE(Create().ok());
  constexpr char kInvalid[] = "InvalidParameterException";
  constexpr char kClient[] = "ClientException";
  constexpr char kName[] = "The specified capacity provider name is invalid. Up to 255 characters are allowed";
  std::string tags;
  for (int i = 0; i < 46; ++i) tags += "tags {key: 'k" + std::to_string(i) + "'} ";
  const auto with = [](CreateTextOptions options) { return CreateText(std::move(options)); };
  world_.ExpectRefused(
      CheckCreateCapacityProvider, CreateCapacityProvider,
      {
          {with({.name = ""}), kClient, {"CapacityProvider name must not be blank"}},  // A8
          {with({.name = "a b"}), kInvalid, {kName}},                                  // A3
          {with({.name = "awsome"}), kInvalid, {kName}},
          {with({.name = "ECS-x"}), kInvalid, {kName}},
          {with({.name = "fargate1"}), kInvalid, {kName}},
          {with({.name = std::string(256, 'x')}), kInvalid, {kName}},
          {with({.name = "n", .cluster = ""}),
           kClient,
           {"Managed Instances Provider is not supported without a Cluster Name"}},  // A5
          {"name: 'n' cluster: 'c'",
           kClient,
           {"Managed Instances provider details are required when creating a Managed Instances capacity provider"}},
          {with({.name = "n", .cluster = "nope"}), "ClusterNotFoundException", {"Cluster not found."}},
          {with({}), kClient, {"already exists. To change the configuration of an existing"}},  // A13
          {with({.cluster = "other"}),
           kClient,
           {"The specified capacity provider already exists with account or a different cluster"}},  // A10
          {"name: 'n' auto_scaling_group_provider {auto_scaling_group_arn: 'a'}",
           "UnsupportedFeatureException",
           {"autoScalingGroupProvider", "ecsmi: docs/FIDELITY.md#"}},
          {with({.name = "n", .rest = "auto_scaling_group_provider {}"}), kInvalid, {"autoScalingGroupProvider"}},
          {with({.name = "n", .role = ""}), kInvalid, {"must specify an InfrastructureRole"}},                 // A21
          {with({.name = "n", .role = "x"}), kInvalid, {"The specified infrastructure role arn is invalid"}},  // A22
          {with({.name = "n", .profile = ""}), kInvalid, {"must specify an instance profile"}},                // A21
          {with({.name = "n", .profile = "arn:aws:iam::123456789012:role/x"}),
           kInvalid,
           {"The specified instance profile role arn is invalid"}},                                  // A23
          {with({.name = "n", .network = ""}), kInvalid, {"must specify a Network Configuration"}},  // A21
          {with({.name = "n", .network = "network_configuration {}"}), kInvalid, {"with non empty subnets"}},
          {with({.name = "n", .network = "network_configuration {subnets: 'subnet-1'}"}),
           kInvalid,
           {"The specified subnet id is invalid"}},  // A24
          {with({.name = "n", .network = "network_configuration {subnets: 'subnet-12345678' security_groups: 'x'}"}),
           kInvalid,
           {"The specified security group id is invalid"}},
          {with({.name = "n", .launch = "storage_configuration {storage_size_gib: 29}"}),
           kInvalid,
           {"storageSizeGiB", "29", "30"}},  // A26
          {with({.name = "n", .launch = "storage_configuration {storage_size_gib: 16385}"}), kInvalid, {"16385"}},
          {with({.name = "n", .optimization = "infrastructure_optimization {scale_in_after: 3601}"}),
           kInvalid,
           {"scaleInAfter", "3601"}},  // A31
          {with({.name = "n", .optimization = "infrastructure_optimization {scale_in_after: -2}"}), kInvalid, {"-2"}},
          {with({.name = "n", .launch = "capacity_option_type: RESERVED"}),
           "UnsupportedFeatureException",
           {"capacityOptionType RESERVED"}},  // 0.6
          {with({.name = "n", .launch = "capacity_reservations {}"}),
           "UnsupportedFeatureException",
           {"capacityReservations"}},
          {with({.name = "n", .rest = tags}),
           kClient,
           {"cannot have number of tags exceeding maximum allowed value"}},  // A30
          {with({.name = "n", .rest = "tags {key: 'aws:x'}"}), kInvalid, {"tags[0].key", "aws:x"}},
          {with({.name = "n", .requirements = "allowed_instance_types: 'm9z.nosuch'"}),
           kClient,
           {"No instance types satisfy the instance requirements specified in the Managed Instances capacity "
            "provider."}},  // A39
      });
}

// A41: the Region decides.
TEST_F(CapacityProviderTest, Fips) {
  EXPECT_TRUE(Create({.launch = "fips_enabled: true"}).ok());
  model::Cluster far;
  far.serial = world_.state().NewSerial();
  far.region = "ap-northeast-1";
  far.name = "c";
  world_.state().Insert(far);
  world_.context.region = "ap-northeast-1";
  world_.ExpectRefused(CheckCreateCapacityProvider, CreateCapacityProvider,
                       {{CreateText({.launch = "fips_enabled: true"}),
                         "ClientException",
                         {"Managed Instances Provider does not support FIPS in this region"}}});
}

// A40: whether anything may be launched is no question of creation.
TEST_F(CapacityProviderTest, IsMadeWhateverTheQuota) {
  world_.settings().quotas = {{"standard", 0}, {"g-vt", 0}};
  EXPECT_TRUE(Create().ok());
}

// A66, A67.
TEST_F(CapacityProviderTest, TwentyPerCluster) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Create({.name = "mi-" + std::to_string(i)}).ok());
  world_.ExpectRefused(CheckCreateCapacityProvider, CreateCapacityProvider,
                       {{CreateText({.name = "one-more"}), "LimitExceededException", {"maximum number"}}});
  world_.settings().limits = false;
  EXPECT_TRUE(Create({.name = "one-more"}).ok());
}

TEST_F(CapacityProviderTest, RefusedRequirementsChangeNothing) {
  constexpr char kInvalid[] = "InvalidParameterException";
  const auto with = [](const std::string& requirements) { return CreateText({.requirements = requirements}); };
  std::string many;
  for (int i = 0; i < 401; ++i) many += "excluded_instance_types: 'x' ";
  std::vector<testing::BadInput> inputs = {
      {CreateText({.launch = "instance_requirements {memory_mib {min: 0}}"}), kInvalid, {"vCpuCount.min"}},  // A37
      {CreateText({.launch = "instance_requirements {v_cpu_count {min: 0}}"}), kInvalid, {"memoryMiB.min"}},
      {with("allowed_instance_types: 'a' excluded_instance_types: 'b'"), kInvalid, {"allowedInstanceTypes"}},    // B6
      {with("allowed_instance_types: 'm5*' instance_generations: current"), kInvalid, {"instanceGenerations"}},  // B10
      {with(many), kInvalid, {"excludedInstanceTypes", "401", "400"}},                                           // B6
      {with("allowed_instance_types: ''"), kInvalid, {"allowedInstanceTypes[0] ''", "30"}},
      {with("allowed_instance_types: 'm5 large'"), kInvalid, {"'m5 large'"}},
      {with("allowed_instance_types: '" + std::string(31, 'm') + "'"), kInvalid, {"1 to 30"}},
      {with("accelerator_count {min: 1}"), kInvalid, {"acceleratorCount", "acceleratorTypes"}},  // B20a
      {with("on_demand_max_price_percentage_over_lowest_price: -1"), kInvalid, {"onDemandMaxPrice", "-1"}},
  };
  // Every range: no negative number, min at most max (B2).
  for (const auto& [field, name] : std::vector<std::pair<std::string, std::string>>{
           {"v_cpu_count", "vCpuCount"},
           {"memory_mib", "memoryMiB"},
           {"memory_gib_per_v_cpu", "memoryGiBPerVCpu"},
           {"network_interface_count", "networkInterfaceCount"},
           {"network_bandwidth_gbps", "networkBandwidthGbps"},
           {"baseline_ebs_bandwidth_mbps", "baselineEbsBandwidthMbps"},
           {"total_local_storage_gb", "totalLocalStorageGB"},
           {"accelerator_total_memory_mib", "acceleratorTotalMemoryMiB"}}) {
    inputs.push_back({with(field + " {min: -1}"), kInvalid, {name + ".min is -1", "negative"}});
    inputs.push_back({with(field + " {min: 0 max: -3}"), kInvalid, {name + ".max is -3", "negative"}});
    inputs.push_back({with(field + " {min: 5 max: 4}"), kInvalid, {name + ".min is 5", name + ".max"}});
  }
  world_.ExpectRefused(CheckCreateCapacityProvider, CreateCapacityProvider, inputs);
}

// B20a: max 0 says "none" and needs no type.
TEST_F(CapacityProviderTest, NoAcceleratorsNeedNoType) {
  EXPECT_TRUE(Create({.requirements = "accelerator_count {max: 0}"}).ok());
}

TEST_F(CapacityProviderTest, Describe) {
  ASSERT_TRUE(Create({.rest = "tags {key: 'a' value: 'b'}"}).ok());
  const auto all = Describe("");
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_THAT(all->capacity_providers(), SizeIs(3));  // A65
  EXPECT_EQ(all->capacity_providers(0).name(), "FARGATE");
  EXPECT_EQ(all->capacity_providers(1).type(), pb::CapacityProviderType::FARGATE_SPOT);
  EXPECT_EQ(all->capacity_providers(2).name(), "mi");
  EXPECT_THAT(all->capacity_providers(2).tags(), IsEmpty());
  EXPECT_THAT(Describe("include: TAGS")->capacity_providers(2).tags(), SizeIs(1));
  EXPECT_THAT(Describe("cluster: 'c'")->capacity_providers(), SizeIs(1));

  const auto named = Describe(
      "capacity_providers: 'arn:aws:ecs:us-east-1:000000000000:capacity-provider/mi' capacity_providers: 'x' "
      "capacity_providers: 'FARGATE'");
  EXPECT_THAT(named->capacity_providers(), SizeIs(2));
  EXPECT_EQ(named->failures(0).reason(), "MISSING");
  EXPECT_EQ(named->failures(0).arn(), "arn:aws:ecs:us-east-1:000000000000:capacity-provider/x");

  // Page by page: each once.
  std::vector<std::string> names;
  std::string token;
  do {
    const auto page = Describe("max_results: 1 " + (token.empty() ? "" : "next_token: '" + token + "'"));
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& provider : page->capacity_providers()) names.push_back(provider.name());
    token = page->next_token();
  } while (!token.empty());
  EXPECT_THAT(names, ElementsAre("FARGATE", "FARGATE_SPOT", "mi"));

  std::string many;
  for (int i = 0; i < 101; ++i) many += "capacity_providers: 'x' ";
  constexpr char kInvalid[] = "InvalidParameterException";
  world_.ExpectRefused(CheckDescribeCapacityProviders, DescribeCapacityProviders,
                       {{"capacity_providers: 'mi' cluster: 'c'",
                         kInvalid,
                         {"Cannot specify both capacity providers and cluster in the same request"}},  // A65a
                        {many, kInvalid, {"capacityProviders", "101"}},
                        {"capacity_providers: ''", kInvalid, {"capacityProviders[0]"}},
                        {"max_results: 11", kInvalid, {"maxResults", "11", "10"}},
                        {"max_results: 0", kInvalid, {"maxResults"}},
                        {"cluster: 'nope'", "ClusterNotFoundException", {}},
                        {"next_token: 'x'", kInvalid, {"Invalid token"}}});
}

// --- Update ----------------------------------------------------------------------------------------------------------

// A57: what the update leaves out stays; requirements are replaced whole.
TEST_F(CapacityProviderTest, UpdateMerges) {
  ASSERT_TRUE(Create({.requirements = "burstable_performance: included",
                      .launch = "storage_configuration {storage_size_gib: 100}"})
                  .ok());
  world_.Advance(60'000);
  const std::vector<model::Serial> subnets = Row().subnets;
  const auto updated = Update(
      "name: 'mi' cluster: 'c' managed_instances_provider {infrastructure_role_arn: "
      "'arn:aws:iam::123456789012:role/other' instance_launch_template {instance_requirements {v_cpu_count {min: 4} "
      "memory_mib {min: 0}}} infrastructure_optimization {scale_in_after: 300}}");
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->capacity_provider().update_status(), pb::CapacityProviderUpdateStatus::UPDATE_IN_PROGRESS);
  EXPECT_EQ(updated->capacity_provider().status(), pb::CapacityProviderStatus::ACTIVE);
  EXPECT_EQ(Row().subnets, subnets);
  EXPECT_EQ(Row().storage_size_gib, 100);
  EXPECT_EQ(Row().requirements.vcpu_count.min, 4);
  EXPECT_EQ(Row().requirements.burstable_performance, model::Inclusion::kUnspecified);
  EXPECT_EQ(Row().scale_in_after_seconds, 300);
  world_.Advance(60'000);
  EXPECT_EQ(Row().update_status, model::CapacityProviderUpdateStatus::kUpdateComplete);
}

TEST_F(CapacityProviderTest, UpdateRefusesBadInput) {
  world_.AddCluster("other");
  ASSERT_TRUE(Create().ok());
  constexpr char kClient[] = "ClientException";
  const std::string block =
      "managed_instances_provider {infrastructure_role_arn: 'arn:aws:iam::123456789012:role/r' "
      "instance_launch_template {}}";
  world_.ExpectRefused(CheckUpdateCapacityProvider, UpdateCapacityProvider,
                       {{"name: 'mi' cluster: 'c' " + block, "UpdateInProgressException", {"'mi'"}}});
  world_.Advance(60'000);
  world_.ExpectRefused(
      CheckUpdateCapacityProvider, UpdateCapacityProvider,
      {
          {"cluster: 'c' " + block, kClient, {"A name is required when updating a capacity provider"}},  // A8
          {"name: 'mi' " + block,
           kClient,
           {"The specified capacity provider already exists with cluster scope"}},  // A9
          {"name: 'mi' cluster: 'other' " + block,
           kClient,
           {"Capacity provider active cluster name does not match the cluster name in the request"}},  // A11
          {"name: 'FARGATE' cluster: 'c' " + block,
           kClient,
           {"Capacity provider is not Amazon ECS Managed Instances capacity provider"}},  // A12
          {"name: 'x' cluster: 'c' " + block, kClient, {"The specified capacity provider does not exist."}},
          {"name: 'mi' cluster: 'c'", "InvalidParameterException", {"managedInstancesProvider"}},
          {"name: 'mi' cluster: 'c' managed_instances_provider {infrastructure_role_arn: "
           "'arn:aws:iam::123456789012:role/r'}",
           "InvalidParameterException",
           {"instanceLaunchTemplate"}},  // A54
          {"name: 'mi' cluster: 'c' managed_instances_provider {instance_launch_template {}}",
           "InvalidParameterException",
           {"InfrastructureRole"}},
          {"name: 'mi' auto_scaling_group_provider {}", "UnsupportedFeatureException", {"autoScalingGroupProvider"}},
          {"name: 'mi' cluster: 'c' managed_instances_provider {infrastructure_role_arn: "
           "'arn:aws:iam::123456789012:role/r' instance_launch_template {instance_requirements {v_cpu_count {min: 1} "
           "memory_mib {min: 0} allowed_instance_types: 'nope.large'}}}",
           kClient,
           {"No instance types satisfy"}},  // A39
      });
  ASSERT_TRUE(Delete("capacity_provider: 'mi' cluster: 'c'").ok());
  world_.Advance(60'000);
  world_.ExpectRefused(CheckUpdateCapacityProvider, UpdateCapacityProvider,
                       {{"name: 'mi' cluster: 'c' " + block,
                         kClient,
                         {"The capacity provider could not be updated because it has been deleted."}}});  // A68
}

// --- Delete ----------------------------------------------------------------------------------------------------------

// A61, A68, A69.
TEST_F(CapacityProviderTest, DeleteThenCreateAgain) {
  ASSERT_TRUE(Create().ok());
  const auto gone = Delete("capacity_provider: 'arn:aws:ecs:us-east-1:000000000000:capacity-provider/mi'");  // A9
  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_EQ(gone->capacity_provider().status(), pb::CapacityProviderStatus::DEPROVISIONING);
  EXPECT_EQ(gone->capacity_provider().update_status(), pb::CapacityProviderUpdateStatus::DELETE_IN_PROGRESS);
  world_.Advance(60'000);
  EXPECT_EQ(Describe("capacity_providers: 'mi'")->capacity_providers(0).status(), pb::CapacityProviderStatus::INACTIVE);
  EXPECT_THAT(world_.state().Get<model::Cluster>(cluster_).capacity_providers, IsEmpty());
  EXPECT_TRUE(Create().ok());
}

// A60, A61: in use is no error.
TEST_F(CapacityProviderTest, DeleteOfOneInUseFails) {
  ASSERT_TRUE(Create().ok());
  world_.Advance(60'000);
  world_.state().Update<model::Cluster>(cluster_, [&](model::Cluster& row) {
    row.default_strategy = {{.provider_name = "mi", .provider = Row().serial}};
  });
  auto failed = Delete("capacity_provider: 'mi' cluster: 'c'");
  ASSERT_TRUE(failed.ok());
  EXPECT_EQ(failed->capacity_provider().status(), pb::CapacityProviderStatus::ACTIVE);
  EXPECT_EQ(failed->capacity_provider().update_status(), pb::CapacityProviderUpdateStatus::DELETE_FAILED);
  EXPECT_THAT(failed->capacity_provider().update_status_reason(), HasSubstr("default capacity provider strategy"));

  world_.state().Update<model::Cluster>(cluster_, [](model::Cluster& row) { row.default_strategy.clear(); });
  const model::Serial definition = world_.AddDefinition({.cpu_units = 256, .memory_mib = 512});
  world_.Do(
      [&](control::Step& step) { return control::CreateTask(step, world_.ATask(cluster_, Row().serial, definition)); });
  failed = Delete("capacity_provider: 'mi' cluster: 'c'");
  EXPECT_THAT(failed->capacity_provider().update_status_reason(), HasSubstr("not STOPPED"));
}

TEST_F(CapacityProviderTest, DeleteRefusesBadInput) {
  world_.AddCluster("other");
  ASSERT_TRUE(Create().ok());
  constexpr char kClient[] = "ClientException";
  world_.ExpectRefused(
      CheckDeleteCapacityProvider, DeleteCapacityProvider,
      {
          {"", kClient, {"CapacityProvider name must not be blank"}},
          {"capacity_provider: 'FARGATE'", kClient, {"'FARGATE'", "cannot be deleted"}},  // A58
          {"capacity_provider: 'FARGATE_SPOT'", kClient, {"'FARGATE_SPOT'"}},
          {"capacity_provider: 'x'",
           kClient,
           {"The specified capacity provider does not exist. Specify a valid name or ARN and try again."}},
          {"capacity_provider: 'mi'", kClient, {"already exists with cluster scope"}},                 // A9
          {"capacity_provider: 'mi' cluster: 'other'", kClient, {"does not match the cluster name"}},  // A11
          {"capacity_provider: 'mi' cluster: 'nope'", "ClusterNotFoundException", {"Cluster not found."}},
      });
}

}  // namespace
}  // namespace ecsmi::api
