#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/autoscaling/v1/target_tracking.pb.h"
#include "ecsmi/cloudwatch/v1/alarm_operations.pb.h"
#include "ecsmi/model/scaling.h"

namespace ecsmi::api {

// Shape of a target tracking policy (F30-F33): one metric, of a kind that is emulated. Needs no state.
// Errors: ValidationException.
absl::Status CheckTrackingConfiguration(const autoscaling::v1::TargetTrackingScalingPolicyConfiguration& configuration);
// Target, cooldowns, scale-in. REQUIRES: CheckTrackingConfiguration passed.
void ConfigureTracking(const autoscaling::v1::TargetTrackingScalingPolicyConfiguration& configuration,
                       model::ScalingPolicy& row);
// What its alarms watch, as a request for an alarm would say it: metric or queries. `target`: whose service a
// predefined metric is of. REQUIRES: CheckTrackingConfiguration passed.
cloudwatch::v1::PutMetricAlarmRequest TrackedMetric(
    const autoscaling::v1::TargetTrackingScalingPolicyConfiguration& configuration,
    const model::ScalableTarget& target);

}  // namespace ecsmi::api
