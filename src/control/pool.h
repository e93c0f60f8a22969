#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "ecsmi/base/lock.h"

namespace ecsmi::control {

// The threads on which strands run and replies are finished. Jobs start in the order they were posted. Thread-safe.
class Pool {
 public:
  explicit Pool(std::size_t threads);
  ~Pool();  // runs what was posted, then joins
  void Post(std::function<void()> job);
  // Returns once no job waits or runs.
  void Quiesce();

 private:
  void Run();
  base::Mutex mutex_;
  base::CondVar changed_;
  base::CondVar rested_;
  std::deque<std::function<void()>> jobs_ ABSL_GUARDED_BY(mutex_);
  std::size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace ecsmi::control
