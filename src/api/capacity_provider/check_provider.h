#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/managed_instances_provider.pb.h"
#include "ecsmi/model/capacity_provider.h"

// The fields of managedInstancesProvider. Stateless; any thread, but for RefuseSpot, which reads settings.
namespace ecsmi::api {

inline constexpr int kProviderTagsMax = 45;  // A30

// Shape and values (A20-A37, 0.6). Errors: InvalidParameterException, UnsupportedFeatureException.
absl::Status CheckConfiguration(const ecs::v1::CreateManagedInstancesProviderConfiguration& configuration);
absl::Status CheckConfiguration(const ecs::v1::UpdateManagedInstancesProviderConfiguration& configuration);

// Promise 6, unless the daemon takes Spot settings as On-Demand.
absl::Status RefuseSpot(const control::Settings& settings, const ecs::v1::InstanceLaunchTemplate& launch_template);
absl::Status RefuseSpot(const control::Settings& settings,
                        const ecs::v1::InstanceLaunchTemplateUpdate& launch_template);

// Sets what decides about instances from a stored configuration; subnets excepted. REQUIRES: it was checked.
void ApplyConfiguration(const ecs::v1::ManagedInstancesProvider& configuration, model::CapacityProvider& row);

}  // namespace ecsmi::api
