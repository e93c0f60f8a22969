#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/model/aws_ids.h"

// ARNs, names and page tokens: how rows are spelled and found (behaviour H40-H44, H22-H23).
namespace ecsmi::api {

using model::Partition;
std::string ClusterArn(const control::Step& step, const model::Cluster& cluster);
std::string CapacityProviderArn(const control::Step& step, const model::CapacityProvider& provider);
std::string TaskDefinitionArn(const control::Step& step, const model::TaskDefinition& definition);
std::string TaskArn(const control::Step& step, const model::Task& task);
std::string ContainerInstanceArn(const control::Step& step, const model::ContainerInstance& instance);
std::string ServiceArn(const control::Step& step, const model::Service& service);

// The ACTIVE cluster named by short name or ARN; absent or empty = "default". Errors: ClusterNotFoundException (also
// for an INACTIVE one, H10), InvalidParameterException for a malformed identifier.
absl::StatusOr<const model::Cluster*> ResolveCluster(const control::Step& step, const CallContext& context,
                                                     std::string_view cluster);
// Short id or ARN of a task / container instance of `cluster`. nullptr when well-formed but unknown; InvalidParameter
// when malformed.
absl::StatusOr<const model::Task*> ResolveTask(const control::Step& step, const model::Cluster& cluster,
                                               std::string_view id);
absl::StatusOr<const model::ContainerInstance*> ResolveContainerInstance(const control::Step& step,
                                                                         const model::Cluster& cluster,
                                                                         std::string_view id);
// Name or ARN of a service of `cluster`, deleted ones included: the newest of that name. nullptr when well-formed but
// unknown, or an ARN of elsewhere; InvalidParameter when malformed.
absl::StatusOr<const model::Service*> ResolveService(const control::Step& step, const model::Cluster& cluster,
                                                     std::string_view reference);
// "family", "family:revision" or ARN; nullptr when unknown. Without a revision: the newest ACTIVE one (C3).
absl::StatusOr<const model::TaskDefinition*> ResolveTaskDefinition(const control::Step& step,
                                                                   const CallContext& context,
                                                                   std::string_view reference);

// Opaque page tokens: "after this serial", authenticated with the world's key and bound to the operation, so that a
// token of another list, world or client's making is refused with InvalidParameterException "Invalid token" (H22).
std::string PageToken(const control::Step& step, std::string_view operation, model::Serial after);
absl::StatusOr<model::Serial> ParsePageToken(const control::Step& step, std::string_view operation,
                                             std::string_view token);

// Letters, digits, '_' and '-', 1..255 (H23).
bool IsName(std::string_view name);

}  // namespace ecsmi::api
