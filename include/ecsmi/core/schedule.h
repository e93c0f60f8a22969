#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "ecsmi/model/time.h"

// Schedules of Application Auto Scaling. Pure; any thread.
namespace ecsmi::core {

// cron(minutes hours day-of-month month day-of-week year), AWS's six fields: values, names, `,` `-` `*` `/`, and for
// days `?` `L` `W` `#`. One of the two day fields is `?`.
class CronFields {
 public:
  // nullopt: `error` names the field and why.
  static std::optional<CronFields> Parse(std::string_view fields, std::string* error);
  bool Matches(absl::CivilMinute minute) const;
  // The first matching minute after `after` that exists in `zone`: one that the clocks skip never comes, one that they
  // repeat comes once, the first time. nullopt: none before the year 2200.
  std::optional<model::TimeMs> Next(const absl::TimeZone& zone, model::TimeMs after) const;

 private:
  bool MatchesDay(absl::CivilDay day) const;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;  // of the month
  std::bitset<13> months_;
  std::bitset<8> weekdays_;      // 1 = Sunday
  std::bitset<230> years_;       // from 1970
  bool last_day_ = false;        // L
  bool last_weekday_ = false;    // LW
  std::bitset<32> nearest_;      // 15W: the weekday nearest to the 15th, within the month
  std::bitset<8> last_of_week_;  // 6L: the last Friday
  std::bitset<40> nth_;          // 6#3: the third Friday, at 8 * nth + weekday
};

enum class ScheduleKind : std::uint8_t { kAt, kRate, kCron };

// at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields).
struct Schedule {
  ScheduleKind kind = ScheduleKind::kAt;
  absl::CivilSecond at;
  model::DurationMs every = 0;
  CronFields cron;
};
// nullopt: `error` says what is wrong.
std::optional<Schedule> ParseSchedule(std::string_view text, std::string* error);

// The schedule's first moment after `after`. `first`: a rate's first moment, which the others follow. nullopt: there is
// none.
std::optional<model::TimeMs> NextOccurrence(const Schedule& schedule, const absl::TimeZone& zone, model::TimeMs first,
                                            model::TimeMs after);

}  // namespace ecsmi::core
