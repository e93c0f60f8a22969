#include "ecsmi/api/registry.h"

namespace ecsmi::api {

void RegisterAll(Registry& registry) {
  RegisterClusters(registry);
  RegisterCapacityProviders(registry);
  RegisterTaskDefinitions(registry);
  RegisterTasks(registry);
  RegisterContainerInstances(registry);
  RegisterCloudWatch(registry);
  RegisterServices(registry);
  RegisterAutoScaling(registry);
  RegisterEmulator(registry);
  RegisterEvents(registry);
  RegisterQueues(registry);
  RegisterTags(registry);
  RegisterAccountSettings(registry);
}

}  // namespace ecsmi::api
