#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "ecsmi/base/lock.h"
#include "store/connection.h"
#include "store/gate.h"

namespace ecsmi::store {

// Moves the log into the database file, on a thread and a connection of its own, so that no commit does it.
//
// A passive checkpoint beside a busy writer always misses the newest frames, so the log would never begin anew and grow
// without end. Hence two steps: it first copies freely beside commits; then it takes the commits' gate for one last,
// short checkpoint, after which the next commit begins the log anew. It waits with the gate for a moment in which
// nobody commits, and forces it only when the log is nearly as long as it was grown to be.
//
// The thread sleeps on a condition: no ticks while nothing is written.
class Checkpointer {
 public:
  struct Options {
    bool pregrow = false;  // grow the log once there is work (wal_pregrow.h)
    int copy_frames = 4000;
    int force_frames = 15'000;  // a frame is a page of 4096 bytes and 24 more: 62 MB
  };
  // `connection` from OpenCheckpointConnection. `gate` must outlive this; whoever commits holds it.
  Checkpointer(Connection connection, Gate& gate, const Options& options);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // After each commit: the log holds `frames`. Cheap; wakes the thread when there is enough to do.
  void NoteCommit(int frames);

  // Ends the thread; what is in the log stays there. Once is enough.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

  // DATA_LOSS after an fsync of ours failed. SQLite would try again and be told that all is well, while the kernel has
  // dropped the pages; so nobody may go on. Other errors are no harm: the log still holds everything, and is tried
  // again.
  absl::Status failure() ABSL_LOCKS_EXCLUDED(mutex_);
  bool failed() const { return failed_.load(std::memory_order_acquire); }

 private:
  // The first work of a store is to grow its log, and that only for one which is used at all.
  static constexpr int kFirstWorkFrames = 256;

  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  void WorkOnce() ABSL_LOCKS_EXCLUDED(mutex_);
  void WaitForQuiet() ABSL_LOCKS_EXCLUDED(mutex_);
  // True when everything in the log is in the file.
  bool Copy() ABSL_LOCKS_EXCLUDED(mutex_);
  void Fail(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);

  Connection connection_;  // the thread's alone
  Gate& gate_;
  const Options options_;
  bool grown_ = false;  // the thread's alone

  std::atomic<int> frames_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<int> wake_at_frames_{std::numeric_limits<int>::max()};  // NoteCommit notifies from here on
  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};

  base::Mutex mutex_;
  base::CondVar changed_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace ecsmi::store
