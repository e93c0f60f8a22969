#include <algorithm>
#include <string>

#include "api/container_instance/container_instances.h"
#include "builders/step_fixture.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/ecs/v1/capacity_provider.pb.h"
#include "ecsmi/model/aws_ids.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::ApiWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ContainerInstanceTest : public ::testing::Test {
 protected:
  ContainerInstanceTest() {
    cluster_ = world_.AddCluster();
    provider_ = world_.AddProvider(cluster_);
    definition_ = world_.AddDefinition({.cpu_units = 1024, .memory_mib = 1024, .eni_slots = 1});
    world_.Do(
        [&](control::Step& step) { return control::CreateTask(step, world_.ATask(cluster_, provider_, definition_)); });
  }
  // Runs until there is an instance in `stage`; its id.
  std::string RunUntil(model::InstanceStage stage) {
    for (int i = 0; i < 600; ++i) {
      std::string id;
      world_.state().table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
        if (row.stage == stage) id = model::HexId(world_.key(), model::TableId::kContainerInstance, row.serial);
      });
      if (!id.empty()) return id;
      world_.Advance(500);
    }
    ADD_FAILURE() << "no instance reached the stage";
    return {};
  }
  auto Describe(const std::string& request) {
    return world_.Call(CheckDescribeContainerInstances, DescribeContainerInstances, request);
  }
  auto List(const std::string& request) {
    return world_.Call(CheckListContainerInstances, ListContainerInstances, request);
  }

  ApiWorld world_;
  model::Serial cluster_ = 0;
  model::Serial provider_ = 0;
  model::Serial definition_ = 0;
};

// E5, E9: there is no container instance until the agent registers.
TEST_F(ContainerInstanceTest, IsShownFromRegisteringOn) {
  const std::string id = RunUntil(model::InstanceStage::kBooting);
  EXPECT_THAT(List("")->container_instance_arns(), IsEmpty());
  auto shown = Describe("container_instances: '" + id + "'");
  ASSERT_TRUE(shown.ok());
  EXPECT_THAT(shown->container_instances(), IsEmpty());
  EXPECT_EQ(shown->failures(0).reason(), "MISSING");
  EXPECT_EQ(shown->failures(0).arn(), "arn:aws:ecs:us-east-1:000000000000:container-instance/default/" + id);

  RunUntil(model::InstanceStage::kRegistering);
  EXPECT_EQ(Describe("container_instances: '" + id + "'")->container_instances(0).status(), "REGISTERING");
  EXPECT_THAT(List("status: REGISTERING")->container_instance_arns(), SizeIs(1));
  EXPECT_THAT(List("status: ACTIVE")->container_instance_arns(), IsEmpty());
}

