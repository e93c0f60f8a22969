#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/ports/store.h"
#include "store/connection.h"
#include "store/retention.h"
#include "store/sqlite_store.h"
#include "store/tables.h"

namespace ecsmi::store {

// The one connection that writes, with its statements. One thread at a time (the store's gate).
class Writer {
 public:
  // `connection` from OpenWriterConnection.
  static absl::StatusOr<std::unique_ptr<Writer>> Create(Connection connection, const SqliteStoreOptions& options);

  // One transaction for all items; after an error none of it is stored. Codes as in ports::CommitDone.
  // REQUIRES: per item, a world number and serials within their bounds, rows sorted by (table, serial), a rising seq.
  absl::Status Commit(std::span<const ports::CommitItem> items);
  absl::Status Settle();

  // Frames in the log as of the newest commit: what the checkpointer goes by. 0 in memory.
  int log_frames() const { return *log_frames_; }

  // The log's last checkpoint, before the connection closes. Keeps a log file that was grown on purpose (wal_pregrow.h)
  // and leaves it holding next to nothing, so that the next start has nothing to read back.
  absl::Status FinishLog();
  // Instead, after a failed fsync: closing leaves the log alone, for it may be all that the disk has.
  void LeaveLog();

  // In memory, reads go through this connection too.
  Connection& connection() { return connection_; }

 private:
  // A row of the batch, where it goes. Sorted by (table, key, item): neighbours share pages.
  struct Placed {
    std::size_t table = 0;
    std::int64_t key = 0;
    std::size_t item = 0;
    const model::RowChange* row = nullptr;
  };
  struct RowStatements {
    Statement upsert;
    Statement erase;
  };

  explicit Writer(Connection connection, const SqliteStoreOptions& options);

  absl::Status WriteAll(std::span<const ports::CommitItem> items);
  // Checks seq and lease and writes the world's row; gives the count of records that its history then holds.
  absl::StatusOr<std::int64_t> WriteWorld(const ports::CommitItem& item);
  absl::Status WriteRows(std::span<const ports::CommitItem> items);
  absl::Status WriteRow(const ports::CommitItem& item, const Placed& placed);
  absl::StatusOr<RowStatements*> StatementsOf(std::size_t table);

  Connection connection_;
  const std::string engine_version_;
  const std::string catalog_hash_;
  // On the heap: SQLite's hook keeps its address.
  std::unique_ptr<int> log_frames_ = std::make_unique<int>(0);

  Statement begin_;
  Statement commit_;
  Statement insert_world_;
  Statement update_world_;
  Statement insert_segment_;
  std::array<RowStatements, kTables.size()> rows_;  // prepared at first use
  std::unique_ptr<Retention> retention_;
  std::vector<Placed> placed_;  // kept for its memory
};

}  // namespace ecsmi::store
