#include <string>
#include <vector>

#include "builders/world_fixture.h"

// What a provider does with demand that fits nowhere yet.
namespace ecsmi {
namespace {

using control::Step;
using model::InstanceStage;
using model::TaskStatus;
using testing::BareWorld;

model::InstanceRequirements OneGpu() {
  model::InstanceRequirements wanted;
  wanted.vcpu_count.min = 4;
  wanted.memory_mib.min = 16'384;
  wanted.accelerator_types = {model::AcceleratorType::kGpu};
  wanted.accelerator_manufacturers = {model::AcceleratorManufacturer::kNvidia};
  wanted.accelerator_count = {1, 1};
  return wanted;
}

class CapacityStory : public ::testing::Test {
 protected:
  explicit CapacityStory(control::Settings settings = {}) : world_(std::move(settings)) {
    cluster_ = world_.AddCluster();
  }
  model::Serial Start(model::Serial provider, model::Serial definition, bool dedicated = false) {
    return world_.Do([&](Step& step) {
      control::NewTask task = world_.ATask(cluster_, provider, definition);
      task.dedicated = dedicated;
      return control::CreateTask(step, task);
    });
  }
  const model::Task& Task(model::Serial serial) { return world_.state().Get<model::Task>(serial); }
  const model::CapacityProvider& Provider(model::Serial serial) {
    return world_.state().Get<model::CapacityProvider>(serial);
  }
  std::size_t Instances() { return world_.state().table<model::ContainerInstance>().size(); }

