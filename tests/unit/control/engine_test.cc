#include "ecsmi/control/engine.h"

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "builders/engine_fixture.h"
#include "builders/scripted_store.h"
#include "gtest/gtest.h"

namespace ecsmi::control {
namespace {

using testing::IsOpen;
using testing::RunningEngine;
using testing::ScriptedStore;
using testing::StoredHash;

constexpr char kA[] = "111111111111";
constexpr char kB[] = "222222222222";
constexpr model::TimeMs kEpoch = 1'767'225'600'000;  // of virtual worlds: 2026-01-01T00:00:00Z

const absl::Status kFull = absl::ResourceExhaustedError("the disk is full");
const absl::Status kRefused = absl::UnavailableError("the disk refuses");

class EngineTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(engine.Start().ok()); }
  ScriptedStore store;
  RunningEngine engine{store};
};

TEST_F(EngineTest, NoAnswerLeavesBeforeItsRowsAreStored) {
  store.Hold();
  std::future<absl::Status> write = engine.AddCluster(kA, "one");
  store.AwaitHeld();
  std::future<absl::Status> read = engine.Submit(kA, [](Step&) { return absl::OkStatus(); });
  EXPECT_TRUE(IsOpen(write));
  store.Release();
  EXPECT_TRUE(write.get().ok());
  EXPECT_TRUE(read.get().ok());
}

TEST_F(EngineTest, AReadWaitsForTheRowsItSawAndForNoOthers) {
  ASSERT_TRUE(engine.AddCluster(kA, "durable").get().ok());
  store.Hold();
  std::future<absl::Status> write = engine.AddCluster(kA, "open");
  store.AwaitHeld();
  const auto look_at = [&](const std::string& name) {
    return engine.Submit(kA, [name](Step& step) {
      const auto& row = step.state.Get<model::Cluster>(step.state.FindCluster("us-east-1", name));
      step.SawOnly();
      step.Saw(row.seq);
      return absl::OkStatus();
    });
  };
  EXPECT_TRUE(look_at("durable").get().ok());  // answered although a commit is under way
  std::future<absl::Status> open = look_at("open");
  std::future<absl::Status> all = engine.Submit(kA, [](Step&) { return absl::OkStatus(); });
  EXPECT_TRUE(look_at("durable").get().ok());  // the strand has passed both
  EXPECT_TRUE(IsOpen(open));
  EXPECT_TRUE(IsOpen(all));
  store.Release();
  EXPECT_TRUE(write.get().ok());
  EXPECT_TRUE(open.get().ok());
  EXPECT_TRUE(all.get().ok());
}

class FailedCommit : public EngineTest, public ::testing::WithParamInterface<absl::Status> {};

