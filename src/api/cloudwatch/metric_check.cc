#include "api/cloudwatch/metric_check.h"

#include <algorithm>
#include <set>

#include "api/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

namespace cw = ::ecsmi::cloudwatch::v1;

constexpr int kDimensionsMax = 30;

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

absl::Status BadValue(std::string_view message) {
  return AwsError(AwsException::kCloudWatchInvalidParameterValue, message);
}
absl::Status BadCombination(std::string_view message) {
  return AwsError(AwsException::kCloudWatchInvalidParameterCombination, message);
}
absl::Status Missing(std::string_view field) {
  return AwsError(AwsException::kCloudWatchMissingParameter,
                  Say("The parameter ", field, " is required but was not given."));
}
absl::Status NotEmulated(std::string_view message, std::string_view anchor) {
  return Ours(AwsException::kCloudWatchInvalidParameterValue, message, anchor);
}

absl::Status CheckLength(std::string_view field, std::string_view value, std::size_t min, std::size_t max) {
  const std::size_t length = Characters(value);
  if (length == 0 && min > 0) return Missing(field);
  if (length >= min && length <= max) return absl::OkStatus();
  return BadValue(Say("The parameter ", field, " has ", length, " characters; it must have ", min, " to ", max));
}

absl::Status CheckNamespace(std::string_view value) {
  ECSMI_RETURN_IF_ERROR(CheckLength("Namespace", value, 1, 255));
  if (value.front() != ':') return absl::OkStatus();
  return BadValue(Say("The value ", value, " for parameter Namespace is invalid: it must not begin with a colon."));
}

absl::Status CheckDimensions(std::string_view field, const DimensionList& dimensions) {
  if (dimensions.size() > kDimensionsMax) {
    return BadValue(
        Say("The parameter ", field, " has ", dimensions.size(), " entries; at most ", kDimensionsMax, " are allowed"));
  }
  std::set<std::string_view> names;
  for (int i = 0; i < dimensions.size(); ++i) {
    const std::string path = Say(field, "[", i, "]");
    ECSMI_RETURN_IF_ERROR(CheckLength(Say(path, ".Name"), dimensions[i].name(), 1, 255));
    ECSMI_RETURN_IF_ERROR(CheckLength(Say(path, ".Value"), dimensions[i].value(), 1, 1024));
    if (!names.insert(dimensions[i].name()).second) {
      return BadValue(
          Say("The parameter ", path, ".Name is '", dimensions[i].name(), "' again; a dimension is given once"));
    }
  }
  return absl::OkStatus();
}

std::vector<model::MetricDimension> SortedDimensions(const DimensionList& dimensions) {
  std::vector<model::MetricDimension> sorted;
  for (const cw::Dimension& dimension : dimensions) sorted.push_back({dimension.name(), dimension.value()});
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::string UnitName(cw::StandardUnit::Value unit) {
  if (unit == cw::StandardUnit::UNSPECIFIED) return {};
  return AwsName(*cw::StandardUnit::Value_descriptor()->FindValueByNumber(unit));
}
cw::StandardUnit::Value UnitValue(std::string_view name) {
  const auto* type = cw::StandardUnit::Value_descriptor();
  for (int i = 0; i < type->value_count(); ++i) {
    if (AwsName(*type->value(i)) == name) return static_cast<cw::StandardUnit::Value>(type->value(i)->number());
  }
  return cw::StandardUnit::UNSPECIFIED;
}

model::Statistic ToStatistic(cw::Statistic::Value statistic) {
  if (statistic == cw::Statistic::Maximum) return model::Statistic::kMaximum;
  if (statistic == cw::Statistic::Minimum) return model::Statistic::kMinimum;
  if (statistic == cw::Statistic::SampleCount) return model::Statistic::kSampleCount;
  if (statistic == cw::Statistic::Sum) return model::Statistic::kSum;
  return model::Statistic::kAverage;
}
cw::Statistic::Value FromStatistic(model::Statistic statistic) {
  switch (statistic) {
    case model::Statistic::kAverage:
      return cw::Statistic::Average;
    case model::Statistic::kSum:
      return cw::Statistic::Sum;
    case model::Statistic::kMinimum:
      return cw::Statistic::Minimum;
    case model::Statistic::kMaximum:
      return cw::Statistic::Maximum;
    case model::Statistic::kSampleCount:
      return cw::Statistic::SampleCount;
  }
  return cw::Statistic::UNSPECIFIED;
}

model::TimeMs FromShown(const control::Step& step, const google::protobuf::Timestamp& shown) {
  const std::int64_t ms = shown.seconds() * 1000 + shown.nanos() / 1'000'000;
  return ms - (step.Shown(step.now) - step.now);
}

}  // namespace ecsmi::api
