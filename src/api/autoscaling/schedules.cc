#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "api/autoscaling/autoscaling.h"
#include "api/autoscaling/target_check.h"
#include "api/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/scaling.h"
#include "ecsmi/core/schedule.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "DescribeScheduledActions";
constexpr std::size_t kActionsPerTargetMax = 200;  // F11
constexpr int kActionNamesMax = 50;
constexpr std::size_t kTextMax = 1600;

// Printable, none of : / |, and no blank at either end.
bool IsActionName(std::string_view name) {
  const auto bad = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == ':' || c == '/' || c == '|';
  };
  // Of C1 controls (U+0080 to U+009F) UTF-8 writes the first byte as C2.
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    const auto next = static_cast<unsigned char>(name[i + 1]);
    if (name[i] == '\xc2' && next >= 0x80 && next <= 0x9f) return false;
  }
  return !name.empty() && name.size() <= 256 && name.front() != ' ' && name.back() != ' ' &&
         std::none_of(name.begin(), name.end(), bad);
}
absl::Status CheckActionName(const std::string& field, std::string_view name) {
  if (name.empty()) return MustNotBeNull(field);
  if (IsActionName(name)) return absl::OkStatus();
  return ValidationError(Say("1 validation error detected: Value '", name, "' at '", field,
                             "' failed to satisfy constraint: Member must have length between 1 and 256 and hold no "
                             "control character, ':', '/' or '|' and no blank at its ends"));
}

absl::Status CheckMoment(std::string_view field, bool given, const google::protobuf::Timestamp& moment) {
  constexpr std::int64_t kSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59Z
  if (!given || (moment.seconds() > 0 && moment.seconds() <= kSecondsMax)) return absl::OkStatus();
  return ValidationError(Say(field, " is no moment between 1970 and 9999"));
}
model::TimeMs ShownMs(const google::protobuf::Timestamp& moment) {
  return moment.seconds() * 1000 + moment.nanos() / 1'000'000;
}

absl::Status CheckBounds(const aas::ScalableTargetAction& bounds) {
  if (!bounds.has_min_capacity() && !bounds.has_max_capacity()) {
    return ValidationError("scalableTargetAction has neither minCapacity nor maxCapacity; it needs one of them");
  }
  for (const auto& [given, field, value] : {std::tuple(bounds.has_min_capacity(), "minCapacity", bounds.min_capacity()),
                                            {bounds.has_max_capacity(), "maxCapacity", bounds.max_capacity()}}) {
    if (given && value < 0) {
      return ValidationError(Say("scalableTargetAction.", field, " is ", value, "; it must not be negative"));
    }
  }
  if (bounds.has_min_capacity() && bounds.has_max_capacity() && bounds.min_capacity() > bounds.max_capacity()) {
    return ValidationError(
        Say("Maximum capacity cannot be less than minimum capacity: scalableTargetAction.maxCapacity "
            "is ",
            bounds.max_capacity(), ", minCapacity is ", bounds.min_capacity()));
  }
  return absl::OkStatus();
}

absl::Status CheckZone(std::string_view name) {
  absl::TimeZone zone;
  if (control::LoadZone(name, &zone)) return absl::OkStatus();
  if (!control::LoadZone("Europe/London", &zone)) {
    return Ours(AwsException::kValidation,
                Say("timezone is '", name,
                    "', but this machine has no time zone database; install tzdata, or leave "
                    "timezone out for UTC"),
                "scheduled-actions");
  }
  return ValidationError(Say("timezone is '", name, "', which is no name of the IANA time zone database"));
}

