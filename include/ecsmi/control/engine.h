#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ecsmi/control/command.h"
#include "ecsmi/control/settings.h"
#include "ecsmi/ports/catalog.h"
#include "ecsmi/ports/clock.h"
#include "ecsmi/ports/store.h"

namespace ecsmi::control {

struct ClockView {
  ClockMode mode = ClockMode::kWall;
  double speed = 1.0;
  model::TimeMs now_ms = 0;  // shown
};

struct AdvanceResult {
  model::TimeMs now_ms = 0;  // shown
  std::uint64_t items_fired = 0;
  bool quiescent = false;
  bool cancelled = false;
  std::string last_moved;  // "task 3f2a… RUNNING"
  std::string next_due;    // empty when nothing is due
  model::TimeMs next_due_ms = model::kNever;
};

// All worlds, the pool they run on, the committer and the timer. Thread-safe. Owns its threads; the store, catalogue
// and clock outlive it.
class Engine {
 public:
  Engine(Settings settings, ports::Store& store, const ports::Catalog& catalog, ports::HostClock& clock);
  ~Engine();

  // Loads every stored world. Until it returned OK, Submit answers UNAVAILABLE.
  absl::Status Start();
  // Answers every command that waits (a long poll) as it is; from then on none waits. Before a door is shut, whose last
  // calls would otherwise hold it open.
  void StopWaiting();
  // Stops taking commands (UNAVAILABLE), finishes those taken, then stops the threads. Idempotent.
  void Stop();

  // Hands a command to the world of `account` (12 digits).
  void Submit(std::string_view account, std::unique_ptr<Command> command);

  // Runs due items in order up to `until_ms` (shown time), or until nothing in the foreground is due when `quiesce`. In
  // slices, other commands of the world wait; `cancelled` is asked between slices. Virtual worlds only: else
  // FAILED_PRECONDITION.
  struct AdvanceOptions {
    model::TimeMs until_ms = model::kNever;
    model::DurationMs by_ms = 0;  // relative alternative to until_ms, when > 0
    bool quiesce = false;
    std::function<bool()> cancelled;
  };
  void Advance(std::string_view account, AdvanceOptions options,
               std::function<void(absl::StatusOr<AdvanceResult>)> done);
  void SetClock(std::string_view account, ClockMode mode, double speed,
                std::function<void(absl::StatusOr<ClockView>)> done);
  void ResetWorld(std::string_view account, std::function<void(absl::Status)> done);

  const Settings& settings() const;
  // Why the engine does not serve, empty when it does (promise 1: a failed commit says what happened).
  std::string Trouble() const;

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace ecsmi::control
