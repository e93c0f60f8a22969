#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/task/run_task.h"
#include "builders/step_fixture.h"
#include "ecsmi/api/naming.h"

namespace ecsmi::testing {

// A cluster `default` with two ACTIVE providers of its own and one awsvpc definition for managed instances.
class TaskWorld : public ApiWorld {
 public:
  explicit TaskWorld(control::Settings settings = {}) : ApiWorld(std::move(settings)) {
    cluster = AddCluster();
    providers = {AddProvider(cluster, 2), AddProvider(cluster, 2)};
    state().Update<model::Cluster>(cluster, [&](model::Cluster& row) {
      row.capacity_providers = {ProviderName(0), ProviderName(1), "FARGATE", "FARGATE_SPOT"};
    });
    definition = AddDefinition({.cpu_units = 256, .memory_mib = 512, .eni_slots = 1});
    Define([](model::TaskDefinition& row) { row.requires_compatibilities = model::kCompatibleManagedInstances; });
    model::Family family;
    family.serial = state().NewSerial();
    family.region = "us-east-1";
    family.name = Family();
    family.last_revision = 1;
    state().Insert(std::move(family));
  }

  // Changes the definition that requests name.
  template <typename Change>
  void Define(Change&& change) {
    state().Update<model::TaskDefinition>(definition, change);
  }
  std::string ProviderName(std::size_t i) { return state().Get<model::CapacityProvider>(providers[i]).name; }
  std::string Family() { return state().Get<model::TaskDefinition>(definition).family; }

  // A good RunTask on the first provider; `rest` comes on top.
  std::string RunText(const std::string& rest = "") {
    return "task_definition: '" + Family() + "' capacity_provider_strategy {capacity_provider: '" + ProviderName(0) +
           "'} " + kNetwork + rest;
  }
  auto Run(const std::string& request) { return Call(api::CheckRunTask, api::RunTask, request); }

  static constexpr char kNetwork[] = "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a'}} ";
  model::Serial cluster = model::kNoSerial;
  std::vector<model::Serial> providers;
  model::Serial definition = model::kNoSerial;
};

}  // namespace ecsmi::testing
