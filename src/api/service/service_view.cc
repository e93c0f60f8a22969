#include "api/service/service_view.h"

#include <algorithm>
#include <vector>

#include "api/check.h"
#include "api/service_deployment/deployment_arns.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/control/service_deployments.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

const char* StatusName(model::ServiceStatus status) {
  switch (status) {
    case model::ServiceStatus::kActive:
      return "ACTIVE";
    case model::ServiceStatus::kDraining:
      return "DRAINING";
    case model::ServiceStatus::kInactive:
      return "INACTIVE";
  }
  return "";
}

// A replaced deployment whose tasks all stop is seen as DRAINING (D27).
const char* StatusName(const model::Deployment& row) {
  switch (row.status) {
    case model::DeploymentStatus::kPrimary:
      return "PRIMARY";
    case model::DeploymentStatus::kActive:
      return row.running_tasks + row.pending_tasks > 0 ? "ACTIVE" : "DRAINING";
    case model::DeploymentStatus::kInactive:
      return "INACTIVE";
  }
  return "";
}

pb::DeploymentRolloutState::Value RolloutOf(model::RolloutState rollout) {
  switch (rollout) {
    case model::RolloutState::kInProgress:
      return pb::DeploymentRolloutState::IN_PROGRESS;
    case model::RolloutState::kCompleted:
      return pb::DeploymentRolloutState::COMPLETED;
    case model::RolloutState::kFailed:
      return pb::DeploymentRolloutState::FAILED;
  }
  return pb::DeploymentRolloutState::UNSPECIFIED;
}

void ShowStrategy(const std::vector<model::StrategyItem>& strategy, StrategyList& shown) {
  for (const model::StrategyItem& item : strategy) {
    pb::CapacityProviderStrategyItem& entry = *shown.Add();
    entry.set_capacity_provider(item.provider_name);
    entry.set_weight(item.weight);
    entry.set_base(item.base);
  }
}

pb::Deployment ShowDeployment(const control::Step& step, const model::Service& service, const model::Deployment& row) {
  pb::Deployment shown;
  const std::string_view document = step.state.DocumentBytes(row.document);
  ECSMI_CHECK(shown.ParseFromArray(document.data(), static_cast<int>(document.size())));
  const std::uint32_t wanted = row.serial == service.primary ? static_cast<std::uint32_t>(service.desired_count)
                                                             : row.running_tasks + row.pending_tasks;
  shown.set_id(control::DeploymentId(step, row.serial));
  shown.set_status(StatusName(row));
  shown.set_task_definition(TaskDefinitionArn(step, step.state.Get<model::TaskDefinition>(row.definition)));
  shown.set_desired_count(static_cast<std::int32_t>(wanted));
  shown.set_pending_count(static_cast<std::int32_t>(row.pending_tasks));
  shown.set_running_count(static_cast<std::int32_t>(row.running_tasks));
  shown.set_failed_tasks(row.failed_tasks);
  *shown.mutable_created_at() = ToTimestamp(step.Shown(row.created_at));
  *shown.mutable_updated_at() = ToTimestamp(step.Shown(row.updated_at));
  ShowStrategy(row.strategy, *shown.mutable_capacity_provider_strategy());
  shown.set_rollout_state(RolloutOf(row.rollout));
  shown.set_rollout_state_reason(row.rollout_reason);
  return shown;
}

void AddDeployments(const control::Step& step, const model::Service& service, pb::Service& shown) {
  std::vector<const model::Deployment*> rows;
  step.state.ForEachIn<model::Deployment>(service.deployments, &model::Deployment::in_service,
                                          [&](const model::Deployment& row) { rows.push_back(&row); });
  // The PRIMARY first, then the newest.
  std::sort(rows.begin(), rows.end(), [&](const auto* a, const auto* b) {
    const bool a_first = a->serial == service.primary;
    const bool b_first = b->serial == service.primary;
    return a_first != b_first ? a_first : a->serial > b->serial;
  });
  for (const model::Deployment* row : rows) {
    if (row->status == model::DeploymentStatus::kInactive) continue;
    *shown.add_deployments() = ShowDeployment(step, service, *row);
    if (row->serial != service.primary && row->running_tasks + row->pending_tasks == 0) continue;
    const model::RevisionCounts counts = control::CountRevision(step, service, row->revision);
    pb::ServiceCurrentRevisionSummary& current = *shown.add_current_service_revisions();
    current.set_arn(ServiceRevisionArn(step, service, row->revision));
    current.set_requested_task_count(counts.requested);
    current.set_running_task_count(counts.running);
    current.set_pending_task_count(counts.pending);
  }
}

void AddEvents(const control::Step& step, const model::Service& service, pb::Service& shown) {
  std::vector<const model::ServiceEvent*> rows;
  step.state.ForEachIn<model::ServiceEvent>(service.events, &model::ServiceEvent::in_service,
                                            [&](const model::ServiceEvent& row) { rows.push_back(&row); });
  std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->serial > b->serial; });
  for (const model::ServiceEvent* row : rows) {
    pb::ServiceEvent& event = *shown.add_events();
    event.set_id(model::Uuid(step.key, model::TableId::kServiceEvent, row->serial));
    *event.mutable_created_at() = ToTimestamp(step.Shown(row->at));
    event.set_message(row->message);
  }
}

}  // namespace

pb::Service ServiceSettings(const control::Step& step, const model::Service& service) {
  pb::Service settings;
  const std::string_view document = step.state.DocumentBytes(service.document);
  ECSMI_CHECK(settings.ParseFromArray(document.data(), static_cast<int>(document.size())));
  return settings;
}

pb::Service ShowService(const control::Step& step, const model::Service& service, bool with_tags) {
  pb::Service shown = ServiceSettings(step, service);
  if (!with_tags) shown.clear_tags();
  shown.set_service_arn(ServiceArn(step, service));
  shown.set_service_name(service.name);
  shown.set_cluster_arn(ClusterArn(step, step.state.Get<model::Cluster>(service.cluster)));
  shown.set_status(StatusName(service.status));
  shown.set_desired_count(service.desired_count);
  shown.set_running_count(static_cast<std::int32_t>(service.running_tasks));
  shown.set_pending_count(static_cast<std::int32_t>(service.pending_tasks));
  ShowStrategy(service.strategy, *shown.mutable_capacity_provider_strategy());
  *shown.mutable_created_at() = ToTimestamp(step.Shown(service.created_at));
  shown.set_scheduling_strategy(pb::SchedulingStrategy::REPLICA);
  const auto& primary = step.state.Get<model::Deployment>(service.primary);
  shown.set_task_definition(TaskDefinitionArn(step, step.state.Get<model::TaskDefinition>(primary.definition)));
  pb::Deployment cold;
  const std::string_view document = step.state.DocumentBytes(primary.document);
  ECSMI_CHECK(cold.ParseFromArray(document.data(), static_cast<int>(document.size())));
  if (cold.has_network_configuration()) *shown.mutable_network_configuration() = cold.network_configuration();
  if (service.status != model::ServiceStatus::kInactive) AddDeployments(step, service, shown);
  if (service.service_deployment != model::kNoSerial) {
    shown.set_current_service_deployment(ServiceDeploymentArn(step, service, service.service_deployment));
  }
  AddEvents(step, service, shown);
  return shown;
}

}  // namespace ecsmi::api
