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

void AddTold(ChangeSet& changes, Told told, const std::string& image, const std::string& extra) {
  told.image_offset = static_cast<std::uint32_t>(changes.told_buffer.size());
  told.image_size = static_cast<std::uint32_t>(image.size());
  changes.told_buffer += image;
  told.extra_offset = static_cast<std::uint32_t>(changes.told_buffer.size());
  told.extra_size = static_cast<std::uint32_t>(extra.size());
  changes.told_buffer += extra;
  changes.told.push_back(told);
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
  changes.told_first = 77;
  changes.told_buffer = "left behind";
  AddTold(changes, {.table = TableId::kTask, .serial = 2, .at = -9}, "", "");
  AddTold(changes, {.table = TableId::kTask, .serial = 2, .at = -5}, "as it was", "");
  AddTold(changes, {.table = TableId::kContainerInstance, .serial = 9, .at = -5}, "", "facts");
  AddTold(changes, {.table = TableId::kDocument, .erased = true, .serial = 8, .at = 3}, std::string(300, 'd'), "x");
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
  EXPECT_EQ(parsed.told_first, 77u);
  ASSERT_EQ(parsed.told.size(), changes.told.size());
  for (std::size_t i = 0; i < parsed.told.size(); ++i) {
    EXPECT_EQ(parsed.told[i].table, changes.told[i].table);
    EXPECT_EQ(parsed.told[i].serial, changes.told[i].serial);
    EXPECT_EQ(parsed.told[i].erased, changes.told[i].erased);
    EXPECT_EQ(parsed.told[i].at, changes.told[i].at);
    EXPECT_EQ(parsed.ImageOf(parsed.told[i]), changes.ImageOf(changes.told[i]));
    EXPECT_EQ(parsed.ExtraOf(parsed.told[i]), changes.ExtraOf(changes.told[i]));
  }
  EXPECT_EQ(parsed.told_buffer.find("left behind"), std::string::npos);
  EXPECT_EQ(EncodeSegment(parsed), EncodeSegment(changes));
}

// Databases of versions that told nothing are read as ever, and a step that tells nothing costs what it did.
TEST(Segment, ThatTellsNothingIsOfTheFirstVersion) {
  ChangeSet changes = Sample();
  const std::size_t told = EncodeSegment(changes).size();
  changes.told.clear();
  const std::string segment = EncodeSegment(changes);
  EXPECT_EQ(segment[0], 1);
  EXPECT_LT(segment.size(), told);
  ChangeSet parsed;
  ASSERT_TRUE(ParseSegment(segment, &parsed));
  EXPECT_TRUE(parsed.told.empty());
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
  ChangeSet silent = Sample();
  silent.told.clear();
  ChangeSet parsed;
  for (const ChangeSet& changes : {Sample(), silent}) {
    std::string segment = EncodeSegment(changes);
    for (char version = 0; version < 5; ++version) {
      const bool own = version == EncodeSegment(changes).front();
      segment.front() = version;
      EXPECT_EQ(ParseSegment(segment, &parsed), own) << static_cast<int>(version);
    }
  }
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

TEST(Segment, RefusesToldThingsThatNoStepLeaves) {
  // Table, serial, milliseconds before (zigzag), parts; then an image or an extra of one byte where parts say so.
  const auto with_told = [](const std::vector<std::array<std::uint64_t, 4>>& told) {
    std::string segment = Start();
    base::ByteWriter writer(segment);
    writer.Unsigned(0);  // rows
    writer.Unsigned(5);  // first
    writer.Unsigned(told.size());
    for (const auto& it : told) {
      for (const std::uint64_t value : it) writer.Unsigned(value);
      if ((it[3] & 2) != 0) writer.Bytes("i");
      if ((it[3] & 4) != 0) writer.Bytes("e");
    }
    segment[0] = 2;
    return segment;
  };
  ChangeSet parsed;
  ASSERT_TRUE(ParseSegment(with_told({{7, 1, 0, 0}, {7, 1, 3, 2}, {1, 2, 0, 7}}), &parsed));
  EXPECT_EQ(parsed.told.size(), 3u);
  EXPECT_FALSE(ParseSegment(with_told({}), &parsed)) << "the version that tells tells nothing";
  EXPECT_FALSE(ParseSegment(with_told({{0, 1, 0, 0}}), &parsed)) << "table 0";
  EXPECT_FALSE(ParseSegment(with_told({{7, 0, 0, 0}}), &parsed)) << "serial 0";
  EXPECT_FALSE(ParseSegment(with_told({{7, kSerialMax + 1, 0, 0}}), &parsed)) << "serial beyond its bits";
  EXPECT_FALSE(ParseSegment(with_told({{7, 1, 0, 8}}), &parsed)) << "parts nobody knows";
  EXPECT_TRUE(ParseSegment(with_told({{7, 1, ~std::uint64_t{0}, 0}}), &parsed)) << "far from now, yet a moment";
}

}  // namespace
}  // namespace ecsmi::model