aas::ScheduledAction Show(const control::Step& step, const model::ScheduledAction& action) {
  aas::ScheduledAction shown;
  shown.set_scheduled_action_name(action.name);
  shown.set_scheduled_action_arn(control::ScheduledActionArn(step, action));
  shown.set_service_namespace(aas::ServiceNamespace::ecs);
  shown.set_schedule(action.schedule);
  if (!action.timezone.empty()) shown.set_timezone(action.timezone);
  shown.set_resource_id(step.state.Get<model::ScalableTarget>(action.target).resource_id);
  shown.set_scalable_dimension(aas::ScalableDimension::ecs_service_DesiredCount);
  if (action.start_at != model::kUnset) *shown.mutable_start_time() = ToTimestamp(action.start_at);
  if (action.end_at != model::kUnset) *shown.mutable_end_time() = ToTimestamp(action.end_at);
  aas::ScalableTargetAction* bounds = shown.mutable_scalable_target_action();
  if (action.min_capacity) bounds->set_min_capacity(*action.min_capacity);
  if (action.max_capacity) bounds->set_max_capacity(*action.max_capacity);
  *shown.mutable_creation_time() = ToTimestamp(step.Shown(action.created_at));
  return shown;
}

// What the request makes of the row. Times that are not given go, all else stays.
void Configure(const aas::PutScheduledActionRequest& request, model::ScheduledAction& row) {
  if (request.has_schedule()) row.schedule = request.schedule();
  if (request.has_timezone()) row.timezone = request.timezone();
  row.start_at = request.has_start_time() ? ShownMs(request.start_time()) : model::kUnset;
  row.end_at = request.has_end_time() ? ShownMs(request.end_time()) : model::kUnset;
  if (!request.has_scalable_target_action()) return;
  const aas::ScalableTargetAction& bounds = request.scalable_target_action();
  row.min_capacity.reset();
  row.max_capacity.reset();
  if (bounds.has_min_capacity()) row.min_capacity = bounds.min_capacity();
  if (bounds.has_max_capacity()) row.max_capacity = bounds.max_capacity();
}

}  // namespace

absl::Status CheckPutScheduledAction(const aas::PutScheduledActionRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckActionName("scheduledActionName", request.scheduled_action_name()));
  ECSMI_RETURN_IF_ERROR(CheckTargetNames(request));
  if (request.has_schedule()) {
    std::string error;
    if (request.schedule().size() > kTextMax || !core::ParseSchedule(request.schedule(), &error)) {
      return ValidationError(Say("Invalid schedule: '", request.schedule().substr(0, kTextMax),
                                 "': ", error.empty() ? std::string("it has more than 1600 characters") : error));
    }
  }
  if (request.has_timezone()) {
    if (request.timezone().empty() || request.timezone().size() > kTextMax) {
      return ValidationError(Say("timezone has ", request.timezone().size(), " characters; it must have 1 to 1600"));
    }
    ECSMI_RETURN_IF_ERROR(CheckZone(request.timezone()));
  }
  ECSMI_RETURN_IF_ERROR(CheckMoment("startTime", request.has_start_time(), request.start_time()));
  ECSMI_RETURN_IF_ERROR(CheckMoment("endTime", request.has_end_time(), request.end_time()));
  if (request.has_start_time() && request.has_end_time() &&
      ShownMs(request.start_time()) >= ShownMs(request.end_time())) {
    return ValidationError("endTime must be later than startTime");
  }
  return request.has_scalable_target_action() ? CheckBounds(request.scalable_target_action()) : absl::OkStatus();
}

