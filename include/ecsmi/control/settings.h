#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ecsmi/model/time.h"

namespace ecsmi::control {

// How a world's time passes (design: time). A virtual clock stands until it is moved. The others run with the host; an
// auto clock also jumps ahead: after each command the world runs until nothing is under way in the foreground, unless
// an outside client holds a message, which it does in the host's time.
enum class ClockMode : std::uint8_t { kWall = 1, kVirtual = 2, kAuto = 3 };

// A delay of a stage table: uniform in [base, base + jitter], drawn by keyed hash.
struct StageDelay {
  model::DurationMs base_ms = 0;
  model::DurationMs jitter_ms = 0;
};

// Delays of every stage (behaviour C55, C56, E8, E47). `Aws()` is calibrated on the observed timelines: a CPU task
// about 45-70 s from nothing, a GPU task with a big image three to four minutes. `None()` is all zero.
struct LatencyTable {
  StageDelay provider_change;   // PROVISIONING → ACTIVE, UPDATE_IN_PROGRESS → COMPLETE, DEPROVISIONING → INACTIVE
  StageDelay batch_quiet;       // B63: no new demand for this long plans capacity …
  StageDelay batch_max;         // … at the latest this long after the first
  StageDelay instance_pending;  // EC2 pending → running
  StageDelay agent_boot;        // running → REGISTERING
  StageDelay registering;       // REGISTERING → ACTIVE
  StageDelay shutting_down_cpu;  // DEREGISTERING → terminated
  StageDelay shutting_down_gpu;
  StageDelay eni_attach;  // PROVISIONING → PENDING on an ACTIVE instance
  StageDelay pull_cpu;    // default image pull
  StageDelay pull_gpu;
  StageDelay start;         // pulled → RUNNING
  StageDelay stop;          // SIGTERM → exit
  StageDelay eni_detach;    // DEPROVISIONING → STOPPED
  StageDelay idle_wait;     // scaleInAfter unset (E47)
  StageDelay launch_retry;  // after a refused launch (G27, G31)
  static LatencyTable Aws();
  static LatencyTable None();
};

// What a daemon was started with; equal for all its worlds. Immutable after start.
struct Settings {
  std::uint64_t seed = 1;
  ClockMode clock = ClockMode::kWall;
  double speed = 1.0;
  model::DurationMs auto_limit_ms = model::kHourMs;  // how far an auto clock jumps after one command
  bool world_waits = false;    // --external-waits=world: outside clients hold messages in world time
  model::TimeMs epoch_ms = 0;  // first moment of a virtual world; 0 = 2026-01-01T00:00:00Z
  LatencyTable latency = LatencyTable::Aws();
  std::string latency_name = "aws";
  // vCPU quota per quota class; empty = unlimited.
  std::map<std::string, std::int64_t> quotas;
  std::string quotas_name = "unlimited";
  std::string durability_name = "full";  // what an answer waits for
  bool limits = true;                    // --limits=aws: C44, D12, A66 …
  bool strict_regions = false;
  bool strict = false;             // refuse what would be stored without being acted on
  bool spot_as_on_demand = false;  // --spot-settings=on-demand
  int price_protection_percent = 0;
  bool fee_current = false;  // --fee-schedule=current; else the 12 % of launch
  std::uint32_t max_worlds = 10'000;
  std::uint32_t parked_rows_planner = 2'048;   // undurable rows at which planning waits (design promise 1)
  std::uint32_t parked_rows_commands = 4'096;  // … and at which commands wait
};

}  // namespace ecsmi::control
