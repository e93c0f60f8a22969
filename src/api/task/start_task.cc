#include "api/task/start_task.h"

#include <algorithm>
#include <string>
#include <vector>

#include "api/check.h"
#include "api/container_instance/instance_view.h"
#include "api/document_bytes.h"
#include "api/region.h"
#include "api/task/network.h"
#include "api/task/overrides.h"
#include "api/task/task_request.h"
#include "api/task/task_view.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/control/placement_class.h"

namespace ecsmi::api {
namespace {

using control::Step;
using model::InstanceStage;

constexpr int kInstancesMax = 10;            // C60
constexpr std::size_t kStartedByMax = 36;    // C63
constexpr std::size_t kConstraintsMax = 10;  // C65

// What a task of the request asks of its instance.
struct Wanted {
  core::PlacementClass placement;
  bool dedicated = false;
};

// Why the instance cannot take the task, in AWS's words (C61), the first that applies; empty when it can.
std::string Refusal(const Step& step, const model::ContainerInstance& instance, const control::RegionView& region,
                    const Wanted& wanted) {
  if (instance.stage >= InstanceStage::kDraining) return "INACTIVE";
  if (instance.stage != InstanceStage::kActive || !instance.agent_connected) return "AGENT";
  const core::PlacementClass& needs = wanted.placement;
  const model::InstanceType* type = step.catalog.FindType(instance.type);
  const bool architecture = needs.architecture == model::CpuArchitecture::kUnspecified ||
                            (type != nullptr && type->architecture == needs.architecture);
  const ports::TypeOrdinal ordinal = region.requirements->OrdinalOf(instance.type);
  const bool allowed = needs.any_type || (ordinal != core::TypeSet::kNone && needs.types.Has(ordinal));
  // An instance that is, or is to be, one task's alone takes no second one.
  const bool alone = instance.dedicated ? wanted.dedicated && !instance.used : !wanted.dedicated;
  if (!architecture || !allowed || !alone || ((needs.zones >> instance.zone) & 1) == 0) return "ATTRIBUTE";
  const model::Resources& room = instance.remaining;
  if (room.cpu_units < needs.need.cpu_units) return "RESOURCE:CPU";
  if (room.memory_mib < needs.need.memory_mib) return "RESOURCE:MEMORY";
  const bool gpus = needs.all_gpus ? instance.registered.gpus > 0 && room.gpus == instance.registered.gpus
                                   : room.gpus >= needs.need.gpus;
  if (!gpus) return "RESOURCE:GPU";
  if (room.eni_slots < needs.need.eni_slots) return "RESOURCE:ENI";
  const bool ports = std::ranges::none_of(
      needs.host_ports, [&](std::uint16_t port) { return std::ranges::binary_search(instance.used_ports, port); });
  return ports ? std::string() : "RESOURCE:PORTS";
}

}  // namespace

absl::Status CheckStartTask(const pb::StartTaskRequest& request) {
  if (request.task_definition().empty()) return ClientError("TaskDefinition can not be blank.");
  if (request.container_instances().empty()) return InvalidParameter("Container instances cannot be empty.");
  ECSMI_RETURN_IF_ERROR(CheckCount("containerInstances", request.container_instances_size(), kInstancesMax));
  return CheckTaskRequest(request, kStartedByMax);
}

absl::Status StartTask(Step& step, const CallContext& context, const pb::StartTaskRequest& request,
                       pb::StartTaskResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const model::TaskDefinition* definition,
                         ResolveTaskDefinition(step, context, request.task_definition()));
  if (definition == nullptr) return ClientError("TaskDefinition not found.");
  if (definition->status != model::TaskDefinitionStatus::kActive) return InvalidParameter("TaskDefinition is inactive");
  if ((definition->requires_compatibilities & model::kCompatibleManagedInstances) == 0) {
    return InvalidParameter("Task definition does not support launch_type MANAGED_INSTANCES.");  // C6
  }
  ECSMI_RETURN_IF_ERROR(CheckTaskNetwork(*definition, request.network_configuration()));
  ECSMI_ASSIGN_OR_RETURN(const OverriddenTask overridden, ApplyOverrides(step, *definition, request.overrides()));
  ECSMI_ASSIGN_OR_RETURN(const control::RegionView region, FindRegion(step, context.region));
  std::vector<const model::ContainerInstance*> instances;
  for (const std::string& reference : request.container_instances()) {
    ECSMI_ASSIGN_OR_RETURN(const model::ContainerInstance* instance,
                           ResolveContainerInstance(step, *cluster, reference));
    instances.push_back(instance);
  }

  // Nothing below fails.
  const pb::Task cold = ColdTask(step, *definition, request);
  control::NewTask task;
  task.cluster = cluster->serial;
  task.definition = definition->serial;
  task.group =
      step.state.InternDocument(request.group().empty() ? Say("family:", definition->family) : request.group());
  task.document = step.state.InternDocument(DocumentBytes(cold));
  task.resources = overridden.resources;
  task.all_gpus = overridden.all_gpus;
  task.overridden = overridden.containers;
  const bool dedicated = AsksForIsolation(cold.tags());
  Wanted wanted{control::ClassOf(step, context.region, *definition)};
  wanted.placement.need = overridden.resources;
  wanted.placement.all_gpus = overridden.all_gpus;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    if (instances[i] != nullptr) {
      task.provider = instances[i]->provider;
      task.dedicated = dedicated || step.state.Get<model::CapacityProvider>(task.provider).dedicated;
      wanted.dedicated = task.dedicated;
    }
    const std::string reason = instances[i] == nullptr ? "MISSING" : Refusal(step, *instances[i], region, wanted);
    if (!reason.empty()) {
      pb::Failure& failure = *response->add_failures();
      failure.set_arn(InstanceArnOf(step, *cluster, request.container_instances(static_cast<int>(i))));
      failure.set_reason(reason);
      continue;
    }
    const model::Serial made = control::CreateTask(step, task);
    control::PlaceTask(step, made, instances[i]->serial);
    DescribeTask(step, step.state.Get<model::Task>(made), true, response->add_tasks());
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
