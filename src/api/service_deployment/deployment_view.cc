#include "api/service_deployment/deployment_view.h"

#include "api/check.h"
#include "api/service_deployment/deployment_arns.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/control/service_deployments.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"

namespace ecsmi::api {
namespace {

using control::Step;
using model::MonitorStatus;
using model::ServiceDeploymentStatus;
using pb::ServiceDeploymentRollbackMonitorsStatus;

ServiceDeploymentRollbackMonitorsStatus::Value MonitorOf(MonitorStatus status) {
  switch (status) {
    case MonitorStatus::kDisabled:
      return ServiceDeploymentRollbackMonitorsStatus::DISABLED;
    case MonitorStatus::kMonitoring:
      return ServiceDeploymentRollbackMonitorsStatus::MONITORING;
    case MonitorStatus::kMonitoringComplete:
      return ServiceDeploymentRollbackMonitorsStatus::MONITORING_COMPLETE;
    case MonitorStatus::kTriggered:
      return ServiceDeploymentRollbackMonitorsStatus::TRIGGERED;
  }
  return ServiceDeploymentRollbackMonitorsStatus::UNSPECIFIED;
}

void ShowCounts(const Step& step, const model::Service& service, const model::RevisionCounts& counts,
                pb::ServiceRevisionSummary& shown) {
  shown.set_arn(ServiceRevisionArn(step, service, counts.revision));
  shown.set_requested_task_count(counts.requested);
  shown.set_running_task_count(counts.running);
  shown.set_pending_task_count(counts.pending);
}

// A document's message. REQUIRES: the document holds one.
template <typename Message>
Message Parse(const Step& step, model::Serial document) {
  Message message;
  const std::string_view bytes = step.state.DocumentBytes(document);
  ECSMI_CHECK(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return message;
}

void SetTime(const Step& step, model::TimeMs at, google::protobuf::Timestamp* (*member)(pb::ServiceDeployment&),
             pb::ServiceDeployment& shown) {
  if (at != model::kUnset) *member(shown) = ToTimestamp(step.Shown(at));
}

}  // namespace

pb::ServiceDeploymentStatus::Value StatusOf(const model::ServiceDeployment& row) {
  switch (row.status) {
    case ServiceDeploymentStatus::kPending:
      return pb::ServiceDeploymentStatus::PENDING;
    case ServiceDeploymentStatus::kInProgress:
      return pb::ServiceDeploymentStatus::IN_PROGRESS;
    case ServiceDeploymentStatus::kStopRequested:
      return pb::ServiceDeploymentStatus::STOP_REQUESTED;
    case ServiceDeploymentStatus::kStopped:
      return pb::ServiceDeploymentStatus::STOPPED;
    case ServiceDeploymentStatus::kSuccessful:
      return pb::ServiceDeploymentStatus::SUCCESSFUL;
    case ServiceDeploymentStatus::kRollbackRequested:
      return pb::ServiceDeploymentStatus::ROLLBACK_REQUESTED;
    case ServiceDeploymentStatus::kRollbackInProgress:
      return pb::ServiceDeploymentStatus::ROLLBACK_IN_PROGRESS;
    case ServiceDeploymentStatus::kRollbackSuccessful:
      return pb::ServiceDeploymentStatus::ROLLBACK_SUCCESSFUL;
    case ServiceDeploymentStatus::kRollbackFailed:
      return pb::ServiceDeploymentStatus::ROLLBACK_FAILED;
  }
  return pb::ServiceDeploymentStatus::UNSPECIFIED;
}

pb::ServiceDeployment ShowServiceDeployment(const Step& step, const model::ServiceDeployment& row) {
  const auto& service = step.state.Get<model::Service>(row.service);
  // What it ended with once it is over, until then what there is.
  const auto counts = [&](const model::RevisionCounts& ended) {
    return row.IsOver() ? ended : control::CountRevision(step, service, ended.revision);
  };
  pb::ServiceDeployment shown;
  shown.set_service_deployment_arn(ServiceDeploymentArn(step, service, row.serial));
  shown.set_service_arn(ServiceArn(step, service));
  shown.set_cluster_arn(ClusterArn(step, step.state.Get<model::Cluster>(service.cluster)));
  SetTime(
      step, row.created_at, [](auto& to) { return to.mutable_created_at(); }, shown);
  SetTime(
      step, row.started_at, [](auto& to) { return to.mutable_started_at(); }, shown);
  SetTime(
      step, row.finished_at, [](auto& to) { return to.mutable_finished_at(); }, shown);
  SetTime(
      step, row.stopped_at, [](auto& to) { return to.mutable_stopped_at(); }, shown);
  SetTime(
      step, row.updated_at, [](auto& to) { return to.mutable_updated_at(); }, shown);
  for (const model::RevisionCounts& source : row.sources) {
    ShowCounts(step, service, counts(source), *shown.add_source_service_revisions());
  }
  ShowCounts(step, service, counts(row.target), *shown.mutable_target_service_revision());
  shown.set_status(StatusOf(row));
  if (!row.reason.empty()) shown.set_status_reason(row.reason);
  *shown.mutable_deployment_configuration() = Parse<pb::DeploymentConfiguration>(step, row.document);
  if (row.rollback_at != model::kUnset) {
    pb::Rollback& rollback = *shown.mutable_rollback();
    rollback.set_reason(row.rollback_reason);
    *rollback.mutable_started_at() = ToTimestamp(step.Shown(row.rollback_at));
    rollback.set_service_revision_arn(ServiceRevisionArn(step, service, row.rollback_revision));
  }
  const control::BreakerReading breaker = control::ReadBreaker(step, service, row);
  shown.mutable_deployment_circuit_breaker()->set_status(MonitorOf(breaker.status));
  shown.mutable_deployment_circuit_breaker()->set_failure_count(breaker.failures);
  shown.mutable_deployment_circuit_breaker()->set_threshold(breaker.threshold);
  pb::ServiceDeploymentAlarms& alarms = *shown.mutable_alarms();
  alarms.set_status(MonitorOf(row.alarms));
  for (const std::string& name : row.alarm_names) alarms.add_alarm_names(name);
  for (const std::string& name : row.triggered_alarms) alarms.add_triggered_alarm_names(name);
  return shown;
}

pb::ServiceDeploymentBrief ShowBrief(const Step& step, const model::ServiceDeployment& row) {
  const auto& service = step.state.Get<model::Service>(row.service);
  pb::ServiceDeploymentBrief brief;
  brief.set_service_deployment_arn(ServiceDeploymentArn(step, service, row.serial));
  brief.set_service_arn(ServiceArn(step, service));
  brief.set_cluster_arn(ClusterArn(step, step.state.Get<model::Cluster>(service.cluster)));
  *brief.mutable_created_at() = ToTimestamp(step.Shown(row.created_at));
  if (row.started_at != model::kUnset) *brief.mutable_started_at() = ToTimestamp(step.Shown(row.started_at));
  if (row.finished_at != model::kUnset) *brief.mutable_finished_at() = ToTimestamp(step.Shown(row.finished_at));
  brief.set_target_service_revision_arn(ServiceRevisionArn(step, service, row.target.revision));
  brief.set_status(StatusOf(row));
  if (!row.reason.empty()) brief.set_status_reason(row.reason);
  return brief;
}

pb::ServiceRevision ShowServiceRevision(const Step& step, const model::ServiceRevision& row) {
  const auto& service = step.state.Get<model::Service>(row.service);
  const auto& definition = step.state.Get<model::TaskDefinition>(row.definition);
  const auto cold = Parse<pb::Deployment>(step, row.document);
  pb::ServiceRevision shown;
  shown.set_service_revision_arn(ServiceRevisionArn(step, service, row.serial));
  shown.set_service_arn(ServiceArn(step, service));
  shown.set_cluster_arn(ClusterArn(step, step.state.Get<model::Cluster>(service.cluster)));
  shown.set_task_definition(TaskDefinitionArn(step, definition));
  for (const model::StrategyItem& item : row.strategy) {
    pb::CapacityProviderStrategyItem& entry = *shown.add_capacity_provider_strategy();
    entry.set_capacity_provider(item.provider_name);
    entry.set_weight(item.weight);
    entry.set_base(item.base);
  }
  if (cold.has_network_configuration()) *shown.mutable_network_configuration() = cold.network_configuration();
  if (cold.has_service_connect_configuration()) {
    *shown.mutable_service_connect_configuration() = cold.service_connect_configuration();
  }
  const auto document = Parse<pb::RegisterTaskDefinitionResponse>(step, definition.document);
  for (const pb::ContainerDefinition& container : document.task_definition().container_definitions()) {
    pb::ContainerImage& image = *shown.add_container_images();
    image.set_container_name(container.name());
    image.set_image(container.image());
  }
  shown.set_guard_duty_enabled(false);
  *shown.mutable_created_at() = ToTimestamp(step.Shown(row.created_at));
  return shown;
}

}  // namespace ecsmi::api
