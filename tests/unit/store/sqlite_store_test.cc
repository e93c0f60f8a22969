#include "store/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/connection.h"
#include "store/tables.h"
#include "unit/store/fixture.h"

namespace ecsmi::store {
namespace {

using model::TableId;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What holds for a file holds in memory.
class SqliteStoreTest : public testing::TestWithParam<bool> {
 protected:
  SqliteStoreOptions Options() const {
    return {.path = GetParam() ? folder_.File() : ":memory:", .engine_version = "1.2.3", .catalog_hash = "c0ffee"};
  }
  TempFolder folder_;
};
INSTANTIATE_TEST_SUITE_P(Places, SqliteStoreTest, testing::Bool(),
                         [](const auto& place) { return place.param ? "File" : "Memory"; });

TEST_P(SqliteStoreTest, GivesBackTheRowsOfEveryTableInOrder) {
  const auto store = MustOpen(Options());
  std::vector<StepRow> rows;
  std::vector<LoadedRow> expected;
  for (const Table& table : kTables) {
    for (const model::Serial serial : {model::Serial{1}, model::Serial{300}, model::kSerialMax}) {
      const std::string bytes = std::string(table.name) + std::string("\0\xff", 2) + std::to_string(serial);
      rows.push_back({table.id, serial, bytes});
      expected.emplace_back(table.id, serial, bytes);
    }
  }
  ASSERT_EQ(CommitStep(*store, 7, Step(1, rows)), absl::OkStatus());
  EXPECT_EQ(Load(*store, 7), expected);
}

TEST_P(SqliteStoreTest, OverwritesAndErasesRows) {
  const auto store = MustOpen(Options());
  ASSERT_TRUE(CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "a"}, {TableId::kTask, 2, "b"}})).ok());
  ASSERT_TRUE(CommitStep(*store, 1, Step(2, {{TableId::kTask, 1, ""}, {TableId::kTask, 2, "", true}})).ok());
  EXPECT_THAT(Load(*store, 1), ElementsAre(LoadedRow(TableId::kTask, 1, "")));
}

TEST_P(SqliteStoreTest, KeepsTheHeaderOfAWorld) {
  const auto store = MustOpen(Options());
  model::ChangeSet changes = Step(1, {{TableId::kCluster, 5, "c"}}, 86'400'000);
  changes.header.state_hash = 0xfedcba9876543210;
  changes.header.settings = std::string("a\0b", 3);
  ASSERT_TRUE(CommitStep(*store, ports::kWorldNumberMax, changes, 9).ok());
  const auto world = store->ReadWorld(ports::kWorldNumberMax);
  ASSERT_TRUE(world.ok()) << world.status();
  EXPECT_EQ(world->number, ports::kWorldNumberMax);
  EXPECT_EQ(world->account, AccountOf(ports::kWorldNumberMax));
  EXPECT_EQ(world->lease_epoch, 9u);
  EXPECT_EQ(world->engine_version, "1.2.3");
  EXPECT_EQ(world->catalog_hash, "c0ffee");
  EXPECT_EQ(world->header.seq, 1u);
  EXPECT_EQ(world->header.next_serial, 6u);
  EXPECT_EQ(world->header.now_ms, 86'400'000);
  EXPECT_EQ(world->header.state_hash, 0xfedcba9876543210);
  EXPECT_EQ(world->header.settings, std::string("a\0b", 3));
}

TEST_P(SqliteStoreTest, KnowsNothingOfAWorldThatWasNeverCommitted) {
  const auto store = MustOpen(Options());
  EXPECT_EQ(store->ReadWorld(3).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Load(*store, 3), IsEmpty());
  EXPECT_THAT(*store->ListWorlds(), IsEmpty());
  model::CommitSeq floor = 77;
  EXPECT_THAT(*store->ReadLog(3, 0, 10, &floor), IsEmpty());
  EXPECT_EQ(floor, 0u);
}

TEST_P(SqliteStoreTest, AbortsAWriterThatIsNotAtTheStoredCommit) {
  const auto store = MustOpen(Options());
  EXPECT_EQ(CommitStep(*store, 1, Step(2, {})).code(), absl::StatusCode::kAborted) << "never created";
  ASSERT_TRUE(CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "first"}})).ok());
  const absl::Status twice = CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "again"}}));
  EXPECT_EQ(twice.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(std::string(twice.message()), HasSubstr("another process wrote it"));
  EXPECT_EQ(CommitStep(*store, 1, Step(3, {{TableId::kTask, 1, "ahead"}})).code(), absl::StatusCode::kAborted);
  EXPECT_THAT(Load(*store, 1), ElementsAre(LoadedRow(TableId::kTask, 1, "first")));
  EXPECT_TRUE(CommitStep(*store, 1, Step(2, {})).ok());
}

