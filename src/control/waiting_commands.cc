#include "control/waiting_commands.h"

#include <cstddef>
#include <vector>

#include "ecsmi/base/check.h"

namespace ecsmi::control {
namespace {
// Enough for every consumer of a big test, few enough that clients which poll and vanish cost little.
constexpr std::size_t kWaitingMax = 4'096;
}  // namespace

bool WaitingCommands::HasRoom() {
  if (by_turn_.size() >= kWaitingMax) DropAbandoned();
  return by_turn_.size() < kWaitingMax;
}

void WaitingCommands::DropAbandoned() {
  std::vector<std::uint64_t> gone;
  for (const auto& [turn, waiting] : by_turn_) {
    if (waiting.command->Abandoned()) gone.push_back(turn);
  }
  for (const std::uint64_t turn : gone) Take(turn).command->Finish(absl::CancelledError("the client went away"));
}

void WaitingCommands::Add(WaitingCommand waiting) {
  if (waiting.turn == 0) waiting.turn = next_turn_++;
  by_row_.emplace(waiting.row, waiting.turn);
  by_deadline_.emplace(waiting.deadline, waiting.turn);
  by_steady_deadline_.emplace(waiting.steady_deadline_ms, waiting.turn);
  const std::uint64_t turn = waiting.turn;
  by_turn_.emplace(turn, std::move(waiting));
}

WaitingCommand WaitingCommands::Take(std::uint64_t turn) {
  auto node = by_turn_.extract(turn);
  ECSMI_CHECK(!node.empty());
  WaitingCommand waiting = std::move(node.mapped());
  by_row_.erase({waiting.row, turn});
  by_deadline_.erase({waiting.deadline, turn});
  by_steady_deadline_.erase({waiting.steady_deadline_ms, turn});
  return waiting;
}

std::optional<WaitingCommand> WaitingCommands::TakeFirst(model::Serial row) {
  while (true) {
    const auto at = by_row_.lower_bound({row, 0});
    if (at == by_row_.end() || at->first != row) return std::nullopt;
    WaitingCommand waiting = Take(at->second);
    if (!waiting.command->Abandoned()) return waiting;
    waiting.command->Finish(absl::CancelledError("the client went away"));
  }
}

std::optional<WaitingCommand> WaitingCommands::TakeEnded(model::TimeMs world_before, std::int64_t steady_ms) {
  if (FirstDeadline() < world_before) return Take(by_deadline_.begin()->second);
  if (!empty() && FirstSteadyDeadline() <= steady_ms) return Take(by_steady_deadline_.begin()->second);
  return std::nullopt;
}

std::optional<WaitingCommand> WaitingCommands::TakeAny() {
  if (empty()) return std::nullopt;
  return Take(by_turn_.begin()->first);
}

model::TimeMs WaitingCommands::FirstDeadline() const {
  return by_deadline_.empty() ? model::kNever : by_deadline_.begin()->first;
}
std::int64_t WaitingCommands::FirstSteadyDeadline() const {
  return by_steady_deadline_.empty() ? model::kNever : by_steady_deadline_.begin()->first;
}

}  // namespace ecsmi::control
