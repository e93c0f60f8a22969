// A watch as a cursor over one world's log: where it begins, what wakes it, what it refuses, how it ends.
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "builders/engine_fixture.h"
#include "builders/memory_store.h"
#include "builders/scripted_store.h"
#include "ecsmi/control/events.h"
#include "gmock/gmock.h"

namespace ecsmi::control {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOpen;
using testing::MemoryStore;
using testing::RunningEngine;
using testing::ScriptedStore;

constexpr char kA[] = "111111111111";
constexpr char kB[] = "222222222222";

using Answer = std::future<absl::StatusOr<EventBatch>>;
Answer NextOf(EventWatch& watch) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<EventBatch>>>();
  Answer answer = promise->get_future();
  watch.Next([promise](absl::StatusOr<EventBatch> batch) { promise->set_value(std::move(batch)); });
  return answer;
}
std::vector<std::string> ClustersIn(const EventBatch& batch) {
  std::vector<std::string> names;
  for (const Occurrence& it : batch.occurrences) {
    model::Cluster row;
    EXPECT_EQ(it.table, model::TableId::kCluster);
    EXPECT_TRUE(model::DecodeRow(it.image, row));
    names.push_back(row.name);
  }
  return names;
}
std::vector<std::string> NextClusters(EventWatch& watch) {
  const auto batch = NextOf(watch).get();
  EXPECT_TRUE(batch.ok()) << batch.status();
  return batch.ok() ? ClustersIn(*batch) : std::vector<std::string>();
}

class EventWatchTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(engine.Start().ok()); }
  void Add(const std::string& account, const std::string& name) {
    ASSERT_TRUE(engine.AddCluster(account, name).get().ok());
  }
  ScriptedStore store;
  RunningEngine engine{store};
};

TEST_F(EventWatchTest, FromNowOnItHearsWhatHappensNext) {
  Add(kA, "before");
  const auto watch = engine->WatchEvents(kA, {});
  EXPECT_THAT(NextClusters(*watch), ElementsAre());  // it stands
  Answer next = NextOf(*watch);
  EXPECT_TRUE(IsOpen(next));
  Add(kB, "elsewhere");
  Add(kA, "after");
  EXPECT_THAT(ClustersIn(*next.get()), ElementsAre("after"));
}

TEST_F(EventWatchTest, FromTheOldestItHearsAllThatIsKept) {
  Add(kA, "one");
  Add(kA, "two");
  const auto watch = engine->WatchEvents(kA, {.oldest = true, .follow = false});
  EXPECT_THAT(NextClusters(*watch), ElementsAre("one", "two"));
  const auto end = NextOf(*watch).get();
  ASSERT_TRUE(end.ok());
  EXPECT_TRUE(end->caught_up);
  EXPECT_TRUE(end->occurrences.empty());
}

TEST_F(EventWatchTest, GoesOnBehindAnyOccurrence) {
  // One commit with three of them.
  ASSERT_TRUE(engine
                  .Submit(kA,
                          [](Step& step) {
                            for (const char* name : {"a", "b", "c"}) {
                              model::Cluster row;
                              row.serial = step.state.NewSerial();
                              row.region = "us-east-1";
                              row.name = name;
                              step.state.Insert(std::move(row));
                            }
                            return absl::OkStatus();
                          })
                  .get()
                  .ok());
  Add(kA, "d");
  const auto all = engine->WatchEvents(kA, {.oldest = true, .follow = false});
  const auto batch = NextOf(*all).get();
  ASSERT_TRUE(batch.ok());
  const std::vector<std::string> names = ClustersIn(*batch);
  EXPECT_THAT(names, ElementsAre("a", "b", "c", "d"));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto rest = engine->WatchEvents(kA, {.from = batch->occurrences[i].after, .follow = false});
    EXPECT_EQ(NextClusters(*rest),
              std::vector<std::string>(names.begin() + static_cast<std::ptrdiff_t>(i) + 1, names.end()));
  }
}

// Promise 1: what is not on disk has not happened.
TEST_F(EventWatchTest, SaysNothingBeforeItIsDurable) {
  Add(kA, "first");
  const auto watch = engine->WatchEvents(kA, {});
  NextClusters(*watch);
  Answer next = NextOf(*watch);
  store.Hold();
  std::future<absl::Status> write = engine.AddCluster(kA, "held");
  store.AwaitHeld();
  EXPECT_TRUE(IsOpen(next));
  store.Release();
  EXPECT_TRUE(write.get().ok());
  EXPECT_THAT(ClustersIn(*next.get()), ElementsAre("held"));
}

