#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/ports/store.h"

namespace ecsmi::testing {

// A store in memory that remembers every step, so that it can be opened again as it was after any of them, and that
// fails when told to. Thread-safe.
class MemoryStore final : public ports::Store {
 public:
  void Commit(std::span<const ports::CommitItem> items, ports::CommitDone done) override {
    absl::Status status;
    {
      base::MutexLock lock(mutex_);
      status = TryCommit(items);
    }
    done(std::move(status));
  }

  absl::Status Settle() override {
    base::MutexLock lock(mutex_);
    if (failing_settles_ == 0) return absl::OkStatus();
    --failing_settles_;
    return absl::ResourceExhaustedError("the simulated disk is full");
  }

  absl::StatusOr<std::vector<ports::StoredWorld>> ListWorlds() override {
    base::MutexLock lock(mutex_);
    std::vector<ports::StoredWorld> worlds;
    for (const auto& [number, world] : worlds_) worlds.push_back(world.row);
    return worlds;
  }

  absl::Status LoadWorld(ports::WorldNumber number, const RowSink& row) override {
    std::map<Key, std::string> rows;
    {
      base::MutexLock lock(mutex_);
      rows = worlds_[number].rows;
    }
    for (const auto& [key, bytes] : rows) {
      if (!row(key.first, key.second, bytes)) return absl::CancelledError("the reader stopped");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ports::StoredWorld> ReadWorld(ports::WorldNumber number) override {
    base::MutexLock lock(mutex_);
    const auto at = worlds_.find(number);
    if (at == worlds_.end()) return absl::NotFoundError("no such world");
    return at->second.row;
  }

  absl::StatusOr<std::vector<LogSegment>> ReadLog(ports::WorldNumber number, model::CommitSeq from_seq,
                                                  std::size_t limit, model::CommitSeq* floor) override {
    base::MutexLock lock(mutex_);
    if (floor != nullptr) *floor = 1;
    std::vector<LogSegment> segments;
    for (const model::ChangeSet& step : worlds_[number].steps) {
      if (step.header.seq < from_seq || segments.size() >= limit) continue;
      segments.push_back({step.header.seq, model::EncodeSegment(step)});
    }
    return segments;
  }

  // The next `commits` batches fail, and then as many attempts to settle; afterwards the disk has room again.
  void Fail(int commits, int settles) {
    base::MutexLock lock(mutex_);
    failing_commits_ = commits;
    failing_settles_ = settles;
  }

  // The newest step of a world that is stored; 0 when there is none.
  model::CommitSeq NewestSeq(ports::WorldNumber number) {
    base::MutexLock lock(mutex_);
    return worlds_[number].row.header.seq;
  }

  // What a process killed right after step `seq` of world `number` leaves behind.
  std::unique_ptr<MemoryStore> AsOf(ports::WorldNumber number, model::CommitSeq seq) {
    auto copy = std::make_unique<MemoryStore>();
    base::MutexLock lock(mutex_);
    base::MutexLock other(copy->mutex_);
    for (const auto& [other_number, world] : worlds_) {
      for (const model::ChangeSet& step : world.steps) {
        if (other_number == number && step.header.seq > seq) break;
        copy->Apply(other_number, world.row.account, step);
      }
    }
    return copy;
  }

  // Every stored row of a world as text, for a comparison byte by byte.
  std::string Dump(ports::WorldNumber number) {
    base::MutexLock lock(mutex_);
    std::string dump;
    for (const auto& [key, bytes] : worlds_[number].rows) {
      dump += std::to_string(static_cast<int>(key.first)) + ":" + std::to_string(key.second) + ":" + bytes + "\n";
    }
    return dump;
  }

 private:
  using Key = std::pair<model::TableId, model::Serial>;
  struct World {
    ports::StoredWorld row;
    std::map<Key, std::string> rows;
    std::vector<model::ChangeSet> steps;
  };

  absl::Status TryCommit(std::span<const ports::CommitItem> items) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (failing_commits_ > 0) {
      --failing_commits_;
      return absl::ResourceExhaustedError("the simulated disk is full");
    }
    std::map<ports::WorldNumber, model::CommitSeq> newest;
    for (const ports::CommitItem& item : items) {
      const auto at = newest.emplace(item.world, worlds_[item.world].row.header.seq).first;
      if (at->second != item.expected_seq) return absl::AbortedError("someone else wrote this world");
      at->second = item.changes->header.seq;
    }
    for (const ports::CommitItem& item : items) Apply(item.world, std::string(item.account), *item.changes);
    return absl::OkStatus();
  }

  void Apply(ports::WorldNumber number, std::string account, const model::ChangeSet& step)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    World& world = worlds_[number];
    world.row.number = number;
    world.row.account = std::move(account);
    world.row.header = step.header;
    for (const model::RowChange& row : step.rows) {
      if (row.erased) {
        world.rows.erase({row.table, row.serial});
      } else {
        world.rows[{row.table, row.serial}] = std::string(step.BytesOf(row));
      }
    }
    world.steps.push_back(step);
  }

  base::Mutex mutex_;
  std::map<ports::WorldNumber, World> worlds_ ABSL_GUARDED_BY(mutex_);
  int failing_commits_ ABSL_GUARDED_BY(mutex_) = 0;
  int failing_settles_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace ecsmi::testing
