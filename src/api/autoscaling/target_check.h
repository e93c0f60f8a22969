#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/autoscaling/v1/common.pb.h"
#include "ecsmi/control/step.h"
#include "google/protobuf/repeated_ptr_field.h"

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

// A page of the rows of targets, policies or scheduled actions, in the order in which they were made: those of the
// Region that `names` has, all when it is empty, and of the resource when the request gives one. `add(row)` shows one.
// Errors: InvalidNextTokenException. Cost: O(rows).
template <typename Row, typename Request, typename Response, typename Add>
absl::Status AddTargetPage(const control::Step& step, const CallContext& context, std::string_view operation,
                           const Request& request, const google::protobuf::RepeatedPtrField<std::string>& names,
                           Response* response, Add&& add) {
  const absl::StatusOr<model::Serial> after = ParseScalingToken(step, operation, request.next_token());
  if (!after.ok()) return after.status();
  std::vector<const Row*> found;
  step.state.table<Row>().ForEach([&](const Row& row) {
    if (row.serial <= *after || row.region != context.region) return;
    if (!names.empty() && std::find(names.begin(), names.end(), row.name) == names.end()) return;
    if (request.has_resource_id() &&
        step.state.Get<model::ScalableTarget>(row.target).resource_id != request.resource_id()) {
      return;
    }
    found.push_back(&row);
  });
  std::sort(found.begin(), found.end(), [](const Row* a, const Row* b) { return a->serial < b->serial; });
  const auto limit = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kScalingPageMax);
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) add(*found[i]);
  if (found.size() > limit) response->set_next_token(PageToken(step, operation, found[limit - 1]->serial));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
