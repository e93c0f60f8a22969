#include <algorithm>
#include <string>
#include <vector>

#include "api/check.h"
#include "api/cloudwatch/alarm_view.h"
#include "api/cloudwatch/cloudwatch.h"
#include "api/cloudwatch/metric_check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "DescribeAlarms";
constexpr int kNamesMax = 100;
constexpr int kPageMax = 100;  // H21
constexpr int kPageDefault = 50;

bool BeginsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool HasAction(const model::Alarm& alarm, std::string_view prefix) {
  for (const auto* list : {&alarm.alarm_actions, &alarm.ok_actions, &alarm.insufficient_data_actions}) {
    if (std::any_of(list->begin(), list->end(), [&](const std::string& arn) { return BeginsWith(arn, prefix); })) {
      return true;
    }
  }
  return false;
}

bool WantsMetricAlarms(const cw::DescribeAlarmsRequest& request) {
  const auto& types = request.alarm_types();
  return types.empty() || std::find(types.begin(), types.end(), cw::AlarmType::MetricAlarm) != types.end();
}

bool Matches(const cw::DescribeAlarmsRequest& request, const model::Alarm& alarm) {
  if (request.has_alarm_name_prefix() && !BeginsWith(alarm.name, request.alarm_name_prefix())) return false;
  if (request.state_value() != cw::StateValue::UNSPECIFIED && request.state_value() != ShowState(alarm.state)) {
    return false;
  }
  return !request.has_action_prefix() || HasAction(alarm, request.action_prefix());
}

}  // namespace

absl::Status CheckDescribeAlarms(const cw::DescribeAlarmsRequest& request) {
  if (request.alarm_names_size() > kNamesMax) {
    return BadValue(Say("The parameter AlarmNames has ", request.alarm_names_size(), " entries; at most ", kNamesMax,
                        " are allowed"));
  }
  for (int i = 0; i < request.alarm_names_size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckLength(Say("AlarmNames.member.", i + 1), request.alarm_names(i), 1, 255));
  }
  if (request.has_alarm_name_prefix()) {
    ECSMI_RETURN_IF_ERROR(CheckLength("AlarmNamePrefix", request.alarm_name_prefix(), 1, 255));
    if (request.alarm_names_size() > 0) {
      return BadCombination("The parameters AlarmNames and AlarmNamePrefix are mutually exclusive.");
    }
  }
  if (request.has_action_prefix()) {
    ECSMI_RETURN_IF_ERROR(CheckLength("ActionPrefix", request.action_prefix(), 1, 1024));
  }
  if (request.has_children_of_alarm_name() || request.has_parents_of_alarm_name()) {
    return NotEmulated("ChildrenOfAlarmName and ParentsOfAlarmName: composite alarms are not emulated",
                       "composite-alarms");
  }
  if (request.has_max_records() && (request.max_records() < 1 || request.max_records() > kPageMax)) {
    return BadValue(Say("MaxRecords must be between 1 and ", kPageMax, "; it is ", request.max_records()));
  }
  return absl::OkStatus();
}

absl::Status DescribeAlarms(control::Step& step, const CallContext& context, const cw::DescribeAlarmsRequest& request,
                            cw::DescribeAlarmsResponse* response) {
  model::Serial after = model::kNoSerial;
  if (!request.next_token().empty()) {
    const absl::StatusOr<model::Serial> parsed = ParsePageToken(step, kOperation, request.next_token());
    if (!parsed.ok())
      return AwsError(AwsException::kCloudWatchInvalidNextToken, std::string(parsed.status().message()));
    after = *parsed;
  }
  if (!WantsMetricAlarms(request)) return absl::OkStatus();
  std::vector<const model::Alarm*> found;
  const auto take = [&](const model::Alarm& alarm) {
    if (alarm.serial > after && alarm.region == context.region && Matches(request, alarm)) found.push_back(&alarm);
  };
  if (request.alarm_names().empty()) {
    step.state.table<model::Alarm>().ForEach(take);
  } else {
    for (const std::string& name : request.alarm_names()) {
      const auto* alarm = step.state.Find<model::Alarm>(step.state.FindAlarm(context.region, name));
      if (alarm != nullptr) take(*alarm);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->serial < b->serial; });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const auto limit = static_cast<std::size_t>(request.has_max_records() ? request.max_records() : kPageDefault);
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) {
    *response->add_metric_alarms() = ShowAlarm(step, *found[i]);
  }
  if (found.size() > limit) response->set_next_token(PageToken(step, kOperation, found[limit - 1]->serial));
  return absl::OkStatus();
}

absl::Status CheckDescribeAlarmsForMetric(const cw::DescribeAlarmsForMetricRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckLength("MetricName", request.metric_name(), 1, 255));
  ECSMI_RETURN_IF_ERROR(CheckNamespace(request.namespace_()));
  ECSMI_RETURN_IF_ERROR(CheckDimensions("Dimensions", request.dimensions()));
  if (request.has_extended_statistic()) {
    return NotEmulated("ExtendedStatistic: percentiles are not emulated; give Statistic", "percentile-statistics");
  }
  if (request.has_period() && request.period() < 1) {
    return BadValue(Say("Period must be at least 1; it is ", request.period()));
  }
  return absl::OkStatus();
}

absl::Status DescribeAlarmsForMetric(control::Step& step, const CallContext& context,
                                     const cw::DescribeAlarmsForMetricRequest& request,
                                     cw::DescribeAlarmsForMetricResponse* response) {
  const std::string key = model::MetricKey(context.region, request.namespace_(), request.metric_name(),
                                           SortedDimensions(request.dimensions()));
  const std::string unit = UnitName(request.unit());
  for (model::Serial serial : model::ScalingLinks::Members(step.state.scaling().alarms_by_metric, key)) {
    const auto& alarm = step.state.Get<model::Alarm>(serial);
    if (!alarm.queries.empty()) continue;  // AWS leaves out those on metric math
    if (request.statistic() != cw::Statistic::UNSPECIFIED && ToStatistic(request.statistic()) != alarm.statistic) {
      continue;
    }
    if (request.has_period() && request.period() != alarm.period_seconds) continue;
    if (!unit.empty() && unit != alarm.unit) continue;
    *response->add_metric_alarms() = ShowAlarm(step, alarm);
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