absl::Status PutScheduledAction(control::Step& step, const CallContext& context,
                                const aas::PutScheduledActionRequest& request, aas::PutScheduledActionResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::ScalableTarget* target, ResolveTarget(step, context, request.resource_id()));
  const auto* known = step.state.Find<model::ScheduledAction>(
      step.state.FindScheduledAction(target->serial, request.scheduled_action_name()));
  model::ScheduledAction row;
  if (known != nullptr) {
    row = *known;
  } else {
    if (!request.has_schedule()) return MustNotBeNull("schedule");
    if (!request.has_scalable_target_action()) return MustNotBeNull("scalableTargetAction");
    const auto& actions = model::ScalingLinks::Members(step.state.scaling().schedules_by_target, target->serial);
    if (step.settings.limits && actions.size() >= kActionsPerTargetMax) {
      return AwsError(AwsException::kLimitExceeded, Say("You have reached the limit of ", kActionsPerTargetMax,
                                                        " scheduled actions for ", request.resource_id(), "."));
    }
    row.region = context.region;
    row.name = request.scheduled_action_name();
    row.target = target->serial;
    row.created_at = step.now;
  }
  Configure(request, row);
  row.due_at = control::NextScheduled(step, row);
  if (row.due_at == model::kNever && (request.has_schedule() || request.has_start_time() || request.has_end_time())) {
    return ValidationError(
        Say("Invalid schedule: '", row.schedule, "' has no moment to come",
            row.start_at != model::kUnset || row.end_at != model::kUnset ? " between startTime and endTime" : ""));
  }
  if (known != nullptr) {
    step.state.Update<model::ScheduledAction>(known->serial, [&](model::ScheduledAction& changed) {
      Configure(request, changed);
      changed.due_at = row.due_at;
    });
    return absl::OkStatus();
  }
  row.serial = step.state.NewSerial();
  step.state.Insert(std::move(row));
  return absl::OkStatus();
}

absl::Status CheckDeleteScheduledAction(const aas::DeleteScheduledActionRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckActionName("scheduledActionName", request.scheduled_action_name()));
  return CheckTargetNames(request);
}

absl::Status DeleteScheduledAction(control::Step& step, const CallContext& context,
                                   const aas::DeleteScheduledActionRequest& request,
                                   aas::DeleteScheduledActionResponse*) {
  const model::Serial target = step.state.FindScalableTarget(context.region, request.resource_id());
  const model::Serial action = target == model::kNoSerial
                                   ? model::kNoSerial
                                   : step.state.FindScheduledAction(target, request.scheduled_action_name());
  if (action == model::kNoSerial) {
    return AwsError(AwsException::kObjectNotFound,
                    Say("No scheduled action found for service namespace: ecs, resource ID: ", request.resource_id(),
                        ", scalable dimension: ecs:service:DesiredCount, scheduled action name: ",
                        request.scheduled_action_name()));
  }
  step.state.Erase<model::ScheduledAction>(action);
  return absl::OkStatus();
}

absl::Status CheckDescribeScheduledActions(const aas::DescribeScheduledActionsRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckScalingNamespace(request.service_namespace()));
  ECSMI_RETURN_IF_ERROR(CheckDimension(request.scalable_dimension(), false));
  if (request.has_resource_id()) ECSMI_RETURN_IF_ERROR(CheckResourceId("resourceId", request.resource_id()));
  if (request.scalable_dimension() != aas::ScalableDimension::UNSPECIFIED && !request.has_resource_id()) {
    return ValidationError("scalableDimension is given without resourceId; it needs one");
  }
  if (request.scheduled_action_names_size() > kActionNamesMax) {
    return ValidationError(Say("scheduledActionNames has ", request.scheduled_action_names_size(), " entries; at most ",
                               kActionNamesMax, " are allowed"));
  }
  for (int i = 0; i < request.scheduled_action_names_size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckActionName(Say("scheduledActionNames[", i, "]"), request.scheduled_action_names(i)));
  }
  return CheckScalingPage(request.has_max_results(), request.max_results());
}

absl::Status DescribeScheduledActions(control::Step& step, const CallContext& context,
                                      const aas::DescribeScheduledActionsRequest& request,
                                      aas::DescribeScheduledActionsResponse* response) {
  return AddTargetPage<model::ScheduledAction>(
      step, context, kOperation, request, request.scheduled_action_names(), response,
      [&](const model::ScheduledAction& row) { *response->add_scheduled_actions() = Show(step, row); });
}

}  // namespace ecsmi::api
