#pragma once

#include <deque>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "ecsmi/base/lock.h"

namespace ecsmi::control {

// The threads on which strands run and replies are finished. Jobs start in the order they were posted. Thread-safe.
class Pool {
 public:
  using Job = absl::AnyInvocable<void()>;
  explicit Pool(std::size_t threads);
  ~Pool();  // runs what was posted, then joins
  void Post(Job job);
  // Returns once no job waits or runs.
  void Quiesce();

 private:
  void Run();
  base::Mutex mutex_;
  base::CondVar changed_;
  base::CondVar rested_;
  std::deque<Job> jobs_ ABSL_GUARDED_BY(mutex_);
  std::size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace ecsmi::control
