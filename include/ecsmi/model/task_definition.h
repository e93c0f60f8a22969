#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/behavior.h"
#include "ecsmi/model/instance_type.h"
#include "ecsmi/model/record.h"

namespace ecsmi::model {

enum class TaskDefinitionStatus : std::uint8_t { kActive = 1, kInactive = 2, kDeleteInProgress = 3 };
enum class NetworkMode : std::uint8_t { kAwsvpc = 1, kHost = 2, kBridge = 3, kNone = 4 };
// Bit per value of AWS's Compatibility enum.
enum Compatibility : std::uint8_t {
  kCompatibleEc2 = 1,
  kCompatibleFargate = 2,
  kCompatibleExternal = 4,
  kCompatibleManagedInstances = 8,
};

// What decisions need to know of one container definition; the rest is in the document.
struct ContainerSpec {
  std::string name;
  std::string image;
  bool essential = true;
  bool has_health_check = false;
  // dockerLabels `ecsmi.*` and command, merged; PutBehavior comes on top when a task is created.
  ContainerBehavior behavior;
  std::vector<std::string> keys_set;  // which `ecsmi.*` labels were given
  static constexpr auto Fields() {
    using C = ContainerSpec;
    return std::tuple(F("name", &C::name), F("image", &C::image), F("essential", &C::essential),
                      F("has_health_check", &C::has_health_check), F("behavior", &C::behavior),
                      F("keys_set", &C::keys_set));
  }
};

// A family's revision counter: outlives its definitions, since a number is never given twice (C1).
struct Family : RowBase {
  static constexpr TableId kTable = TableId::kFamily;
  std::string region;
  std::string name;
  std::int32_t last_revision = 0;
  static constexpr auto Fields() {
    return std::tuple(F("region", &Family::region), F("name", &Family::name),
                      F("last_revision", &Family::last_revision));
  }
};

struct TaskDefinition : RowBase {
  static constexpr TableId kTable = TableId::kTaskDefinition;
  std::string region;
  std::string family;
  std::int32_t revision = 0;
  TaskDefinitionStatus status = TaskDefinitionStatus::kActive;
  TimeMs registered_at = kUnset;
  TimeMs deregistered_at = kUnset;
  TimeMs delete_requested_at = kUnset;
  Resources resources;    // of one task: task-level figures where given, else the containers' sums
  bool all_gpus = false;  // a container asked for GPU ALL: every GPU of its instance
  NetworkMode network_mode = NetworkMode::kAwsvpc;
  CpuArchitecture architecture = CpuArchitecture::kUnspecified;  // unspecified = any the provider allows (B60)
  std::uint8_t requires_compatibilities = 0;                     // Compatibility bits as requested
  std::uint8_t compatibilities = 0;                              // Compatibility bits as computed (C7)
  std::vector<std::uint16_t> host_ports;                         // reserved on the instance: host mode only (B78)
  std::vector<std::string> placement_constraints;                // memberOf expressions (B59)
  std::vector<ContainerSpec> containers;
  Serial document = kNoSerial;  // ecs.v1.TaskDefinition as described, without revision and status; tags

  // Derived: the means of the containers' `ecsmi.cpu-percent` and `ecsmi.memory-percent` added up, at most 100 %.
  std::int32_t cpu_millipercent = 0;
  std::int32_t memory_millipercent = 0;

  static constexpr auto Fields() {
    using T = TaskDefinition;
    return std::tuple(F("region", &T::region), F("family", &T::family), F("revision", &T::revision),
                      F("status", &T::status), F("registered_at", &T::registered_at),
                      F("deregistered_at", &T::deregistered_at), F("resources", &T::resources),
                      F("all_gpus", &T::all_gpus), F("network_mode", &T::network_mode),
                      F("architecture", &T::architecture), F("requires_compatibilities", &T::requires_compatibilities),
                      F("compatibilities", &T::compatibilities), F("host_ports", &T::host_ports),
                      F("placement_constraints", &T::placement_constraints), F("containers", &T::containers),
                      F("document", &T::document), F("delete_requested_at", &T::delete_requested_at));
  }
};

}  // namespace ecsmi::model