  BareWorld world_;
  model::Serial cluster_ = model::kNoSerial;
};

// B63: two seconds without new demand, ten at most.
TEST_F(CapacityStory, DemandIsCollectedForAMoment) {
  const model::Serial provider = world_.AddProvider(cluster_, 1);
  const model::Serial definition = world_.AddDefinition({.cpu_units = 256, .memory_mib = 512, .eni_slots = 1});
  Start(provider, definition);
  world_.Advance(1'999);
  EXPECT_EQ(Instances(), 0U);
  world_.Advance(1);
  EXPECT_EQ(Instances(), 1U);

  // Tasks of their own instances, so that each is new demand; one every second and a half.
  const model::TimeMs began = world_.now;
  for (int i = 0; i < 7; ++i, world_.Advance(1'500)) {
    if (world_.now - began < 10'000) {
      EXPECT_EQ(Instances(), 1U) << world_.now - began;
    }
    Start(provider, definition, true);
  }
  EXPECT_GT(Instances(), 1U);
}

// C31: a wish that no allowed type can meet is no failure; it waits and the provider knows why.
TEST_F(CapacityStory, AGpuTaskOnAProviderWithoutAcceleratorsWaits) {
  const model::Serial provider = world_.AddProvider(cluster_, 1);
  const model::Serial task =
      Start(provider, world_.AddDefinition({.cpu_units = 1024, .memory_mib = 1024, .gpus = 1, .eni_slots = 1}));
  world_.Advance(5 * model::kMinuteMs);
  EXPECT_EQ(Task(task).status, TaskStatus::kProvisioning);
  EXPECT_EQ(Provider(provider).refusal.code, "UnfulfillableCapacity");
  EXPECT_NE(Provider(provider).refusal.message.find("gpu"), std::string::npos);
}

// C32: the provider decides the types.
TEST_F(CapacityStory, ATaskWithoutGpuRunsOnAGpuOnlyProvider) {
  const model::InstanceRequirements wanted = OneGpu();
  const model::Serial provider = world_.AddProvider(cluster_, 1, &wanted);
  const model::Serial task =
      Start(provider, world_.AddDefinition({.cpu_units = 1024, .memory_mib = 1024, .eni_slots = 1}));
  world_.Advance(5 * model::kMinuteMs);
  EXPECT_EQ(Task(task).status, TaskStatus::kRunning);
  EXPECT_EQ(world_.state().Get<model::ContainerInstance>(Task(task).instance).type, "g4dn.xlarge");
}

class QuotaStory : public CapacityStory {
 protected:
  static control::Settings FourGpuVcpus() {
    control::Settings settings;
    settings.quotas = {{"g-vt", 4}};
    return settings;
  }
  QuotaStory() : CapacityStory(FourGpuVcpus()) {
    const model::InstanceRequirements wanted = OneGpu();
    provider_ = world_.AddProvider(cluster_, 1, &wanted);
    definition_ = world_.AddDefinition({.cpu_units = 4096, .memory_mib = 8192, .gpus = 1, .eni_slots = 1});
  }
  model::Serial provider_ = model::kNoSerial;
  model::Serial definition_ = model::kNoSerial;
};

// G27: a refused launch is tried again every 37 to 42 seconds.
TEST_F(QuotaStory, ARefusedLaunchIsTriedAgain) {
  Start(provider_, definition_);
  Start(provider_, definition_);
  world_.Advance(10 * model::kSecondMs);
  EXPECT_EQ(Provider(provider_).refusal.code, "VcpuLimitExceeded");
  EXPECT_EQ(Provider(provider_).refusal.attempts, 1);
  world_.Advance(210 * model::kSecondMs);
  EXPECT_EQ(Provider(provider_).refusal.attempts, 6);
}

// E48, G25: a shutting-down instance fills the quota until it is gone.
TEST_F(QuotaStory, ShuttingDownStillCounts) {
  const model::Serial first = Start(provider_, definition_, true);
  world_.Advance(5 * model::kMinuteMs);
  ASSERT_EQ(Task(first).status, TaskStatus::kRunning);
  const model::Serial home = Task(first).instance;
  const model::Serial second = Start(provider_, definition_, true);
  world_.Do([&](Step& step) {
    control::StopTask(step, first, model::StopCode::kUserInitiated, "Task stopped by user");
    return 0;
  });
  world_.Advance(30 * model::kSecondMs);
  ASSERT_EQ(world_.state().Get<model::ContainerInstance>(home).stage, InstanceStage::kDeregistering);
  world_.Advance(140 * model::kSecondMs);
  EXPECT_EQ(world_.state().Get<model::ContainerInstance>(home).stage, InstanceStage::kDeregistering);
  EXPECT_EQ(Task(second).instance, model::kNoSerial);
  world_.Advance(90 * model::kSecondMs);
  EXPECT_EQ(world_.state().Get<model::ContainerInstance>(home).stage, InstanceStage::kTerminated);
  EXPECT_NE(Task(second).instance, model::kNoSerial);
}

// A56: a new wait acts from then on, also on what is idle already, and counts from when it became idle.
TEST_F(CapacityStory, ANewScaleInWaitActsOnIdleInstancesToo) {
  const model::Serial provider = world_.AddProvider(cluster_, 1);
  const model::Serial definition = world_.AddDefinition({.cpu_units = 256, .memory_mib = 512, .eni_slots = 1});
  const auto wait = [&](int seconds) {
    world_.Do([&](Step& step) {
      step.state.Update<model::CapacityProvider>(provider, [&](auto& row) { row.scale_in_after_seconds = seconds; });
      return 0;
    });
  };
  const auto registered = [&] { return world_.state().Get<model::Cluster>(cluster_).registered_instances; };
  const model::Serial task = Start(provider, definition);
  world_.Advance(2 * model::kMinuteMs);
  world_.Do([&](Step& step) {
    control::StopTask(step, task, model::StopCode::kUserInitiated, "Task stopped by user");
    return 0;
  });
  world_.Advance(30 * model::kSecondMs);
  wait(-1);
  world_.Advance(10 * model::kMinuteMs);
  EXPECT_EQ(registered(), 1U);
  wait(3'600);
  world_.Advance(1);
  EXPECT_EQ(registered(), 1U);
  wait(300);  // over already
  world_.Advance(1);
  EXPECT_EQ(registered(), 0U);
}

}  // namespace
}  // namespace ecsmi
