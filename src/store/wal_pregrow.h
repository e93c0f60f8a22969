#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "store/connection.h"
#include "store/gate.h"

namespace ecsmi::store {

// A write-ahead log whose blocks are already written and allocated commits 1.2 to 1.9 times as many rows a second as
// one that still grows: each fsync of a growing file also waits for the file system's journal. (fallocate would not do:
// blocks that were never written are journalled at their first write all the same.)
//
// So zeros are appended to the log, behind what SQLite has written. That is within the format: frames count only up to
// the first whose checksum and salt do not fit, and SQLite itself leaves longer logs than it uses. The rejected way, a
// large transaction rolled back, costs the start some 150 ms and holds the writer all that time.
inline constexpr std::int64_t kLogPregrownBytes = std::int64_t{64} << 20;

// Grows the log to kLogPregrownBytes, in pieces: each is written with `gate` held, for SQLite appends to the same file,
// and made durable without. `connection` is the caller's own, in WAL mode. Stops early, at a piece, when `stopping`
// says so. OK also when the disk has no room: the log then grows as it always would. DATA_LOSS when an fsync failed.
absl::Status PregrowLog(Connection& connection, Gate& gate, bool (*stopping)(const void*), const void* argument)
    ABSL_LOCKS_EXCLUDED(gate);

bool IsLogPregrown(Connection& connection);

}  // namespace ecsmi::store
