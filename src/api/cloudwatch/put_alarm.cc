#include "api/cloudwatch/put_alarm.h"

#include <algorithm>
#include <string>
#include <utility>

#include "api/check.h"
#include "api/cloudwatch/cloudwatch.h"
#include "api/cloudwatch/metric_check.h"
#include "api/cloudwatch/query_check.h"
#include "api/document_bytes.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using Operator = cw::ComparisonOperator;

constexpr int kActionsMax = 5;
constexpr int kTagsPerAlarmMax = 50;
constexpr std::int64_t kDaySeconds = 86'400;

// What ours does not have, by name (promise 6).
absl::Status CheckEmulated(const cw::PutMetricAlarmRequest& request) {
  if (request.has_extended_statistic() || request.has_evaluate_low_sample_count_percentile()) {
    return NotEmulated(
        "ExtendedStatistic and EvaluateLowSampleCountPercentile: percentiles are not emulated; give Statistic",
        "percentile-statistics");
  }
  if (request.has_threshold_metric_id() || request.comparison_operator() == Operator::GreaterThanUpperThreshold ||
      request.comparison_operator() == Operator::LessThanLowerThreshold ||
      request.comparison_operator() == Operator::LessThanLowerOrGreaterThanUpperThreshold) {
    return NotEmulated(
        "ThresholdMetricId and the comparisons with a band: anomaly detection is not emulated; give Threshold",
        "anomaly-detection");
  }
  if (request.has_evaluation_criteria() || request.has_evaluation_interval()) {
    return NotEmulated("EvaluationCriteria and EvaluationInterval: PromQL alarms are not emulated", "promql-alarms");
  }
  if (request.has_evaluation_window() &&
      request.evaluation_window().value_case() != cw::EvaluationWindow::kSlidingWindow) {
    return NotEmulated("EvaluationWindow: only SlidingWindow, which is the default, is emulated", "alarm-windows");
  }
  if (request.has_warm_up_configuration()) {
    return NotEmulated("WarmUpConfiguration is not emulated", "alarm-windows");
  }
  if (request.has_action_configuration()) {
    return NotEmulated("ActionConfiguration: tags are not handed to actions here", "alarm-actions");
  }
  return absl::OkStatus();
}

