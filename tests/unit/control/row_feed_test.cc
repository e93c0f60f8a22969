#include "control/row_feed.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace ecsmi::control {
namespace {

struct Stored {
  model::TableId table{};
  model::Serial serial = model::kNoSerial;
  std::string bytes;
};

struct World {
  std::vector<Stored> rows;
  model::WorldHeader header;
};

// A world of so many clusters, as the store holds it.
World WorldOf(int clusters) {
  model::State state;
  for (int i = 0; i < clusters; ++i) {
    model::Cluster cluster;
    cluster.serial = state.NewSerial();
    cluster.region = "us-east-1";
    cluster.name = absl::StrCat("cluster-", i);
    state.Insert(std::move(cluster));
  }
  const model::ChangeSet changes = state.TakeChanges(1);
  World world{.rows = {}, .header = changes.header};
  for (const model::RowChange& row : changes.rows) {
    world.rows.push_back({row.table, row.serial, std::string(changes.BytesOf(row))});
  }
  return world;
}

absl::Status Feed(const World& world, model::State& state, std::size_t* added) {
  RowFeed feed(state);
  for (const Stored& row : world.rows) {
    ++*added;
    if (!feed.Add(row.table, row.serial, row.bytes)) break;
  }
  return feed.Finish();
}

class RowFeedTest : public ::testing::TestWithParam<int> {};

TEST_P(RowFeedTest, EveryRowArrivesOnce) {
  const World world = WorldOf(GetParam());
  model::State state;
  std::size_t added = 0;
  ASSERT_TRUE(Feed(world, state, &added).ok());
  EXPECT_EQ(state.table<model::Cluster>().size(), world.rows.size());
  const absl::Status linked = state.FinishLoad(world.header);  // compares the state hash
  EXPECT_TRUE(linked.ok()) << linked;
}

TEST_P(RowFeedTest, ADamagedRowStopsTheReadingAndIsNamed) {
  World world = WorldOf(GetParam());
  Stored& damaged = world.rows[world.rows.size() / 2];
  damaged.bytes[0] = 99;
  model::State state;
  std::size_t added = 0;
  const absl::Status status = Feed(world, state, &added);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.message().find(absl::StrCat("row ", damaged.serial, " ")), std::string::npos) << status;
}

TEST(RowFeedTest, AFeedThatIsLeftAloneEnds) {
  const World world = WorldOf(30'000);
  model::State state;
  RowFeed feed(state);
  for (const Stored& row : world.rows) ASSERT_TRUE(feed.Add(row.table, row.serial, row.bytes));
}

// One row; as many as are taken up at once, and one more; whole pieces; many of them.
INSTANTIATE_TEST_SUITE_P(Sizes, RowFeedTest, ::testing::Values(1, 10'000, 10'001, 10'000 + 2'048, 40'000));

}  // namespace
}  // namespace ecsmi::control
