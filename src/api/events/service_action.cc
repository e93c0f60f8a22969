#include "api/events/service_action.h"

#include <utility>

#include "api/events/event_struct.h"

namespace ecsmi::api {
namespace {

struct Line {
  std::string_view part;  // of the message
  std::string_view type;
  std::string_view name;
  std::string_view reason_after;  // the reason is what comes behind it; empty: none is given
};

// Texts: control/services.cc, control/service_events.cc, control/zone_balance.cc (D11, D45, B80, C44, D63).
constexpr Line kLines[] = {
    {") has reached a steady state.", "INFO", "SERVICE_STEADY_STATE", ""},
    {") has started ", "INFO", "TASKS_STARTED", ""},
    {") is not AZ balanced with ", "INFO", "SERVICE_REBALANCING_STARTED", ""},
    {") is AZ balanced with ", "INFO", "SERVICE_REBALANCING_COMPLETED", ""},
    {") is unable to consistently start tasks successfully.", "WARN", "SERVICE_TASK_START_IMPAIRED", ""},
    {") was unable to place a task. Reason: ", "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "Reason: "},
    {") was unable to place tasks in your cluster because ", "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "because "},
};

}  // namespace

ServiceAction ActionOf(std::string_view message) {
  for (const Line& line : kLines) {
    if (message.find(line.part) == std::string_view::npos) continue;
    ServiceAction action{.type = line.type, .name = line.name, .reason = {}};
    if (!line.reason_after.empty()) {
      action.reason = std::string(message.substr(message.find(line.reason_after) + line.reason_after.size()));
    }
    return action;
  }
  return {};
}

google::protobuf::Struct ActionDetail(const ServiceAction& action, std::string cluster_arn,
                                      std::int64_t created_at_ms) {
  google::protobuf::Struct detail;
  Put(detail, "eventType", std::string(action.type));
  Put(detail, "eventName", std::string(action.name));
  Put(detail, "clusterArn", std::move(cluster_arn));
  Put(detail, "createdAt", IsoTime(created_at_ms));
  if (!action.reason.empty()) Put(detail, "reason", action.reason);
  return detail;
}

}  // namespace ecsmi::api
