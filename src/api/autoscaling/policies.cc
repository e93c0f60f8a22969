#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/autoscaling/autoscaling.h"
#include "api/autoscaling/step_check.h"
#include "api/autoscaling/target_check.h"
#include "api/autoscaling/tracking_alarms.h"
#include "api/autoscaling/tracking_check.h"
#include "api/check.h"
#include "api/cloudwatch/alarm_view.h"
#include "api/cloudwatch/put_alarm.h"
#include "api/document_bytes.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/scaling.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "DescribeScalingPolicies";
constexpr std::size_t kPoliciesPerTargetMax = 50;  // F11
constexpr int kPolicyNamesMax = 50;

absl::Status CheckPolicyName(const std::string& field, std::string_view name) {
  if (name.empty()) return MustNotBeNull(field);
  const bool printable =
      std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  if (name.size() <= 256 && printable) return absl::OkStatus();
  return ValidationError(Say(field, " '", name, "' must have 1 to 256 printable characters"));
}

void ShowAlarms(const control::Step& step, const model::ScalingPolicy& policy,
                google::protobuf::RepeatedPtrField<aas::Alarm>* shown) {
  const model::ScalingLinks& links = step.state.scaling();
  for (model::Serial serial : links.Members(links.alarms_by_action, control::PolicyActionArn(step, policy))) {
    const auto& alarm = step.state.Get<model::Alarm>(serial);
    aas::Alarm* named = shown->Add();
    named->set_alarm_name(alarm.name);
    named->set_alarm_arn(AlarmArn(step, alarm));
  }
}

aas::ScalingPolicy Show(const control::Step& step, const model::ScalingPolicy& policy) {
  aas::ScalingPolicy shown;
  shown.set_policy_arn(control::ScalingPolicyArn(step, policy));
  shown.set_policy_name(policy.name);
  shown.set_service_namespace(aas::ServiceNamespace::ecs);
  shown.set_resource_id(step.state.Get<model::ScalableTarget>(policy.target).resource_id);
  shown.set_scalable_dimension(aas::ScalableDimension::ecs_service_DesiredCount);
  shown.set_policy_type(policy.tracks ? aas::PolicyType::TargetTrackingScaling : aas::PolicyType::StepScaling);
  *shown.mutable_creation_time() = ToTimestamp(step.Shown(policy.created_at));
  if (policy.tracks) {
    const std::string_view bytes = step.state.DocumentBytes(policy.document);
    shown.mutable_target_tracking_scaling_policy_configuration()->ParseFromArray(bytes.data(),
                                                                                 static_cast<int>(bytes.size()));
  } else {
    *shown.mutable_step_scaling_policy_configuration() = ShowSteps(policy);
  }
  ShowAlarms(step, policy, shown.mutable_alarms());
  return shown;
}

void Configure(control::Step& step, const aas::PutScalingPolicyRequest& request, model::ScalingPolicy& row) {
  if (request.has_step_scaling_policy_configuration()) {
    ConfigureSteps(request.step_scaling_policy_configuration(), row);
  }
  if (!request.has_target_tracking_scaling_policy_configuration()) return;
  aas::TargetTrackingScalingPolicyConfiguration echoed = request.target_tracking_scaling_policy_configuration();
  echoed.DiscardUnknownFields();
  ConfigureTracking(echoed, row);
  row.document = step.state.InternDocument(DocumentBytes(echoed));
}

// Whether there may be such a policy beside what there is. A policy keeps its type.
absl::Status CheckAgainstState(const control::Step& step, const model::ScalableTarget& target, model::Serial known,
                               const aas::PutScalingPolicyRequest& request) {
  const bool tracks = request.policy_type() == aas::PolicyType::TargetTrackingScaling;
  const auto* policy = step.state.Find<model::ScalingPolicy>(known);
  if (policy != nullptr && policy->tracks != tracks &&
      (request.policy_type() != aas::PolicyType::UNSPECIFIED || request.has_step_scaling_policy_configuration())) {
    return ValidationError(Say("policyType of the policy '", request.policy_name(), "' is ",
                               policy->tracks ? "TargetTrackingScaling" : "StepScaling",
                               "; it cannot be changed, delete the policy first"));
  }
  if (policy == nullptr && tracks && !request.has_target_tracking_scaling_policy_configuration()) {
    return MustNotBeNull("targetTrackingScalingPolicyConfiguration");
  }
  if (policy == nullptr && !tracks && !request.has_step_scaling_policy_configuration()) {
    return MustNotBeNull("stepScalingPolicyConfiguration");
  }
  if (!step.settings.limits) return absl::OkStatus();
  const model::ScalingLinks& links = step.state.scaling();
  if (policy == nullptr && links.Members(links.policies_by_target, target.serial).size() >= kPoliciesPerTargetMax) {
    return AwsError(AwsException::kLimitExceeded, Say("You have reached the limit of ", kPoliciesPerTargetMax,
                                                      " scaling policies for ", request.resource_id(), "."));
  }
  if (!request.has_target_tracking_scaling_policy_configuration()) return absl::OkStatus();
  model::ScalingPolicy wanted = policy == nullptr ? model::ScalingPolicy() : *policy;
  ConfigureTracking(request.target_tracking_scaling_policy_configuration(), wanted);
  if (step.state.table<model::Alarm>().size() + NewTrackingAlarms(step, wanted) <= kAlarmsMax) return absl::OkStatus();
  return AwsError(AwsException::kLimitExceeded,
                  Say("The maximum number of alarms, ", kAlarmsMax, ", leaves no room for those of the policy."));
}

}  // namespace

