#include "api/cloudwatch/query_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "api/check.h"
#include "api/cloudwatch/metric_check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

namespace cw = ::ecsmi::cloudwatch::v1;

constexpr int kAlarmQueriesMax = 20;

// A lower-case letter, then letters, digits and underscores.
bool IsId(std::string_view id) {
  return !id.empty() && id.front() >= 'a' && id.front() <= 'z' && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

absl::Status ReadStat(const std::string& path, const cw::MetricStat& stat, model::MetricQuery* line) {
  ECSMI_RETURN_IF_ERROR(CheckLength(Say(path, ".Metric.MetricName"), stat.metric().metric_name(), 1, 255));
  ECSMI_RETURN_IF_ERROR(CheckNamespace(stat.metric().namespace_()));
  ECSMI_RETURN_IF_ERROR(CheckDimensions(Say(path, ".Metric.Dimensions"), stat.metric().dimensions()));
  if (!stat.has_period()) return Missing(Say(path, ".Period"));
  const std::int32_t period = stat.period();
  const bool fine = period == 1 || period == 5 || period == 10 || period == 20 || period == 30;
  if (!fine && (period < 60 || period % 60 != 0)) {
    return BadValue(Say(path, ".Period must be 1, 5, 10, 20, 30 or a multiple of 60; it is ", period));
  }
  if (!stat.has_stat()) return Missing(Say(path, ".Stat"));
  cw::Statistic::Value statistic{};
  if (!cw::Statistic::Value_Parse(stat.stat(), &statistic) || statistic == cw::Statistic::UNSPECIFIED) {
    return NotEmulated(
        Say(path, ".Stat is '", stat.stat(), "': only Average, Sum, Minimum, Maximum and SampleCount are emulated"),
        "percentile-statistics");
  }
  line->metric_namespace = stat.metric().namespace_();
  line->metric_name = stat.metric().metric_name();
  line->dimensions = SortedDimensions(stat.metric().dimensions());
  line->statistic = ToStatistic(statistic);
  line->period_seconds = period;
  line->unit = UnitName(stat.unit());
  return absl::OkStatus();
}

absl::Status ReadLine(const std::string& path, const cw::MetricDataQuery& query, model::MetricQuery* line) {
  ECSMI_RETURN_IF_ERROR(CheckLength(Say(path, ".Id"), query.id(), 1, 255));
  if (!IsId(query.id())) {
    return BadValue(Say("The value '", query.id(), "' for parameter ", path,
                        ".Id is invalid: it must begin with a lower-case letter and hold letters, digits and "
                        "underscores only."));
  }
  line->id = query.id();
  line->return_data = !query.has_return_data() || query.return_data();
  if (query.has_account_id()) {
    return NotEmulated(Say(path, ".AccountId: linked accounts are not emulated"), "linked-accounts");
  }
  if (query.has_metric_stat() == query.has_expression()) {
    return BadValue(Say("The parameter ", path, " must have one of Expression and MetricStat; it has ",
                        query.has_expression() ? "both" : "neither", "."));
  }
  if (query.has_metric_stat()) return ReadStat(Say(path, ".MetricStat"), query.metric_stat(), line);
  ECSMI_RETURN_IF_ERROR(CheckLength(Say(path, ".Expression"), query.expression(), 1, 2048));
  line->expression = query.expression();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CheckedQueries> CheckQueries(const std::string& field, const QueryList& queries) {
  CheckedQueries checked;
  std::set<std::string_view> ids;
  std::vector<core::MathLine> lines;
  for (int i = 0; i < queries.size(); ++i) {
    const std::string path = Say(field, ".member.", i + 1);
    ECSMI_RETURN_IF_ERROR(ReadLine(path, queries[i], &checked.lines.emplace_back()));
    if (!ids.insert(queries[i].id()).second) {
      return BadValue(Say("The values for parameter id in ", field, " are not unique: '", queries[i].id(), "'."));
    }
    lines.push_back({checked.lines.back().id, checked.lines.back().expression});
  }
  core::MathLineError error;
  std::optional<core::MetricMath> math = core::MetricMath::Compile(lines, &error);
  if (!math) {
    return BadValue(Say("Error in expression '", lines[error.line].id, "' at position ", error.error.position, ": ",
                        error.error.what));
  }
  checked.math = *std::move(math);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].expression.empty()) continue;
    const std::vector<std::size_t> metrics = checked.math.MetricsOf(i);
    if (metrics.empty()) {
      return BadValue(Say("Error in expression '", lines[i].id, "' at position 0: it names no metric"));
    }
    for (std::size_t metric : metrics) {
      const std::int32_t period = checked.lines[metrics[0]].period_seconds;
      if (checked.lines[metric].period_seconds != period) {
        return NotEmulated(Say("Expression '", lines[i].id, "' uses metrics with the periods ", period, " and ",
                               checked.lines[metric].period_seconds, "; here they must have one period"),
                           "metric-math");
      }
      if (queries[static_cast<int>(i)].has_period() && queries[static_cast<int>(i)].period() != period) {
        return NotEmulated(Say("Expression '", lines[i].id, "' has Period ", queries[static_cast<int>(i)].period(),
                               ", its metrics have ", period, "; here it must be theirs"),
                           "metric-math");
      }
    }
  }
  return checked;
}

absl::StatusOr<CheckedQueries> CheckAlarmQueries(const std::string& field, const QueryList& queries) {
  if (queries.size() > kAlarmQueriesMax) {
    return BadValue(
        Say("The parameter ", field, " has ", queries.size(), " entries; at most ", kAlarmQueriesMax, " are allowed"));
  }
  ECSMI_ASSIGN_OR_RETURN(CheckedQueries checked, CheckQueries(field, queries));
  std::optional<std::size_t> returned;
  std::int32_t period = 0;
  for (std::size_t i = 0; i < checked.lines.size(); ++i) {
    const model::MetricQuery& line = checked.lines[i];
    if (line.return_data && returned) {
      return BadValue(Say("Exactly one element of ", field, " must return data; ReturnData is true for '",
                          checked.lines[*returned].id, "' and '", line.id, "'."));
    }
    if (line.return_data) returned = i;
    if (!line.expression.empty()) continue;
    if (period != 0 && period != line.period_seconds) {
      return NotEmulated(Say(field, " has metrics with the periods ", period, " and ", line.period_seconds,
                             "; here those of an alarm must have one period"),
                         "metric-math");
    }
    period = line.period_seconds;
  }
  if (!returned) {
    return BadValue(Say("Exactly one element of ", field, " must return data; ReturnData is true for none."));
  }
  if (checked.math.KindOf(*returned) != core::MathKind::kSeries) {
    return BadValue(
        Say("Error in expression '", checked.lines[*returned].id, "' at position 0: it must come to one time series"));
  }
  return checked;
}

}  // namespace ecsmi::api
