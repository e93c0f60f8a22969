#include "api/task/overrides.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api/task_definition/validate.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"

namespace ecsmi::api {
namespace {

namespace ecs = ::ecsmi::ecs::v1;

void Override(const ecs::ContainerOverride& wanted, ecs::ContainerDefinition* container) {
  if (!wanted.command().empty()) *container->mutable_command() = wanted.command();
  if (wanted.has_cpu()) container->set_cpu(wanted.cpu());
  if (wanted.has_memory()) container->set_memory(wanted.memory());
  if (wanted.has_memory_reservation()) container->set_memory_reservation(wanted.memory_reservation());
  if (!wanted.resource_requirements().empty()) {
    *container->mutable_resource_requirements() = wanted.resource_requirements();
  }
}

}  // namespace

absl::StatusOr<OverriddenTask> ApplyOverrides(const control::Step& step, const model::TaskDefinition& definition,
                                              const ecs::TaskOverride& overrides) {
  OverriddenTask task{.resources = definition.resources, .all_gpus = definition.all_gpus, .containers = {}};
  if (overrides.container_overrides().empty()) {
    if (overrides.has_cpu()) {
      ECSMI_ASSIGN_OR_RETURN(task.resources.cpu_units, ParseTaskCpu(overrides.cpu()));
    }
    if (overrides.has_memory()) {
      ECSMI_ASSIGN_OR_RETURN(task.resources.memory_mib, ParseTaskMemory(overrides.memory()));
    }
    return task;
  }
  // The definition as it would have been registered with the overrides: one set of rules for both.
  ecs::RegisterTaskDefinitionResponse document;
  document.ParseFromString(std::string(step.state.DocumentBytes(definition.document)));
  const ecs::TaskDefinition& stored = document.task_definition();
  ecs::RegisterTaskDefinitionRequest merged;
  merged.set_family(definition.family);
  merged.set_network_mode(stored.network_mode());
  merged.add_requires_compatibilities(ecs::Compatibility::MANAGED_INSTANCES);
  *merged.mutable_container_definitions() = stored.container_definitions();
  if (stored.has_cpu() || overrides.has_cpu()) merged.set_cpu(overrides.has_cpu() ? overrides.cpu() : stored.cpu());
  if (stored.has_memory() || overrides.has_memory()) {
    merged.set_memory(overrides.has_memory() ? overrides.memory() : stored.memory());
  }
  std::set<std::string> seen;
  for (const ecs::ContainerOverride& wanted : overrides.container_overrides()) {
    if (!seen.insert(wanted.name()).second) {
      return InvalidParameter(absl::StrCat("containerOverrides has container '", wanted.name(), "' more than once."));
    }
    auto& containers = *merged.mutable_container_definitions();
    const auto at = std::ranges::find(containers, wanted.name(), &ecs::ContainerDefinition::name);
    if (at == containers.end()) {
      return InvalidParameter(
          absl::StrCat("Override for container named ", wanted.name(), " is not a container in the TaskDefinition."));
    }
    Override(wanted, &*at);
  }
  ECSMI_ASSIGN_OR_RETURN(model::TaskDefinition row, ReadTaskDefinition(merged));
  task.resources = row.resources;
  task.all_gpus = row.all_gpus;
  task.containers = std::move(row.containers);
  return task;
}

}  // namespace ecsmi::api
