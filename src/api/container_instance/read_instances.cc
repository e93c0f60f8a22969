#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "api/check.h"
#include "api/container_instance/container_instances.h"
#include "api/container_instance/instance_filter.h"
#include "api/container_instance/instance_view.h"
#include "api/limits.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "ListContainerInstances";
constexpr std::size_t kExpressionMax = 2'000;  // H25

InstanceParts PartsOf(const pb::DescribeContainerInstancesRequest& request) {
  InstanceParts parts;
  for (int value : request.include()) {
    parts.tags = parts.tags || value == pb::ContainerInstanceField::TAGS;
    parts.health = parts.health || value == pb::ContainerInstanceField::CONTAINER_INSTANCE_HEALTH;
  }
  return parts;
}

// Whether the list for `status` holds an instance; without a status, everything but INACTIVE (E5).
bool IsListed(const model::ContainerInstance& instance, pb::ContainerInstanceStatus::Value status) {
  using Status = pb::ContainerInstanceStatus;
  const model::InstanceStage stage = instance.stage;
  if (status == Status::UNSPECIFIED) {
    return IsShownInstance(instance);
  }
  if (status == Status::REGISTERING) return stage == model::InstanceStage::kRegistering;
  if (status == Status::ACTIVE) return stage == model::InstanceStage::kActive;
  if (status == Status::DRAINING) return stage == model::InstanceStage::kDraining;
  if (status == Status::DEREGISTERING) return stage == model::InstanceStage::kDeregistering;
  return false;  // REGISTRATION_FAILED: no simulated agent fails to register
}

absl::StatusOr<core::ClusterQuery> ParseFilter(const std::string& filter) {
  if (filter.size() > kExpressionMax) {
    return InvalidParameter(Say("filter has ", filter.size(), " characters; at most ", kExpressionMax, " are allowed"));
  }
  absl::StatusOr<core::ClusterQuery> query = core::ClusterQuery::Parse(filter);
  if (query.ok()) return query;
  return InvalidParameter(Say("filter '", filter, "': ", query.status().message()));
}

}  // namespace

absl::Status CheckDescribeContainerInstances(const pb::DescribeContainerInstancesRequest& request) {
  if (request.container_instances().empty()) return ClientError("Container Instances cannot be empty.");
  return CheckCount("containerInstances", request.container_instances_size(), kDescribeMax);
}

absl::Status DescribeContainerInstances(control::Step& step, const CallContext& context,
                                        const pb::DescribeContainerInstancesRequest& request,
                                        pb::DescribeContainerInstancesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  const InstanceParts parts = PartsOf(request);
  model::CommitSeq seen = cluster->seq;
  for (const std::string& reference : request.container_instances()) {
    ECSMI_ASSIGN_OR_RETURN(const model::ContainerInstance* instance,
                           ResolveContainerInstance(step, *cluster, reference));
    if (instance == nullptr) {
      pb::Failure* failure = response->add_failures();
      failure->set_arn(InstanceArnOf(step, *cluster, reference));
      failure->set_reason("MISSING");
      continue;
    }
    seen = std::max(
        {seen, instance->seq, instance->tasks.seq, step.state.Get<model::CapacityProvider>(instance->provider).seq});
    *response->add_container_instances() = ShowContainerInstance(step, *instance, parts);
  }
  // That an instance is absent depends on all that was done; one that is there on its own rows.
  if (response->failures().empty()) {
    step.SawOnly();
    step.Saw(seen);
  }
  return absl::OkStatus();
}

absl::Status CheckListContainerInstances(const pb::ListContainerInstancesRequest& request) {
  if (!request.filter().empty()) ECSMI_RETURN_IF_ERROR(ParseFilter(request.filter()).status());
  if (!request.has_max_results()) return absl::OkStatus();
  return CheckRange("maxResults", request.max_results(), 1, kListPageMax);
}

absl::Status ListContainerInstances(control::Step& step, const CallContext& context,
                                    const pb::ListContainerInstancesRequest& request,
                                    pb::ListContainerInstancesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  model::Serial after = model::kNoSerial;
  if (!request.next_token().empty()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, kOperation, request.next_token()));
  }
  std::optional<core::ClusterQuery> filter;
  if (!request.filter().empty()) {
    ECSMI_ASSIGN_OR_RETURN(filter, ParseFilter(request.filter()));
  }
  const int page = request.has_max_results() ? request.max_results() : kListPageMax;
  model::Serial last = model::kNoSerial;
  step.state.ForEachAfter<model::ContainerInstance>(
      after, cluster->instances, &model::ContainerInstance::in_cluster,
      [&](const model::ContainerInstance& instance) { return instance.cluster == cluster->serial; },
      [&](const model::ContainerInstance& instance) {
        if (!IsListed(instance, request.status())) return true;
        if (filter && !MatchesQuery(step, instance, *filter)) return true;
        if (response->container_instance_arns_size() == page) {
          response->set_next_token(PageToken(step, kOperation, last));
          return false;
        }
        response->add_container_instance_arns(ContainerInstanceArn(step, instance));
        last = instance.serial;
        return true;
      });
  return absl::OkStatus();
}

}  // namespace ecsmi::api
