#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/cluster.h"
#include "ecsmi/model/record.h"

namespace ecsmi::model {

enum class ServiceStatus : std::uint8_t { kActive = 1, kDraining = 2, kInactive = 3 };
enum class DeploymentStatus : std::uint8_t { kPrimary = 1, kActive = 2, kInactive = 3 };
enum class RolloutState : std::uint8_t { kInProgress = 1, kCompleted = 2, kFailed = 3 };

// How a circuit breaker's threshold is given (D42).
enum class ThresholdType : std::uint8_t { kBoundedPercent = 1, kCount = 2, kUnboundedPercent = 3 };

// Who set a service's count last.
enum class CountSetter : std::uint8_t {
  kUnknown = 0,
  kCreateService = 1,
  kUpdateService = 2,
  kPolicy = 3,
  kCapacityBounds = 4,  // moved into the scalable target's bounds (F2)
  kDeleteService = 5,
};

// Conditions whose event is said once and then only every so often while they last (D11).
enum class NoticeKind : std::uint8_t {
  kStuck = 1,              // neither start nor stop possible within the percentages (D23)
  kImpaired = 2,           // starts fail again and again (D45)
  kPlacement = 3,          // a launch was refused (B80)
  kProvisioningLimit = 4,  // C44
  kProtected = 5,          // tasks under protection block a scale-in (C81)
  kUnbalanced = 6,         // tasks are moved between zones (D63)
};
struct Notice {
  NoticeKind kind = NoticeKind::kStuck;
  TimeMs at = kUnset;  // said last
  static constexpr auto Fields() { return std::tuple(F("kind", &Notice::kind), F("at", &Notice::at)); }
};

// A REPLICA service on managed instances. A deleted one stays a while, INACTIVE, so that waiters find it.
struct Service : RowBase {
  static constexpr TableId kTable = TableId::kService;
  Serial cluster = kNoSerial;
  std::string region;
  std::string name;
  ServiceStatus status = ServiceStatus::kActive;
  std::int32_t desired_count = 0;
  std::int32_t minimum_healthy_percent = 100;
  std::int32_t maximum_percent = 200;
  bool breaker_enabled = false;
  bool breaker_rollback = false;
  bool distinct_instance = false;
  bool propagate_service_tags = false;
  bool propagate_definition_tags = false;
  std::vector<std::string> placement_constraints;  // memberOf expressions, the definition's not included
  std::vector<StrategyItem> strategy;
  Serial primary = kNoSerial;  // deployment
  TimeMs created_at = kUnset;
  TimeMs deleted_at = kUnset;
  TimeMs due_at = kNever;               // a task's 40 s before it counts as healthy (D25) …
  TimeMs steady_announced_at = kUnset;  // kUnset while it is not steady
  std::int32_t start_failures = 0;      // rounds of failed starts without a success: throttle retries (D45)
  TimeMs retry_at = kUnset;             // no task is started before
  Serial document = kNoSerial;          // ecs.v1.Service as described, hot fields cleared; tags
  ThresholdType breaker_threshold_type = ThresholdType::kBoundedPercent;
  std::int32_t breaker_threshold = 50;
  bool breaker_reset_on_healthy = true;
  TimeMs background_due_at = kNever;      // what keeps no world busy: a throttled retry, an event said again
  std::vector<Notice> notices;            // of conditions that last
  std::uint64_t create_hash = 0;          // of the CreateService request: repeating it is no error (D2a)
  TimeMs metric_due_at = kNever;          // its metrics are measured: at the minute after its running tasks changed
  Serial service_deployment = kNoSerial;  // the newest; kNoSerial when its retention has passed
  bool zone_rebalancing = false;          // availabilityZoneRebalancing ENABLED (D62)
  bool alarms_enabled = false;            // of the Region, below, fail a deployment
  bool alarms_rollback = false;
  std::vector<std::string> alarm_names;
  CountSetter count_set_by = CountSetter::kUnknown;
  TimeMs count_set_at = kUnset;
  Serial count_decision = kNoSerial;  // document of a ScalingDecision, when a policy did

  // Notes who sets the count. Clears what an earlier setter left.
  void SetCount(std::int32_t count, CountSetter by, TimeMs at, Serial decision = kNoSerial) {
    desired_count = count;
    count_set_by = by;
    count_set_at = at;
    count_decision = decision;
  }

