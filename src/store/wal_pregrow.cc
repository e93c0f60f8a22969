#include "store/wal_pregrow.h"

#include <algorithm>
#include <vector>

#include "ecsmi/base/status.h"

namespace ecsmi::store {
namespace {

// Holding the gate for one piece costs a commit well below a millisecond.
constexpr std::int64_t kPieceBytes = std::int64_t{1} << 20;
// SQLite's file layer takes writes below 128 KiB only.
constexpr std::int64_t kWriteBytes = std::int64_t{64} << 10;

// Appends a piece of zeros. False when there is nothing left to do, or no room.
bool AppendPiece(sqlite3_file* log, const std::vector<char>& zeros) {
  sqlite3_int64 size = 0;
  if (log->pMethods->xFileSize(log, &size) != SQLITE_OK) return false;
  const sqlite3_int64 end = std::min<sqlite3_int64>(size + kPieceBytes, kLogPregrownBytes);
  if (size >= end) return false;
  for (; size < end; size += kWriteBytes) {
    if (log->pMethods->xWrite(log, zeros.data(), static_cast<int>(zeros.size()), size) != SQLITE_OK) return false;
  }
  return true;
}

}  // namespace

absl::Status PregrowLog(Connection& connection, Gate& gate, bool (*stopping)(const void*), const void* argument) {
  // A connection opens its log with its first read.
  ECSMI_RETURN_IF_ERROR(connection.Execute("SELECT count(*) FROM sqlite_schema"));
  sqlite3_file* const log = connection.log_file();
  if (log == nullptr) return absl::OkStatus();
  const std::vector<char> zeros(static_cast<std::size_t>(kWriteBytes), '\0');
  while (!stopping(argument)) {
    {
      const GateLock lock(gate);
      if (!AppendPiece(log, zeros)) return absl::OkStatus();
    }
    const int result = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    if (result != SQLITE_OK) return connection.ErrorOf(result, "growing the log");
  }
  return absl::OkStatus();
}

bool IsLogPregrown(Connection& connection) {
  sqlite3_file* const log = connection.log_file();
  sqlite3_int64 size = 0;
  return log != nullptr && log->pMethods->xFileSize(log, &size) == SQLITE_OK && size >= kLogPregrownBytes;
}

}  // namespace ecsmi::store
