#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/model/behavior.h"

// `ecsmi.*` keys and their values, the same in dockerLabels and in PutBehavior (design: containers). Pure; any thread.
namespace ecsmi::api {

// A time a behaviour may name, in seconds: thirty years.
inline constexpr double kBehaviorSecondsMax = 1e9;

// "12", "lognormal(30,0.4)", "uniform(5,10)" or "exp(20)". INVALID_ARGUMENT says what is understood.
absl::StatusOr<model::Distribution> ParseDistribution(std::string_view text);

// Sets one key. INVALID_ARGUMENT names the key and the rule, and `behavior` stays as it was.
absl::Status SetBehavior(std::string_view key, std::string_view value, model::ContainerBehavior* behavior);

}  // namespace ecsmi::api
