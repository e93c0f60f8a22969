#include "api/task/task_view.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "api/arn.h"
#include "api/check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/control/explain.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/model/aws_ids.h"
#include "ecsmi/model/task_containers.h"

namespace ecsmi::api {
namespace {

namespace ecs = ::ecsmi::ecs::v1;

// Containers move with their task: PENDING until it runs, STOPPED once its execution has ended.
const char* ContainerStatus(const model::Task& task) {
  if (task.status < model::TaskStatus::kRunning) return "PENDING";
  if (task.status == model::TaskStatus::kStopped || task.execution_stopped_at != model::kUnset) return "STOPPED";
  return "RUNNING";
}

ecs::HealthStatus::Value Health(model::HealthStatus health) {
  switch (health) {
    case model::HealthStatus::kHealthy:
      return ecs::HealthStatus::HEALTHY;
    case model::HealthStatus::kUnhealthy:
      return ecs::HealthStatus::UNHEALTHY;
    case model::HealthStatus::kUnknown:
      break;
  }
  return ecs::HealthStatus::UNKNOWN;
}

void SetTime(const control::Step& step, model::TimeMs at, google::protobuf::Timestamp* (ecs::Task::*field)(),
             ecs::Task* out) {
  if (at != model::kUnset) *(out->*field)() = ToTimestamp(step.Shown(at));
}

void AddContainers(const control::Step& step, const model::Task& task, std::string_view region,
                   std::string_view cluster, std::string_view id, ecs::Task* out) {
  const model::TaskContainers containers(step.state, task);
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const model::ContainerSpec& spec = containers[i];
    ecs::Container& container = *out->add_containers();
    container.set_container_arn(
        MakeEcsArn(region, step.account, "container",
                   Say(cluster, "/", id, "/", model::Uuid(step.key, model::TableId::kTask, task.serial, i))));
    container.set_task_arn(out->task_arn());
    container.set_name(spec.name);
    container.set_image(spec.image);
    container.set_last_status(ContainerStatus(task));
    container.set_health_status(spec.essential ? Health(task.health) : ecs::HealthStatus::UNKNOWN);
    if (task.execution_stopped_at != model::kUnset && task.started_at != model::kUnset) {
      // The one that ended the task has its own code; the others were told to stop (SIGTERM: 143, killed for memory:
      // 137).
      const bool ended_it = task.exit_code != model::Task::kNoExitCode && i == task.exited_container;
      container.set_exit_code(ended_it ? task.exit_code : 143);
      if (ended_it && spec.behavior.fail == model::InjectedFailure::kOom) {
        container.set_reason("OutOfMemoryError: Container killed due to memory usage");  // C52
      }
    }
  }
}

}  // namespace

void DescribeTask(const control::Step& step, const model::Task& task, bool with_tags, ecs::Task* out) {
  const std::string_view document = step.state.DocumentBytes(task.document);
  out->ParseFromArray(document.data(), static_cast<int>(document.size()));
  if (!with_tags) out->clear_tags();
  const auto& cluster = step.state.Get<model::Cluster>(task.cluster);
  const auto& definition = step.state.Get<model::TaskDefinition>(task.definition);
  const auto& provider = step.state.Get<model::CapacityProvider>(task.provider);
  const std::string id = model::HexId(step.key, model::TableId::kTask, task.serial);
  out->set_task_arn(MakeEcsArn(cluster.region, step.account, "task", Say(cluster.name, "/", id)));
  out->set_cluster_arn(ClusterArn(step, cluster));
  out->set_task_definition_arn(TaskDefinitionArn(step, definition));
  out->set_capacity_provider_name(provider.name);
  out->set_launch_type(ecs::LaunchType::MANAGED_INSTANCES);  // C71
  out->set_last_status(std::string(control::NameOf(task.status)));
  out->set_desired_status(task.desired_stopped ? "STOPPED" : "RUNNING");
  out->set_cpu(absl::StrCat(task.resources.cpu_units));
  out->set_memory(absl::StrCat(task.resources.memory_mib));
  out->set_health_status(Health(task.health));
  out->set_version(task.version);
  if (const auto* service = step.state.Find<model::Service>(task.service)) {
    out->set_group(absl::StrCat("service:", service->name));
  } else {
    out->set_group(std::string(step.state.DocumentBytes(task.group)));
  }
  // An instance is shown from PENDING on (C41); before, its room is only reserved, and a task stopped then never had
  // it.
  const auto* instance = step.state.Find<model::ContainerInstance>(task.instance);
  if (instance != nullptr && task.pull_started_at != model::kUnset) {
    out->set_container_instance_arn(ContainerInstanceArn(step, *instance));
    out->set_connectivity(ecs::Connectivity::CONNECTED);
    *out->mutable_connectivity_at() = ToTimestamp(step.Shown(task.pull_started_at));
    if (const auto view = control::ViewRegion(step, cluster.region); view.ok()) {
      out->set_availability_zone(view->catalog->zones[instance->zone].name);
    }
  }
  SetTime(step, task.created_at, &ecs::Task::mutable_created_at, out);
  SetTime(step, task.pull_started_at, &ecs::Task::mutable_pull_started_at, out);
  SetTime(step, task.pull_stopped_at, &ecs::Task::mutable_pull_stopped_at, out);
  SetTime(step, task.started_at, &ecs::Task::mutable_started_at, out);
  SetTime(step, task.stopping_at, &ecs::Task::mutable_stopping_at, out);
  SetTime(step, task.execution_stopped_at, &ecs::Task::mutable_execution_stopped_at, out);
  SetTime(step, task.stopped_at, &ecs::Task::mutable_stopped_at, out);
  if (task.stop_code != model::StopCode::kNone) {
    switch (task.stop_code) {
      case model::StopCode::kNone:
        break;
      case model::StopCode::kTaskFailedToStart:
        out->set_stop_code(ecs::TaskStopCode::TaskFailedToStart);
        break;
      case model::StopCode::kEssentialContainerExited:
        out->set_stop_code(ecs::TaskStopCode::EssentialContainerExited);
        break;
      case model::StopCode::kUserInitiated:
        out->set_stop_code(ecs::TaskStopCode::UserInitiated);
        break;
      case model::StopCode::kServiceSchedulerInitiated:
        out->set_stop_code(ecs::TaskStopCode::ServiceSchedulerInitiated);
        break;
      case model::StopCode::kSpotInterruption:
        out->set_stop_code(ecs::TaskStopCode::SpotInterruption);
        break;
      case model::StopCode::kTerminationNotice:
        out->set_stop_code(ecs::TaskStopCode::TerminationNotice);
        break;
      case model::StopCode::kInfrastructureHealth:
        out->set_stop_code(ecs::TaskStopCode::InfrastructureHealth);
        break;
    }
    out->set_stopped_reason(std::string(step.state.DocumentBytes(task.stopped_reason)));
  }
  AddContainers(step, task, cluster.region, cluster.name, id, out);
}

}  // namespace ecsmi::api
