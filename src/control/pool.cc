#include "control/pool.h"

#include <utility>

#include "ecsmi/base/thread_name.h"

namespace ecsmi::control {

Pool::Pool(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this] {
      base::NameThread("ecsmi-strand");
      Run();
    });
}

Pool::~Pool() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

void Pool::Post(Job job) {
  {
    base::MutexLock lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.NotifyOne();
}

void Pool::Quiesce() {
  base::MutexLock lock(mutex_);
  while (running_ > 0 || !jobs_.empty()) rested_.Wait(mutex_);
}

void Pool::Run() {
  while (true) {
    Job job;
    {
      base::MutexLock lock(mutex_);
      while (jobs_.empty() && !stopping_) changed_.Wait(mutex_);
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      ++running_;
    }
    job();
    job = nullptr;  // what it captured goes before it counts as done
    base::MutexLock lock(mutex_);
    if (--running_ == 0 && jobs_.empty()) rested_.NotifyAll();
  }
}

}  // namespace ecsmi::control
