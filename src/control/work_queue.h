#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"

namespace ecsmi::control {

// A strand's work in line. What was begun goes on before all else. Then commands that only read and other work take
// turns: a read passes by writes that nobody has been answered for yet, so that it is not held up by a burst of them,
// and writes do not starve. Each kind keeps its own order. Guarded by the strand's lock.
template <typename Strand>
class WorkQueue {
 public:
  // False = not done: to be given back, and called again after others of the pool had their turn.
  using Work = absl::AnyInvocable<bool(Strand&)>;

  void Push(Work work, bool only_reads) { (only_reads ? reads_ : others_).push_back(std::move(work)); }
  // REQUIRES: nothing else was given back since the last Pop.
  void GiveBack(Work work) { begun_ = std::move(work); }
  // REQUIRES: not empty.
  Work Pop() {
    if (begun_) {
      Work work = *std::exchange(begun_, std::nullopt);
      return work;
    }
    read_last_ = !reads_.empty() && (others_.empty() || !read_last_);
    std::deque<Work>& from = read_last_ ? reads_ : others_;
    Work work = std::move(from.front());
    from.pop_front();
    return work;
  }
  bool empty() const { return !begun_ && reads_.empty() && others_.empty(); }

 private:
  std::optional<Work> begun_;
  std::deque<Work> reads_;
  std::deque<Work> others_;
  bool read_last_ = false;
};

}  // namespace ecsmi::control
