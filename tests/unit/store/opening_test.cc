#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "store/connection.h"
#include "store/migrate.h"
#include "store/sqlite_store.h"
#include "unit/store/fixture.h"

namespace ecsmi::store {
namespace {

using model::TableId;
using testing::AllOf;
using testing::HasSubstr;

absl::Status OpenError(const std::string& path) {
  return OpenSqliteStore({.path = path}).status();
}

void ExecuteOn(const std::string& path, const std::string& sql) {
  auto connection = Connection::Open(path);
  ASSERT_TRUE(connection.ok()) << connection.status();
  ASSERT_EQ(connection->Execute(sql), absl::OkStatus());
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string ReadFile(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

TEST(Opening, MakesFoldersAndFileForTheOwnerOnly) {
  const TempFolder folder;
  const std::string path = folder.File("a/b/world.db");
  const auto store = MustOpen(path);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->path(), std::filesystem::canonical(path).string());
  struct stat info {};
  ASSERT_EQ(stat(folder.File("a/b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

TEST(Opening, RefusesAPathWithoutAName) {
  EXPECT_EQ(OpenError("").code(), absl::StatusCode::kInvalidArgument);
}

TEST(Opening, RefusesAFileOfANewerVersionAndLeavesItAlone) {
  const TempFolder folder;
  MustOpen(folder.File());
  ExecuteOn(folder.File(), "PRAGMA user_version=999");
  const std::string before = ReadFile(folder.File());
  const absl::Status status = OpenError(folder.File());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(folder.File()), HasSubstr("format 999"), HasSubstr("newer version"), HasSubstr("--db")));
  EXPECT_EQ(ReadFile(folder.File()), before);
}

TEST(Opening, RefusesADatabaseOfAnotherProgram) {
  const TempFolder folder;
  ExecuteOn(folder.File(), "CREATE TABLE theirs(x)");
  const absl::Status status = OpenError(folder.File());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("another program"));
}

TEST(Opening, RefusesWhatIsNoDatabase) {
  const TempFolder folder;
  WriteFile(folder.File(), "dear diary");
  const absl::Status status = OpenError(folder.File());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(folder.File()), HasSubstr("not a database")));
  EXPECT_EQ(ReadFile(folder.File()), "dear diary");
}

TEST(Opening, SaysThatADatabaseIsDamaged) {
  const TempFolder folder;
  MustOpen(folder.File());
  std::string bytes = ReadFile(folder.File());
  ASSERT_GT(bytes.size(), 4096u);
  std::fill(bytes.begin() + 100, bytes.end(), '\x5a');
  WriteFile(folder.File(), bytes);
  const absl::Status status = OpenError(folder.File());
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(folder.File()), HasSubstr("Restore a copy")));
}

TEST(Opening, RefusesAPlaceThatCannotBeWritten) {
  const TempFolder folder;
  WriteFile(folder.File("file"), "x");
  for (const std::string& path : {std::string("/proc/ecsmi/world.db"), folder.File("file") + "/world.db"}) {
    const absl::Status status = OpenError(path);
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << path;
    EXPECT_THAT(std::string(status.message()), HasSubstr("--db=:memory:"));
  }
}

TEST(Opening, RefusesAFileThatAnotherProcessUses) {
  const TempFolder folder;
  std::array<int, 2> ready{};
  std::array<int, 2> leave{};
  ASSERT_EQ(pipe(ready.data()), 0);
  ASSERT_EQ(pipe(leave.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(leave[1]);
    const auto store = OpenSqliteStore({.path = folder.File()});
    char byte = store.ok() ? 'y' : 'n';
    if (write(ready[1], &byte, 1) != 1) _exit(2);
    static_cast<void>(!read(leave[0], &byte, 1));  // ends with the parent, too
    _exit(0);
  }
  close(ready[1]);
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');

  const absl::Status status = OpenError(folder.File());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("in use by process " + std::to_string(child)), HasSubstr("--db=PATH")));
  // A link to it is the same file.
  std::filesystem::create_symlink(folder.File(), folder.File("link.db"));
  EXPECT_EQ(OpenError(folder.File("link.db")).code(), absl::StatusCode::kUnavailable);

  // Its lock goes with it, however it ends.
  ASSERT_EQ(kill(child, SIGKILL), 0);
  int exit_status = 0;
  ASSERT_EQ(waitpid(child, &exit_status, 0), child);
  EXPECT_EQ(OpenError(folder.File()), absl::OkStatus());
  for (const int descriptor : {ready[0], leave[0], leave[1]}) close(descriptor);
}

TEST(Opening, RefusesASecondStoreInThisProcessAndKeepsTheFirstWhole) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File());
  EXPECT_EQ(OpenError(folder.File()).code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(CommitStep(*store, 1, Step(1, {})).ok());
  ASSERT_TRUE(store->Close().ok());
  EXPECT_EQ(OpenError(folder.File()), absl::OkStatus());
}

std::vector<Migration> WithOneMore(const std::string& sql) {
  std::vector<Migration> migrations = EmbeddedMigrations();
  const int next = migrations.back().version + 1;
  migrations.push_back({.version = next, .name = "next.sql", .sql = sql});
  return migrations;
}

TEST(Migration, CopiesAnOlderFileBesideItselfFirst) {
  const TempFolder folder;
  {
    const auto store = MustOpen(folder.File());
    ASSERT_TRUE(CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "kept"}})).ok());
  }
  const std::vector<Migration> migrations = WithOneMore("CREATE TABLE later(x); DELETE FROM task;");
  const int newest = migrations.back().version;
  const std::string copy = folder.File() + ".before-" + std::to_string(newest);
  WriteFile(copy, "of an attempt that failed");
  {
    auto connection = Connection::Open(folder.File());
    ASSERT_TRUE(connection.ok());
    ASSERT_EQ(Migrate(*connection, folder.File(), migrations), absl::OkStatus());
    EXPECT_EQ(*connection->QueryInteger("PRAGMA user_version"), newest);
    EXPECT_EQ(*connection->QueryInteger("SELECT count(*) FROM later"), 0);
    ASSERT_EQ(Migrate(*connection, folder.File(), migrations), absl::OkStatus()) << "again: nothing to do";
  }
  EXPECT_EQ(OpenError(folder.File()).code(), absl::StatusCode::kFailedPrecondition) << "now newer than this program";
  const auto old = MustOpen(copy);
  ASSERT_NE(old, nullptr);
  EXPECT_EQ(Load(*old, 1), (std::vector<LoadedRow>{{TableId::kTask, 1, "kept"}}));
}

TEST(Migration, ThatFailsLeavesTheFileAsItWas) {
  const TempFolder folder;
  {
    const auto store = MustOpen(folder.File());
    ASSERT_TRUE(CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "kept"}})).ok());
  }
  {
    auto connection = Connection::Open(folder.File());
    ASSERT_TRUE(connection.ok());
    const absl::Status status = Migrate(*connection, folder.File(), WithOneMore("DELETE FROM task; NONSENSE;"));
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr("next.sql"));
  }
  EXPECT_EQ(Load(*MustOpen(folder.File()), 1).size(), 1u);
}

TEST(Migration, StartsAnEmptyFileWithoutACopy) {
  const TempFolder folder;
  MustOpen(folder.File());
  for (const auto& entry : std::filesystem::directory_iterator(folder.File("."))) {
    EXPECT_EQ(entry.path().string().find(".before-"), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace ecsmi::store
