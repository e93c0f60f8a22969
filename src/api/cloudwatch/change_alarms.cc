#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "api/check.h"
#include "api/cloudwatch/cloudwatch.h"
#include "api/cloudwatch/metric_check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/scaling.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace ecsmi::api {
namespace {

constexpr int kNamesMax = 100;
using NameList = google::protobuf::RepeatedPtrField<std::string>;

absl::Status CheckAlarmNames(const NameList& names) {
  if (names.empty()) return Missing("AlarmNames");
  if (names.size() > kNamesMax) {
    return BadValue(
        Say("The parameter AlarmNames has ", names.size(), " entries; at most ", kNamesMax, " are allowed"));
  }
  for (int i = 0; i < names.size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckLength(Say("AlarmNames.member.", i + 1), names[i], 1, 255));
  }
  return absl::OkStatus();
}

std::vector<model::Serial> Known(const control::Step& step, const CallContext& context, const NameList& names) {
  std::vector<model::Serial> known;
  for (const std::string& name : names) {
    const model::Serial alarm = step.state.FindAlarm(context.region, name);
    if (alarm != model::kNoSerial) known.push_back(alarm);
  }
  return known;
}

// Names nobody knows are passed over, as AWS does.
absl::Status SetActionsEnabled(control::Step& step, const CallContext& context, const NameList& names, bool enabled) {
  for (model::Serial serial : Known(step, context, names)) {
    if (step.state.Get<model::Alarm>(serial).actions_enabled == enabled) continue;
    step.state.Update<model::Alarm>(serial, [&](model::Alarm& row) {
      row.actions_enabled = enabled;
      row.configuration_updated_at = step.now;
    });
  }
  return absl::OkStatus();
}

// `recentDatapoints` of CloudWatch's state reason data; false when the text is no JSON object.
bool RecentDatapoints(const std::string& json, std::vector<double>* newest) {
  google::protobuf::Struct data;
  if (!google::protobuf::util::JsonStringToMessage(json, &data).ok()) return false;
  const auto at = data.fields().find("recentDatapoints");
  if (at == data.fields().end()) return true;
  for (const google::protobuf::Value& value : at->second.list_value().values()) {
    if (value.kind_case() == google::protobuf::Value::kNumberValue) newest->push_back(value.number_value());
  }
  return true;
}

}  // namespace

absl::Status CheckDeleteAlarms(const cw::DeleteAlarmsRequest& request) {
  return CheckAlarmNames(request.alarm_names());
}

absl::Status DeleteAlarms(control::Step& step, const CallContext& context, const cw::DeleteAlarmsRequest& request,
                          cw::DeleteAlarmsResponse*) {
  const std::vector<model::Serial> known = Known(step, context, request.alarm_names());
  if (known.empty()) {
    return AwsError(
        AwsException::kCloudWatchResourceNotFound,
        Say("None of the alarms exists: ", request.alarm_names(0), request.alarm_names_size() > 1 ? " …" : ""));
  }
  for (model::Serial serial : known) {
    if (step.state.Find<model::Alarm>(serial) != nullptr) control::EraseAlarm(step, serial);
  }
  return absl::OkStatus();
}

absl::Status CheckEnableAlarmActions(const cw::EnableAlarmActionsRequest& request) {
  return CheckAlarmNames(request.alarm_names());
}
absl::Status EnableAlarmActions(control::Step& step, const CallContext& context,
                                const cw::EnableAlarmActionsRequest& request, cw::EnableAlarmActionsResponse*) {
  return SetActionsEnabled(step, context, request.alarm_names(), true);
}

absl::Status CheckDisableAlarmActions(const cw::DisableAlarmActionsRequest& request) {
  return CheckAlarmNames(request.alarm_names());
}
absl::Status DisableAlarmActions(control::Step& step, const CallContext& context,
                                 const cw::DisableAlarmActionsRequest& request, cw::DisableAlarmActionsResponse*) {
  return SetActionsEnabled(step, context, request.alarm_names(), false);
}

absl::Status CheckSetAlarmState(const cw::SetAlarmStateRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckLength("AlarmName", request.alarm_name(), 1, 255));
  if (request.state_value() == cw::StateValue::UNSPECIFIED) return Missing("StateValue");
  if (!request.has_state_reason()) return Missing("StateReason");
  ECSMI_RETURN_IF_ERROR(CheckLength("StateReason", request.state_reason(), 0, 1023));
  ECSMI_RETURN_IF_ERROR(CheckLength("StateReasonData", request.state_reason_data(), 0, 4000));
  std::vector<double> newest;
  if (!request.state_reason_data().empty() && !RecentDatapoints(request.state_reason_data(), &newest)) {
    return AwsError(AwsException::kCloudWatchInvalidFormat, "StateReasonData is not a JSON object.");
  }
  return absl::OkStatus();
}

absl::Status SetAlarmState(control::Step& step, const CallContext& context, const cw::SetAlarmStateRequest& request,
                           cw::SetAlarmStateResponse*) {
  const model::Serial alarm = step.state.FindAlarm(context.region, request.alarm_name());
  if (alarm == model::kNoSerial) {
    return AwsError(AwsException::kCloudWatchResourceNotFound, Say("Unknown alarm ", request.alarm_name()));
  }
  control::ForcedState forced;
  forced.state = request.state_value() == cw::StateValue::ALARM ? model::AlarmState::kAlarm
                 : request.state_value() == cw::StateValue::OK  ? model::AlarmState::kOk
                                                                : model::AlarmState::kInsufficientData;
  forced.reason = request.state_reason();
  forced.reason_data = request.state_reason_data();
  RecentDatapoints(request.state_reason_data(), &forced.newest);
  control::ForceAlarmState(step, alarm, std::move(forced));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
