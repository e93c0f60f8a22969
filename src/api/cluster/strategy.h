#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "api/check.h"
#include "ecsmi/control/step.h"

namespace ecsmi::api {

// A strategy's providers found and allowed: known, associated with the cluster (`associated`: its list of names), not
// mixing managed instances and Fargate (A75), FARGATE_SPOT refused (promise 6). `field` is the strategy's path. The
// shape was checked by CheckStrategy. Errors: InvalidParameterException, AWS's texts of A82.
absl::StatusOr<std::vector<model::StrategyItem>> ResolveStrategy(const control::Step& step, std::string_view region,
                                                                 const std::vector<std::string>& associated,
                                                                 std::string_view field, const StrategyList& items);

// Whether `strategy` names the provider.
bool StrategyNames(const std::vector<model::StrategyItem>& strategy, std::string_view provider);

// The strategy tasks are started by (A77, A80): the request's `items`, else the cluster's default; its providers are
// ACTIVE managed instances providers and one has a weight. Errors: InvalidParameterException; UnsupportedFeature for
// what has no managed instances.
absl::StatusOr<std::vector<model::StrategyItem>> ChooseStrategy(const control::Step& step, std::string_view region,
                                                                const model::Cluster& cluster,
                                                                const StrategyList& items);

}  // namespace ecsmi::api
