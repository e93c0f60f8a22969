#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ctl/client.h"
#include "ctl/contract.h"
#include "ecsmi/cloudwatch/v1/alarm.pb.h"
#include "ecsmi/ecs/v1/capacity_provider.pb.h"
#include "ecsmi/ecs/v1/cluster.pb.h"
#include "ecsmi/ecs/v1/container_instance.pb.h"
#include "ecsmi/ecs/v1/service.pb.h"
#include "ecsmi/ecs/v1/task.pb.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"
#include "ecsmi/emulator/v1/usage.pb.h"
#include "ecsmi/emulator/v1/world.pb.h"

// Everything of a kind, over all pages, in a stable order. What vanishes between a list and its description is left
// out.
namespace ecsmi::ctl {

template <typename T>
using ListOr = absl::StatusOr<std::vector<T>>;

// By name; those that were deleted are not among them.
ListOr<ecs::Cluster> ListClusters(Client& client);
// `cluster`'s name alone when it is given, else those of all clusters.
ListOr<std::string> ClusterNames(Client& client, const std::string& cluster);

struct TaskFilter {
  std::string service;
  std::string family;
  bool stopped = false;  // STOPPED ones too, which are kept an hour
};
ListOr<std::string> ListTaskArns(Client& client, const std::string& cluster, const TaskFilter& filter);
ListOr<ecs::Task> DescribeTasks(Client& client, const std::string& cluster, const std::vector<std::string>& arns);
ListOr<ecs::Task> ListTasks(Client& client, const std::string& cluster, const TaskFilter& filter);
ListOr<ecs::Service> ListServices(Client& client, const std::string& cluster);
ListOr<ecs::ContainerInstance> ListInstances(Client& client, const std::string& cluster);
// `cluster` empty: those of every cluster, and of none.
ListOr<ecs::CapacityProvider> ListProviders(Client& client, const std::string& cluster);

struct QueueView {
  std::string url;
  std::vector<std::pair<std::string, std::string>> attributes;  // by name
  std::string Get(const std::string& name) const;               // empty when it has none
  std::string Json() const;
};
ListOr<QueueView> ListQueues(Client& client);
absl::StatusOr<QueueView> GetQueue(Client& client, const std::string& url);

ListOr<ecs::TaskDefinition> ListDefinitions(Client& client, const std::string& family);
ListOr<cw::MetricAlarm> ListAlarms(Client& client);
ListOr<emu::WorldSummary> ListWorlds(Client& client);
ListOr<emu::UsageInterval> ListRunningUsage(Client& client);
// The world's clock.
absl::StatusOr<emu::GetClockResponse> GetClock(Client& client);

}  // namespace ecsmi::ctl
