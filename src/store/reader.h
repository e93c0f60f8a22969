#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/ports/store.h"
#include "store/connection.h"
#include "store/tables.h"

namespace ecsmi::store {

// What the store can be asked, over one connection. Each call sees one consistent snapshot. One thread at a time.
class Reader {
 public:
  // Reads through `connection`, which must outlive this.
  explicit Reader(Connection& connection) : connection_(connection) {}

  absl::StatusOr<std::vector<ports::StoredWorld>> ListWorlds();
  absl::StatusOr<ports::StoredWorld> ReadWorld(ports::WorldNumber world);
  absl::Status LoadWorld(ports::WorldNumber world, const ports::Store::RowSink& sink);
  absl::StatusOr<std::vector<ports::Store::LogSegment>> ReadLog(ports::WorldNumber world, model::CommitSeq from_seq,
                                                                std::size_t limit, model::CommitSeq* floor);

 private:
  // `statement` with `sql` prepared in it; statements live as long as the reader, for 10,000 small worlds would
  // otherwise spend most of their loading in the SQL parser.
  absl::Status Ready(Statement& statement, const std::string& sql);
  absl::Status LoadTable(std::size_t table, ports::WorldNumber world, const ports::Store::RowSink& sink);

  Connection& connection_;
  Statement list_worlds_;
  Statement read_world_;
  Statement log_floor_;
  Statement read_log_;
  std::array<Statement, kTables.size()> load_;
};

// Readers with connections of their own, made when needed and kept: two loads may run beside each other and beside
// commits.
class ReaderPool {
 public:
  explicit ReaderPool(std::string path) : path_(std::move(path)) {}

  struct Entry {
    explicit Entry(Connection made) : connection(std::move(made)), reader(connection) {}
    Connection connection;
    Reader reader;  // after the connection: its statements go first
  };
  absl::StatusOr<std::unique_ptr<Entry>> Take() ABSL_LOCKS_EXCLUDED(mutex_);
  void GiveBack(std::unique_ptr<Entry> entry) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  static constexpr std::size_t kIdleMax = 4;
  const std::string path_;
  base::Mutex mutex_;
  std::vector<std::unique_ptr<Entry>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ecsmi::store
