#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "ecsmi/base/lock.h"

namespace ecsmi::store {

// A lock that is given in the order in which it was asked for. A busy committer lets go of it only to take it again at
// once; a plain mutex would mostly give it back to the committer, and the checkpointer would wait without bound while
// the log grows.
class ABSL_LOCKABLE Gate {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    const base::MutexLock lock(mutex_);
    const std::uint64_t turn = next_turn_++;
    while (turn_ != turn) changed_.Wait(mutex_);
  }
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    const base::MutexLock lock(mutex_);
    ++turn_;
    if (turn_ != next_turn_) changed_.NotifyAll();
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  std::uint64_t next_turn_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t turn_ ABSL_GUARDED_BY(mutex_) = 0;
};

class ABSL_SCOPED_LOCKABLE GateLock {
 public:
  explicit GateLock(Gate& gate) ABSL_EXCLUSIVE_LOCK_FUNCTION(gate) : gate_(gate) { gate_.Lock(); }
  ~GateLock() ABSL_UNLOCK_FUNCTION() { gate_.Unlock(); }
  GateLock(const GateLock&) = delete;
  GateLock& operator=(const GateLock&) = delete;

 private:
  Gate& gate_;
};

}  // namespace ecsmi::store
