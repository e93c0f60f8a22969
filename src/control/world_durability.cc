// A world's answers: they leave when what they saw is on disk, or say that it never will be (promise 1).
#include <algorithm>
#include <utility>

#include "control/world.h"

namespace ecsmi::control {
namespace {

constexpr std::size_t kAnswersInline = 2;

absl::Status Undone() {
  return absl::InternalError("the change could not be written and was undone");
}

}  // namespace

void World::Answer(model::CommitSeq seq, absl::Status status, Finish finish) {
  {
    base::MutexLock lock(mutex_);
    const bool durable = seq <= durable_seq_.load();
    if (state_generation_ != generation_.load()) {
      // A commit failed and was settled while this step ran: its state is about to be thrown away.
      if (!durable) status = Undone();
    } else if (!durable || blocked_) {
      waiters_.push_back({seq, std::move(status), std::move(finish)});
      return;
    }
  }
  finish(std::move(status));
}

void World::WhenDurable(Finish done) {
  Answer(std::max(state_->newest_seq(), LeaseFor(Now())), absl::OkStatus(), std::move(done));
}

void World::Committed(model::CommitSeq seq, std::size_t rows) {
  std::vector<Waiter> ready;
  bool unpark = false;
  {
    base::MutexLock lock(mutex_);
    durable_seq_.store(seq);
    if (next_lease_seq_ != 0 && next_lease_seq_ <= seq) {
      leased_ms_ = next_lease_ms_;
      next_lease_seq_ = 0;
    }
    const std::size_t left = undurable_rows_.fetch_sub(rows) - rows;
    // In the order they were given; only the few that wait for a later commit stay.
    std::vector<Waiter> later;
    ready.reserve(waiters_.size());
    for (Waiter& waiter : waiters_) (waiter.seq <= seq ? ready : later).push_back(std::move(waiter));
    waiters_ = std::move(later);
    if (parked_ && left <= parked_rows_) {
      parked_ = false;
      unpark = scheduled_ = true;
    }
  }
  if (unpark) host_.post([this] { Drain(); });
  host_.committed(*this);
  if (ready.empty()) return;
  // Few answers leave from here: handing them over would cost more. Many leave in two jobs at most, so that the next
  // fsync does not wait for them.
  if (ready.size() <= kAnswersInline) return FinishAll(ready);
  const auto middle = ready.begin() + static_cast<std::ptrdiff_t>(ready.size() / 2);
  std::vector<Waiter> rest(std::make_move_iterator(middle), std::make_move_iterator(ready.end()));
  ready.erase(middle, ready.end());
  host_.post([first = std::move(ready)]() mutable { FinishAll(first); });
  host_.post([second = std::move(rest)]() mutable { FinishAll(second); });
}

void World::FinishAll(std::vector<Waiter>& waiters) {
  for (Waiter& waiter : waiters) waiter.finish(std::move(waiter.status));
}

void World::CommitFailed() {
  base::MutexLock lock(mutex_);
  blocked_ = true;
}

void World::FailureSettled() {
  std::vector<Waiter> failed;
  bool post = false;
  {
    base::MutexLock lock(mutex_);
    const model::CommitSeq durable = durable_seq_.load();
    for (Waiter& waiter : waiters_) {
      if (waiter.seq > durable) waiter.status = Undone();
    }
    failed.swap(waiters_);
    next_lease_seq_ = 0;
    generation_ += 1;
    reload_ = true;
    blocked_ = false;
    parked_ = false;
    // The step during which the commit failed may still be running; it finds the order to reload when it ends.
    post = !std::exchange(scheduled_, true);
  }
  host_.post([failed = std::move(failed)]() mutable { FinishAll(failed); });
  if (post) host_.post([this] { Drain(); });
}

}  // namespace ecsmi::control
