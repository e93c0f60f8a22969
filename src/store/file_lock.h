#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ecsmi::store {

// Says that this process is the one that uses a database file: an exclusive flock on `<path>.lock`, which the kernel
// gives back when the process ends, however it ends. The file itself stays; it holds the owner's pid for the message.
// (SQLite's own locks would let two engines in: they keep writers apart for one transaction only.)
class FileLock {
 public:
  // UNAVAILABLE when another process holds it, with that process's pid; PERMISSION_DENIED when the file cannot be made.
  // Never waits.
  static absl::StatusOr<FileLock> Acquire(const std::string& database_path);

  FileLock() = default;
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace ecsmi::store
