#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/check.h"
#include "api/cloudwatch/cloudwatch.h"
#include "api/cloudwatch/metric_check.h"
#include "api/cloudwatch/query_check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/scaling.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "GetMetricData";
constexpr int kQueriesMax = 500;
constexpr std::int64_t kDatapointsMax = 100'800;
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59Z

std::int32_t PeriodOf(const CheckedQueries& queries, std::size_t line) {
  return queries.lines[queries.math.MetricsOf(line)[0]].period_seconds;
}

// The grid of one period: all lines of that period have a value, or none, for each of `count` periods from `from` on.
struct Grid {
  model::TimeMs from = model::kUnset;
  model::TimeMs to = model::kUnset;
  model::DurationMs period = 0;
  std::size_t count = 0;
};
Grid GridOf(const control::Step& step, const cw::GetMetricDataRequest& request, std::int32_t period_seconds) {
  Grid grid;
  grid.period = period_seconds * model::kSecondMs;
  grid.from = FromShown(step, request.start_time());
  grid.from -= grid.from % std::min<model::DurationMs>(grid.period, model::kMinuteMs);
  grid.to = FromShown(step, request.end_time());
  grid.count = static_cast<std::size_t>((grid.to - grid.from + grid.period - 1) / grid.period);
  return grid;
}

core::PeriodValues Read(const control::Step& step, const std::string& region, const model::MetricQuery& line,
                        const Grid& grid) {
  const control::MetricId id{region, line.metric_namespace, line.metric_name, line.dimensions};
  const core::Series series = control::SeriesOf(step, id, line.unit);
  // What is measured in the minute under way is not known before it ends.
  const model::TimeMs to = series.sampled ? std::min(grid.to, step.now - step.now % model::kMinuteMs) : grid.to;
  core::PeriodValues values(grid.count);
  if (series.points.empty() && !series.live) return values;
  for (std::size_t i = 0; i < grid.count; ++i) {
    const model::TimeMs at = grid.from + static_cast<model::DurationMs>(i) * grid.period;
    if (at >= to) break;
    const model::MetricPoint point = core::Aggregate(series, at, std::min(at + grid.period, to));
    if (point.samples > 0) values[i] = core::StatisticOf(point, line.statistic);
  }
  return values;
}

// One result, whole: its moments in the order asked for.
struct Result {
  std::string id;
  std::string label;
  std::vector<std::pair<model::TimeMs, double>> points;
};

Result ResultOf(const cw::MetricDataQuery& query, std::string label, const core::PeriodValues& values, const Grid& grid,
                bool ascending) {
  Result result{query.id(), std::move(label), {}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    result.points.emplace_back(grid.from + static_cast<model::DurationMs>(i) * grid.period, *values[i]);
  }
  if (!ascending) std::reverse(result.points.begin(), result.points.end());
  return result;
}

std::string LabelOf(const cw::MetricDataQuery& query) {
  if (query.has_label()) return query.label();
  return query.has_metric_stat() ? query.metric_stat().metric().metric_name() : query.id();
}

// All results, in the order of the queries.
std::vector<Result> Results(const control::Step& step, const std::string& region,
                            const cw::GetMetricDataRequest& request, const CheckedQueries& queries) {
  const bool ascending = request.scan_by() == cw::ScanBy::TimestampAscending;
  std::vector<std::vector<Result>> by_line(queries.lines.size());
  std::set<std::int32_t> periods;
  for (std::size_t i = 0; i < queries.lines.size(); ++i) periods.insert(PeriodOf(queries, i));
  for (std::int32_t period : periods) {
    const Grid grid = GridOf(step, request, period);
    std::vector<core::PeriodValues> metrics(queries.lines.size());
    for (std::size_t i = 0; i < queries.lines.size(); ++i) {
      const model::MetricQuery& line = queries.lines[i];
      if (!line.expression.empty()) continue;
      metrics[i] = line.period_seconds == period ? Read(step, region, line, grid) : core::PeriodValues(grid.count);
    }
    const std::vector<core::MathValue> values = queries.math.Evaluate(metrics);
    for (std::size_t i = 0; i < queries.lines.size(); ++i) {
      if (!queries.lines[i].return_data || PeriodOf(queries, i) != period) continue;
      const cw::MetricDataQuery& query = request.metric_data_queries(static_cast<int>(i));
      for (std::size_t member = 0; member < values[i].series.size(); ++member) {
        const std::size_t origin = member < values[i].origins.size() ? values[i].origins[member] : core::kNoLine;
        const cw::MetricDataQuery& named =
            origin == core::kNoLine ? query : request.metric_data_queries(static_cast<int>(origin));
        by_line[i].push_back(ResultOf(query, LabelOf(named), values[i].series[member], grid, ascending));
      }
    }
  }
  std::vector<Result> all;
  for (std::vector<Result>& results : by_line) {
    for (Result& result : results) all.push_back(std::move(result));
  }
  return all;
}

}  // namespace

