#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "store/connection.h"

namespace ecsmi::store {

// One step of the file format: migrations/NNNN_….sql, embedded. Never edited once released.
struct Migration {
  int version = 0;  // NNNN
  std::string name;
  std::string sql;
};

// The steps this engine knows, rising by one from 1.
std::vector<Migration> EmbeddedMigrations();

// Brings the file of `connection` to the newest of `migrations`, each step in its own transaction. The format version
// is the file's user_version, its kind the application_id: both in the header that every SQLite tool shows, and both
// change in the step's transaction. Before the first step of a file that holds something, the file is copied to
// `<path>.before-<newest version>`, replacing an earlier attempt's copy; `path` empty (in memory) copies nothing.
// Errors: FAILED_PRECONDITION when the file is newer than `migrations`, INVALID_ARGUMENT when another program made it,
// RESOURCE_EXHAUSTED, UNAVAILABLE or DATA_LOSS when the disk refuses; the file is then as before.
absl::Status Migrate(Connection& connection, const std::string& path, std::span<const Migration> migrations);

}  // namespace ecsmi::store
