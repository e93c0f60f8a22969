#include "api/capacity_provider/find_provider.h"

#include <algorithm>
#include <optional>

#include "api/arn.h"
#include "api/check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"

namespace ecsmi::api {
namespace {

// Number of the stage in the hash of its delay; control's table of stages gives provider changes this one.
constexpr std::uint64_t kProviderChangeStage = 1;

}  // namespace

absl::StatusOr<const model::CapacityProvider*> ResolveProvider(const control::Step& step, const CallContext& context,
                                                               std::string_view reference, std::string_view cluster) {
  std::string_view name = reference;
  bool here = true;
  const std::optional<EcsArn> arn = ParseEcsArn(reference);
  const bool by_arn = arn && arn->kind == "capacity-provider";
  if (by_arn) {
    name = arn->resource;
    here = arn->region == context.region && arn->account == step.account;
  }
  const model::CapacityProvider* provider =
      here ? step.state.Find<model::CapacityProvider>(step.state.FindProvider(context.region, name)) : nullptr;
  model::Serial wanted = model::kNoSerial;
  if (!cluster.empty()) {
    ECSMI_ASSIGN_OR_RETURN(const model::Cluster* row, ResolveCluster(step, context, cluster));
    wanted = row->serial;
  }
  if (provider == nullptr) {
    if (here && IsFargate(name))
      return ClientError("Capacity provider is not Amazon ECS Managed Instances capacity provider");
    return ClientError("The specified capacity provider does not exist. Specify a valid name or ARN and try again.");
  }
  if (wanted == model::kNoSerial && !by_arn) {  // A9
    return ClientError("The specified capacity provider already exists with cluster scope");
  }
  if (wanted != model::kNoSerial && wanted != provider->cluster) {  // A11
    return ClientError("Capacity provider active cluster name does not match the cluster name in the request");
  }
  return provider;
}

absl::Status CheckSomeTypeMatches(control::Step& step, const model::CapacityProvider& row) {
  const auto match = control::MatchProvider(step, row.region, row.has_requirements ? &row.requirements : nullptr);
  if (!match.ok()) {
    return Ours(AwsException::kInvalidParameter, Say("region '", row.region, "': ", match.status().message()),
                "regions");
  }
  if (!match->types.Empty()) return absl::OkStatus();
  return ClientError(
      "No instance types satisfy the instance requirements specified in the Managed Instances capacity provider.");
}

std::vector<model::Serial> EnsureSubnets(control::Step& step, std::string_view region,
                                         const pb::ManagedInstancesNetworkConfiguration& network) {
  std::vector<model::Serial> subnets;
  for (const std::string& id : network.subnets()) {
    const absl::StatusOr<model::Serial> subnet = control::EnsureSubnet(step, region, id);
    ECSMI_CHECK(subnet.ok());  // the Region was looked up before
    if (std::find(subnets.begin(), subnets.end(), *subnet) == subnets.end()) subnets.push_back(*subnet);
  }
  return subnets;
}

model::TimeMs ChangeDueAt(const control::Step& step, model::Serial provider) {
  // A provider changes many times; the moment tells the changes apart.
  const model::DurationMs delay = control::DrawDelay(step, step.settings.latency.provider_change, provider,
                                                     kProviderChangeStage, static_cast<std::uint64_t>(step.now));
  return delay == 0 ? model::kNever : step.now + delay;
}

}  // namespace ecsmi::api
