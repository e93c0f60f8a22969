#include "ecsmi/core/schedule.h"

#include <string>

#include "builders/seeds.h"
#include "ecsmi/base/keyed_hash.h"
#include "gtest/gtest.h"

// The next occurrence of a cron schedule is the first matching minute of a plain scan.
namespace ecsmi {
namespace {

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  int Below(int bound) {
    return static_cast<int>(base::Reduce(base::KeyedHash64({seed, 12}, {++count}), static_cast<std::uint64_t>(bound)));
  }
};

std::string Part(Chance& chance, int first, int last) {
  const int value = first + chance.Below(last - first + 1);
  const int end = value + chance.Below(last - value + 1);
  switch (chance.Below(5)) {
    case 0:
      return "*";
    case 1:
      return std::to_string(value);
    case 2:
      return std::to_string(value) + "-" + std::to_string(end);
    case 3:
      return std::to_string(value) + "/" + std::to_string(1 + chance.Below(7));
    default:
      return std::to_string(value) + "," + std::to_string(end);
  }
}
std::string Fields(Chance& chance) {
  std::string days = Part(chance, 1, 31);
  std::string weekdays = "?";
  const int value = 1 + chance.Below(7);
  switch (chance.Below(8)) {
    case 0:
      days = "L";
      break;
    case 1:
      days = "LW";
      break;
    case 2:
      days = std::to_string(1 + chance.Below(31)) + "W";
      break;
    case 3:
      days = "?";
      weekdays = std::to_string(value) + "L";
      break;
    case 4:
      days = "?";
      weekdays = std::to_string(value) + "#" + std::to_string(1 + chance.Below(4));
      break;
    case 5:
      days = "?";
      weekdays = Part(chance, 1, 7);
      break;
    default:
      break;
  }
  return Part(chance, 0, 59) + " " + Part(chance, 0, 23) + " " + days + " " + Part(chance, 1, 12) + " " + weekdays +
         " *";
}

TEST(Schedules, NextIsTheFirstMatchingMinuteOfAPlainScan) {
  const char* zones[] = {"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"};
  for (std::uint64_t seed = 1; seed <= testing::Seeds(40); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    const std::string fields = Fields(chance);
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(zones[chance.Below(4)], &zone));
    std::string error;
    const auto cron = core::CronFields::Parse(fields, &error);
    ASSERT_TRUE(cron.has_value()) << fields << ": " << error;
    const model::TimeMs after =
        1'767'225'600'000 + std::int64_t{chance.Below(365 * 24 * 60)} * 60'000 + chance.Below(60'000);
    constexpr int kMinutesAhead = 60 * 24 * 60;
    std::optional<model::TimeMs> first;
    for (int i = 1; i <= kMinutesAhead && !first; ++i) {
      const model::TimeMs at = after - after % 60'000 + std::int64_t{i} * 60'000;
      const absl::CivilSecond civil = zone.At(absl::FromUnixMillis(at)).cs;
      const bool shown_before = absl::ToUnixMillis(zone.At(civil).pre) != at;
      if (!shown_before && cron->Matches(absl::CivilMinute(civil))) first = at;
    }
    const std::optional<model::TimeMs> next = cron->Next(zone, after);
    if (first) {
      EXPECT_EQ(next, first) << fields << " in " << zone.name() << " after " << after;
    } else if (next) {
      EXPECT_GT(*next, after + std::int64_t{kMinutesAhead - 1} * 60'000) << fields;
    }
  }
}

}  // namespace
}  // namespace ecsmi
