#pragma once

#include "absl/status/status.h"
#include "ecsmi/autoscaling/v1/step_scaling.pb.h"
#include "ecsmi/model/scaling.h"

namespace ecsmi::api {

// Shape of a step policy (F11, F20, F22): types, bounds without gaps or overlaps, at most 20 steps. Needs no state.
// Errors: ValidationException, LimitExceededException.
absl::Status CheckStepConfiguration(const autoscaling::v1::StepScalingPolicyConfiguration& configuration);
// REQUIRES: CheckStepConfiguration passed.
void ConfigureSteps(const autoscaling::v1::StepScalingPolicyConfiguration& configuration, model::ScalingPolicy& row);
autoscaling::v1::StepScalingPolicyConfiguration ShowSteps(const model::ScalingPolicy& row);

}  // namespace ecsmi::api
