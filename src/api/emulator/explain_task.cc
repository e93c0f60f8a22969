#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "api/check.h"
#include "api/emulator/emulator.h"
#include "api/emulator/explain_words.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/explain.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
using control::WaitsFor;
using model::Task;
using model::TaskStatus;

// When the task came to the status it has.
model::TimeMs Since(const Task& task) {
  switch (task.status) {
    case TaskStatus::kProvisioning:
      return task.created_at;
    case TaskStatus::kPending:
      return task.pull_started_at;
    case TaskStatus::kActivating:
      return task.pull_stopped_at;
    case TaskStatus::kRunning:
      return task.started_at;
    case TaskStatus::kDeactivating:
    case TaskStatus::kStopping:
      return task.stopping_at;
    case TaskStatus::kDeprovisioning:
      return std::max(task.stopping_at, task.execution_stopped_at);
    case TaskStatus::kStopped:
      return task.stopped_at;
  }
  return task.created_at;
}

// What a status is spent with, for "then pull 6 s".
std::string_view WorkOf(TaskStatus status) {
  switch (status) {
    case TaskStatus::kPending:
      return "pull";
    case TaskStatus::kActivating:
      return "start";
    case TaskStatus::kRunning:
      return "run";
    case TaskStatus::kStopping:
      return "stop";
    case TaskStatus::kProvisioning:
    case TaskStatus::kDeactivating:
    case TaskStatus::kDeprovisioning:
    case TaskStatus::kStopped:
      break;
  }
  return "";
}

const char* StopCodeName(model::StopCode code) {
  switch (code) {
    case model::StopCode::kNone:
      return "";
    case model::StopCode::kTaskFailedToStart:
      return "TaskFailedToStart";
    case model::StopCode::kEssentialContainerExited:
      return "EssentialContainerExited";
    case model::StopCode::kUserInitiated:
      return "UserInitiated";
    case model::StopCode::kServiceSchedulerInitiated:
      return "ServiceSchedulerInitiated";
    case model::StopCode::kSpotInterruption:
      return "SpotInterruption";
    case model::StopCode::kTerminationNotice:
      return "TerminationNotice";
    case model::StopCode::kInfrastructureHealth:
      return "InfrastructureHealth";
  }
  return "";
}

// One numbering here and on the wire.
static_assert(static_cast<int>(model::StopCause::kUser) == emu::TaskStop::USER &&
              static_cast<int>(model::StopCause::kWorkDone) == emu::TaskStop::WORK_DONE &&
              static_cast<int>(model::PlacementCause::kOccupiedInstance) == emu::PlacementCause::OCCUPIED_INSTANCE &&
              static_cast<int>(model::PlacementCause::kNamedInstance) == emu::PlacementCause::NAMED_INSTANCE &&
              static_cast<int>(WaitsFor::kBatch) == emu::TaskWait::BATCH_WINDOW &&
              static_cast<int>(WaitsFor::kNoInstanceType) == emu::TaskWait::NO_INSTANCE_TYPE);

std::string StopText(model::StopCause cause) {
  switch (cause) {
    case model::StopCause::kNone:
      return "It was stopped";
    case model::StopCause::kUser:
      return "StopTask was called";
    case model::StopCause::kFailedToStart:
      return "It failed to start";
    case model::StopCause::kContainerExited:
      return "An essential container exited";
    case model::StopCause::kUnhealthy:
      return "Its service replaces it: a health check failed";
    case model::StopCause::kScaleIn:
      return "Its service wants fewer tasks";
    case model::StopCause::kReplaced:
      return "Its service replaced it: its deployment gave way to another, or its instance drains";
    case model::StopCause::kServiceDeleted:
      return "Its service was deleted";
    case model::StopCause::kGivenUp:
      return "It had waited for room as long as a task may";
    case model::StopCause::kWorkDone:
      return "Its worker found nothing more to do";
  }
  return "";
}

// A service replaces tasks of an older deployment, and those whose instance drains (E30).
bool WasDrained(const Step& step, const Task& task) {
  const auto* instance = step.state.Find<model::ContainerInstance>(task.instance);
  return task.stop_cause == model::StopCause::kReplaced && instance != nullptr &&
         instance->draining_at != model::kUnset && instance->draining_at <= task.stopping_at;
}

