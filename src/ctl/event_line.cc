#include "ctl/event_line.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ctl/text.h"

namespace ecsmi::ctl {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::size_t kIdLength = 8;

const Value& Member(const Struct& detail, const std::string& name) {
  const auto at = detail.fields().find(name);
  return at == detail.fields().end() ? Value::default_instance() : at->second;
}

std::string Text(const Struct& detail, const std::string& name) {
  return Member(detail, name).string_value();
}

std::string After(const char* separator, const std::string& text) {
  return text.empty() ? "" : absl::StrCat(separator, text);
}

std::string OfTask(const Struct& detail) {
  std::string what = Text(detail, "lastStatus");
  const std::string desired = Text(detail, "desiredStatus");
  const bool up = what == "PROVISIONING" || what == "PENDING" || what == "ACTIVATING" || what == "RUNNING";
  if (desired == "STOPPED" && up) what += ", shall stop";
  if (Text(detail, "healthStatus") == "UNHEALTHY") what += ", UNHEALTHY";
  what += After(": ", Text(detail, "stoppedReason"));
  for (const Value& container : Member(detail, "containers").list_value().values()) {
    const Struct& its = container.struct_value();
    const Value& code = Member(its, "exitCode");
    if (code.has_number_value()) absl::StrAppend(&what, " · ", Text(its, "name"), " exit ", code.number_value());
    what += After(" · ", Text(its, "reason"));
  }
  return what;
}

std::string OfInstance(const Struct& detail) {
  std::string type;
  for (const Value& attribute : Member(detail, "attributes").list_value().values()) {
    if (Text(attribute.struct_value(), "name") == "ecs.instance-type") type = Text(attribute.struct_value(), "value");
  }
  const double tasks =
      Member(detail, "runningTasksCount").number_value() + Member(detail, "pendingTasksCount").number_value();
  return absl::StrCat(Text(detail, "status"), After(" ", type), ", ", Count(static_cast<std::int64_t>(tasks), "task"),
                      After(": ", Text(detail, "statusReason")));
}

std::string OfAlarm(const Struct& detail) {
  const Struct& now = Member(detail, "state").struct_value();
  const Struct& before = Member(detail, "previousState").struct_value();
  return absl::StrCat(Text(now, "value"), After(", was ", Text(before, "value")), After(": ", Text(now, "reason")));
}

// What it is about, as users name it.
std::string Subject(const emu::Event& event) {
  const Struct& detail = event.detail();
  const std::string resource = event.resources().empty() ? "" : event.resources(0);
  switch (static_cast<int>(event.kind())) {
    case emu::EventKind::TASK:
      return absl::StrCat(ClusterOf(resource), "/", LastPart(resource).substr(0, kIdLength));
    case emu::EventKind::CONTAINER_INSTANCE:
      return absl::StrCat(ClusterOf(resource), "/", Text(detail, "ec2InstanceId").substr(0, kIdLength + 2));
    case emu::EventKind::SERVICE_ACTION:
    case emu::EventKind::DEPLOYMENT:
    case emu::EventKind::SCALING_ACTIVITY:
    case emu::EventKind::SERVICE:
      return resource.substr(std::min(resource.size(), resource.find('/') + 1));
    default:
      return LastPart(resource);
  }
}

const char* KindName(const emu::Event& event) {
  switch (static_cast<int>(event.kind())) {
    case emu::EventKind::TASK:
      return "task";
    case emu::EventKind::CONTAINER_INSTANCE:
      return "instance";
    case emu::EventKind::SERVICE_ACTION:
    case emu::EventKind::SERVICE:
      return "service";
    case emu::EventKind::DEPLOYMENT:
      return "deployment";
    case emu::EventKind::ALARM:
      return "alarm";
    case emu::EventKind::SCALING_ACTIVITY:
      return "scaling";
    case emu::EventKind::CLUSTER:
      return "cluster";
    case emu::EventKind::CAPACITY_PROVIDER:
      return "provider";
    default:
      return "event";  // of a newer daemon
  }
}

std::string Happened(const emu::Event& event) {
  const Struct& detail = event.detail();
  switch (static_cast<int>(event.kind())) {
    case emu::EventKind::TASK:
      return OfTask(detail);
    case emu::EventKind::CONTAINER_INSTANCE:
      return OfInstance(detail);
    case emu::EventKind::SERVICE_ACTION:
      return absl::StrCat(Text(detail, "eventName"), After(": ", Text(detail, "reason")));
    case emu::EventKind::DEPLOYMENT:
      return absl::StrCat(Text(detail, "eventName"), After(": ", Text(detail, "reason")));
    case emu::EventKind::ALARM:
      return OfAlarm(detail);
    case emu::EventKind::SCALING_ACTIVITY:
      return absl::StrCat(Text(detail, "statusCode"), After(": ", Text(detail, "description")));
    case emu::EventKind::SERVICE:
      return absl::StrCat(Text(detail, "status"), ", ", Member(detail, "desiredCount").number_value(), " wanted");
    default:
      return absl::StrCat(Text(detail, "status"), After(" ", Text(detail, "updateStatus")),
                          After(": ", Text(detail, "updateStatusReason")));
  }
}

}  // namespace

std::string WhatHappened(const emu::Event& event) {
  return Safe(Happened(event));
}

std::string EventLine(const emu::Event& event) {
  return absl::StrFormat("%-24s  %-10s  %s  %s", Moment(TimeOf(event.time())), KindName(event), Safe(Subject(event)),
                         WhatHappened(event));
}

}  // namespace ecsmi::ctl
