#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "builders/seeds.h"
#include "builders/world_fixture.h"
#include "ecsmi/control/queues.h"

namespace ecsmi {
namespace {

using control::Step;
using model::Message;
using model::MessageState;
using model::Queue;
using testing::BareWorld;

// The hash is the only source of chance, so a failing seed repeats.
struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 9}, {++count}), bound); }
};

control::Settings Instant() {
  control::Settings settings;
  settings.latency = control::LatencyTable::None();
  return settings;
}

std::map<model::Serial, Message> Messages(BareWorld& world) {
  std::map<model::Serial, Message> rows;
  world.state().table<Message>().ForEach([&](const Message& row) { rows.emplace(row.serial, row); });
  return rows;
}

// Everything derived, recomputed from the rows alone.
void Audit(BareWorld& world) {
  std::map<model::Serial, std::map<MessageState, std::uint32_t>> counts;
  std::map<model::Serial, model::Serial> first_visible;
  std::map<model::Serial, std::vector<model::Serial>> held;
  for (const auto& [serial, row] : Messages(world)) {
    ASSERT_NE(world.state().Find<Queue>(row.queue), nullptr);
    ++counts[row.queue][row.state];
    if (row.state == MessageState::kVisible) first_visible.emplace(row.queue, serial);
    if (row.holder != model::kNoSerial) held[row.holder].push_back(serial);
    ASSERT_EQ(row.state == MessageState::kVisible, row.due_at == model::kNever);
    ASSERT_GT(row.expires_at, world.now);
    ASSERT_EQ(row.receive_count == 0, row.received_at == model::kUnset);
  }
  world.state().table<Queue>().ForEach([&](const Queue& queue) {
    auto& of = counts[queue.serial];
    ASSERT_EQ(queue.visible, of[MessageState::kVisible]);
    ASSERT_EQ(queue.in_flight, of[MessageState::kInFlight]);
    ASSERT_EQ(queue.delayed, of[MessageState::kDelayed]);
    ASSERT_EQ(queue.messages.count, queue.visible + queue.in_flight + queue.delayed);
    ASSERT_EQ(world.state().FirstVisible(queue.serial), first_visible[queue.serial]);
    const model::Serial idle = world.state().FirstIdleWorker(queue.region, queue.name);
    // No worker waits beside a message that it could have.
    if (!queue.deleted && queue.visible > 0) {
      ASSERT_EQ(idle, model::kNoSerial);
    }
  });
  std::map<std::string, std::vector<model::Serial>> idle;
  world.state().table<model::Task>().ForEach([&](const model::Task& task) {
    ASSERT_EQ(world.state().MessagesHeldBy(task.serial), held[task.serial]);
    if (task.PollsQueue()) {
      const auto& containers = world.state().Get<model::TaskDefinition>(task.definition).containers;
      idle[containers[0].behavior.queue].push_back(task.serial);
    }
  });
  for (const char* name : {"jobs", "dead"}) {
    std::sort(idle[name].begin(), idle[name].end());
    ASSERT_EQ(world.state().IdleWorkers("us-east-1", name), idle[name]);
  }
}

class QueueHistory {
 public:
  explicit QueueHistory(std::uint64_t seed) : chance_{seed}, world_(Instant()) {
    cluster_ = world_.AddCluster();
    provider_ = world_.AddProvider(cluster_, 1);
    dead_ = MakeQueue("dead", 20, 0, 0);
    jobs_ = MakeQueue("jobs", 15, dead_, 3);
    for (int i = 0; i < 4; ++i) {
      model::ContainerBehavior behavior;
      behavior.queue = i == 3 ? "dead" : "jobs";
      behavior.seconds_per_message = {model::DistributionKind::kExponential, 4.0 * (i + 1), 0};
      behavior.batch = 1 + static_cast<std::int32_t>(chance_.Below(4));
      behavior.exit_when_empty = i == 1 ? 3 : 0;
      definitions_.push_back(world_.AddDefinition({256, 512, 0, 1}, behavior));
    }
  }

