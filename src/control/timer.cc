#include "control/timer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "ecsmi/base/thread_name.h"

namespace ecsmi::control {
namespace {
// Longest single sleep: bounds what a wait far in the future asks of the system's clock arithmetic.
constexpr std::int64_t kSleepMaxMs = 3'600'000;
}  // namespace

Timer::Timer(ports::HostClock& clock, std::function<void(std::uint64_t)> fire)
    : clock_(clock), fire_(std::move(fire)), thread_([this] {
        base::NameThread("ecsmi-timer");
        Run();
      }) {}

Timer::~Timer() {
  Stop();
}

void Timer::Stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

void Timer::Set(std::uint64_t key, std::int64_t at_steady_ms) {
  bool earlier = false;
  {
    base::MutexLock lock(mutex_);
    if (const auto known = wishes_.find(key); known != wishes_.end()) {
      if (known->second == at_steady_ms) return;
      auto [from, to] = order_.equal_range(known->second);
      order_.erase(std::find_if(from, to, [&](const auto& entry) { return entry.second == key; }));
      wishes_.erase(known);
    }
    if (at_steady_ms == model::kNever) return;
    earlier = order_.empty() || at_steady_ms < order_.begin()->first;
    wishes_.emplace(key, at_steady_ms);
    order_.emplace(at_steady_ms, key);
  }
  if (earlier) changed_.NotifyOne();
}

void Timer::Run() {
  mutex_.Lock();
  while (!stopping_) {
    if (order_.empty()) {
      changed_.Wait(mutex_);
      continue;
    }
    const std::int64_t wait_ms = order_.begin()->first - clock_.SteadyMs();
    if (wait_ms > 0) {
      changed_.WaitUntil(mutex_,
                         std::chrono::steady_clock::now() + std::chrono::milliseconds(std::min(wait_ms, kSleepMaxMs)));
      continue;
    }
    const std::uint64_t key = order_.begin()->second;
    order_.erase(order_.begin());
    wishes_.erase(key);
    mutex_.Unlock();
    fire_(key);
    mutex_.Lock();
  }
  mutex_.Unlock();
}

}  // namespace ecsmi::control
