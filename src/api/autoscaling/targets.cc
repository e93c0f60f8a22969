#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "api/autoscaling/autoscaling.h"
#include "api/autoscaling/target_check.h"
#include "api/autoscaling/target_tags.h"
#include "api/check.h"
#include "api/document_bytes.h"
#include "api/region.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/scaling.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "DescribeScalableTargets";
constexpr std::size_t kTargetsMax = 3000;  // of a Region (F11)
constexpr int kResourceIdsMax = 50;

// Tags in key order: a map's own order is none.
std::string DocumentOf(const aas::RegisterScalableTargetRequest& request) {
  if (request.tags().empty()) return {};
  aas::RegisterScalableTargetRequest document;
  *document.mutable_tags() = request.tags();
  return DocumentBytes(document);
}

absl::Status CheckBounds(std::int32_t min, std::int32_t max) {
  if (max >= min) return absl::OkStatus();
  return ValidationError(
      Say("Maximum capacity cannot be less than minimum capacity: maxCapacity is ", max, ", minCapacity is ", min));
}

void Suspend(const aas::SuspendedState& wanted, model::ScalableTarget& row) {
  if (wanted.has_dynamic_scaling_in_suspended()) row.scale_in_suspended = wanted.dynamic_scaling_in_suspended();
  if (wanted.has_dynamic_scaling_out_suspended()) row.scale_out_suspended = wanted.dynamic_scaling_out_suspended();
  if (wanted.has_scheduled_scaling_suspended()) row.scheduled_suspended = wanted.scheduled_scaling_suspended();
}

aas::ScalableTarget Show(const control::Step& step, const model::ScalableTarget& target) {
  aas::ScalableTarget shown;
  shown.set_service_namespace(aas::ServiceNamespace::ecs);
  shown.set_resource_id(target.resource_id);
  shown.set_scalable_dimension(aas::ScalableDimension::ecs_service_DesiredCount);
  shown.set_min_capacity(target.min_capacity);
  shown.set_max_capacity(target.max_capacity);
  shown.set_role_arn(target.role_arn);
  *shown.mutable_creation_time() = ToTimestamp(step.Shown(target.created_at));
  aas::SuspendedState* suspended = shown.mutable_suspended_state();
  suspended->set_dynamic_scaling_in_suspended(target.scale_in_suspended);
  suspended->set_dynamic_scaling_out_suspended(target.scale_out_suspended);
  suspended->set_scheduled_scaling_suspended(target.scheduled_suspended);
  shown.set_scalable_target_arn(ScalableTargetArn(step, target));
  return shown;
}

}  // namespace

absl::Status CheckRegisterScalableTarget(const aas::RegisterScalableTargetRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckTargetNames(request));
  for (const auto& [given, field, value] :
       {std::tuple(request.has_min_capacity(), "minCapacity", request.min_capacity()),
        {request.has_max_capacity(), "maxCapacity", request.max_capacity()}}) {
    if (given && value < 0) return ValidationError(Say(field, " is ", value, "; it must not be negative"));
  }
  if (request.has_role_arn() && (request.role_arn().empty() || request.role_arn().size() > 1600)) {
    return ValidationError(Say("roleARN has ", request.role_arn().size(), " characters; it must have 1 to 1600"));
  }
  return CheckTargetTags(request.tags());
}

