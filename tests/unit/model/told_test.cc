// What a commit tells watchers: which changes, in which order, with which bytes.
#include "ecsmi/model/told.h"

#include <string>
#include <vector>

#include "builders/world_fixture.h"
#include "ecsmi/control/queues.h"
#include "gmock/gmock.h"

namespace ecsmi {
namespace {

using model::Task;
using model::TaskStatus;
using testing::BareWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ToldTest : public ::testing::Test {
 protected:
  ToldTest() {
    cluster = world.AddCluster();
    provider = world.AddProvider(cluster);
    definition = world.AddDefinition({256, 512, 0, 1});
    world.state().TakeChanges(world.now);
  }
  model::Serial Run() {
    return world.Do(
        [&](control::Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); });
  }
  void Stop(model::Serial task, const std::string& reason = "enough") {
    world.Do([&](control::Step& step) {
      control::StopTask(step, task, model::StopCode::kUserInitiated, reason);
      return 0;
    });
  }

  // The row a told thing shows.
  template <typename T>
  static T Shown(const model::ChangeSet& changes, const model::Told& told) {
    std::string_view bytes = changes.ImageOf(told);
    for (const model::RowChange& row : changes.rows) {
      if (bytes.empty() && row.table == told.table && row.serial == told.serial) bytes = changes.BytesOf(row);
    }
    T row;
    EXPECT_TRUE(model::DecodeRow(bytes, row));
    return row;
  }
  static std::vector<TaskStatus> StatusesOf(const model::ChangeSet& changes, model::Serial task) {
    std::vector<TaskStatus> statuses;
    for (const model::Told& told : changes.told) {
      if (told.table == model::TableId::kTask && told.serial == task) {
        statuses.push_back(Shown<Task>(changes, told).status);
      }
    }
    return statuses;
  }
  static std::vector<model::Told> ErasedOf(const model::ChangeSet& changes, model::TableId table) {
    std::vector<model::Told> erased;
    for (const model::Told& told : changes.told) {
      if (told.erased && told.table == table) erased.push_back(told);
    }
    return erased;
  }