// E3, E6, H40, H44.
TEST_F(ContainerInstanceTest, Description) {
  const std::string id = RunUntil(model::InstanceStage::kActive);
  world_.Advance(30'000);  // its task counts from PENDING on
  const auto response = Describe("container_instances: '" + id + "' include: CONTAINER_INSTANCE_HEALTH");
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_THAT(response->container_instances(), SizeIs(1));
  const pb::ContainerInstance& shown = response->container_instances(0);
  EXPECT_EQ(shown.status(), "ACTIVE");
  EXPECT_TRUE(shown.agent_connected());
  EXPECT_TRUE(shown.has_registered_at());
  EXPECT_EQ(shown.capacity_provider_name(), world_.state().Get<model::CapacityProvider>(provider_).name);
  EXPECT_EQ(shown.ec2_instance_id().size(), 19U);
  EXPECT_EQ(shown.running_tasks_count() + shown.pending_tasks_count(), 1);
  EXPECT_EQ(shown.health_status().overall_status(), pb::InstanceHealthCheckState::OK);
  const auto amount = [](const auto& resources, const std::string& name) {
    for (const pb::Resource& resource : resources) {
      if (resource.name() == name) return resource.integer_value();
    }
    return -1;
  };
  EXPECT_EQ(amount(shown.registered_resources(), "CPU") - amount(shown.remaining_resources(), "CPU"), 1024);
  EXPECT_EQ(amount(shown.registered_resources(), "MEMORY") - amount(shown.remaining_resources(), "MEMORY"), 1024);
  const auto attribute = [&](const std::string& name) {
    for (const pb::Attribute& entry : shown.attributes()) {
      if (entry.name() == name) return entry.value();
    }
    return std::string("none");
  };
  EXPECT_EQ(attribute("ecs.os-type"), "linux");
  EXPECT_EQ(attribute("ecs.availability-zone").find("us-east-1"), 0U);
  EXPECT_EQ(attribute("ecs.subnet-id").find("subnet-"), 0U);
  EXPECT_NE(attribute("ecs.instance-type"), "none");
  EXPECT_NE(attribute("ecs.cpu-architecture"), "none");
  // The long form finds it as well (H43).
  EXPECT_THAT(Describe("container_instances: '" + shown.container_instance_arn() + "'")->container_instances(),
              SizeIs(1));
}

// A27, A29, A56: what the provider says of its instances, and what it said when they were launched.
TEST_F(ContainerInstanceTest, ShowsTheProvidersTagsAndLocalStorage) {
  pb::ContainerInstance begins;
  begins.add_tags()->set_key("team");
  const model::Serial stored = world_.state().InternDocument(begins.SerializeAsString());
  world_.state().Update<model::CapacityProvider>(provider_, [&](auto& row) { row.instance_document = stored; });
  const std::string id = RunUntil(model::InstanceStage::kActive);
  const auto show = [&] { return Describe("container_instances: '" + id + "' include: TAGS")->container_instances(0); };
  const auto has_storage = [](const pb::ContainerInstance& shown) {
    return std::any_of(shown.attributes().begin(), shown.attributes().end(), [](const pb::Attribute& attribute) {
      return attribute.name() == "ecs.capability.storage.local-storage-enabled";
    });
  };
  EXPECT_THAT(show().tags(), SizeIs(1));
  EXPECT_FALSE(has_storage(show()));
  world_.state().Update<model::CapacityProvider>(provider_, [&](model::CapacityProvider& row) {
    row.instance_document = model::kNoSerial;
    row.use_local_storage = true;
  });
  EXPECT_THAT(show().tags(), SizeIs(1));
  EXPECT_FALSE(has_storage(show()));  // the default type has none
  world_.state().table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
    world_.state().Update<model::ContainerInstance>(row.serial, [](auto& changed) { changed.type = "m5d.large"; });
  });
  EXPECT_TRUE(has_storage(show()));
}

TEST_F(ContainerInstanceTest, RefusesBadInput) {
  RunUntil(model::InstanceStage::kActive);
  std::string many;
  for (int i = 0; i < 101; ++i) many += "container_instances: 'x' ";
  world_.ExpectRefused(
      CheckDescribeContainerInstances, DescribeContainerInstances,
      {{"", "ClientException", {"Container Instances cannot be empty."}},
       {many, "InvalidParameterException", {"containerInstances", "101", "100"}},
       {"container_instances: 'x'", "InvalidParameterException", {"Container Instance Identifier is invalid", "'x'"}},
       {"cluster: 'nope' container_instances: 'x'", "ClusterNotFoundException", {"Cluster not found."}}});
  world_.ExpectRefused(CheckListContainerInstances, ListContainerInstances,
                       {{"max_results: 0", "InvalidParameterException", {"maxResults", "0"}},
                        {"max_results: 101", "InvalidParameterException", {"maxResults", "101"}},
                        {"next_token: 'x'", "InvalidParameterException", {"Invalid token"}},
                        {"cluster: 'nope'", "ClusterNotFoundException", {}}});
}

}  // namespace
}  // namespace ecsmi::api