TEST_F(EventWatchTest, OfNoWorldMakesNoneAndWaitsForItsFirstEvent) {
  const auto watch = engine->WatchEvents(kA, {.oldest = true});
  EXPECT_THAT(NextClusters(*watch), ElementsAre());
  EXPECT_TRUE(store.ListWorlds()->empty());
  Answer next = NextOf(*watch);
  Add(kB, "elsewhere");
  EXPECT_TRUE(IsOpen(next));
  Add(kA, "first");
  EXPECT_THAT(ClustersIn(*next.get()), ElementsAre("first"));
}

TEST_F(EventWatchTest, RefusesAPlaceAheadOfTheWorld) {
  Add(kA, "one");
  const auto watch = engine->WatchEvents(kA, {.from = EventPosition{.seq = 9}});
  const absl::Status status = NextOf(*watch).get().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(status.message()), HasSubstr("step 9"));
  EXPECT_EQ(NextOf(*watch).get().status(), status) << "it has ended";
}

TEST_F(EventWatchTest, BelowWhatIsKeptTheOldestStepIsNamed) {
  for (const char* name : {"one", "two", "three", "four"}) Add(kA, name);
  store.Trim(3);
  const auto watch = engine->WatchEvents(kA, {.from = EventPosition{.seq = 2}});
  const absl::Status status = NextOf(*watch).get().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(status.message()), HasSubstr("the oldest step is 3"));
  const auto oldest = engine->WatchEvents(kA, {.oldest = true, .follow = false});
  EXPECT_THAT(NextClusters(*oldest), ElementsAre("three", "four"));
}

