#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "api/check.h"
#include "api/document_bytes.h"
#include "api/limits.h"
#include "api/region.h"
#include "api/task_definition/definition_view.h"
#include "api/task_definition/task_definitions.h"
#include "api/task_definition/validate.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/core/constraints.h"

namespace ecsmi::api {
namespace {

namespace ecs = ::ecsmi::ecs::v1;
using control::Step;
using Document = ecs::RegisterTaskDefinitionResponse;  // the definition and its tags

}  // namespace

absl::Status CheckRegisterTaskDefinition(const ecs::RegisterTaskDefinitionRequest& request) {
  return ReadTaskDefinition(request).status();
}

absl::Status RegisterTaskDefinition(Step& step, const CallContext& context,
                                    const ecs::RegisterTaskDefinitionRequest& request,
                                    ecs::RegisterTaskDefinitionResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(model::TaskDefinition row, ReadTaskDefinition(request));
  ECSMI_ASSIGN_OR_RETURN(const control::RegionView region, FindRegion(step, context.region));
  for (std::size_t i = 0; i < row.placement_constraints.size(); ++i) {
    const std::string& expression = row.placement_constraints[i];
    const auto effect = core::CompileConstraint(expression, *region.catalog);
    if (effect.ok()) continue;
    return Ours(AwsException::kClient,
                Say("placementConstraints[", i, "].expression '", expression, "': ", effect.status().message()),
                "placement-constraints");
  }
  Document document;
  ecs::TaskDefinition& shown = *document.mutable_task_definition();
  *shown.mutable_container_definitions() = request.container_definitions();
  for (auto& container : *shown.mutable_container_definitions()) {
    if (!container.has_essential()) container.set_essential(true);
    if (!container.has_cpu()) container.set_cpu(0);
  }
  if (request.has_task_role_arn()) shown.set_task_role_arn(request.task_role_arn());
  if (request.has_execution_role_arn()) shown.set_execution_role_arn(request.execution_role_arn());
  switch (row.network_mode) {
    case model::NetworkMode::kAwsvpc:
      shown.set_network_mode(ecs::NetworkMode::awsvpc);
      break;
    case model::NetworkMode::kHost:
      shown.set_network_mode(ecs::NetworkMode::host);
      break;
    case model::NetworkMode::kBridge:
      shown.set_network_mode(ecs::NetworkMode::bridge);
      break;
    case model::NetworkMode::kNone:
      shown.set_network_mode(ecs::NetworkMode::none);
      break;
  }
  *shown.mutable_volumes() = request.volumes();
  *shown.mutable_placement_constraints() = request.placement_constraints();
  *shown.mutable_requires_compatibilities() = request.requires_compatibilities();
  if (request.has_cpu()) shown.set_cpu(absl::StrCat(*ParseTaskCpu(request.cpu())));
  if (request.has_memory()) shown.set_memory(absl::StrCat(*ParseTaskMemory(request.memory())));
  if (request.has_pid_mode()) shown.set_pid_mode(request.pid_mode());
  if (request.has_ipc_mode()) shown.set_ipc_mode(request.ipc_mode());
  if (request.has_proxy_configuration()) *shown.mutable_proxy_configuration() = request.proxy_configuration();
  if (request.has_ephemeral_storage()) *shown.mutable_ephemeral_storage() = request.ephemeral_storage();
  if (request.has_runtime_platform()) *shown.mutable_runtime_platform() = request.runtime_platform();
  if (request.has_enable_fault_injection()) shown.set_enable_fault_injection(request.enable_fault_injection());
  *shown.mutable_inference_accelerators() = request.inference_accelerators();
  *document.mutable_tags() = request.tags();

  row.serial = step.state.NewSerial();
  row.region = context.region;
  row.registered_at = step.now;
  const model::Serial known = step.state.FindFamily(context.region, row.family);
  if (known == model::kNoSerial) {
    model::Family family;
    family.serial = step.state.NewSerial();
    family.region = context.region;
    family.name = row.family;
    family.last_revision = row.revision = 1;
    step.state.Insert(std::move(family));
  } else {
    row.revision = step.state.Update<model::Family>(known, [](model::Family& f) { ++f.last_revision; }).last_revision;
  }
  row.document = step.state.InternDocument(DocumentBytes(document));
  const model::TaskDefinition& stored = step.state.Insert(std::move(row));
  DescribeDefinition(step, stored, response->mutable_task_definition());
  *response->mutable_tags() = request.tags();
  return absl::OkStatus();
}

absl::Status CheckDescribeTaskDefinition(const ecs::DescribeTaskDefinitionRequest& request) {
  return request.task_definition().empty() ? ClientError("Unable to describe task definition.") : absl::OkStatus();
}

absl::Status DescribeTaskDefinition(Step& step, const CallContext& context,
                                    const ecs::DescribeTaskDefinitionRequest& request,
                                    ecs::DescribeTaskDefinitionResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::TaskDefinition* row,
                         ResolveTaskDefinition(step, context, request.task_definition()));
  if (row == nullptr) return ClientError("Unable to describe task definition.");  // H11
  DescribeDefinition(step, *row, response->mutable_task_definition());
  if (std::ranges::find(request.include(), ecs::TaskDefinitionField::TAGS) != request.include().end()) {
    Document document;
    document.ParseFromString(std::string(step.state.DocumentBytes(row->document)));
    *response->mutable_tags() = document.tags();
  }
  return absl::OkStatus();
}

