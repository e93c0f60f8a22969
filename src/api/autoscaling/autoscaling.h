#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/autoscaling/v1/scalable_target.pb.h"
#include "ecsmi/autoscaling/v1/scaling_activity.pb.h"
#include "ecsmi/autoscaling/v1/scaling_policy.pb.h"
#include "ecsmi/autoscaling/v1/scheduled_action.pb.h"
#include "ecsmi/control/step.h"

// The Application Auto Scaling operations: a `Check…` needs no state (Registry::Add), the function beside it runs on
// the strand. What scales here is the desired count of ECS services, by step scaling, target tracking and schedules;
// the rest is refused by name.
namespace ecsmi::api {

namespace aas = ::ecsmi::autoscaling::v1;

absl::Status CheckRegisterScalableTarget(const aas::RegisterScalableTargetRequest& request);
absl::Status RegisterScalableTarget(control::Step& step, const CallContext& context,
                                    const aas::RegisterScalableTargetRequest& request,
                                    aas::RegisterScalableTargetResponse* response);

absl::Status CheckDeregisterScalableTarget(const aas::DeregisterScalableTargetRequest& request);
absl::Status DeregisterScalableTarget(control::Step& step, const CallContext& context,
                                      const aas::DeregisterScalableTargetRequest& request,
                                      aas::DeregisterScalableTargetResponse* response);

absl::Status CheckDescribeScalableTargets(const aas::DescribeScalableTargetsRequest& request);
absl::Status DescribeScalableTargets(control::Step& step, const CallContext& context,
                                     const aas::DescribeScalableTargetsRequest& request,
                                     aas::DescribeScalableTargetsResponse* response);

absl::Status CheckPutScalingPolicy(const aas::PutScalingPolicyRequest& request);
absl::Status PutScalingPolicy(control::Step& step, const CallContext& context,
                              const aas::PutScalingPolicyRequest& request, aas::PutScalingPolicyResponse* response);

absl::Status CheckDeleteScalingPolicy(const aas::DeleteScalingPolicyRequest& request);
absl::Status DeleteScalingPolicy(control::Step& step, const CallContext& context,
                                 const aas::DeleteScalingPolicyRequest& request,
                                 aas::DeleteScalingPolicyResponse* response);

absl::Status CheckDescribeScalingPolicies(const aas::DescribeScalingPoliciesRequest& request);
absl::Status DescribeScalingPolicies(control::Step& step, const CallContext& context,
                                     const aas::DescribeScalingPoliciesRequest& request,
                                     aas::DescribeScalingPoliciesResponse* response);

absl::Status CheckPutScheduledAction(const aas::PutScheduledActionRequest& request);
absl::Status PutScheduledAction(control::Step& step, const CallContext& context,
                                const aas::PutScheduledActionRequest& request,
                                aas::PutScheduledActionResponse* response);

absl::Status CheckDeleteScheduledAction(const aas::DeleteScheduledActionRequest& request);
absl::Status DeleteScheduledAction(control::Step& step, const CallContext& context,
                                   const aas::DeleteScheduledActionRequest& request,
                                   aas::DeleteScheduledActionResponse* response);

absl::Status CheckDescribeScheduledActions(const aas::DescribeScheduledActionsRequest& request);
absl::Status DescribeScheduledActions(control::Step& step, const CallContext& context,
                                      const aas::DescribeScheduledActionsRequest& request,
                                      aas::DescribeScheduledActionsResponse* response);

absl::Status CheckDescribeScalingActivities(const aas::DescribeScalingActivitiesRequest& request);
absl::Status DescribeScalingActivities(control::Step& step, const CallContext& context,
                                       const aas::DescribeScalingActivitiesRequest& request,
                                       aas::DescribeScalingActivitiesResponse* response);

}  // namespace ecsmi::api