TEST_P(SqliteStoreTest, AbortsAWriterWhoseLeaseIsOlder) {
  const auto store = MustOpen(Options());
  ASSERT_TRUE(CommitStep(*store, 1, Step(1, {}), 4).ok());
  ASSERT_TRUE(CommitStep(*store, 1, Step(2, {}), 5).ok()) << "a newer lease takes over";
  EXPECT_EQ(CommitStep(*store, 1, Step(3, {}), 4).code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(CommitStep(*store, 1, Step(3, {}), 5).ok());
}

TEST_P(SqliteStoreTest, AbortsASecondWorldOfAnAccount) {
  const auto store = MustOpen(Options());
  const model::ChangeSet changes = Step(1, {});
  ports::CommitItem item{.world = 1, .account = "123456789012", .lease_epoch = 1, .changes = &changes};
  ASSERT_TRUE(CommitBatch(*store, {item}).ok());
  item.world = 2;
  EXPECT_EQ(CommitBatch(*store, {item}).code(), absl::StatusCode::kAborted);
}

TEST_P(SqliteStoreTest, StoresABatchOfWorldsTogetherOrNotAtAll) {
  const auto store = MustOpen(Options());
  const model::ChangeSet first = Step(1, {{TableId::kTask, 1, "one"}, {TableId::kCluster, 2, "c"}});
  const model::ChangeSet second = Step(1, {{TableId::kTask, 1, "two"}});
  const model::ChangeSet later = Step(2, {{TableId::kTask, 1, "one, later"}});
  const std::string account_1 = AccountOf(1);
  const std::string account_2 = AccountOf(2);
  const ports::CommitItem item_1{.world = 1, .account = account_1, .lease_epoch = 1, .changes = &first};
  ports::CommitItem item_2{.world = 2, .account = account_2, .lease_epoch = 1, .expected_seq = 0, .changes = &second};
  const ports::CommitItem item_3{
      .world = 1, .account = account_1, .lease_epoch = 1, .expected_seq = 1, .changes = &later};

  item_2.expected_seq = 0;
  model::ChangeSet wrong = Step(9, {{TableId::kTask, 1, "wrong"}});
  const ports::CommitItem refused{
      .world = 2, .account = account_2, .lease_epoch = 1, .expected_seq = 8, .changes = &wrong};
  EXPECT_EQ(CommitBatch(*store, {item_1, refused}).code(), absl::StatusCode::kAborted);
  EXPECT_THAT(Load(*store, 1), IsEmpty());

  ASSERT_TRUE(CommitBatch(*store, {item_1, item_2, item_3}).ok());
  EXPECT_THAT(Load(*store, 1),
              ElementsAre(LoadedRow(TableId::kCluster, 2, "c"), LoadedRow(TableId::kTask, 1, "one, later")));
  EXPECT_THAT(Load(*store, 2), ElementsAre(LoadedRow(TableId::kTask, 1, "two")));
  const auto worlds = store->ListWorlds();
  ASSERT_EQ(worlds->size(), 2u);
  EXPECT_EQ((*worlds)[0].account, account_1);
  EXPECT_EQ((*worlds)[0].header.seq, 2u);
  EXPECT_EQ((*worlds)[1].number, 2u);
}

TEST_P(SqliteStoreTest, StopsALoadWhenTheCallerDoes) {
  const auto store = MustOpen(Options());
  ASSERT_TRUE(CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "a"}, {TableId::kTask, 2, "b"}})).ok());
  int seen = 0;
  const absl::Status status = store->LoadWorld(1, [&](TableId, model::Serial, std::string_view) {
    ++seen;
    return false;
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(Load(*store, 1).size(), 2u) << "the reader is fit for use again";
  EXPECT_TRUE(CommitStep(*store, 1, Step(2, {})).ok());
}

TEST_P(SqliteStoreTest, TheHistoryHoldsEveryChange) {
  const auto store = MustOpen(Options());
  std::vector<std::string> segments;
  for (model::CommitSeq seq = 1; seq <= 5; ++seq) {
    const model::ChangeSet changes =
        Step(seq, {{TableId::kTask, seq, "t" + std::to_string(seq)}, {TableId::kUsage, 1, "", seq > 1}});
    segments.push_back(model::EncodeSegment(changes));
    ASSERT_TRUE(CommitStep(*store, 1, changes).ok());
  }
  ASSERT_TRUE(CommitStep(*store, 2, Step(1, {})).ok());
  model::CommitSeq floor = 0;
  const auto log = store->ReadLog(1, 2, 3, &floor);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(floor, 1u);
  ASSERT_EQ(log->size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*log)[i].seq, i + 2);
    EXPECT_EQ((*log)[i].bytes, segments[i + 1]);
  }
  EXPECT_EQ(store->ReadLog(1, 0, 100, nullptr)->size(), 5u);
  EXPECT_THAT(*store->ReadLog(1, 6, 100, nullptr), IsEmpty());
  EXPECT_THAT(*store->ReadLog(1, ~model::CommitSeq{0}, 100, nullptr), IsEmpty());
  EXPECT_THAT(*store->ReadLog(1, 1, 0, nullptr), IsEmpty());
}

