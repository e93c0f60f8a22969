#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/instance_type.h"
#include "ecsmi/model/money.h"
#include "ecsmi/model/record.h"

namespace ecsmi::model {

// Where an instance is between demand and gone (design §6). AWS's container instance status is shown from kRegistering
// on (E5): kLaunching and kBooting have no container instance yet; kTerminated is INACTIVE.
enum class InstanceStage : std::uint8_t {
  kLaunching = 1,    // EC2 pending
  kBooting = 2,      // EC2 running, the agent starts: billed from here (G2)
  kRegistering = 3,  // the agent registers
  kActive = 4,
  kDraining = 5,
  kDeregistering = 6,  // EC2 shutting-down: still counts against the quota (E48), no longer billed
  kTerminated = 7,
};

// One managed instance and its container instance. Prices are those of the moment it was launched.
struct ContainerInstance : RowBase {
  static constexpr TableId kTable = TableId::kContainerInstance;
  Serial cluster = kNoSerial;
  Serial provider = kNoSerial;
  Serial subnet = kNoSerial;
  std::string type;       // "m7g.large"
  std::uint8_t zone = 0;  // index into the region's zones
  InstanceStage stage = InstanceStage::kLaunching;
  std::uint32_t placement_slot =
      0;                   // lowest free number at launch: the placement index's name for it, stable over restarts
  Resources registered;    // what tasks can have: usable memory after the agent's reserve (B70-B77)
  bool dedicated = false;  // holds one task, ever
  bool used = false;       // has ever held a task
  NanoUsdPerHour on_demand = 0;
  NanoUsdPerHour fee_launch = 0;   // 12 % schedule
  NanoUsdPerHour fee_current = 0;  // catalogue schedule
  TimeMs launched_at = kUnset;     // demand decided
  TimeMs running_at = kUnset;      // EC2 running: billing begins
  TimeMs registered_at = kUnset;   // ACTIVE
  TimeMs draining_at = kUnset;
  TimeMs billing_ended_at = kUnset;  // shutting-down began
  TimeMs terminated_at = kUnset;
  TimeMs due_at = kNever;       // next step of its stage table
  TimeMs idle_since = kUnset;   // no task since; kUnset while it holds one
  TimeMs idle_due_at = kNever;  // when idleness ends it (E40, E45)
  bool agent_connected = false;
  Serial status_reason = kNoSerial;  // document
  Serial document = kNoSerial;       // ecs.v1.ContainerInstance: tags, custom attributes
  std::uint32_t version = 1;
  Serial decision = kNoSerial;  // document of a LaunchDecision
  std::uint32_t bin = 0;        // which of its bins

  // Derived.
  Resources remaining;                    // registered minus what its tasks hold
  std::vector<std::uint16_t> used_ports;  // reserved host ports, sorted
  ListHead tasks;                         // those that hold room here
  std::uint32_t running_tasks = 0;
  std::uint32_t pending_tasks = 0;
  ListLink in_cluster;
  ListLink in_provider;
  bool to_settle = false;  // among State's dirty instances
  bool room_told = false;  // among those whose room the step under way changed

  bool AcceptsTasks() const {
    return stage == InstanceStage::kLaunching || stage == InstanceStage::kBooting ||
           stage == InstanceStage::kRegistering || stage == InstanceStage::kActive;
  }

  static constexpr auto Fields() {
    using C = ContainerInstance;
    return std::tuple(
        F("cluster", &C::cluster), F("provider", &C::provider), F("subnet", &C::subnet), F("type", &C::type),
        F("zone", &C::zone), F("stage", &C::stage), F("placement_slot", &C::placement_slot),
        F("registered", &C::registered), F("dedicated", &C::dedicated), F("used", &C::used),
        F("on_demand", &C::on_demand), F("fee_launch", &C::fee_launch), F("fee_current", &C::fee_current),
        F("launched_at", &C::launched_at), F("running_at", &C::running_at), F("registered_at", &C::registered_at),
        F("draining_at", &C::draining_at), F("billing_ended_at", &C::billing_ended_at),
        F("terminated_at", &C::terminated_at), F("due_at", &C::due_at), F("idle_since", &C::idle_since),
        F("idle_due_at", &C::idle_due_at), F("agent_connected", &C::agent_connected),
        F("status_reason", &C::status_reason), F("document", &C::document), F("version", &C::version),
        F("decision", &C::decision), F("bin", &C::bin));
  }
};

}  // namespace ecsmi::model
