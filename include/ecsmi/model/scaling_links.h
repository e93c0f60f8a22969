#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "ecsmi/model/ids.h"
#include "ecsmi/model/scaling.h"

namespace ecsmi::model {

// A metric's identity as one key (namespace, name, sorted dimensions, each within its region).
std::string MetricKey(std::string_view region, std::string_view metric_namespace, std::string_view name,
                      const std::vector<MetricDimension>& dimensions);

// An alarm's identity, whether or not there is such an alarm.
std::string AlarmKey(std::string_view region, std::string_view name);

// Who watches and moves what: derived from alarms, metrics, policies and targets by links_scaling.cc, part of State.
// Sets are in serial order; a key without members is absent.
struct ScalingLinks {
  using Set = absl::btree_set<Serial>;
  absl::flat_hash_map<std::string, Set> alarms_by_metric;  // MetricKey of each metric an alarm watches
  absl::flat_hash_map<std::string, Set> alarms_by_action;  // ARN, whichever list of the alarm it stands in
  absl::flat_hash_map<Serial, Set> policies_by_target;
  absl::flat_hash_map<Serial, Set> schedules_by_target;  // scheduled actions
  absl::flat_hash_map<Serial, Set> metrics_by_source;
  absl::flat_hash_map<std::string, Set> services_by_alarm;  // AlarmKey: whose deployments it may fail

  // What changed and has to be looked at when the step settles: alarms whose next evaluation may have moved, targets
  // whose service, bounds or policies changed, services whose running tasks changed.
  Set dirty_alarms;
  Set dirty_targets;
  Set dirty_measured_services;

  template <typename Map, typename Key>
  static const Set& Members(const Map& map, const Key& key) {
    static const Set none;
    const auto at = map.find(key);
    return at == map.end() ? none : at->second;
  }
};

}  // namespace ecsmi::model
