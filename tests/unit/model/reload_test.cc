#include <memory>

#include "builders/world_fixture.h"

namespace ecsmi {
namespace {

using testing::BareWorld;

// Promise 1: a read waits for the steps it saw. After a restart there is nothing to wait for, or it would wait for
// ever.
TEST(Reload, LeavesNoListNewerThanTheNewestStoredStep) {
  BareWorld world;
  const model::Serial cluster = world.AddCluster();
  const model::Serial provider = world.AddProvider(cluster, 1);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  model::Queue queue;
  queue.serial = world.state().NewSerial();
  queue.region = "us-east-1";
  queue.name = "jobs";
  const model::Serial jobs = world.state().Insert(std::move(queue)).serial;
  world.Do([&](control::Step& step) {
    model::Message message;
    message.serial = step.state.NewSerial();
    message.queue = jobs;
    step.state.Insert(std::move(message));
    return control::CreateTask(step, world.ATask(cluster, provider, definition));
  });
  world.Advance(5 * model::kMinuteMs);
  world.state().TakeChanges(world.now);

  auto fresh = std::make_unique<model::State>();
  model::WorldHeader header;
  header.seq = world.state().seq();
  header.next_serial = world.state().next_serial();
  header.state_hash = world.state().state_hash();
  ASSERT_TRUE(testing::CopyRows(world.state(), *fresh).ok());
  world.Reset(std::move(fresh));
  ASSERT_TRUE(world.state().FinishLoad(header).ok());

  const model::CommitSeq newest = world.state().seq();
  EXPECT_EQ(newest, header.seq);
  const auto& row = world.state().Get<model::Cluster>(cluster);
  EXPECT_GT(row.tasks.count, 0u);
  EXPECT_LE(row.tasks.seq, newest);
  EXPECT_LE(row.instances.seq, newest);
  EXPECT_LE(world.state().Get<model::Queue>(jobs).messages.seq, newest);
  world.state().table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& instance) {
    EXPECT_LE(instance.seq, newest);
    EXPECT_LE(instance.tasks.seq, newest);
  });
}

}  // namespace
}  // namespace ecsmi
