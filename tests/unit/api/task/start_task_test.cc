#include "api/task/start_task.h"

#include <string>
#include <vector>

#include "builders/task_requests.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi {
namespace {

using model::ContainerInstance;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TaskWorld;
namespace pb = ::ecsmi::ecs::v1;

class StartTaskTest : public ::testing::Test {
 protected:
  StartTaskTest() {
    EXPECT_TRUE(world_.Run(world_.RunText()).ok());
    world_.Advance(10 * model::kMinuteMs);
    world_.state().table<ContainerInstance>().ForEach([&](const ContainerInstance& row) { instance_ = row.serial; });
    id_ = model::HexId(world_.key(), model::TableId::kContainerInstance, instance_);
  }
  std::string Text(const std::string& rest = "") {
    return "container_instances: '" + id_ + "' task_definition: '" + world_.Family() + "' " + TaskWorld::kNetwork +
           rest;
  }
  pb::StartTaskResponse Start(const std::string& request) {
    const auto response = world_.Call(api::CheckStartTask, api::StartTask, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : pb::StartTaskResponse();
  }
  // Why the one instance does not take the task.
  std::string Reason() {
    const pb::StartTaskResponse response = Start(Text());
    EXPECT_THAT(response.tasks(), IsEmpty());
    return response.failures_size() == 1 ? response.failures(0).reason() : "";
  }
  template <typename Change>
  void Instance(Change&& change) {
    world_.state().Update<ContainerInstance>(instance_, change);
  }

  TaskWorld world_;
  model::Serial instance_ = 0;
  std::string id_;
};

// C60, C63.
TEST_F(StartTaskTest, PutsTheTaskOnTheInstanceThatIsNamed) {
  const auto response = Start(Text("started_by: 'me' group: 'batch' tags {key: 'a' value: 'b'}"));
  EXPECT_THAT(response.failures(), IsEmpty());
  ASSERT_THAT(response.tasks(), SizeIs(1));
  EXPECT_EQ(response.tasks(0).group(), "batch");
  EXPECT_EQ(response.tasks(0).started_by(), "me");
  EXPECT_THAT(response.tasks(0).tags(), SizeIs(1));
  world_.Advance(5 * model::kMinuteMs);
  int running = 0;
  world_.state().table<model::Task>().ForEach([&](const model::Task& row) {
    if (row.instance == instance_ && row.status == model::TaskStatus::kRunning) ++running;
  });
  EXPECT_EQ(running, 2);
  EXPECT_EQ(world_.state().table<ContainerInstance>().size(), 1U);  // nothing was launched for it
}

// C61: an instance that cannot take it is a failure, and the others get theirs.
TEST_F(StartTaskTest, SaysOfEachInstanceWhyItCannotTakeTheTask) {
  const std::string unknown(32, 'a');
  const auto some = Start("container_instances: '" + unknown + "' " + Text());
  EXPECT_THAT(some.tasks(), SizeIs(1));
  ASSERT_THAT(some.failures(), SizeIs(1));
  EXPECT_EQ(some.failures(0).reason(), "MISSING");
  EXPECT_EQ(some.failures(0).arn(), "arn:aws:ecs:us-east-1:000000000000:container-instance/default/" + unknown);

  Instance([](auto& row) { row.agent_connected = false; });
  EXPECT_EQ(Reason(), "AGENT");
  Instance([](auto& row) { row.agent_connected = true; });
  world_.Do([&](control::Step& step) {
    control::DrainInstance(step, instance_);
    return 0;
  });
  EXPECT_EQ(Reason(), "INACTIVE");
  world_.Do([&](control::Step& step) {
    control::ReactivateInstance(step, instance_);
    return 0;
  });
  const model::TaskDefinition definition = world_.state().Get<model::TaskDefinition>(world_.definition);
  const struct {
    const char* reason;
    void (*change)(model::TaskDefinition&);
  } cases[] = {
      {"RESOURCE:CPU", [](auto& row) { row.resources.cpu_units = 1'000'000; }},
      {"RESOURCE:MEMORY", [](auto& row) { row.resources.memory_mib = 1'000'000; }},
      {"RESOURCE:GPU", [](auto& row) { row.resources.gpus = 1; }},
      {"RESOURCE:GPU", [](auto& row) { row.all_gpus = true; }},
      {"RESOURCE:ENI", [](auto& row) { row.resources.eni_slots = 1'000; }},
      {"ATTRIBUTE", [](auto& row) { row.placement_constraints = {"attribute:ecs.instance-type == x9.none"}; }},
      {"ATTRIBUTE", [](auto& row) { row.placement_constraints = {"attribute:ecs.availability-zone == nowhere"}; }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.reason);
    world_.Define(c.change);
    EXPECT_EQ(Reason(), c.reason);
    world_.Define([&](model::TaskDefinition& row) {
      row.resources = definition.resources;
      row.all_gpus = false;
      row.placement_constraints.clear();
    });
  }
  // A task that is to be alone is not put beside another.
  const auto alone = Start(Text("tags {key: 'ecsmi:isolation' value: 'task'}"));
  EXPECT_EQ(alone.failures(0).reason(), "ATTRIBUTE");
}

TEST_F(StartTaskTest, TwoTasksCannotHaveOnePort) {
  const model::Serial host = world_.AddDefinition({.cpu_units = 128, .memory_mib = 128});
  world_.state().Update<model::TaskDefinition>(host, [](model::TaskDefinition& row) {
    row.requires_compatibilities = model::kCompatibleManagedInstances;
    row.network_mode = model::NetworkMode::kHost;
    row.host_ports = {8080};
  });
  const std::string request = "container_instances: '" + id_ + "' container_instances: '" + id_ +
                              "' task_definition: '" + world_.state().Get<model::TaskDefinition>(host).family + ":1'";
  const auto response = Start(request);
  EXPECT_THAT(response.tasks(), SizeIs(1));
  ASSERT_THAT(response.failures(), SizeIs(1));
  EXPECT_EQ(response.failures(0).reason(), "RESOURCE:PORTS");
}

TEST_F(StartTaskTest, RefusesBadInput) {
  const std::string invalid = "InvalidParameterException";
  std::string eleven;
  for (int i = 0; i < 11; ++i) eleven += "container_instances: '" + id_ + "' ";
  const std::string definition = "task_definition: '" + world_.Family() + "' ";
  world_.ExpectRefused(
      api::CheckStartTask, api::StartTask,
      {{"container_instances: '" + id_ + "'", "ClientException", {"TaskDefinition"}},
       {definition, invalid, {"Container instances cannot be empty."}},
       {definition + eleven, invalid, {"containerInstances", "11", "10"}},
       {Text("container_instances: 'x'"), invalid, {"Identifier is invalid", "'x'"}},
       {Text("cluster: 'nope'"), "ClusterNotFoundException", {}},
       {Text("started_by: '" + std::string(37, 'a') + "'"), invalid, {"startedBy", "36"}},
       {Text("group: 'service:web'"), invalid, {"service:"}},
       {Text("propagate_tags: SERVICE"), invalid, {"propagateTags SERVICE"}},
       {Text("tags {key: ''}"), invalid, {"tags[0].key"}},
       {Text("volume_configurations {name: 'v'}"), "UnsupportedFeatureException", {"volumeConfigurations"}},
       {Text("overrides {container_overrides {name: 'none'}}"), invalid, {"none"}},
       {"container_instances: '" + id_ + "' " + definition, invalid, {"Network Configuration must be provided"}},
       {"container_instances: '" + id_ + "' task_definition: 'none'", "ClientException", {"not found"}}});
}

}  // namespace
}  // namespace ecsmi
