#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/emulator/v1/costs.pb.h"
#include "ecsmi/emulator/v1/usage.pb.h"

// EmulatorService's operations that have files of their own: `Check…` needs no state, the other half runs in a step.
namespace ecsmi::api {

absl::Status CheckGetCosts(const emulator::v1::GetCostsRequest& request);
absl::Status GetCosts(control::Step& step, const CallContext& context, const emulator::v1::GetCostsRequest& request,
                      emulator::v1::GetCostsResponse* response);
absl::Status CheckListUsage(const emulator::v1::ListUsageRequest& request);
absl::Status ListUsage(control::Step& step, const CallContext& context, const emulator::v1::ListUsageRequest& request,
                       emulator::v1::ListUsageResponse* response);

}  // namespace ecsmi::api
