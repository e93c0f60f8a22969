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
  static constexpr auto Fields() {
    using U = Usage;
    return std::tuple(F("instance", &U::instance), F("cluster", &U::cluster), F("provider", &U::provider),
                      F("region", &U::region), F("type", &U::type), F("started_at", &U::started_at),
                      F("ended_at", &U::ended_at), F("on_demand", &U::on_demand), F("fee_launch", &U::fee_launch),
                      F("fee_current", &U::fee_current));
  }
};

// How much of an instance's time a service (0 = standalone tasks) held: sum over its ended tasks of share × ms, where a
// task's share is its largest fraction of any of the instance's resources, in millionths. The running tasks' part is
// added when costs are asked for.
struct UsageShare : RowBase {
  static constexpr TableId kTable = TableId::kUsageShare;
  Serial instance = kNoSerial;
  Serial service = kNoSerial;
  std::int64_t share_ppm_ms = 0;
  static constexpr auto Fields() {
    using U = UsageShare;
    return std::tuple(F("instance", &U::instance), F("service", &U::service), F("share_ppm_ms", &U::share_ppm_ms));
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
