#include "store/connection.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::store {
namespace {

// How long a statement waits for another process that reads the file by hand (the sqlite3 shell) and holds a lock.
constexpr int kBusyTimeoutMs = 5000;

bool IsNoRoom(int result, int system_error) {
  return (result & 0xff) == SQLITE_FULL || system_error == ENOSPC || system_error == EFBIG || system_error == EDQUOT;
}

}  // namespace

Statement& Statement::Bind(int parameter, std::int64_t value) {
  ECSMI_CHECK(sqlite3_bind_int64(raw_.get(), parameter, value) == SQLITE_OK);
  return *this;
}

// A null pointer would bind NULL, which an empty string_view may well hold; nullptr as destructor is SQLITE_STATIC.
Statement& Statement::BindBlob(int parameter, std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();
  ECSMI_CHECK(sqlite3_bind_blob64(raw_.get(), parameter, data, bytes.size(), nullptr) == SQLITE_OK);
  return *this;
}

Statement& Statement::BindText(int parameter, std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  ECSMI_CHECK(sqlite3_bind_text64(raw_.get(), parameter, data, text.size(), nullptr, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::BindNull(int parameter) {
  ECSMI_CHECK(sqlite3_bind_null(raw_.get(), parameter) == SQLITE_OK);
  return *this;
}

int Statement::Run() {
  int result = Step();
  while (result == SQLITE_ROW) result = Step();
  Reset();
  return result == SQLITE_DONE ? SQLITE_OK : result;
}

std::string_view Statement::Bytes(int column) const {
  // In this order, as SQLite's documentation asks: the pointer first, then the size.
  const void* data = sqlite3_column_blob(raw_.get(), column);
  const int size = sqlite3_column_bytes(raw_.get(), column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

absl::StatusOr<Connection> Connection::Open(const std::string& path) {
  sqlite3* raw = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(path.c_str(), &raw, kFlags, nullptr);
  if (raw == nullptr) return absl::ResourceExhaustedError("no memory to open the database");
  Connection connection(raw);
  sqlite3_extended_result_codes(raw, 1);
  if (result != SQLITE_OK) return connection.ErrorOf(result, absl::StrCat("opening ", path));
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  return connection;
}

absl::Status Connection::Execute(const std::string& sql) {
  const int result = sqlite3_exec(raw(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result == SQLITE_OK) return absl::OkStatus();
  return ErrorOf(result, sql);
}

absl::StatusOr<std::string> Connection::QueryText(const std::string& sql) {
  ECSMI_ASSIGN_OR_RETURN(Statement statement, Prepare(sql, /*persistent=*/false));
  const int result = statement.Step();
  if (result == SQLITE_ROW) return std::string(statement.Bytes(0));
  if (result == SQLITE_DONE) return std::string();
  return ErrorOf(result, sql);
}

absl::StatusOr<std::int64_t> Connection::QueryInteger(const std::string& sql) {
  ECSMI_ASSIGN_OR_RETURN(Statement statement, Prepare(sql, /*persistent=*/false));
  const int result = statement.Step();
  if (result == SQLITE_ROW) return statement.Integer(0);
  if (result == SQLITE_DONE) return std::int64_t{0};
  return ErrorOf(result, sql);
}

absl::StatusOr<Statement> Connection::Prepare(std::string_view sql, bool persistent) {
  sqlite3_stmt* raw_statement = nullptr;
  const int result = sqlite3_prepare_v3(raw(), sql.data(), static_cast<int>(sql.size()),
                                        persistent ? SQLITE_PREPARE_PERSISTENT : 0u, &raw_statement, nullptr);
  if (result != SQLITE_OK) return ErrorOf(result, sql);
  return Statement(raw_statement);
}

void Connection::RollbackIfOpen() {
  if (sqlite3_get_autocommit(raw()) == 0) sqlite3_exec(raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

sqlite3_file* Connection::log_file() const {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(raw(), nullptr, SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK) return nullptr;
  return file == nullptr || file->pMethods == nullptr ? nullptr : file;
}

absl::Status Connection::ErrorOf(int result, std::string_view doing) const {
  int system_error = sqlite3_system_errno(raw());
  // A COMMIT that fails does not fill it in (3.40); the log's file, which could not be written, knows.
  if (result == SQLITE_IOERR_WRITE && system_error == 0) {
    sqlite3_file* const log = log_file();
    if (log != nullptr) log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &system_error);
  }
  std::string words = absl::StrCat(sqlite3_errstr(result), " (SQLite code ", result);
  const char* message = sqlite3_errmsg(raw());
  if (message != nullptr && std::strcmp(message, sqlite3_errstr(result)) != 0)
    words = absl::StrCat(message, "; ", words);
  if (system_error != 0) absl::StrAppend(&words, ", ", std::strerror(system_error));
  absl::StrAppend(&words, ") while ", absl::string_view(doing.data(), doing.size()));

  // The kernel may drop pages it could not write and report success the next time, so after a failed fsync nobody knows
  // what the disk holds.
  if (result == SQLITE_IOERR_FSYNC || result == SQLITE_IOERR_DIR_FSYNC) {
    return absl::DataLossError(absl::StrCat("the disk refused to make data durable: ", words));
  }
  const int primary = result & 0xff;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
    return absl::DataLossError(absl::StrCat("the database is damaged: ", words));
  }
  if (IsNoRoom(result, system_error)) {
    return absl::ResourceExhaustedError(absl::StrCat("no room left for the database: ", words));
  }
  return absl::UnavailableError(words);
}

}  // namespace ecsmi::store
