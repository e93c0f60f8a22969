#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "ecsmi/cloudwatch/v1/common.pb.h"
#include "ecsmi/control/scaling.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/protobuf/timestamp.pb.h"

// What the CloudWatch operations share: names, dimensions, units, times. Checks need no state; any thread.
namespace ecsmi::api {

absl::Status BadValue(std::string_view message);        // InvalidParameterValue
absl::Status BadCombination(std::string_view message);  // InvalidParameterCombination
absl::Status Missing(std::string_view field);           // MissingParameter
// Of ours: what is not emulated, as InvalidParameterValue with an anchor.
absl::Status NotEmulated(std::string_view message, std::string_view anchor);

// `min` to `max` characters; absent counts as 0.
absl::Status CheckLength(std::string_view field, std::string_view value, std::size_t min, std::size_t max);
absl::Status CheckNamespace(std::string_view value);
using DimensionList = google::protobuf::RepeatedPtrField<cloudwatch::v1::Dimension>;
absl::Status CheckDimensions(std::string_view field, const DimensionList& dimensions);
std::vector<model::MetricDimension> SortedDimensions(const DimensionList& dimensions);

// AWS's spelling, "Bytes/Second"; empty when absent.
std::string UnitName(cloudwatch::v1::StandardUnit::Value unit);
cloudwatch::v1::StandardUnit::Value UnitValue(std::string_view name);
// REQUIRES: the value is known and not UNSPECIFIED.
model::Statistic ToStatistic(cloudwatch::v1::Statistic::Value statistic);
cloudwatch::v1::Statistic::Value FromStatistic(model::Statistic statistic);

// A moment as users see it, on the running axis and back.
model::TimeMs FromShown(const control::Step& step, const google::protobuf::Timestamp& shown);

}  // namespace ecsmi::api
