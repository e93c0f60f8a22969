#pragma once

#include <cstdint>

#include "ecsmi/control/step.h"

// Service deployments (D70-D72): the way of a service from the revisions it ran to the one it was asked for, and back
// if that fails. A command begins one, the service's passes move it on. On the strand, inside a step.
namespace ecsmi::control {

// Begins the one that rolls out the service's PRIMARY, which the command has just made; one under way is over (D28).
// `replaced`: the PRIMARY before; kNoSerial for a new service. `configuration`: document of the
// ecs.v1.DeploymentConfiguration.
void BeginServiceDeployment(Step& step, model::Serial service, model::Serial replaced, model::Serial configuration);

// Tasks of a revision as they stand now.
model::RevisionCounts CountRevision(const Step& step, const model::Service& service, model::Serial revision);

// What its circuit breaker does and has counted: by the service's settings as they are until it trips or all is over.
struct BreakerReading {
  model::MonitorStatus status = model::MonitorStatus::kDisabled;
  std::int32_t failures = 0;
  std::int32_t threshold = 0;
};
BreakerReading ReadBreaker(const Step& step, const model::Service& service, const model::ServiceDeployment& row);

}  // namespace ecsmi::control