using ActionList = google::protobuf::RepeatedPtrField<std::string>;
absl::Status CheckActions(std::string_view field, const ActionList& actions) {
  if (actions.size() > kActionsMax) {
    return BadValue(
        Say("The parameter ", field, " has ", actions.size(), " entries; at most ", kActionsMax, " are allowed"));
  }
  for (int i = 0; i < actions.size(); ++i) {
    const std::string path = Say(field, ".member.", i + 1);
    ECSMI_RETURN_IF_ERROR(CheckLength(path, actions[i], 1, 1024));
    if (actions[i].rfind("arn:", 0) != 0) {
      return BadValue(Say("The value '", actions[i], "' for parameter ", path, " is invalid: it is not an ARN."));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAlarmTags(const google::protobuf::RepeatedPtrField<cw::Tag>& tags) {
  if (tags.size() > kTagsPerAlarmMax) {
    return BadValue(
        Say("The parameter Tags has ", tags.size(), " entries; at most ", kTagsPerAlarmMax, " are allowed"));
  }
  for (int i = 0; i < tags.size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckLength(Say("Tags.member.", i + 1, ".Key"), tags[i].key(), 1, 128));
    ECSMI_RETURN_IF_ERROR(CheckLength(Say("Tags.member.", i + 1, ".Value"), tags[i].value(), 0, 256));
  }
  return absl::OkStatus();
}

// F51
absl::Status CheckPeriods(const cw::PutMetricAlarmRequest& request, std::int64_t period) {
  if (period != 10 && period != 20 && period != 30 && (period < 60 || period % 60 != 0)) {
    return BadValue(Say("Period must be 10, 20, 30 or a multiple of 60; it is ", period));
  }
  const std::int64_t periods = request.evaluation_periods();
  if (periods < 1) return BadValue(Say("EvaluationPeriods must be at least 1; it is ", periods));
  const bool short_periods = period < 3600;
  const std::int64_t limit = short_periods ? kDaySeconds : 7 * kDaySeconds;
  if (period * periods > limit) {
    return BadValue(Say("Metrics cannot be checked across more than ", short_periods ? "a day" : "7 days",
                        " (EvaluationPeriods * Period must be <= ", limit, "); it is ", period * periods, "."));
  }
  if (request.has_datapoints_to_alarm() &&
      (request.datapoints_to_alarm() < 1 || request.datapoints_to_alarm() > periods)) {
    return BadValue(Say("DatapointsToAlarm must be between 1 and EvaluationPeriods (", periods, "); it is ",
                        request.datapoints_to_alarm()));
  }
  return absl::OkStatus();
}

bool ToMissingData(const std::string& text, model::MissingData* treatment) {
  using model::MissingData;
  for (const auto& [name, value] : {std::pair{"missing", MissingData::kMissing},
                                    {"ignore", MissingData::kIgnore},
                                    {"breaching", MissingData::kBreaching},
                                    {"notBreaching", MissingData::kNotBreaching}}) {
    if (text == name) {
      *treatment = value;
      return true;
    }
  }
  return false;
}

model::Comparison ToComparison(Operator::Value comparison) {
  if (comparison == Operator::GreaterThanOrEqualToThreshold) return model::Comparison::kGreaterThanOrEqualToThreshold;
  if (comparison == Operator::GreaterThanThreshold) return model::Comparison::kGreaterThanThreshold;
  if (comparison == Operator::LessThanThreshold) return model::Comparison::kLessThanThreshold;
  return model::Comparison::kLessThanOrEqualToThreshold;
}

// The cold part: what is echoed and decides nothing.
std::string DocumentOf(const cw::PutMetricAlarmRequest& request) {
  cw::PutMetricAlarmRequest document;
  if (request.has_alarm_description()) document.set_alarm_description(request.alarm_description());
  if (request.has_treat_missing_data()) document.set_treat_missing_data(request.treat_missing_data());
  if (request.has_datapoints_to_alarm()) document.set_datapoints_to_alarm(request.datapoints_to_alarm());
  if (request.has_evaluation_window()) *document.mutable_evaluation_window() = request.evaluation_window();
  *document.mutable_tags() = request.tags();
  *document.mutable_metrics() = request.metrics();
  document.DiscardUnknownFields();
  return DocumentBytes(document);
}

void Configure(const cw::PutMetricAlarmRequest& request, model::Alarm& row) {
  row.metric_namespace = request.namespace_();
  row.metric_name = request.metric_name();
  row.dimensions = SortedDimensions(request.dimensions());
  row.unit = UnitName(request.unit());
  row.statistic = ToStatistic(request.statistic());
  row.period_seconds = request.period();
  row.queries.clear();
  if (request.metrics_size() > 0) {
    row.queries = CheckAlarmQueries("Metrics", request.metrics())->lines;
    for (const model::MetricQuery& query : row.queries) {
      if (query.expression.empty()) row.period_seconds = query.period_seconds;
    }
  }
  row.evaluation_periods = request.evaluation_periods();
  row.datapoints_to_alarm =
      request.has_datapoints_to_alarm() ? request.datapoints_to_alarm() : request.evaluation_periods();
  row.threshold = request.threshold();
  row.comparison = ToComparison(request.comparison_operator());
  row.missing_data = model::MissingData::kMissing;
  if (request.has_treat_missing_data()) ToMissingData(request.treat_missing_data(), &row.missing_data);
  row.actions_enabled = !request.has_actions_enabled() || request.actions_enabled();
  row.alarm_actions.assign(request.alarm_actions().begin(), request.alarm_actions().end());
  row.ok_actions.assign(request.ok_actions().begin(), request.ok_actions().end());
  row.insufficient_data_actions.assign(request.insufficient_data_actions().begin(),
                                       request.insufficient_data_actions().end());
}

// What the alarm watches, and for how long a period.
absl::StatusOr<std::int64_t> CheckWatched(const cw::PutMetricAlarmRequest& request) {
  if (request.metrics_size() > 0) {
    if (request.has_metric_name() || request.has_namespace_() || request.dimensions_size() > 0 ||
        request.statistic() != cw::Statistic::UNSPECIFIED || request.has_period() ||
        request.unit() != cw::StandardUnit::UNSPECIFIED) {
      return BadCombination(
          "The parameter Metrics goes without MetricName, Namespace, Dimensions, Statistic, Period and Unit.");
    }
    ECSMI_ASSIGN_OR_RETURN(const CheckedQueries checked, CheckAlarmQueries("Metrics", request.metrics()));
    const auto metric = std::find_if(checked.lines.begin(), checked.lines.end(),
                                     [](const model::MetricQuery& line) { return line.expression.empty(); });
    return metric->period_seconds;
  }
  ECSMI_RETURN_IF_ERROR(CheckLength("MetricName", request.metric_name(), 1, 255));
  ECSMI_RETURN_IF_ERROR(CheckNamespace(request.namespace_()));
  ECSMI_RETURN_IF_ERROR(CheckDimensions("Dimensions", request.dimensions()));
  if (request.statistic() == cw::Statistic::UNSPECIFIED) return Missing("Statistic");
  if (!request.has_period()) return Missing("Period");
  return request.period();
}

}  // namespace

absl::Status CheckPutMetricAlarm(const cw::PutMetricAlarmRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckLength("AlarmName", request.alarm_name(), 1, 255));
  ECSMI_RETURN_IF_ERROR(CheckLength("AlarmDescription", request.alarm_description(), 0, 1024));
  ECSMI_RETURN_IF_ERROR(CheckEmulated(request));
  ECSMI_RETURN_IF_ERROR(CheckActions("OKActions", request.ok_actions()));
  ECSMI_RETURN_IF_ERROR(CheckActions("AlarmActions", request.alarm_actions()));
  ECSMI_RETURN_IF_ERROR(CheckActions("InsufficientDataActions", request.insufficient_data_actions()));
  ECSMI_ASSIGN_OR_RETURN(const std::int64_t period, CheckWatched(request));
  ECSMI_RETURN_IF_ERROR(CheckAlarmTags(request.tags()));
  if (request.comparison_operator() == Operator::UNSPECIFIED) return Missing("ComparisonOperator");
  if (!request.has_threshold()) return Missing("Threshold");
  if (!request.has_evaluation_periods()) return Missing("EvaluationPeriods");
  ECSMI_RETURN_IF_ERROR(CheckPeriods(request, period));
  model::MissingData treatment{};
  if (request.has_treat_missing_data() && !ToMissingData(request.treat_missing_data(), &treatment)) {
    return BadValue(Say("The value '", request.treat_missing_data(),
                        "' for parameter TreatMissingData is invalid: it must be one of missing, ignore, breaching, "
                        "notBreaching."));
  }
  return absl::OkStatus();
}

