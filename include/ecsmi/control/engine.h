#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "ecsmi/control/command.h"
#include "ecsmi/control/events.h"
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

  // Loads every stored world. Until it returned OK, Submit answers UNAVAILABLE. Called once.
  absl::Status Start();
  // Answers every command that waits (a long poll) as it is and ends every watch; from then on none waits. Before a
  // door is shut, whose last calls would otherwise hold it open.
  void StopWaiting();
  // Stops taking commands (UNAVAILABLE), ends clock advances at their next slice, finishes what was taken and waits
  // until all of it is durable: as long as a failed commit cannot be settled, for ever (promise 1: nobody is answered
  // before). Idempotent, one caller at a time.
  void Stop();

  // Hands a command to the world of `account` (12 digits). One that only reads makes no world (see
  // Command::OnlyReads); any other does, and is answered RESOURCE_EXHAUSTED when that would be one too many.
  void Submit(std::string_view account, std::unique_ptr<Command> command);

  // How far a clock is moved by one call.
  static constexpr model::DurationMs kAdvanceMaxMs = 3'650 * model::kDayMs;
  // Runs due items in order up to `until_ms` (shown time), or until nothing in the foreground is due when `quiesce`. In
  // slices, other commands of the world wait; `cancelled` is asked between slices. Errors: FAILED_PRECONDITION when the
  // clock is not virtual, INVALID_ARGUMENT when the moment lies in the past or further off than kAdvanceMaxMs,
  // UNAVAILABLE when the engine stops first.
  struct AdvanceOptions {
    model::TimeMs until_ms = model::kNever;
    model::DurationMs by_ms = 0;  // relative alternative to until_ms, when > 0
    bool quiesce = false;
    std::function<bool()> cancelled{};
  };
  void Advance(std::string_view account, AdvanceOptions options,
               std::function<void(absl::StatusOr<AdvanceResult>)> done);
  // What is absent stays. `now_ms` (shown) moves a clock that is, or becomes, virtual: what is due until then fires
  // first, as in Advance. Errors as there; then nothing has changed.
  struct ClockChange {
    std::optional<ClockMode> mode{};
    std::optional<double> speed{};
    std::optional<model::TimeMs> now_ms{};
    std::function<bool()> cancelled{};
  };
  void SetClock(std::string_view account, ClockChange change, std::function<void(absl::StatusOr<ClockView>)> done);
  void ResetWorld(std::string_view account, std::function<void(absl::Status)> done);

  // The accounts that have a world, in order: those after `after`, at most `max`.
  std::vector<std::string> Accounts(std::string_view after, std::size_t max) const;

  // The account's history, as it goes on. Makes no world: of an account that has none it waits for its first event. The
  // engine outlives the watch.
  std::shared_ptr<EventWatch> WatchEvents(std::string_view account, const WatchOptions& options);

  // The shown time of the account's world now; of one that does not exist, the moment at which it would begin.
  model::TimeMs ShownNow(std::string_view account) const;

  const Settings& settings() const;
  // Why the engine does not serve, empty when it does (promise 1: a failed commit says what happened).
  std::string Trouble() const;
  // Called, on any thread, after Trouble() became or ceased to be empty; one listener, null for none. Returns when the
  // former one is not running and never will be again. The listener must not call this.
  void OnTroubleChange(std::function<void()> listener);

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace ecsmi::control
