#include "store/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ecsmi::store {
namespace {

std::string OwnerOf(int descriptor) {
  std::array<char, 32> buffer{};
  const ssize_t size = pread(descriptor, buffer.data(), buffer.size(), 0);
  if (size <= 0) return "another process";
  const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  return absl::StrCat("process ", std::string(text.substr(0, text.find('\n'))));
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Acquire(const std::string& database_path) {
  const std::string path = database_path + ".lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return absl::PermissionDeniedError(absl::StrCat("cannot create ", path, ": ", std::strerror(errno),
                                                    ". Give --db a path in a folder this user may write to, or "
                                                    "use --db=:memory: to keep nothing."));
  }
  FileLock lock(descriptor);
  int result = flock(descriptor, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR) result = flock(descriptor, LOCK_EX | LOCK_NB);
  if (result != 0 && errno == EWOULDBLOCK) {
    return absl::UnavailableError(absl::StrCat("the database ", database_path, " is in use by ", OwnerOf(descriptor),
                                               ". Stop it first, or give this one another file (--db=PATH) or "
                                               "none (--db=:memory:)."));
  }
  if (result != 0) {
    return absl::UnavailableError(absl::StrCat("cannot lock ", path, ": ", std::strerror(errno),
                                               ". Keep the database on a local file system (--db=PATH)."));
  }
  // The pid is for people only, so a failure to write it is no reason to refuse.
  const std::string owner = absl::StrCat(getpid(), "\n");
  if (ftruncate(descriptor, 0) == 0) static_cast<void>(!pwrite(descriptor, owner.data(), owner.size(), 0));
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace ecsmi::store
