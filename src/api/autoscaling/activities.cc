#include <algorithm>
#include <vector>

#include "api/autoscaling/autoscaling.h"
#include "api/autoscaling/target_check.h"
#include "api/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "DescribeScalingActivities";

aas::ScalingActivityStatusCode::Value ShowStatus(model::ActivityStatus status) {
  using Code = aas::ScalingActivityStatusCode;
  switch (status) {
    case model::ActivityStatus::kPending:
      return Code::Pending;
    case model::ActivityStatus::kInProgress:
      return Code::InProgress;
    case model::ActivityStatus::kSuccessful:
      return Code::Successful;
    case model::ActivityStatus::kOverridden:
      return Code::Overridden;
    case model::ActivityStatus::kUnfulfilled:
      return Code::Unfulfilled;
    case model::ActivityStatus::kFailed:
      return Code::Failed;
  }
  return Code::UNSPECIFIED;
}

aas::ScalingActivity Show(const control::Step& step, const model::ScalingActivity& activity) {
  aas::ScalingActivity shown;
  shown.set_activity_id(model::Uuid(step.key, model::ScalingActivity::kTable, activity.serial));
  shown.set_service_namespace(aas::ServiceNamespace::ecs);
  shown.set_resource_id(activity.resource_id);
  shown.set_scalable_dimension(aas::ScalableDimension::ecs_service_DesiredCount);
  shown.set_description(activity.description);
  shown.set_cause(activity.cause);
  *shown.mutable_start_time() = ToTimestamp(step.Shown(activity.started_at));
  if (activity.ended_at != model::kUnset) *shown.mutable_end_time() = ToTimestamp(step.Shown(activity.ended_at));
  shown.set_status_code(ShowStatus(activity.status));
  shown.set_status_message(activity.status_message);
  return shown;
}

}  // namespace

absl::Status CheckDescribeScalingActivities(const aas::DescribeScalingActivitiesRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckScalingNamespace(request.service_namespace()));
  ECSMI_RETURN_IF_ERROR(CheckDimension(request.scalable_dimension(), false));
  if (request.has_resource_id()) ECSMI_RETURN_IF_ERROR(CheckResourceId("resourceId", request.resource_id()));
  if (request.scalable_dimension() != aas::ScalableDimension::UNSPECIFIED && !request.has_resource_id()) {
    return ValidationError("scalableDimension is given without resourceId; it needs one");
  }
  if (request.include_not_scaled_activities()) {
    return Ours(AwsException::kValidation, "includeNotScaledActivities: activities that did not scale are not kept",
                "not-scaled-activities");
  }
  return CheckScalingPage(request.has_max_results(), request.max_results());
}

// Newest first; a page goes on with those older than its token.
absl::Status DescribeScalingActivities(control::Step& step, const CallContext& context,
                                       const aas::DescribeScalingActivitiesRequest& request,
                                       aas::DescribeScalingActivitiesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Serial before, ParseScalingToken(step, kOperation, request.next_token()));
  std::vector<const model::ScalingActivity*> found;
  step.state.table<model::ScalingActivity>().ForEach([&](const model::ScalingActivity& activity) {
    if ((before != model::kNoSerial && activity.serial >= before) || activity.region != context.region) return;
    if (!request.has_resource_id() || request.resource_id() == activity.resource_id) found.push_back(&activity);
  });
  std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->serial > b->serial; });
  const auto limit = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kScalingPageMax);
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) {
    *response->add_scaling_activities() = Show(step, *found[i]);
  }
  if (found.size() > limit) response->set_next_token(PageToken(step, kOperation, found[limit - 1]->serial));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
