#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ecsmi/base/lock.h"
#include "ecsmi/ports/store.h"

namespace ecsmi::testing {

// A store in memory that does as told: holds commits back, fails them, fails to settle. Keeps what it accepted, as a
// disk would, and checks expected sequence numbers. Thread-safe.
class ScriptedStore final : public ports::Store {
 public:
  // Commits wait from now on, until Release.
  void Hold() {
    base::MutexLock lock(mutex_);
    held_ = true;
  }
  void Release() {
    base::MutexLock lock(mutex_);
    held_ = false;
    changed_.NotifyAll();
  }
  // The next `count` commits fail with `status`.
  void FailCommits(absl::Status status, int count = 1) {
    base::MutexLock lock(mutex_);
    failure_ = std::move(status);
    failures_ = count;
  }
  // Every n-th commit fails; 0 = none.
  void FailEvery(int n) {
    base::MutexLock lock(mutex_);
    fail_every_ = n;
  }
  // Settling fails until Recover.
  void Break(absl::Status status) {
    base::MutexLock lock(mutex_);
    broken_ = std::move(status);
  }
  void Recover() {
    base::MutexLock lock(mutex_);
    broken_ = absl::OkStatus();
  }
  // Returns once a commit is being held back.
  void AwaitHeld() {
    base::MutexLock lock(mutex_);
    while (waiting_ == 0) changed_.Wait(mutex_);
  }
  // Returns once Settle was called `count` times in all.
  void AwaitSettles(int count) {
    base::MutexLock lock(mutex_);
    while (settles_ < count) changed_.Wait(mutex_);
  }
  int commits() {
    base::MutexLock lock(mutex_);
    return commits_;
  }

  void Commit(std::span<const ports::CommitItem> items, ports::CommitDone done) override { done(CommitNow(items)); }

  absl::Status Settle() override {
    base::MutexLock lock(mutex_);
    ++settles_;
    changed_.NotifyAll();
    return broken_;
  }

  absl::StatusOr<std::vector<ports::StoredWorld>> ListWorlds() override {
    base::MutexLock lock(mutex_);
    std::vector<ports::StoredWorld> list;
    for (const auto& [number, world] : worlds_) list.push_back(world.head);
    return list;
  }
  absl::Status LoadWorld(ports::WorldNumber number, const RowSink& row) override {
    std::map<std::pair<model::TableId, model::Serial>, std::string> rows;
    {
      base::MutexLock lock(mutex_);
      rows = worlds_[number].rows;
    }
    for (const auto& [key, bytes] : rows) {
      if (!row(key.first, key.second, bytes)) return absl::CancelledError("the reader has enough");
    }
    return absl::OkStatus();
  }
  absl::StatusOr<ports::StoredWorld> ReadWorld(ports::WorldNumber number) override {
    base::MutexLock lock(mutex_);
    const auto at = worlds_.find(number);
    if (at == worlds_.end()) return absl::NotFoundError("no such world");
    return at->second.head;
  }
  absl::StatusOr<std::vector<LogSegment>> ReadLog(ports::WorldNumber number, model::CommitSeq from_seq,
                                                  std::size_t limit, model::CommitSeq* floor) override {
    base::MutexLock lock(mutex_);
    std::vector<LogSegment> segments;
    const std::map<model::CommitSeq, std::string>& log = log_[number];
    if (floor != nullptr) *floor = log.empty() ? 0 : log.begin()->first;
    for (auto at = log.lower_bound(from_seq); at != log.end() && segments.size() < limit; ++at) {
      segments.push_back({at->first, at->second});
    }
    return segments;
  }
  // Forgets every world's history before that commit.
  void Trim(model::CommitSeq seq) {
    base::MutexLock lock(mutex_);
    for (auto& [number, log] : log_) log.erase(log.begin(), log.lower_bound(seq));
  }

 private:
  struct World {
    ports::StoredWorld head;
    std::map<std::pair<model::TableId, model::Serial>, std::string> rows;
  };

  absl::Status CommitNow(std::span<const ports::CommitItem> items) {
    base::MutexLock lock(mutex_);
    ++waiting_;
    changed_.NotifyAll();
    while (held_) changed_.Wait(mutex_);
    --waiting_;
    ++commits_;
    if (failures_ > 0) {
      --failures_;
      return failure_;
    }
    if (fail_every_ > 0 && commits_ % fail_every_ == 0) return absl::ResourceExhaustedError("the disk is full");
    std::map<ports::WorldNumber, World> after;
    for (const ports::CommitItem& item : items) {
      auto [at, first] = after.try_emplace(item.world);
      if (first && worlds_.contains(item.world)) at->second = worlds_[item.world];
      if (at->second.head.header.seq != item.expected_seq) return absl::AbortedError("not the expected sequence");
      at->second.head.number = item.world;
      at->second.head.account = std::string(item.account);
      at->second.head.header = item.changes->header;
      for (const model::RowChange& row : item.changes->rows) {
        if (row.erased) {
          at->second.rows.erase({row.table, row.serial});
        } else {
          at->second.rows[{row.table, row.serial}] = std::string(item.changes->BytesOf(row));
        }
      }
    }
    for (auto& [number, world] : after) worlds_[number] = std::move(world);
    for (const ports::CommitItem& item : items) {
      log_[item.world][item.changes->header.seq] = model::EncodeSegment(*item.changes);
    }
    return absl::OkStatus();
  }

  base::Mutex mutex_;
  base::CondVar changed_;
  std::map<ports::WorldNumber, World> worlds_ ABSL_GUARDED_BY(mutex_);
  std::map<ports::WorldNumber, std::map<model::CommitSeq, std::string>> log_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  absl::Status broken_ ABSL_GUARDED_BY(mutex_);
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
  int fail_every_ ABSL_GUARDED_BY(mutex_) = 0;
  int commits_ ABSL_GUARDED_BY(mutex_) = 0;
  int settles_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace ecsmi::testing
