#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ecsmi/model/ids.h"
#include "ecsmi/ports/store.h"

namespace ecsmi::store {

// A kind of row and the SQL table it is kept in (migrations/).
struct Table {
  model::TableId id{};
  std::string_view name;
  bool labelled = false;  // has the columns region, name, status
};

// A switch without default, so that the compiler finds the table that a new TableId still needs (and a migration).
constexpr Table Describe(model::TableId table) {
  switch (table) {
    case model::TableId::kDocument:
      return {table, "document", false};
    case model::TableId::kCluster:
      return {table, "cluster", true};
    case model::TableId::kCapacityProvider:
      return {table, "capacity_provider", true};
    case model::TableId::kTaskDefinition:
      return {table, "task_definition", true};
    case model::TableId::kService:
      return {table, "service", true};
    case model::TableId::kDeployment:
      return {table, "deployment", false};
    case model::TableId::kTask:
      return {table, "task", false};
    case model::TableId::kContainerInstance:
      return {table, "container_instance", false};
    case model::TableId::kSubnet:
      return {table, "subnet", true};
    case model::TableId::kBehavior:
      return {table, "behavior", true};
    case model::TableId::kQueue:
      return {table, "queue", true};
    case model::TableId::kMessage:
      return {table, "message", false};
    case model::TableId::kAlarm:
      return {table, "alarm", true};
    case model::TableId::kMetric:
      return {table, "metric", false};
    case model::TableId::kScalableTarget:
      return {table, "scalable_target", true};
    case model::TableId::kScalingPolicy:
      return {table, "scaling_policy", true};
    case model::TableId::kScalingActivity:
      return {table, "scaling_activity", false};
    case model::TableId::kUsage:
      return {table, "usage", false};
    case model::TableId::kUsageShare:
      return {table, "usage_share", false};
    case model::TableId::kToken:
      return {table, "token", false};
    case model::TableId::kFamily:
      return {table, "family", true};
    case model::TableId::kServiceEvent:
      return {table, "service_event", false};
    case model::TableId::kAccountSetting:
      return {table, "account_setting", true};
    case model::TableId::kServiceRevision:
      return {table, "service_revision", false};
    case model::TableId::kServiceDeployment:
      return {table, "service_deployment", false};
    case model::TableId::kScheduledAction:
      return {table, "scheduled_action", true};
  }
  return {};
}

inline constexpr std::size_t kTableCount = 26;

// By TableId, which is the order in which LoadWorld streams them.
inline constexpr std::array<Table, kTableCount> kTables = [] {
  std::array<Table, kTableCount> tables{};
  for (std::size_t i = 0; i < kTableCount; ++i) tables[i] = Describe(static_cast<model::TableId>(i + 1));
  return tables;
}();
static_assert(!kTables.back().name.empty() && Describe(static_cast<model::TableId>(kTableCount + 1)).name.empty());

constexpr std::size_t IndexOf(model::TableId table) {
  return static_cast<std::size_t>(table) - 1;
}

// The one key of rows (low part a serial) and segments (low part a seq): 23 bits of world, 40 of the low part, so that
// it stays a positive rowid. REQUIRES: both within their bounds.
constexpr std::int64_t KeyOf(ports::WorldNumber world, std::uint64_t low) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(world) << 40) | low);
}
constexpr std::uint64_t LowPartOf(std::int64_t key) {
  return static_cast<std::uint64_t>(key) & model::kSerialMax;
}

}  // namespace ecsmi::store
