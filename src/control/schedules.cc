#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "control/simulation.h"
#include "ecsmi/base/check.h"
#include "ecsmi/control/scaling.h"
#include "ecsmi/core/schedule.h"
#include "ecsmi/model/aws_ids.h"

// Scheduled actions: at the moments of a schedule a target gets new bounds, and its service's count moves into them at
// once, whatever cooldown runs (F24).
namespace ecsmi::control {
namespace {

using model::ActivityStatus;
using model::ScalableTarget;
using model::ScheduledAction;
using model::TimeMs;

constexpr model::DurationMs kActivityRetentionMs = 42 * model::kDayMs;  // six weeks (F8)

// "min capacity to 2 and max capacity to 8"
std::string BoundsText(const ScheduledAction& action) {
  std::string text;
  if (action.min_capacity) absl::StrAppend(&text, "min capacity to ", *action.min_capacity);
  if (action.max_capacity) {
    absl::StrAppend(&text, text.empty() ? "" : " and ", "max capacity to ", *action.max_capacity);
  }
  return text;
}

// The moment's work is done at once: an activity that has ended.
void TellActivity(Step& step, const ScheduledAction& action, ActivityStatus status, std::string message) {
  const auto& target = step.state.Get<ScalableTarget>(action.target);
  model::ScalingActivity activity;
  activity.serial = step.state.NewSerial();
  activity.region = target.region;
  activity.resource_id = target.resource_id;
  activity.description = absl::StrCat("Setting ", BoundsText(action));
  activity.cause = absl::StrCat("scheduled action name ", action.name, " was triggered");
  activity.status = status;
  activity.status_message = std::move(message);
  activity.started_at = step.now;
  activity.desired_count = -1;
  activity.ended_at = step.now;
  activity.due_at = step.now + kActivityRetentionMs;
  step.state.Insert(std::move(activity));
}

void Act(Step& step, const ScheduledAction& action) {
  const auto& target = step.state.Get<ScalableTarget>(action.target);
  if (target.scheduled_suspended) return;  // F5
  const std::int32_t min = action.min_capacity.value_or(target.min_capacity);
  const std::int32_t max = action.max_capacity.value_or(target.max_capacity);
  if (min > max) {
    return TellActivity(step, action, ActivityStatus::kFailed,
                        absl::StrCat("Failed to set ", BoundsText(action),
                                     ". Maximum capacity cannot be less than minimum capacity: they would be ", max,
                                     " and ", min, "."));
  }
  TellActivity(step, action, ActivityStatus::kSuccessful, absl::StrCat("Successfully set ", BoundsText(action)));
  step.state.Update<ScalableTarget>(action.target, [&](ScalableTarget& row) {
    row.min_capacity = min;
    row.max_capacity = max;
  });
  MoveIntoBounds(step, action.target);
}

}  // namespace

std::string ScheduledActionArn(const Step& step, const ScheduledAction& action) {
  const std::string_view partition = model::Partition(action.region);
  return absl::StrCat(
      "arn:", absl::string_view(partition.data(), partition.size()), ":autoscaling:", action.region, ":", step.account,
      ":scheduledAction:", model::Uuid(step.key, ScheduledAction::kTable, action.serial), ":resource/ecs/",
      step.state.Get<ScalableTarget>(action.target).resource_id, ":scheduledActionName/", action.name);
}

bool LoadZone(std::string_view name, absl::TimeZone* zone) {
  *zone = absl::UTCTimeZone();
  if (name.empty()) return true;
  // What else the loader understands, files and zones of its own, are no names of the database.
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '+' || c == '-';
  });
  if (!plain || name.front() == '/' || name == "localtime" || name.substr(0, 6) == "Fixed/") return false;
  return absl::LoadTimeZone({name.data(), name.size()}, zone);
}

TimeMs NextScheduled(const Step& step, const ScheduledAction& action) {
  std::string error;
  const std::optional<core::Schedule> schedule = core::ParseSchedule(action.schedule, &error);
  ECSMI_CHECK(schedule.has_value());
  absl::TimeZone zone;
  if (!LoadZone(action.timezone, &zone)) return model::kNever;
  const TimeMs first =
      action.start_at != model::kUnset ? action.start_at : step.Shown(action.created_at) + schedule->every;
  const TimeMs after = std::max(step.Shown(step.now), action.start_at - 1);
  const std::optional<TimeMs> next = core::NextOccurrence(*schedule, zone, first, after);
  if (!next || (action.end_at != model::kUnset && *next > action.end_at)) return model::kNever;
  return RunningTime(step.shown, *next);
}

void FireScheduledAction(Step& step, model::Serial serial) {
  if (step.state.Get<ScheduledAction>(serial).due_at > step.now) return;
  Act(step, step.state.Get<ScheduledAction>(serial));
  const TimeMs next = NextScheduled(step, step.state.Get<ScheduledAction>(serial));
  step.state.Update<ScheduledAction>(serial, [&](ScheduledAction& row) { row.due_at = next; });
}

}  // namespace ecsmi::control