TEST_P(SqliteStoreTest, HistoryBeyondTheRecordsKeptIsDropped) {
  SqliteStoreOptions options = Options();
  options.segments_retained_records = 200;
  const auto store = MustOpen(options);
  for (const ports::WorldNumber other : {2u, 9u}) {
    ASSERT_TRUE(CommitStep(*store, other, Step(1, {{TableId::kTask, 1, "other"}})).ok());
  }
  constexpr model::CommitSeq kSteps = 1000;
  for (model::CommitSeq seq = 1; seq <= kSteps; ++seq) {
    ASSERT_TRUE(CommitStep(*store, 5, Step(seq, {{TableId::kTask, seq, "a"}, {TableId::kUsage, seq, "b"}})).ok());
  }
  model::CommitSeq floor = 0;
  ASSERT_TRUE(store->ReadLog(5, 0, 1, &floor).ok());
  EXPECT_GE(floor, kSteps - 100 - 64) << "200 records are 100 steps; it looks every 64";
  EXPECT_LE(floor, kSteps - 99);
  EXPECT_EQ(store->ReadLog(5, 0, kSteps, nullptr)->size(), kSteps - floor + 1) << "no holes";
  EXPECT_EQ(Load(*store, 5).size(), 2 * kSteps) << "rows stay";
  for (const ports::WorldNumber other : {2u, 9u}) {
    ASSERT_TRUE(store->ReadLog(other, 0, 1, &floor).ok());
    EXPECT_EQ(floor, 1u) << "other worlds' history stays";
  }
}

TEST_P(SqliteStoreTest, HistoryOlderThanKeptIsDroppedByTheWorldsOwnTime) {
  SqliteStoreOptions options = Options();
  options.segments_retained_ms = model::kHourMs;
  const auto store = MustOpen(options);
  // A minute of world time between steps.
  for (model::CommitSeq seq = 1; seq <= 400; ++seq) {
    const auto now_ms = static_cast<model::TimeMs>(seq) * model::kMinuteMs;
    ASSERT_TRUE(CommitStep(*store, 1, Step(seq, {{TableId::kTask, 1, "a"}}, now_ms)).ok());
  }
  model::CommitSeq floor = 0;
  ASSERT_TRUE(store->ReadLog(1, 0, 1, &floor).ok());
  EXPECT_GE(floor, 400u - 60 - 64);
  EXPECT_LE(floor, 400u - 60);
  // After a long silence everything is old, and still the newest step can be read.
  for (model::CommitSeq seq = 401; seq <= 401 + 64; ++seq) {
    const auto now_ms = model::TimeMs{1000} * model::kDayMs * static_cast<model::TimeMs>(seq);
    ASSERT_TRUE(CommitStep(*store, 1, Step(seq, {}, now_ms)).ok());
  }
  const auto log = store->ReadLog(1, 0, 1000, &floor);
  ASSERT_FALSE(log->empty());
  EXPECT_GE(floor, 401u);
}

TEST_P(SqliteStoreTest, SettlesAndGoesOn) {
  const auto store = MustOpen(Options());
  EXPECT_EQ(store->Settle(), absl::OkStatus());
  EXPECT_TRUE(CommitStep(*store, 1, Step(1, {})).ok());
  EXPECT_EQ(store->Health(), absl::OkStatus());
}