// One that is overtaken while it waits to be asked again ends; it does not skip.
TEST_F(EventWatchTest, ASlowWatchThatIsOvertakenByRetentionIsTold) {
  Add(kA, "one");
  const auto watch = engine->WatchEvents(kA, {.oldest = true});
  EXPECT_THAT(NextClusters(*watch), ElementsAre("one"));
  for (const char* name : {"two", "three", "four"}) Add(kA, name);
  store.Trim(4);
  EXPECT_EQ(NextOf(*watch).get().status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(EventWatchTest, CancelEndsAWait) {
  const auto watch = engine->WatchEvents(kA, {});
  NextClusters(*watch);
  Answer next = NextOf(*watch);
  watch->Cancel();
  watch->Cancel();
  EXPECT_TRUE(absl::IsCancelled(next.get().status()));
  EXPECT_TRUE(absl::IsCancelled(NextOf(*watch).get().status()));
}

TEST_F(EventWatchTest, TheEnginesEndEndsEveryWait) {
  std::vector<std::shared_ptr<EventWatch>> watches;
  std::vector<Answer> waits;
  for (int i = 0; i < 50; ++i) {
    watches.push_back(engine->WatchEvents(i % 2 == 0 ? kA : kB, {}));
    NextClusters(*watches.back());
    waits.push_back(NextOf(*watches.back()));
  }
  engine->StopWaiting();
  for (Answer& wait : waits) EXPECT_TRUE(absl::IsUnavailable(wait.get().status()));
  const auto late = engine->WatchEvents(kA, {});
  EXPECT_TRUE(absl::IsUnavailable(NextOf(*late).get().status()));
}

TEST(EventWatchStart, BeforeTheEngineServesThereIsNothingToWatch) {
  ScriptedStore store;
  RunningEngine engine(store);
  const auto watch = engine->WatchEvents(kA, {});
  EXPECT_TRUE(absl::IsUnavailable(NextOf(*watch).get().status()));
}

TEST_F(EventWatchTest, ManyWatchesHearTheSameWhileManyWrite) {
  constexpr int kWatches = 8;
  constexpr int kWrites = 200;
  std::vector<std::shared_ptr<EventWatch>> watches;
  for (int i = 0; i < kWatches; ++i) {
    watches.push_back(engine->WatchEvents(kA, {}));
    NextClusters(*watches.back());
  }
  std::vector<std::future<absl::Status>> writes;
  for (int i = 0; i < kWrites; ++i) writes.push_back(engine.AddCluster(kA, "c" + std::to_string(i)));
  for (const auto& watch : watches) {
    std::vector<std::string> heard;
    while (heard.size() < kWrites) {
      for (std::string& name : NextClusters(*watch)) heard.push_back(std::move(name));
    }
    for (int i = 0; i < kWrites; ++i) EXPECT_EQ(heard[static_cast<std::size_t>(i)], "c" + std::to_string(i));
  }
  for (auto& write : writes) EXPECT_TRUE(write.get().ok());
}

// What a task shows that only it referred to, when both are long gone by the time it is told.
TEST_F(EventWatchTest, RowsThatAreGoneAreFoundInTheLog) {
  const auto run = [](Step& step) {
    model::Cluster cluster;
    cluster.serial = step.state.NewSerial();
    cluster.region = "us-east-1";
    cluster.name = "web";
    const model::Serial in = step.state.Insert(std::move(cluster)).serial;
    model::CapacityProvider provider;
    provider.serial = step.state.NewSerial();
    provider.region = "us-east-1";
    provider.name = "mi";
    provider.cluster = in;
    provider.status = model::CapacityProviderStatus::kActive;
    provider.subnets = {*EnsureSubnet(step, "us-east-1", "subnet-0000000a")};
    const model::Serial by = step.state.Insert(std::move(provider)).serial;
    model::TaskDefinition definition;
    definition.serial = step.state.NewSerial();
    definition.region = "us-east-1";
    definition.family = "web";
    definition.revision = 1;
    definition.resources = {256, 512, 0, 1};
    definition.containers.emplace_back();
    const model::Serial as = step.state.Insert(std::move(definition)).serial;
    NewTask task;
    task.cluster = in;
    task.provider = by;
    task.definition = as;
    task.group = step.state.InternDocument("a group");
    task.resources = {256, 512, 0, 1};
    const model::Serial made = CreateTask(step, task);
    StopTask(step, made, model::StopCode::kUserInitiated, "a reason of its own");
    return absl::OkStatus();
  };
  ASSERT_TRUE(engine.Submit(kA, run).get().ok());
  ASSERT_TRUE(engine.Advance(kA, {.by_ms = 3 * model::kHourMs}).get().ok());
  std::promise<absl::Status> reset;
  engine->ResetWorld(kA, [&](absl::Status status) { reset.set_value(std::move(status)); });
  ASSERT_TRUE(reset.get_future().get().ok());
  const auto watch = engine->WatchEvents(kA, {.oldest = true, .follow = false});
  const auto batch = NextOf(*watch).get();
  ASSERT_TRUE(batch.ok()) << batch.status();
  int stopped = 0;
  for (const Occurrence& it : batch->occurrences) {
    if (it.table != model::TableId::kTask) continue;
    model::Task row;
    ASSERT_TRUE(model::DecodeRow(it.image, row));
    const model::State& rows = batch->scene->step().state;
    ASSERT_NE(rows.Find<model::Cluster>(row.cluster), nullptr);
    EXPECT_EQ(rows.Get<model::Cluster>(row.cluster).name, "web");
    EXPECT_EQ(rows.Get<model::CapacityProvider>(row.provider).name, "mi");
    EXPECT_EQ(rows.Get<model::TaskDefinition>(row.definition).family, "web");
    EXPECT_EQ(rows.DocumentBytes(row.group), "a group");
    if (row.status != model::TaskStatus::kStopped) continue;
    EXPECT_EQ(rows.DocumentBytes(row.stopped_reason), "a reason of its own");
    ++stopped;
  }
  EXPECT_EQ(stopped, 1);
}

TEST(EventWatchReload, AFailedCommitIsToldNeverAndWhatFollowsItOnce) {
  MemoryStore store;
  RunningEngine engine(store);
  ASSERT_TRUE(engine.Start().ok());
  ASSERT_TRUE(engine.AddCluster(kA, "kept").get().ok());
  const auto watch = engine->WatchEvents(kA, {.oldest = true});
  EXPECT_THAT(NextClusters(*watch), ElementsAre("kept"));
  Answer next = NextOf(*watch);
  store.Fail(1, 1);
  EXPECT_FALSE(engine.AddCluster(kA, "lost").get().ok());
  EXPECT_TRUE(IsOpen(next));
  ASSERT_TRUE(engine.AddCluster(kA, "next").get().ok());
  const auto batch = next.get();
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_THAT(ClustersIn(*batch), ElementsAre("next"));
  EXPECT_EQ(batch->occurrences[0].number, 1u);  // the lost one's number is given again: nobody has heard it
}

}  // namespace
}  // namespace ecsmi::control
