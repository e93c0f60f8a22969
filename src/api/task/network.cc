#include "api/task/network.h"

#include "api/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr int kSubnetsMax = 16;        // C14
constexpr int kSecurityGroupsMax = 5;  // C14
constexpr char kPath[] = "networkConfiguration.awsvpcConfiguration";

}  // namespace

absl::Status CheckTaskNetwork(const model::TaskDefinition& definition, const ecs::v1::NetworkConfiguration& network) {
  if (definition.network_mode != model::NetworkMode::kAwsvpc) {
    if (!network.has_awsvpc_configuration()) return absl::OkStatus();
    return InvalidParameter("Network Configuration is not valid for the given networkMode of this task definition.");
  }
  if (!network.has_awsvpc_configuration()) {
    return InvalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const ecs::v1::AwsVpcConfiguration& vpc = network.awsvpc_configuration();
  if (vpc.subnets().empty()) return InvalidParameter("subnets can not be empty.");
  ECSMI_RETURN_IF_ERROR(CheckCount(Say(kPath, ".subnets"), vpc.subnets_size(), kSubnetsMax));
  ECSMI_RETURN_IF_ERROR(CheckCount(Say(kPath, ".securityGroups"), vpc.security_groups_size(), kSecurityGroupsMax));
  // Every well-formed id exists (design: regions).
  for (const std::string& id : vpc.subnets()) {
    if (IsResourceId(id, "subnet-")) continue;
    return InvalidParameter(Say("Error retrieving subnet information for [", id, "]: The subnet ID '", id,
                                "' does not exist (ErrorCode: InvalidSubnetID.NotFound)"));
  }
  for (const std::string& id : vpc.security_groups()) {
    if (IsResourceId(id, "sg-")) continue;
    return InvalidParameter(Say("Error retrieving security group information for [", id, "]: The security group '", id,
                                "' does not exist (ErrorCode: InvalidGroup.NotFound)"));
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
