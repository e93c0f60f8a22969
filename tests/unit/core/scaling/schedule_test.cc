#include "ecsmi/core/schedule.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using ::testing::HasSubstr;

absl::TimeZone Zone(const char* name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
  return zone;
}
model::TimeMs Ms(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << error;
  return absl::ToUnixMillis(time);
}
std::string Next(const std::string& schedule, const char* after, const char* zone = "UTC",
                 const char* first = nullptr) {
  std::string error;
  const auto parsed = ParseSchedule(schedule, &error);
  EXPECT_TRUE(parsed.has_value()) << schedule << ": " << error;
  if (!parsed) return "";
  const auto next = NextOccurrence(*parsed, Zone(zone), Ms(first == nullptr ? after : first), Ms(after));
  if (!next) return "none";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(*next), absl::UTCTimeZone());
}

TEST(Schedule, CronFindsTheNextMinute) {
  struct Case {
    const char* fields;
    const char* after;
    const char* next;
  };
  for (const Case& c : {
           Case{"0 12 * * ? *", "2026-01-01T11:59:59Z", "2026-01-01T12:00:00Z"},
           Case{"0 12 * * ? *", "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"},
           Case{"*/15 * * * ? *", "2026-01-01T00:07:00Z", "2026-01-01T00:15:00Z"},
           Case{"5/20 * * * ? *", "2026-01-01T00:46:00Z", "2026-01-01T01:05:00Z"},
           Case{"0 8 ? * MON-FRI *", "2026-01-02T09:00:00Z", "2026-01-05T08:00:00Z"},
           Case{"0 8 ? * 2-6 *", "2026-01-02T09:00:00Z", "2026-01-05T08:00:00Z"},
           Case{"0 0 1 JAN,jul ? *", "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"},
           Case{"0 0 L * ? *", "2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z"},
           Case{"0 0 L 2 ? *", "2027-03-01T00:00:00Z", "2028-02-29T00:00:00Z"},
           Case{"0 0 LW * ? *", "2026-01-31T00:00:00Z", "2026-02-27T00:00:00Z"},   // 28 February is a Saturday
           Case{"0 0 15W * ? *", "2026-02-01T00:00:00Z", "2026-02-16T00:00:00Z"},  // the 15th is a Sunday
           Case{"0 0 1W * ? *", "2026-07-31T00:00:00Z", "2026-08-03T00:00:00Z"},   // a Saturday, but not in July
           Case{"0 0 ? * 6L *", "2026-01-01T00:00:00Z", "2026-01-30T00:00:00Z"},   // the last Friday
           Case{"0 0 ? * FRI#3 *", "2026-01-01T00:00:00Z", "2026-01-16T00:00:00Z"},
           Case{"0 0 ? * 6#5 *", "2026-02-01T00:00:00Z", "2026-05-29T00:00:00Z"},
           Case{"0 0 ? * L *", "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"},  // Saturday
           Case{"0 0 29 2 ? 2026-2032", "2028-03-01T00:00:00Z", "2032-02-29T00:00:00Z"},
           Case{"0 0 30 2 ? *", "2026-01-01T00:00:00Z", "none"},
           Case{"0 0 1 1 ? 2025", "2026-01-01T00:00:00Z", "none"},
           Case{"0 0 1 1 ? 2199", "2026-01-01T00:00:00Z", "2199-01-01T00:00:00Z"},
       }) {
    EXPECT_EQ(Next(std::string("cron(") + c.fields + ")", c.after), c.next) << c.fields;
  }
}

TEST(Schedule, FollowsTheClocksOfItsZone) {
  EXPECT_EQ(Next("cron(0 8 * * ? *)", "2026-01-01T00:00:00Z", "America/New_York"), "2026-01-01T13:00:00Z");
  EXPECT_EQ(Next("cron(0 8 * * ? *)", "2026-07-01T00:00:00Z", "America/New_York"), "2026-07-01T12:00:00Z");
  // Clocks skip 2:30 on 8 March, and show 1:30 twice on 1 November.
  EXPECT_EQ(Next("cron(30 2 * * ? *)", "2026-03-08T00:00:00Z", "America/New_York"), "2026-03-09T06:30:00Z");
  EXPECT_EQ(Next("cron(30 1 * * ? *)", "2026-11-01T04:00:00Z", "America/New_York"), "2026-11-01T05:30:00Z");
  EXPECT_EQ(Next("cron(30 1 * * ? *)", "2026-11-01T05:30:00Z", "America/New_York"), "2026-11-02T06:30:00Z");
  EXPECT_EQ(Next("at(2026-07-01T09:00:00)", "2026-01-01T00:00:00Z", "Asia/Tokyo"), "2026-07-01T00:00:00Z");
}

TEST(Schedule, AtHappensOnceAndRatesGoOnFromTheirFirst) {
  EXPECT_EQ(Next("at(2026-01-01T00:00:10)", "2026-01-01T00:00:09Z"), "2026-01-01T00:00:10Z");
  EXPECT_EQ(Next("at(2026-01-01T00:00:10)", "2026-01-01T00:00:10Z"), "none");
  const char* first = "2026-01-01T00:00:30Z";
  EXPECT_EQ(Next("rate(5 minutes)", "2025-12-31T00:00:00Z", "UTC", first), "2026-01-01T00:00:30Z");
  EXPECT_EQ(Next("rate(5 minutes)", "2026-01-01T00:00:30Z", "UTC", first), "2026-01-01T00:05:30Z");
  EXPECT_EQ(Next("rate(1 day)", "2026-02-01T00:00:00Z", "UTC", first), "2026-02-01T00:00:30Z");
}

TEST(Schedule, RefusesWithTheFieldAndWhy) {
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"", {"at(", "rate(", "cron("}},
           {"cron", {"cron("}},
           {"at(2026-01-01)", {"yyyy-mm-ddThh:mm:ss"}},
           {"at(2026-02-30T00:00:00)", {"no moment '2026-02-30T00:00:00'"}},
           {"at(2026-01-01T24:00:00)", {"no moment"}},
           {"rate(0 minutes)", {"1 to"}},
           {"rate(5 weeks)", {"unit"}},
           {"rate(-1 minute)", {"whole number"}},
           {"cron(* * * * *)", {"six fields", "5"}},
           {"cron(0 0 * * * *)", {"day-of-month", "day-of-week", "'?'"}},
           {"cron(0 0 ? * ? *)", {"'?'"}},
           {"cron(60 0 * * ? *)", {"minutes", "'60'", "between 0 and 59"}},
           {"cron(0 24 * * ? *)", {"hours", "'24'"}},
           {"cron(0 0 32 * ? *)", {"day-of-month", "'32'"}},
           {"cron(0 0 * 13 ? *)", {"month", "'13'"}},
           {"cron(0 0 ? * 8 *)", {"day-of-week", "'8'"}},
           {"cron(0 0 ? * MON#6 *)", {"'MON#6'", "1 to 5"}},
           {"cron(0 0 * * ? 2200)", {"year", "'2200'"}},
           {"cron(*/0 0 * * ? *)", {"step"}},
           {"cron(9-3 0 * * ? *)", {"ends before"}},
           {"cron(, 0 * * ? *)", {"minutes", "''"}},
           {"cron(0 0 XW * ? *)", {"day-of-month", "'X'"}},
           {"cron(? 0 * * ? *)", {"minutes", "'?'"}},
       }) {
    std::string error;
    EXPECT_FALSE(ParseSchedule(text, &error).has_value()) << text;
    for (const std::string& word : words) EXPECT_THAT(error, HasSubstr(word)) << text;
  }
}

}  // namespace
}  // namespace ecsmi::core
