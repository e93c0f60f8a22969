#include <string>
#include <vector>

#include "builders/world_fixture.h"
#include "ecsmi/control/queues.h"

namespace ecsmi {
namespace {

using control::Step;
using model::TaskStatus;
using model::WorkerPhase;
using testing::BareWorld;

// One queue and tasks whose container works on it, with no latency but what the test is about.
class WorkerWorld : public BareWorld {
 public:
  static control::Settings Instant() {
    control::Settings settings;
    settings.latency = control::LatencyTable::None();
    return settings;
  }
  WorkerWorld() : BareWorld(Instant()), cluster_(AddCluster()), provider_(AddProvider(cluster_, 1)) {}

  model::Serial AddQueue(const std::string& name = "jobs", std::int32_t visibility = 30, model::Serial dead = 0,
                         std::int32_t max_receives = 0) {
    return Do([&](Step& step) {
      model::Queue queue;
      queue.region = "us-east-1";
      queue.name = name;
      queue.visibility_timeout_seconds = visibility;
      queue.dead_letter_queue = dead;
      queue.max_receive_count = max_receives;
      return control::CreateQueue(step, std::move(queue)).serial;
    });
  }
  static model::ContainerBehavior Works(double seconds, int batch = 1, int exit_when_empty = 0) {
    model::ContainerBehavior behavior;
    behavior.queue = "jobs";
    behavior.seconds_per_message = {model::DistributionKind::kConstant, seconds, 0};
    behavior.batch = batch;
    behavior.exit_when_empty = exit_when_empty;
    return behavior;
  }
  model::Serial AddWorker(const model::ContainerBehavior& behavior) {
    const model::Serial definition = AddDefinition({256, 512, 0, 1}, behavior);
    return Do([&](Step& step) { return control::CreateTask(step, ATask(cluster_, provider_, definition)); });
  }
  std::vector<model::Serial> Send(model::Serial queue, int count) {
    return Do([&](Step& step) {
      std::vector<model::Serial> sent;
      for (int i = 0; i < count; ++i) {
        sent.push_back(control::SendMessage(step, {.queue = queue, .body = std::to_string(i)}));
      }
      return sent;
    });
  }
  void StopTask(model::Serial task) {
    Do([&](Step& step) {
      control::StopTask(step, task, model::StopCode::kUserInitiated, "Task stopped by user");
      return 0;
    });
  }
  const model::Task& Task(model::Serial serial) { return state().Get<model::Task>(serial); }
  // "visible/in flight/delayed"
  std::string Counts(model::Serial serial) {
    const auto& queue = state().Get<model::Queue>(serial);
    return std::to_string(queue.visible) + "/" + std::to_string(queue.in_flight) + "/" + std::to_string(queue.delayed);
  }

