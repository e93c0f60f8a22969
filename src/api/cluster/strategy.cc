#include "api/cluster/strategy.h"

#include <algorithm>
#include <optional>

#include "api/arn.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {

absl::StatusOr<std::vector<model::StrategyItem>> ResolveStrategy(const control::Step& step, std::string_view region,
                                                                 const std::vector<std::string>& associated,
                                                                 std::string_view field, const StrategyList& items) {
  std::vector<model::StrategyItem> strategy;
  for (int i = 0; i < items.size(); ++i) {
    const std::string path = Say(field, "[", i, "].capacityProvider");
    std::string_view name = items[i].capacity_provider();
    if (const std::optional<EcsArn> arn = ParseEcsArn(name);
        arn && arn->kind == "capacity-provider" && arn->region == region && arn->account == step.account) {
      name = arn->resource;
    }
    if (name == "FARGATE_SPOT" && !step.settings.spot_as_on_demand) {
      return SpotRefused(Say(path, " FARGATE_SPOT"), "Name a managed instances capacity provider instead.");
    }
    model::StrategyItem item;
    item.provider_name = std::string(name);
    item.weight = items[i].weight();
    item.base = items[i].base();
    if (!IsFargate(name)) {
      const auto* provider = step.state.Find<model::CapacityProvider>(step.state.FindProvider(region, name));
      if (provider == nullptr || provider->status == model::CapacityProviderStatus::kInactive) {
        return InvalidParameter(
            "The specified capacity provider was not found. Specify a valid capacity provider and try again");
      }
      item.provider = provider->serial;
    }
    if (std::find(associated.begin(), associated.end(), item.provider_name) == associated.end()) {
      return InvalidParameter(
          "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the "
          "cluster. Associate the capacity provider with the cluster and try again.");
    }
    if (!strategy.empty() && IsFargate(strategy.front().provider_name) != IsFargate(name)) {  // A75
      return InvalidParameter(Say(path, " '", name, "' and '", strategy.front().provider_name,
                                  "' are of different kinds; a strategy holds managed instances or Fargate capacity "
                                  "providers, not both"));
    }
    strategy.push_back(std::move(item));
  }
  return strategy;
}

bool StrategyNames(const std::vector<model::StrategyItem>& strategy, std::string_view provider) {
  return std::any_of(strategy.begin(), strategy.end(),
                     [&](const model::StrategyItem& item) { return item.provider_name == provider; });
}

absl::StatusOr<std::vector<model::StrategyItem>> ChooseStrategy(const control::Step& step, std::string_view region,
                                                                const model::Cluster& cluster,
                                                                const StrategyList& items) {
  std::vector<model::StrategyItem> strategy;
  if (!items.empty()) {
    ECSMI_ASSIGN_OR_RETURN(
        strategy, ResolveStrategy(step, region, cluster.capacity_providers, "capacityProviderStrategy", items));
    if (strategy.size() == 1 && strategy[0].weight == 0) strategy[0].weight = 1;  // one item without weight works
  } else {
    strategy = cluster.default_strategy;
  }
  if (strategy.empty()) {
    return Ours(
        AwsException::kUnsupportedFeature,
        "launchType EC2 is the default without a capacityProviderStrategy and is not emulated; give a strategy that "
        "names a managed instances capacity provider",
        "launch-types");
  }
  if (std::ranges::none_of(strategy, [](const auto& item) { return item.weight > 0; })) {
    return InvalidParameter(
        "There are no capacity providers with a weight value greater than zero defined in the default capacity "
        "provider "
        "strategy. At least one capacity provider must have a weight value greater than zero specified.");
  }
  for (const model::StrategyItem& item : strategy) {
    if (item.provider == model::kNoSerial) {
      return Ours(AwsException::kUnsupportedFeature,
                  Say("capacity provider ", item.provider_name,
                      " is accepted in a cluster's list but its tasks are not emulated"),
                  "launch-types");
    }
    const auto& provider = step.state.Get<model::CapacityProvider>(item.provider);
    if (provider.status != model::CapacityProviderStatus::kActive) {
      return InvalidParameter(Say("The specified capacity provider '", provider.name,
                                  "' is not in an ACTIVE state. Specify a valid capacity provider and try again."));
    }
  }
  return strategy;
}

}  // namespace ecsmi::api
