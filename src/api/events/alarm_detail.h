#pragma once

#include "ecsmi/control/step.h"
#include "google/protobuf/struct.pb.h"

namespace ecsmi::api {

// The detail of a "CloudWatch Alarm State Change": the state, the one before, and what is watched.
google::protobuf::Struct AlarmDetail(const control::Step& scene, const model::Alarm& alarm, const model::Alarm& before);

}  // namespace ecsmi::api
