#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "ecsmi/model/money.h"
#include "ecsmi/model/record.h"

namespace ecsmi::model {

// A closed usage interval: one instance from EC2 running to shutting-down (G2), written when it ends. Open ones are the
// instances themselves.
struct Usage : RowBase {
  static constexpr TableId kTable = TableId::kUsage;
  Serial instance = kNoSerial;
  Serial cluster = kNoSerial;
  Serial provider = kNoSerial;
  std::string region;
  std::string type;
  TimeMs started_at = kUnset;
  TimeMs ended_at = kUnset;
  NanoUsdPerHour on_demand = 0;
  NanoUsdPerHour fee_launch = 0;
  NanoUsdPerHour fee_current = 0;
  Resources registered;    // what the instance's holders' shares are measured by
  bool dedicated = false;  // one task alone had it: nothing of it is unused
  static constexpr auto Fields() {
    using U = Usage;
    return std::tuple(F("instance", &U::instance), F("cluster", &U::cluster), F("provider", &U::provider),
                      F("region", &U::region), F("type", &U::type), F("started_at", &U::started_at),
                      F("ended_at", &U::ended_at), F("on_demand", &U::on_demand), F("fee_launch", &U::fee_launch),
                      F("fee_current", &U::fee_current), F("registered", &U::registered),
                      F("dedicated", &U::dedicated));
  }
};

// How long parts of an instance were held, each task counted under the resource of which it took its largest fraction
// (core/ledger.h): exact where "share × ms" would have to round.
struct HeldTime {
  absl::int128 cpu_unit_ms = 0;
  absl::int128 memory_mib_ms = 0;
  absl::int128 gpu_ms = 0;
  HeldTime& operator+=(const HeldTime& other) {
    cpu_unit_ms += other.cpu_unit_ms;
    memory_mib_ms += other.memory_mib_ms;
    gpu_ms += other.gpu_ms;
    return *this;
  }
  friend bool operator==(const HeldTime&, const HeldTime&) = default;
  static constexpr auto Fields() {
    return std::tuple(F("cpu_unit_ms", &HeldTime::cpu_unit_ms), F("memory_mib_ms", &HeldTime::memory_mib_ms),
                      F("gpu_ms", &HeldTime::gpu_ms));
  }
};

// How much of an instance's time a service (0 = standalone tasks) held with tasks that have ended. The running tasks'
// part is added when costs are asked for. The name stays when the service is gone.
struct UsageShare : RowBase {
  static constexpr TableId kTable = TableId::kUsageShare;
  Serial instance = kNoSerial;
  Serial service = kNoSerial;
  std::string service_name;
  HeldTime held;
  static constexpr auto Fields() {
    using U = UsageShare;
    return std::tuple(F("instance", &U::instance), F("service", &U::service), F("service_name", &U::service_name),
                      F("held", &U::held));
  }
};

// A client token of RunTask (C64) or CreateService (D2): the request's hash and what it made.
struct Token : RowBase {
  static constexpr TableId kTable = TableId::kToken;
  std::string scope;  // operation / region / cluster
  std::string token;
  std::uint64_t request_hash = 0;
  std::vector<Serial> made;
  TimeMs due_at = kNever;  // forgotten then
  static constexpr auto Fields() {
    using T = Token;
    return std::tuple(F("scope", &T::scope), F("token", &T::token), F("request_hash", &T::request_hash),
                      F("made", &T::made), F("due_at", &T::due_at));
  }
};

}  // namespace ecsmi::model
