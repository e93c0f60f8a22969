#include "ctl/lists.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/document.h"
#include "ctl/text.h"
#include "ecsmi/base/status.h"
#include "ecsmi/cloudwatch/v1/alarm_operations.pb.h"
#include "ecsmi/ecs/v1/service_operations.pb.h"
#include "ecsmi/ecs/v1/task_operations.pb.h"
#include "ecsmi/sqs/v1/queue.pb.h"

namespace ecsmi::ctl {
namespace {

// At most so many in one Describe… call.
constexpr std::size_t kTasksMax = 100;
constexpr std::size_t kServicesMax = 10;

// `describe` gets the ids in portions of at most `most`.
template <typename Describe>
absl::Status InPortions(const std::vector<std::string>& ids, std::size_t most, const Describe& describe) {
  for (std::size_t at = 0; at < ids.size(); at += most) {
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + most));
    ECSMI_RETURN_IF_ERROR(describe(std::vector<std::string>(begin, end)));
  }
  return absl::OkStatus();
}

template <typename List, typename Target>
void MoveAll(List&& from, std::vector<Target>& to) {
  for (auto& item : from) to.push_back(std::move(item));
}

}  // namespace

ListOr<ecs::Cluster> ListClusters(Client& client) {
  std::vector<std::string> arns;
  ECSMI_RETURN_IF_ERROR(client.Pages<ecs::ListClustersResponse>(
      ecs::ListClustersRequest(),
      [&](ecs::ListClustersResponse page) { MoveAll(*page.mutable_cluster_arns(), arns); }));
  std::vector<ecs::Cluster> clusters;
  ECSMI_RETURN_IF_ERROR(InPortions(arns, kTasksMax, [&](const std::vector<std::string>& portion) -> absl::Status {
    ecs::DescribeClustersRequest request;
    for (const std::string& arn : portion) request.add_clusters(arn);
    for (const auto part : {ecs::ClusterField::SETTINGS, ecs::ClusterField::STATISTICS, ecs::ClusterField::TAGS,
                            ecs::ClusterField::CONFIGURATIONS}) {
      request.add_include(part);
    }
    ECSMI_ASSIGN_OR_RETURN(ecs::DescribeClustersResponse page, client.Call<ecs::DescribeClustersResponse>(request));
    MoveAll(*page.mutable_clusters(), clusters);
    return absl::OkStatus();
  }));
  std::sort(clusters.begin(), clusters.end(),
            [](const auto& a, const auto& b) { return a.cluster_name() < b.cluster_name(); });
  return clusters;
}

ListOr<std::string> ClusterNames(Client& client, const std::string& cluster) {
  if (!cluster.empty()) return std::vector<std::string>{cluster};
  std::vector<std::string> names;
  ECSMI_RETURN_IF_ERROR(
      client.Pages<ecs::ListClustersResponse>(ecs::ListClustersRequest(), [&](const ecs::ListClustersResponse& page) {
        for (const std::string& arn : page.cluster_arns()) names.push_back(LastPart(arn));
      }));
  std::sort(names.begin(), names.end());
  return names;
}

ListOr<std::string> ListTaskArns(Client& client, const std::string& cluster, const TaskFilter& filter) {
  ecs::ListTasksRequest list;
  list.set_cluster(cluster);
  if (!filter.service.empty()) list.set_service_name(filter.service);
  if (!filter.family.empty()) list.set_family(filter.family);
  std::vector<std::string> arns;
  for (const auto status : {ecs::DesiredStatus::RUNNING, ecs::DesiredStatus::STOPPED}) {
    if (status == ecs::DesiredStatus::STOPPED && !filter.stopped) continue;
    list.set_desired_status(status);
    ECSMI_RETURN_IF_ERROR(client.Pages<ecs::ListTasksResponse>(
        list, [&](ecs::ListTasksResponse page) { MoveAll(*page.mutable_task_arns(), arns); }));
  }
  return arns;
}

