#include "control/committer.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/log.h"
#include "ecsmi/base/thread_name.h"

namespace ecsmi::control {
namespace {

// At most this many rows per transaction: bounds how long one commit keeps the next callers waiting.
constexpr std::size_t kBatchRowsMax = 4'096;
constexpr std::chrono::milliseconds kSettleFirst{20};
constexpr std::chrono::milliseconds kSettleMax{1'000};

// After a failed fsync nobody knows what the disk holds: ending is the only honest answer.
[[noreturn]] void DieOf(const absl::Status& status) {
  base::Die(absl::StrCat("what the disk holds is unknown: ", status.message()));
}

}  // namespace

Committer::Committer(ports::Store& store, std::function<void()> trouble_changed)
    : store_(store), trouble_changed_(std::move(trouble_changed)), thread_([this] {
        base::NameThread("ecsmi-commit");
        Run();
      }) {}

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
    busy_.store(true, std::memory_order_relaxed);
  }
  changed_.NotifyOne();
}

void Committer::Flush() {
  base::MutexLock lock(mutex_);
  while (busy_.load(std::memory_order_relaxed)) rested_.Wait(mutex_);
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
      if (jobs_.empty()) {
        busy_.store(false, std::memory_order_relaxed);
        rested_.NotifyAll();
      }
      while (jobs_.empty() && !stopping_) changed_.Wait(mutex_);
      if (jobs_.empty()) return;
      for (std::size_t rows = 0; !jobs_.empty() && rows < kBatchRowsMax; jobs_.pop_front()) {
        // Built on a lost step: its world is being read back.
        if (jobs_.front().generation != jobs_.front().world->generation()) continue;
        rows += jobs_.front().changes.rows.size();
        batch.push_back(std::move(jobs_.front()));
      }
    }
    if (batch.empty()) continue;
    std::vector<ports::CommitItem> items;
    items.reserve(batch.size());
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
      Fail(batch, status);
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

void Committer::Fail(const std::vector<CommitJob>& batch, const absl::Status& status) {
  if (absl::IsDataLoss(status)) DieOf(status);
  std::map<ports::WorldNumber, World*> worlds;
  for (const CommitJob& job : batch) worlds[job.world->number()] = job.world;
  SetTrouble(std::string(status.message()));
  base::LogError("commit failed", {{"worlds", absl::StrCat(worlds.size())}, {"error", status.ToString()}});
  for (const auto& [number, world] : worlds) world->CommitFailed();
  // No answer leaves before a settling commit has shown that the failed batch is gone.
  for (std::chrono::milliseconds pause = kSettleFirst;; pause = std::min(pause * 2, kSettleMax)) {
    const absl::Status settled = store_.Settle();
    if (settled.ok()) break;
    if (absl::IsDataLoss(settled)) DieOf(settled);
    const auto until = std::chrono::steady_clock::now() + pause;
    base::MutexLock lock(mutex_);
    while (changed_.WaitUntil(mutex_, until)) {
    }
  }
  SetTrouble("");
  base::LogInfo("commits work again", {{"worlds read back", absl::StrCat(worlds.size())}});
  for (const auto& [number, world] : worlds) world->FailureSettled();
}

void Committer::SetTrouble(std::string trouble) {
  {
    base::MutexLock lock(mutex_);
    trouble_ = std::move(trouble);
  }
  trouble_changed_();
}

}  // namespace ecsmi::control
