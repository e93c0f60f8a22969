#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/check.h"
#include "api/cloudwatch/cloudwatch.h"
#include "api/cloudwatch/metric_check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr int kDataMax = 1000;
constexpr int kValuesMax = 150;
constexpr double kValueMax = 1.329e36;  // 2^120: the most CloudWatch takes
constexpr model::DurationMs kFutureMaxMs = 2 * model::kHourMs;
constexpr model::DurationMs kPastMaxMs = 14 * model::kDayMs;
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59Z

absl::Status CheckValue(const std::string& field, double value) {
  if (value >= -kValueMax && value <= kValueMax) return absl::OkStatus();
  return BadValue(
      Say("The value ", value, " for parameter ", field, " is invalid: it must be between -2^120 and 2^120."));
}

absl::Status CheckDatum(const std::string& path, const cw::MetricDatum& datum) {
  ECSMI_RETURN_IF_ERROR(CheckLength(Say(path, ".MetricName"), datum.metric_name(), 1, 255));
  ECSMI_RETURN_IF_ERROR(CheckDimensions(Say(path, ".Dimensions"), datum.dimensions()));
  const int forms = (datum.has_value() ? 1 : 0) + (datum.has_statistic_values() ? 1 : 0) + (datum.values_size() > 0);
  if (forms == 0) return Missing(Say(path, ".Value, ", path, ".Values or ", path, ".StatisticValues"));
  if (forms > 1) {
    return BadCombination(Say("The parameters ", path, ".Value, ", path, ".Values and ", path,
                              ".StatisticValues are mutually exclusive."));
  }
  if (datum.has_value()) ECSMI_RETURN_IF_ERROR(CheckValue(Say(path, ".Value"), datum.value()));
  if (datum.values_size() > kValuesMax) {
    return BadValue(Say("The parameter ", path, ".Values has ", datum.values_size(), " entries; at most ", kValuesMax,
                        " are allowed"));
  }
  if (datum.counts_size() > 0 && datum.counts_size() != datum.values_size()) {
    return BadCombination(Say("The parameters ", path, ".Values and ", path,
                              ".Counts must be of the same size; they have ", datum.values_size(), " and ",
                              datum.counts_size(), " entries."));
  }
  for (int i = 0; i < datum.values_size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckValue(Say(path, ".Values[", i, "]"), datum.values(i)));
    if (i < datum.counts_size() && !(datum.counts(i) > 0 && datum.counts(i) <= kValueMax)) {
      return BadValue(Say("The value ", datum.counts(i), " for parameter ", path, ".Counts[", i,
                          "] is invalid: it must be greater than 0."));
    }
  }
  if (datum.has_statistic_values()) {
    const cw::StatisticSet& set = datum.statistic_values();
    const std::string at = Say(path, ".StatisticValues");
    if (!set.has_sample_count()) return Missing(Say(at, ".SampleCount"));
    if (!set.has_sum()) return Missing(Say(at, ".Sum"));
    if (!set.has_minimum()) return Missing(Say(at, ".Minimum"));
    if (!set.has_maximum()) return Missing(Say(at, ".Maximum"));
    for (const auto& [name, value] : {std::pair<const char*, double>{".SampleCount", set.sample_count()},
                                      {".Sum", set.sum()},
                                      {".Minimum", set.minimum()},
                                      {".Maximum", set.maximum()}}) {
      ECSMI_RETURN_IF_ERROR(CheckValue(Say(at, name), value));
    }
    if (set.sample_count() <= 0) {
      return BadValue(Say("The value ", set.sample_count(), " for parameter ", at,
                          ".SampleCount is invalid: it must be greater than 0."));
    }
    if (set.maximum() < set.minimum()) {
      return BadValue(Say("The value ", set.maximum(), " for parameter ", at, ".Maximum is invalid: it is less than ",
                          at, ".Minimum, ", set.minimum(), "."));
    }
  }
  if (datum.has_storage_resolution() && datum.storage_resolution() != 1 && datum.storage_resolution() != 60) {
    return BadValue(Say("The value ", datum.storage_resolution(), " for parameter ", path,
                        ".StorageResolution is invalid: it must be 1 or 60."));
  }
  if (datum.has_timestamp() && (datum.timestamp().seconds() < 0 || datum.timestamp().seconds() > kSecondsMax ||
                                datum.timestamp().nanos() < 0 || datum.timestamp().nanos() > 999'999'999)) {
    return BadValue(Say("The value of the parameter ", path, ".Timestamp is no moment between 1970 and 9999."));
  }
  return absl::OkStatus();
}

