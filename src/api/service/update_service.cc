#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/check.h"
#include "api/cluster/strategy.h"
#include "api/document_bytes.h"
#include "api/service/new_deployment.h"
#include "api/service/service_settings.h"
#include "api/service/service_view.h"
#include "api/service/services.h"
#include "api/task/network.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

// Lists of which AWS tells [] from absent.
constexpr std::array<std::string_view, 8> kExplicitLists = {
    "capacity_provider_strategy", "placement_constraints", "placement_strategy",         "load_balancers",
    "service_registries",         "volume_configurations", "vpc_lattice_configurations", "gateway_connectors"};

// Whether the request gives the list, be it empty.
bool Gives(const pb::UpdateServiceRequest& request, std::string_view list, int entries) {
  return entries > 0 ||
         std::ranges::find(request.explicitly_set().paths(), list) != request.explicitly_set().paths().end();
}

pb::Deployment ColdPart(const control::Step& step, const model::Deployment& deployment) {
  pb::Deployment cold;
  const std::string_view bytes = step.state.DocumentBytes(deployment.document);
  ECSMI_CHECK(cold.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return cold;
}

// The strategy after the request (D7-D9).
absl::StatusOr<std::vector<model::StrategyItem>> NewStrategy(const control::Step& step, const CallContext& context,
                                                             const model::Cluster& cluster,
                                                             const model::Service& service,
                                                             const pb::UpdateServiceRequest& request) {
  const auto& items = request.capacity_provider_strategy();
  if (!Gives(request, kExplicitLists[0], items.size())) return service.strategy;
  if (items.empty() && cluster.default_strategy.empty()) {
    return InvalidParameter(
        "No launch type to fall back to for empty capacity provider strategy. Your service was not created with a "
        "launch type.");
  }
  ECSMI_ASSIGN_OR_RETURN(std::vector<model::StrategyItem> strategy,
                         ChooseStrategy(step, context.region, cluster, items));
  if (strategy != service.strategy && !request.force_new_deployment()) {
    return InvalidParameter(
        "When switching from launch type to capacity provider strategy on an existing service, or making a change to "
        "a capacity provider strategy on a service that is already using one, you must force a new deployment.");
  }
  return strategy;
}

// Writes what starts no deployment (D6) over the row and its document.
void SetSettings(const pb::UpdateServiceRequest& request, model::Service& row, pb::Service& settings) {
  if (request.has_desired_count()) row.desired_count = request.desired_count();
  SetDeploymentConfiguration(request.deployment_configuration(), row, *settings.mutable_deployment_configuration());
  if (Gives(request, kExplicitLists[1], request.placement_constraints_size())) {
    SetConstraints(request.placement_constraints(), row);
    *settings.mutable_placement_constraints() = request.placement_constraints();
  }
  if (request.has_propagate_tags()) {
    SetPropagation(request.propagate_tags(), row);
    settings.set_propagate_tags(request.propagate_tags());
  }
  if (request.has_availability_zone_rebalancing()) {
    settings.set_availability_zone_rebalancing(request.availability_zone_rebalancing());
    row.zone_rebalancing = request.availability_zone_rebalancing() == pb::AvailabilityZoneRebalancing::ENABLED;
  }
  if (request.has_health_check_grace_period_seconds()) {
    settings.set_health_check_grace_period_seconds(request.health_check_grace_period_seconds());
  }
  if (request.has_enable_execute_command()) settings.set_enable_execute_command(request.enable_execute_command());
  if (request.has_enable_ecs_managed_tags()) settings.set_enable_ecs_managed_tags(request.enable_ecs_managed_tags());
  settings.DiscardUnknownFields();
}

std::string Bytes(const model::Service& row) {
  std::string bytes;
  model::EncodeRow(row, bytes);
  return bytes;
}

}  // namespace

