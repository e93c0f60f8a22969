#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/btree_set.h"
#include "ecsmi/control/command.h"

namespace ecsmi::control {

// A command that waits for something to happen to a row (Step::park).
struct WaitingCommand {
  std::unique_ptr<Command> command;
  model::Serial row = model::kNoSerial;
  model::TimeMs deadline = model::kNever;           // running axis
  std::int64_t steady_deadline_ms = model::kNever;  // HostClock::SteadyMs: a standing world hangs nobody
  std::uint64_t turn = 0;                           // first come, first served; kept when it waits again
};

// The commands that wait in one world, by row and by deadline. Strand only.
class WaitingCommands {
 public:
  bool empty() const { return by_turn_.empty(); }
  // False when as many wait as may; those whose clients went away are dropped before that is said.
  bool HasRoom();
  void Add(WaitingCommand waiting);
  // The one that waits longest for `row`; those whose clients went away are dropped on the way.
  std::optional<WaitingCommand> TakeFirst(model::Serial row);
  // One whose world deadline lies before `world`, or whose wall deadline has come.
  std::optional<WaitingCommand> TakeEnded(model::TimeMs world_before, std::int64_t steady_ms);
  std::optional<WaitingCommand> TakeAny();

  // The earliest deadlines; kNever without any.
  model::TimeMs FirstDeadline() const;
  std::int64_t FirstSteadyDeadline() const;

 private:
  using Key = std::pair<std::int64_t, std::uint64_t>;  // (deadline, turn)
  WaitingCommand Take(std::uint64_t turn);
  void DropAbandoned();

  std::map<std::uint64_t, WaitingCommand> by_turn_;
  absl::btree_set<std::pair<model::Serial, std::uint64_t>> by_row_;
  absl::btree_set<Key> by_deadline_;
  absl::btree_set<Key> by_steady_deadline_;
  std::uint64_t next_turn_ = 1;
};

}  // namespace ecsmi::control
