#include <algorithm>
#include <string>
#include <vector>

#include "api/check.h"
#include "api/cloudwatch/cloudwatch.h"
#include "api/cloudwatch/metric_check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/scaling.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "ListMetrics";
constexpr std::size_t kPage = 500;
constexpr int kFiltersMax = 10;
constexpr std::int64_t kDatapointsMax = 1440;
constexpr model::DurationMs kRecentMs = 3 * model::kHourMs;

// A filter without a value takes any.
bool HasDimensions(const model::Metric& metric,
                   const google::protobuf::RepeatedPtrField<cw::DimensionFilter>& filters) {
  return std::all_of(filters.begin(), filters.end(), [&](const cw::DimensionFilter& filter) {
    return std::any_of(
        metric.dimensions.begin(), metric.dimensions.end(), [&](const model::MetricDimension& dimension) {
          return dimension.name == filter.name() && (!filter.has_value() || dimension.value == filter.value());
        });
  });
}

bool IsRecent(const model::Metric& metric, model::TimeMs now) {
  if (metric.points.empty()) return false;
  const model::MetricPoint& last = metric.points.back();
  return (metric.source != model::kNoSerial && last.samples > 0) || last.at >= now - kRecentMs;
}

}  // namespace

absl::Status CheckListMetrics(const cw::ListMetricsRequest& request) {
  if (request.has_namespace_()) ECSMI_RETURN_IF_ERROR(CheckNamespace(request.namespace_()));
  if (request.has_metric_name()) ECSMI_RETURN_IF_ERROR(CheckLength("MetricName", request.metric_name(), 1, 255));
  if (request.dimensions_size() > kFiltersMax) {
    return BadValue(Say("The parameter Dimensions has ", request.dimensions_size(), " entries; at most ", kFiltersMax,
                        " are allowed"));
  }
  for (int i = 0; i < request.dimensions_size(); ++i) {
    const std::string path = Say("Dimensions.member.", i + 1);
    ECSMI_RETURN_IF_ERROR(CheckLength(Say(path, ".Name"), request.dimensions(i).name(), 1, 255));
    if (request.dimensions(i).has_value()) {
      ECSMI_RETURN_IF_ERROR(CheckLength(Say(path, ".Value"), request.dimensions(i).value(), 1, 1024));
    }
  }
  if (request.include_linked_accounts() || request.has_owning_account()) {
    return NotEmulated("IncludeLinkedAccounts and OwningAccount: linked accounts are not emulated", "linked-accounts");
  }
  return absl::OkStatus();
}

absl::Status ListMetrics(control::Step& step, const CallContext& context, const cw::ListMetricsRequest& request,
                         cw::ListMetricsResponse* response) {
  model::Serial after = model::kNoSerial;
  if (!request.next_token().empty()) {
    const absl::StatusOr<model::Serial> parsed = ParsePageToken(step, kOperation, request.next_token());
    if (!parsed.ok()) return BadValue("The value of the parameter NextToken is invalid: Invalid token");
    after = *parsed;
  }
  std::vector<const model::Metric*> found;
  step.state.table<model::Metric>().ForEach([&](const model::Metric& metric) {
    if (metric.serial <= after || metric.region != context.region || metric.points.empty()) return;
    if (request.has_namespace_() && request.namespace_() != metric.metric_namespace) return;
    if (request.has_metric_name() && request.metric_name() != metric.name) return;
    if (request.recently_active() == cw::RecentlyActive::PT3H && !IsRecent(metric, step.now)) return;
    if (HasDimensions(metric, request.dimensions())) found.push_back(&metric);
  });
  std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->serial < b->serial; });
  for (std::size_t i = 0; i < std::min(kPage, found.size()); ++i) {
    cw::Metric* shown = response->add_metrics();
    shown->set_namespace_(found[i]->metric_namespace);
    shown->set_metric_name(found[i]->name);
    for (const model::MetricDimension& dimension : found[i]->dimensions) {
      cw::Dimension* added = shown->add_dimensions();
      added->set_name(dimension.name);
      added->set_value(dimension.value);
    }
  }
  if (found.size() > kPage) response->set_next_token(PageToken(step, kOperation, found[kPage - 1]->serial));
  return absl::OkStatus();
}

