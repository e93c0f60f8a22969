#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "api/cluster/strategy.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/deployment.pb.h"
#include "ecsmi/ecs/v1/service.pb.h"
#include "ecsmi/model/service.h"

namespace ecsmi::api {

// The definition a service may run (H11, C72, C6): known, ACTIVE, made for managed instances. Errors: ClientException,
// InvalidParameterException in AWS's words.
absl::StatusOr<const model::TaskDefinition*> ResolveServiceDefinition(const control::Step& step,
                                                                      const CallContext& context,
                                                                      std::string_view reference);

// Inserts a PRIMARY deployment of `service` (a row in the table) and makes it the service's; one that was PRIMARY
// becomes ACTIVE. `cold`: what is echoed of it, networkConfiguration above all. `settings`: the service's document.
struct NewDeployment {
  model::Serial definition = model::kNoSerial;
  std::vector<model::StrategyItem> strategy;
  ecs::v1::Deployment cold;
};
void StartDeployment(control::Step& step, model::Serial service, NewDeployment wanted,
                     const ecs::v1::Service& settings);

// Gives the PRIMARY's coming tasks the tags and flags that the service's settings now call for (D6: no new deployment).
void RefreshTaskDocument(control::Step& step, const model::Service& service, const ecs::v1::Service& settings);

}  // namespace ecsmi::api
