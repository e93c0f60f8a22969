#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "control/autoscaling.h"

// What an alarm says of its state, in CloudWatch's words. Times are those shown to users.
namespace ecsmi::control {
namespace {

using Data = std::span<const std::optional<double>>;

// "35.0", "0.1": as short as reads back the same.
std::string Number(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return absl::StrFormat("%.1f", value);
  for (int digits = 6; digits < 17; ++digits) {
    std::string text = absl::StrFormat("%.*g", digits, value);
    double back = 0;
    if (absl::SimpleAtod(text, &back) && back == value) return text;
  }
  return absl::StrFormat("%.17g", value);
}

struct Civil {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};
Civil CivilOf(std::int64_t ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(ms)};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const auto seconds = static_cast<int>(std::chrono::floor<std::chrono::seconds>(time - days).count());
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          seconds / 3600,
          seconds / 60 % 60,
          seconds % 60};
}
std::string ShortTime(std::int64_t ms) {
  const Civil c = CivilOf(ms);
  return absl::StrFormat("%02d/%02d/%02d %02d:%02d:%02d", c.day, c.month, c.year % 100, c.hour, c.minute, c.second);
}
std::string LongTime(std::int64_t ms) {
  const Civil c = CivilOf(ms);
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d.000+0000", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

const char* ComparisonWords(model::Comparison comparison) {
  switch (comparison) {
    case model::Comparison::kGreaterThanOrEqualToThreshold:
      return "greater than or equal to";
    case model::Comparison::kGreaterThanThreshold:
      return "greater than";
    case model::Comparison::kLessThanThreshold:
      return "less than";
    case model::Comparison::kLessThanOrEqualToThreshold:
      return "less than or equal to";
  }
  return "";
}

const char* TreatmentName(model::MissingData treatment) {
  switch (treatment) {
    case model::MissingData::kMissing:
      return "Missing";
    case model::MissingData::kIgnore:
      return "Ignore";
    case model::MissingData::kBreaching:
      return "Breaching";
    case model::MissingData::kNotBreaching:
      return "NonBreaching";
  }
  return "";
}

const char* StatisticName(model::Statistic statistic) {
  switch (statistic) {
    case model::Statistic::kAverage:
      return "Average";
    case model::Statistic::kSum:
      return "Sum";
    case model::Statistic::kMinimum:
      return "Minimum";
    case model::Statistic::kMaximum:
      return "Maximum";
    case model::Statistic::kSampleCount:
      return "SampleCount";
  }
  return "";
}

std::string Plural(std::size_t count, std::string_view word) {
  return absl::StrCat(count, " ", absl::string_view(word.data(), word.size()), count == 1 ? "" : "s");
}

// Start of the period that data[index] is of.
model::TimeMs StartOf(const model::Alarm& alarm, Data data, std::size_t index, model::TimeMs end) {
  return end - static_cast<model::DurationMs>(data.size() - index) * alarm.period_seconds * model::kSecondMs;
}

}  // namespace

std::string StateName(model::AlarmState state) {
  switch (state) {
    case model::AlarmState::kInsufficientData:
      return "INSUFFICIENT_DATA";
    case model::AlarmState::kOk:
      return "OK";
    case model::AlarmState::kAlarm:
      return "ALARM";
  }
  return "";
}

std::string ReasonOf(const Step& step, const model::Alarm& alarm, const core::AlarmVerdict& verdict, Data data,
                     model::TimeMs end) {
  if (verdict.state == model::AlarmState::kInsufficientData) {
    return absl::StrCat("Insufficient Data: ", Plural(static_cast<std::size_t>(alarm.evaluation_periods), "datapoint"),
                        alarm.evaluation_periods == 1 ? " was" : " were", " unknown.");
  }
  std::string filled;
  if (verdict.filled > 0 && alarm.missing_data != model::MissingData::kMissing) {
    filled = absl::StrCat(" and ", Plural(verdict.filled, "missing datapoint"), verdict.filled == 1 ? " was" : " were",
                          " treated as [", TreatmentName(alarm.missing_data), "]");
  }
  if (verdict.decided_by.empty()) {
    return absl::StrCat("Threshold Crossed: no datapoints were received for ",
                        Plural(static_cast<std::size_t>(alarm.evaluation_periods), "period"), filled, ".");
  }
  const bool alarming = verdict.state == model::AlarmState::kAlarm;
  std::string list;
  std::size_t count = 0;
  for (auto at = verdict.decided_by.rbegin(); at != verdict.decided_by.rend(); ++at) {
    if (core::Breaches(alarm, *data[*at]) != alarming) continue;
    ++count;
    absl::StrAppend(&list, list.empty() ? "" : ", ", Number(*data[*at]), " (",
                    ShortTime(step.Shown(StartOf(alarm, data, *at, end))), ")");
  }
  const std::int32_t least =
      alarming ? alarm.datapoints_to_alarm : alarm.evaluation_periods - alarm.datapoints_to_alarm + 1;
  return absl::StrCat("Threshold Crossed: ", count, " out of the last ", Plural(verdict.decided_by.size(), "datapoint"),
                      " [", list, "] ", count == 1 ? "was" : "were", alarming ? " " : " not ",
                      ComparisonWords(alarm.comparison), " the threshold (", Number(alarm.threshold), ")", filled,
                      " (minimum ", Plural(static_cast<std::size_t>(least), "datapoint"), " for ",
                      alarming ? "OK -> ALARM" : "ALARM -> OK", " transition).");
}

std::string ReasonDataOf(const Step& step, const model::Alarm& alarm, const core::AlarmVerdict& verdict, Data data,
                         model::TimeMs end) {
  std::string recent;
  std::string evaluated;
  for (std::size_t index : verdict.decided_by) {
    absl::StrAppend(&recent, recent.empty() ? "" : ",", Number(*data[index]));
    absl::StrAppend(&evaluated, evaluated.empty() ? "" : ",", "{\"timestamp\":\"",
                    LongTime(step.Shown(StartOf(alarm, data, index, end))), "\",\"value\":", Number(*data[index]), "}");
  }
  std::string json = absl::StrCat("{\"version\":\"1.0\",\"queryDate\":\"", LongTime(step.Shown(step.now)), "\",");
  if (!verdict.decided_by.empty()) {
    absl::StrAppend(&json, "\"startDate\":\"",
                    LongTime(step.Shown(StartOf(alarm, data, verdict.decided_by.front(), end))), "\",");
  }
  if (alarm.queries.empty()) absl::StrAppend(&json, "\"statistic\":\"", StatisticName(alarm.statistic), "\",");
  absl::StrAppend(&json, "\"period\":", alarm.period_seconds, ",\"recentDatapoints\":[", recent,
                  "],\"threshold\":", Number(alarm.threshold), ",\"evaluatedDatapoints\":[", evaluated, "]}");
  return json;
}

}  // namespace ecsmi::control
