#include "control/committer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

namespace ecsmi::control {
namespace {

// At most this many rows per transaction: bounds how long one commit keeps the next callers waiting.
constexpr std::size_t kBatchRowsMax = 4'096;
constexpr std::chrono::milliseconds kSettleFirst{20};
constexpr std::chrono::milliseconds kSettleMax{1'000};

// After a failed fsync nobody knows what the disk holds: ending is the only honest answer (EX_IOERR).
[[noreturn]] void Die(const absl::Status& status) {
  std::fprintf(stderr, "ecsmi: ending at once: fsync failed and what the disk holds is unknown: %s\n",
               std::string(status.message()).c_str());
  std::_Exit(74);
}

}  // namespace

Committer::Committer(ports::Store& store) : store_(store), thread_([this] { Run(); }) {}

Committer::~Committer() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void Committer::Submit(CommitJob job) {
  {
    base::MutexLock lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.NotifyOne();
}

void Committer::Flush() {
  base::MutexLock lock(mutex_);
  while (busy_ || !jobs_.empty()) rested_.Wait(mutex_);
}

std::string Committer::Trouble() const {
  base::MutexLock lock(mutex_);
  return trouble_;
}

void Committer::Run() {
  while (true) {
    std::vector<CommitJob> batch;
    {
      base::MutexLock lock(mutex_);
      busy_ = false;
      if (jobs_.empty()) rested_.NotifyAll();
      while (jobs_.empty() && !stopping_) changed_.Wait(mutex_);
      if (jobs_.empty()) return;
      busy_ = true;
      for (std::size_t rows = 0; !jobs_.empty() && rows < kBatchRowsMax;) {
        rows += jobs_.front().changes.rows.size();
        batch.push_back(std::move(jobs_.front()));
        jobs_.pop_front();
      }
    }
    std::vector<ports::CommitItem> items;
    for (const CommitJob& job : batch) {
      items.push_back({.world = job.world->number(),
                       .account = job.world->account(),
                       .lease_epoch = 0,
                       .expected_seq = job.changes.header.seq - 1,
                       .changes = &job.changes});
    }
    base::Mutex done_mutex;
    base::CondVar done_changed;
    bool done = false;
    absl::Status status;
    store_.Commit(items, [&](absl::Status result) {
      base::MutexLock lock(done_mutex);
      status = std::move(result);
      done = true;
      done_changed.NotifyOne();
    });
    {
      base::MutexLock lock(done_mutex);
      while (!done) done_changed.Wait(done_mutex);
    }
    if (!status.ok()) {
      Fail(std::move(batch), status);
      continue;
    }
    // Per world: the newest seq and all rows of the batch, in one call.
    std::map<ports::WorldNumber, std::pair<const CommitJob*, std::size_t>> newest;
    for (const CommitJob& job : batch) {
      auto& entry = newest[job.world->number()];
      entry.first = &job;
      entry.second += job.changes.rows.size();
    }
    for (const auto& [number, entry] : newest) {
      entry.first->world->Committed(entry.first->changes.header.seq, entry.second);
    }
  }
}

void Committer::Fail(std::vector<CommitJob> batch, const absl::Status& status) {
  if (absl::IsDataLoss(status)) Die(status);
  std::map<ports::WorldNumber, World*> worlds;
  for (const CommitJob& job : batch) worlds[job.world->number()] = job.world;
  {
    base::MutexLock lock(mutex_);
    trouble_ = std::string(status.message());
  }
  for (const auto& [number, world] : worlds) world->CommitFailed();
  // No answer leaves before a settling commit has shown that the failed batch is gone.
  for (std::chrono::milliseconds pause = kSettleFirst;; pause = std::min(pause * 2, kSettleMax)) {
    const absl::Status settled = store_.Settle();
    if (settled.ok()) break;
    if (absl::IsDataLoss(settled)) Die(settled);
    base::MutexLock lock(mutex_);
    if (stopping_) break;
    changed_.WaitUntil(mutex_, std::chrono::steady_clock::now() + pause);
  }
  {
    base::MutexLock lock(mutex_);
    // Later steps of these worlds were built on the lost one.
    std::erase_if(jobs_, [&](const CommitJob& job) {
      return worlds.contains(job.world->number()) && job.generation == job.world->generation();
    });
    trouble_.clear();
  }
  for (const auto& [number, world] : worlds) world->FailureSettled();
}

}  // namespace ecsmi::control
