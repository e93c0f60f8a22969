#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/connection.h"
#include "store/file_lock.h"
#include "store/sqlite_store.h"

namespace ecsmi::store {

// True for ":memory:", which has one connection and no files.
bool IsInMemory(const std::string& path);

// A database file that is ours: its one real path, so that a link and its target share a lock, and that lock.
struct OwnedFile {
  std::string path;
  FileLock lock;
};
// Makes the folders (0700) and the file (0600) where missing. Errors, each with what to do: INVALID_ARGUMENT when the
// file is no database, PERMISSION_DENIED when it cannot be written, UNAVAILABLE when it is in use.
absl::StatusOr<OwnedFile> OwnFile(const std::string& path);

// A connection for commits, migrated; for reads; for checkpoints. `path` from OwnFile, or ":memory:".
absl::StatusOr<Connection> OpenWriterConnection(const std::string& path, Durability durability);
absl::StatusOr<Connection> OpenReaderConnection(const std::string& path);
absl::StatusOr<Connection> OpenCheckpointConnection(const std::string& path, Durability durability);

}  // namespace ecsmi::store
