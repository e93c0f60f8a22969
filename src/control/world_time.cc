// What a world's clock has shown and must not take back (docs/decisions/0009). A daemon that is killed comes back with
// the time of its last commit. Where that lies behind what was shown since, each commit carries a lease: a moment a
// little ahead, up to which answers may go without another commit, and from which shown time goes on after a kill. A
// wall clock at the host's pace needs none, since shown time follows the host after a restart.
#include <algorithm>

#include "control/world.h"

namespace ecsmi::control {
namespace {

// Of host time. A read of an idle world costs a commit this often at most; after a kill the clock is ahead by as much.
constexpr double kLeaseMs = 10'000;
// The host's two clocks are read one after the other. Less than a daemon takes to start.
constexpr model::DurationMs kClockSlackMs = 10;

}  // namespace

model::TimeMs World::ShownNow() {
  base::MutexLock lock(mutex_);
  const model::TimeMs now = hand_.At(host_.clock.SteadyMs());
  if (hand_.mode == ClockMode::kVirtual) return now + hand_.shown_ahead_ms;
  // Asked beside the strand nobody can wait for a commit: it is the newest moment that is safe to show.
  model::TimeMs safe = leased_ms_;
  const bool follows_host = hand_.speed == 1.0 && host_.settings.epoch_ms == 0;
  if (safe != model::kNever && follows_host) safe = std::max(safe, host_.clock.WallMs() - hand_.shown_ahead_ms);
  return std::min(now, safe) + hand_.shown_ahead_ms;
}

bool World::NeedsLease() const {
  if (own_.mode == ClockMode::kVirtual) return false;
  return own_.speed != 1.0 || host_.settings.epoch_ms != 0 ||
         ShownTime(own_.shown, Now()) > host_.clock.WallMs() + kClockSlackMs;
}

model::CommitSeq World::LeaseFor(model::TimeMs now) {
  // Nothing is stored of a world that was only read: it begins anew.
  if (state_->newest_seq() == 0 || !NeedsLease()) return 0;
  if (own_.lease_ms == model::kUnset || now > own_.lease_ms) HandOver(/*even_if_empty=*/true);
  return lease_seq_;
}

void World::ExtendLease(model::CommitSeq seq) {
  if (!NeedsLease()) return;
  const auto length = time_kept_ ? 0 : static_cast<model::DurationMs>(kLeaseMs * std::max(own_.speed, 1.0));
  const model::TimeMs now = Now();
  if (!time_kept_ && own_.lease_ms != model::kUnset && now + length / 2 <= own_.lease_ms) return;
  own_.lease_ms = now + length;
  lease_seq_ = seq;
  base::MutexLock lock(mutex_);
  next_lease_ms_ = own_.lease_ms;
  next_lease_seq_ = seq;
}

void World::KeepTime() {
  if (own_.mode == ClockMode::kVirtual || state_->newest_seq() == 0) return;
  time_kept_ = true;
  HandOver(/*even_if_empty=*/true);
}

model::DurationMs World::ShownAheadAfterDowntime(model::TimeMs running) const {
  const model::DurationMs before = own_.shown.empty() ? 0 : own_.shown.back().offset_ms;
  model::DurationMs ahead = before;
  if (own_.lease_ms != model::kUnset) ahead = std::max(ahead, before + own_.lease_ms - running);
  if (own_.speed == 1.0 && host_.settings.epoch_ms == 0) ahead = std::max(ahead, host_.clock.WallMs() - running);
  return ahead;
}

}  // namespace ecsmi::control
