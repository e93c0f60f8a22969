#include "absl/strings/str_cat.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

std::string SignOf(cw::ComparisonOperator::Value comparison) {
  if (comparison == cw::ComparisonOperator::GreaterThanOrEqualToThreshold) return ">=";
  if (comparison == cw::ComparisonOperator::GreaterThanThreshold) return ">";
  if (comparison == cw::ComparisonOperator::LessThanOrEqualToThreshold) return "<=";
  if (comparison == cw::ComparisonOperator::LessThanThreshold) return "<";
  return cw::ComparisonOperator::Value_Name(comparison);
}

// "ApproximateNumberOfMessagesVisible > 0 for 1 of 1 x 60 s".
std::string ConditionOf(const cw::MetricAlarm& alarm) {
  const int needed = alarm.has_datapoints_to_alarm() ? alarm.datapoints_to_alarm() : alarm.evaluation_periods();
  std::string watched = alarm.metric_name();
  std::int32_t period = alarm.period();
  for (const cw::MetricDataQuery& query : alarm.metrics()) {
    // Of metric math: the line that is compared, and the one period that all metrics have.
    if (query.has_metric_stat()) period = query.metric_stat().period();
    if (!query.has_return_data() || query.return_data())
      watched = query.has_expression() ? query.expression() : query.id();
  }
  return absl::StrCat(watched, " ", SignOf(alarm.comparison_operator()), " ", alarm.threshold(), " for ", needed,
                      " of ", alarm.evaluation_periods(), " x ", period, " s");
}

absl::StatusOr<Listing> Show(Client& client, const GetOptions&) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<cw::MetricAlarm> alarms, ListAlarms(client));
  ECSMI_ASSIGN_OR_RETURN(const emu::GetClockResponse clock, GetClock(client));
  Listing listing{"alarms", {}, ListOfMessages("MetricAlarms", alarms), ""};
  listing.told = true;
  listing.table.columns = {{"ALARM", false, 12}, {"STATE"}, {"FOR", true}, {"CONDITION", false, 20}};
  for (const cw::MetricAlarm& alarm : alarms) {
    const std::string state = cw::StateValue::Value_Name(alarm.state_value());
    const std::string since = alarm.has_state_updated_timestamp()
                                  ? Span(TimeOf(clock.clock().now()) - TimeOf(alarm.state_updated_timestamp()))
                                  : "-";
    listing.table.rows.push_back({alarm.alarm_name(), {state, ColourOfStatus(state)}, since, ConditionOf(alarm)});
  }
  return listing;
}

}  // namespace

void AddGetAlarms(CLI::App& get, Chosen& chosen) {
  AddGet(get, chosen, "alarms", "alarm", "Alarms, their state and condition",
         {"ecsmictl get alarms", "ecsmictl get alarms -w"}, false, Show);
}

}  // namespace ecsmi::ctl
