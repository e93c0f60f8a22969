#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "builders/world_fixture.h"
#include "clock/real_clock.h"
#include "ecsmi/control/engine.h"

namespace ecsmi::testing {

// True when the answer has not come. (A promise that is broken shows as an answer.)
template <typename T>
bool IsOpen(const std::future<T>& answer) {
  return answer.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
}

inline control::Settings VirtualSettings() {
  control::Settings settings;
  settings.clock = control::ClockMode::kVirtual;
  return settings;
}

// An engine with its threads over a store that the test keeps.
class RunningEngine {
 public:
  explicit RunningEngine(ports::Store& store, control::Settings settings = VirtualSettings())
      : engine_(std::move(settings), store, TestCatalog(), clock_) {}

  absl::Status Start() { return engine_.Start(); }
  control::Engine& operator*() { return engine_; }
  control::Engine* operator->() { return &engine_; }

  // The command's outcome, once it is durable.
  std::future<absl::Status> Submit(const std::string& account, std::function<absl::Status(control::Step&)> run) {
    auto promise = std::make_shared<std::promise<absl::Status>>();
    std::future<absl::Status> answer = promise->get_future();
    engine_.Submit(account, std::make_unique<FunctionCommand>(std::move(run), [promise](absl::Status status) {
                     promise->set_value(std::move(status));
                   }));
    return answer;
  }
  std::future<absl::StatusOr<control::AdvanceResult>> Advance(const std::string& account,
                                                              control::Engine::AdvanceOptions options) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<control::AdvanceResult>>>();
    auto answer = promise->get_future();
    engine_.Advance(account, std::move(options), [promise](absl::StatusOr<control::AdvanceResult> result) {
      promise->set_value(std::move(result));
    });
    return answer;
  }
  std::future<absl::StatusOr<control::ClockView>> SetClock(const std::string& account,
                                                           control::Engine::ClockChange change) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<control::ClockView>>>();
    auto answer = promise->get_future();
    engine_.SetClock(account, std::move(change),
                     [promise](absl::StatusOr<control::ClockView> view) { promise->set_value(std::move(view)); });
    return answer;
  }

  // Usual commands.
  std::future<absl::Status> AddCluster(const std::string& account, const std::string& name) {
    return Submit(account, [name](control::Step& step) {
      model::Cluster row;
      row.serial = step.state.NewSerial();
      row.region = "us-east-1";
      row.name = name;
      row.created_at = step.now;
      step.state.Insert(std::move(row));
      return absl::OkStatus();
    });
  }
  // `count` rows, the first due a second from now, each later one a second after; each goes when it is due.
  std::future<absl::Status> AddDueRows(const std::string& account, int count) {
    return Submit(account, [count](control::Step& step) {
      for (int i = 0; i < count; ++i) {
        model::Token row;
        row.serial = step.state.NewSerial();
        row.scope = "test";
        row.token = std::to_string(i);
        row.due_at = step.now + (i + 1) * model::kSecondMs;
        step.state.Insert(std::move(row));
      }
      return absl::OkStatus();
    });
  }
  struct Facts {
    std::size_t clusters = 0;
    std::size_t tokens = 0;
    std::uint64_t hash = 0;
    model::TimeMs now_ms = 0;
  };
  Facts Look(const std::string& account) {
    Facts facts;
    const absl::Status status = Submit(account, [&facts](control::Step& step) {
                                  facts.clusters = step.state.table<model::Cluster>().size();
                                  facts.tokens = step.state.table<model::Token>().size();
                                  facts.hash = step.state.state_hash();
                                  facts.now_ms = step.now;
                                  return absl::OkStatus();
                                }).get();
    EXPECT_TRUE(status.ok()) << status;
    return facts;
  }

 private:
  clock::RealClock clock_;
  control::Engine engine_;
};

// The hash of the rows a store holds for an account, computed from them alone; 0 when it has no such world.
inline std::uint64_t StoredHash(ports::Store& store, const std::string& account) {
  const auto worlds = store.ListWorlds();
  EXPECT_TRUE(worlds.ok()) << worlds.status();
  for (const ports::StoredWorld& world : *worlds) {
    if (world.account != account) continue;
    model::State state;
    EXPECT_TRUE(
        store
            .LoadWorld(world.number, [&](model::TableId table, model::Serial serial,
                                         std::string_view bytes) { return state.LoadRow(table, serial, bytes).ok(); })
            .ok());
    // FinishLoad compares with the hash that was stored beside the rows.
    EXPECT_TRUE(state.FinishLoad(world.header).ok());
    return state.state_hash();
  }
  return 0;
}

}  // namespace ecsmi::testing
