#include "api/events/alarm_detail.h"

#include <string>
#include <utility>

#include "api/cloudwatch/alarm_view.h"
#include "api/events/event_struct.h"
#include "ecsmi/api/values.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

using google::protobuf::Struct;
namespace cw = ::ecsmi::cloudwatch::v1;

Struct StateOf(const control::Step& scene, const model::Alarm& alarm) {
  Struct state;
  Put(state, "value", cw::StateValue::Value_Name(ShowState(alarm.state)));
  Put(state, "reason", alarm.state_reason);
  if (!alarm.state_reason_data.empty()) Put(state, "reasonData", alarm.state_reason_data);
  if (alarm.state_updated_at != model::kUnset) {
    Put(state, "timestamp", IsoTime(scene.Shown(alarm.state_updated_at)));
  }
  return state;
}

// The one metric that an alarm of ours watches, as an entry of `configuration.metrics`.
Struct MetricOf(const control::Step& scene, const model::Alarm& alarm, const cw::MetricAlarm& shown) {
  Struct dimensions;
  for (const model::MetricDimension& dimension : alarm.dimensions) Put(dimensions, dimension.name, dimension.value);
  Struct metric;
  Put(metric, "namespace", alarm.metric_namespace);
  Put(metric, "name", alarm.metric_name);
  Put(metric, "dimensions", std::move(dimensions));
  Struct stat;
  Put(stat, "metric", std::move(metric));
  PutNumber(stat, "period", alarm.period_seconds);
  Put(stat, "stat", cw::Statistic::Value_Name(shown.statistic()));
  Struct entry;
  Put(entry, "id", model::Uuid(scene.key, model::TableId::kAlarm, alarm.serial));
  Put(entry, "metricStat", std::move(stat));
  (*entry.mutable_fields())["returnData"].set_bool_value(true);
  return entry;
}

// The same of a line of metric math.
Struct MetricOf(const cw::MetricDataQuery& query) {
  Struct entry;
  Put(entry, "id", query.id());
  if (query.has_label()) Put(entry, "label", query.label());
  if (query.has_expression()) {
    Put(entry, "expression", query.expression());
  } else {
    Struct dimensions;
    for (const cw::Dimension& dimension : query.metric_stat().metric().dimensions()) {
      Put(dimensions, dimension.name(), dimension.value());
    }
    Struct metric;
    Put(metric, "namespace", query.metric_stat().metric().namespace_());
    Put(metric, "name", query.metric_stat().metric().metric_name());
    Put(metric, "dimensions", std::move(dimensions));
    Struct stat;
    Put(stat, "metric", std::move(metric));
    PutNumber(stat, "period", query.metric_stat().period());
    Put(stat, "stat", query.metric_stat().stat());
    Put(entry, "metricStat", std::move(stat));
  }
  (*entry.mutable_fields())["returnData"].set_bool_value(!query.has_return_data() || query.return_data());
  return entry;
}

}  // namespace

Struct AlarmDetail(const control::Step& scene, const model::Alarm& alarm, const model::Alarm& before) {
  const cw::MetricAlarm shown = ShowAlarm(scene, alarm);
  Struct configuration;
  if (shown.has_alarm_description()) Put(configuration, "description", shown.alarm_description());
  auto& metrics = *(*configuration.mutable_fields())["metrics"].mutable_list_value();
  if (alarm.queries.empty()) *metrics.add_values()->mutable_struct_value() = MetricOf(scene, alarm, shown);
  for (const cw::MetricDataQuery& query : shown.metrics()) {
    *metrics.add_values()->mutable_struct_value() = MetricOf(query);
  }
  Struct detail;
  Put(detail, "alarmName", alarm.name);
  Put(detail, "state", StateOf(scene, alarm));
  Put(detail, "previousState", StateOf(scene, before));
  Put(detail, "configuration", std::move(configuration));
  return detail;
}

}  // namespace ecsmi::api
