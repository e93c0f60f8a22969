#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "api/arn.h"
#include "api/capacity_provider/capacity_providers.h"
#include "api/capacity_provider/check_provider.h"
#include "api/capacity_provider/find_provider.h"
#include "api/capacity_provider/instance_tags.h"
#include "api/capacity_provider/provider_view.h"
#include "api/check.h"
#include "api/cluster/strategy.h"
#include "api/document_bytes.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using model::CapacityProviderStatus;
using model::CapacityProviderUpdateStatus;

// Given fields replace stored ones, others stay (A57). capacityOptionType and fipsEnabled are not in the update (A55).
void Merge(const pb::InstanceLaunchTemplateUpdate& given, pb::InstanceLaunchTemplate& stored) {
  if (!given.ec2_instance_profile_arn().empty()) stored.set_ec2_instance_profile_arn(given.ec2_instance_profile_arn());
  if (given.has_network_configuration()) *stored.mutable_network_configuration() = given.network_configuration();
  if (given.has_storage_configuration()) *stored.mutable_storage_configuration() = given.storage_configuration();
  if (given.has_local_storage_configuration()) {
    *stored.mutable_local_storage_configuration() = given.local_storage_configuration();
  }
  if (given.monitoring() != pb::ManagedInstancesMonitoringOptions::UNSPECIFIED) {
    stored.set_monitoring(given.monitoring());
  }
  if (given.has_instance_metadata_tags_propagation()) {
    stored.set_instance_metadata_tags_propagation(given.instance_metadata_tags_propagation());
  }
  if (given.has_instance_requirements()) *stored.mutable_instance_requirements() = given.instance_requirements();
}

void Merge(const pb::UpdateManagedInstancesProviderConfiguration& given, pb::ManagedInstancesProvider& stored) {
  stored.set_infrastructure_role_arn(given.infrastructure_role_arn());
  Merge(given.instance_launch_template(), *stored.mutable_instance_launch_template());
  if (given.propagate_tags() != pb::PropagateMITags::UNSPECIFIED) stored.set_propagate_tags(given.propagate_tags());
  if (given.has_infrastructure_optimization()) {
    *stored.mutable_infrastructure_optimization() = given.infrastructure_optimization();
  }
  if (given.has_auto_repair_configuration()) {
    *stored.mutable_auto_repair_configuration() = given.auto_repair_configuration();
  }
  stored.DiscardUnknownFields();
}

// Why the provider cannot go (A61); empty when it can.
std::string UsedBy(const control::Step& step, const model::CapacityProvider& provider) {
  const auto& cluster = step.state.Get<model::Cluster>(provider.cluster);
  std::string user;
  step.state.ForEachIn<model::Service>(cluster.services, &model::Service::in_cluster, [&](const model::Service& row) {
    const bool uses = row.status != model::ServiceStatus::kInactive && StrategyNames(row.strategy, provider.name);
    if (uses && (user.empty() || row.name < user)) user = row.name;
  });
  if (!user.empty()) return Say("it is in the capacity provider strategy of service ", user);
  if (StrategyNames(cluster.default_strategy, provider.name)) {
    return Say("it is in the default capacity provider strategy of cluster ", cluster.name);
  }
  if (provider.live_tasks > 0) return Say(provider.live_tasks, " of its tasks are not STOPPED");
  return {};
}

}  // namespace

absl::Status CheckUpdateCapacityProvider(const pb::UpdateCapacityProviderRequest& request) {
  if (request.name().empty()) return ClientError("A name is required when updating a capacity provider");  // A8
  if (request.has_auto_scaling_group_provider()) {
    if (request.has_managed_instances_provider()) {
      return InvalidParameter("autoScalingGroupProvider and managedInstancesProvider exclude each other; give one");
    }
    return Ours(AwsException::kUnsupportedFeature, "autoScalingGroupProvider is not emulated",
                "auto-scaling-group-providers");
  }
  if (!request.has_managed_instances_provider()) return InvalidParameter("managedInstancesProvider can not be blank.");
  return CheckConfiguration(request.managed_instances_provider());
}

