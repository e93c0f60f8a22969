#pragma once

#include <string>
#include <utility>

#include "builders/world_fixture.h"
#include "ecsmi/control/service_deployments.h"

namespace ecsmi::testing {

// Services as rows, for suites that do not know the API.
struct ServiceRow {
  std::string name = "web";
  model::Serial cluster = model::kNoSerial;
  model::Serial provider = model::kNoSerial;
  model::Serial definition = model::kNoSerial;
  std::int32_t desired = 0;
  std::int32_t minimum_healthy_percent = 100;
  std::int32_t maximum_percent = 200;
  bool breaker = false;
  bool zone_rebalancing = false;
};

// A new PRIMARY deployment of the service; the old one becomes ACTIVE.
inline void Deploy(control::Step& step, model::Serial service, model::Serial definition) {
  model::ServiceRevision revision;
  revision.serial = step.state.NewSerial();
  revision.service = service;
  revision.definition = definition;
  revision.strategy = step.state.Get<model::Service>(service).strategy;
  revision.created_at = step.now;
  model::Deployment row;
  row.serial = step.state.NewSerial();
  row.service = service;
  row.revision = revision.serial;
  row.definition = definition;
  row.strategy = revision.strategy;
  row.created_at = step.now;
  const model::Serial old = step.state.Get<model::Service>(service).primary;
  if (old != model::kNoSerial) {
    step.state.Update<model::Deployment>(
        old, [](model::Deployment& replaced) { replaced.status = model::DeploymentStatus::kActive; });
  }
  const model::Serial primary = row.serial;
  step.state.Insert(std::move(revision));
  step.state.Insert(std::move(row));
  step.state.Update<model::Service>(service, [&](model::Service& changed) {
    changed.primary = primary;
    changed.start_failures = 0;
    changed.retry_at = model::kUnset;
  });
  control::BeginServiceDeployment(step, service, old, model::kNoSerial);
}

inline model::Serial AddService(control::Step& step, const ServiceRow& wanted) {
  model::Service row;
  row.serial = step.state.NewSerial();
  row.cluster = wanted.cluster;
  row.region = "us-east-1";
  row.name = wanted.name;
  row.desired_count = wanted.desired;
  row.minimum_healthy_percent = wanted.minimum_healthy_percent;
  row.maximum_percent = wanted.maximum_percent;
  row.breaker_enabled = row.breaker_rollback = wanted.breaker;
  row.zone_rebalancing = wanted.zone_rebalancing;
  row.strategy = {{.provider_name = step.state.Get<model::CapacityProvider>(wanted.provider).name,
                   .provider = wanted.provider,
                   .weight = 1,
                   .base = 0}};
  row.created_at = step.now;
  const model::Serial serial = row.serial;
  step.state.Insert(std::move(row));
  Deploy(step, serial, wanted.definition);
  return serial;
}

}  // namespace ecsmi::testing
