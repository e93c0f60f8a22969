#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/record.h"

namespace ecsmi::model {

enum class ClusterStatus : std::uint8_t { kActive = 1, kInactive = 2 };

// One entry of a capacity provider strategy (A76). `provider` is 0 for FARGATE and FARGATE_SPOT, which may stand in a
// cluster's list and default strategy but hold no instances.
struct StrategyItem {
  std::string provider_name;
  Serial provider = kNoSerial;
  std::int32_t weight = 0;
  std::int32_t base = 0;
  friend bool operator==(const StrategyItem&, const StrategyItem&) = default;
  static constexpr auto Fields() {
    using S = StrategyItem;
    return std::tuple(F("provider_name", &S::provider_name), F("provider", &S::provider), F("weight", &S::weight),
                      F("base", &S::base));
  }
};

// A cluster. A deleted one stays, INACTIVE, and is revived by CreateCluster of the same name.
struct Cluster : RowBase {
  static constexpr TableId kTable = TableId::kCluster;
  std::string region;
  std::string name;
  ClusterStatus status = ClusterStatus::kActive;
  TimeMs created_at = kUnset;
  std::vector<std::string> capacity_providers;  // names, in the order shown
  std::vector<StrategyItem> default_strategy;
  Serial document = kNoSerial;  // ecs.v1.Cluster: settings, configuration, service connect defaults, tags

  // Derived.
  ListHead tasks;
  ListHead instances;
  ListHead services;
  std::uint32_t running_tasks = 0;       // lastStatus RUNNING
  std::uint32_t pending_tasks = 0;       // PROVISIONING, PENDING, ACTIVATING
  std::uint32_t provisioning_tasks = 0;  // PROVISIONING (C44)
  std::uint32_t stopped_tasks = 0;
  std::uint32_t active_services = 0;       // ACTIVE
  std::uint32_t registered_instances = 0;  // ACTIVE and DRAINING (E7)

  static constexpr auto Fields() {
    using C = Cluster;
    return std::tuple(F("region", &C::region), F("name", &C::name), F("status", &C::status),
                      F("created_at", &C::created_at), F("capacity_providers", &C::capacity_providers),
                      F("default_strategy", &C::default_strategy), F("document", &C::document));
  }
};

}  // namespace ecsmi::model
