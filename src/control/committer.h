#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "control/world.h"
#include "ecsmi/base/lock.h"

namespace ecsmi::control {

// The one thread that writes: takes what all worlds handed over and stores it in one transaction, as soon as the
// previous one is done. It never lingers for more: waiting costs every caller and gains no rate.
class Committer {
 public:
  // `trouble_changed` is called, on the committer's thread, after Trouble() began or ended.
  Committer(ports::Store& store, std::function<void()> trouble_changed);
  ~Committer();  // stores what was handed over, then joins
  void Submit(CommitJob job);
  // Nothing waits or is being written: what is handed over now is written at once. A hint, true or not any more.
  bool Idle() const { return !busy_.load(std::memory_order_relaxed); }
  // Returns once everything handed over is stored (or has failed and been settled).
  void Flush();
  // What a failed commit said, while it is being settled; empty otherwise.
  std::string Trouble() const;

 private:
  void Run();
  void Fail(const std::vector<CommitJob>& batch, const absl::Status& status);
  void SetTrouble(std::string trouble);

  ports::Store& store_;
  const std::function<void()> trouble_changed_;
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  base::CondVar rested_;
  std::deque<CommitJob> jobs_ ABSL_GUARDED_BY(mutex_);
  std::string trouble_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> busy_{false};  // set with mutex_ held: something waits or is being written
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ecsmi::control
