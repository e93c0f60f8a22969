#include "store/checkpointer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "store/opening.h"
#include "store/wal_pregrow.h"
#include "store/writer.h"
#include "unit/store/fixture.h"

namespace ecsmi::store {
namespace {

using model::TableId;

std::int64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? -1 : static_cast<std::int64_t>(size);
}

bool NeverStop(const void*) {
  return false;
}

TEST(PregrowLog, ZerosBehindTheLogDoNotCount) {
  const TempFolder folder;
  const std::string log = folder.File() + "-wal";
  // In a child that leaves without closing, so that the next start reads the log back, zeros and all.
  std::vector<absl::StatusOr<Connection>> opened;
  EXPECT_TRUE(InChild([&] {
    opened.push_back(OpenWriterConnection(folder.File(), Durability::kFull));
    opened.push_back(OpenCheckpointConnection(folder.File(), Durability::kFull));
    if (!opened[0].ok() || !opened[1].ok()) return false;
    Connection& writer = *opened[0];
    Connection& grower = *opened[1];
    if (IsLogPregrown(grower)) return false;
    Gate gate;
    if (!PregrowLog(grower, gate, &NeverStop, nullptr).ok() || !IsLogPregrown(grower)) return false;
    return writer.Execute("INSERT INTO task VALUES(1, 'after')") == absl::OkStatus();
  }));
  EXPECT_GE(SizeOf(log), kLogPregrownBytes);
  EXPECT_LT(SizeOf(log), kLogPregrownBytes + (2 << 20));
  auto connection = OpenWriterConnection(folder.File(), Durability::kFull);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(*connection->QueryText("SELECT row FROM task"), "after");
  EXPECT_EQ(*connection->QueryText("PRAGMA integrity_check"), "ok");
}

TEST(PregrowLog, SurvivesACleanEndAndIsNotReadBack) {
  const TempFolder folder;
  const std::string log = folder.File() + "-wal";
  {
    const auto store = MustOpen(folder.File());
    // Enough that the store finds it worth growing, and far too little to reach that size by itself.
    for (model::CommitSeq seq = 1; seq <= 100; ++seq) {
      ASSERT_TRUE(CommitStep(*store, 1, Step(seq, {{TableId::kTask, seq, std::string(8000, 'x')}})).ok());
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (SizeOf(log) < kLogPregrownBytes && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_GE(SizeOf(log), kLogPregrownBytes);
    ASSERT_EQ(store->Close(), absl::OkStatus());
  }
  EXPECT_GE(SizeOf(log), kLogPregrownBytes);
  auto connection = OpenWriterConnection(folder.File(), Durability::kFull);
  ASSERT_TRUE(connection.ok());
  int in_log = 0;
  ASSERT_EQ(sqlite3_wal_checkpoint_v2(connection->raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, nullptr),
            SQLITE_OK);
  EXPECT_LE(in_log, 1);
}

TEST(PregrowLog, IsNotForAStoreThatIsHardlyUsed) {
  const TempFolder folder;
  {
    const auto store = MustOpen(folder.File());
    for (model::CommitSeq seq = 1; seq <= 10; ++seq) ASSERT_TRUE(CommitStep(*store, 1, Step(seq, {})).ok());
    EXPECT_LT(SizeOf(folder.File() + "-wal"), 1 << 20);
  }
  EXPECT_EQ(SizeOf(folder.File() + "-wal"), -1) << "one file is left";
}

TEST(Checkpointer, KeepsTheLogShortUnderSteadyCommits) {
  const TempFolder folder;
  auto connection = OpenWriterConnection(folder.File(), Durability::kMemory);
  ASSERT_TRUE(connection.ok());
  auto writer = Writer::Create(*std::move(connection), {});
  ASSERT_TRUE(writer.ok());
  auto own = OpenCheckpointConnection(folder.File(), Durability::kMemory);
  ASSERT_TRUE(own.ok());
  Gate gate;
  Checkpointer checkpointer(*std::move(own), gate, {.copy_frames = 50, .force_frames = 200});
  int restarts = 0;
  int frames_before = 0;
  const std::string account = AccountOf(1);
  // Without a pause, so that only the forced gate can make the log begin anew.
  for (model::CommitSeq seq = 1; restarts < 5 && seq < 200'000; ++seq) {
    const model::ChangeSet changes = Step(seq, {{TableId::kTask, seq, std::string(500, 'x')}});
    const ports::CommitItem item{
        .world = 1, .account = account, .lease_epoch = 1, .expected_seq = seq - 1, .changes = &changes};
    const GateLock lock(gate);
    ASSERT_EQ((*writer)->Commit({&item, 1}), absl::OkStatus());
    checkpointer.NoteCommit((*writer)->log_frames());
    if ((*writer)->log_frames() < frames_before) ++restarts;
    frames_before = (*writer)->log_frames();
  }
  EXPECT_EQ(restarts, 5);
  EXPECT_EQ(checkpointer.failure(), absl::OkStatus());
  checkpointer.Stop();
}

}  // namespace
}  // namespace ecsmi::store