absl::Status CheckListTaskDefinitions(const ecs::ListTaskDefinitionsRequest& request) {
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kListPageMax)
                                   : absl::OkStatus();
}

// By family, then revision (C3 shows the newest last); DESC turns the whole order round.
absl::Status ListTaskDefinitions(Step& step, const CallContext& context, const ecs::ListTaskDefinitionsRequest& request,
                                 ecs::ListTaskDefinitionsResponse* response) {
  const auto wanted = request.status() == ecs::TaskDefinitionStatus::INACTIVE ? model::TaskDefinitionStatus::kInactive
                      : request.status() == ecs::TaskDefinitionStatus::DELETE_IN_PROGRESS
                          ? model::TaskDefinitionStatus::kDeleteInProgress
                          : model::TaskDefinitionStatus::kActive;
  std::vector<const model::TaskDefinition*> rows;
  step.state.table<model::TaskDefinition>().ForEach([&](const model::TaskDefinition& row) {
    if (row.region == context.region && row.status == wanted &&
        (request.family_prefix().empty() || row.family == request.family_prefix())) {
      rows.push_back(&row);
    }
  });
  const bool descending = request.sort() == ecs::SortOrder::DESC;
  const auto before = [&](const model::TaskDefinition* a, const model::TaskDefinition* b) {
    if (descending) std::swap(a, b);
    return std::tie(a->family, a->revision) < std::tie(b->family, b->revision);
  };
  std::sort(rows.begin(), rows.end(), before);
  auto from = rows.begin();
  if (request.has_next_token()) {
    ECSMI_ASSIGN_OR_RETURN(const model::Serial after,
                           ParsePageToken(step, "ListTaskDefinitions", request.next_token()));
    // The last one shown may have changed its status since: it still says where to go on.
    const auto* last = step.state.Find<model::TaskDefinition>(after);
    if (last == nullptr) return InvalidParameter("Invalid token");
    from = std::upper_bound(rows.begin(), rows.end(), last, before);
  }
  auto at = static_cast<std::size_t>(from - rows.begin());
  const std::size_t page = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kListPageMax);
  for (; at < rows.size() && static_cast<std::size_t>(response->task_definition_arns_size()) < page; ++at) {
    response->add_task_definition_arns(TaskDefinitionArn(step, *rows[at]));
  }
  if (at < rows.size()) response->set_next_token(PageToken(step, "ListTaskDefinitions", rows[at - 1]->serial));
  return absl::OkStatus();
}

absl::Status CheckDeregisterTaskDefinition(const ecs::DeregisterTaskDefinitionRequest& request) {
  // An ARN has colons of its own, before its last slash.
  const std::string& reference = request.task_definition();
  const std::size_t slash = reference.rfind('/');
  const bool revision = reference.find(':', slash == std::string::npos ? 0 : slash) != std::string::npos;
  return revision ? absl::OkStatus() : ClientError("Revision is missing.");
}

absl::Status DeregisterTaskDefinition(Step& step, const CallContext& context,
                                      const ecs::DeregisterTaskDefinitionRequest& request,
                                      ecs::DeregisterTaskDefinitionResponse* response) {
  const std::string& reference = request.task_definition();
  ECSMI_ASSIGN_OR_RETURN(const model::TaskDefinition* row, ResolveTaskDefinition(step, context, reference));
  if (row == nullptr) return ClientError("The specified task definition does not exist.");
  if (row->status == model::TaskDefinitionStatus::kActive) {
    row = &step.state.Update<model::TaskDefinition>(row->serial, [&](model::TaskDefinition& definition) {
      definition.status = model::TaskDefinitionStatus::kInactive;
      definition.deregistered_at = step.now;
    });
  }
  DescribeDefinition(step, *row, response->mutable_task_definition());
  return absl::OkStatus();
}

void RegisterTaskDefinitions(Registry& registry) {
  constexpr const char* kService = "ecsmi.ecs.v1.EcsService";
  registry.Add<ecs::RegisterTaskDefinitionRequest, ecs::RegisterTaskDefinitionResponse>(
      kService, "RegisterTaskDefinition", CheckRegisterTaskDefinition, RegisterTaskDefinition);
  registry.Add<ecs::DescribeTaskDefinitionRequest, ecs::DescribeTaskDefinitionResponse>(
      kService, "DescribeTaskDefinition", CheckDescribeTaskDefinition, DescribeTaskDefinition);
  registry.Add<ecs::ListTaskDefinitionsRequest, ecs::ListTaskDefinitionsResponse>(
      kService, "ListTaskDefinitions", CheckListTaskDefinitions, ListTaskDefinitions);
  registry.Add<ecs::DeregisterTaskDefinitionRequest, ecs::DeregisterTaskDefinitionResponse>(
      kService, "DeregisterTaskDefinition", CheckDeregisterTaskDefinition, DeregisterTaskDefinition);
  registry.Add<ecs::ListTaskDefinitionFamiliesRequest, ecs::ListTaskDefinitionFamiliesResponse>(
      kService, "ListTaskDefinitionFamilies", CheckListTaskDefinitionFamilies, ListTaskDefinitionFamilies);
  registry.Add<ecs::DeleteTaskDefinitionsRequest, ecs::DeleteTaskDefinitionsResponse>(
      kService, "DeleteTaskDefinitions", CheckDeleteTaskDefinitions, DeleteTaskDefinitions);
}

}  // namespace ecsmi::api