absl::Status CheckGetMetricStatistics(const cw::GetMetricStatisticsRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckNamespace(request.namespace_()));
  ECSMI_RETURN_IF_ERROR(CheckLength("MetricName", request.metric_name(), 1, 255));
  ECSMI_RETURN_IF_ERROR(CheckDimensions("Dimensions", request.dimensions()));
  if (!request.has_start_time()) return Missing("StartTime");
  if (!request.has_end_time()) return Missing("EndTime");
  if (!request.has_period()) return Missing("Period");
  if (request.extended_statistics_size() > 0) {
    return NotEmulated("ExtendedStatistics: percentiles are not emulated; give Statistics", "percentile-statistics");
  }
  if (request.statistics().empty()) return Missing("Statistics");
  const std::int64_t period = request.period();
  const bool fine = period == 1 || period == 5 || period == 10 || period == 20 || period == 30;
  if (!fine && (period < 60 || period % 60 != 0)) {
    return BadValue(Say("Period must be 1, 5, 10, 20, 30 or a multiple of 60; it is ", period));
  }
  const std::int64_t from = request.start_time().seconds();
  const std::int64_t to = request.end_time().seconds();
  constexpr std::int64_t kSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59Z
  if (from < 0 || from > kSecondsMax) return BadValue("The parameter StartTime is no moment between 1970 and 9999.");
  if (to < 0 || to > kSecondsMax) return BadValue("The parameter EndTime is no moment between 1970 and 9999.");
  if (from >= to) {
    return BadCombination("The parameter StartTime must be less than the parameter EndTime.");
  }
  const std::int64_t datapoints = (to - from + period - 1) / period;
  if (datapoints > kDatapointsMax) {
    return BadCombination(Say("You have requested up to ", datapoints, " datapoints, which exceeds the limit of ",
                              kDatapointsMax,
                              ". You may reduce the datapoints requested by increasing Period, or "
                              "decreasing the time range."));
  }
  return absl::OkStatus();
}

absl::Status GetMetricStatistics(control::Step& step, const CallContext& context,
                                 const cw::GetMetricStatisticsRequest& request,
                                 cw::GetMetricStatisticsResponse* response) {
  const control::MetricId id{context.region, request.namespace_(), request.metric_name(),
                             SortedDimensions(request.dimensions())};
  const core::Series series = control::SeriesOf(step, id, UnitName(request.unit()));
  const auto* metric = step.state.Find<model::Metric>(
      step.state.FindMetric(model::MetricKey(id.region, id.metric_namespace, id.name, id.dimensions)));
  response->set_label(request.metric_name());
  const model::DurationMs period = request.period() * model::kSecondMs;
  model::TimeMs from = FromShown(step, request.start_time());
  from -= from % std::min<model::DurationMs>(period, model::kMinuteMs);
  model::TimeMs to = FromShown(step, request.end_time());
  // What is measured in the minute under way is not known before it ends.
  if (series.sampled) to = std::min(to, step.now - step.now % model::kMinuteMs);
  for (model::TimeMs at = from; at < to; at += period) {
    const model::MetricPoint point = core::Aggregate(series, at, std::min(at + period, to));
    if (point.samples <= 0) continue;
    cw::Datapoint* shown = response->add_datapoints();
    *shown->mutable_timestamp() = ToTimestamp(step.Shown(at));
    for (int value : request.statistics()) {
      const auto wanted = static_cast<cw::Statistic::Value>(value);
      const double statistic = core::StatisticOf(point, ToStatistic(wanted));
      if (wanted == cw::Statistic::Average) shown->set_average(statistic);
      if (wanted == cw::Statistic::Sum) shown->set_sum(statistic);
      if (wanted == cw::Statistic::Minimum) shown->set_minimum(statistic);
      if (wanted == cw::Statistic::Maximum) shown->set_maximum(statistic);
      if (wanted == cw::Statistic::SampleCount) shown->set_sample_count(statistic);
    }
    shown->set_unit(UnitValue(metric->unit));
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
