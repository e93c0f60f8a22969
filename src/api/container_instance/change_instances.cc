#include <string>

#include "api/arn.h"
#include "api/check.h"
#include "api/container_instance/container_instances.h"
#include "api/container_instance/instance_view.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"

namespace ecsmi::api {
namespace {

using model::InstanceStage;
using Status = pb::ContainerInstanceStatus;

constexpr int kInstancesMax = 10;                                               // E20
constexpr char kForced[] = "Container instance deregistration forced by user";  // E24

}  // namespace

absl::Status CheckUpdateContainerInstancesState(const pb::UpdateContainerInstancesStateRequest& request) {
  if (request.container_instances().empty()) return InvalidParameter("containerInstances can not be empty.");
  if (request.container_instances_size() > kInstancesMax) {
    return InvalidParameter(Say("instanceIds can have at most ", kInstancesMax, " items. containerInstances has ",
                                request.container_instances_size()));
  }
  if (request.status() == Status::ACTIVE || request.status() == Status::DRAINING) return absl::OkStatus();
  return InvalidParameter(
      Say("status '", request.status() == Status::UNSPECIFIED ? std::string() : Status::Value_Name(request.status()),
          "' should be one of [ACTIVE, DRAINING]"));
}

absl::Status UpdateContainerInstancesState(control::Step& step, const CallContext& context,
                                           const pb::UpdateContainerInstancesStateRequest& request,
                                           pb::UpdateContainerInstancesStateResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  std::vector<const model::ContainerInstance*> found;
  for (const std::string& reference : request.container_instances()) {
    ECSMI_ASSIGN_OR_RETURN(const model::ContainerInstance* instance,
                           ResolveContainerInstance(step, *cluster, reference));
    found.push_back(instance);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const model::ContainerInstance* instance = found[i];
    const std::string& reference = request.container_instances(static_cast<int>(i));
    const bool may = instance != nullptr &&
                     (instance->stage == InstanceStage::kActive || instance->stage == InstanceStage::kDraining);
    if (!may) {
      pb::Failure& failure = *response->add_failures();
      failure.set_arn(InstanceArnOf(step, *cluster, reference));
      // E20 says that others cannot be changed; how AWS says so is not known.
      failure.set_reason(instance == nullptr ? "MISSING" : ShowContainerInstance(step, *instance, {}).status());
      continue;
    }
    const bool drains = request.status() == Status::DRAINING;
    if (drains && instance->stage == InstanceStage::kActive) control::DrainInstance(step, instance->serial);
    if (!drains && instance->stage == InstanceStage::kDraining) control::ReactivateInstance(step, instance->serial);
    *response->add_container_instances() = ShowContainerInstance(step, *instance, {});
  }
  return absl::OkStatus();
}

absl::Status CheckDeregisterContainerInstance(const pb::DeregisterContainerInstanceRequest& request) {
  return CheckRequired("containerInstance", request.container_instance());
}

absl::Status DeregisterContainerInstance(control::Step& step, const CallContext& context,
                                         const pb::DeregisterContainerInstanceRequest& request,
                                         pb::DeregisterContainerInstanceResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const model::ContainerInstance* instance,
                         ResolveContainerInstance(step, *cluster, request.container_instance()));
  if (instance == nullptr || instance->stage == InstanceStage::kTerminated) {
    return InvalidParameter("The referenced container instance was not found.");
  }
  if (instance->tasks.count > 0 && !request.force()) {  // E22
    return InvalidParameter("Found running tasks on the instance.");
  }
  if (instance->stage != InstanceStage::kDeregistering) {
    control::RemoveInstance(step, instance->serial,
                            request.force() ? kForced : "Container instance was deregistered by user.", kForced);
  }
  *response->mutable_container_instance() = ShowContainerInstance(step, *instance, {});
  return absl::OkStatus();
}

}  // namespace ecsmi::api