// What a task is told of in one line, part by part.
class Line {
 public:
  void Add(std::string part) {
    if (!part.empty()) parts_.push_back(std::move(part));
  }
  std::string Text() const { return absl::StrJoin(parts_, " · "); }

 private:
  std::vector<std::string> parts_;
};

std::string InstanceText(const Step& step, const model::ContainerInstance& instance) {
  return Say(model::Ec2InstanceId(step.key, instance.serial), " ", instance.type, " (", control::NameOf(instance.stage),
             ")");
}

std::string TypeLacks(const control::Wait& wait) {
  std::string text = Say("no instance type that is allowed has the ", wait.requirement, " it asks for");
  if (wait.asked) {
    text = Say(text, ": ", *wait.asked, ", and ", wait.most_offered_by.empty() ? "none is allowed" : "the most is ");
    if (!wait.most_offered_by.empty()) text = Say(text, wait.most_offered, " (", wait.most_offered_by, ")");
  }
  return text;
}

std::string WaitText(const control::Wait& wait, const model::CapacityProvider& provider) {
  switch (wait.what) {
    case WaitsFor::kBatch:
      return Say("waits with ", CountText(static_cast<std::int64_t>(wait.tasks_waiting), "task"),
                 " in all for capacity to be planned");
    case WaitsFor::kNextPass:
      return "waits for the pass that places and launches to go on";
    case WaitsFor::kQuota:
      return Say("VcpuLimitExceeded: ", provider.refusal.type, " would exceed ", provider.refusal.quota,
                 " vCPUs of quota class ", provider.refusal.quota_class, ", ", provider.refusal.used, " in use");
    case WaitsFor::kNoInstanceType:
      return TypeLacks(wait);
  }
  return "";
}

std::string MissText(const Step& step, const core::Miss& miss) {
  const auto& instance = step.state.Get<model::ContainerInstance>(miss.instance);
  return Say(model::Ec2InstanceId(step.key, miss.instance), " ", instance.type, " lacks ",
             absl::StrJoin(core::NamesOf(miss.lacks), ", ",
                           [](std::string* out, std::string_view name) { out->append(name); }));
}

void FillWait(Step& step, const Task& task, Line& line, emu::ExplainTaskResponse* out) {
  const control::Wait wait = control::WaitOf(step, task);
  const auto& provider = step.state.Get<model::CapacityProvider>(task.provider);
  emu::TaskWait& told = *out->mutable_waits();
  told.set_kind(static_cast<emu::TaskWait::Kind>(wait.what));
  if (IsMoment(wait.until)) *told.mutable_until() = MomentOf(step, wait.until);
  *told.mutable_gives_up_at() = MomentOf(step, task.due_at);
  if (provider.refusal.attempts > 0) FillRefusal(step, provider.refusal, told.mutable_refusal());
  if (wait.what == WaitsFor::kNoInstanceType) told.set_requirement(wait.requirement);
  if (wait.asked) {
    told.set_asked(*wait.asked);
    told.set_most_offered(wait.most_offered);
    if (!wait.most_offered_by.empty()) told.set_most_offered_by(wait.most_offered_by);
  }
  told.set_tasks_waiting(static_cast<std::int32_t>(wait.tasks_waiting));
  told.set_instances_looked_at(static_cast<std::int32_t>(wait.instances));
  std::vector<std::string> misses;
  for (const core::Miss& miss : wait.misses) {
    const auto& instance = step.state.Get<model::ContainerInstance>(miss.instance);
    emu::NearMiss& near = *told.add_near_misses();
    near.set_ec2_instance_id(model::Ec2InstanceId(step.key, miss.instance));
    near.set_instance_type(instance.type);
    for (const std::string_view lack : core::NamesOf(miss.lacks)) near.add_lacks(std::string(lack));
    FillResources(instance.remaining, near.mutable_remaining());
    misses.push_back(MissText(step, miss));
  }
  const std::string why = WaitText(wait, provider);
  line.Add(why);
  if (IsMoment(wait.until)) {
    const bool again = wait.what == WaitsFor::kQuota || wait.what == WaitsFor::kNoInstanceType;
    line.Add(Say("next: ", again ? "tried again " : "planned ", InText(step, wait.until)));
  }
  line.Add(Say("given up ", InText(step, task.due_at)));
  AddReason(step, *out->mutable_reasons(), emu::TaskWait::Kind_Name(told.kind()), Say("It ", why, "."), wait.until);
  AddReason(step, *out->mutable_reasons(), "NO_ROOM",
            misses.empty() ? Say(provider.name, " has no instance that takes tasks.")
                           : Say("No instance of ", provider.name, " has room: ", absl::StrJoin(misses, "; "), "."));
  AddReason(step, *out->mutable_reasons(), "GIVEN_UP", "If there is no room by then it is given up.", task.due_at);
}

