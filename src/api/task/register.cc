#include <algorithm>
#include <string>
#include <vector>

#include "api/check.h"
#include "api/document_bytes.h"
#include "api/limits.h"
#include "api/task/protection.h"
#include "api/task/run_task.h"
#include "api/task/start_task.h"
#include "api/task/task_view.h"
#include "api/task/tasks.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"

namespace ecsmi::api {
namespace {

namespace ecs = ::ecsmi::ecs::v1;
using control::Step;

// A task that its user stopped has no tags any more (C68).
void DropTags(Step& step, model::Serial serial) {
  ecs::Task cold;
  cold.ParseFromString(std::string(step.state.DocumentBytes(step.state.Get<model::Task>(serial).document)));
  if (cold.tags().empty()) return;
  cold.clear_tags();
  const model::Serial document = step.state.InternDocument(DocumentBytes(cold));
  step.state.Update<model::Task>(serial, [&](model::Task& row) { row.document = document; });
}

// Which tasks the request's startedBy lets through. Tasks that were started together share their document.
class StartedBy {
 public:
  StartedBy(const Step& step, const ecs::ListTasksRequest& request) : step_(step), request_(request) {}

  bool Fits(const model::Task& task) {
    if (!request_.has_started_by()) return true;
    if (task.document != document_) {
      document_ = task.document;
      ecs::Task cold;
      const std::string_view bytes = step_.state.DocumentBytes(document_);
      cold.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
      fits_ = cold.started_by() == request_.started_by();
    }
    return fits_;
  }

 private:
  const Step& step_;
  const ecs::ListTasksRequest& request_;
  model::Serial document_ = model::kNoSerial;
  bool fits_ = false;  // of a task without a document: nobody is named
};

}  // namespace

absl::Status CheckStopTask(const ecs::StopTaskRequest& request) {
  if (request.task().empty()) return InvalidParameter("Task Identifier is invalid");
  return request.reason().size() > 1'024 ? InvalidParameter("reason must be at most 1024 characters.")
                                         : absl::OkStatus();
}

absl::Status StopTask(Step& step, const CallContext& context, const ecs::StopTaskRequest& request,
                      ecs::StopTaskResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const model::Task* task, ResolveTask(step, *cluster, request.task()));
  if (task == nullptr) return InvalidParameter("The referenced task was not found.");
  const bool stops = !task->desired_stopped && task->status != model::TaskStatus::kStopped;
  control::StopTask(step, task->serial, model::StopCode::kUserInitiated,
                    request.reason().empty() ? "Task stopped by user" : request.reason());
  if (stops) DropTags(step, task->serial);
  DescribeTask(step, *task, false, response->mutable_task());
  return absl::OkStatus();
}

absl::Status CheckDescribeTasks(const ecs::DescribeTasksRequest& request) {
  if (request.tasks().empty()) return InvalidParameter("Tasks cannot be empty.");  // H14
  return CheckCount("tasks", request.tasks_size(), kDescribeMax);
}

absl::Status DescribeTasks(Step& step, const CallContext& context, const ecs::DescribeTasksRequest& request,
                           ecs::DescribeTasksResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  const bool tags = std::ranges::find(request.include(), ecs::TaskField::TAGS) != request.include().end();
  // Its own rows and the cluster are all it saw; a task that is missing depends on the list it would be in.
  step.SawOnly();
  step.Saw(cluster->seq);
  for (const std::string& id : request.tasks()) {
    ECSMI_ASSIGN_OR_RETURN(const model::Task* task, ResolveTask(step, *cluster, id));
    if (task != nullptr) {
      step.Saw(task->seq);
      // That its instance's row is gone is no change of its own row.
      if (step.state.Find<model::ContainerInstance>(task->instance) == nullptr) step.Saw(cluster->instances.seq);
      DescribeTask(step, *task, tags, response->add_tasks());
      continue;
    }
    step.Saw(cluster->tasks.seq);
    ecs::Failure& failure = *response->add_failures();
    const std::string prefix = ClusterArn(step, *cluster);
    const std::size_t at = prefix.find(":cluster/");
    failure.set_arn(id.rfind("arn:", 0) == 0 ? id : prefix.substr(0, at) + ":task/" + cluster->name + "/" + id);
    failure.set_reason("MISSING");
  }
  return absl::OkStatus();
}

absl::Status CheckListTasks(const ecs::ListTasksRequest& request) {
  const int filters = request.has_family() + request.has_container_instance() + request.has_service_name();
  if (request.has_started_by() && filters > 0) return InvalidParameter("startedBy must be the only filter.");  // C70
  if (request.has_daemon_name()) {
    return Ours(AwsException::kUnsupportedFeature, "daemonName: daemons are not emulated", "daemons");
  }
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kListPageMax)
                                   : absl::OkStatus();
}