absl::Status CheckGetMetricData(const cw::GetMetricDataRequest& request) {
  if (request.metric_data_queries().empty()) return Missing("MetricDataQueries");
  if (request.metric_data_queries_size() > kQueriesMax) {
    return BadValue(Say("The parameter MetricDataQueries has ", request.metric_data_queries_size(),
                        " entries; at most ", kQueriesMax, " are allowed"));
  }
  if (!request.has_start_time()) return Missing("StartTime");
  if (!request.has_end_time()) return Missing("EndTime");
  const std::int64_t from = request.start_time().seconds();
  const std::int64_t to = request.end_time().seconds();
  if (from < 0 || from > kSecondsMax) return BadValue("The parameter StartTime is no moment between 1970 and 9999.");
  if (to < 0 || to > kSecondsMax) return BadValue("The parameter EndTime is no moment between 1970 and 9999.");
  if (from >= to) return BadCombination("The parameter StartTime must be less than the parameter EndTime.");
  if (request.has_max_datapoints() && (request.max_datapoints() < 1 || request.max_datapoints() > kDatapointsMax)) {
    return BadValue(Say("MaxDatapoints must be between 1 and ", kDatapointsMax, "; it is ", request.max_datapoints()));
  }
  if (request.has_label_options()) {
    return NotEmulated("LabelOptions: dynamic labels are not emulated", "metric-labels");
  }
  for (const cw::MetricDataQuery& query : request.metric_data_queries()) {
    if (query.label().find("${") == std::string::npos) continue;
    return NotEmulated(Say("Label of '", query.id(), "' is '", query.label(), "': dynamic labels are not emulated"),
                       "metric-labels");
  }
  ECSMI_ASSIGN_OR_RETURN(const CheckedQueries queries,
                         CheckQueries("MetricDataQueries", request.metric_data_queries()));
  std::int64_t datapoints = 0;
  for (std::size_t i = 0; i < queries.lines.size(); ++i) {
    if (queries.lines[i].return_data && queries.math.KindOf(i) == core::MathKind::kNumber) {
      return BadValue(Say("Error in expression '", queries.lines[i].id,
                          "' at position 0: it must come to a time series, not a number; set its ReturnData to false "
                          "to use it in other expressions"));
    }
    datapoints += (to - from) / PeriodOf(queries, i) + 1;
  }
  if (datapoints <= kDatapointsMax) return absl::OkStatus();
  return Ours(AwsException::kCloudWatchInvalidParameterCombination,
              Say("You have requested up to ", datapoints, " datapoints of all queries, which exceeds the limit of ",
                  kDatapointsMax,
                  " of one request here. You may reduce the datapoints requested by increasing Period, or decreasing "
                  "the time range."),
              "metric-math");
}

// The datapoints of all results stand in one row, of which a page is a stretch; its token counts those before.
absl::Status GetMetricData(control::Step& step, const CallContext& context, const cw::GetMetricDataRequest& request,
                           cw::GetMetricDataResponse* response) {
  std::size_t begin = 0;
  if (!request.next_token().empty()) {
    const absl::StatusOr<model::Serial> parsed = ParsePageToken(step, kOperation, request.next_token());
    if (!parsed.ok()) {
      return AwsError(AwsException::kCloudWatchInvalidNextToken, std::string(parsed.status().message()));
    }
    begin = *parsed;
  }
  ECSMI_ASSIGN_OR_RETURN(const CheckedQueries queries,
                         CheckQueries("MetricDataQueries", request.metric_data_queries()));
  const std::vector<Result> results = Results(step, context.region, request, queries);
  const auto page = static_cast<std::size_t>(request.has_max_datapoints() ? request.max_datapoints() : kDatapointsMax);
  const std::size_t end = begin + page;
  std::size_t at = 0;
  for (const Result& result : results) {
    const std::size_t first = std::max(at, begin);
    const std::size_t last = std::min(at + result.points.size(), end);
    const bool empty_here = result.points.empty() && at >= begin && at < end;
    if (first < last || empty_here) {
      cw::MetricDataResult* shown = response->add_metric_data_results();
      shown->set_id(result.id);
      shown->set_label(result.label);
      for (std::size_t i = first; i < last; ++i) {
        *shown->add_timestamps() = ToTimestamp(step.Shown(result.points[i - at].first));
        shown->add_values(result.points[i - at].second);
      }
      shown->set_status_code(at + result.points.size() > end ? cw::StatusCode::PartialData : cw::StatusCode::Complete);
    }
    at += result.points.size();
  }
  if (at > end) response->set_next_token(PageToken(step, kOperation, end));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
