#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/cloudwatch/v1/metric_query.pb.h"
#include "ecsmi/core/metric_math.h"
#include "ecsmi/model/scaling.h"
#include "google/protobuf/repeated_ptr_field.h"

// Metric queries, as GetMetricData, alarms and target tracking give them. Needs no state; any thread.
namespace ecsmi::api {

using QueryList = google::protobuf::RepeatedPtrField<cloudwatch::v1::MetricDataQuery>;

struct CheckedQueries {
  std::vector<model::MetricQuery> lines;  // in the request's order; of an expression period_seconds is 0
  core::MetricMath math;
};
// Ids, one of Expression and MetricStat each, names, periods, statistics, and the expressions themselves: metrics of
// one expression have one period here. `field`: what errors call the list. Errors: InvalidParameterValue,
// MissingParameter; what is not emulated by name.
absl::StatusOr<CheckedQueries> CheckQueries(const std::string& field, const QueryList& queries);

// The queries of an alarm: of one period, at most 20, one of them returned, and that a time series.
absl::StatusOr<CheckedQueries> CheckAlarmQueries(const std::string& field, const QueryList& queries);

}  // namespace ecsmi::api