  std::uint64_t Run(bool reload_midway) {
    for (int round = 0; round < 120; ++round) {
      Act();
      AdvanceStrictly(static_cast<model::DurationMs>(chance_.Below(20'000)));
      Audit(world_);
      if (reload_midway && round % 40 == 20) Reload();
      // A second settling right after changes nothing.
      world_.state().TakeChanges(world_.now);
      Step step = world_.NewStep();
      control::Settle(step);
      EXPECT_TRUE(world_.state().TakeChanges(world_.now).empty()) << "round " << round;
      if (::testing::Test::HasFatalFailure()) return 0;
    }
    // With a healthy worker each and nobody interfering both queues come to rest empty.
    for (const int definition : {0, 3}) AddWorker(definition);
    AdvanceStrictly(6 * model::kHourMs);
    EXPECT_EQ(world_.state().Get<Queue>(jobs_).messages.count, 0u);
    EXPECT_EQ(world_.state().Get<Queue>(dead_).messages.count, 0u);
    world_.state().TakeChanges(world_.now);
    return world_.state().state_hash();
  }

 private:
  model::Serial MakeQueue(const std::string& name, std::int32_t visibility, model::Serial dead, std::int32_t receives) {
    return world_.Do([&](Step& step) {
      Queue queue;
      queue.region = "us-east-1";
      queue.name = name;
      queue.visibility_timeout_seconds = visibility;
      queue.dead_letter_queue = dead;
      queue.max_receive_count = receives;
      queue.retention_seconds = 1'200;
      return control::CreateQueue(step, std::move(queue)).serial;
    });
  }
  void AddWorker(int definition) {
    const model::Serial chosen = definitions_[static_cast<std::size_t>(definition)];
    workers_.push_back(
        world_.Do([&](Step& step) { return control::CreateTask(step, world_.ATask(cluster_, provider_, chosen)); }));
  }

  // One command, checked: what it may add or take, and nothing else.
  void Act() {
    const std::size_t before = world_.state().table<Message>().size();
    switch (chance_.Below(8)) {
      case 0:
      case 1:
      case 2: {
        const auto count = static_cast<std::int64_t>(1 + chance_.Below(8));
        const std::int64_t deleted = Deleted();
        world_.Do([&](Step& step) {
          for (std::int64_t i = 0; i < count; ++i) {
            const auto delay = static_cast<std::int32_t>(chance_.Below(3) == 0 ? chance_.Below(30) : 0);
            control::SendMessage(step, {.queue = jobs_, .body = "b", .delay_seconds = delay});
          }
          return 0;
        });
        EXPECT_EQ(world_.state().table<Message>().size(),
                  before + static_cast<std::size_t>(count - (Deleted() - deleted)));
        break;
      }
      case 3:
        if (workers_.size() < 12) AddWorker(static_cast<int>(chance_.Below(4)));
        break;
      case 4:
        if (!workers_.empty()) StopWorker(workers_[chance_.Below(workers_.size())]);
        break;
      case 5: {
        const auto received = world_.Do([&](Step& step) {
          return control::ReceiveMessages(step, {.queue = chance_.Below(4) == 0 ? dead_ : jobs_,
                                                 .count_max = 1 + chance_.Below(10),
                                                 .visibility_seconds = static_cast<std::int32_t>(chance_.Below(40))});
        });
        if (std::set(received.begin(), received.end()).size() != received.size()) ADD_FAILURE() << "received twice";
        for (const model::Serial serial : received) {
          if (chance_.Below(3) > 0 || world_.state().Find<Message>(serial) == nullptr) continue;
          world_.Do([&](Step& step) {
            control::DeleteMessage(step, serial);
            return 0;
          });
          EXPECT_EQ(world_.state().Find<Message>(serial), nullptr);
        }
        break;
      }
      case 6: {
        const auto rows = Messages(world_);
        if (rows.empty()) break;
        const Message& row = std::next(rows.begin(), static_cast<std::ptrdiff_t>(chance_.Below(rows.size())))->second;
        if (row.state != MessageState::kInFlight || row.holder != model::kNoSerial) break;
        world_.Do([&](Step& step) {
          control::ChangeVisibility(step, row.serial, static_cast<std::int32_t>(chance_.Below(60)));
          return 0;
        });
        break;
      }
      case 7:
        if (chance_.Below(6) > 0) break;
        world_.Do([&](Step& step) {
          control::PurgeQueue(step, jobs_);
          return 0;
        });
        EXPECT_EQ(world_.state().Get<Queue>(jobs_).messages.count, 0u);
        break;
    }
  }

  void StopWorker(model::Serial task) {
    if (world_.state().Find<model::Task>(task) == nullptr) return;
    world_.Do([&](Step& step) {
      control::StopTask(step, task, model::StopCode::kUserInitiated, "Task stopped by user");
      return 0;
    });
  }

  std::int64_t Deleted() {
    return world_.state().Get<Queue>(jobs_).messages_deleted + world_.state().Get<Queue>(dead_).messages_deleted;
  }

  // Moment by moment: no message appears, and none goes but expired or deleted by the worker that received it last.
  void AdvanceStrictly(model::DurationMs by) {
    const model::TimeMs until = world_.now + by;
    model::DueItem item;
    while (world_.state().PeekDue(&item) && item.at <= until) {
      const auto before = Messages(world_);
      const std::int64_t deleted = Deleted();
      world_.Advance(item.at - world_.now);
      const auto after = Messages(world_);
      std::int64_t unexpired = 0;
      std::int64_t gone = 0;
      for (const auto& [serial, row] : before) {
        if (after.contains(serial)) continue;
        ++gone;
        if (row.expires_at <= world_.now) continue;
        ++unexpired;
        EXPECT_GT(row.receive_count, 0);
      }
      for (const auto& [serial, row] : after) EXPECT_TRUE(before.contains(serial));
      EXPECT_LE(unexpired, Deleted() - deleted);
      EXPECT_LE(Deleted() - deleted, gone);
    }
    world_.Advance(until - world_.now);
  }

  // Rows out, rows in: nothing derived may matter.
  void Reload() {
    world_.state().TakeChanges(world_.now);
    auto fresh = std::make_unique<model::State>();
    model::WorldHeader header;
    header.seq = world_.state().seq();
    header.next_serial = world_.state().next_serial();
    header.state_hash = world_.state().state_hash();
    EXPECT_TRUE(testing::CopyRows(world_.state(), *fresh).ok());
    world_.Reset(std::move(fresh));
    EXPECT_TRUE(world_.state().FinishLoad(header).ok());
    Audit(world_);
  }

  Chance chance_;
  BareWorld world_;
  model::Serial cluster_ = model::kNoSerial;
  model::Serial provider_ = model::kNoSerial;
  model::Serial jobs_ = model::kNoSerial;
  model::Serial dead_ = model::kNoSerial;
  std::vector<model::Serial> definitions_;
  std::vector<model::Serial> workers_;
};

TEST(Queue, LosesAndDoublesNothingOverManySeeds) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(25); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    QueueHistory(seed).Run(false);
  }
}

TEST(Queue, SameSeedGivesTheSameStateAndReloadsMidwayMakeNoDifference) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(10); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    const std::uint64_t once = QueueHistory(seed).Run(false);
    EXPECT_EQ(once, QueueHistory(seed).Run(false));
    EXPECT_EQ(once, QueueHistory(seed).Run(true));
  }
}

}  // namespace
}  // namespace ecsmi
