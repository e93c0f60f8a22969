// What the store does when the disk says no: a size limit, a failed fsync, a sudden end. Real failures where the
// machine offers them without being root; each in a process of its own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "store/connection.h"
#include "store/sqlite_store.h"
#include "unit/store/fixture.h"

namespace ecsmi::store {
namespace {

using model::TableId;

// In a child, where gtest's own macros would report to nobody.
#define REQUIRE(condition)                                                         \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      return false;                                                                \
    }                                                                              \
  } while (false)

std::string IntegrityOf(const std::string& path) {
  auto connection = Connection::Open(path);
  if (!connection.ok()) return std::string(connection.status().message());
  auto result = connection->QueryText("PRAGMA integrity_check");
  return result.ok() ? *result : std::string(result.status().message());
}

// A close that ends with a checkpoint removes the log.
bool LogIsLeft(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path + "-wal", error);
  return !error && size > 0;
}

// --- a limit on file sizes: EFBIG, as a full disk or quota would be ---

bool LimitFileSize(rlim_t bytes) {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
  limit.rlim_cur = bytes;
  return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

TEST(DiskFailure, ACommitThatDoesNotFitLeavesNothingBehindAndLaterOnesGoOn) {
  const TempFolder folder;
  EXPECT_TRUE(InChild([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    auto opened = OpenSqliteStore({.path = folder.File()});
    REQUIRE(opened.ok());
    SqliteStore& store = **opened;
    REQUIRE(CommitStep(store, 1, Step(1, {{TableId::kTask, 1, "earlier"}})).ok());

    // 1. The log cannot grow by this step.
    REQUIRE(LimitFileSize(256 << 10));
    const model::ChangeSet large =
        Step(2, {{TableId::kTask, 1, "later"}, {TableId::kTask, 2, std::string(1 << 20, 'x')}});
    const absl::Status refused = CommitStep(store, 1, large);
    std::fprintf(stderr, "%s\n", refused.ToString().c_str());
    REQUIRE(refused.code() == absl::StatusCode::kResourceExhausted);
    // 2. What was there is there, for readers too; the store is not broken for good.
    REQUIRE(Load(store, 1) == (std::vector<LoadedRow>{{TableId::kTask, 1, "earlier"}}));
    REQUIRE(store.ReadWorld(1)->header.seq == 1);
    REQUIRE(store.Health().ok());
    // 3. With room again: settle, then the same step.
    REQUIRE(LimitFileSize(RLIM_INFINITY));
    REQUIRE(store.Settle().ok());
    REQUIRE(CommitStep(store, 1, large).ok());
    REQUIRE(Load(store, 1).size() == 2);
    return true;
  }));
  EXPECT_EQ(IntegrityOf(folder.File()), "ok");
  EXPECT_EQ(Load(*MustOpen(folder.File()), 1).size(), 2u);
}

TEST(DiskFailure, ATransactionLargerThanTheCacheFailsAsCleanly) {
  const TempFolder folder;
  EXPECT_TRUE(InChild([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    auto opened = OpenSqliteStore({.path = folder.File()});
    REQUIRE(opened.ok());
    SqliteStore& store = **opened;
    REQUIRE(CommitStep(store, 1, Step(1, {{TableId::kTask, 1, "earlier"}})).ok());
    REQUIRE(LimitFileSize(256 << 10));
    std::vector<StepRow> rows;
    for (model::Serial serial = 2; serial < 50; ++serial) {
      rows.push_back({TableId::kTask, serial, std::string(1 << 20, 'x')});
    }
    REQUIRE(CommitStep(store, 1, Step(2, rows)).code() == absl::StatusCode::kResourceExhausted);
    REQUIRE(LimitFileSize(RLIM_INFINITY));
    REQUIRE(store.Settle().ok());
    REQUIRE(Load(store, 1).size() == 1);
    REQUIRE(CommitStep(store, 1, Step(2, {})).ok());
    return true;
  }));
  EXPECT_EQ(IntegrityOf(folder.File()), "ok");
}

// --- a failed fsync, injected between SQLite and the real file system ---

// SQLite's default file system with an fsync that can be made to fail, for the log or for the database file. The
// wrapped methods get the real file, which lies behind ours in the space that SQLite gives us.
class FailingSync {
 public:
  FailingSync() {
    real_ = sqlite3_vfs_find(nullptr);
    vfs_ = *real_;
    vfs_.zName = "failing-sync";
    vfs_.szOsFile = real_->szOsFile + static_cast<int>(sizeof(Wrapped));
    vfs_.xOpen = &Open;
    fail_log = false;
    fail_database = false;
    sqlite3_vfs_register(&vfs_, /*makeDflt=*/1);
  }
  ~FailingSync() {
    sqlite3_vfs_register(real_, /*makeDflt=*/1);
    sqlite3_vfs_unregister(&vfs_);
  }
  FailingSync(const FailingSync&) = delete;
  FailingSync& operator=(const FailingSync&) = delete;

  static inline std::atomic<bool> fail_log = false;
  static inline std::atomic<bool> fail_database = false;

 private:
  struct Wrapped {
    sqlite3_file base;
    sqlite3_io_methods methods;
    bool is_log;
    bool is_database;
  };

  static Wrapped* Of(sqlite3_file* file) { return reinterpret_cast<Wrapped*>(file); }
  static sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(Of(file) + 1); }

  template <auto Method, typename... Arguments>
  static int Forward(sqlite3_file* file, Arguments... arguments) {
    return (Real(file)->pMethods->*Method)(Real(file), arguments...);
  }

  static int Sync(sqlite3_file* file, int flags) {
    if ((Of(file)->is_log && fail_log) || (Of(file)->is_database && fail_database)) return SQLITE_IOERR_FSYNC;
    return Real(file)->pMethods->xSync(Real(file), flags);
  }
  static void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }

  static int Open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    Wrapped* const wrapped = Of(file);
    wrapped->base.pMethods = nullptr;
    const int result = real_->xOpen(real_, name, Real(file), flags, out_flags);
    if (Real(file)->pMethods == nullptr) return result;
    wrapped->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    wrapped->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    using Io = sqlite3_io_methods;
    wrapped->methods = Io{};
    wrapped->methods.iVersion = 2;  // no memory mapping: those calls would bypass us
    wrapped->methods.xClose = &Forward<&Io::xClose>;
    wrapped->methods.xRead = &Forward<&Io::xRead, void*, int, sqlite3_int64>;
    wrapped->methods.xWrite = &Forward<&Io::xWrite, const void*, int, sqlite3_int64>;
    wrapped->methods.xTruncate = &Forward<&Io::xTruncate, sqlite3_int64>;
    wrapped->methods.xSync = &Sync;
    wrapped->methods.xFileSize = &Forward<&Io::xFileSize, sqlite3_int64*>;
    wrapped->methods.xLock = &Forward<&Io::xLock, int>;
    wrapped->methods.xUnlock = &Forward<&Io::xUnlock, int>;
    wrapped->methods.xCheckReservedLock = &Forward<&Io::xCheckReservedLock, int*>;
    wrapped->methods.xFileControl = &Forward<&Io::xFileControl, int, void*>;
    wrapped->methods.xSectorSize = &Forward<&Io::xSectorSize>;
    wrapped->methods.xDeviceCharacteristics = &Forward<&Io::xDeviceCharacteristics>;
    wrapped->methods.xShmMap = &Forward<&Io::xShmMap, int, int, int, void volatile**>;
    wrapped->methods.xShmLock = &Forward<&Io::xShmLock, int, int, int>;
    wrapped->methods.xShmBarrier = &ShmBarrier;
    wrapped->methods.xShmUnmap = &Forward<&Io::xShmUnmap, int>;
    wrapped->base.pMethods = &wrapped->methods;
    return result;
  }

  static inline sqlite3_vfs* real_ = nullptr;
  sqlite3_vfs vfs_{};
};

