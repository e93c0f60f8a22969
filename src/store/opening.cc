#include "store/opening.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/status.h"
#include "store/migrate.h"

namespace ecsmi::store {
namespace {

constexpr std::string_view kMagic("SQLite format 3\0", 16);

absl::Status CannotWrite(const std::string& path, int error) {
  return absl::PermissionDeniedError(absl::StrCat("cannot write to ", path, ": ", std::strerror(error),
                                                  ". Give --db a path in a folder this user may write to, or use "
                                                  "--db=:memory: to keep nothing."));
}

// Each missing folder with 0700: what a world holds is its owner's business.
absl::Status MakeFolders(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> missing;
  std::error_code error;
  for (std::filesystem::path at = folder; !at.empty() && !std::filesystem::exists(at, error); at = at.parent_path()) {
    missing.push_back(at);
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    if (mkdir(at->c_str(), 0700) != 0 && errno != EEXIST) return CannotWrite(at->string(), errno);
  }
  return absl::OkStatus();
}

absl::Status RefuseForeignFile(int descriptor, const std::string& path) {
  std::array<char, kMagic.size()> head{};
  const ssize_t size = pread(descriptor, head.data(), head.size(), 0);
  if (size < 0) return CannotWrite(path, errno);
  if (size == 0 || std::string_view(head.data(), static_cast<std::size_t>(size)) == kMagic) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is not a database. Give --db another path; this file is unchanged."));
}

std::string SynchronousPragma(Durability durability) {
  switch (durability) {
    case Durability::kFull:
      return "PRAGMA synchronous=FULL";
    case Durability::kNormal:
      return "PRAGMA synchronous=NORMAL";
    case Durability::kMemory:
      return "PRAGMA synchronous=OFF";
  }
  return "";
}

absl::Status UseLog(Connection& connection, const std::string& path) {
  ECSMI_ASSIGN_OR_RETURN(const std::string mode, connection.QueryText("PRAGMA journal_mode=WAL"));
  if (mode == "wal") return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the file system of ", path,
                                             " offers no shared memory for the database's "
                                             "log. Keep the database on a local file system (--db=PATH)."));
}

absl::Status ConfigureWriter(Connection& connection, const std::string& path, Durability durability) {
  const bool in_memory = IsInMemory(path);
  ECSMI_RETURN_IF_ERROR(connection.Execute("PRAGMA page_size=4096"));
  if (!in_memory) ECSMI_RETURN_IF_ERROR(UseLog(connection, path));
  ECSMI_RETURN_IF_ERROR(connection.Execute(SynchronousPragma(durability)));
  ECSMI_RETURN_IF_ERROR(
      connection.Execute("PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
                         "PRAGMA foreign_keys=OFF"));
  const std::vector<Migration> migrations = EmbeddedMigrations();
  return Migrate(connection, in_memory ? std::string() : path, migrations);
}

}  // namespace

bool IsInMemory(const std::string& path) {
  return path == ":memory:";
}

absl::StatusOr<OwnedFile> OwnFile(const std::string& path) {
  if (path.empty()) return absl::InvalidArgumentError("the path of the database is empty; give --db=PATH or :memory:");
  std::error_code error;
  const std::filesystem::path real = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  if (error) return CannotWrite(path, error.value());
  ECSMI_RETURN_IF_ERROR(MakeFolders(real.parent_path()));
  // The lock comes before the file is opened: closing any descriptor of a file drops all locks that SQLite holds on it
  // in this process, so a second store of ours must be refused before it gets that far.
  ECSMI_ASSIGN_OR_RETURN(FileLock lock, FileLock::Acquire(real.string()));
  const int descriptor = open(real.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return CannotWrite(real.string(), errno);
  const absl::Status status = RefuseForeignFile(descriptor, real.string());
  close(descriptor);
  if (!status.ok()) return status;
  return OwnedFile{.path = real.string(), .lock = std::move(lock)};
}

absl::StatusOr<Connection> OpenWriterConnection(const std::string& path, Durability durability) {
  ECSMI_ASSIGN_OR_RETURN(Connection connection, Connection::Open(path));
  const absl::Status status = ConfigureWriter(connection, path, durability);
  if (status.ok()) return connection;
  if (status.code() != absl::StatusCode::kDataLoss) return status;
  return absl::DataLossError(absl::StrCat(path, ": ", status.message(),
                                          ". Restore a copy of it, try `sqlite3 FILE .recover`, or give --db another "
                                          "path."));
}

absl::StatusOr<Connection> OpenReaderConnection(const std::string& path) {
  ECSMI_ASSIGN_OR_RETURN(Connection connection, Connection::Open(path));
  ECSMI_RETURN_IF_ERROR(connection.Execute("PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0"));
  return connection;
}

absl::StatusOr<Connection> OpenCheckpointConnection(const std::string& path, Durability durability) {
  ECSMI_ASSIGN_OR_RETURN(Connection connection, Connection::Open(path));
  ECSMI_RETURN_IF_ERROR(connection.Execute(SynchronousPragma(durability)));
  ECSMI_RETURN_IF_ERROR(connection.Execute("PRAGMA wal_autocheckpoint=0"));
  return connection;
}

}  // namespace ecsmi::store
