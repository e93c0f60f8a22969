#pragma once

#include <string>

#include "absl/status/status.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/cluster.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

// What a cluster may be told beside its name and providers. The checks need no state; any thread. Errors:
// InvalidParameterException.
namespace ecsmi::api {

using ClusterSettingList = google::protobuf::RepeatedPtrField<ecs::v1::ClusterSetting>;
absl::Status CheckClusterSettings(const ClusterSettingList& settings);
absl::Status CheckClusterConfiguration(const ecs::v1::ClusterConfiguration& configuration);

// Writes the settings that are given over those of `document`, by name.
void PutClusterSettings(const ClusterSettingList& given, ecs::v1::Cluster& document);

}  // namespace ecsmi::api
