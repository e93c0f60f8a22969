#include "api/task/protection.h"

#include <algorithm>
#include <string>
#include <vector>

#include "api/arn.h"
#include "api/check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using control::Step;

constexpr int kUpdateMax = 10;            // C80
constexpr int kGetMax = 100;              // C80
constexpr int kDefaultMinutes = 120;      // C80
constexpr int kMinutesMax = 2 * 24 * 60;  // C80

bool IsProtected(const Step& step, const model::Task& task) {
  return task.protected_until > step.now;
}

// A task that has one, of a service.
bool MayBeProtected(const model::Task& task) {
  return task.service != model::kNoSerial && !task.desired_stopped && task.status != model::TaskStatus::kStopped;
}

// The service's tasks under protection that do not stop: what their deployments' tallies may not stop.
std::int64_t ProtectedTasks(Step& step, const model::Service& service) {
  std::int64_t count = 0;
  step.state.ForEachIn<model::Deployment>(
      service.deployments, &model::Deployment::in_service, [&](const model::Deployment& deployment) {
        for (model::DeploymentTally* tally :
             {step.state.TallyOf(deployment.serial), step.state.LeavingTallyOf(deployment.serial)}) {
          tally->AdvanceTo(step.now);
          for (std::size_t i = 0; i < model::kTaskClasses; ++i) {
            const auto of = static_cast<model::TaskClass>(i);
            count += std::int64_t{tally->count(of)} - tally->stoppable(of);
          }
        }
      });
  return count;
}

void Show(const Step& step, const model::Task& task, pb::ProtectedTask& shown) {
  shown.set_task_arn(TaskArn(step, task));
  shown.set_protection_enabled(IsProtected(step, task));
  if (IsProtected(step, task)) *shown.mutable_expiration_date() = ToTimestamp(step.Shown(task.protected_until));
}

void Fail(const Step& step, const model::Cluster& cluster, const std::string& reference, const char* reason,
          std::string detail, pb::Failure& failure) {
  failure.set_arn(ParseEcsArn(reference)
                      ? reference
                      : MakeEcsArn(cluster.region, step.account, "task", Say(cluster.name, "/", reference)));
  failure.set_reason(reason);
  if (!detail.empty()) failure.set_detail(std::move(detail));
}

// All of them, so that a malformed one changes nothing.
absl::StatusOr<std::vector<const model::Task*>> ResolveAll(const Step& step, const model::Cluster& cluster,
                                                           const google::protobuf::RepeatedPtrField<std::string>& ids) {
  std::vector<const model::Task*> tasks;
  for (const std::string& id : ids) {
    ECSMI_ASSIGN_OR_RETURN(const model::Task* task, ResolveTask(step, cluster, id));
    tasks.push_back(task);
  }
  return tasks;
}

constexpr char kOfServices[] = "Scale-in protection is for running tasks of services.";

}  // namespace

absl::Status CheckUpdateTaskProtection(const pb::UpdateTaskProtectionRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("cluster", request.cluster()));
  if (request.tasks().empty()) return InvalidParameter("Tasks cannot be empty.");
  ECSMI_RETURN_IF_ERROR(CheckCount("tasks", request.tasks_size(), kUpdateMax));
  if (!request.has_protection_enabled()) return InvalidParameter("protectionEnabled can not be blank.");
  return request.has_expires_in_minutes() ? CheckRange("expiresInMinutes", request.expires_in_minutes(), 1, kMinutesMax)
                                          : absl::OkStatus();
}

absl::Status UpdateTaskProtection(Step& step, const CallContext& context,
                                  const pb::UpdateTaskProtectionRequest& request,
                                  pb::UpdateTaskProtectionResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const std::vector<const model::Task*> tasks, ResolveAll(step, *cluster, request.tasks()));
  const int minutes = request.has_expires_in_minutes() ? request.expires_in_minutes() : kDefaultMinutes;
  const model::TimeMs until = request.protection_enabled() ? step.now + minutes * model::kMinuteMs : model::kUnset;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const model::Task* task = tasks[i];
    const std::string& reference = request.tasks(static_cast<int>(i));
    if (task == nullptr) {
      Fail(step, *cluster, reference, "MISSING", {}, *response->add_failures());
      continue;
    }
    if (!MayBeProtected(*task)) {
      Fail(step, *cluster, reference, "TASK_NOT_VALID", kOfServices, *response->add_failures());
      continue;
    }
    const auto& service = step.state.Get<model::Service>(task->service);
    if (request.protection_enabled() && !IsProtected(step, *task) &&
        ProtectedTasks(step, service) >= service.desired_count) {
      Fail(step, *cluster, reference, "DEPLOYMENT_BLOCKED",
           Say("Service ", service.name, " has as many tasks under protection as its desired count of ",
               service.desired_count, "."),
           *response->add_failures());
      continue;
    }
    if (task->protected_until != until) {
      step.state.Update<model::Task>(task->serial, [&](model::Task& row) { row.protected_until = until; });
    }
    Show(step, *task, *response->add_protected_tasks());
  }
  return absl::OkStatus();
}

absl::Status CheckGetTaskProtection(const pb::GetTaskProtectionRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("cluster", request.cluster()));
  return CheckCount("tasks", request.tasks_size(), kGetMax);
}

absl::Status GetTaskProtection(Step& step, const CallContext& context, const pb::GetTaskProtectionRequest& request,
                               pb::GetTaskProtectionResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  if (request.tasks().empty()) {
    // Those of the cluster that are under protection (assumed), in the order in which they were made.
    step.state.ForEachAfter<model::Task>(
        model::kNoSerial, cluster->tasks, &model::Task::in_cluster, [](const model::Task&) { return true; },
        [&](const model::Task& task) {
          if (MayBeProtected(task) && IsProtected(step, task)) Show(step, task, *response->add_protected_tasks());
          return response->protected_tasks_size() < kGetMax;
        });
    return absl::OkStatus();
  }
  ECSMI_ASSIGN_OR_RETURN(const std::vector<const model::Task*> tasks, ResolveAll(step, *cluster, request.tasks()));
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::string& reference = request.tasks(static_cast<int>(i));
    if (tasks[i] == nullptr) {
      Fail(step, *cluster, reference, "MISSING", {}, *response->add_failures());
    } else if (!MayBeProtected(*tasks[i])) {
      Fail(step, *cluster, reference, "TASK_NOT_VALID", kOfServices, *response->add_failures());
    } else {
      Show(step, *tasks[i], *response->add_protected_tasks());
    }
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