TEST(DiskFailure, AFailedFsyncOfACommitIsDataLossForGood) {
  const TempFolder folder;
  const FailingSync failing;
  {
    const auto store = MustOpen(folder.File());
    ASSERT_TRUE(CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "earlier"}})).ok());
    FailingSync::fail_log = true;
    EXPECT_EQ(CommitStep(*store, 1, Step(2, {{TableId::kTask, 2, "ghost"}})).code(), absl::StatusCode::kDataLoss);
    // The kernel may report success from now on; that means nothing.
    FailingSync::fail_log = false;
    EXPECT_EQ(store->Settle().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(CommitStep(*store, 1, Step(2, {})).code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(store->Health().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(store->Close().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_TRUE(LogIsLeft(folder.File())) << "a checkpoint on close would trust pages that the kernel may have dropped";
  // The next process goes on from what the disk has: what was acknowledged, perhaps the ghost, nothing else.
  const auto store = MustOpen(folder.File());
  EXPECT_EQ(std::get<2>(Load(*store, 1).at(0)), "earlier");
  EXPECT_TRUE(CommitStep(*store, 1, Step(store->ReadWorld(1)->header.seq + 1, {})).ok());
}

TEST(DiskFailure, AFailedFsyncOfTheDatabaseFileStopsCommitsToo) {
  const TempFolder folder;
  const FailingSync failing;
  model::CommitSeq acknowledged = 0;
  {
    const auto store = MustOpen(folder.File());
    FailingSync::fail_database = true;
    // Until the checkpointer has met it. Bounded by what fits in a log that it cannot empty.
    absl::Status status;
    for (model::CommitSeq seq = 1; seq <= 3000 && status.ok(); ++seq) {
      status = CommitStep(*store, 1, Step(seq, {{TableId::kTask, seq, std::string(40'000, 'x')}}));
      if (status.ok()) acknowledged = seq;
    }
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(store->Health().code(), absl::StatusCode::kDataLoss);
    FailingSync::fail_database = false;
  }
  EXPECT_TRUE(LogIsLeft(folder.File()));
  EXPECT_EQ(IntegrityOf(folder.File()), "ok");
  EXPECT_EQ(MustOpen(folder.File())->ReadWorld(1)->header.seq, acknowledged) << "the log was left alone and has it all";
}

// --- a sudden end ---

// The child commits as fast as it can and says so after each commit; it is killed in the middle of it.
model::CommitSeq KillWhileCommitting(const std::string& path, model::CommitSeq after) {
  std::array<int, 2> acknowledged{};
  if (pipe(acknowledged.data()) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    close(acknowledged[0]);
    auto opened = OpenSqliteStore({.path = path});
    if (!opened.ok()) _exit(1);
    const auto world = (*opened)->ReadWorld(1);
    for (model::CommitSeq seq = world.ok() ? world->header.seq + 1 : 1;; ++seq) {
      std::vector<StepRow> rows;
      for (model::Serial i = 0; i < 20; ++i) rows.push_back({TableId::kTask, seq * 20 + i, std::string(180, 'x')});
      if (!CommitStep(**opened, 1, Step(seq, rows)).ok()) _exit(2);
      if (write(acknowledged[1], &seq, sizeof seq) != static_cast<ssize_t>(sizeof seq)) _exit(3);
    }
  }
  close(acknowledged[1]);
  model::CommitSeq newest = 0;
  model::CommitSeq seq = 0;
  bool killed = false;
  while (read(acknowledged[0], &seq, sizeof seq) == static_cast<ssize_t>(sizeof seq)) {
    newest = seq;
    if (newest >= after && !killed) {
      kill(child, SIGKILL);
      killed = true;  // and read on: what is in the pipe was acknowledged
    }
  }
  close(acknowledged[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? newest : 0;
}

TEST(DiskFailure, NothingAcknowledgedIsMissingAfterAKill) {
  const TempFolder folder;
  model::CommitSeq stored = 0;
  // Far enough to be killed while the log is grown, while it is copied, and on a log left by a kill.
  for (const model::CommitSeq commits : {3u, 150u, 700u}) {
    const model::CommitSeq acknowledged = KillWhileCommitting(folder.File(), stored + commits);
    ASSERT_GE(acknowledged, stored + commits);
    EXPECT_EQ(IntegrityOf(folder.File()), "ok");
    const auto store = MustOpen(folder.File());
    ASSERT_NE(store, nullptr);
    stored = store->ReadWorld(1)->header.seq;
    EXPECT_GE(stored, acknowledged);
    EXPECT_LE(stored, acknowledged + 1) << "at most the one whose reply was lost";
    EXPECT_EQ(Load(*store, 1).size(), stored * 20);
    EXPECT_EQ(store->ReadLog(1, 1, 1'000'000, nullptr)->size(), stored);
  }
}

}  // namespace
}  // namespace ecsmi::store