TEST_P(SqliteStoreTest, SaysThatItIsClosed) {
  const auto store = MustOpen(Options());
  ASSERT_TRUE(CommitStep(*store, 1, Step(1, {})).ok());
  EXPECT_EQ(store->Close(), absl::OkStatus());
  EXPECT_EQ(store->Close(), absl::OkStatus());
  EXPECT_EQ(CommitStep(*store, 1, Step(2, {})).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store->Settle().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store->ListWorlds().status().code(), absl::StatusCode::kUnavailable);
}

TEST(SqliteStoreFile, IsAllThereWhenOpenedAgain) {
  const TempFolder folder;
  std::vector<LoadedRow> before;
  {
    const auto store = MustOpen(folder.File());
    for (model::CommitSeq seq = 1; seq <= 50; ++seq) {
      ASSERT_TRUE(CommitStep(*store, 1, Step(seq, {{TableId::kTask, seq, std::string(5000, 'x')}})).ok());
    }
    before = Load(*store, 1);
  }
  const auto store = MustOpen(folder.File());
  EXPECT_EQ(Load(*store, 1), before);
  EXPECT_EQ(store->ReadWorld(1)->header.seq, 50u);
  EXPECT_TRUE(CommitStep(*store, 1, Step(51, {})).ok());
}

TEST(SqliteStoreFile, NamesTheVersionThatWroteAWorldLast) {
  const TempFolder folder;
  ASSERT_TRUE(CommitStep(*MustOpen(folder.File()), 1, Step(1, {})).ok());
  const auto store = MustOpen(SqliteStoreOptions{.path = folder.File(), .engine_version = "2", .catalog_hash = "n"});
  EXPECT_EQ(store->ReadWorld(1)->engine_version, "1.2.3");
  ASSERT_TRUE(CommitStep(*store, 1, Step(2, {})).ok());
  EXPECT_EQ(store->ReadWorld(1)->engine_version, "2");
  EXPECT_EQ(store->ReadWorld(1)->catalog_hash, "n");
}

TEST(SqliteStoreFile, ShowsLabelsInReadableColumns) {
  const TempFolder folder;
  {
    const auto store = MustOpen(folder.File());
    model::ChangeSet changes = Step(1, {{TableId::kCluster, 1, "bytes"}, {TableId::kCluster, 2, "none"}});
    changes.labels.push_back({.region = "eu-west-1", .name = "shop", .status = "ACTIVE"});
    changes.rows[0].label = 0;
    ASSERT_TRUE(CommitStep(*store, 1, changes).ok());
  }
  auto connection = Connection::Open(folder.File());
  ASSERT_TRUE(connection.ok());
  EXPECT_EQ(*connection->QueryText("SELECT region || ' ' || name || ' ' || status FROM cluster ORDER BY key"),
            "eu-west-1 shop ACTIVE");
  EXPECT_EQ(*connection->QueryInteger("SELECT count(*) FROM cluster WHERE name IS NULL"), 1);
}

TEST(SqliteStoreFile, LoadsOneWorldWhileAnotherIsCommitted) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File());
  ASSERT_TRUE(CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "a"}, {TableId::kTask, 2, "b"}})).ok());
  model::CommitSeq seq = 0;
  std::vector<model::Serial> serials;
  ASSERT_TRUE(store
                  ->LoadWorld(1,
                              [&](TableId, model::Serial serial, std::string_view) {
                                serials.push_back(serial);
                                ++seq;
                                EXPECT_TRUE(CommitStep(*store, 2, Step(seq, {{TableId::kTask, 9, "c"}})).ok());
                                EXPECT_EQ(store->ReadWorld(2)->header.seq, seq) << "a second reader beside the first";
                                return true;
                              })
                  .ok());
  EXPECT_THAT(serials, ElementsAre(1, 2));
}

TEST(SqliteStoreFile, ServesReadersOnOtherThreads) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File());
  ASSERT_TRUE(CommitStep(*store, 1, Step(1, {{TableId::kTask, 1, "a"}})).ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        EXPECT_EQ(Load(*store, 1).size(), 1u);
        EXPECT_EQ(store->ReadWorld(1)->header.seq, 1u);
      }
    });
  }
  for (model::CommitSeq seq = 1; seq <= 50; ++seq) {
    EXPECT_TRUE(CommitStep(*store, 2, Step(seq, {{TableId::kTask, seq, "b"}})).ok());
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace ecsmi::store
