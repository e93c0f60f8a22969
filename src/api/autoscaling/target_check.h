#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/autoscaling/v1/common.pb.h"
#include "ecsmi/control/step.h"

// What names a scalable target, shared by the Application Auto Scaling operations. Checks need no state; any thread.
namespace ecsmi::api {

absl::Status ValidationError(std::string_view message);  // ValidationException, the one word for all bad input
absl::Status MustNotBeNull(std::string_view field);

// Only "ecs" is emulated. `required`: else absence is fine.
absl::Status CheckScalingNamespace(autoscaling::v1::ServiceNamespace::Value service_namespace);
absl::Status CheckDimension(autoscaling::v1::ScalableDimension::Value dimension, bool required);
// "service/<cluster>/<service>" (F1).
absl::Status CheckResourceId(std::string_view field, std::string_view resource_id);
// All three, as most operations want them.
template <typename Request>
absl::Status CheckTargetNames(const Request& request) {
  if (absl::Status status = CheckScalingNamespace(request.service_namespace()); !status.ok()) return status;
  if (absl::Status status = CheckResourceId("resourceId", request.resource_id()); !status.ok()) return status;
  return CheckDimension(request.scalable_dimension(), /*required=*/true);
}

// Errors: ObjectNotFoundException (F4).
absl::StatusOr<const model::ScalableTarget*> ResolveTarget(const control::Step& step, const CallContext& context,
                                                           std::string_view resource_id);
std::string ScalableTargetArn(const control::Step& step, const model::ScalableTarget& target);

inline constexpr std::int32_t kScalingPageMax = 50;  // H21
absl::Status CheckScalingPage(bool given, std::int32_t max_results);
// Errors: InvalidNextTokenException. kNoSerial for an empty token.
absl::StatusOr<model::Serial> ParseScalingToken(const control::Step& step, std::string_view operation,
                                                std::string_view token);

}  // namespace ecsmi::api
