#pragma once

#include <string>
#include <utility>

#include "builders/world_fixture.h"

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
};

// A new PRIMARY deployment of the service; the old one becomes ACTIVE.
inline void Deploy(control::Step& step, model::Serial service, model::Serial definition) {
  model::Deployment row;
  row.serial = step.state.NewSerial();
  row.service = service;
  row.definition = definition;
  row.strategy = step.state.Get<model::Service>(service).strategy;
  row.created_at = step.now;
  if (const model::Serial old = step.state.Get<model::Service>(service).primary; old != model::kNoSerial) {
    step.state.Update<model::Deployment>(
        old, [](model::Deployment& replaced) { replaced.status = model::DeploymentStatus::kActive; });
  }
  const model::Serial primary = row.serial;
  step.state.Insert(std::move(row));
  step.state.Update<model::Service>(service, [&](model::Service& changed) {
    changed.primary = primary;
    changed.start_failures = 0;
    changed.retry_at = model::kUnset;
  });
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