absl::Status ListTasks(Step& step, const CallContext& context, const ecs::ListTasksRequest& request,
                       ecs::ListTasksResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  const model::ContainerInstance* instance = nullptr;
  if (request.has_container_instance()) {
    ECSMI_ASSIGN_OR_RETURN(instance, ResolveContainerInstance(step, *cluster, request.container_instance()));
    if (instance == nullptr) return InvalidParameter("The referenced container instance was not found.");
  }
  model::Serial service = model::kNoSerial;
  if (request.has_service_name()) {
    service = step.state.FindService(cluster->serial, request.service_name());
    if (service == model::kNoSerial) return AwsError(AwsException::kServiceNotFound, "Service not found.");
  }
  if (instance == nullptr && service == model::kNoSerial) {
    // Every change of a task raises its cluster's list; names of other rows were not looked up.
    step.SawOnly();
    step.Saw(cluster->seq);
    step.Saw(cluster->tasks.seq);
  }
  const bool stopped = request.desired_status() == ecs::DesiredStatus::STOPPED;
  const bool nothing = request.desired_status() == ecs::DesiredStatus::PENDING ||  // C40: never a desired status
                       (request.has_launch_type() && request.launch_type() != ecs::LaunchType::MANAGED_INSTANCES);
  model::Serial after = model::kNoSerial;
  if (request.has_next_token()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, "ListTasks", request.next_token()));
  }
  if (nothing) return absl::OkStatus();
  StartedBy started_by(step, request);
  const auto fits = [&](const model::Task& task) {
    return task.desired_stopped == stopped && (instance == nullptr || task.instance == instance->serial) &&
           (service == model::kNoSerial || task.service == service) &&
           (!request.has_family() ||
            step.state.Get<model::TaskDefinition>(task.definition).family == request.family()) &&
           started_by.Fits(task);
  };
  const int page = request.has_max_results() ? request.max_results() : kListPageMax;
  model::Serial last = model::kNoSerial;
  // False when the page is full.
  const auto add = [&](const model::Task& task) {
    if (!fits(task)) return true;
    if (response->task_arns_size() == page) {
      response->set_next_token(PageToken(step, "ListTasks", last));
      return false;
    }
    response->add_task_arns(TaskArn(step, task));
    last = task.serial;
    return true;
  };
  // From the shortest list that holds them all. A task that runs holds room on its instance, in the order in which they
  // were placed there.
  if (instance != nullptr && !stopped) {
    std::vector<const model::Task*> rows;
    step.state.ForEachIn<model::Task>(instance->tasks, &model::Task::in_instance, [&](const model::Task& task) {
      if (task.serial > after) rows.push_back(&task);
    });
    std::ranges::sort(rows, {}, &model::Task::serial);
    for (const model::Task* task : rows) {
      if (!add(*task)) break;
    }
  } else if (service != model::kNoSerial) {
    step.state.ForEachAfter<model::Task>(
        after, step.state.Get<model::Service>(service).tasks, &model::Task::in_service,
        [&](const model::Task& task) { return task.service == service; }, add);
  } else {
    step.state.ForEachAfter<model::Task>(
        after, cluster->tasks, &model::Task::in_cluster,
        [&](const model::Task& task) { return task.cluster == cluster->serial; }, add);
  }
  return absl::OkStatus();
}

void RegisterTasks(Registry& registry) {
  constexpr const char* kService = "ecsmi.ecs.v1.EcsService";
  registry.Add<ecs::RunTaskRequest, ecs::RunTaskResponse>(kService, "RunTask", CheckRunTask, RunTask);
  registry.Add<ecs::StopTaskRequest, ecs::StopTaskResponse>(kService, "StopTask", CheckStopTask, StopTask);
  registry.Add<ecs::DescribeTasksRequest, ecs::DescribeTasksResponse>(kService, "DescribeTasks", CheckDescribeTasks,
                                                                      DescribeTasks);
  registry.Add<ecs::StartTaskRequest, ecs::StartTaskResponse>(kService, "StartTask", CheckStartTask, StartTask);
  registry.Add<ecs::UpdateTaskProtectionRequest, ecs::UpdateTaskProtectionResponse>(
      kService, "UpdateTaskProtection", CheckUpdateTaskProtection, UpdateTaskProtection);
  registry.Add<ecs::GetTaskProtectionRequest, ecs::GetTaskProtectionResponse>(
      kService, "GetTaskProtection", CheckGetTaskProtection, GetTaskProtection);
  registry.Add<ecs::ListTasksRequest, ecs::ListTasksResponse>(kService, "ListTasks", CheckListTasks, ListTasks);
}

}  // namespace ecsmi::api
