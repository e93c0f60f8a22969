#include "ecsmi/model/changes.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ecsmi/base/bytes.h"
#include "ecsmi/base/keyed_hash.h"

namespace ecsmi::model {
namespace {

void AddRow(ChangeSet& changes, TableId table, Serial serial, const std::string& bytes,
            std::uint32_t label = RowChange::kNoLabel) {
  changes.rows.push_back({.table = table,
                          .label = label,
                          .serial = serial,
                          .offset = static_cast<std::uint32_t>(changes.buffer.size()),
                          .size = static_cast<std::uint32_t>(bytes.size())});
  changes.buffer += bytes;
}

ChangeSet Sample() {
  ChangeSet changes;
  changes.header = {.seq = 300,
                    .next_serial = 1u << 20,
                    .now_ms = -5,
                    .state_hash = 0xfedcba9876543210,
                    .settings = std::string("se\0ts", 5)};
  changes.labels.push_back({.region = "us-east-1", .name = "shop", .status = "ACTIVE"});
  changes.labels.push_back({.region = "", .name = "unused", .status = ""});
  changes.buffer = "left behind by a row written twice";
  AddRow(changes, TableId::kCluster, 1, "cluster bytes", 0);
  AddRow(changes, TableId::kTask, 2, std::string(200, '\xff'));
  AddRow(changes, TableId::kTask, 3, "");
  changes.rows.push_back({.table = TableId::kTask, .erased = true, .serial = 4});
  AddRow(changes, TableId::kServiceEvent, kSerialMax, "last");
  return changes;
}

TEST(Segment, GivesBackWhatWentIn) {
  const ChangeSet changes = Sample();
  ChangeSet parsed;
  ASSERT_TRUE(ParseSegment(EncodeSegment(changes), &parsed));
  EXPECT_EQ(parsed.header.seq, changes.header.seq);
  EXPECT_EQ(parsed.header.next_serial, changes.header.next_serial);
  EXPECT_EQ(parsed.header.now_ms, changes.header.now_ms);
  EXPECT_EQ(parsed.header.state_hash, changes.header.state_hash);
  EXPECT_EQ(parsed.header.settings, changes.header.settings);
  ASSERT_EQ(parsed.labels.size(), 2u);
  EXPECT_EQ(parsed.labels[0].region, "us-east-1");
  EXPECT_EQ(parsed.labels[0].name, "shop");
  EXPECT_EQ(parsed.labels[0].status, "ACTIVE");
  ASSERT_EQ(parsed.rows.size(), changes.rows.size());
  for (std::size_t i = 0; i < parsed.rows.size(); ++i) {
    EXPECT_EQ(parsed.rows[i].table, changes.rows[i].table);
    EXPECT_EQ(parsed.rows[i].serial, changes.rows[i].serial);
    EXPECT_EQ(parsed.rows[i].erased, changes.rows[i].erased);
    EXPECT_EQ(parsed.rows[i].label, changes.rows[i].label);
    EXPECT_EQ(parsed.BytesOf(parsed.rows[i]), changes.BytesOf(changes.rows[i]));
  }
  EXPECT_EQ(parsed.buffer.find("left behind"), std::string::npos);
  EXPECT_EQ(EncodeSegment(parsed), EncodeSegment(changes));
}

TEST(Segment, OfAnEmptyStepIsSmall) {
  ChangeSet empty;
  const std::string segment = EncodeSegment(empty);
  EXPECT_LE(segment.size(), 20u);
  ChangeSet parsed = Sample();
  ASSERT_TRUE(ParseSegment(segment, &parsed));
  EXPECT_TRUE(parsed.empty());
}

TEST(Segment, RefusesEveryPrefixAndAnythingBehind) {
  const std::string segment = EncodeSegment(Sample());
  ChangeSet parsed;
  for (std::size_t size = 0; size < segment.size(); ++size) {
    EXPECT_FALSE(ParseSegment(std::string_view(segment).substr(0, size), &parsed)) << "prefix of " << size;
  }
  EXPECT_FALSE(ParseSegment(segment + '\0', &parsed));
  EXPECT_TRUE(parsed.empty()) << "a refused segment leaves its target alone";
}

// Header and no labels; what follows is the count of rows and the rows.
std::string Start() {
  std::string segment;
  base::ByteWriter writer(segment);
  for (int i = 0; i < 3; ++i) writer.Unsigned(1);  // version, seq, next_serial
  writer.Signed(0);
  writer.Unsigned(0);
  writer.Bytes("");
  writer.Unsigned(0);
  return segment;
}

std::string WithRows(const std::vector<std::array<std::uint64_t, 3>>& rows) {
  std::string segment = Start();
  base::ByteWriter writer(segment);
  writer.Unsigned(rows.size());
  for (const auto& row : rows) {
    for (const std::uint64_t value : row) writer.Unsigned(value);
    if (row[2] != 0) writer.Bytes("x");
  }
  return segment;
}

TEST(Segment, RefusesRowsThatNoStepLeaves) {
  ChangeSet parsed;
  ASSERT_TRUE(ParseSegment(WithRows({{7, 1, 1}, {7, 2, 0}, {8, 1, 1}}), &parsed));
  EXPECT_EQ(parsed.rows.size(), 3u);
  EXPECT_FALSE(ParseSegment(WithRows({{0, 1, 1}}), &parsed)) << "table 0";
  EXPECT_FALSE(ParseSegment(WithRows({{200, 1, 1}}), &parsed)) << "unknown table";
  EXPECT_FALSE(ParseSegment(WithRows({{256 + 7, 1, 1}}), &parsed)) << "a table that only fits when cut off";
  EXPECT_FALSE(ParseSegment(WithRows({{7, 0, 1}}), &parsed)) << "serial 0";
  EXPECT_FALSE(ParseSegment(WithRows({{7, kSerialMax + 1, 1}}), &parsed)) << "serial beyond its bits";
  EXPECT_FALSE(ParseSegment(WithRows({{7, 1, 2}}), &parsed)) << "a label that is not there";
  EXPECT_FALSE(ParseSegment(WithRows({{7, 2, 1}, {7, 1, 1}}), &parsed)) << "falling serials";
  EXPECT_FALSE(ParseSegment(WithRows({{7, 1, 1}, {7, 1, 1}}), &parsed)) << "a row twice";
  EXPECT_FALSE(ParseSegment(WithRows({{8, 1, 1}, {7, 2, 1}}), &parsed)) << "falling tables";
}

TEST(Segment, RefusesCountsThatTheInputCannotHold) {
  ChangeSet parsed;
  std::string segment = Start();
  base::ByteWriter(segment).Unsigned(~std::uint64_t{0});
  EXPECT_FALSE(ParseSegment(segment, &parsed));
}

TEST(Segment, HasOneSpelling) {
  std::string segment = WithRows({});
  ChangeSet parsed;
  ASSERT_TRUE(ParseSegment(segment, &parsed));
  segment.back() = '\x80';  // a count of zero rows in two bytes
  segment.push_back('\0');
  EXPECT_FALSE(ParseSegment(segment, &parsed));
}

TEST(Segment, OfAnotherVersionIsRefused) {
  std::string segment = EncodeSegment(Sample());
  segment.front() = 2;
  ChangeSet parsed;
  EXPECT_FALSE(ParseSegment(segment, &parsed));
}

// Whatever the bytes: no crash, and what is accepted is exactly what EncodeSegment would have written.
TEST(Segment, SurvivesRandomMutations) {
  constexpr base::Key128 kSeed{.hi = 1, .lo = 2};
  const std::string original = EncodeSegment(Sample());
  int accepted = 0;
  for (std::uint64_t round = 0; round < 50'000; ++round) {
    std::string segment = original;
    const std::uint64_t edits = 1 + base::Reduce(base::KeyedHash64(kSeed, {round, 0}), 4);
    for (std::uint64_t edit = 1; edit <= edits && !segment.empty(); ++edit) {
      const std::uint64_t at = base::Reduce(base::KeyedHash64(kSeed, {round, edit, 1}), segment.size());
      const std::uint64_t chance = base::KeyedHash64(kSeed, {round, edit, 2});
      const auto byte = static_cast<char>(chance & 0xff);
      switch ((chance >> 8) % 4) {
        case 0:
          segment[at] = byte;
          break;
        case 1:
          segment.insert(at, 1, byte);
          break;
        case 2:
          segment.erase(at, 1);
          break;
        case 3:
          segment.resize(at);
          break;
      }
    }
    ChangeSet parsed;
    if (!ParseSegment(segment, &parsed)) continue;
    ++accepted;
    ASSERT_EQ(EncodeSegment(parsed), segment) << "round " << round;
  }
  EXPECT_GT(accepted, 100) << "changed payload bytes are still a segment; otherwise the loop tests nothing";
}

}  // namespace
}  // namespace ecsmi::model
