#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ecsmi/core/schedule.h"

// cron(…): what its fields mean, and which minute comes next.
namespace ecsmi::core {
namespace {

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2199;

constexpr std::array<std::string_view, 12> kMonthNames = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdayNames = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct FieldRange {
  std::string_view name;
  int first;
  int last;
  std::string_view const* names = nullptr;  // of first, first + 1, …
  std::size_t names_count = 0;
};
constexpr FieldRange kMinutes{"minutes", 0, 59};
constexpr FieldRange kHours{"hours", 0, 23};
constexpr FieldRange kDays{"day-of-month", 1, 31};
constexpr FieldRange kMonths{"month", 1, 12, kMonthNames.data(), kMonthNames.size()};
constexpr FieldRange kWeekdays{"day-of-week", 1, 7, kWeekdayNames.data(), kWeekdayNames.size()};
constexpr FieldRange kYears{"year", kFirstYear, kLastYear};

std::string Text(std::string_view text) {
  return std::string(text);
}

bool Fail(const FieldRange& field, std::string_view value, std::string_view why, std::string* error) {
  *error = absl::StrCat("the ", Text(field.name), " field has '", Text(value), "': ", Text(why));
  return false;
}

// A number or a name of the field, within its range.
bool Value(const FieldRange& field, std::string_view text, int* value, std::string* error) {
  const std::string upper = absl::AsciiStrToUpper({text.data(), text.size()});
  for (std::size_t i = 0; i < field.names_count; ++i) {
    if (upper != field.names[i]) continue;
    *value = field.first + static_cast<int>(i);
    return true;
  }
  const bool digits = !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == text.npos;
  if (!digits || !absl::SimpleAtoi({text.data(), text.size()}, value)) {
    return Fail(field, text, "it is no value of this field", error);
  }
  if (*value >= field.first && *value <= field.last) return true;
  return Fail(field, text, absl::StrCat("it must be between ", field.first, " and ", field.last), error);
}

// "*", "3", "3-7", each also with a step "/2"; "3/2" goes on to the end.
template <std::size_t N>
bool AddPart(const FieldRange& field, std::string_view part, int base, std::bitset<N>* set, std::string* error) {
  const std::size_t slash = part.find('/');
  const std::string_view range = part.substr(0, slash);
  int step = 1;
  if (slash != part.npos) {
    const std::string_view text = part.substr(slash + 1);
    const bool digits = !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == text.npos;
    if (!digits || !absl::SimpleAtoi({text.data(), text.size()}, &step) || step < 1) {
      return Fail(field, part, "a step must be at least 1", error);
    }
  }
  int first = field.first;
  int last = field.last;
  if (range != "*") {
    const std::size_t dash = range.find('-');
    if (!Value(field, range.substr(0, dash), &first, error)) return false;
    if (dash != range.npos) {
      if (!Value(field, range.substr(dash + 1), &last, error)) return false;
      if (last < first) return Fail(field, part, "the range ends before it begins", error);
    } else if (slash == part.npos) {
      last = first;
    }
  }
  for (int value = first; value <= last; value += step) set->set(static_cast<std::size_t>(value - base));
  return true;
}

template <std::size_t N>
bool AddParts(const FieldRange& field, std::string_view text, int base, std::bitset<N>* set, std::string* error) {
  for (const absl::string_view part : absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    if (!AddPart(field, {part.data(), part.size()}, base, set, error)) return false;
  }
  return true;
}

bool EndsWith(std::string_view text, char letter) {
  return !text.empty() && absl::ascii_toupper(static_cast<unsigned char>(text.back())) == letter;
}

// 1 = Sunday.
int WeekdayOf(absl::CivilDay day) {
  const int from_monday = static_cast<int>(absl::GetWeekday(day));  // Monday = 0
  return (from_monday + 1) % 7 + 1;
}
int LastDayOf(absl::CivilDay day) {
  return (absl::CivilDay(absl::CivilMonth(day) + 1) - 1).day();
}
// The weekday nearest to `wanted` that lies in the same month; 0: the month has no such day.
int NearestWeekday(absl::CivilDay day, int wanted) {
  const int last = LastDayOf(day);
  if (wanted > last) return 0;
  const int weekday = WeekdayOf(absl::CivilDay(day.year(), day.month(), wanted));
  if (weekday == 7) return wanted > 1 ? wanted - 1 : wanted + 2;     // Saturday
  if (weekday == 1) return wanted < last ? wanted + 1 : wanted - 2;  // Sunday
  return wanted;
}

}  // namespace

std::optional<CronFields> CronFields::Parse(std::string_view text, std::string* error) {
  const std::vector<std::string> fields =
      absl::StrSplit(absl::string_view(text.data(), text.size()), absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (fields.size() != 6) {
    *error =
        absl::StrCat("cron takes six fields, minutes hours day-of-month month day-of-week year, not ", fields.size());
    return std::nullopt;
  }
  const std::string& days = fields[2];
  const std::string& weekdays = fields[4];
  if ((days == "?") == (weekdays == "?")) {
    *error = "exactly one of the fields day-of-month and day-of-week must be '?'";
    return std::nullopt;
  }
  CronFields cron;
  if (!AddParts(kMinutes, fields[0], 0, &cron.minutes_, error)) return std::nullopt;
  if (!AddParts(kHours, fields[1], 0, &cron.hours_, error)) return std::nullopt;
  if (!AddParts(kMonths, fields[3], 0, &cron.months_, error)) return std::nullopt;
  if (!AddParts(kYears, fields[5], kFirstYear, &cron.years_, error)) return std::nullopt;
  if (days != "?") {
    for (const absl::string_view given : absl::StrSplit(days, ',')) {
      const std::string_view part(given.data(), given.size());
      const std::string upper = absl::AsciiStrToUpper(given);
      int value = 0;
      if (upper == "L") {
        cron.last_day_ = true;
      } else if (upper == "LW" || upper == "WL") {
        cron.last_weekday_ = true;
      } else if (EndsWith(part, 'W')) {
        if (!Value(kDays, part.substr(0, part.size() - 1), &value, error)) return std::nullopt;
        cron.nearest_.set(static_cast<std::size_t>(value));
      } else if (!AddPart(kDays, part, 0, &cron.days_, error)) {
        return std::nullopt;
      }
    }
    return cron;
  }
  for (const absl::string_view given : absl::StrSplit(weekdays, ',')) {
    const std::string_view part(given.data(), given.size());
    const std::size_t hash = part.find('#');
    int value = 0;
    if (part == "L" || part == "l") {
      cron.weekdays_.set(7);  // the last day of the week
    } else if (hash != part.npos) {
      if (!Value(kWeekdays, part.substr(0, hash), &value, error)) return std::nullopt;
      const std::string_view nth = part.substr(hash + 1);
      if (nth.size() != 1 || nth[0] < '1' || nth[0] > '5') {
        Fail(kWeekdays, part, "behind '#' there must be a number from 1 to 5", error);
        return std::nullopt;
      }
      cron.nth_.set(static_cast<std::size_t>(8 * (nth[0] - '1') + value));
    } else if (part.size() > 1 && EndsWith(part, 'L')) {
      if (!Value(kWeekdays, part.substr(0, part.size() - 1), &value, error)) return std::nullopt;
      cron.last_of_week_.set(static_cast<std::size_t>(value));
    } else if (!AddPart(kWeekdays, part, 0, &cron.weekdays_, error)) {
      return std::nullopt;
    }
  }
  return cron;
}

bool CronFields::MatchesDay(absl::CivilDay day) const {
  if (day.year() < kFirstYear || day.year() > kLastYear) return false;
  if (!years_.test(static_cast<std::size_t>(day.year() - kFirstYear))) return false;
  if (!months_.test(static_cast<std::size_t>(day.month()))) return false;
  const auto of_month = static_cast<std::size_t>(day.day());
  const int last = LastDayOf(day);
  if (days_.test(of_month) || (last_day_ && day.day() == last)) return true;
  if (last_weekday_ && NearestWeekday(day, last) == day.day()) return true;
  for (std::size_t wanted = 1; nearest_.any() && wanted < nearest_.size(); ++wanted) {
    if (nearest_.test(wanted) && NearestWeekday(day, static_cast<int>(wanted)) == day.day()) return true;
  }
  const auto weekday = static_cast<std::size_t>(WeekdayOf(day));
  if (weekdays_.test(weekday)) return true;
  if (last_of_week_.test(weekday) && day.day() + 7 > last) return true;
  return nth_.test(8 * ((of_month - 1) / 7) + weekday);
}

bool CronFields::Matches(absl::CivilMinute minute) const {
  return minutes_.test(static_cast<std::size_t>(minute.minute())) &&
         hours_.test(static_cast<std::size_t>(minute.hour())) && MatchesDay(absl::CivilDay(minute));
}

std::optional<model::TimeMs> CronFields::Next(const absl::TimeZone& zone, model::TimeMs after) const {
  const absl::Time from = absl::FromUnixMillis(after);
  absl::CivilDay day(zone.At(from).cs);
  while (day.year() <= kLastYear) {
    if (!years_.test(static_cast<std::size_t>(std::max<std::int64_t>(day.year(), kFirstYear) - kFirstYear)) ||
        day.year() < kFirstYear) {
      day = absl::CivilDay(absl::CivilYear(day) + 1);
      continue;
    }
    if (!months_.test(static_cast<std::size_t>(day.month()))) {
      day = absl::CivilDay(absl::CivilMonth(day) + 1);
      continue;
    }
    if (MatchesDay(day)) {
      // Where clocks go back the civil order is not the order of moments: the earliest of the day counts.
      std::optional<absl::Time> first;
      for (std::size_t hour = 0; hour < hours_.size(); ++hour) {
        if (!hours_.test(hour)) continue;
        for (std::size_t minute = 0; minute < minutes_.size(); ++minute) {
          if (!minutes_.test(minute)) continue;
          const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(
              day.year(), day.month(), day.day(), static_cast<int>(hour), static_cast<int>(minute), 0));
          if (info.kind == absl::TimeZone::TimeInfo::SKIPPED || info.pre <= from) continue;
          if (!first || info.pre < *first) first = info.pre;
        }
      }
      if (first) return absl::ToUnixMillis(*first);
    }
    ++day;
  }
  return std::nullopt;
}

}  // namespace ecsmi::core