ListOr<ecs::Task> DescribeTasks(Client& client, const std::string& cluster, const std::vector<std::string>& arns) {
  std::vector<ecs::Task> tasks;
  ECSMI_RETURN_IF_ERROR(InPortions(arns, kTasksMax, [&](const std::vector<std::string>& portion) -> absl::Status {
    ecs::DescribeTasksRequest request;
    request.set_cluster(cluster);
    request.add_include(ecs::TaskField::TAGS);
    for (const std::string& arn : portion) request.add_tasks(arn);
    ECSMI_ASSIGN_OR_RETURN(ecs::DescribeTasksResponse page, client.Call<ecs::DescribeTasksResponse>(request));
    MoveAll(*page.mutable_tasks(), tasks);
    return absl::OkStatus();
  }));
  return tasks;
}

ListOr<ecs::Task> ListTasks(Client& client, const std::string& cluster, const TaskFilter& filter) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> arns, ListTaskArns(client, cluster, filter));
  return DescribeTasks(client, cluster, arns);
}

ListOr<ecs::Service> ListServices(Client& client, const std::string& cluster) {
  ecs::ListServicesRequest list;
  list.set_cluster(cluster);
  list.set_max_results(100);
  std::vector<std::string> arns;
  ECSMI_RETURN_IF_ERROR(client.Pages<ecs::ListServicesResponse>(
      list, [&](ecs::ListServicesResponse page) { MoveAll(*page.mutable_service_arns(), arns); }));
  std::vector<ecs::Service> services;
  ECSMI_RETURN_IF_ERROR(InPortions(arns, kServicesMax, [&](const std::vector<std::string>& portion) -> absl::Status {
    ecs::DescribeServicesRequest request;
    request.set_cluster(cluster);
    request.add_include(ecs::ServiceField::TAGS);
    for (const std::string& arn : portion) request.add_services(arn);
    ECSMI_ASSIGN_OR_RETURN(ecs::DescribeServicesResponse page, client.Call<ecs::DescribeServicesResponse>(request));
    MoveAll(*page.mutable_services(), services);
    return absl::OkStatus();
  }));
  std::sort(services.begin(), services.end(),
            [](const auto& a, const auto& b) { return a.service_name() < b.service_name(); });
  return services;
}

ListOr<ecs::ContainerInstance> ListInstances(Client& client, const std::string& cluster) {
  ecs::ListContainerInstancesRequest list;
  list.set_cluster(cluster);
  std::vector<std::string> arns;
  ECSMI_RETURN_IF_ERROR(client.Pages<ecs::ListContainerInstancesResponse>(
      list, [&](ecs::ListContainerInstancesResponse page) { MoveAll(*page.mutable_container_instance_arns(), arns); }));
  std::vector<ecs::ContainerInstance> instances;
  ECSMI_RETURN_IF_ERROR(InPortions(arns, kTasksMax, [&](const std::vector<std::string>& portion) -> absl::Status {
    ecs::DescribeContainerInstancesRequest request;
    request.set_cluster(cluster);
    request.add_include(ecs::ContainerInstanceField::TAGS);
    request.add_include(ecs::ContainerInstanceField::CONTAINER_INSTANCE_HEALTH);
    for (const std::string& arn : portion) request.add_container_instances(arn);
    ECSMI_ASSIGN_OR_RETURN(ecs::DescribeContainerInstancesResponse page,
                           client.Call<ecs::DescribeContainerInstancesResponse>(request));
    MoveAll(*page.mutable_container_instances(), instances);
    return absl::OkStatus();
  }));
  return instances;
}

ListOr<ecs::CapacityProvider> ListProviders(Client& client, const std::string& cluster) {
  ecs::DescribeCapacityProvidersRequest request;
  if (!cluster.empty()) request.set_cluster(cluster);
  request.add_include(ecs::CapacityProviderField::TAGS);
  std::vector<ecs::CapacityProvider> providers;
  ECSMI_RETURN_IF_ERROR(client.Pages<ecs::DescribeCapacityProvidersResponse>(
      request,
      [&](ecs::DescribeCapacityProvidersResponse page) { MoveAll(*page.mutable_capacity_providers(), providers); }));
  return providers;
}

std::string QueueView::Get(const std::string& name) const {
  for (const auto& [its_name, value] : attributes) {
    if (its_name == name) return value;
  }
  return "";
}

