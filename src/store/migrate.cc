#include "store/migrate.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::store {
namespace {

// "ecsm" as the four bytes that SQLite keeps for the application's use.
constexpr std::int64_t kApplicationId = 0x6563736d;

absl::Status SyncPath(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return absl::UnavailableError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  const int result = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  if (result == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("cannot make ", path, " durable: ", std::strerror(error)));
}

// Copies the whole database, also what is still in its log, to a name that appears only when the copy is complete.
absl::Status CopyBeside(Connection& connection, const std::string& path, int version) {
  const std::string copy = absl::StrCat(path, ".before-", version);
  const std::string unfinished = copy + ".unfinished";
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  absl::Status status =
      connection.Execute(absl::StrCat("VACUUM INTO '", absl::StrReplaceAll(unfinished, {{"'", "''"}}), "'"));
  if (status.ok()) status = SyncPath(unfinished);
  if (status.ok() && std::rename(unfinished.c_str(), copy.c_str()) != 0) {
    status = absl::UnavailableError(absl::StrCat("cannot rename to ", copy, ": ", std::strerror(errno)));
  }
  if (status.ok()) return SyncPath(std::filesystem::path(copy).parent_path().string());
  std::filesystem::remove(unfinished, ignored);
  return absl::Status(status.code(), absl::StrCat("the database is older than this program and is copied before it is "
                                                  "brought up to date, but the copy failed: ",
                                                  status.message(), ". The database is unchanged."));
}

absl::Status Apply(Connection& connection, const Migration& migration) {
  ECSMI_RETURN_IF_ERROR(connection.Execute("BEGIN IMMEDIATE"));
  absl::Status status = connection.Execute(migration.sql);
  if (status.ok()) {
    status = connection.Execute(
        absl::StrCat("PRAGMA user_version=", migration.version, ";PRAGMA application_id=", kApplicationId, ";COMMIT"));
  }
  if (status.ok()) return status;
  connection.RollbackIfOpen();
  return absl::Status(status.code(), absl::StrCat("migration ", migration.name, " failed: ", status.message()));
}

}  // namespace

absl::Status Migrate(Connection& connection, const std::string& path, std::span<const Migration> migrations) {
  ECSMI_CHECK(!migrations.empty());
  const int newest = migrations.back().version;
  ECSMI_ASSIGN_OR_RETURN(const std::int64_t version, connection.QueryInteger("PRAGMA user_version"));
  ECSMI_ASSIGN_OR_RETURN(const std::int64_t application, connection.QueryInteger("PRAGMA application_id"));
  ECSMI_ASSIGN_OR_RETURN(const std::int64_t objects, connection.QueryInteger("SELECT count(*) FROM sqlite_schema"));
  if (application != kApplicationId && (version != 0 || application != 0 || objects != 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is a database of another program. Give --db another path; this file is unchanged."));
  }
  if (version > newest) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " has format ", version, ", but this program knows formats up to ", newest,
        ": a newer version wrote it. Use that version, or give --db another path. If an older copy was kept, it is ",
        path, ".before-", version, "; this file is unchanged."));
  }
  if (version == newest) return absl::OkStatus();
  if (version > 0 && !path.empty()) ECSMI_RETURN_IF_ERROR(CopyBeside(connection, path, newest));
  for (const Migration& migration : migrations) {
    if (migration.version > version) ECSMI_RETURN_IF_ERROR(Apply(connection, migration));
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::store
