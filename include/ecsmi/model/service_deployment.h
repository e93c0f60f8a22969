#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/cluster.h"
#include "ecsmi/model/record.h"

namespace ecsmi::model {

// What a deployment rolls out: an immutable snapshot (D70). Goes with the last deployment and service deployment that
// name it.
struct ServiceRevision : RowBase {
  static constexpr TableId kTable = TableId::kServiceRevision;
  Serial service = kNoSerial;
  Serial definition = kNoSerial;
  std::vector<StrategyItem> strategy;
  TimeMs created_at = kUnset;
  Serial document = kNoSerial;  // ecs.v1.Deployment as of then: network configuration …

  // Derived.
  std::uint32_t references = 0;  // of deployments and service deployments

  static constexpr auto Fields() {
    using R = ServiceRevision;
    return std::tuple(F("service", &R::service), F("definition", &R::definition), F("strategy", &R::strategy),
                      F("created_at", &R::created_at), F("document", &R::document));
  }
};

// D70, in the order of the API's own list.
enum class ServiceDeploymentStatus : std::uint8_t {
  kPending = 1,
  kInProgress = 2,
  kStopRequested = 3,
  kStopped = 4,
  kSuccessful = 5,
  kRollbackRequested = 6,
  kRollbackInProgress = 7,
  kRollbackSuccessful = 8,
  kRollbackFailed = 9,
};
// What a circuit breaker or the alarms of a service deployment do (D71).
enum class MonitorStatus : std::uint8_t { kDisabled = 1, kMonitoring = 2, kMonitoringComplete = 3, kTriggered = 4 };

// Tasks of a revision in a service deployment: what it ended with. While it is under way they are counted.
struct RevisionCounts {
  Serial revision = kNoSerial;
  std::int32_t requested = 0;
  std::int32_t running = 0;
  std::int32_t pending = 0;
  static constexpr auto Fields() {
    using R = RevisionCounts;
    return std::tuple(F("revision", &R::revision), F("requested", &R::requested), F("running", &R::running),
                      F("pending", &R::pending));
  }
};

// The way from the revisions a service ran to the one it was asked for, back again if that fails (D70-D72). A service
// has at most one that is not over: the newest.
struct ServiceDeployment : RowBase {
  static constexpr TableId kTable = TableId::kServiceDeployment;
  Serial service = kNoSerial;
  Serial deployment = kNoSerial;  // in the service's deployments[], of the target revision; may be gone
  ServiceDeploymentStatus status = ServiceDeploymentStatus::kPending;
  std::string reason;  // statusReason
  std::vector<RevisionCounts> sources;
  RevisionCounts target;
  TimeMs created_at = kUnset;
  TimeMs started_at = kUnset;
  TimeMs finished_at = kUnset;  // however it ended
  TimeMs stopped_at = kUnset;   // a stop was asked for and took effect
  TimeMs updated_at = kUnset;
  Serial document = kNoSerial;  // ecs.v1.DeploymentConfiguration as of its start
  MonitorStatus breaker = MonitorStatus::kDisabled;
  std::int32_t breaker_failures = 0;   // when it ended
  std::int32_t breaker_threshold = 0;  // when it ended
  MonitorStatus alarms = MonitorStatus::kDisabled;
  std::vector<std::string> alarm_names;
  std::vector<std::string> triggered_alarms;
  TimeMs bake_until = kUnset;  // the alarms are watched until then; kUnset while tasks are still replaced
  std::string rollback_reason;
  TimeMs rollback_at = kUnset;
  Serial rollback_revision = kNoSerial;
  TimeMs due_at = kNever;  // retention

  // Derived.
  ListLink in_service;

  bool IsOver() const {
    switch (status) {
      case ServiceDeploymentStatus::kPending:
      case ServiceDeploymentStatus::kInProgress:
      case ServiceDeploymentStatus::kStopRequested:
      case ServiceDeploymentStatus::kRollbackRequested:
      case ServiceDeploymentStatus::kRollbackInProgress:
        return false;
      case ServiceDeploymentStatus::kStopped:
      case ServiceDeploymentStatus::kSuccessful:
      case ServiceDeploymentStatus::kRollbackSuccessful:
      case ServiceDeploymentStatus::kRollbackFailed:
        return true;
    }
    return true;
  }

  static constexpr auto Fields() {
    using D = ServiceDeployment;
    return std::tuple(
        F("service", &D::service), F("deployment", &D::deployment), F("status", &D::status), F("reason", &D::reason),
        F("sources", &D::sources), F("target", &D::target), F("created_at", &D::created_at),
        F("started_at", &D::started_at), F("finished_at", &D::finished_at), F("stopped_at", &D::stopped_at),
        F("updated_at", &D::updated_at), F("document", &D::document), F("breaker", &D::breaker),
        F("breaker_failures", &D::breaker_failures), F("breaker_threshold", &D::breaker_threshold),
        F("alarms", &D::alarms), F("alarm_names", &D::alarm_names), F("triggered_alarms", &D::triggered_alarms),
        F("bake_until", &D::bake_until), F("rollback_reason", &D::rollback_reason), F("rollback_at", &D::rollback_at),
        F("rollback_revision", &D::rollback_revision), F("due_at", &D::due_at));
  }
};

}  // namespace ecsmi::model