model::MetricPoint PointOf(const cw::MetricDatum& datum) {
  model::MetricPoint point;
  if (datum.has_statistic_values()) {
    const cw::StatisticSet& set = datum.statistic_values();
    point.sum = set.sum();
    point.minimum = set.minimum();
    point.maximum = set.maximum();
    point.samples = set.sample_count();
    return point;
  }
  if (datum.has_value()) {
    point.sum = point.minimum = point.maximum = datum.value();
    point.samples = 1;
    return point;
  }
  point.minimum = *std::min_element(datum.values().begin(), datum.values().end());
  point.maximum = *std::max_element(datum.values().begin(), datum.values().end());
  for (int i = 0; i < datum.values_size(); ++i) {
    const double count = datum.counts_size() > 0 ? datum.counts(i) : 1;
    point.sum += datum.values(i) * count;
    point.samples += count;
  }
  return point;
}

struct Put {
  control::MetricId id;
  std::string unit;
  model::MetricPoint point;
};

}  // namespace

absl::Status CheckPutMetricData(const cw::PutMetricDataRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckNamespace(request.namespace_()));
  if (request.namespace_().rfind("AWS/", 0) == 0) {
    return BadValue(Say("The value AWS/ for parameter Namespace is invalid: '", request.namespace_(),
                        "' is a namespace of AWS's own."));
  }
  if (request.entity_metric_data_size() > 0 || request.has_strict_entity_validation()) {
    return NotEmulated("EntityMetricData and StrictEntityValidation: entities are not emulated; give MetricData",
                       "metric-entities");
  }
  if (request.metric_data().empty()) return Missing("MetricData");
  if (request.metric_data_size() > kDataMax) {
    return BadValue(Say("The collection MetricData must not have a size greater than ", kDataMax, "; it has ",
                        request.metric_data_size(), "."));
  }
  for (int i = 0; i < request.metric_data_size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckDatum(Say("MetricData.member.", i + 1), request.metric_data(i)));
  }
  return absl::OkStatus();
}

absl::Status PutMetricData(control::Step& step, const CallContext& context, const cw::PutMetricDataRequest& request,
                           cw::PutMetricDataResponse*) {
  std::vector<Put> puts;
  std::map<std::string, std::string> units;  // of metrics this request makes
  for (int i = 0; i < request.metric_data_size(); ++i) {
    const cw::MetricDatum& datum = request.metric_data(i);
    const std::string path = Say("MetricData.member.", i + 1);
    Put put;
    put.id = {context.region, request.namespace_(), datum.metric_name(), SortedDimensions(datum.dimensions())};
    put.unit = datum.unit() == cw::StandardUnit::UNSPECIFIED ? "None" : UnitName(datum.unit());
    put.point = PointOf(datum);
    const model::TimeMs at = datum.has_timestamp() ? FromShown(step, datum.timestamp()) : step.now;
    if (at > step.now + kFutureMaxMs || at < step.now - kPastMaxMs) {
      return BadValue(Say("The parameter ", path,
                          ".Timestamp must be within the two weeks before and the two hours after the current time."));
    }
    const model::DurationMs kept = control::KeptFor(step, put.id);
    if (at < step.now - kept) {
      return NotEmulated(Say(path, ".Timestamp is more than ", kept / model::kMinuteMs,
                             " minutes ago, which is as long as data of this metric are kept here"),
                         "metric-retention");
    }
    const model::DurationMs resolution = datum.storage_resolution() == 1 ? model::kSecondMs : model::kMinuteMs;
    put.point.at = at - at % resolution;
    const std::string key = model::MetricKey(put.id.region, put.id.metric_namespace, put.id.name, put.id.dimensions);
    const auto* known = step.state.Find<model::Metric>(step.state.FindMetric(key));
    const std::string& unit = known != nullptr ? known->unit : units.emplace(key, put.unit).first->second;
    if (unit != put.unit) {
      return NotEmulated(Say(path, ".Unit is ", put.unit, ", but the metric's data so far are in ", unit,
                             "; a metric has one unit here"),
                         "metric-units");
    }
    puts.push_back(std::move(put));
  }
  for (const Put& put : puts) control::PutMetricPoint(step, put.id, put.unit, put.point);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
