#include "store/wal_pregrow.h"

#include <vector>

namespace ecsmi::store {
namespace {

// Holding the gate for one piece costs a commit well below a millisecond.
constexpr std::int64_t kPieceBytes = std::int64_t{1} << 20;

}  // namespace

absl::Status PregrowLog(Connection& connection, Gate& gate, bool (*stopping)(const void*), const void* argument) {
  sqlite3_file* const log = connection.log_file();
  if (log == nullptr) return absl::OkStatus();
  const std::vector<char> zeros(static_cast<std::size_t>(kPieceBytes), '\0');
  while (!stopping(argument)) {
    {
      const GateLock lock(gate);
      sqlite3_int64 size = 0;
      if (log->pMethods->xFileSize(log, &size) != SQLITE_OK || size >= kLogPregrownBytes) return absl::OkStatus();
      if (log->pMethods->xWrite(log, zeros.data(), static_cast<int>(zeros.size()), size) != SQLITE_OK) {
        return absl::OkStatus();
      }
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