std::string QueueView::Json() const {
  const std::string members = absl::StrJoin(attributes, ",", [](std::string* out, const auto& attribute) {
    absl::StrAppend(out, Quoted(attribute.first), ":", Quoted(attribute.second));
  });
  return absl::StrCat("{\"QueueUrl\":", Quoted(url), ",\"Attributes\":{", members, "}}");
}

absl::StatusOr<QueueView> GetQueue(Client& client, const std::string& url) {
  sqs::GetQueueAttributesRequest request;
  request.set_queue_url(url);
  request.add_attribute_names(sqs::QueueAttributeName::All);
  ECSMI_ASSIGN_OR_RETURN(const sqs::GetQueueAttributesResponse response,
                         client.Call<sqs::GetQueueAttributesResponse>(request));
  QueueView queue;
  queue.url = url;
  for (const auto& [name, value] : response.attributes()) queue.attributes.emplace_back(name, value);
  std::sort(queue.attributes.begin(), queue.attributes.end());
  return queue;
}

ListOr<QueueView> ListQueues(Client& client) {
  sqs::ListQueuesRequest list;
  list.set_max_results(1'000);
  std::vector<std::string> urls;
  ECSMI_RETURN_IF_ERROR(client.Pages<sqs::ListQueuesResponse>(
      list, [&](sqs::ListQueuesResponse page) { MoveAll(*page.mutable_queue_urls(), urls); }));
  std::sort(urls.begin(), urls.end());
  std::vector<QueueView> queues;
  for (const std::string& url : urls) {
    absl::StatusOr<QueueView> queue = GetQueue(client, url);
    if (queue.ok()) {
      queues.push_back(*std::move(queue));
    } else if (ExitOf(queue.status()) != Exit::kRefused) {
      return queue.status();
    }
  }
  return queues;
}

ListOr<ecs::TaskDefinition> ListDefinitions(Client& client, const std::string& family) {
  ecs::ListTaskDefinitionsRequest list;
  if (!family.empty()) list.set_family_prefix(family);
  std::vector<std::string> arns;
  ECSMI_RETURN_IF_ERROR(client.Pages<ecs::ListTaskDefinitionsResponse>(
      list, [&](ecs::ListTaskDefinitionsResponse page) { MoveAll(*page.mutable_task_definition_arns(), arns); }));
  std::vector<ecs::TaskDefinition> definitions;
  for (const std::string& arn : arns) {
    ecs::DescribeTaskDefinitionRequest request;
    request.set_task_definition(arn);
    ECSMI_ASSIGN_OR_RETURN(ecs::DescribeTaskDefinitionResponse response,
                           client.Call<ecs::DescribeTaskDefinitionResponse>(request));
    definitions.push_back(std::move(*response.mutable_task_definition()));
  }
  return definitions;
}

ListOr<cw::MetricAlarm> ListAlarms(Client& client) {
  std::vector<cw::MetricAlarm> alarms;
  ECSMI_RETURN_IF_ERROR(client.Pages<cw::DescribeAlarmsResponse>(
      cw::DescribeAlarmsRequest(),
      [&](cw::DescribeAlarmsResponse page) { MoveAll(*page.mutable_metric_alarms(), alarms); }));
  return alarms;
}

ListOr<emu::WorldSummary> ListWorlds(Client& client) {
  std::vector<emu::WorldSummary> worlds;
  ECSMI_RETURN_IF_ERROR(client.Pages<emu::ListWorldsResponse>(
      emu::ListWorldsRequest(), [&](emu::ListWorldsResponse page) { MoveAll(*page.mutable_worlds(), worlds); }));
  return worlds;
}

ListOr<emu::UsageInterval> ListRunningUsage(Client& client) {
  emu::ListUsageRequest list;
  list.set_max_results(1'000);
  std::vector<emu::UsageInterval> running;
  ECSMI_RETURN_IF_ERROR(client.Pages<emu::ListUsageResponse>(list, [&](emu::ListUsageResponse page) {
    for (auto& interval : *page.mutable_intervals()) {
      if (!interval.has_ended_at()) running.push_back(std::move(interval));
    }
  }));
  return running;
}

absl::StatusOr<emu::GetClockResponse> GetClock(Client& client) {
  return client.Call<emu::GetClockResponse>(emu::GetClockRequest());
}

}  // namespace ecsmi::ctl
