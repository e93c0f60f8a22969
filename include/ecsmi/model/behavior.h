#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/record.h"

namespace ecsmi::model {

enum class DistributionKind : std::uint8_t { kNone = 0, kConstant = 1, kLognormal = 2, kUniform = 3, kExponential = 4 };

// A number or `lognormal(median,sigma)`, `uniform(low,high)`, `exp(mean)`, in the unit of its key (seconds, percent).
struct Distribution {
  DistributionKind kind = DistributionKind::kNone;
  double a = 0;
  double b = 0;
  bool IsSet() const { return kind != DistributionKind::kNone; }
  friend bool operator==(const Distribution&, const Distribution&) = default;
  static constexpr auto Fields() {
    return std::tuple(F("kind", &Distribution::kind), F("a", &Distribution::a), F("b", &Distribution::b));
  }
};

enum class InjectedFailure : std::uint8_t { kNone = 0, kPull = 1, kStart = 2, kHealth = 3, kOom = 4 };

// How one container acts, all sources merged (PutBehavior, dockerLabels, configuration, command). Keys `ecsmi.*` of
// design.md §6.
struct ContainerBehavior {
  Distribution pull_seconds;
  Distribution start_seconds;
  Distribution run_seconds;  // unset = runs for ever
  std::int32_t exit_code = 0;
  InjectedFailure fail = InjectedFailure::kNone;
  Distribution cpu_percent;
  Distribution memory_percent;
  std::string queue;  // name of the queue this container works on; empty = none
  Distribution seconds_per_message;
  std::int32_t batch = 1;            // messages per receive, 1..10
  std::int32_t exit_when_empty = 0;  // consecutive empty polls after which it exits 0; 0 = never
  friend bool operator==(const ContainerBehavior&, const ContainerBehavior&) = default;
  static constexpr auto Fields() {
    using B = ContainerBehavior;
    return std::tuple(F("pull_seconds", &B::pull_seconds), F("start_seconds", &B::start_seconds),
                      F("run_seconds", &B::run_seconds), F("exit_code", &B::exit_code), F("fail", &B::fail),
                      F("cpu_percent", &B::cpu_percent), F("memory_percent", &B::memory_percent), F("queue", &B::queue),
                      F("seconds_per_message", &B::seconds_per_message), F("batch", &B::batch),
                      F("exit_when_empty", &B::exit_when_empty));
  }
};

// What a task does where rules changed what its definition says: one per container, in the definition's order. Stored
// as a document that tasks of one behaviour share, so that a task keeps what it was created with.
struct TaskBehavior {
  std::vector<ContainerBehavior> containers;
  static constexpr auto Fields() { return std::tuple(F("containers", &TaskBehavior::containers)); }
};

// A rule set by EmulatorService.PutBehavior: patterns choose tasks at creation ('*' matches any run; empty = any), the
// most specific rule (most non-empty patterns, then newest) wins per key.
struct BehaviorRule : RowBase {
  static constexpr TableId kTable = TableId::kBehavior;
  std::string region;
  std::string name;  // identity; a second Put of the same name replaces it
  std::string service_pattern;
  std::string family_pattern;
  std::string container_pattern;
  std::string image_pattern;
  std::vector<std::string> keys_set;  // which `ecsmi.*` keys the rule sets
  ContainerBehavior behavior;
  bool isolation_task = false;  // ecsmi:isolation=task
  Serial document = kNoSerial;  // emulator.v1.BehaviorRule as it was put
  static constexpr auto Fields() {
    using B = BehaviorRule;
    return std::tuple(F("region", &B::region), F("name", &B::name), F("service_pattern", &B::service_pattern),
                      F("family_pattern", &B::family_pattern), F("container_pattern", &B::container_pattern),
                      F("image_pattern", &B::image_pattern), F("keys_set", &B::keys_set), F("behavior", &B::behavior),
                      F("isolation_task", &B::isolation_task), F("document", &B::document));
  }
};

}  // namespace ecsmi::model
