#pragma once

#include <cstddef>
#include <string>

#include "ecsmi/cloudwatch/v1/alarm_operations.pb.h"
#include "ecsmi/control/step.h"

namespace ecsmi::api {

inline constexpr std::size_t kAlarmsMax = 5000;  // of a Region and account

// An alarm as the request configures it, in INSUFFICIENT_DATA (F50). REQUIRES: `serial` is fresh, the request is
// checked, nobody has the name.
void InsertAlarm(control::Step& step, model::Serial serial, const std::string& region, const std::string& name,
                 const cloudwatch::v1::PutMetricAlarmRequest& request);
// The state stays, the configuration is replaced (F50).
void UpdateAlarm(control::Step& step, model::Serial alarm, const cloudwatch::v1::PutMetricAlarmRequest& request);

}  // namespace ecsmi::api
