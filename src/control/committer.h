#pragma once

#include <deque>
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
  explicit Committer(ports::Store& store);
  ~Committer();  // stores what was handed over, then joins
  void Submit(CommitJob job);
  // Returns once everything handed over is stored (or has failed).
  void Flush();
  // What a failed commit said, while it is being settled; empty otherwise.
  std::string Trouble() const;

 private:
  void Run();
  void Fail(std::vector<CommitJob> batch, const absl::Status& status);

  ports::Store& store_;
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  base::CondVar rested_;
  std::deque<CommitJob> jobs_ ABSL_GUARDED_BY(mutex_);
  std::string trouble_ ABSL_GUARDED_BY(mutex_);
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ecsmi::control
