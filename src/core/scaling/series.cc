#include <algorithm>

#include "ecsmi/core/scaling.h"

namespace ecsmi::core {
namespace {

using model::kMinuteMs;
using model::MetricPoint;
using model::TimeMs;

// Whole minutes that begin in [from, to). Times are positive.
std::int64_t MinutesIn(TimeMs from, TimeMs to) {
  if (to <= from) return 0;
  return (to - 1) / kMinuteMs - (from - 1) / kMinuteMs;
}

void Add(MetricPoint& total, const MetricPoint& point, double times) {
  if (point.samples <= 0 || times <= 0) return;
  const bool first = total.samples <= 0;
  total.minimum = first ? point.minimum : std::min(total.minimum, point.minimum);
  total.maximum = first ? point.maximum : std::max(total.maximum, point.maximum);
  total.sum += point.sum * times;
  total.samples += point.samples * times;
}

}  // namespace

MetricPoint Aggregate(const Series& series, TimeMs from, TimeMs to) {
  MetricPoint total;
  total.at = from;
  const auto later = [](TimeMs at, const MetricPoint& point) { return at < point.at; };
  auto at = std::upper_bound(series.points.begin(), series.points.end(), from - 1, later);
  if (!series.sampled) {
    for (; at != series.points.end() && at->at < to; ++at) Add(total, *at, 1);
    return total;
  }
  if (at != series.points.begin()) --at;  // its value still holds at `from`
  const TimeMs recorded_to = series.live ? std::min(to, series.live->at) : to;
  for (; at != series.points.end() && at->at < recorded_to; ++at) {
    const TimeMs until = at + 1 == series.points.end() ? recorded_to : std::min(recorded_to, (at + 1)->at);
    Add(total, *at, static_cast<double>(MinutesIn(std::max(from, at->at), until)));
  }
  if (series.live) Add(total, *series.live, static_cast<double>(MinutesIn(std::max(from, series.live->at), to)));
  return total;
}

std::vector<std::optional<double>> PeriodData(const Series& series, model::Statistic statistic, TimeMs from,
                                              model::DurationMs period, std::size_t count) {
  std::vector<std::optional<double>> data(count);
  for (std::size_t i = 0; i < count; ++i) {
    const TimeMs at = from + static_cast<model::DurationMs>(i) * period;
    const MetricPoint point = Aggregate(series, at, at + period);
    if (point.samples > 0) data[i] = StatisticOf(point, statistic);
  }
  return data;
}

double StatisticOf(const MetricPoint& point, model::Statistic statistic) {
  switch (statistic) {
    case model::Statistic::kAverage:
      return point.sum / point.samples;
    case model::Statistic::kSum:
      return point.sum;
    case model::Statistic::kMinimum:
      return point.minimum;
    case model::Statistic::kMaximum:
      return point.maximum;
    case model::Statistic::kSampleCount:
      return point.samples;
  }
  return 0;
}

TimeMs LastChange(const Series& series) {
  TimeMs last = series.points.empty() ? model::kUnset : series.points.back().at;
  if (series.live) last = std::max(last, series.live->at);
  // A point put by a user is over one moment after it began; a sampled one goes on.
  return series.sampled || series.points.empty() ? last : last + 1;
}

TimeMs LastChange(const AlarmInput& input) {
  TimeMs last = model::kUnset;
  for (const Series& series : input.series) last = std::max(last, LastChange(series));
  return last;
}

}  // namespace ecsmi::core
