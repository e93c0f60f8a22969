#include "ecsmi/core/schedule.h"

#include <array>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ecsmi::core {
namespace {

constexpr int kRateMax = 1'000'000;

// What stands between "name(" and ")".
std::optional<std::string_view> Inside(std::string_view text, std::string_view name) {
  if (text.substr(0, name.size()) != name || text.size() < name.size() + 2) return std::nullopt;
  if (text[name.size()] != '(' || text.back() != ')') return std::nullopt;
  return text.substr(name.size() + 1, text.size() - name.size() - 2);
}

bool IsShape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool fits = shape[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == shape[i];
    if (!fits) return false;
  }
  return true;
}

std::optional<Schedule> ParseAt(std::string_view text, std::string* error) {
  *error = absl::StrCat("at takes yyyy-mm-ddThh:mm:ss, not '", std::string(text), "'");
  if (!IsShape(text, "0000-00-00T00:00:00")) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) value = 10 * value + (text[i] - '0');
    return value;
  };
  Schedule schedule;
  schedule.at =
      absl::CivilSecond(number(0, 4), number(5, 2), number(8, 2), number(11, 2), number(14, 2), number(17, 2));
  // A day or hour that there is not becomes another one: then the fields do not read back.
  const std::array<int, 5> read = {schedule.at.month(), schedule.at.day(), schedule.at.hour(), schedule.at.minute(),
                                   schedule.at.second()};
  if (read != std::array<int, 5>{number(5, 2), number(8, 2), number(11, 2), number(14, 2), number(17, 2)}) {
    *error = absl::StrCat("there is no moment '", std::string(text), "'");
    return std::nullopt;
  }
  return schedule;
}

std::optional<Schedule> ParseRate(std::string_view text, std::string* error) {
  struct Unit {
    std::string_view one;
    std::string_view many;
    model::DurationMs ms;
  };
  constexpr Unit kUnits[] = {
      {"minute", "minutes", model::kMinuteMs}, {"hour", "hours", model::kHourMs}, {"day", "days", model::kDayMs}};
  const std::vector<std::string> words =
      absl::StrSplit(absl::string_view(text.data(), text.size()), ' ', absl::SkipEmpty());
  int value = 0;
  if (words.size() == 2 && words[0].find_first_not_of("0123456789") == std::string::npos &&
      absl::SimpleAtoi(words[0], &value) && value >= 1 && value <= kRateMax) {
    for (const Unit& unit : kUnits) {
      if (words[1] != unit.one && words[1] != unit.many) continue;
      Schedule schedule;
      schedule.kind = ScheduleKind::kRate;
      schedule.every = value * unit.ms;
      return schedule;
    }
  }
  *error = absl::StrCat("rate takes a whole number from 1 to ", kRateMax,
                        " and a unit, minute(s), hour(s) or day(s), not '", std::string(text), "'");
  return std::nullopt;
}

}  // namespace

std::optional<Schedule> ParseSchedule(std::string_view text, std::string* error) {
  if (const auto at = Inside(text, "at")) return ParseAt(*at, error);
  if (const auto rate = Inside(text, "rate")) return ParseRate(*rate, error);
  if (const auto fields = Inside(text, "cron")) {
    std::optional<CronFields> cron = CronFields::Parse(*fields, error);
    if (!cron) return std::nullopt;
    Schedule schedule;
    schedule.kind = ScheduleKind::kCron;
    schedule.cron = *cron;
    return schedule;
  }
  *error = "it must be at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields)";
  return std::nullopt;
}

std::optional<model::TimeMs> NextOccurrence(const Schedule& schedule, const absl::TimeZone& zone, model::TimeMs first,
                                            model::TimeMs after) {
  switch (schedule.kind) {
    case ScheduleKind::kAt: {
      // A moment that the clocks skip is as far behind the jump as it says.
      const model::TimeMs at = absl::ToUnixMillis(zone.At(schedule.at).pre);
      return at > after ? std::optional(at) : std::nullopt;
    }
    case ScheduleKind::kRate:
      if (after < first) return first;
      return first + ((after - first) / schedule.every + 1) * schedule.every;
    case ScheduleKind::kCron:
      return schedule.cron.Next(zone, after);
  }
  return std::nullopt;
}

}  // namespace ecsmi::core