 private:
  const model::Serial cluster_;
  const model::Serial provider_;
};

TEST(Worker, DrainsItsQueueOneMessageAfterTheOther) {
  WorkerWorld world;
  const model::Serial queue = world.AddQueue();
  const model::Serial task = world.AddWorker(WorkerWorld::Works(10));
  ASSERT_EQ(world.Task(task).status, TaskStatus::kRunning);
  EXPECT_EQ(world.Task(task).worker_phase, WorkerPhase::kPolling);
  world.Send(queue, 3);
  EXPECT_EQ(world.Counts(queue), "2/1/0");
  EXPECT_EQ(world.Task(task).worker_phase, WorkerPhase::kWorking);
  world.Advance(9'999);
  EXPECT_EQ(world.Counts(queue), "2/1/0");
  world.Advance(1);
  EXPECT_EQ(world.Counts(queue), "1/1/0");
  world.Advance(20'000);
  EXPECT_EQ(world.Counts(queue), "0/0/0");
  EXPECT_EQ(world.state().Get<model::Queue>(queue).messages_deleted, 3);
  // Idle again: nothing of it is due, however long it waits.
  model::DueItem item;
  EXPECT_FALSE(world.state().PeekForegroundDue(&item));
  world.Advance(10 * model::kDayMs);
  EXPECT_EQ(world.Task(task).status, TaskStatus::kRunning);
}

TEST(Worker, TakesABatchAndDeletesItWhenAllOfItIsDone) {
  WorkerWorld world;
  const model::Serial queue = world.AddQueue();
  world.AddWorker(WorkerWorld::Works(4, 5));
  world.Send(queue, 1);  // taken alone: a receive does not wait for more
  world.Send(queue, 7);
  EXPECT_EQ(world.Counts(queue), "7/1/0");
  world.Advance(4'000);
  EXPECT_EQ(world.Counts(queue), "2/5/0");
  world.Advance(19'999);
  EXPECT_EQ(world.Counts(queue), "2/5/0");
  world.Advance(1);
  EXPECT_EQ(world.Counts(queue), "0/2/0");
}

TEST(Worker, OfSeveralIdleOnesTheOldestIsServedFirst) {
  WorkerWorld world;
  const model::Serial queue = world.AddQueue();
  const model::Serial first = world.AddWorker(WorkerWorld::Works(10));
  const model::Serial second = world.AddWorker(WorkerWorld::Works(10));
  world.Send(queue, 1);
  EXPECT_EQ(world.Task(first).worker_phase, WorkerPhase::kWorking);
  EXPECT_EQ(world.Task(second).worker_phase, WorkerPhase::kPolling);
  const model::Serial next = world.Send(queue, 1)[0];
  EXPECT_EQ(world.Task(second).worker_phase, WorkerPhase::kWorking);
  EXPECT_EQ(world.state().MessagesHeldBy(second), std::vector<model::Serial>{next});
}

TEST(Worker, ExitsAfterSoManyEmptyPollsAndItsTaskWithIt) {
  WorkerWorld world;
  const model::Serial queue = world.AddQueue();
  const model::Serial task = world.AddWorker(WorkerWorld::Works(5, 1, 2));
  world.Advance(39'999);
  ASSERT_EQ(world.Task(task).status, TaskStatus::kRunning);
  world.Send(queue, 1);  // begins to count anew once done
  world.Advance(5'000);
  EXPECT_EQ(world.Counts(queue), "0/0/0");
  world.Advance(39'999);
  ASSERT_EQ(world.Task(task).status, TaskStatus::kRunning);
  world.Advance(1);
  EXPECT_EQ(world.Task(task).status, TaskStatus::kStopped);
  EXPECT_EQ(world.Task(task).exit_code, 0);
  EXPECT_EQ(world.Task(task).empty_polls, 2);
  EXPECT_EQ(world.Task(task).stop_code, model::StopCode::kEssentialContainerExited);
  world.Send(queue, 1);
  EXPECT_EQ(world.Counts(queue), "1/0/0");
}

TEST(Worker, OfATaskThatStopsLeavesItsMessageToTheVisibilityTimeout) {
  WorkerWorld world;  // F46, F61
  const model::Serial queue = world.AddQueue();
  const model::Serial task = world.AddWorker(WorkerWorld::Works(100));
  const model::Serial message = world.Send(queue, 1)[0];
  world.Advance(10'000);
  world.StopTask(task);
  EXPECT_EQ(world.Counts(queue), "0/1/0");
  model::DueItem item;
  ASSERT_TRUE(world.state().PeekForegroundDue(&item));  // a world is not at rest before it is visible again
  world.Advance(19'999);
  EXPECT_EQ(world.Counts(queue), "0/1/0");
  world.Advance(1);
  EXPECT_EQ(world.Counts(queue), "1/0/0");
  world.AddWorker(WorkerWorld::Works(5));
  EXPECT_EQ(world.state().Get<model::Message>(message).receive_count, 2);
  world.Advance(5'000);
  EXPECT_EQ(world.Counts(queue), "0/0/0");
}

TEST(Worker, SlowerThanTheVisibilityTimeoutDeletesWhatNobodyElseTook) {
  WorkerWorld world;  // F63: the newest receipt deletes, hidden or not
  const model::Serial queue = world.AddQueue("jobs", 10);
  world.AddWorker(WorkerWorld::Works(25));
  world.Send(queue, 1);
  world.Advance(10'000);
  EXPECT_EQ(world.Counts(queue), "1/0/0");
  world.Advance(15'000);
  EXPECT_EQ(world.Counts(queue), "0/0/0");
}

TEST(Worker, SlowerThanTheVisibilityTimeoutLosesItsMessageToAnother) {
  WorkerWorld world;  // F61, F63, F70
  const model::Serial queue = world.AddQueue("jobs", 10);
  const model::Serial slow = world.AddWorker(WorkerWorld::Works(15));
  const model::Serial message = world.Send(queue, 1)[0];
  const model::Serial other = world.AddWorker(WorkerWorld::Works(3));
  world.Advance(10'000);
  EXPECT_EQ(world.state().Get<model::Message>(message).holder, other);
  EXPECT_TRUE(world.state().MessagesHeldBy(slow).empty());
  world.Advance(3'000);
  EXPECT_EQ(world.Counts(queue), "0/0/0");
  world.Advance(2'000);
  EXPECT_EQ(world.state().Get<model::Queue>(queue).messages_deleted, 1);
  EXPECT_EQ(world.Task(slow).worker_phase, WorkerPhase::kPolling);
}

TEST(Worker, HandsAPoisonMessageToTheDeadLetterQueue) {
  WorkerWorld world;  // F66
  const model::Serial dead = world.AddQueue("dead");
  const model::Serial queue = world.AddQueue("jobs", 10, dead, 2);
  const model::Serial message = world.Send(queue, 1)[0];
  for (int i = 0; i < 2; ++i) {
    const model::Serial task = world.AddWorker(WorkerWorld::Works(100));
    world.StopTask(task);
    world.Advance(10'000);
    EXPECT_EQ(world.Counts(queue), "1/0/0");
  }
  const model::Serial task = world.AddWorker(WorkerWorld::Works(100));
  EXPECT_EQ(world.Task(task).worker_phase, WorkerPhase::kPolling);
  EXPECT_EQ(world.Counts(queue), "0/0/0");
  EXPECT_EQ(world.Counts(dead), "1/0/0");
  EXPECT_EQ(world.state().Get<model::Message>(message).dead_letter_source, queue);
}

TEST(Worker, OfTwoQueuesThatAreEachOthersDeadLetterQueueComesToRest) {
  WorkerWorld world;
  const model::Serial jobs = world.AddQueue("jobs", 1, 0, 1);
  const model::Serial back = world.AddQueue("back", 1, jobs, 1);
  world.Do([&](Step& step) {
    step.state.Update<model::Queue>(jobs, [&](model::Queue& row) { row.dead_letter_queue = back; });
    return 0;
  });
  world.AddWorker(WorkerWorld::Works(0.5));
  model::ContainerBehavior other = WorkerWorld::Works(0.5);
  other.queue = "back";
  world.AddWorker(other);
  const model::Serial message = world.Send(jobs, 1)[0];
  EXPECT_EQ(world.state().Get<model::Message>(message).receive_count, 1);
  world.Advance(model::kMinuteMs);
  EXPECT_EQ(world.Counts(jobs), "0/0/0");
  EXPECT_EQ(world.Counts(back), "0/0/0");
}

TEST(Worker, TwoWithNoWorkAndNoTimeoutDoNotPlayPingPong) {
  WorkerWorld world;
  const model::Serial queue = world.AddQueue("jobs", 0);
  world.AddWorker(WorkerWorld::Works(0));
  world.AddWorker(WorkerWorld::Works(0));
  world.Send(queue, 5);
  EXPECT_EQ(world.Counts(queue), "0/0/0");
  EXPECT_EQ(world.state().Get<model::Queue>(queue).messages_received, 5);
}

TEST(Worker, WaitsForAQueueThatIsYetToBeMade) {
  WorkerWorld world;
  const model::Serial task = world.AddWorker(WorkerWorld::Works(5, 1, 1));
  world.Advance(model::kHourMs);
  ASSERT_EQ(world.Task(task).status, TaskStatus::kRunning);  // no queue, no empty poll
  const model::Serial queue = world.AddQueue();
  world.Send(queue, 1);
  world.Advance(5'000);
  EXPECT_EQ(world.Counts(queue), "0/0/0");
  world.Do([&](Step& step) {
    control::DeleteQueue(step, queue);
    return 0;
  });
  world.Advance(model::kHourMs);
  ASSERT_EQ(world.Task(task).status, TaskStatus::kRunning);
  world.AddQueue();
  world.Advance(20'000);
  EXPECT_EQ(world.Task(task).status, TaskStatus::kStopped);
}

TEST(Worker, ThatRunsOutOfTimeStopsInTheMiddleOfAMessage) {
  WorkerWorld world;
  const model::Serial queue = world.AddQueue();
  model::ContainerBehavior behavior = WorkerWorld::Works(20);
  behavior.run_seconds = {model::DistributionKind::kConstant, 30, 0};
  const model::Serial task = world.AddWorker(behavior);
  world.Send(queue, 2);
  world.Advance(30'000);
  EXPECT_EQ(world.Task(task).status, TaskStatus::kStopped);
  EXPECT_EQ(world.Counts(queue), "0/1/0");
  world.Advance(20'000);
  EXPECT_EQ(world.Counts(queue), "1/0/0");
}

TEST(Worker, TakesAsLongForAMessageWhoeverItIs) {
  // Chance belongs to the message, so the total of a drain does not depend on how it was shared out.
  model::DurationMs totals[2] = {0, 0};
  for (int workers = 1; workers <= 2; ++workers) {
    WorkerWorld world;
    const model::Serial queue = world.AddQueue("jobs", 43'200);
    const std::vector<model::Serial> sent = world.Send(queue, 20);
    model::ContainerBehavior behavior = WorkerWorld::Works(0);
    behavior.seconds_per_message = {model::DistributionKind::kLognormal, 30, 0.4};
    std::vector<model::Serial> tasks;
    for (int i = 0; i < workers; ++i) tasks.push_back(world.AddWorker(behavior));
    while (world.state().Get<model::Queue>(queue).messages.count > 0) {
      for (const model::Serial task : tasks) {
        if (world.Task(task).worker_phase != WorkerPhase::kWorking) continue;
        const model::Serial held = world.state().MessagesHeldBy(task).front();
        if (world.state().Get<model::Message>(held).received_at == world.now) {
          totals[workers - 1] += world.Task(task).worker_due_at - world.now;
        }
      }
      model::DueItem item;
      ASSERT_TRUE(world.state().PeekForegroundDue(&item));
      world.Advance(item.at - world.now);
    }
  }
  EXPECT_EQ(totals[0], totals[1]);
  EXPECT_GT(totals[0], 20 * 10 * model::kSecondMs);
}

}  // namespace
}  // namespace ecsmi
