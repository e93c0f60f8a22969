#include "api/cloudwatch/alarm_view.h"

#include "api/check.h"
#include "api/cloudwatch/metric_check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/cloudwatch/v1/alarm_operations.pb.h"

namespace ecsmi::api {
namespace {

namespace cw = ::ecsmi::cloudwatch::v1;

cw::ComparisonOperator::Value ShowComparison(model::Comparison comparison) {
  switch (comparison) {
    case model::Comparison::kGreaterThanOrEqualToThreshold:
      return cw::ComparisonOperator::GreaterThanOrEqualToThreshold;
    case model::Comparison::kGreaterThanThreshold:
      return cw::ComparisonOperator::GreaterThanThreshold;
    case model::Comparison::kLessThanThreshold:
      return cw::ComparisonOperator::LessThanThreshold;
    case model::Comparison::kLessThanOrEqualToThreshold:
      return cw::ComparisonOperator::LessThanOrEqualToThreshold;
  }
  return cw::ComparisonOperator::UNSPECIFIED;
}

}  // namespace

cw::StateValue::Value ShowState(model::AlarmState state) {
  switch (state) {
    case model::AlarmState::kInsufficientData:
      return cw::StateValue::INSUFFICIENT_DATA;
    case model::AlarmState::kOk:
      return cw::StateValue::OK;
    case model::AlarmState::kAlarm:
      return cw::StateValue::ALARM;
  }
  return cw::StateValue::UNSPECIFIED;
}

std::string AlarmArn(const control::Step& step, const model::Alarm& alarm) {
  return Say("arn:", Partition(alarm.region), ":cloudwatch:", alarm.region, ":", step.account, ":alarm:", alarm.name);
}

cw::MetricAlarm ShowAlarm(const control::Step& step, const model::Alarm& alarm) {
  cw::PutMetricAlarmRequest document;
  const std::string_view bytes = step.state.DocumentBytes(alarm.document);
  document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  cw::MetricAlarm shown;
  shown.set_alarm_name(alarm.name);
  shown.set_alarm_arn(AlarmArn(step, alarm));
  if (document.has_alarm_description()) shown.set_alarm_description(document.alarm_description());
  *shown.mutable_alarm_configuration_updated_timestamp() = ToTimestamp(step.Shown(alarm.configuration_updated_at));
  shown.set_actions_enabled(alarm.actions_enabled);
  *shown.mutable_ok_actions() = {alarm.ok_actions.begin(), alarm.ok_actions.end()};
  *shown.mutable_alarm_actions() = {alarm.alarm_actions.begin(), alarm.alarm_actions.end()};
  *shown.mutable_insufficient_data_actions() = {alarm.insufficient_data_actions.begin(),
                                                alarm.insufficient_data_actions.end()};
  shown.set_state_value(ShowState(alarm.state));
  shown.set_state_reason(alarm.state_reason);
  if (!alarm.state_reason_data.empty()) shown.set_state_reason_data(alarm.state_reason_data);
  *shown.mutable_state_updated_timestamp() = ToTimestamp(step.Shown(alarm.state_updated_at));
  *shown.mutable_state_transitioned_timestamp() = ToTimestamp(step.Shown(alarm.transitioned_at));
  if (alarm.queries.empty()) {
    shown.set_metric_name(alarm.metric_name);
    shown.set_namespace_(alarm.metric_namespace);
    shown.set_statistic(FromStatistic(alarm.statistic));
    for (const model::MetricDimension& dimension : alarm.dimensions) {
      cw::Dimension* added = shown.add_dimensions();
      added->set_name(dimension.name);
      added->set_value(dimension.value);
    }
    shown.set_period(alarm.period_seconds);
    if (!alarm.unit.empty()) shown.set_unit(UnitValue(alarm.unit));
  } else {
    *shown.mutable_metrics() = document.metrics();
  }
  shown.set_evaluation_periods(alarm.evaluation_periods);
  if (document.has_datapoints_to_alarm()) shown.set_datapoints_to_alarm(alarm.datapoints_to_alarm);
  shown.set_threshold(alarm.threshold);
  shown.set_comparison_operator(ShowComparison(alarm.comparison));
  if (document.has_treat_missing_data()) shown.set_treat_missing_data(document.treat_missing_data());
  if (document.has_evaluation_window()) *shown.mutable_evaluation_window() = document.evaluation_window();
  return shown;
}

}  // namespace ecsmi::api
