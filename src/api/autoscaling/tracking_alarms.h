#pragma once

#include <cstddef>

#include "ecsmi/autoscaling/v1/target_tracking.pb.h"
#include "ecsmi/control/step.h"

namespace ecsmi::api {

// Makes or renews the alarms of a target tracking policy (F31, F36): one above its target, and one below it unless
// scale-in is disabled. Alarms that users deleted come back. REQUIRES: the policy is configured.
void PutTrackingAlarms(control::Step& step, model::Serial policy,
                       const autoscaling::v1::TargetTrackingScalingPolicyConfiguration& configuration);
// How many alarms that would add, for the limit on alarms.
std::size_t NewTrackingAlarms(const control::Step& step, const model::ScalingPolicy& policy);

}  // namespace ecsmi::api
