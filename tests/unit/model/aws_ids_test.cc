#include "ecsmi/model/aws_ids.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::model {
namespace {

using ::testing::MatchesRegex;

constexpr base::Key128 kKey{7, 9};
constexpr TableId kTable = TableId::kServiceRevision;

TEST(AwsIds, LeadBackToTheirSerialInEveryForm) {
  std::set<std::string> seen;
  for (Serial serial : {Serial{1}, Serial{2}, Serial{1} << 29, Serial{1} << 30, (Serial{1} << 30) + 1, kSerialMax}) {
    const std::string word = WordId(kKey, kTable, serial);
    const std::string number = NumberId(kKey, kTable, serial);
    EXPECT_THAT(word, MatchesRegex("[A-Za-z0-9_-]{21}"));
    EXPECT_THAT(number, MatchesRegex("[1-9][0-9]{18}"));
    EXPECT_EQ(SerialOfWordId(kKey, kTable, word), serial);
    EXPECT_EQ(SerialOfNumberId(kKey, kTable, number), serial);
    EXPECT_TRUE(seen.insert(word).second && seen.insert(number).second);
    // Of another table or world they are nothing.
    EXPECT_EQ(SerialOfWordId(kKey, TableId::kTask, word), std::nullopt);
    EXPECT_EQ(SerialOfNumberId(kKey, TableId::kTask, number), std::nullopt);
    EXPECT_EQ(SerialOfWordId({7, 8}, kTable, word), std::nullopt);
    EXPECT_EQ(SerialOfNumberId({7, 8}, kTable, number), std::nullopt);
  }
}

TEST(AwsIds, WhatNoWorldMadeIsRefused) {
  for (const char* text : {"", "x", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA+"}) {
    EXPECT_EQ(SerialOfWordId(kKey, kTable, text), std::nullopt) << text;
  }
  for (const char* text : {"", "1", "1000000000000000000", "9999999999999999999", "0999999999999999999",
                           "100000000000000000a", "10000000000000000000", "2152921504606846977"}) {
    EXPECT_EQ(SerialOfNumberId(kKey, kTable, text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ecsmi::model