  // Derived.
  ListHead tasks;
  ListHead deployments;
  ListHead events;
  ListHead service_deployments;
  std::uint32_t running_tasks = 0;
  std::uint32_t pending_tasks = 0;  // PROVISIONING, PENDING, ACTIVATING
  ListLink in_cluster;
  Serial scalable_target = kNoSerial;
  // What its RUNNING tasks use and reserve, in thousandths of a percent of a CPU unit or MiB: integers, so that no
  // order of adding matters.
  std::int64_t cpu_used = 0;
  std::int64_t cpu_reserved = 0;
  std::int64_t memory_used = 0;
  std::int64_t memory_reserved = 0;

  static constexpr auto Fields() {
    using S = Service;
    return std::tuple(
        F("cluster", &S::cluster), F("region", &S::region), F("name", &S::name), F("status", &S::status),
        F("desired_count", &S::desired_count), F("minimum_healthy_percent", &S::minimum_healthy_percent),
        F("maximum_percent", &S::maximum_percent), F("breaker_enabled", &S::breaker_enabled),
        F("breaker_rollback", &S::breaker_rollback), F("distinct_instance", &S::distinct_instance),
        F("propagate_service_tags", &S::propagate_service_tags),
        F("propagate_definition_tags", &S::propagate_definition_tags),
        F("placement_constraints", &S::placement_constraints), F("strategy", &S::strategy), F("primary", &S::primary),
        F("created_at", &S::created_at), F("deleted_at", &S::deleted_at), F("due_at", &S::due_at),
        F("steady_announced_at", &S::steady_announced_at), F("start_failures", &S::start_failures),
        F("retry_at", &S::retry_at), F("document", &S::document),
        F("breaker_threshold_type", &S::breaker_threshold_type), F("breaker_threshold", &S::breaker_threshold),
        F("breaker_reset_on_healthy", &S::breaker_reset_on_healthy), F("background_due_at", &S::background_due_at),
        F("notices", &S::notices), F("create_hash", &S::create_hash), F("metric_due_at", &S::metric_due_at),
        F("service_deployment", &S::service_deployment), F("zone_rebalancing", &S::zone_rebalancing),
        F("alarms_enabled", &S::alarms_enabled), F("alarms_rollback", &S::alarms_rollback),
        F("alarm_names", &S::alarm_names), F("count_set_by", &S::count_set_by), F("count_set_at", &S::count_set_at),
        F("count_decision", &S::count_decision));
  }
};

struct Deployment : RowBase {
  static constexpr TableId kTable = TableId::kDeployment;
  Serial service = kNoSerial;
  DeploymentStatus status = DeploymentStatus::kPrimary;
  RolloutState rollout = RolloutState::kInProgress;
  std::string rollout_reason;
  Serial definition = kNoSerial;
  std::vector<StrategyItem> strategy;
  std::int32_t failed_tasks = 0;  // consecutive (D29)
  bool ever_ran = false;          // a task of it reached RUNNING (D41)
  TimeMs created_at = kUnset;
  TimeMs updated_at = kUnset;
  Serial document = kNoSerial;       // ecs.v1.Deployment: network configuration …
  Serial task_document = kNoSerial;  // ecs.v1.Task, cold part of its tasks: startedBy, tags …
  bool dedicated = false;            // its tasks carry ecsmi:isolation=task
  Serial revision = kNoSerial;       // ServiceRevision: what it rolls out

  // Derived.
  std::uint32_t running_tasks = 0;
  std::uint32_t pending_tasks = 0;
  std::uint32_t live_tasks = 0;  // not STOPPED
  ListLink in_service;

  static constexpr auto Fields() {
    using D = Deployment;
    return std::tuple(F("service", &D::service), F("status", &D::status), F("rollout", &D::rollout),
                      F("rollout_reason", &D::rollout_reason), F("definition", &D::definition),
                      F("strategy", &D::strategy), F("failed_tasks", &D::failed_tasks), F("ever_ran", &D::ever_ran),
                      F("created_at", &D::created_at), F("updated_at", &D::updated_at), F("document", &D::document),
                      F("task_document", &D::task_document), F("dedicated", &D::dedicated),
                      F("revision", &D::revision));
  }
};

// One line of a service's events[], newest first when shown, at most 100 kept (D11).
struct ServiceEvent : RowBase {
  static constexpr TableId kTable = TableId::kServiceEvent;
  Serial service = kNoSerial;
  TimeMs at = kUnset;
  std::string message;

  // Derived.
  ListLink in_service;

  static constexpr auto Fields() {
    return std::tuple(F("service", &ServiceEvent::service), F("at", &ServiceEvent::at),
                      F("message", &ServiceEvent::message));
  }
};

}  // namespace ecsmi::model
