#include <algorithm>
#include <utility>

#include "ecsmi/core/scaling.h"

namespace ecsmi::core {
namespace {

using model::AlarmState;
using model::MissingData;

// Fewer than M real points, yet an alarm (F58): the oldest breaching one is at least M periods old and everything newer
// breaches or is missing. `could_breach`: the real breaching points and all gaps together reach M, so that "missing"
// never alarms where "breaching" would not (0-X-- of 3 out of 3).
bool OldEnough(const model::Alarm& alarm, std::span<const std::optional<double>> data, bool could_breach) {
  if (!could_breach) return false;
  const auto breaching = [&](const std::optional<double>& value) { return value && Breaches(alarm, *value); };
  const auto oldest = std::find_if(data.begin(), data.end(), breaching);
  if (oldest == data.end()) return false;
  const auto age = data.end() - oldest;  // 1 = the newest period
  return age >= alarm.datapoints_to_alarm &&
         std::all_of(oldest, data.end(), [&](const auto& value) { return !value || Breaches(alarm, *value); });
}

}  // namespace

bool Breaches(const model::Alarm& alarm, double value) {
  switch (alarm.comparison) {
    case model::Comparison::kGreaterThanOrEqualToThreshold:
      return value >= alarm.threshold;
    case model::Comparison::kGreaterThanThreshold:
      return value > alarm.threshold;
    case model::Comparison::kLessThanThreshold:
      return value < alarm.threshold;
    case model::Comparison::kLessThanOrEqualToThreshold:
      return value <= alarm.threshold;
  }
  return false;
}

std::vector<std::optional<double>> EvaluationData(const model::Alarm& alarm, const AlarmInput& input,
                                                  model::TimeMs end) {
  const std::size_t range = EvaluationRange(alarm);
  const model::DurationMs period = alarm.period_seconds * model::kSecondMs;
  const model::TimeMs from = end - static_cast<model::DurationMs>(range) * period;
  if (!input.math) return PeriodData(input.series.front(), alarm.statistic, from, period, range);
  std::vector<PeriodValues> metrics(alarm.queries.size());
  std::size_t returned = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < alarm.queries.size(); ++i) {
    const model::MetricQuery& query = alarm.queries[i];
    if (query.return_data) returned = i;
    if (query.expression.empty()) {
      metrics[i] = PeriodData(input.series[next++], query.statistic, from, period, range);
    }
  }
  return std::move(input.math->Evaluate(metrics)[returned].series.front());
}

AlarmVerdict EvaluateAlarm(const model::Alarm& alarm, std::span<const std::optional<double>> data) {
  const auto periods = static_cast<std::size_t>(alarm.evaluation_periods);
  const auto needed = static_cast<std::size_t>(alarm.datapoints_to_alarm);
  AlarmVerdict verdict;
  verdict.state = alarm.state;
  for (std::size_t i = data.size(); i-- > 0 && verdict.decided_by.size() < periods;) {
    if (data[i]) verdict.decided_by.push_back(i);
  }
  std::reverse(verdict.decided_by.begin(), verdict.decided_by.end());
  const std::size_t real = verdict.decided_by.size();
  const auto breaching = static_cast<std::size_t>(std::count_if(
      verdict.decided_by.begin(), verdict.decided_by.end(), [&](std::size_t i) { return Breaches(alarm, *data[i]); }));
  verdict.filled = periods - real;
  const auto decide = [&](std::size_t count) {
    verdict.state = count >= needed ? AlarmState::kAlarm : AlarmState::kOk;
    return verdict;
  };
  if (verdict.filled == 0) return decide(breaching);
  if (alarm.missing_data == MissingData::kBreaching) return decide(breaching + verdict.filled);
  if (alarm.missing_data == MissingData::kNotBreaching) return decide(breaching);
  // missing and ignore
  if (real == 0) {
    if (alarm.missing_data == MissingData::kMissing) verdict.state = AlarmState::kInsufficientData;
    return verdict;
  }
  if (breaching >= needed || real >= needed) return decide(breaching);
  if (alarm.missing_data == MissingData::kMissing && OldEnough(alarm, data, breaching + verdict.filled >= needed)) {
    verdict.state = AlarmState::kAlarm;
    return verdict;
  }
  // All that is known breaches, but it is too little to tell: wait (F58).
  if (breaching == real) return verdict;
  verdict.state = AlarmState::kOk;
  return verdict;
}

}  // namespace ecsmi::core