std::string PlacementText(const Task& task, const model::ContainerInstance& instance, const std::string& zone,
                          const std::string& group) {
  const std::string where = Say(instance.type, " in ", zone);
  std::string why;
  switch (task.placement) {
    case model::PlacementCause::kNone:
      return "";
    case model::PlacementCause::kNewInstance:
      return Say("The plan that launched this ", where, " meant it for this task.");
    case model::PlacementCause::kNamedInstance:
      return Say("Whoever started the task named this ", where, ".");
    case model::PlacementCause::kOccupiedInstance:
      why = "it held tasks, and of those that had room its room was the tightest";
      break;
    case model::PlacementCause::kEmptyInstance:
      why = "no instance that held tasks had room, and of the empty ones this is the cheapest type";
      break;
    case model::PlacementCause::kFreshInstance:
      why = "the task is to be alone, and this had never held one";
      break;
  }
  std::string text = Say("It was put on this ", where, " because ", why, "; the zone had ",
                         CountText(task.placed_beside, "task"), " of ", group.empty() ? "its group" : group);
  text = task.zones_passed == 0
             ? Say(text, ", and no zone with instances had fewer.")
             : Say(text, "; ", CountText(task.zones_passed, "zone"), " that came before it had no room.");
  return text;
}

void FillPlacement(const Step& step, const Task& task, const model::ContainerInstance& instance, Line& line,
                   emu::ExplainTaskResponse* out) {
  const std::string& region = step.state.Get<model::CapacityProvider>(task.provider).region;
  emu::TaskPlacement& told = *out->mutable_placement();
  told.set_ec2_instance_id(model::Ec2InstanceId(step.key, instance.serial));
  if (instance.stage >= model::InstanceStage::kRegistering) {
    told.set_container_instance_arn(ContainerInstanceArn(step, instance));
  }
  told.set_instance_type(instance.type);
  told.set_instance_status(std::string(control::NameOf(instance.stage)));
  told.set_availability_zone(ZoneName(step, region, instance.zone));
  *told.mutable_placed_at() = MomentOf(step, task.placed_at);
  if (task.placement != model::PlacementCause::kNone) {
    told.set_cause(static_cast<emu::PlacementCause::Value>(task.placement));
  }
  const bool chosen = task.placement == model::PlacementCause::kOccupiedInstance ||
                      task.placement == model::PlacementCause::kEmptyInstance ||
                      task.placement == model::PlacementCause::kFreshInstance;
  if (chosen) {
    told.set_group_tasks_in_zone(task.placed_beside);
    told.set_zones_without_room(task.zones_passed);
  }
  line.Add(Say(task.status == TaskStatus::kProvisioning ? "needs " : "on ", InstanceText(step, instance)));
  const std::string why = PlacementText(task, instance, told.availability_zone(), out->group());
  if (!why.empty()) {
    AddReason(step, *out->mutable_reasons(), emu::PlacementCause::Value_Name(told.cause()), why);
  }
}

