#include "api/service/new_deployment.h"

#include <algorithm>
#include <utility>

#include "api/check.h"
#include "api/document_bytes.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/control/service_deployments.h"
#include "ecsmi/ecs/v1/task.pb.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"

namespace ecsmi::api {
namespace {

void AddTag(std::string key, std::string value, pb::Task& task) {
  pb::Tag& tag = *task.add_tags();
  tag.set_key(std::move(key));
  tag.set_value(std::move(value));
}

// The cold part of the deployment's tasks (C63; tags as propagated).
pb::Task TaskOf(const control::Step& step, const model::Service& service, const model::Deployment& deployment,
                const model::TaskDefinition& definition, const pb::Service& settings) {
  pb::Task task;
  task.set_started_by(control::DeploymentId(step, deployment));
  if (settings.has_enable_execute_command()) task.set_enable_execute_command(settings.enable_execute_command());
  if (service.propagate_service_tags) *task.mutable_tags() = settings.tags();
  if (service.propagate_definition_tags) {
    pb::RegisterTaskDefinitionResponse document;
    const std::string_view bytes = step.state.DocumentBytes(definition.document);
    ECSMI_CHECK(document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    *task.mutable_tags() = document.tags();
  }
  if (settings.enable_ecs_managed_tags()) {
    AddTag("aws:ecs:clusterName", step.state.Get<model::Cluster>(service.cluster).name, task);
    AddTag("aws:ecs:serviceName", service.name, task);
  }
  return task;
}

}  // namespace

absl::StatusOr<const model::TaskDefinition*> ResolveServiceDefinition(const control::Step& step,
                                                                      const CallContext& context,
                                                                      std::string_view reference) {
  ECSMI_ASSIGN_OR_RETURN(const model::TaskDefinition* definition, ResolveTaskDefinition(step, context, reference));
  if (definition == nullptr) return ClientError("TaskDefinition not found.");
  if (definition->status != model::TaskDefinitionStatus::kActive) return ClientError("TaskDefinition is inactive");
  if ((definition->requires_compatibilities & model::kCompatibleManagedInstances) == 0) {
    return InvalidParameter("Task definition does not support launch_type MANAGED_INSTANCES.");
  }
  return definition;
}

void StartDeployment(control::Step& step, model::Serial serial, NewDeployment wanted, const pb::Service& settings) {
  const auto& service = step.state.Get<model::Service>(serial);
  model::ServiceRevision revision;
  revision.serial = step.state.NewSerial();
  revision.service = serial;
  revision.definition = wanted.definition;
  revision.strategy = wanted.strategy;
  revision.created_at = step.now;
  revision.document = step.state.InternDocument(DocumentBytes(wanted.cold));
  model::Deployment row;
  row.serial = step.state.NewSerial();
  row.service = serial;
  row.revision = revision.serial;
  row.definition = wanted.definition;
  row.strategy = wanted.strategy;
  row.created_at = row.updated_at = step.now;
  row.rollout_reason = Say("ECS deployment ", control::DeploymentId(step, row), " in progress.");
  const pb::Task task = TaskOf(step, service, row, step.state.Get<model::TaskDefinition>(wanted.definition), settings);
  row.document = revision.document;
  row.task_document = step.state.InternDocument(DocumentBytes(task));
  row.dedicated = AsksForIsolation(task.tags());
  if (const auto* old = step.state.Find<model::Deployment>(service.primary)) {
    step.state.Update<model::Deployment>(old->serial, [&](model::Deployment& replaced) {
      replaced.status = model::DeploymentStatus::kActive;
      replaced.updated_at = step.now;
    });
  }
  const model::Serial primary = row.serial;
  const model::Serial replaced = service.primary;
  step.state.Insert(std::move(revision));
  step.state.Insert(std::move(row));
  step.state.Update<model::Service>(serial, [&](model::Service& changed) {
    changed.primary = primary;
    changed.strategy = std::move(wanted.strategy);
    changed.start_failures = 0;  // D45: another definition may start well
    changed.retry_at = model::kUnset;
  });
  control::BeginServiceDeployment(step, serial, replaced,
                                  step.state.InternDocument(DocumentBytes(settings.deployment_configuration())));
}

void RefreshTaskDocument(control::Step& step, const model::Service& service, const pb::Service& settings) {
  const auto& primary = step.state.Get<model::Deployment>(service.primary);
  const pb::Task task =
      TaskOf(step, service, primary, step.state.Get<model::TaskDefinition>(primary.definition), settings);
  const model::Serial document = step.state.InternDocument(DocumentBytes(task));
  const bool dedicated = AsksForIsolation(task.tags());
  if (primary.task_document == document && primary.dedicated == dedicated) return;
  step.state.Update<model::Deployment>(primary.serial, [&](model::Deployment& row) {
    row.task_document = document;
    row.dedicated = dedicated;
  });
}

}  // namespace ecsmi::api
