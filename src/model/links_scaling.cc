#include "ecsmi/model/state.h"
#include "ecsmi/model/task_containers.h"
#include "ecsmi/model/task_use.h"
#include "state_links.h"

// Metrics, alarms, scalable targets and policies: names, who watches what, and what has to be looked at again. Every
// hook costs O(1) per row it touches: a metric's alarms are found by its key, a policy's by its ARN.
namespace ecsmi::model {
namespace {

template <typename Map, typename Key>
void Join(Map& map, const Key& key, Serial member) {
  map[key].insert(member);
}
template <typename Map, typename Key>
void Leave(Map& map, const Key& key, Serial member) {
  const auto at = map.find(key);
  if (at == map.end()) return;
  at->second.erase(member);
  if (at->second.empty()) map.erase(at);
}
template <typename Visit>
void ForEachAction(const Alarm& alarm, Visit&& visit) {
  for (const auto* list : {&alarm.alarm_actions, &alarm.ok_actions, &alarm.insufficient_data_actions}) {
    for (const std::string& arn : *list) visit(arn);
  }
}
// Calls `visit` with the key of every metric that the alarm watches.
template <typename Visit>
void ForEachWatched(const Alarm& alarm, Visit&& visit) {
  if (alarm.queries.empty()) {
    visit(MetricKey(alarm.region, alarm.metric_namespace, alarm.metric_name, alarm.dimensions));
  }
  for (const MetricQuery& query : alarm.queries) {
    if (!query.expression.empty()) continue;
    visit(MetricKey(alarm.region, query.metric_namespace, query.metric_name, query.dimensions));
  }
}
std::string KeyOf(const Metric& metric) {
  return MetricKey(metric.region, metric.metric_namespace, metric.name, metric.dimensions);
}
void LinkAlarm(ScalingLinks& links, const Alarm& row) {
  ForEachWatched(row, [&](const std::string& key) { Join(links.alarms_by_metric, key, row.serial); });
  ForEachAction(row, [&](const std::string& arn) { Join(links.alarms_by_action, arn, row.serial); });
}
void UnlinkAlarm(ScalingLinks& links, const Alarm& row) {
  ForEachWatched(row, [&](const std::string& key) { Leave(links.alarms_by_metric, key, row.serial); });
  ForEachAction(row, [&](const std::string& arn) { Leave(links.alarms_by_action, arn, row.serial); });
}
bool SameWatch(const Alarm& a, const Alarm& b) {
  return a.metric_namespace == b.metric_namespace && a.metric_name == b.metric_name && a.dimensions == b.dimensions &&
         a.queries == b.queries && a.alarm_actions == b.alarm_actions && a.ok_actions == b.ok_actions &&
         a.insufficient_data_actions == b.insufficient_data_actions;
}
bool SameRule(const Alarm& a, const Alarm& b) {
  return a.statistic == b.statistic && a.period_seconds == b.period_seconds &&
         a.evaluation_periods == b.evaluation_periods && a.datapoints_to_alarm == b.datapoints_to_alarm &&
         a.threshold == b.threshold && a.comparison == b.comparison && a.missing_data == b.missing_data &&
         a.unit == b.unit && a.actions_enabled == b.actions_enabled && a.state == b.state &&
         a.evaluated_at == b.evaluated_at;
}

}  // namespace

std::string MetricKey(std::string_view region, std::string_view metric_namespace, std::string_view name,
                      const std::vector<MetricDimension>& dimensions) {
  std::string key = NameKey('m', region, metric_namespace, name);
  for (const MetricDimension& dimension : dimensions) {
    // Lengths, since a dimension's value may hold any character.
    key.append("\n").append(std::to_string(dimension.name.size())).append(":").append(dimension.name);
    key.append(std::to_string(dimension.value.size())).append(":").append(dimension.value);
  }
  return key;
}

template <>
void State::Link(Metric& row) {
  Name(KeyOf(row), row.serial);
  if (row.source != kNoSerial) Join(scaling_.metrics_by_source, row.source, row.serial);
  for (Serial alarm : scaling_.Members(scaling_.alarms_by_metric, KeyOf(row))) scaling_.dirty_alarms.insert(alarm);
}
template <>
void State::Unlink(Metric& row) {
  Unname(KeyOf(row), row.serial);
  if (row.source != kNoSerial) Leave(scaling_.metrics_by_source, row.source, row.serial);
  for (Serial alarm : scaling_.Members(scaling_.alarms_by_metric, KeyOf(row))) scaling_.dirty_alarms.insert(alarm);
}
template <>
void State::Relink(const Metric& before, Metric& row) {
  if (before.source != row.source) {
    if (before.source != kNoSerial) Leave(scaling_.metrics_by_source, before.source, row.serial);
    if (row.source != kNoSerial) Join(scaling_.metrics_by_source, row.source, row.serial);
  }
  for (Serial alarm : scaling_.Members(scaling_.alarms_by_metric, KeyOf(row))) scaling_.dirty_alarms.insert(alarm);
}

std::string AlarmKey(std::string_view region, std::string_view name) {
  return NameKey('a', region, name);
}

template <>
void State::Link(Alarm& row) {
  Name(AlarmKey(row.region, row.name), row.serial);
  LinkAlarm(scaling_, row);
  scaling_.dirty_alarms.insert(row.serial);
}
template <>
void State::Unlink(Alarm& row) {
  Unname(AlarmKey(row.region, row.name), row.serial);
  UnlinkAlarm(scaling_, row);
  scaling_.dirty_alarms.erase(row.serial);
}
template <>
void State::Relink(const Alarm& before, Alarm& row) {
  if (!SameWatch(before, row)) {
    UnlinkAlarm(scaling_, before);
    LinkAlarm(scaling_, row);
    scaling_.dirty_alarms.insert(row.serial);
  }
  if (!SameRule(before, row)) scaling_.dirty_alarms.insert(row.serial);
  if (before.state != row.state) {
    const auto& services = scaling_.Members(scaling_.services_by_alarm, AlarmKey(row.region, row.name));
    dirty_services_.insert(services.begin(), services.end());
  }
}

template <>
void State::Link(ScalableTarget& row) {
  Name(NameKey('S', row.region, row.resource_id), row.serial);
  if (const Serial service = FindScaledService(row); service != kNoSerial) {
    Mutable<Service>().Find(service)->scalable_target = row.serial;
  }
  scaling_.dirty_targets.insert(row.serial);
}
template <>
void State::Unlink(ScalableTarget& row) {
  Unname(NameKey('S', row.region, row.resource_id), row.serial);
  if (const Serial service = FindScaledService(row); service != kNoSerial) {
    Mutable<Service>().Find(service)->scalable_target = kNoSerial;
  }
  scaling_.dirty_targets.erase(row.serial);
}
template <>
void State::Relink(const ScalableTarget&, ScalableTarget& row) {
  scaling_.dirty_targets.insert(row.serial);
}

template <>
void State::Link(ScalingPolicy& row) {
  Name(NameKey('P', SerialText(row.target), row.name), row.serial);
  Join(scaling_.policies_by_target, row.target, row.serial);
  scaling_.dirty_targets.insert(row.target);
}
template <>
void State::Unlink(ScalingPolicy& row) {
  Unname(NameKey('P', SerialText(row.target), row.name), row.serial);
  Leave(scaling_.policies_by_target, row.target, row.serial);
  scaling_.dirty_targets.insert(row.target);
}
template <>
void State::Relink(const ScalingPolicy&, ScalingPolicy& row) {
  scaling_.dirty_targets.insert(row.target);
}

template <>
void State::Link(ScheduledAction& row) {
  Name(NameKey('A', SerialText(row.target), row.name), row.serial);
  Join(scaling_.schedules_by_target, row.target, row.serial);
}
template <>
void State::Unlink(ScheduledAction& row) {
  Unname(NameKey('A', SerialText(row.target), row.name), row.serial);
  Leave(scaling_.schedules_by_target, row.target, row.serial);
}

Serial State::FindAlarm(std::string_view region, std::string_view name) const {
  return FindName(AlarmKey(region, name));
}
Serial State::FindMetric(const std::string& metric_key) const {
  return FindName(metric_key);
}
Serial State::FindScalableTarget(std::string_view region, std::string_view resource_id) const {
  return FindName(NameKey('S', region, resource_id));
}
Serial State::FindPolicy(Serial target, std::string_view name) const {
  return FindName(NameKey('P', SerialText(target), name));
}
Serial State::FindScheduledAction(Serial target, std::string_view name) const {
  return FindName(NameKey('A', SerialText(target), name));
}
Serial State::FindScaledService(const ScalableTarget& target) const {
  // "service/<cluster>/<service>" (F1)
  const std::string_view id = target.resource_id;
  const std::size_t first = id.find('/');
  const std::size_t second = first == std::string_view::npos ? first : id.find('/', first + 1);
  if (second == std::string_view::npos) return kNoSerial;
  const Serial cluster = FindCluster(target.region, id.substr(first + 1, second - first - 1));
  return cluster == kNoSerial ? kNoSerial : FindService(cluster, id.substr(second + 1));
}

void State::ServiceMoved(Service& service) {
  if (service.scalable_target != kNoSerial) scaling_.dirty_targets.insert(service.scalable_target);
}

void State::CountUse(const Task& task, Service& service, int by) {
  if (task.status != TaskStatus::kRunning) return;
  const auto& definition = Get<TaskDefinition>(task.definition);
  TaskUse use{definition.cpu_millipercent, definition.memory_millipercent};
  if (task.behavior != kNoSerial) use = UseOf(TaskContainers(*this, task));
  service.cpu_used += std::int64_t{by} * use.cpu_millipercent * task.resources.cpu_units;
  service.cpu_reserved += by * std::int64_t{task.resources.cpu_units};
  service.memory_used += std::int64_t{by} * use.memory_millipercent * task.resources.memory_mib;
  service.memory_reserved += by * std::int64_t{task.resources.memory_mib};
}

void State::RunningMoved(const Task& task) {
  Service* service = Mutable<Service>().Find(task.service);
  if (service == nullptr) return;
  scaling_.dirty_measured_services.insert(service->serial);
  ServiceMoved(*service);
}

}  // namespace ecsmi::model