absl::Status UpdateCapacityProvider(control::Step& step, const CallContext& context,
                                    const pb::UpdateCapacityProviderRequest& request,
                                    pb::UpdateCapacityProviderResponse* response) {
  const pb::UpdateManagedInstancesProviderConfiguration& given = request.managed_instances_provider();
  ECSMI_RETURN_IF_ERROR(RefuseSpot(step.settings, given.instance_launch_template()));
  ECSMI_ASSIGN_OR_RETURN(const model::CapacityProvider* provider,
                         ResolveProvider(step, context, request.name(), request.cluster()));
  if (provider->status == CapacityProviderStatus::kInactive ||
      provider->status == CapacityProviderStatus::kDeprovisioning) {  // A68
    return ClientError("The capacity provider could not be updated because it has been deleted.");
  }
  if (provider->status == CapacityProviderStatus::kProvisioning ||
      provider->update_status == CapacityProviderUpdateStatus::kUpdateInProgress) {
    return AwsError(AwsException::kUpdateInProgress,
                    Say("The capacity provider '", provider->name, "' is being changed already. Wait and try again."));
  }
  pb::CapacityProvider document = ProviderDocument(step, *provider);
  Merge(given, *document.mutable_managed_instances_provider());
  model::CapacityProvider wanted;
  wanted.region = provider->region;
  ApplyConfiguration(document.managed_instances_provider(), wanted);
  ECSMI_RETURN_IF_ERROR(CheckSomeTypeMatches(step, wanted));

  // Nothing below fails.
  const auto subnets = EnsureSubnets(
      step, context.region, document.managed_instances_provider().instance_launch_template().network_configuration());
  const model::Serial stored = step.state.InternDocument(DocumentBytes(document));
  const model::Serial instances = InstanceDocument(step, document);
  const model::TimeMs due = ChangeDueAt(step, provider->serial);
  const auto& row = step.state.Update<model::CapacityProvider>(provider->serial, [&](model::CapacityProvider& changed) {
    ApplyConfiguration(document.managed_instances_provider(), changed);
    changed.subnets = subnets;
    changed.document = stored;
    changed.instance_document = instances;
    changed.status_due_at = due;
    changed.update_status = due == model::kNever ? CapacityProviderUpdateStatus::kUpdateComplete
                                                 : CapacityProviderUpdateStatus::kUpdateInProgress;
    changed.update_status_reason.clear();
  });
  *response->mutable_capacity_provider() = ShowProvider(step, row, true);
  return absl::OkStatus();
}

absl::Status CheckDeleteCapacityProvider(const pb::DeleteCapacityProviderRequest& request) {
  if (request.capacity_provider().empty()) return ClientError("CapacityProvider name must not be blank");  // A8
  const std::optional<EcsArn> arn = ParseEcsArn(request.capacity_provider());
  const std::string_view name =
      arn && arn->kind == "capacity-provider" ? arn->resource : std::string_view(request.capacity_provider());
  if (IsFargate(name)) {  // A58
    return ClientError(Say("capacityProvider '", name, "' is reserved and cannot be deleted."));
  }
  return absl::OkStatus();
}

absl::Status DeleteCapacityProvider(control::Step& step, const CallContext& context,
                                    const pb::DeleteCapacityProviderRequest& request,
                                    pb::DeleteCapacityProviderResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::CapacityProvider* provider,
                         ResolveProvider(step, context, request.capacity_provider(), request.cluster()));
  if (provider->status == CapacityProviderStatus::kInactive) {
    return ClientError("The specified capacity provider does not exist. Specify a valid name or ARN and try again.");
  }
  if (provider->status != CapacityProviderStatus::kDeprovisioning) {
    const std::string used_by = UsedBy(step, *provider);
    const model::TimeMs due = ChangeDueAt(step, provider->serial);
    provider = &step.state.Update<model::CapacityProvider>(provider->serial, [&](model::CapacityProvider& changed) {
      if (!used_by.empty()) {  // A60: not an error, and it stays as it was
        changed.update_status = CapacityProviderUpdateStatus::kDeleteFailed;
        changed.update_status_reason = Say("The capacity provider cannot be deleted because ", used_by, ".");
        return;
      }
      changed.status = CapacityProviderStatus::kDeprovisioning;
      changed.update_status = CapacityProviderUpdateStatus::kDeleteInProgress;
      changed.update_status_reason.clear();
      changed.status_due_at = due;
    });
  }
  *response->mutable_capacity_provider() = ShowProvider(step, *provider, true);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
