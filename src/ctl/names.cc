#include "ctl/names.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/text.h"
#include "ecsmi/base/status.h"
#include "ecsmi/sqs/v1/queue.pb.h"

namespace ecsmi::ctl {
namespace {

constexpr std::size_t kNamed = 5;

// The one of `found` when there is exactly one.
template <typename T, typename Name>
absl::StatusOr<T> TheOne(std::vector<T> found, const std::string& kind, const std::string& name, const Name& name_of) {
  if (found.size() == 1) return std::move(found[0]);
  if (found.empty()) return Refused(absl::StrCat("no ", kind, " '", Safe(name), "' is here"));
  std::vector<std::string> names;
  for (const T& one : found) {
    if (names.size() < kNamed) names.push_back(Safe(name_of(one)));
  }
  return Refused(absl::StrCat("'", Safe(name), "' may be ", found.size(), " ", kind, "s: ", absl::StrJoin(names, ", "),
                              found.size() > names.size() ? ", …" : ""));
}

}  // namespace

absl::StatusOr<ecs::Task> FindTask(Client& client, const std::string& cluster, const std::string& name) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, cluster));
  std::vector<ecs::Task> found;
  for (const std::string& its_cluster : clusters) {
    TaskFilter filter;
    filter.stopped = true;
    ECSMI_ASSIGN_OR_RETURN(std::vector<std::string> arns, ListTaskArns(client, its_cluster, filter));
    std::erase_if(arns, [&](const std::string& arn) { return arn != name && !absl::StartsWith(LastPart(arn), name); });
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Task> tasks, DescribeTasks(client, its_cluster, arns));
    found.insert(found.end(), tasks.begin(), tasks.end());
  }
  return TheOne(std::move(found), "task", name, [](const ecs::Task& task) { return LastPart(task.task_arn()); });
}

absl::StatusOr<ecs::ContainerInstance> FindInstance(Client& client, const std::string& cluster,
                                                    const std::string& name) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, cluster));
  std::vector<ecs::ContainerInstance> found;
  for (const std::string& its_cluster : clusters) {
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::ContainerInstance> instances, ListInstances(client, its_cluster));
    for (const ecs::ContainerInstance& instance : instances) {
      const std::string& arn = instance.container_instance_arn();
      if (arn == name || absl::StartsWith(LastPart(arn), name) || absl::StartsWith(instance.ec2_instance_id(), name)) {
        found.push_back(instance);
      }
    }
  }
  return TheOne(std::move(found), "instance", name,
                [](const ecs::ContainerInstance& instance) { return instance.ec2_instance_id(); });
}

absl::StatusOr<ecs::Service> FindService(Client& client, const std::string& cluster, const std::string& name) {
  const std::size_t slash = name.rfind('/');
  const std::string service = LastPart(slash == std::string::npos ? "/" + name : name);
  std::string its_cluster = cluster;
  if (its_cluster.empty() && slash != std::string::npos) {
    its_cluster = absl::StartsWith(name, "arn:") ? ClusterOf(name) : name.substr(0, slash);
  }
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, its_cluster));
  std::vector<ecs::Service> found;
  for (const std::string& one : clusters) {
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Service> services, ListServices(client, one));
    for (const ecs::Service& candidate : services) {
      if (candidate.service_name() == service) found.push_back(candidate);
    }
  }
  return TheOne(std::move(found), "service", name, [](const ecs::Service& one) {
    return absl::StrCat(LastPart(one.cluster_arn()), "/", one.service_name());
  });
}

absl::StatusOr<ecs::CapacityProvider> FindProvider(Client& client, const std::string& cluster,
                                                   const std::string& name) {
  ECSMI_ASSIGN_OR_RETURN(std::vector<ecs::CapacityProvider> found, ListProviders(client, cluster));
  std::erase_if(found, [&](const ecs::CapacityProvider& provider) {
    return provider.name() != name && provider.capacity_provider_arn() != name;
  });
  return TheOne(std::move(found), "provider", name, [](const ecs::CapacityProvider& provider) {
    return absl::StrCat(provider.name(), " of ", LastPart("/" + provider.cluster()));
  });
}

absl::StatusOr<QueueView> FindQueue(Client& client, const std::string& name) {
  if (absl::StrContains(name, "/")) return GetQueue(client, name);
  sqs::GetQueueUrlRequest request;
  request.set_queue_name(name);
  ECSMI_ASSIGN_OR_RETURN(const sqs::GetQueueUrlResponse response, client.Call<sqs::GetQueueUrlResponse>(request));
  return GetQueue(client, response.queue_url());
}

}  // namespace ecsmi::ctl
