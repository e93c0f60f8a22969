#include "api/cluster/provider_list.h"

#include <algorithm>
#include <optional>

#include "api/arn.h"
#include "api/check.h"
#include "api/limits.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {

absl::StatusOr<std::vector<std::string>> ResolveProviderList(
    const control::Step& step, std::string_view region, model::Serial cluster,
    const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> list;
  for (int i = 0; i < names.size(); ++i) {
    const std::string path = Say("capacityProviders[", i, "]");
    std::string_view name = names[i];
    ECSMI_RETURN_IF_ERROR(CheckRequired(path, name));
    if (const std::optional<EcsArn> arn = ParseEcsArn(name);
        arn && arn->kind == "capacity-provider" && arn->region == region && arn->account == step.account) {
      name = arn->resource;
    }
    if (std::find(list.begin(), list.end(), name) != list.end()) {
      return InvalidParameter(Say(path, " '", name, "' is given twice"));
    }
    if (!IsFargate(name)) {
      const auto* provider = step.state.Find<model::CapacityProvider>(step.state.FindProvider(region, name));
      if (provider == nullptr) {  // A82
        return InvalidParameter(
            "The specified capacity provider was not found. Specify a valid capacity provider and try again");
      }
      if (provider->status != model::CapacityProviderStatus::kActive) {  // A51
        return InvalidParameter(Say("The specified capacity provider '", name,
                                    "' is not in an ACTIVE state. Specify a valid capacity provider and try again."));
      }
      if (provider->cluster != cluster) {  // A74
        return InvalidParameter(Say(path, " '", name, "' is a managed instances capacity provider of cluster '",
                                    step.state.Get<model::Cluster>(provider->cluster).name,
                                    "' and can be used there only"));
      }
    }
    list.emplace_back(name);
  }
  if (step.settings.limits && list.size() > kProvidersPerClusterMax) {
    return InvalidParameter("The maximum number of capacity providers per cluster has been exceeded.");
  }
  return list;
}

}  // namespace ecsmi::api
