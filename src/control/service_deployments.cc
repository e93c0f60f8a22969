#include "ecsmi/control/service_deployments.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "control/simulation.h"
#include "ecsmi/core/reconcile.h"

// How a service deployment moves on, fails, goes back and ends.
namespace ecsmi::control {
namespace {

using model::Deployment;
using model::MonitorStatus;
using model::RolloutState;
using model::Service;
using model::ServiceDeployment;
using model::ServiceDeploymentStatus;

constexpr model::DurationMs kRetentionMs = 90 * model::kDayMs;  // D70: the last 90 days are shown

// The one that is not over, if any.
const ServiceDeployment* FindOpen(const Step& step, const Service& service) {
  const auto* row = step.state.Find<ServiceDeployment>(service.service_deployment);
  return row == nullptr || row->IsOver() ? nullptr : row;
}

MonitorStatus Ended(MonitorStatus status) {
  return status == MonitorStatus::kMonitoring ? MonitorStatus::kMonitoringComplete : status;
}

void Close(Step& step, const Service& service, model::Serial serial, ServiceDeploymentStatus status,
           std::string reason) {
  const auto& open = step.state.Get<ServiceDeployment>(serial);
  const BreakerReading breaker = ReadBreaker(step, service, open);
  std::vector<model::RevisionCounts> sources;
  sources.reserve(open.sources.size());
  for (const model::RevisionCounts& source : open.sources) {
    sources.push_back(CountRevision(step, service, source.revision));
  }
  const model::RevisionCounts target = CountRevision(step, service, open.target.revision);
  step.state.Update<ServiceDeployment>(serial, [&](ServiceDeployment& row) {
    row.status = status;
    if (!reason.empty()) row.reason = std::move(reason);
    row.sources = std::move(sources);
    row.target = target;
    row.breaker = Ended(breaker.status);
    row.breaker_failures = breaker.failures;
    row.breaker_threshold = breaker.threshold;
    row.alarms = Ended(row.alarms);
    row.updated_at = row.finished_at = step.now;
    if (status == ServiceDeploymentStatus::kStopped) row.stopped_at = step.now;
    row.due_at = step.now + kRetentionMs;
  });
}

// Names of the service's deployment alarms that are in ALARM.
std::vector<std::string> AlarmsInAlarm(const Step& step, const Service& service) {
  std::vector<std::string> names;
  for (const std::string& name : service.alarm_names) {
    const auto* alarm = step.state.Find<model::Alarm>(step.state.FindAlarm(service.region, name));
    if (alarm != nullptr && alarm->state == model::AlarmState::kAlarm) names.push_back(name);
  }
  return names;
}

// Alarms that are in ALARM already when a deployment starts are left out of account for its whole life, all of them:
// it may be the one that mends things.
void Start(Step& step, const Service& service, model::Serial serial) {
  const bool watches = service.alarms_enabled && AlarmsInAlarm(step, service).empty();
  step.state.Update<ServiceDeployment>(serial, [&](ServiceDeployment& row) {
    row.status = ServiceDeploymentStatus::kInProgress;
    row.started_at = row.updated_at = step.now;
    row.alarms = watches ? MonitorStatus::kMonitoring : MonitorStatus::kDisabled;
    if (service.alarms_enabled) row.alarm_names = service.alarm_names;
  });
}

// --- Failing and going back ------------------------------------------------------------------------------------------

enum class Cause { kBreaker, kAlarm, kRollbackRequested, kStopRequested };

// What is said of it. The texts of the circuit breaker and of events are AWS's (D41, D43, H55), and so is "alarm
// detected"; the rest is assumed.
struct Words {
  std::string failed;   // rolloutStateReason of what failed
  std::string event;    // why, in events[]; empty: no event
  std::string back;     // rolloutStateReason of what is gone back to, before its id
  std::string because;  // in statusReason: "Service deployment rolled back because …"
};
Words WordsOf(Cause cause, const std::vector<std::string>& alarms) {
  switch (cause) {
    case Cause::kBreaker:
      return {"ECS deployment circuit breaker: tasks failed to start.", "tasks failed to start.",
              "ECS deployment circuit breaker: rolling back to deploymentId ",
              "the circuit breaker threshold was exceeded."};
    case Cause::kAlarm:
      return {"ECS deployment failed: alarm detected.", "alarm detected.",
              "ECS deployment alarm detected: rolling back to deploymentId ",
              absl::StrCat("alarms went into the ALARM state: ", absl::StrJoin(alarms, ", "), ".")};
    case Cause::kRollbackRequested:
      return {"ECS deployment stopped: a rollback was requested.", "",
              "ECS deployment stopped: rolling back to deploymentId ", "a rollback was requested."};
    case Cause::kStopRequested:
      return {"ECS deployment stopped: a stop was requested.", "", "", "a stop was requested."};
  }
  return {};
}

// The deployment that completed last; kNoSerial when there is none.
model::Serial RollbackCandidate(const Step& step, const Service& service) {
  model::Serial candidate = model::kNoSerial;
  step.state.ForEachIn<Deployment>(service.deployments, &Deployment::in_service, [&](const Deployment& row) {
    if (row.rollout == RolloutState::kCompleted) candidate = std::max(candidate, row.serial);
  });
  return candidate;
}

void NoteFailure(Step& step, const Service& service, const Words& words, bool rollback, model::Serial back_to) {
  const ServiceDeployment* open = FindOpen(step, service);
  if (open == nullptr) return;
  if (open->status == ServiceDeploymentStatus::kRollbackInProgress) {
    return Close(step, service, open->serial, ServiceDeploymentStatus::kRollbackFailed,
                 "Service deployment rollback failed because " + words.because);
  }
  if (!rollback) {
    return Close(step, service, open->serial, ServiceDeploymentStatus::kStopped,
                 "Service deployment stopped because " + words.because);
  }
  if (back_to == model::kNoSerial) {
    return Close(step, service, open->serial, ServiceDeploymentStatus::kRollbackFailed,
                 "No rollback candidate was found to run the rollback.");
  }
  const model::Serial revision = step.state.Get<Deployment>(back_to).revision;
  step.state.Update<ServiceDeployment>(open->serial, [&](ServiceDeployment& row) {
    row.status = ServiceDeploymentStatus::kRollbackInProgress;
    row.reason = row.rollback_reason = "Service deployment rolled back because " + words.because;
    row.rollback_at = row.updated_at = step.now;
    row.rollback_revision = revision;
    row.bake_until = model::kUnset;
    row.alarms = Ended(row.alarms);
  });
}

// The PRIMARY fails; with `rollback` the last one that completed takes its place (D41).
void FailDeployment(Step& step, model::Serial serial, Cause cause, bool rollback,
                    const std::vector<std::string>& alarms = {}) {
  const Words words = WordsOf(cause, alarms);
  const std::string who = absl::StrCat("(service ", step.state.Get<Service>(serial).name, ")");
  const model::Serial failing = step.state.Get<Service>(serial).primary;
  const model::Serial back_to =
      rollback ? RollbackCandidate(step, step.state.Get<Service>(serial)) : model::Serial{model::kNoSerial};
  step.state.Update<Deployment>(failing, [&](Deployment& row) {
    row.rollout = RolloutState::kFailed;
    row.rollout_reason = words.failed;
    row.updated_at = step.now;
    if (back_to != model::kNoSerial) row.status = model::DeploymentStatus::kActive;
  });
  NoteFailure(step, step.state.Get<Service>(serial), words, rollback, back_to);
  if (!words.event.empty()) {
    AddServiceEvent(
        step, serial,
        absl::StrCat(who, " (deployment ", DeploymentId(step, failing), ") deployment failed: ", words.event));
  }
  if (back_to == model::kNoSerial) return;
  const std::string id = DeploymentId(step, back_to);
  step.state.Update<Deployment>(back_to, [&](Deployment& row) {
    row.status = model::DeploymentStatus::kPrimary;
    row.rollout = RolloutState::kInProgress;
    row.rollout_reason = absl::StrCat(words.back, id, ".");
    row.updated_at = step.now;
    row.failed_tasks = 0;
  });
  step.state.Update<Service>(serial, [&](Service& row) {
    row.primary = back_to;
    row.strategy = step.state.Get<Deployment>(back_to).strategy;
    row.start_failures = 0;
    row.retry_at = model::kUnset;
  });
  AddServiceEvent(step, serial, absl::StrCat(who, " rolling back to deployment ", id, "."));
}

// Tasks of the deployment that count as failed: those that did, and those that fail their health checks and are still
// to be replaced (D41): replacing them may take long, one by one (D26).
std::int32_t FailuresOf(const Step& step, const Deployment& row) {
  const model::DeploymentTally& tally = *step.state.TallyOf(row.serial);
  return row.failed_tasks + static_cast<std::int32_t>(tally.count(model::TaskClass::kUnhealthy));
}

// Too many tasks of the PRIMARY failed (D40, D41).
bool TripBreaker(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  const auto& primary = step.state.Get<Deployment>(service.primary);
  if (!service.breaker_enabled || primary.rollout != RolloutState::kInProgress) return false;
  const std::int32_t threshold =
      core::BreakerThreshold(service.breaker_threshold_type, service.breaker_threshold, service.desired_count);
  const std::int32_t failures = FailuresOf(step, primary);
  if (failures < threshold) return false;
  if (const ServiceDeployment* open = FindOpen(step, service)) {
    step.state.Update<ServiceDeployment>(open->serial, [&](ServiceDeployment& row) {
      row.breaker = MonitorStatus::kTriggered;
      row.breaker_failures = failures;
      row.breaker_threshold = threshold;
    });
  }
  FailDeployment(step, serial, Cause::kBreaker, step.state.Get<Service>(serial).breaker_rollback);
  return true;
}

bool TripAlarms(Step& step, model::Serial serial, const ServiceDeployment& open) {
  if (open.alarms != MonitorStatus::kMonitoring) return false;
  const auto& service = step.state.Get<Service>(serial);
  if (!service.alarms_enabled) return false;
  const std::vector<std::string> triggered = AlarmsInAlarm(step, service);
  if (triggered.empty()) return false;
  const bool rollback = service.alarms_rollback;
  step.state.Update<ServiceDeployment>(open.serial, [&](ServiceDeployment& row) {
    row.alarms = MonitorStatus::kTriggered;
    row.triggered_alarms = triggered;
  });
  FailDeployment(step, serial, Cause::kAlarm, rollback, triggered);
  return true;
}

}  // namespace

void BeginServiceDeployment(Step& step, model::Serial serial, model::Serial replaced, model::Serial configuration) {
  const auto& service = step.state.Get<Service>(serial);
  if (const ServiceDeployment* open = FindOpen(step, service)) {
    const bool goes_back = open->status == ServiceDeploymentStatus::kRollbackInProgress;
    Close(step, service, open->serial,
          goes_back ? ServiceDeploymentStatus::kRollbackFailed : ServiceDeploymentStatus::kStopped,
          "Service deployment stopped because a newer one was started.");
  }
  const auto& primary = step.state.Get<Deployment>(service.primary);
  ServiceDeployment row;
  row.serial = step.state.NewSerial();
  row.service = serial;
  row.deployment = primary.serial;
  row.created_at = row.updated_at = step.now;
  row.document = configuration;
  row.target = CountRevision(step, service, primary.revision);
  std::vector<std::pair<model::Serial, model::Serial>> sources;  // (deployment, revision)
  step.state.ForEachIn<Deployment>(service.deployments, &Deployment::in_service, [&](const Deployment& other) {
    const bool runs = other.running_tasks + other.pending_tasks > 0 || other.serial == replaced;
    if (runs && other.serial != primary.serial) sources.emplace_back(other.serial, other.revision);
  });
  std::sort(sources.begin(), sources.end());
  for (const auto& source : sources) row.sources.push_back(CountRevision(step, service, source.second));
  const model::Serial begun = row.serial;
  step.state.Insert(std::move(row));
  step.state.Update<Service>(serial, [&](Service& changed) { changed.service_deployment = begun; });
}

model::RevisionCounts CountRevision(const Step& step, const Service& service, model::Serial revision) {
  model::RevisionCounts counts{.revision = revision};
  step.state.ForEachIn<Deployment>(service.deployments, &Deployment::in_service, [&](const Deployment& row) {
    if (row.revision != revision) return;
    counts.running += static_cast<std::int32_t>(row.running_tasks);
    counts.pending += static_cast<std::int32_t>(row.pending_tasks);
    counts.requested += row.serial == service.primary
                            ? service.desired_count
                            : static_cast<std::int32_t>(row.running_tasks + row.pending_tasks);
  });
  return counts;
}

BreakerReading ReadBreaker(const Step& step, const Service& service, const ServiceDeployment& row) {
  if (row.IsOver() || row.breaker == MonitorStatus::kTriggered) {
    return {row.breaker, row.breaker_failures, row.breaker_threshold};
  }
  const auto* deployment = step.state.Find<Deployment>(row.deployment);
  return {service.breaker_enabled ? MonitorStatus::kMonitoring : MonitorStatus::kDisabled,
          deployment == nullptr ? 0 : FailuresOf(step, *deployment),
          core::BreakerThreshold(service.breaker_threshold_type, service.breaker_threshold, service.desired_count)};
}

bool MoveServiceDeployment(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  const ServiceDeployment* open = FindOpen(step, service);
  if (open == nullptr) return TripBreaker(step, serial);
  switch (open->status) {
    case ServiceDeploymentStatus::kPending:
      Start(step, service, open->serial);
      break;
    case ServiceDeploymentStatus::kStopRequested:
      FailDeployment(step, serial, Cause::kStopRequested, /*rollback=*/false);
      return true;
    case ServiceDeploymentStatus::kRollbackRequested:
      FailDeployment(step, serial, Cause::kRollbackRequested, /*rollback=*/true);
      return true;
    case ServiceDeploymentStatus::kInProgress:
      if (TripAlarms(step, serial, *open)) return true;
      break;
    case ServiceDeploymentStatus::kRollbackInProgress:
    case ServiceDeploymentStatus::kStopped:
    case ServiceDeploymentStatus::kSuccessful:
    case ServiceDeploymentStatus::kRollbackSuccessful:
    case ServiceDeploymentStatus::kRollbackFailed:
      break;
  }
  return TripBreaker(step, serial);
}

bool BakeServiceDeployment(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  const ServiceDeployment* open = FindOpen(step, service);
  if (open == nullptr || open->alarms != MonitorStatus::kMonitoring || !service.alarms_enabled) return true;
  if (open->bake_until == model::kUnset) {
    std::int64_t seconds = 0;
    for (const std::string& name : service.alarm_names) {
      const auto* alarm = step.state.Find<model::Alarm>(step.state.FindAlarm(service.region, name));
      if (alarm == nullptr) continue;
      seconds = std::max(seconds, (std::int64_t{alarm->evaluation_periods} + 1) * alarm->period_seconds);
    }
    step.state.Update<ServiceDeployment>(
        open->serial, [&](ServiceDeployment& row) { row.bake_until = step.now + seconds * model::kSecondMs; });
  }
  return open->bake_until <= step.now;
}

model::TimeMs BakedAt(const Step& step, const Service& service) {
  const ServiceDeployment* open = FindOpen(step, service);
  return open == nullptr || open->bake_until <= step.now ? model::kNever : open->bake_until;
}

void CompleteServiceDeployment(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  const ServiceDeployment* open = FindOpen(step, service);
  if (open == nullptr) return;
  Close(step, service, open->serial,
        open->status == ServiceDeploymentStatus::kRollbackInProgress ? ServiceDeploymentStatus::kRollbackSuccessful
                                                                     : ServiceDeploymentStatus::kSuccessful,
        "");
}

void AbandonServiceDeployment(Step& step, model::Serial serial) {
  const auto& service = step.state.Get<Service>(serial);
  const ServiceDeployment* open = FindOpen(step, service);
  if (open == nullptr) return;
  Close(step, service, open->serial, ServiceDeploymentStatus::kStopped,
        "Service deployment stopped because the service was deleted.");
}

void EraseServiceDeployments(Step& step, model::Serial serial) {
  std::vector<model::Serial> rows;
  step.state.ForEachIn<ServiceDeployment>(step.state.Get<Service>(serial).service_deployments,
                                          &ServiceDeployment::in_service,
                                          [&](const ServiceDeployment& row) { rows.push_back(row.serial); });
  std::sort(rows.begin(), rows.end());
  for (model::Serial row : rows) step.state.Erase<ServiceDeployment>(row);
  step.state.Update<Service>(serial, [](Service& row) { row.service_deployment = model::kNoSerial; });
}

void FireServiceDeployment(Step& step, model::Serial serial) {
  const auto& row = step.state.Get<ServiceDeployment>(serial);
  if (row.due_at > step.now) return;
  const model::Serial service = row.service;
  step.state.Erase<ServiceDeployment>(serial);
  if (step.state.Get<Service>(service).service_deployment != serial) return;
  step.state.Update<Service>(service, [](Service& changed) { changed.service_deployment = model::kNoSerial; });
}

}  // namespace ecsmi::control
