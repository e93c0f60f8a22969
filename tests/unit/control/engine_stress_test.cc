#include <atomic>
#include <future>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "builders/engine_fixture.h"
#include "builders/scripted_store.h"
#include "gtest/gtest.h"

namespace ecsmi::control {
namespace {

using testing::RunningEngine;
using testing::ScriptedStore;
using testing::StoredHash;

constexpr int kWorlds = 6;
constexpr int kPushers = 6;
constexpr int kPushes = 120;

std::string Account(int world) {
  return "10000000000" + std::to_string(world);
}

TEST(EngineStress, EveryAnsweredWriteIsKeptAndEveryRefusedOneIsGoneWhileCommitsFail) {
  ScriptedStore store;
  RunningEngine engine(store);
  ASSERT_TRUE(engine.Start().ok());
  store.FailEvery(7);
  std::vector<std::map<std::string, std::vector<std::string>>> kept(kPushers);
  std::vector<std::thread> pushers;
  std::atomic<int> inside[kWorlds] = {};
  std::atomic<bool> alone{true};
  for (int pusher = 0; pusher < kPushers; ++pusher) {
    pushers.emplace_back([&, pusher] {
      // Sixteen under way at a time, so that batches hold steps of several worlds.
      struct Open {
        std::string account;
        std::string name;
        std::future<absl::Status> answer;
      };
      std::vector<Open> open;
      const auto drain = [&] {
        for (Open& one : open) {
          const absl::Status status = one.answer.get();
          if (status.ok()) {
            kept[static_cast<std::size_t>(pusher)][one.account].push_back(one.name);
          } else {
            EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
          }
        }
        open.clear();
      };
      for (int push = 0; push < kPushes; ++push) {
        const int world = (pusher + push) % kWorlds;
        const std::string name = "c-" + std::to_string(pusher) + "-" + std::to_string(push);
        open.push_back({Account(world), name, engine.Submit(Account(world), [&, world, name](Step& step) {
                          if (inside[world].fetch_add(1) != 0) alone = false;
                          model::Cluster row;
                          row.serial = step.state.NewSerial();
                          row.region = "us-east-1";
                          row.name = name;
                          step.state.Insert(std::move(row));
                          inside[world].fetch_sub(1);
                          return absl::OkStatus();
                        })});
        if (open.size() == 16) drain();
      }
      drain();
    });
  }
  for (std::thread& pusher : pushers) pusher.join();
  store.FailEvery(0);
  EXPECT_TRUE(alone) << "two threads ran one world";
  std::size_t total = 0;
  for (int world = 0; world < kWorlds; ++world) {
    std::vector<std::string> names;
    for (const auto& of_pusher : kept) {
      const auto at = of_pusher.find(Account(world));
      if (at != of_pusher.end()) names.insert(names.end(), at->second.begin(), at->second.end());
    }
    const RunningEngine::Facts facts = engine.Look(Account(world));
    EXPECT_EQ(facts.clusters, names.size());
    EXPECT_EQ(facts.hash, StoredHash(store, Account(world)));
    const absl::Status status = engine
                                    .Submit(Account(world),
                                            [&](Step& step) {
                                              for (const std::string& name : names) {
                                                EXPECT_NE(step.state.FindCluster("us-east-1", name), model::kNoSerial)
                                                    << name;
                                              }
                                              return absl::OkStatus();
                                            })
                                    .get();
    EXPECT_TRUE(status.ok());
    total += names.size();
  }
  EXPECT_GT(total, 0u);
  EXPECT_LT(total, static_cast<std::size_t>(kPushers * kPushes));
}

TEST(EngineStress, WhatIsSubmittedWhileItStopsIsDoneOrTurnedAwayAndAnsweredOnce) {
  for (int round = 0; round < 5; ++round) {
    ScriptedStore store;
    std::atomic<int> done{0};
    std::atomic<int> answers{0};
    std::atomic<int> submitted{0};
    {
      RunningEngine engine(store);
      ASSERT_TRUE(engine.Start().ok());
      std::vector<std::thread> pushers;
      for (int pusher = 0; pusher < 4; ++pusher) {
        pushers.emplace_back([&, pusher] {
          for (int push = 0; push < 200; ++push) {
            ++submitted;
            engine->Submit(Account(push % kWorlds), std::make_unique<testing::FunctionCommand>(
                                                        [pusher, push](Step& step) {
                                                          model::Cluster row;
                                                          row.serial = step.state.NewSerial();
                                                          row.region = "us-east-1";
                                                          row.name = "c-" + std::to_string(pusher) + "-" +
                                                                     std::to_string(push);
                                                          step.state.Insert(std::move(row));
                                                          return absl::OkStatus();
                                                        },
                                                        [&](absl::Status status) {
                                                          ++answers;
                                                          if (status.ok()) {
                                                            ++done;
                                                          } else {
                                                            EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
                                                          }
                                                        }));
          }
        });
      }
      while (submitted.load() < 100) std::this_thread::yield();
      engine->Stop();
      for (std::thread& pusher : pushers) pusher.join();
      EXPECT_EQ(answers, submitted);
    }
    EXPECT_EQ(answers, submitted);
    RunningEngine engine(store);
    ASSERT_TRUE(engine.Start().ok());
    int found = 0;
    for (int world = 0; world < kWorlds; ++world) found += static_cast<int>(engine.Look(Account(world)).clusters);
    EXPECT_EQ(found, done);
  }
}

TEST(EngineStress, StoppingEndsALongAdvanceAtItsNextSlice) {
  ScriptedStore store;
  RunningEngine engine(store);
  ASSERT_TRUE(engine.Start().ok());
  ASSERT_TRUE(engine.AddDueRows(Account(0), 4'000).get().ok());
  std::promise<void> began;
  bool told = false;
  auto answer = engine.Advance(Account(0), {.by_ms = Engine::kAdvanceMaxMs, .cancelled = [&] {
                                              if (!std::exchange(told, true)) began.set_value();
                                              return false;
                                            }});
  began.get_future().wait();
  engine->Stop();
  const auto result = answer.get();
  if (result.ok()) {
    EXPECT_EQ(result->items_fired, 4'000u);  // it was faster
  } else {
    EXPECT_EQ(result.status().code(), absl::StatusCode::kUnavailable);
  }
}

TEST(EngineStress, ManyClocksMoveAtOnce) {
  ScriptedStore store;
  RunningEngine engine(store);
  ASSERT_TRUE(engine.Start().ok());
  std::vector<std::future<absl::StatusOr<AdvanceResult>>> answers;
  for (int world = 0; world < kWorlds; ++world) {
    ASSERT_TRUE(engine.AddDueRows(Account(world), 1'000).get().ok());
    answers.push_back(engine.Advance(Account(world), {.by_ms = model::kHourMs}));
  }
  for (auto& answer : answers) {
    const auto result = answer.get();
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->items_fired, 1'000u);
  }
}

}  // namespace
}  // namespace ecsmi::control