absl::Status PutMetricAlarm(control::Step& step, const CallContext& context, const cw::PutMetricAlarmRequest& request,
                            cw::PutMetricAlarmResponse*) {
  const model::Serial known = step.state.FindAlarm(context.region, request.alarm_name());
  if (known == model::kNoSerial && step.settings.limits && step.state.table<model::Alarm>().size() >= kAlarmsMax) {
    return AwsError(AwsException::kCloudWatchLimitExceeded,
                    Say("The maximum number of alarms, ", kAlarmsMax, ", has been reached."));
  }
  if (known != model::kNoSerial) {
    UpdateAlarm(step, known, request);
  } else {
    InsertAlarm(step, step.state.NewSerial(), context.region, request.alarm_name(), request);
  }
  return absl::OkStatus();
}

void UpdateAlarm(control::Step& step, model::Serial alarm, const cw::PutMetricAlarmRequest& request) {
  const model::Serial document = step.state.InternDocument(DocumentOf(request));
  step.state.Update<model::Alarm>(alarm, [&](model::Alarm& row) {
    Configure(request, row);
    row.document = document;
    row.configuration_updated_at = step.now;
  });
}

void InsertAlarm(control::Step& step, model::Serial serial, const std::string& region, const std::string& name,
                 const cw::PutMetricAlarmRequest& request) {
  model::Alarm row;
  row.serial = serial;
  row.region = region;
  row.name = name;
  Configure(request, row);
  row.document = step.state.InternDocument(DocumentOf(request));
  row.configuration_updated_at = step.now;
  row.state_reason = "Unchecked: Initial alarm creation";
  row.state_updated_at = step.now;
  row.transitioned_at = step.now;
  step.state.Insert(std::move(row));
}

}  // namespace ecsmi::api