absl::Status CheckPutScalingPolicy(const aas::PutScalingPolicyRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPolicyName("policyName", request.policy_name()));
  ECSMI_RETURN_IF_ERROR(CheckTargetNames(request));
  if (request.policy_type() == aas::PolicyType::PredictiveScaling ||
      request.has_predictive_scaling_policy_configuration()) {
    return Ours(
        AwsException::kValidation,
        "policyType PredictiveScaling and predictiveScalingPolicyConfiguration are not emulated; use StepScaling",
        "predictive-scaling");
  }
  // Without a type a policy is one of step scaling (assumed).
  const bool tracks = request.policy_type() == aas::PolicyType::TargetTrackingScaling;
  if (request.has_target_tracking_scaling_policy_configuration()) {
    if (!tracks) {
      return ValidationError(
          "targetTrackingScalingPolicyConfiguration goes with policyType TargetTrackingScaling only");
    }
    ECSMI_RETURN_IF_ERROR(CheckTrackingConfiguration(request.target_tracking_scaling_policy_configuration()));
  }
  if (!request.has_step_scaling_policy_configuration()) return absl::OkStatus();
  if (tracks) return ValidationError("stepScalingPolicyConfiguration goes with policyType StepScaling only");
  return CheckStepConfiguration(request.step_scaling_policy_configuration());
}

absl::Status PutScalingPolicy(control::Step& step, const CallContext& context,
                              const aas::PutScalingPolicyRequest& request, aas::PutScalingPolicyResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::ScalableTarget* target, ResolveTarget(step, context, request.resource_id()));
  const model::Serial known = step.state.FindPolicy(target->serial, request.policy_name());
  ECSMI_RETURN_IF_ERROR(CheckAgainstState(step, *target, known, request));
  model::Serial serial = known;
  if (known == model::kNoSerial) {
    model::ScalingPolicy row;
    row.serial = serial = step.state.NewSerial();
    row.region = context.region;
    row.name = request.policy_name();
    row.target = target->serial;
    row.created_at = step.now;
    Configure(step, request, row);
    step.state.Insert(std::move(row));
  } else {
    // What is not given stays as it was; a configuration that is given replaces the old one whole.
    step.state.Update<model::ScalingPolicy>(known, [&](model::ScalingPolicy& row) { Configure(step, request, row); });
  }
  if (request.has_target_tracking_scaling_policy_configuration()) {
    PutTrackingAlarms(step, serial, request.target_tracking_scaling_policy_configuration());
  }
  const auto& policy = step.state.Get<model::ScalingPolicy>(serial);
  response->set_policy_arn(control::ScalingPolicyArn(step, policy));
  if (policy.tracks) ShowAlarms(step, policy, response->mutable_alarms());
  return absl::OkStatus();
}

absl::Status CheckDeleteScalingPolicy(const aas::DeleteScalingPolicyRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPolicyName("policyName", request.policy_name()));
  return CheckTargetNames(request);
}

absl::Status DeleteScalingPolicy(control::Step& step, const CallContext& context,
                                 const aas::DeleteScalingPolicyRequest& request, aas::DeleteScalingPolicyResponse*) {
  const model::Serial target = step.state.FindScalableTarget(context.region, request.resource_id());
  const model::Serial policy =
      target == model::kNoSerial ? model::kNoSerial : step.state.FindPolicy(target, request.policy_name());
  if (policy == model::kNoSerial) {
    return AwsError(AwsException::kObjectNotFound,
                    Say("No scaling policy found for service namespace: ecs, resource ID: ", request.resource_id(),
                        ", scalable dimension: ecs:service:DesiredCount, policy name: ", request.policy_name()));
  }
  control::ErasePolicy(step, policy);
  return absl::OkStatus();
}

absl::Status CheckDescribeScalingPolicies(const aas::DescribeScalingPoliciesRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckScalingNamespace(request.service_namespace()));
  ECSMI_RETURN_IF_ERROR(CheckDimension(request.scalable_dimension(), false));
  if (request.has_resource_id()) ECSMI_RETURN_IF_ERROR(CheckResourceId("resourceId", request.resource_id()));
  if (request.scalable_dimension() != aas::ScalableDimension::UNSPECIFIED && !request.has_resource_id()) {
    return ValidationError("scalableDimension is given without resourceId; it needs one");
  }
  if (request.policy_names_size() > kPolicyNamesMax) {
    return ValidationError(
        Say("policyNames has ", request.policy_names_size(), " entries; at most ", kPolicyNamesMax, " are allowed"));
  }
  for (int i = 0; i < request.policy_names_size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckPolicyName(Say("policyNames[", i, "]"), request.policy_names(i)));
  }
  return CheckScalingPage(request.has_max_results(), request.max_results());
}

absl::Status DescribeScalingPolicies(control::Step& step, const CallContext& context,
                                     const aas::DescribeScalingPoliciesRequest& request,
                                     aas::DescribeScalingPoliciesResponse* response) {
  return AddTargetPage<model::ScalingPolicy>(
      step, context, kOperation, request, request.policy_names(), response,
      [&](const model::ScalingPolicy& row) { *response->add_scaling_policies() = Show(step, row); });
}

}  // namespace ecsmi::api
