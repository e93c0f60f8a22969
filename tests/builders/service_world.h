#pragma once

#include <string>
#include <vector>

#include "api/cluster/clusters.h"
#include "api/service/services.h"
#include "builders/step_fixture.h"

namespace ecsmi::testing {

namespace service_pb = ::ecsmi::ecs::v1;

// A world with a cluster "default", a managed instances provider of `zones` zones as its default strategy, and helpers
// around the service operations.
class ServiceWorld : public ApiWorld {
 public:
  explicit ServiceWorld(control::Settings settings = {}, int zones = 3) : ApiWorld(std::move(settings)) {
    cluster = AddCluster();
    provider = AddProvider(cluster, zones);
    const std::string name = state().Get<model::CapacityProvider>(provider).name;
    state().Update<model::Cluster>(cluster, [&](model::Cluster& row) {
      row.capacity_providers = {name};
      row.default_strategy = {{.provider_name = name, .provider = provider, .weight = 1, .base = 0}};
    });
  }

  // A definition for managed instances: "family-<serial>:1".
  model::Serial AddServiceDefinition(model::ContainerBehavior behavior = {}, bool health_check = false) {
    const model::Serial serial = AddDefinition({256, 512, 0, 1}, std::move(behavior));
    state().Update<model::TaskDefinition>(serial, [&](model::TaskDefinition& row) {
      row.requires_compatibilities = model::kCompatibleManagedInstances;
      row.network_mode = model::NetworkMode::kHost;
      row.containers[0].has_health_check = health_check;
    });
    return serial;
  }
  std::string NameOf(model::Serial definition) { return state().Get<model::TaskDefinition>(definition).family + ":1"; }

  // CreateService in text format, beside name, definition and desired count.
  model::Serial Create(const std::string& name, model::Serial definition, int desired, const std::string& rest = "") {
    const auto response = Call(api::CheckCreateService, api::CreateService,
                               "service_name: '" + name + "' task_definition: '" + NameOf(definition) +
                                   "' desired_count: " + std::to_string(desired) + " " + rest);
    EXPECT_TRUE(response.ok()) << response.status();
    return state().FindService(cluster, name);
  }
  service_pb::Service Describe(const std::string& name) {
    const auto response =
        Call(api::CheckDescribeServices, api::DescribeServices, "services: '" + name + "' include: TAGS");
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->services_size(), 1) << name;
    return response->services_size() == 1 ? response->services(0) : service_pb::Service();
  }
  // Event messages, oldest first.
  std::vector<std::string> Events(const std::string& name) {
    std::vector<std::string> messages;
    const service_pb::Service service = Describe(name);
    for (int i = service.events_size(); i-- > 0;) messages.push_back(service.events(i).message());
    return messages;
  }
  std::vector<model::Task> TasksOf(model::Serial service, model::TaskStatus status) {
    std::vector<model::Task> tasks;
    state().table<model::Task>().ForEach([&](const model::Task& task) {
      if (task.service == service && task.status == status) tasks.push_back(task);
    });
    std::sort(tasks.begin(), tasks.end(), [](const auto& a, const auto& b) { return a.serial < b.serial; });
    return tasks;
  }
  void Stop(model::Serial task) {
    Do([&](control::Step& step) {
      control::StopTask(step, task, model::StopCode::kUserInitiated, "Task stopped by user");
      return 0;
    });
  }
  // What AAS does: the desired count changed beside UpdateService.
  void SetDesired(model::Serial service, std::int32_t desired) {
    Do([&](control::Step& step) {
      step.state.Update<model::Service>(service, [&](model::Service& row) { row.desired_count = desired; });
      return 0;
    });
  }

  model::Serial cluster = model::kNoSerial;
  model::Serial provider = model::kNoSerial;
};

}  // namespace ecsmi::testing
