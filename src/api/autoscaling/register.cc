#include "api/autoscaling/autoscaling.h"
#include "api/autoscaling/target_tags.h"

namespace ecsmi::api {

void RegisterAutoScaling(Registry& registry) {
  constexpr char kService[] = "ecsmi.autoscaling.v1.ApplicationAutoScalingService";
  registry.Add<aas::RegisterScalableTargetRequest, aas::RegisterScalableTargetResponse>(
      kService, "RegisterScalableTarget", CheckRegisterScalableTarget, RegisterScalableTarget);
  registry.Add<aas::DeregisterScalableTargetRequest, aas::DeregisterScalableTargetResponse>(
      kService, "DeregisterScalableTarget", CheckDeregisterScalableTarget, DeregisterScalableTarget);
  registry.Add<aas::DescribeScalableTargetsRequest, aas::DescribeScalableTargetsResponse>(
      kService, "DescribeScalableTargets", CheckDescribeScalableTargets, DescribeScalableTargets);
  registry.Add<aas::PutScalingPolicyRequest, aas::PutScalingPolicyResponse>(kService, "PutScalingPolicy",
                                                                            CheckPutScalingPolicy, PutScalingPolicy);
  registry.Add<aas::DeleteScalingPolicyRequest, aas::DeleteScalingPolicyResponse>(
      kService, "DeleteScalingPolicy", CheckDeleteScalingPolicy, DeleteScalingPolicy);
  registry.Add<aas::DescribeScalingPoliciesRequest, aas::DescribeScalingPoliciesResponse>(
      kService, "DescribeScalingPolicies", CheckDescribeScalingPolicies, DescribeScalingPolicies);
  registry.Add<aas::TagResourceRequest, aas::TagResourceResponse>(kService, "TagResource", CheckTagTarget, TagTarget);
  registry.Add<aas::UntagResourceRequest, aas::UntagResourceResponse>(kService, "UntagResource", CheckUntagTarget,
                                                                      UntagTarget);
  registry.Add<aas::ListTagsForResourceRequest, aas::ListTagsForResourceResponse>(
      kService, "ListTagsForResource", CheckListTagsOfTarget, ListTagsOfTarget);
  registry.Add<aas::PutScheduledActionRequest, aas::PutScheduledActionResponse>(
      kService, "PutScheduledAction", CheckPutScheduledAction, PutScheduledAction);
  registry.Add<aas::DeleteScheduledActionRequest, aas::DeleteScheduledActionResponse>(
      kService, "DeleteScheduledAction", CheckDeleteScheduledAction, DeleteScheduledAction);
  registry.Add<aas::DescribeScheduledActionsRequest, aas::DescribeScheduledActionsResponse>(
      kService, "DescribeScheduledActions", CheckDescribeScheduledActions, DescribeScheduledActions);
  registry.Add<aas::DescribeScalingActivitiesRequest, aas::DescribeScalingActivitiesResponse>(
      kService, "DescribeScalingActivities", CheckDescribeScalingActivities, DescribeScalingActivities);
}

}  // namespace ecsmi::api
