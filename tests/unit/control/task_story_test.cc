#include <vector>

#include "builders/world_fixture.h"

namespace ecsmi {
namespace {

using control::Step;
using model::InstanceStage;
using model::TaskStatus;
using testing::BareWorld;

std::vector<model::ContainerInstance> Instances(BareWorld& world) {
  std::vector<model::ContainerInstance> result;
  world.state().table<model::ContainerInstance>().ForEach([&](const auto& row) { result.push_back(row); });
  return result;
}

// T7: with one NVIDIA GPU, at least 4 vCPU and 16 GiB asked for, the cheapest type of the catalogue is g4dn.xlarge.
model::InstanceRequirements OneGpu() {
  model::InstanceRequirements wanted;
  wanted.vcpu_count.min = 4;
  wanted.memory_mib.min = 16'384;
  wanted.accelerator_types = {model::AcceleratorType::kGpu};
  wanted.accelerator_manufacturers = {model::AcceleratorManufacturer::kNvidia};
  wanted.accelerator_count = {1, 1};
  return wanted;
}

TEST(TaskStory, AGpuTaskGetsTheCheapestFittingInstanceRunsAndLeavesNothing) {
  BareWorld world;
  const model::Serial cluster = world.AddCluster();
  const model::InstanceRequirements wanted = OneGpu();
  const model::Serial provider = world.AddProvider(cluster, 3, &wanted);
  const model::Serial definition = world.AddDefinition({4096, 8192, 1, 1});
  const model::Serial task =
      world.Do([&](Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); });
  EXPECT_EQ(world.state().Get<model::Task>(task).status, TaskStatus::kProvisioning);  // C62: it waits, nothing fails
  EXPECT_TRUE(Instances(world).empty());

  world.Advance(5 * model::kMinuteMs);
  ASSERT_EQ(Instances(world).size(), 1u);
  EXPECT_EQ(Instances(world)[0].type, "g4dn.xlarge");
  EXPECT_EQ(world.state().Get<model::Task>(task).status, TaskStatus::kRunning);
  const model::DurationMs to_running =
      world.state().Get<model::Task>(task).started_at - world.state().Get<model::Task>(task).created_at;
  EXPECT_GE(to_running, 180 * model::kSecondMs);  // C56: about 232 s
  EXPECT_LE(to_running, 260 * model::kSecondMs);

