#include <algorithm>

#include "control/simulation.h"
#include "ecsmi/core/reconcile.h"

// What a service learns from the ends of its tasks: failure counts, the pause before the next start.
namespace ecsmi::control {
namespace {

using model::Deployment;
using model::Service;

// A task that ends by itself is replaced no sooner than this after it was made. Without latencies a task that exits at
// once would otherwise be started for ever in one moment.
constexpr model::DurationMs kRestartFloorMs = model::kSecondMs;

void PauseUntil(Step& step, model::Serial service, model::TimeMs at) {
  if (at <= step.now || step.state.Get<Service>(service).retry_at >= at) return;
  step.state.Update<Service>(service, [&](Service& row) { row.retry_at = at; });
}

// A start failed: the deployment counts it until one of its tasks has run (D29, D41). Where no circuit breaker counts
// along, the next starts wait ever longer (D45).
void NoteStartFailure(Step& step, const model::Task& task) {
  const auto& service = step.state.Get<Service>(task.service);
  const auto* deployment = step.state.Find<Deployment>(task.deployment);
  const bool counted = deployment != nullptr && !deployment->ever_ran;
  const bool breaker = service.breaker_enabled && counted && deployment->serial == service.primary &&
                       deployment->rollout == model::RolloutState::kInProgress;
  if (counted) step.state.Update<Deployment>(task.deployment, [](Deployment& row) { ++row.failed_tasks; });
  // Tasks that fail while a pause lasts belong to the round that began it.
  if (breaker || service.retry_at > step.now) return;
  step.state.Update<Service>(task.service, [&](Service& row) {
    ++row.start_failures;
    row.retry_at = step.now + core::RetryDelay(row.start_failures);
  });
}

}  // namespace

void NoteTaskEnded(Step& step, const model::Task& task, model::StopCode code) {
  if (task.service == model::kNoSerial || code == model::StopCode::kServiceSchedulerInitiated) return;
  const model::Task ended = task;
  if (code == model::StopCode::kTaskFailedToStart) NoteStartFailure(step, ended);
  PauseUntil(step, ended.service, ended.created_at + kRestartFloorMs);
}

void NoteTaskUnhealthy(Step& step, const model::Task& task) {
  const model::Task ended = task;
  if (step.state.Find<Deployment>(ended.deployment) != nullptr) {
    step.state.Update<Deployment>(ended.deployment, [](Deployment& row) { ++row.failed_tasks; });
  }
  PauseUntil(step, ended.service, ended.created_at + kRestartFloorMs);
}

void NoteTaskRuns(Step& step, const model::Task& task) {
  if (task.service == model::kNoSerial) return;
  const model::Serial service = task.service;
  const bool healthy = task.health != model::HealthStatus::kUnhealthy;
  const bool resets = healthy && step.state.Get<Service>(service).breaker_reset_on_healthy;
  const auto* deployment = step.state.Find<Deployment>(task.deployment);
  if (deployment != nullptr && (!deployment->ever_ran || (resets && deployment->failed_tasks > 0))) {
    step.state.Update<Deployment>(deployment->serial, [&](Deployment& row) {
      row.ever_ran = true;
      if (resets) row.failed_tasks = 0;
    });
  }
  if (step.state.Get<Service>(service).start_failures > 0) {
    step.state.Update<Service>(service, [](Service& row) {
      row.start_failures = 0;
      row.retry_at = model::kUnset;
    });
  }
}

}  // namespace ecsmi::control
