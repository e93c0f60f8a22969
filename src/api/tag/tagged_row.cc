#include "api/tag/tagged_row.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "api/arn.h"
#include "api/capacity_provider/instance_tags.h"
#include "api/document_bytes.h"
#include "api/service/new_deployment.h"
#include "api/service/service_view.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/ecs/v1/capacity_provider.pb.h"
#include "ecsmi/ecs/v1/cluster.pb.h"
#include "ecsmi/ecs/v1/container_instance.pb.h"
#include "ecsmi/ecs/v1/service.pb.h"
#include "ecsmi/ecs/v1/task.pb.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"

namespace ecsmi::api {
namespace {

// What a row's document is.
template <typename Row>
struct DocumentOf;
template <>
struct DocumentOf<model::Cluster> {
  using Type = pb::Cluster;
};
template <>
struct DocumentOf<model::CapacityProvider> {
  using Type = pb::CapacityProvider;
};
template <>
struct DocumentOf<model::TaskDefinition> {
  using Type = pb::RegisterTaskDefinitionResponse;
};
template <>
struct DocumentOf<model::Service> {
  using Type = pb::Service;
};
template <>
struct DocumentOf<model::Task> {
  using Type = pb::Task;
};
template <>
struct DocumentOf<model::ContainerInstance> {
  using Type = pb::ContainerInstance;
};

template <typename Row>
typename DocumentOf<Row>::Type ReadDocument(const control::Step& step, const Row& row) {
  typename DocumentOf<Row>::Type document;
  const std::string_view bytes = step.state.DocumentBytes(row.document);
  ECSMI_CHECK(document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return document;
}

absl::Status Malformed(std::string_view arn) {
  return InvalidParameter(Say("The ARN provided is invalid: resourceArn '", arn,
                              "' must be the ARN of a cluster, capacity provider, task definition, service, task or "
                              "container instance"));
}

absl::Status Unknown(TagAccess access, std::string_view what) {
  if (access == TagAccess::kWrite) {
    return AwsError(AwsException::kResourceNotFound, "The specified resource wasn't found.");
  }
  return InvalidParameter(Say("The specified ", what, " was not found. Specify a valid ", what, " and try again."));
}

// `state`: "inactive" or "stopped"; `wanted`: "an active" or "a running".
absl::Status Gone(std::string_view what, std::string_view state, std::string_view wanted) {
  return InvalidParameter(
      Say("The specified ", what, " is ", state, ". Specify ", wanted, " ", what, " and try again."));
}

// A part of `resource` before and after its one slash; the older short form has no cluster.
struct InCluster {
  std::string_view cluster;
  std::string_view id;
};
absl::StatusOr<InCluster> SplitResource(std::string_view resource) {
  const std::size_t slash = resource.find('/');
  if (slash == std::string_view::npos) {
    return InvalidParameter("Long arn format must be used for tagging operations");  // H43
  }
  return InCluster{resource.substr(0, slash), resource.substr(slash + 1)};
}

absl::StatusOr<TaggedRow> ResolveInCluster(const control::Step& step, const CallContext& context, const EcsArn& arn,
                                           std::string_view text, TagAccess access) {
  ECSMI_ASSIGN_OR_RETURN(const InCluster parts, SplitResource(arn.resource));
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, parts.cluster));
  if (arn.kind == "service") {
    ECSMI_ASSIGN_OR_RETURN(const model::Service* service, ResolveService(step, *cluster, parts.id));
    if (service == nullptr) return Unknown(access, "service");
    if (service->status == model::ServiceStatus::kInactive) return Gone("service", "inactive", "an active");
    return service;
  }
  if (arn.kind == "task") {
    ECSMI_ASSIGN_OR_RETURN(const model::Task* task, ResolveTask(step, *cluster, text));
    if (task == nullptr) return Unknown(access, "task");
    // A stopped task can still be asked for what it is tagged with.
    if (task->status == model::TaskStatus::kStopped && access == TagAccess::kWrite) {
      return Gone("task", "stopped", "a running");
    }
    return task;
  }
  ECSMI_ASSIGN_OR_RETURN(const model::ContainerInstance* instance, ResolveContainerInstance(step, *cluster, text));
  if (instance == nullptr) return Unknown(access, "container instance");
  if (instance->stage == model::InstanceStage::kTerminated) {
    return Gone("container instance", "inactive", "an active");
  }
  return instance;
}

template <typename Row>
void PutDocument(control::Step& step, const Row& row, const TagList& tags) {
  typename DocumentOf<Row>::Type document = ReadDocument(step, row);
  *document.mutable_tags() = tags;
  const model::Serial stored = step.state.InternDocument(DocumentBytes(document));
  if (stored == row.document) return;
  step.state.Update<Row>(row.serial, [&](Row& changed) { changed.document = stored; });
}

// What follows from a row's new tags, beside that they are shown.
template <typename Row>
void Follow(control::Step&, const Row&, const TagList&) {}

void Follow(control::Step& step, const model::CapacityProvider& row, const TagList& tags) {
  const model::Serial instances = InstanceDocument(step, ReadDocument(step, row));
  const bool dedicated = AsksForIsolation(tags);
  if (row.instance_document == instances && row.dedicated == dedicated) return;
  step.state.Update<model::CapacityProvider>(row.serial, [&](model::CapacityProvider& changed) {
    changed.instance_document = instances;
    changed.dedicated = dedicated;
  });
}

void Follow(control::Step& step, const model::Service& row, const TagList&) {
  RefreshTaskDocument(step, row, ServiceSettings(step, row));
}

void Follow(control::Step& step, const model::TaskDefinition& row, const TagList&) {
  std::vector<model::Serial> services;
  step.state.table<model::Service>().ForEach([&](const model::Service& service) {
    const auto* primary = step.state.Find<model::Deployment>(service.primary);
    if (service.propagate_definition_tags && primary != nullptr && primary->definition == row.serial) {
      services.push_back(service.serial);
    }
  });
  std::sort(services.begin(), services.end());
  for (model::Serial serial : services) {
    const auto& service = step.state.Get<model::Service>(serial);
    RefreshTaskDocument(step, service, ServiceSettings(step, service));
  }
}

}  // namespace