  BareWorld world;
  model::Serial cluster, provider, definition;
};

TEST_F(ToldTest, EveryStatusOfATaskAlthoughOneCommitHoldsThemAll) {
  const model::Serial task = Run();
  world.Advance(10 * model::kMinuteMs);
  Stop(task);
  world.Advance(10 * model::kMinuteMs);
  const model::ChangeSet changes = world.state().TakeChanges(world.now);
  EXPECT_THAT(
      StatusesOf(changes, task),
      ElementsAre(TaskStatus::kProvisioning, TaskStatus::kPending, TaskStatus::kActivating, TaskStatus::kRunning,
                  TaskStatus::kStopping, TaskStatus::kDeprovisioning, TaskStatus::kStopped));
  model::TimeMs last = 0;
  for (const model::Told& told : changes.told) {
    EXPECT_GE(told.at, last);
    last = told.at;
  }
}

TEST_F(ToldTest, ATaskThatNeverRanStopsAtOnce) {
  const model::Serial task = Run();
  Stop(task);
  const model::ChangeSet changes = world.state().TakeChanges(world.now);
  EXPECT_THAT(StatusesOf(changes, task),
              ElementsAre(TaskStatus::kProvisioning, TaskStatus::kProvisioning, TaskStatus::kStopped));
  EXPECT_FALSE(Shown<Task>(changes, changes.told[0]).desired_stopped);
}

// A container that ends: RUNNING is told without the exit code that a later step of the same commit brings.
TEST_F(ToldTest, AnEventShowsTheRowAsItWasThenAndNotAsTheCommitLeavesIt) {
  model::ContainerBehavior behavior;
  behavior.run_seconds = {model::DistributionKind::kConstant, 30, 0};
  behavior.exit_code = 3;
  definition = world.AddDefinition({256, 512, 0, 1}, behavior);
  const model::Serial task = Run();
  world.Advance(10 * model::kMinuteMs);
  const model::ChangeSet changes = world.state().TakeChanges(world.now);
  std::vector<std::int16_t> codes;
  for (const model::Told& told : changes.told) {
    if (told.table == model::TableId::kTask && told.serial == task) {
      codes.push_back(Shown<Task>(changes, told).exit_code);
    }
  }
  constexpr std::int16_t kNone = Task::kNoExitCode;
  EXPECT_THAT(codes, ElementsAre(kNone, kNone, kNone, kNone, 3, 3, 3));
}

TEST_F(ToldTest, WhatShowsNothingIsNotTold) {
  const model::Serial task = Run();
  world.Advance(10 * model::kMinuteMs);
  world.state().TakeChanges(world.now);
  world.Do([&](control::Step& step) {
    step.state.Update<Task>(task, [&](Task& row) { row.protected_until = step.now + 1; });
    return 0;
  });
  const model::ChangeSet changes = world.state().TakeChanges(world.now);
  EXPECT_FALSE(changes.rows.empty());
  EXPECT_THAT(changes.told, IsEmpty());
}

TEST_F(ToldTest, AnInstanceIsToldFromItsRegistrationOnAndWhenItsRoomChanges) {
  Run();
  world.Advance(10 * model::kMinuteMs);
  Run();  // finds room there
  world.Advance(10 * model::kMinuteMs);
  const model::ChangeSet changes = world.state().TakeChanges(world.now);
  std::vector<std::pair<model::InstanceStage, std::int32_t>> told;
  std::int32_t registered = 0;
  for (const model::Told& it : changes.told) {
    if (it.table != model::TableId::kContainerInstance) continue;
    model::InstanceFacts facts;
    ASSERT_TRUE(model::DecodeRow(changes.ExtraOf(it), facts));
    registered = world.state().Get<model::ContainerInstance>(it.serial).registered.cpu_units;
    told.emplace_back(facts.stage, registered - facts.remaining.cpu_units);
  }
  EXPECT_THAT(
      told, ElementsAre(std::pair(model::InstanceStage::kRegistering, 256),
                        std::pair(model::InstanceStage::kActive, 256), std::pair(model::InstanceStage::kActive, 512)));
}

TEST_F(ToldTest, RowsThatEventsReferToLeaveTheirBytesWhenTheyGo) {
  const model::Serial task = Run();
  Stop(task, "a reason of its own");
  world.state().TakeChanges(world.now);
  const model::Serial reason = world.state().Get<Task>(task).stopped_reason;
  world.Advance(3 * model::kHourMs);
  ASSERT_EQ(world.state().Find<Task>(task), nullptr);
  const model::ChangeSet changes = world.state().TakeChanges(world.now);
  const std::vector<model::Told> documents = ErasedOf(changes, model::TableId::kDocument);
  ASSERT_FALSE(documents.empty());
  bool found = false;
  for (const model::Told& told : documents) {
    if (told.serial != reason) continue;
    model::Document row;
    ASSERT_TRUE(model::DecodeRow(changes.ImageOf(told), row));
    EXPECT_EQ(row.bytes, "a reason of its own");
    found = true;
  }
  EXPECT_TRUE(found);
}

// A message may be a megabyte, and no event shows it.
TEST_F(ToldTest, WhatIsInAQueueIsNotWrittenAgainWhenItGoes) {
  const model::Serial document = world.Do([&](control::Step& step) {
    model::Queue queue;
    queue.serial = step.state.NewSerial();
    queue.region = "us-east-1";
    queue.name = "jobs";
    const model::Serial serial = control::CreateQueue(step, std::move(queue)).serial;
    const model::Serial text = step.state.InternDocument(std::string(100'000, 'x'));
    control::SendMessage(step, {.queue = serial, .body = {}, .document = text});
    return text;
  });
  world.state().TakeChanges(world.now);
  world.Do([&](control::Step& step) {
    control::PurgeQueue(step, step.state.FindQueue("us-east-1", "jobs"));
    return 0;
  });
  ASSERT_EQ(world.state().Find<model::Document>(document), nullptr);
  const model::ChangeSet changes = world.state().TakeChanges(world.now);
  EXPECT_THAT(changes.told, IsEmpty());
  EXPECT_TRUE(changes.told_buffer.empty());
}

TEST_F(ToldTest, LoadingAWorldTellsNothing) {
  Run();
  world.Advance(10 * model::kMinuteMs);
  world.state().TakeChanges(world.now);
  auto fresh = std::make_unique<model::State>();
  model::WorldHeader header;
  header.seq = world.state().seq();
  header.next_serial = world.state().next_serial();
  header.state_hash = world.state().state_hash();
  ASSERT_TRUE(testing::CopyRows(world.state(), *fresh).ok());
  world.Reset(std::move(fresh));
  ASSERT_TRUE(world.state().FinishLoad(header).ok());
  control::Step step = world.NewStep();
  control::Settle(step);
  EXPECT_THAT(world.state().TakeChanges(world.now, /*even_if_empty=*/true).told, IsEmpty());
}

TEST_F(ToldTest, ThingsAreNumberedThroughTheWorldsLife) {
  const std::uint64_t first = world.state().told().first();
  Run();
  const model::ChangeSet one = world.state().TakeChanges(world.now);
  EXPECT_EQ(one.told_first, first);
  world.Advance(10 * model::kMinuteMs);
  const model::ChangeSet two = world.state().TakeChanges(world.now);
  EXPECT_EQ(two.told_first, first + one.told.size());
  EXPECT_EQ(world.state().told().first(), two.told_first + two.told.size());
}

}  // namespace
}  // namespace ecsmi