// What comes next: of the instance it waits for, then of the task.
void FillNext(const Step& step, const Task& task, Line& line, emu::ExplainTaskResponse* out) {
  const auto* instance = step.state.Find<model::ContainerInstance>(task.instance);
  const bool waits_for_instance = task.status == TaskStatus::kProvisioning && task.due_at == model::kNever;
  std::vector<std::pair<std::string, model::TimeMs>> next;
  if (waits_for_instance && instance != nullptr) {
    for (const control::InstanceMove& move : control::MovesAhead(step, *instance)) {
      next.emplace_back(control::NameOf(move.stage), move.at);
    }
  }
  const std::vector<control::TaskMoveAhead> moves = control::MovesAhead(step, task);
  for (const control::TaskMoveAhead& move : moves) next.emplace_back(control::NameOf(move.status), move.at);
  for (const auto& [what, at] : next) AddStep(step, *out->mutable_next(), what, at);
  if (next.empty()) return;
  if (waits_for_instance && instance != nullptr) {
    const auto active = std::ranges::find(next, "ACTIVE", [](const auto& one) { return one.first; });
    line.Add(Say("next: ACTIVE ", InText(step, active->second)));
  } else {
    line.Add(Say("next: ", next[0].first, " ", InText(step, next[0].second)));
  }
  // How long the first status ahead lasts that something is done in.
  for (std::size_t i = 0; i + 1 < moves.size(); ++i) {
    if (WorkOf(moves[i].status).empty() || moves[i + 1].at == moves[i].at) continue;
    line.Add(Say("then ", WorkOf(moves[i].status), " ", SpanText(moves[i + 1].at - moves[i].at)));
    break;
  }
  for (const control::TaskMoveAhead& move : moves) {
    if (move.reason.empty()) continue;
    AddReason(step, *out->mutable_reasons(), "STAGE", Say("It will stop: ", move.reason), move.at);
    break;
  }
}

void FillStop(const Step& step, const Task& task, Line& line, emu::ExplainTaskResponse* out) {
  emu::TaskStop& told = *out->mutable_stop();
  told.set_stop_code(StopCodeName(task.stop_code));
  told.set_reason(std::string(step.state.DocumentBytes(task.stopped_reason)));
  if (task.stop_cause != model::StopCause::kNone) {
    told.set_cause(static_cast<emu::TaskStop::Cause>(task.stop_cause));
  }
  *told.mutable_at() = MomentOf(step, task.stopping_at);
  line.Add(Say(told.stop_code(), ": ", told.reason()));
  AddReason(step, *out->mutable_reasons(), emu::TaskStop::Cause_Name(told.cause()),
            Say(WasDrained(step, task) ? "Its service replaces it: its instance drains" : StopText(task.stop_cause),
                " ", SpanText(step.now - task.stopping_at), " ago: ", told.reason()));
}

}  // namespace

absl::Status CheckExplainTask(const emu::ExplainTaskRequest& request) {
  return CheckRequired("task", request.task());
}

absl::Status ExplainTask(Step& step, const CallContext& context, const emu::ExplainTaskRequest& request,
                         emu::ExplainTaskResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const Task* found, ResolveTask(step, *cluster, request.task()));
  if (found == nullptr) return InvalidParameter("The referenced task was not found.");
  const Task& task = *found;
  response->set_task_arn(TaskArn(step, task));
  response->set_last_status(std::string(control::NameOf(task.status)));
  response->set_desired_status(task.desired_stopped ? "STOPPED" : "RUNNING");
  *response->mutable_since() = MomentOf(step, Since(task));
  response->set_capacity_provider(step.state.Get<model::CapacityProvider>(task.provider).name);
  const bool of_service = task.service != model::kNoSerial;
  response->set_group(GroupName(step, task.service, of_service ? "" : step.state.DocumentBytes(task.group)));
  FillResources(task.resources, response->mutable_needs());

  Line line;
  line.Add(
      Say(ShortTaskId(step, task.serial), " ", control::NameOf(task.status), " ", SpanText(step.now - Since(task))));
  if (task.Waits()) FillWait(step, task, line, response);
  const auto* instance = step.state.Find<model::ContainerInstance>(task.instance);
  const bool stopped = task.status == TaskStatus::kStopped;
  if (instance != nullptr) {
    Line unsaid;  // of a stopped task it no longer matters where it was
    FillPlacement(step, task, *instance, stopped ? unsaid : line, response);
  }
  if (task.desired_stopped || stopped) FillStop(step, task, line, response);
  if (!stopped) FillNext(step, task, line, response);
  response->set_summary(line.Text());
  return absl::OkStatus();
}

}  // namespace ecsmi::api
