#pragma once

#include <string>

#include "ecsmi/cloudwatch/v1/alarm.pb.h"
#include "ecsmi/control/step.h"

namespace ecsmi::api {

std::string AlarmArn(const control::Step& step, const model::Alarm& alarm);
// An alarm as AWS describes it.
cloudwatch::v1::MetricAlarm ShowAlarm(const control::Step& step, const model::Alarm& alarm);
cloudwatch::v1::StateValue::Value ShowState(model::AlarmState state);

}  // namespace ecsmi::api
