#include <utility>

#include "api/check.h"
#include "api/cluster/strategy.h"
#include "api/document_bytes.h"
#include "api/limits.h"
#include "api/service/new_deployment.h"
#include "api/service/service_settings.h"
#include "api/service/service_view.h"
#include "api/service/services.h"
#include "api/task/network.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr std::size_t kTokenMax = 36;  // D2

// The cold part: what is echoed and decides nothing.
pb::Service SettingsOf(const pb::CreateServiceRequest& request, model::Service& row) {
  pb::Service settings;
  *settings.mutable_tags() = request.tags();
  *settings.mutable_placement_constraints() = request.placement_constraints();
  SetDeploymentConfiguration(request.deployment_configuration(), row, *settings.mutable_deployment_configuration());
  settings.mutable_deployment_controller()->set_type(pb::DeploymentControllerType::ECS);
  if (request.has_health_check_grace_period_seconds()) {
    settings.set_health_check_grace_period_seconds(request.health_check_grace_period_seconds());
  }
  settings.set_enable_ecs_managed_tags(request.enable_ecs_managed_tags());
  settings.set_enable_execute_command(request.enable_execute_command());
  settings.set_propagate_tags(request.has_propagate_tags() ? request.propagate_tags() : pb::PropagateTags::NONE);
  // D62, D62a: on by default where it can act (D65).
  settings.set_availability_zone_rebalancing(request.has_availability_zone_rebalancing()
                                                 ? request.availability_zone_rebalancing()
                                             : row.maximum_percent > 100 ? pb::AvailabilityZoneRebalancing::ENABLED
                                                                         : pb::AvailabilityZoneRebalancing::DISABLED);
  row.zone_rebalancing = settings.availability_zone_rebalancing() == pb::AvailabilityZoneRebalancing::ENABLED;
  settings.DiscardUnknownFields();
  return settings;
}

// Whether the name is free; the service of an equal request that made it already, nullptr when there is none (D2a, D4).
absl::StatusOr<const model::Service*> FindRepeated(const control::Step& step, const model::Cluster& cluster,
                                                   const pb::CreateServiceRequest& request, std::uint64_t hash) {
  const model::Service* none = nullptr;
  const auto* known = step.state.Find<model::Service>(step.state.FindService(cluster.serial, request.service_name()));
  if (known == nullptr) return none;
  switch (known->status) {
    case model::ServiceStatus::kInactive:
      return none;
    case model::ServiceStatus::kDraining:
      return InvalidParameter("Unable to Start a service that is still Draining.");
    case model::ServiceStatus::kActive:
      break;
  }
  if (known->create_hash != hash) return InvalidParameter("Creation of service was not idempotent.");
  return known;
}

std::uint64_t RequestHash(const control::Step& step, pb::CreateServiceRequest request) {
  request.clear_client_token();
  request.clear_cluster();  // name or ARN: the same one
  return base::KeyedHashBytes(step.key, DocumentBytes(request));
}

}  // namespace

absl::Status CheckCreateService(const pb::CreateServiceRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("serviceName", request.service_name()));
  ECSMI_RETURN_IF_ERROR(CheckName("serviceName", request.service_name()));
  if (request.task_definition().empty()) return ClientError("TaskDefinition can not be blank.");
  ECSMI_RETURN_IF_ERROR(CheckEmulated(request));
  if (!request.has_desired_count()) {
    return InvalidParameter("desiredCount is required for services with the REPLICA scheduling strategy.");  // D1
  }
  ECSMI_RETURN_IF_ERROR(CheckDesiredCount(request.desired_count()));
  ECSMI_RETURN_IF_ERROR(CheckTags(request.tags()));
  const std::string& token = request.client_token();
  if (token.size() > kTokenMax || !std::ranges::all_of(token, [](char c) { return c >= 33 && c <= 126; })) {
    return InvalidParameter(
        Say("clientToken '", token, "' must be at most ", kTokenMax, " characters with codes 33 to 126."));
  }
  return absl::OkStatus();
}

absl::Status CreateService(control::Step& step, const CallContext& context, const pb::CreateServiceRequest& request,
                           pb::CreateServiceResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  const std::uint64_t hash = RequestHash(step, request);
  ECSMI_ASSIGN_OR_RETURN(const model::Service* repeated, FindRepeated(step, *cluster, request, hash));
  if (repeated != nullptr) {
    *response->mutable_service() = ShowService(step, *repeated, true);
    return absl::OkStatus();
  }
  NewDeployment wanted;
  ECSMI_ASSIGN_OR_RETURN(const model::TaskDefinition* definition,
                         ResolveServiceDefinition(step, context, request.task_definition()));
  ECSMI_ASSIGN_OR_RETURN(wanted.strategy,
                         ChooseStrategy(step, context.region, *cluster, request.capacity_provider_strategy()));
  ECSMI_RETURN_IF_ERROR(CheckTaskNetwork(*definition, request.network_configuration()));
  ECSMI_RETURN_IF_ERROR(CompileConstraints(step, context.region, request.placement_constraints()));
  ECSMI_RETURN_IF_ERROR(CheckServiceLimits(step, request.desired_count()));
  if (step.settings.limits && cluster->active_services >= kServicesPerClusterMax) {
    return AwsError(AwsException::kLimitExceeded,
                    Say("cluster ", cluster->name, " has ", kServicesPerClusterMax, " services, as many as it may"));
  }

  model::Service row;
  const pb::Service settings = SettingsOf(request, row);
  row.serial = step.state.NewSerial();
  row.cluster = cluster->serial;
  row.region = context.region;
  row.name = request.service_name();
  row.SetCount(request.desired_count(), model::CountSetter::kCreateService, step.now);
  row.created_at = step.now;
  row.create_hash = hash;
  row.document = step.state.InternDocument(DocumentBytes(settings));
  SetConstraints(request.placement_constraints(), row);
  SetPropagation(settings.propagate_tags(), row);
  const model::Serial serial = row.serial;
  step.state.Insert(std::move(row));

  wanted.definition = definition->serial;
  if (request.has_network_configuration()) {
    *wanted.cold.mutable_network_configuration() = request.network_configuration();
  }
  if (request.has_service_connect_configuration()) {
    *wanted.cold.mutable_service_connect_configuration() = request.service_connect_configuration();
  }
  StartDeployment(step, serial, std::move(wanted), settings);
  *response->mutable_service() = ShowService(step, step.state.Get<model::Service>(serial), true);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
