#pragma once

#include <string>

#include "ecsmi/control/step.h"
#include "ecsmi/core/ledger.h"

namespace ecsmi::api {

// One instance's interval, closed or still open, with what it is grouped by.
struct InstanceUsage {
  model::Serial instance = model::kNoSerial;
  model::Serial cluster = model::kNoSerial;
  model::Serial provider = model::kNoSerial;
  const std::string* region = nullptr;
  const std::string* type = nullptr;
  model::Resources registered;
  bool dedicated = false;
  bool open = false;  // it still runs; `usage` ends now
  core::UsageInterval usage;
};

// Calls `visit` with every interval of the world: Usage rows, then the instances that run.
template <typename Visit>
void ForEachInterval(const control::Step& step, Visit&& visit) {
  step.state.table<model::Usage>().ForEach([&](const model::Usage& row) {
    visit(InstanceUsage{.instance = row.instance,
                        .cluster = row.cluster,
                        .provider = row.provider,
                        .region = &row.region,
                        .type = &row.type,
                        .registered = row.registered,
                        .dedicated = row.dedicated,
                        .usage = {row.started_at, row.ended_at, row.on_demand, row.fee_launch, row.fee_current}});
  });
  step.state.table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
    if (row.running_at == model::kUnset || row.billing_ended_at != model::kUnset) return;
    visit(InstanceUsage{.instance = row.serial,
                        .cluster = row.cluster,
                        .provider = row.provider,
                        .region = &step.state.Get<model::Cluster>(row.cluster).region,
                        .type = &row.type,
                        .registered = row.registered,
                        .dedicated = row.dedicated,
                        .open = true,
                        .usage = {row.running_at, step.now, row.on_demand, row.fee_launch, row.fee_current}});
  });
}

}  // namespace ecsmi::api