absl::Status CheckUpdateService(const pb::UpdateServiceRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("service", request.service()));
  ECSMI_RETURN_IF_ERROR(CheckEmulated(request));
  ECSMI_RETURN_IF_ERROR(CheckDesiredCount(request.desired_count()));
  for (const std::string& path : request.explicitly_set().paths()) {
    if (std::ranges::find(kExplicitLists, path) != kExplicitLists.end()) continue;
    return Ours(AwsException::kInvalidParameter,
                Say("explicitlySet names '", path, "'; only lists of which AWS tells [] from absent may stand there"),
                "explicitly-set");
  }
  return absl::OkStatus();
}

absl::Status UpdateService(control::Step& step, const CallContext& context, const pb::UpdateServiceRequest& request,
                           pb::UpdateServiceResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const model::Service* service, ResolveService(step, *cluster, request.service()));
  if (service == nullptr) return AwsError(AwsException::kServiceNotFound, "Service not found.");
  if (service->status != model::ServiceStatus::kActive) {
    return AwsError(AwsException::kServiceNotActive, "Service was not ACTIVE.");  // D5
  }
  const auto& primary = step.state.Get<model::Deployment>(service->primary);
  const auto* definition = &step.state.Get<model::TaskDefinition>(primary.definition);
  if (!request.task_definition().empty()) {
    ECSMI_ASSIGN_OR_RETURN(definition, ResolveServiceDefinition(step, context, request.task_definition()));
  }
  NewDeployment wanted;
  wanted.definition = definition->serial;
  ECSMI_ASSIGN_OR_RETURN(wanted.strategy, NewStrategy(step, context, *cluster, *service, request));
  wanted.cold = ColdPart(step, primary);
  if (request.has_network_configuration()) {
    *wanted.cold.mutable_network_configuration() = request.network_configuration();
  }
  if (request.has_service_connect_configuration()) {
    *wanted.cold.mutable_service_connect_configuration() = request.service_connect_configuration();
  }
  ECSMI_RETURN_IF_ERROR(CheckTaskNetwork(*definition, wanted.cold.network_configuration()));
  ECSMI_RETURN_IF_ERROR(CompileConstraints(step, context.region, request.placement_constraints()));
  ECSMI_RETURN_IF_ERROR(CheckServiceLimits(step, request.desired_count()));

  // A value equal to the stored one starts nothing (D6, D13).
  const bool deploys = request.force_new_deployment() || wanted.definition != primary.definition ||
                       wanted.strategy != service->strategy ||
                       DocumentBytes(wanted.cold) != step.state.DocumentBytes(primary.document);
  model::Service changed = *service;
  pb::Service settings = ServiceSettings(step, *service);
  SetSettings(request, changed, settings);
  changed.document = step.state.InternDocument(DocumentBytes(settings));
  if (Bytes(changed) != Bytes(*service)) {
    step.state.Update<model::Service>(service->serial, [&](model::Service& row) {
      if (row.desired_count != changed.desired_count) {
        row.SetCount(changed.desired_count, model::CountSetter::kUpdateService, step.now);
      }
      row.minimum_healthy_percent = changed.minimum_healthy_percent;
      row.maximum_percent = changed.maximum_percent;
      row.breaker_enabled = changed.breaker_enabled;
      row.breaker_rollback = changed.breaker_rollback;
      row.breaker_reset_on_healthy = changed.breaker_reset_on_healthy;
      row.breaker_threshold_type = changed.breaker_threshold_type;
      row.breaker_threshold = changed.breaker_threshold;
      row.alarms_enabled = changed.alarms_enabled;
      row.alarms_rollback = changed.alarms_rollback;
      row.alarm_names = changed.alarm_names;
      row.zone_rebalancing = changed.zone_rebalancing;
      row.distinct_instance = changed.distinct_instance;
      row.placement_constraints = changed.placement_constraints;
      row.propagate_service_tags = changed.propagate_service_tags;
      row.propagate_definition_tags = changed.propagate_definition_tags;
      row.document = changed.document;
    });
  }
  if (deploys) {
    StartDeployment(step, service->serial, std::move(wanted), settings);
  } else {
    RefreshTaskDocument(step, *service, settings);
  }
  *response->mutable_service() = ShowService(step, *service, true);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