  world.Do([&](Step& step) {
    control::StopTask(step, task, model::StopCode::kUserInitiated, "Task stopped by user");
    return 0;
  });
  world.Advance(10 * model::kMinuteMs);
  EXPECT_EQ(world.state().Get<model::Task>(task).status, TaskStatus::kStopped);
  EXPECT_EQ(Instances(world)[0].stage, InstanceStage::kTerminated);  // idle wait, then gone
  world.Advance(2 * model::kHourMs);
  EXPECT_EQ(world.state().Find<model::Task>(task), nullptr);  // C47
  EXPECT_TRUE(Instances(world).empty());
  EXPECT_EQ(world.state().table<model::Usage>().size(), 1u);  // the bill stays
}

TEST(TaskStory, TwoServicesOverTwoZonesShareTwoInstancesOfTheReferenceCase) {
  // B54: 2 × (1 vCPU, 5.5 GB) and 2 × (1 vCPU, 9.5 GB) over two zones → two r5a.large, one task of each on each.
  BareWorld world;
  const model::Serial cluster = world.AddCluster();
  model::InstanceRequirements wanted;
  wanted.vcpu_count.min = 0;
  wanted.memory_mib.min = 0;
  wanted.allowed_instance_types = {"r5a.*", "m5.*", "c5.*"};
  const model::Serial provider = world.AddProvider(cluster, 2, &wanted);
  const model::Serial small = world.AddDefinition({1024, 5632, 0, 1});
  const model::Serial large = world.AddDefinition({1024, 9728, 0, 1});
  world.Do([&](Step& step) {
    for (const auto& [definition, name] : {std::pair(small, "family:a"), std::pair(large, "family:b")}) {
      for (int i = 0; i < 2; ++i) {
        control::NewTask task = world.ATask(cluster, provider, definition);
        task.group = step.state.InternDocument(name);
        control::CreateTask(step, task);
      }
    }
    return 0;
  });
  world.Advance(2 * model::kMinuteMs);
  const auto instances = Instances(world);
  ASSERT_EQ(instances.size(), 2u);
  for (const auto& instance : instances) {
    EXPECT_EQ(instance.type, "r5a.large");
    EXPECT_EQ(instance.tasks.count, 2u);
  }
  EXPECT_NE(instances[0].zone, instances[1].zone);
}

TEST(TaskStory, ATaskThatAsksForTheWholeNominalMemoryWaitsAndIsGivenUpAfterHalfAnHour) {
  BareWorld world;  // T9, B72, C53
  const model::Serial cluster = world.AddCluster();
  model::InstanceRequirements wanted;
  wanted.vcpu_count.min = 0;
  wanted.memory_mib = {16'384, 16'384};
  const model::Serial provider = world.AddProvider(cluster, 1, &wanted);
  const model::Serial definition = world.AddDefinition({1024, 16'384, 0, 1});
  const model::Serial task =
      world.Do([&](Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); });
  world.Advance(29 * model::kMinuteMs);
  EXPECT_EQ(world.state().Get<model::Task>(task).status, TaskStatus::kProvisioning);
  EXPECT_EQ(world.state().Get<model::CapacityProvider>(provider).refusal.code, "UnfulfillableCapacity");
  world.Advance(2 * model::kMinuteMs);
  EXPECT_EQ(world.state().Get<model::Task>(task).status, TaskStatus::kStopped);
  EXPECT_EQ(world.state().Get<model::Task>(task).stop_code, model::StopCode::kTaskFailedToStart);
}

TEST(TaskStory, OverQuotaATaskWaitsUntilAnInstanceIsTerminatedAndNotEarlier) {
  control::Settings settings;  // T16, G25, E48
  settings.quotas = {{"g-vt", 8}};
  BareWorld world(settings);
  const model::Serial cluster = world.AddCluster();
  const model::InstanceRequirements wanted = OneGpu();
  const model::Serial provider = world.AddProvider(cluster, 1, &wanted);
  const model::Serial definition = world.AddDefinition({4096, 8192, 1, 1});
  std::vector<model::Serial> tasks;
  world.Do([&](Step& step) {
    for (int i = 0; i < 3; ++i) tasks.push_back(control::CreateTask(step, world.ATask(cluster, provider, definition)));
    return 0;
  });
  world.Advance(5 * model::kMinuteMs);
  EXPECT_EQ(Instances(world).size(), 2u);
  EXPECT_EQ(world.state().Get<model::CapacityProvider>(provider).refusal.code, "VcpuLimitExceeded");
  EXPECT_EQ(world.state().Get<model::Task>(tasks[2]).status, TaskStatus::kProvisioning);
  // A stopped task frees the room on its instance: the waiting one takes it, no launch needed.
  world.Do([&](Step& step) {
    control::StopTask(step, tasks[0], model::StopCode::kUserInitiated, "Task stopped by user");
    return 0;
  });
  world.Advance(10 * model::kMinuteMs);
  EXPECT_EQ(world.state().Get<model::Task>(tasks[2]).status, TaskStatus::kRunning);
  EXPECT_EQ(Instances(world).size(), 2u);
}

TEST(TaskStory, ADedicatedTaskIsAloneForEverAndItsInstanceGoesWithIt) {
  BareWorld world;
  const model::Serial cluster = world.AddCluster();
  const model::Serial provider = world.AddProvider(cluster, 1);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  model::Serial dedicated = model::kNoSerial;
  world.Do([&](Step& step) {
    control::NewTask task = world.ATask(cluster, provider, definition);
    task.dedicated = true;
    dedicated = control::CreateTask(step, task);
    control::CreateTask(step, world.ATask(cluster, provider, definition));
    return 0;
  });
  world.Advance(2 * model::kMinuteMs);
  EXPECT_EQ(Instances(world).size(), 2u);
  const model::Serial home = world.state().Get<model::Task>(dedicated).instance;
  EXPECT_EQ(world.state().Get<model::ContainerInstance>(home).tasks.count, 1u);
  world.Do([&](Step& step) {
    control::StopTask(step, dedicated, model::StopCode::kUserInitiated, "Task stopped by user");
    return 0;
  });
  world.Advance(15 * model::kSecondMs);
  EXPECT_EQ(world.state().Get<model::ContainerInstance>(home).stage, InstanceStage::kDeregistering);
}

TEST(TaskStory, AContainerThatExitsEndsItsTaskWithItsExitCode) {
  BareWorld world;  // C23, C49
  const model::Serial cluster = world.AddCluster();
  const model::Serial provider = world.AddProvider(cluster, 1);
  model::ContainerBehavior behavior;
  behavior.run_seconds = {model::DistributionKind::kConstant, 30, 0};
  behavior.exit_code = 3;
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1}, behavior);
  const model::Serial task =
      world.Do([&](Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); });
  world.Advance(5 * model::kMinuteMs);
  const auto& row = world.state().Get<model::Task>(task);
  EXPECT_EQ(row.status, TaskStatus::kStopped);
  EXPECT_EQ(row.exit_code, 3);
  EXPECT_EQ(row.stop_code, model::StopCode::kEssentialContainerExited);
  EXPECT_EQ(row.execution_stopped_at - row.started_at, 30 * model::kSecondMs);
  EXPECT_EQ(world.state().DocumentBytes(row.stopped_reason), "Essential container in task exited");
}

}  // namespace
}  // namespace ecsmi
