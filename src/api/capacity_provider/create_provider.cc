#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "api/capacity_provider/capacity_providers.h"
#include "api/capacity_provider/check_provider.h"
#include "api/capacity_provider/find_provider.h"
#include "api/capacity_provider/instance_tags.h"
#include "api/capacity_provider/provider_view.h"
#include "api/check.h"
#include "api/document_bytes.h"
#include "api/limits.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using model::CapacityProviderStatus;
using model::CapacityProviderUpdateStatus;

// A2, A3: the bare prefix counts, in any case.
bool HasReservedPrefix(std::string_view name) {
  for (std::string_view prefix : {"aws", "ecs", "fargate"}) {
    if (name.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), name.begin(), [](char p, char c) {
          return p == std::tolower(static_cast<unsigned char>(c));
        })) {
      return true;
    }
  }
  return false;
}

// FIPS endpoints exist in the United States and Canada only (A41; which Regions is assumed).
bool HasFips(std::string_view region) {
  return region.substr(0, 3) == "us-" || region.substr(0, 3) == "ca-";
}

// As it must read back: On-Demand said, nothing else added.
pb::CapacityProvider DocumentOf(const pb::CreateCapacityProviderRequest& request) {
  const pb::CreateManagedInstancesProviderConfiguration& given = request.managed_instances_provider();
  pb::CapacityProvider document;
  pb::ManagedInstancesProvider* stored = document.mutable_managed_instances_provider();
  stored->set_infrastructure_role_arn(given.infrastructure_role_arn());
  *stored->mutable_instance_launch_template() = given.instance_launch_template();
  pb::InstanceLaunchTemplate* launch_template = stored->mutable_instance_launch_template();
  if (launch_template->capacity_option_type() == pb::CapacityOptionType::UNSPECIFIED) {
    launch_template->set_capacity_option_type(pb::CapacityOptionType::ON_DEMAND);
  }
  if (given.propagate_tags() != pb::PropagateMITags::UNSPECIFIED) stored->set_propagate_tags(given.propagate_tags());
  if (given.has_infrastructure_optimization()) {
    *stored->mutable_infrastructure_optimization() = given.infrastructure_optimization();
  }
  if (given.has_auto_repair_configuration()) {
    *stored->mutable_auto_repair_configuration() = given.auto_repair_configuration();
  }
  *document.mutable_tags() = request.tags();
  document.DiscardUnknownFields();
  return document;
}

absl::Status CheckNameIsFree(const control::Step& step, const CallContext& context, const model::Cluster& cluster,
                             std::string_view name) {
  const auto* taken = step.state.Find<model::CapacityProvider>(step.state.FindProvider(context.region, name));
  if (taken == nullptr || taken->status == CapacityProviderStatus::kInactive) return absl::OkStatus();  // A68
  if (taken->cluster != cluster.serial) {                                                               // A10
    return ClientError("The specified capacity provider already exists with account or a different cluster");
  }
  return ClientError(  // A13
      "The specified capacity provider already exists. To change the configuration of an existing capacity provider, "
      "update the capacity provider.");
}

}  // namespace

absl::Status CheckCreateCapacityProvider(const pb::CreateCapacityProviderRequest& request) {
  if (request.name().empty()) return ClientError("CapacityProvider name must not be blank");  // A8
  if (!IsName(request.name()) || HasReservedPrefix(request.name())) {
    return InvalidParameter(
        "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper "
        "and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with \"aws\", \"ecs\", or "
        "\"fargate\". Specify a valid name and try again.");
  }
  if (request.has_auto_scaling_group_provider()) {
    if (request.has_managed_instances_provider()) {  // A1
      return InvalidParameter("autoScalingGroupProvider and managedInstancesProvider exclude each other; give one");
    }
    return Ours(AwsException::kUnsupportedFeature,
                "autoScalingGroupProvider is not emulated; give managedInstancesProvider and a cluster",
                "auto-scaling-group-providers");
  }
  if (!request.has_managed_instances_provider()) {  // A7
    return ClientError(
        "Managed Instances provider details are required when creating a Managed Instances capacity provider");
  }
  if (request.cluster().empty()) {  // A5
    return ClientError("Managed Instances Provider is not supported without a Cluster Name");
  }
  if (request.tags_size() > kProviderTagsMax) {  // A30
    return ClientError(
        "Managed Instances capacity provider cannot have number of tags exceeding maximum allowed value");
  }
  ECSMI_RETURN_IF_ERROR(CheckTags(request.tags(), kProviderTagsMax));
  return CheckConfiguration(request.managed_instances_provider());
}

absl::Status CreateCapacityProvider(control::Step& step, const CallContext& context,
                                    const pb::CreateCapacityProviderRequest& request,
                                    pb::CreateCapacityProviderResponse* response) {
  const pb::InstanceLaunchTemplate& launch_template = request.managed_instances_provider().instance_launch_template();
  ECSMI_RETURN_IF_ERROR(RefuseSpot(step.settings, launch_template));
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_RETURN_IF_ERROR(CheckNameIsFree(step, context, *cluster, request.name()));
  if (step.settings.limits && cluster->capacity_providers.size() >= kProvidersPerClusterMax) {  // A67
    return AwsError(AwsException::kLimitExceeded,
                    "The maximum number of capacity providers per cluster has been exceeded.");
  }
  if (launch_template.fips_enabled() && !HasFips(context.region)) {  // A41
    return ClientError("Managed Instances Provider does not support FIPS in this region");
  }
  const pb::CapacityProvider document = DocumentOf(request);
  model::CapacityProvider row;
  row.region = context.region;
  row.name = request.name();
  row.cluster = cluster->serial;
  ApplyConfiguration(document.managed_instances_provider(), row);
  ECSMI_RETURN_IF_ERROR(CheckSomeTypeMatches(step, row));

  // Nothing below fails.
  row.serial = step.state.NewSerial();
  row.subnets = EnsureSubnets(step, context.region, launch_template.network_configuration());
  row.dedicated = AsksForIsolation(request.tags());
  row.created_at = step.now;
  row.document = step.state.InternDocument(DocumentBytes(document));
  row.instance_document = InstanceDocument(step, document);
  row.status_due_at = ChangeDueAt(step, row.serial);
  const bool at_once = row.status_due_at == model::kNever;
  row.status = at_once ? CapacityProviderStatus::kActive : CapacityProviderStatus::kProvisioning;
  row.update_status =
      at_once ? CapacityProviderUpdateStatus::kCreateComplete : CapacityProviderUpdateStatus::kCreateInProgress;
  step.state.Update<model::Cluster>(cluster->serial, [&](model::Cluster& changed) {  // A69
    if (std::find(changed.capacity_providers.begin(), changed.capacity_providers.end(), row.name) ==
        changed.capacity_providers.end()) {
      changed.capacity_providers.push_back(row.name);
    }
  });
  *response->mutable_capacity_provider() = ShowProvider(step, step.state.Insert(std::move(row)), true);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
