#include "api/capacity_provider/check_provider.h"

#include <algorithm>
#include <utility>

#include "api/arn.h"
#include "api/check.h"
#include "api/convert/instance_requirements.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kRequirements[] = "managedInstancesProvider.instanceLaunchTemplate.instanceRequirements";
constexpr char kTemplate[] = "managedInstancesProvider.instanceLaunchTemplate";
constexpr int kStorageMinGib = 30;  // A26
constexpr int kStorageMaxGib = 16'384;
constexpr int kStorageDefaultGib = 80;
constexpr int kScaleInAfterMin = -1;  // A31
constexpr int kScaleInAfterMax = 3'600;
// Assumed for providers, documented for awsvpc networks (H25).
constexpr int kSubnetsMax = 16;
constexpr int kSecurityGroupsMax = 5;

absl::Status CheckNetwork(const pb::ManagedInstancesNetworkConfiguration& network) {
  if (network.subnets().empty()) {  // A21
    return InvalidParameter(
        "Managed Instances capacity provider must specify a Network Configuration with non empty subnets");
  }
  const std::string at = Say(kTemplate, ".networkConfiguration");
  ECSMI_RETURN_IF_ERROR(CheckCount(at + ".subnets", network.subnets_size(), kSubnetsMax));
  ECSMI_RETURN_IF_ERROR(CheckCount(at + ".securityGroups", network.security_groups_size(), kSecurityGroupsMax));
  for (const std::string& id : network.subnets()) {
    if (!IsResourceId(id, "subnet-")) return InvalidParameter("The specified subnet id is invalid");
  }
  for (const std::string& id : network.security_groups()) {
    if (!IsResourceId(id, "sg-")) return InvalidParameter("The specified security group id is invalid");
  }
  return absl::OkStatus();
}

// What the create and update shapes of the launch template have in common.
template <typename Template>
absl::Status CheckTemplate(const Template& launch_template) {
  if (launch_template.has_capacity_reservations()) {  // 0.6
    return Ours(AwsException::kUnsupportedFeature,
                Say(kTemplate, ".capacityReservations is not emulated: instances here run On-Demand only"),
                "capacity-reservations");
  }
  if (!launch_template.ec2_instance_profile_arn().empty() &&
      !IsIamArn(launch_template.ec2_instance_profile_arn(), "instance-profile")) {  // A23
    return InvalidParameter("The specified instance profile role arn is invalid");
  }
  if (launch_template.has_network_configuration()) {
    ECSMI_RETURN_IF_ERROR(CheckNetwork(launch_template.network_configuration()));
  }
  if (launch_template.storage_configuration().has_storage_size_gib()) {
    ECSMI_RETURN_IF_ERROR(CheckRange(Say(kTemplate, ".storageConfiguration.storageSizeGiB"),
                                     launch_template.storage_configuration().storage_size_gib(), kStorageMinGib,
                                     kStorageMaxGib));
  }
  if (launch_template.has_instance_requirements()) {
    ECSMI_RETURN_IF_ERROR(ToRequirements(kRequirements, launch_template.instance_requirements()).status());
  }
  return absl::OkStatus();
}

// What the create and update shapes of the whole have in common.
template <typename Configuration>
absl::Status CheckCommon(const Configuration& configuration) {
  if (configuration.infrastructure_role_arn().empty()) {  // A21
    return InvalidParameter("Managed Instances capacity provider must specify an InfrastructureRole");
  }
  if (!IsIamArn(configuration.infrastructure_role_arn(), "role")) {  // A22
    return InvalidParameter("The specified infrastructure role arn is invalid");
  }
  if (configuration.infrastructure_optimization().has_scale_in_after()) {
    ECSMI_RETURN_IF_ERROR(CheckRange("managedInstancesProvider.infrastructureOptimization.scaleInAfter",
                                     configuration.infrastructure_optimization().scale_in_after(), kScaleInAfterMin,
                                     kScaleInAfterMax));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckConfiguration(const pb::CreateManagedInstancesProviderConfiguration& configuration) {
  ECSMI_RETURN_IF_ERROR(CheckCommon(configuration));
  const pb::InstanceLaunchTemplate& launch_template = configuration.instance_launch_template();
  if (launch_template.ec2_instance_profile_arn().empty()) {  // A21
    return InvalidParameter("Managed Instances capacity provider must specify an instance profile");
  }
  if (!launch_template.has_network_configuration()) {
    return InvalidParameter("Managed Instances capacity provider must specify a Network Configuration");
  }
  if (launch_template.capacity_option_type() == pb::CapacityOptionType::RESERVED) {  // 0.6
    return Ours(AwsException::kUnsupportedFeature,
                Say(kTemplate, ".capacityOptionType RESERVED is not emulated; set ON_DEMAND or leave it out"),
                "capacity-reservations");
  }
  return CheckTemplate(launch_template);
}

absl::Status CheckConfiguration(const pb::UpdateManagedInstancesProviderConfiguration& configuration) {
  ECSMI_RETURN_IF_ERROR(CheckCommon(configuration));
  if (!configuration.has_instance_launch_template()) {  // A54
    return InvalidParameter(Say(kTemplate, " can not be blank."));
  }
  return CheckTemplate(configuration.instance_launch_template());
}

absl::Status RefuseSpot(const control::Settings& settings, const pb::InstanceLaunchTemplate& launch_template) {
  if (settings.spot_as_on_demand) return absl::OkStatus();
  if (launch_template.capacity_option_type() == pb::CapacityOptionType::SPOT) {
    return SpotRefused(Say(kTemplate, ".capacityOptionType SPOT"), "Set ON_DEMAND or leave it out.");
  }
  return CheckNoSpot(kRequirements, launch_template.instance_requirements());
}

absl::Status RefuseSpot(const control::Settings& settings, const pb::InstanceLaunchTemplateUpdate& launch_template) {
  if (settings.spot_as_on_demand) return absl::OkStatus();
  return CheckNoSpot(kRequirements, launch_template.instance_requirements());
}

void ApplyConfiguration(const pb::ManagedInstancesProvider& configuration, model::CapacityProvider& row) {
  const pb::InstanceLaunchTemplate& launch_template = configuration.instance_launch_template();
  row.has_requirements = launch_template.has_instance_requirements();
  row.requirements = {};
  if (row.has_requirements) {
    row.requirements = *ToRequirements(kRequirements, launch_template.instance_requirements());
  }
  row.scale_in_after_seconds.reset();
  if (configuration.infrastructure_optimization().has_scale_in_after()) {
    row.scale_in_after_seconds = configuration.infrastructure_optimization().scale_in_after();
  }
  row.propagate_tags = configuration.propagate_tags() == pb::PropagateMITags::CAPACITY_PROVIDER;
  row.use_local_storage = launch_template.local_storage_configuration().use_local_storage();
  row.storage_size_gib = launch_template.storage_configuration().has_storage_size_gib()
                             ? launch_template.storage_configuration().storage_size_gib()
                             : kStorageDefaultGib;
}

}  // namespace ecsmi::api
