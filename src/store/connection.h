#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ecsmi::store {

// A prepared statement. Owns the sqlite3_stmt; must not outlive the connection it came from. One thread at a time.
// Bound text and blobs are not copied: they must stay until Reset() or the next Run().
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}

  Statement& Bind(int parameter, std::int64_t value);
  Statement& BindBlob(int parameter, std::string_view bytes);
  Statement& BindText(int parameter, std::string_view text);
  Statement& BindNull(int parameter);

  // SQLITE_ROW, SQLITE_DONE or an error code.
  int Step() { return sqlite3_step(raw_.get()); }
  // Steps to the end, resets, and gives SQLITE_OK or an error code: for statements whose rows are of no interest.
  int Run();
  void Reset() { sqlite3_reset(raw_.get()); }

  std::int64_t Integer(int column) const { return sqlite3_column_int64(raw_.get(), column); }
  // Valid until the next Step() or Reset(). Text columns are read with it too.
  std::string_view Bytes(int column) const;

  explicit operator bool() const { return raw_ != nullptr; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
};

// Resets a statement at the end of a scope, also when the scope is left early: a statement left in the middle keeps its
// snapshot, which would keep the log from starting anew.
class StatementScope {
 public:
  explicit StatementScope(Statement& statement) : statement_(statement) {}
  ~StatementScope() { statement_.Reset(); }
  StatementScope(const StatementScope&) = delete;
  StatementScope& operator=(const StatementScope&) = delete;

 private:
  Statement& statement_;
};

// Owns one sqlite3 handle, opened without SQLite's own mutex: one thread at a time. The statements made from it must be
// gone before it is.
class Connection {
 public:
  // `path` is a file, created if missing, or ":memory:".
  static absl::StatusOr<Connection> Open(const std::string& path);

  // Runs statements that give no rows of interest (pragmas, DDL, BEGIN).
  absl::Status Execute(const std::string& sql);
  // The first column of the first row; empty when there is none.
  absl::StatusOr<std::string> QueryText(const std::string& sql);
  absl::StatusOr<std::int64_t> QueryInteger(const std::string& sql);
  // `persistent`: kept for long and used often; SQLite then allocates it outside its small lookaside memory.
  absl::StatusOr<Statement> Prepare(std::string_view sql, bool persistent);

  // Ends a transaction if one is open. SQLite has mostly rolled back by itself when a write failed, and a second
  // ROLLBACK would be an error of its own.
  void RollbackIfOpen();

  // The words and code for `result`, which the newest call on this connection gave. See store.h for the codes.
  absl::Status ErrorOf(int result, std::string_view doing) const;

  // SQLite's own handle of the write-ahead log; null when this connection has not begun to use one.
  sqlite3_file* log_file() const;

  sqlite3* raw() const { return raw_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }
  };
  explicit Connection(sqlite3* raw) : raw_(raw) {}
  std::unique_ptr<sqlite3, Close> raw_;
};

}  // namespace ecsmi::store