absl::Status RegisterScalableTarget(control::Step& step, const CallContext& context,
                                    const aas::RegisterScalableTargetRequest& request,
                                    aas::RegisterScalableTargetResponse* response) {
  ECSMI_RETURN_IF_ERROR(CheckRegion(step, context.region));
  const auto* known =
      step.state.Find<model::ScalableTarget>(step.state.FindScalableTarget(context.region, request.resource_id()));
  if (known != nullptr) {
    // Omitted fields stay (F2).
    const std::int32_t min = request.has_min_capacity() ? request.min_capacity() : known->min_capacity;
    const std::int32_t max = request.has_max_capacity() ? request.max_capacity() : known->max_capacity;
    ECSMI_RETURN_IF_ERROR(CheckBounds(min, max));
    const model::Serial document =
        request.tags().empty() ? known->document : step.state.InternDocument(DocumentOf(request));
    const auto& row = step.state.Update<model::ScalableTarget>(known->serial, [&](model::ScalableTarget& changed) {
      changed.min_capacity = min;
      changed.max_capacity = max;
      changed.document = document;
      if (request.has_role_arn()) changed.role_arn = request.role_arn();
      Suspend(request.suspended_state(), changed);
    });
    response->set_scalable_target_arn(ScalableTargetArn(step, row));
    control::MoveIntoBounds(step, row.serial);
    return absl::OkStatus();
  }
  model::ScalableTarget row;
  row.region = context.region;
  row.resource_id = request.resource_id();
  const auto* service = step.state.Find<model::Service>(step.state.FindScaledService(row));
  if (service == nullptr || service->status == model::ServiceStatus::kInactive) {
    return ValidationError(Say("ECS service doesn't exist: ", request.resource_id()));  // F4
  }
  if (!request.has_min_capacity() || !request.has_max_capacity()) {
    return ValidationError(Say("minCapacity and maxCapacity are both required to register a scalable target; ",
                               request.has_min_capacity() ? "maxCapacity" : "minCapacity", " is not given"));  // F1
  }
  ECSMI_RETURN_IF_ERROR(CheckBounds(request.min_capacity(), request.max_capacity()));
  if (step.settings.limits && step.state.table<model::ScalableTarget>().size() >= kTargetsMax) {
    return AwsError(AwsException::kLimitExceeded,
                    Say("You have reached the limit of ", kTargetsMax, " scalable targets for namespace ecs."));
  }
  const model::Serial document = step.state.InternDocument(DocumentOf(request));
  row.serial = step.state.NewSerial();
  row.min_capacity = request.min_capacity();
  row.max_capacity = request.max_capacity();
  row.created_at = step.now;
  row.document = document;
  row.role_arn = request.has_role_arn() ? request.role_arn()
                                        : Say("arn:", Partition(context.region), ":iam::", step.account,
                                              ":role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
                                              "AWSServiceRoleForApplicationAutoScaling_ECSService");
  Suspend(request.suspended_state(), row);
  const auto& stored = step.state.Insert(std::move(row));
  response->set_scalable_target_arn(ScalableTargetArn(step, stored));
  control::MoveIntoBounds(step, stored.serial);
  return absl::OkStatus();
}

absl::Status CheckDeregisterScalableTarget(const aas::DeregisterScalableTargetRequest& request) {
  return CheckTargetNames(request);
}

absl::Status DeregisterScalableTarget(control::Step& step, const CallContext& context,
                                      const aas::DeregisterScalableTargetRequest& request,
                                      aas::DeregisterScalableTargetResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::ScalableTarget* target, ResolveTarget(step, context, request.resource_id()));
  control::EraseTarget(step, target->serial);
  return absl::OkStatus();
}

absl::Status CheckDescribeScalableTargets(const aas::DescribeScalableTargetsRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckScalingNamespace(request.service_namespace()));
  ECSMI_RETURN_IF_ERROR(CheckDimension(request.scalable_dimension(), false));
  if (request.scalable_dimension() != aas::ScalableDimension::UNSPECIFIED && request.resource_ids().empty()) {
    return ValidationError("scalableDimension is given without resourceIds; it needs them");
  }
  if (request.resource_ids_size() > kResourceIdsMax) {
    return ValidationError(
        Say("resourceIds has ", request.resource_ids_size(), " entries; at most ", kResourceIdsMax, " are allowed"));
  }
  for (int i = 0; i < request.resource_ids_size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckResourceId(Say("resourceIds[", i, "]"), request.resource_ids(i)));
  }
  return CheckScalingPage(request.has_max_results(), request.max_results());
}

absl::Status DescribeScalableTargets(control::Step& step, const CallContext& context,
                                     const aas::DescribeScalableTargetsRequest& request,
                                     aas::DescribeScalableTargetsResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Serial after, ParseScalingToken(step, kOperation, request.next_token()));
  std::vector<const model::ScalableTarget*> found;
  const auto take = [&](const model::ScalableTarget& target) {
    if (target.serial > after && target.region == context.region) found.push_back(&target);
  };
  if (request.resource_ids().empty()) {
    step.state.table<model::ScalableTarget>().ForEach(take);
  } else {
    for (const std::string& id : request.resource_ids()) {
      const auto* target = step.state.Find<model::ScalableTarget>(step.state.FindScalableTarget(context.region, id));
      if (target != nullptr) take(*target);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->serial < b->serial; });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const auto limit = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kScalingPageMax);
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) {
    *response->add_scalable_targets() = Show(step, *found[i]);
  }
  if (found.size() > limit) response->set_next_token(PageToken(step, kOperation, found[limit - 1]->serial));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
