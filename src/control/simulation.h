#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ecsmi/control/lifecycle.h"
#include "ecsmi/core/reconcile.h"
#include "ecsmi/model/due_queue.h"

// The simulated world's moves: what happens when a row falls due, and what a change brings about at once. All on the
// strand, inside a step whose `now` is the moment of the event.
namespace ecsmi::control {

// Stages whose delays are drawn; the numbers are hashed, so they never change.
enum class Stage : std::uint64_t {
  kProviderChange = 1,
  kInstancePending = 2,
  kAgentBoot = 3,
  kRegistering = 4,
  kShuttingDown = 5,
  kEniAttach = 6,
  kPull = 7,
  kStart = 8,
  kRun = 9,
  kStop = 10,
  kEniDetach = 11,
  kLaunchRetry = 12,
  kWork = 13,
};

// Moves the row that is due. Does nothing for one whose wish has changed since.
void Fire(Step& step, const model::DueItem& item);

// Reconciles whatever the step has made dirty, until nothing is: waiting tasks are placed or batched, idle instances
// timed, leaving providers finished. A second call right after changes nothing.
void Settle(Step& step);

// One line about a row, for "what moved last" and "what is due next": "task 3f2a RUNNING".
std::string Describe(const Step& step, const model::DueItem& item);

// --- Tasks (tasks.cc, behavior_rules.cc) ---
// What the rules of PutBehavior in the definition's Region say of a task about to be created: its `behavior` becomes a
// document that all tasks of the same behaviour share, and stays 0 when no rule applies and no container was
// overridden; isolation makes it dedicated. `overridden` as in NewTask.
void ApplyBehaviorRules(Step& step, std::span<const model::ContainerSpec> overridden, model::Task* task);
void FireTask(Step& step, model::Serial task);
// Its instance is gone: STOPPED at once, whatever it was doing.
void LoseTask(Step& step, model::Serial task, model::StopCode code, std::string_view reason);
// What becomes of a task when its stage is over, if nothing else happens to it first.
struct TaskMove {
  static constexpr model::DurationMs kForEver = -1;
  model::TaskStatus status = model::TaskStatus::kStopped;
  model::DurationMs lasts_ms = kForEver;               // how long it stays in that status
  std::uint8_t exited_container = 0;                   // of RUNNING: which container ends it
  model::StopCode stop_code = model::StopCode::kNone;  // set when it begins to stop, with the reason
  std::string reason = {};
  model::TimeMs Until(model::TimeMs from) const { return lasts_ms == kForEver ? model::kNever : from + lasts_ms; }
};
// Pure. REQUIRES: the task has room.
TaskMove NextMove(const Step& step, const model::Task& task);
// How long the task's own network interface takes on an ACTIVE instance, before it is PENDING.
model::DurationMs AttachMs(const Step& step, const model::Task& task);
// The instance became ACTIVE: the tasks that wait for it go on.
void ReleaseReservedTasks(Step& step, model::Serial instance);

// --- Instances (instances.cc) ---
struct Launch {
  model::Serial provider = model::kNoSerial;
  model::Serial subnet = model::kNoSerial;
  const ports::PricedType* type = nullptr;
  bool dedicated = false;
  model::Serial decision = model::kNoSerial;  // document of the LaunchDecision, and which of its bins this is
  std::uint32_t bin = 0;
};
model::Serial LaunchInstance(Step& step, const Launch& launch);
void FireInstance(Step& step, model::Serial instance);
// How long the instance stays in a stage that passes by itself: kLaunching, kBooting, kRegistering or kDeregistering.
// 0 of any other. Pure.
model::DurationMs StageMs(const Step& step, const model::ContainerInstance& instance, model::InstanceStage stage);
// Ends an empty instance: DEREGISTERING, billing stops, the EC2 instance shuts down.
void Deregister(Step& step, model::Serial instance, std::string_view reason);
void SettleInstance(Step& step, model::Serial instance);

// --- Providers (capacity.cc) ---
void FireProvider(Step& step, model::Serial provider);
void SettleProvider(Step& step, model::Serial provider);
// What a provider may launch now, quotas aside. Valid for the catalogue's life.
struct ProviderOffer {
  const ports::RegionCatalog* region = nullptr;
  core::TypeSet allowed;
  std::uint64_t zones = 0;  // of its subnets
};
ProviderOffer OfferOf(const Step& step, const model::CapacityProvider& provider);

// --- Waiting tasks (waiting.cc) ---
core::PlacementClass ClassOf(const Step& step, const model::Task& task);
// Places tasks of the provider that wait into holes of existing instances (B50, first step), class by class, oldest
// first, at most `limit`; says how many. A class that finds no hole is not tried again before room appears.
int PlaceWaiting(Step& step, model::Serial provider, int limit);
// Places a task where `choice` says, and notes why there.
void PlaceChosen(Step& step, model::Serial task, const core::PlacementChoice& choice);

// --- Queues (queues.cc) ---
// A deleted queue's name is free again.
void FireQueue(Step& step, model::Serial queue);
// Visible again, no longer delayed, or expired.
void FireMessage(Step& step, model::Serial message);

// --- Simulated workers (worker.cc) ---
// The task became RUNNING: the worker inside it, if any, begins to poll.
void StartWorker(Step& step, model::Serial task);
// Its messages are done, or it waited long enough for one. Does nothing for a task without a worker or not due.
void FireWorker(Step& step, model::Serial task);
// Hands visible messages to idle workers, lowest serials first.
void SettleQueue(Step& step, model::Serial queue);
// The queue came into being or went: idle workers begin, or cease, to count empty polls.
void RestartIdleWaits(Step& step, const model::Queue& queue);

// --- Metrics (measuring.cc) ---
// The queue's counts or activity changed: its metrics are measured at the end of this minute. Called after SettleQueue.
void SettleQueueMetrics(Step& step, model::Serial queue);
void FireQueueMetrics(Step& step, model::Serial queue);
// The same for a service whose running tasks changed.
void SettleServiceMetrics(Step& step, model::Serial service);
void FireServiceMetrics(Step& step, model::Serial service);
// A metric without new data for long is forgotten.
void FireMetric(Step& step, model::Serial metric);

// --- Alarms (alarms.cc, alarm_reason.cc) ---
void FireAlarm(Step& step, model::Serial alarm);
// An input of the alarm changed: when it is evaluated next, and whether that keeps the world from being quiescent.
void SettleAlarm(Step& step, model::Serial alarm);

// --- Scalable targets (autoscaling.cc) ---
// A target's service, bounds or policies changed: its activity may be fulfilled, its alarms look again.
void SettleTarget(Step& step, model::Serial target);
// Retention of a scaling activity is over (F8).
void FireActivity(Step& step, model::Serial activity);

// --- Service deployments (service_deployments.cc) ---
// Moves the service's open service deployment on, or fails its PRIMARY: a stop or rollback was asked for, too many
// tasks failed, an alarm went off. True when the PRIMARY failed.
bool MoveServiceDeployment(Step& step, model::Serial service);
// The service is settled: false while its deployment's alarms are to be watched on (the bake time, one period longer
// than the longest of their windows; assumed).
bool BakeServiceDeployment(Step& step, model::Serial service);
// When the bake time ends; kNever when none runs.
model::TimeMs BakedAt(const Step& step, const model::Service& service);
void CompleteServiceDeployment(Step& step, model::Serial service);
// The service is being deleted; AWS shows no service deployments of deleted ones.
void AbandonServiceDeployment(Step& step, model::Serial service);
void EraseServiceDeployments(Step& step, model::Serial service);
// Its retention is over.
void FireServiceDeployment(Step& step, model::Serial service_deployment);

// --- Zones (zone_balance.cc, capacity.cc) ---
// The service is settled and no deployment runs: starts at most `room` tasks where zones have fewer than others (D63).
// True when it started some.
bool BalanceZones(Step& step, model::Serial service, std::int32_t room);
// Zones of the provider's subnets, as a mask.
std::uint64_t ZonesOf(const Step& step, const model::CapacityProvider& provider);

// --- Scheduled actions (schedules.cc) ---
void FireScheduledAction(Step& step, model::Serial action);
// --- Services (services.cc, service_events.cc, service_failures.cc) ---
void FireService(Step& step, model::Serial service);
// One pass: keeps the desired count, moves a deployment on, says what happened.
void SettleService(Step& step, model::Serial service);
// Tasks of a cluster that may be PROVISIONING when a service starts another (C44).
inline constexpr std::uint32_t kProvisioningMax = 500;
// What its pass goes by, at `step.now`. REQUIRES: it is ACTIVE and has a deployment.
core::ServiceView ViewService(Step& step, const model::Service& service);
// A service's task ended by itself, failed to start or was stopped by its user; called before it stops.
void NoteTaskEnded(Step& step, const model::Task& task, model::StopCode code);
// A service's task is unhealthy and about to be replaced.
void NoteTaskUnhealthy(Step& step, const model::Task& task);
void NoteTaskRuns(Step& step, const model::Task& task);
// The service's provider was refused a launch that its tasks wait for (B80).
void NoteLaunchRefused(Step& step, model::Serial service, const model::CapacityProvider& provider);

// Appends to events[], of which the newest hundred are kept (D11).
void AddServiceEvent(Step& step, model::Serial service, std::string message);
// Whether the condition's event is to be said now: when it is new, or has lasted for `every` since it was said; notes
// it.
bool Announce(Step& step, model::Serial service, model::NoticeKind kind, model::DurationMs every);
void ClearNotice(Step& step, model::Serial service, model::NoticeKind kind);

}  // namespace ecsmi::control