TEST_P(FailedCommit, AnswersWaitForTheSettlingAndThenSayWhatBecameOfThem) {
  ASSERT_TRUE(engine.AddCluster(kA, "before").get().ok());
  const std::uint64_t before = engine.Look(kA).hash;
  store.Hold();
  std::future<absl::Status> write = engine.AddCluster(kA, "lost");
  store.AwaitHeld();
  // A read and a write that saw the step which is about to be lost, and one that did not.
  std::future<absl::Status> saw = engine.Submit(kA, [](Step& step) {
    EXPECT_NE(step.state.FindCluster("us-east-1", "lost"), model::kNoSerial);
    return absl::OkStatus();
  });
  std::future<absl::Status> built_on = engine.AddCluster(kA, "built on it");
  ASSERT_TRUE(engine
                  .Submit(kA,
                          [](Step& step) {
                            step.SawOnly();
                            return absl::OkStatus();
                          })
                  .get()
                  .ok());
  store.Break(GetParam());
  store.FailCommits(GetParam());
  store.Release();
  store.AwaitSettles(3);
  // The disk still refuses: nobody has been told anything, and the engine says so.
  EXPECT_TRUE(IsOpen(write));
  EXPECT_TRUE(IsOpen(saw));
  EXPECT_TRUE(IsOpen(built_on));
  EXPECT_EQ(engine->Trouble(), std::string(GetParam().message()));
  std::future<absl::Status> late = engine.Submit(kA, [](Step& step) {
    step.SawOnly();
    return absl::OkStatus();
  });
  // Another world reads what it has.
  EXPECT_EQ(engine.Look(kB).clusters, 0u);
  std::future<absl::Status> other = engine.AddCluster(kB, "other");

  store.Recover();
  EXPECT_EQ(write.get().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(saw.get().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(built_on.get().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(late.get().ok());
  EXPECT_TRUE(other.get().ok());
  EXPECT_EQ(engine->Trouble(), "");
  // Memory and disk agree on the state before, and the world goes on from there.
  EXPECT_EQ(engine.Look(kA).hash, before);
  EXPECT_EQ(StoredHash(store, kA), before);
  EXPECT_EQ(engine.Look(kB).hash, StoredHash(store, kB));
  EXPECT_TRUE(engine.AddCluster(kA, "after").get().ok());
  EXPECT_EQ(engine.Look(kA).clusters, 2u);
  EXPECT_EQ(engine.Look(kA).hash, StoredHash(store, kA));
}

INSTANTIATE_TEST_SUITE_P(Errors, FailedCommit, ::testing::Values(kFull, kRefused));

TEST_F(EngineTest, ABatchOfWorldsThatFailsIsUndoneInAllOfThem) {
  ASSERT_TRUE(engine.AddCluster(kA, "a").get().ok());
  store.Hold();
  std::future<absl::Status> first = engine.AddCluster("333333333333", "holds the committer");
  store.AwaitHeld();
  std::future<absl::Status> a = engine.AddCluster(kA, "lost");
  std::future<absl::Status> b = engine.AddCluster(kB, "lost");
  for (const char* account : {kA, kB}) {  // both strands have handed over
    ASSERT_TRUE(engine
                    .Submit(account,
                            [](Step& step) {
                              step.SawOnly();
                              return absl::OkStatus();
                            })
                    .get()
                    .ok());
  }
  store.FailCommits(kFull, 2);
  store.Release();
  EXPECT_EQ(first.get().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(a.get().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(b.get().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(engine.Look(kA).clusters, 1u);
  EXPECT_EQ(engine.Look(kB).clusters, 0u);
  EXPECT_EQ(StoredHash(store, kB), 0u);
}

TEST_F(EngineTest, AStepThatRunsWhileAFailureIsSettledIsUndoneToo) {
  store.Hold();
  std::future<absl::Status> lost = engine.AddCluster(kA, "lost");
  store.AwaitHeld();
  std::promise<void> running;
  std::promise<void> go_on;
  std::future<absl::Status> midway = engine.Submit(kA, [&](Step& step) {
    running.set_value();
    go_on.get_future().wait();
    model::Cluster row;
    row.serial = step.state.NewSerial();
    row.region = "us-east-1";
    row.name = "built on it";
    step.state.Insert(std::move(row));
    return absl::OkStatus();
  });
  running.get_future().wait();
  store.FailCommits(kFull);
  store.Release();
  EXPECT_EQ(lost.get().code(), absl::StatusCode::kInternal);  // settled
  go_on.set_value();
  EXPECT_EQ(midway.get().code(), absl::StatusCode::kInternal);
  // As many steps again as were lost: their sequence numbers come a second time.
  EXPECT_TRUE(engine.AddCluster(kA, "one").get().ok());
  EXPECT_TRUE(engine.AddCluster(kA, "two").get().ok());
  EXPECT_EQ(engine.Look(kA).clusters, 2u);
  EXPECT_EQ(engine.Look(kA).hash, StoredHash(store, kA));
}

TEST_F(EngineTest, AnAdvanceThatIsUndoneSaysSoAndTheClockIsWhereTheDiskHasIt) {
  ASSERT_TRUE(engine.AddDueRows(kA, 10).get().ok());
  const std::uint64_t before = engine.Look(kA).hash;
  store.FailCommits(kFull);
  const auto result = engine.Advance(kA, {.by_ms = 20 * model::kSecondMs}).get();
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
  const RunningEngine::Facts after = engine.Look(kA);
  EXPECT_EQ(after.hash, before);
  EXPECT_EQ(after.now_ms, kEpoch);
  const auto again = engine.Advance(kA, {.by_ms = 20 * model::kSecondMs}).get();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->items_fired, 10u);
}

TEST_F(EngineTest, AWorldWhoseFirstCommitFailsBeginsAgain) {
  store.FailCommits(kFull);
  const auto moved = engine.SetClock(kA, {.mode = ClockMode::kWall, .speed = 10.0}).get();
  EXPECT_EQ(moved.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(engine.Look(kA).now_ms, kEpoch);
  const auto advanced = engine.Advance(kA, {.by_ms = 1'000}).get();  // virtual as at first
  ASSERT_TRUE(advanced.ok());
  EXPECT_EQ(advanced->now_ms, kEpoch + 1'000);
}

TEST_F(EngineTest, AnAdvanceStopsBetweenSlicesWhenItsCallerGaveUp) {
  ASSERT_TRUE(engine.AddDueRows(kA, 4'000).get().ok());
  int asked = 0;
  const auto result =
      engine.Advance(kA, {.by_ms = 2 * model::kHourMs, .cancelled = [&asked] { return ++asked > 1; }}).get();
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->cancelled);
  EXPECT_GT(result->items_fired, 0u);
  EXPECT_LT(result->items_fired, 4'000u);
  const RunningEngine::Facts facts = engine.Look(kA);
  EXPECT_EQ(facts.tokens, 4'000u - result->items_fired);
  EXPECT_EQ(facts.now_ms, result->now_ms);
  EXPECT_EQ(facts.hash, StoredHash(store, kA));
}

TEST_F(EngineTest, AnAdvanceParksWhileTooMuchOfItsWorkIsUndurable) {
  control::Settings settings = testing::VirtualSettings();
  settings.parked_rows_planner = 100;
  ScriptedStore slow;
  RunningEngine parked(slow, settings);
  ASSERT_TRUE(parked.Start().ok());
  ASSERT_TRUE(parked.AddDueRows(kA, 4'000).get().ok());
  const int commits = slow.commits();
  slow.Hold();
  auto answer = parked.Advance(kA, {.by_ms = 2 * model::kHourMs});
  slow.AwaitHeld();
  EXPECT_TRUE(IsOpen(answer));
  slow.Release();
  const auto result = answer.get();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->items_fired, 4'000u);
  EXPECT_GT(slow.commits(), commits + 3);  // several slices, none of them far ahead of the disk
}

TEST_F(EngineTest, SettingNowFiresWhatIsDueUntilThen) {
  ASSERT_TRUE(engine.AddDueRows(kA, 10).get().ok());
  const auto view = engine.SetClock(kA, {.now_ms = kEpoch + 5'000}).get();
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->now_ms, kEpoch + 5'000);
  EXPECT_EQ(view->mode, ClockMode::kVirtual);
  EXPECT_EQ(engine.Look(kA).tokens, 5u);
}

TEST_F(EngineTest, AClockChangeThatIsRefusedChangesNothing) {
  ASSERT_TRUE(engine.AddCluster(kA, "one").get().ok());
  const int commits = store.commits();
  struct Bad {
    Engine::ClockChange change;
    absl::StatusCode code;
  };
  const std::vector<Bad> table = {
      {{.speed = 2.0, .now_ms = kEpoch - 1}, absl::StatusCode::kInvalidArgument},
      {{.mode = ClockMode::kWall, .now_ms = kEpoch + 1}, absl::StatusCode::kFailedPrecondition},
      {{.now_ms = kEpoch + Engine::kAdvanceMaxMs + 1}, absl::StatusCode::kInvalidArgument},
  };
  for (const Bad& bad : table) EXPECT_EQ(engine.SetClock(kA, bad.change).get().status().code(), bad.code);
  EXPECT_EQ(engine.Look(kA).now_ms, kEpoch);
  EXPECT_EQ(store.commits(), commits);
  EXPECT_TRUE(engine.Advance(kA, {.by_ms = 1}).get().ok());  // virtual still
}

TEST_F(EngineTest, AWallClockCannotBeAdvanced) {
  ASSERT_TRUE(engine.SetClock(kA, {.mode = ClockMode::kWall}).get().ok());
  EXPECT_EQ(engine.Advance(kA, {.by_ms = 1}).get().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(EngineTest, WhatIsDueOnAWallClockFiresWithoutACommand) {
  ASSERT_TRUE(engine.SetClock(kA, {.mode = ClockMode::kWall, .speed = 1'000.0}).get().ok());
  ASSERT_TRUE(engine.AddDueRows(kA, 3).get().ok());
  const int commits = store.commits();
  // The timer's own commits; nothing is submitted meanwhile.
  while (store.commits() < commits + 1) std::this_thread::yield();
  EXPECT_LT(engine.Look(kA).tokens, 3u);
}

TEST(Engine, OneWorldTooManyIsRefused) {
  ScriptedStore store;
  control::Settings settings = testing::VirtualSettings();
  settings.max_worlds = 1;
  RunningEngine engine(store, settings);
  EXPECT_EQ(engine.AddCluster(kA, "early").get().code(), absl::StatusCode::kUnavailable);  // not started
  ASSERT_TRUE(engine.Start().ok());
  EXPECT_TRUE(engine.AddCluster(kA, "one").get().ok());
  EXPECT_EQ(engine.AddCluster(kB, "two").get().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Engine, AStoredWorldComesBackAsItWas) {
  ScriptedStore store;
  std::uint64_t hash = 0;
  {
    RunningEngine engine(store);
    ASSERT_TRUE(engine.Start().ok());
    ASSERT_TRUE(engine.AddDueRows(kA, 5).get().ok());
    ASSERT_TRUE(engine.Advance(kA, {.by_ms = 2'000}).get().ok());
    hash = engine.Look(kA).hash;
  }
  RunningEngine engine(store);
  ASSERT_TRUE(engine.Start().ok());
  const RunningEngine::Facts facts = engine.Look(kA);
  EXPECT_EQ(facts.hash, hash);
  EXPECT_EQ(facts.tokens, 3u);
  EXPECT_EQ(facts.now_ms, kEpoch + 2'000);
}

}  // namespace
}  // namespace ecsmi::control