absl::StatusOr<TaggedRow> ResolveTagged(const control::Step& step, const CallContext& context, std::string_view arn,
                                        TagAccess access) {
  const std::optional<EcsArn> parsed = ParseEcsArn(arn);
  if (!parsed) return Malformed(arn);
  const bool here = parsed->region == context.region && parsed->account == step.account;
  if (parsed->kind == "service" || parsed->kind == "task" || parsed->kind == "container-instance") {
    if (!here) return Unknown(access, parsed->kind);
    return ResolveInCluster(step, context, *parsed, arn, access);
  }
  if (parsed->kind == "cluster") {
    if (!IsName(parsed->resource)) return Malformed(arn);
    const auto* cluster = step.state.Find<model::Cluster>(
        here ? step.state.FindCluster(context.region, parsed->resource) : model::kNoSerial);
    if (cluster == nullptr) return ClusterNotFound();
    if (cluster->status != model::ClusterStatus::kActive) return Gone("cluster", "inactive", "an active");
    return cluster;
  }
  if (parsed->kind == "capacity-provider") {
    if (IsFargate(parsed->resource)) {
      return InvalidParameter(Say("capacity provider ", parsed->resource, " is AWS's own and has no tags"));
    }
    const auto* provider = step.state.Find<model::CapacityProvider>(
        here ? step.state.FindProvider(context.region, parsed->resource) : model::kNoSerial);
    if (provider == nullptr) return Unknown(access, "capacity provider");
    if (provider->status == model::CapacityProviderStatus::kInactive) {
      return Gone("capacity provider", "inactive", "an active");
    }
    return provider;
  }
  if (parsed->kind != "task-definition" || parsed->resource.find(':') == std::string_view::npos) return Malformed(arn);
  ECSMI_ASSIGN_OR_RETURN(const model::TaskDefinition* definition, ResolveTaskDefinition(step, context, arn));
  if (definition == nullptr) return Unknown(access, "task definition");
  // An INACTIVE revision still shows its tags (DescribeTaskDefinition), but takes no more.
  if (definition->status != model::TaskDefinitionStatus::kActive && access == TagAccess::kWrite) {
    return Gone("task definition", "inactive", "an active");
  }
  return definition;
}

TagList TagsOf(const control::Step& step, const TaggedRow& row) {
  return std::visit([&](const auto* found) { return TagList(ReadDocument(step, *found).tags()); }, row);
}

void StoreTags(control::Step& step, const TaggedRow& row, const TagList& tags) {
  std::visit(
      [&](const auto* found) {
        PutDocument(step, *found, tags);
        Follow(step, *found, tags);
      },
      row);
}

}  // namespace ecsmi::api
