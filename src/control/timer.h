#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <thread>

#include "ecsmi/base/lock.h"
#include "ecsmi/ports/clock.h"

namespace ecsmi::control {

// One thread that sleeps until the next wish is due: no ticks. A wish belongs to a key (a world); setting it replaces
// the older one. Thread-safe.
class Timer {
 public:
  Timer(ports::HostClock& clock, std::function<void(std::uint64_t key)> fire);
  ~Timer();
  // Nothing fires after it returned; wishes still made are kept and forgotten. Idempotent.
  void Stop();
  // `at_steady_ms` on HostClock::SteadyMs; kNever withdraws the wish.
  void Set(std::uint64_t key, std::int64_t at_steady_ms);

 private:
  void Run();
  ports::HostClock& clock_;
  const std::function<void(std::uint64_t)> fire_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::map<std::uint64_t, std::int64_t> wishes_ ABSL_GUARDED_BY(mutex_);
  std::multimap<std::int64_t, std::uint64_t> order_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ecsmi::control
