#include "api/task_definition/validate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "api/check.h"
#include "api/task_definition/behavior_labels.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using Request = ecs::v1::RegisterTaskDefinitionRequest;
constexpr int kContainersMax = 10;                 // C19
constexpr std::size_t kDocumentBytesMax = 65'536;  // C19

// A number with an optional unit: "2 GB", "2GB", "2048".
absl::StatusOr<std::int32_t> ParseAmount(std::string_view text, absl::string_view unit, double per_unit,
                                         absl::string_view what) {
  std::string lower = absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
  absl::string_view rest = absl::StripAsciiWhitespace(lower);
  const bool in_units = absl::ConsumeSuffix(&rest, unit);
  rest = absl::StripAsciiWhitespace(rest);
  double number = 0;
  if (!absl::SimpleAtod(rest, &number) || !std::isfinite(number)) {
    return ClientError(Say("Invalid '", what, "' setting for task."));
  }
  const double amount = in_units ? number * per_unit : number;
  if (amount < 1 || amount > 2e9 || amount != std::floor(amount)) {
    return ClientError(Say("Invalid '", what, "' setting for task."));
  }
  return static_cast<std::int32_t>(amount);
}

// C18: the 74 combinations, by band.
bool IsFargateSize(std::int32_t cpu, std::int32_t memory) {
  const auto band = [&](std::int32_t low, std::int32_t high, std::int32_t by) {
    return memory >= low && memory <= high && (memory - low) % by == 0;
  };
  switch (cpu) {
    case 256:
      return memory == 512 || memory == 1024 || memory == 2048;
    case 512:
      return band(1024, 4096, 1024);
    case 1024:
      return band(2048, 8192, 1024);
    case 2048:
      return band(4096, 16'384, 1024);
    case 4096:
      return band(8192, 30'720, 1024);
    case 8192:
      return band(16'384, 61'440, 4096);
    case 16'384:
      return band(32'768, 122'880, 8192);
    default:
      return false;
  }
}

absl::Status CheckHealth(const ecs::v1::ContainerDefinition& container) {
  if (!container.has_health_check()) return absl::OkStatus();
  const auto& check = container.health_check();
  const auto refuse = [&](absl::string_view what) {
    return ClientError(absl::StrCat("Invalid health check for container '", container.name(), "': ", what));
  };
  if (check.command().empty() || (check.command(0) != "CMD" && check.command(0) != "CMD-SHELL")) {
    return refuse("command must begin with CMD or CMD-SHELL.");
  }
  const auto bad = [](bool has, std::int32_t value, std::int32_t min, std::int32_t max) {
    return has && (value < min || value > max);
  };
  if (bad(check.has_interval(), check.interval(), 5, 300)) return refuse("interval must be between 5 and 300.");
  if (bad(check.has_timeout(), check.timeout(), 2, 60)) return refuse("timeout must be between 2 and 60.");
  if (bad(check.has_retries(), check.retries(), 1, 10)) return refuse("retries must be between 1 and 10.");
  if (bad(check.has_start_period(), check.start_period(), 0, 300))
    return refuse("startPeriod must be between 0 and 300.");
  return absl::OkStatus();
}

// C24: conditions, targets, no cycles.
absl::Status CheckDependencies(const Request& request) {
  std::map<std::string, const ecs::v1::ContainerDefinition*> by_name;
  for (const auto& container : request.container_definitions()) by_name[container.name()] = &container;
  std::map<std::string, std::set<std::string>> waits_for;
  for (const auto& container : request.container_definitions()) {
    for (const auto& dependency : container.depends_on()) {
      const auto target = by_name.find(dependency.container_name());
      if (target == by_name.end()) {
        return ClientError(absl::StrCat("Invalid dependsOn of container '", container.name(), "': container '",
                                        dependency.container_name(), "' does not exist."));
      }
      const bool essential = !target->second->has_essential() || target->second->essential();
      using Condition = ecs::v1::ContainerCondition;
      if (essential &&
          (dependency.condition() == Condition::COMPLETE || dependency.condition() == Condition::SUCCESS)) {
        return ClientError(absl::StrCat("Invalid dependsOn of container '", container.name(), "': container '",
                                        dependency.container_name(),
                                        "' is essential and may not be waited for to exit."));
      }
      if (dependency.condition() == Condition::HEALTHY && !target->second->has_health_check()) {
        return ClientError(absl::StrCat("Invalid dependsOn of container '", container.name(), "': container '",
                                        dependency.container_name(), "' has no health check."));
      }
      waits_for[container.name()].insert(dependency.container_name());
    }
  }
  // Take away what waits for nothing until nothing is left; a rest is a cycle.
  std::set<std::string> left;
  for (const auto& container : request.container_definitions()) left.insert(container.name());
  for (bool moved = true; moved;) {
    moved = false;
    for (auto at = left.begin(); at != left.end();) {
      const auto& needs = waits_for[*at];
      const bool free = std::ranges::none_of(needs, [&](const std::string& need) { return left.contains(need); });
      at = free ? left.erase(at) : std::next(at);
      moved = moved || free;
    }
  }
  if (!left.empty()) {
    return ClientError(absl::StrCat("Container '", *left.begin(), "' waits for itself through dependsOn."));
  }
  return absl::OkStatus();
}

// C8: what managed instances do not take; named, never ignored.
absl::Status CheckManagedInstances(const Request& request) {
  const auto refuse = [](absl::string_view parameter) {
    return ClientError(absl::StrCat("The parameter ", parameter, " is not supported with Managed Instances."));
  };
  if (request.has_ephemeral_storage()) return refuse("ephemeralStorage");
  if (!request.inference_accelerators().empty()) return refuse("inferenceAccelerators");
  if (request.has_ipc_mode()) return refuse("ipcMode");
  if (request.has_proxy_configuration()) return refuse("proxyConfiguration");
  for (const auto& volume : request.volumes()) {
    if (volume.has_docker_volume_configuration()) return refuse("dockerVolumeConfiguration");
    if (volume.has_fsx_windows_file_server_volume_configuration())
      return refuse("fsxWindowsFileServerVolumeConfiguration");
  }
  for (const auto& container : request.container_definitions()) {
    if (container.has_disable_networking()) return refuse("disableNetworking");
    if (!container.dns_search_domains().empty()) return refuse("dnsSearchDomains");
    if (!container.dns_servers().empty()) return refuse("dnsServers");
    if (!container.docker_security_options().empty()) return refuse("dockerSecurityOptions");
    if (!container.extra_hosts().empty()) return refuse("extraHosts");
    if (container.has_hostname()) return refuse("hostname");
    if (!container.links().empty()) return refuse("links");
    const auto& linux_parameters = container.linux_parameters();
    if (linux_parameters.has_max_swap()) return refuse("maxSwap");
    if (linux_parameters.has_shared_memory_size()) return refuse("sharedMemorySize");
    if (linux_parameters.has_swappiness()) return refuse("swappiness");
    if (!linux_parameters.tmpfs().empty()) return refuse("tmpfs");
  }
  return absl::OkStatus();
}

absl::StatusOr<model::NetworkMode> ReadNetworkMode(const Request& request, bool managed, bool fargate) {
  using Mode = ecs::v1::NetworkMode;
  const auto mode = request.network_mode();
  if (fargate && mode != Mode::awsvpc) return ClientError("Fargate only supports network mode 'awsvpc'.");
  if (mode == Mode::awsvpc) return model::NetworkMode::kAwsvpc;
  if (mode == Mode::host) return model::NetworkMode::kHost;
  if (mode == Mode::UNSPECIFIED) return managed ? model::NetworkMode::kAwsvpc : model::NetworkMode::kBridge;  // C11
  if (managed) {
    return ClientError(absl::StrCat("Managed Instances only supports network modes 'awsvpc' and 'host', not '",
                                    Mode::Value_Name(mode), "'."));
  }
  return mode == Mode::bridge ? model::NetworkMode::kBridge : model::NetworkMode::kNone;
}

}  // namespace

absl::StatusOr<std::int32_t> ParseTaskCpu(std::string_view text) {
  return ParseAmount(text, "vcpu", 1024, "cpu");
}
absl::StatusOr<std::int32_t> ParseTaskMemory(std::string_view text) {
  return ParseAmount(text, "gb", 1024, "memory");
}

absl::StatusOr<model::TaskDefinition> ReadTaskDefinition(const Request& request) {
  model::TaskDefinition row;
  if (request.family().empty()) return ClientError("Family should not be null or empty.");
  if (!IsName(request.family())) return ClientError("Family contains invalid characters.");
  row.family = request.family();
  if (request.ByteSizeLong() > kDocumentBytesMax) {
    return ClientError(absl::StrCat("Task definition is larger than ", kDocumentBytesMax, " bytes."));
  }
  if (request.container_definitions().empty())
    return ClientError("Container definitions should not be null or empty: no container definitions.");
  if (request.container_definitions_size() > kContainersMax) {
    return ClientError(
        absl::StrCat("Too many containers: ", request.container_definitions_size(), ", at most ", kContainersMax, "."));
  }
  ECSMI_RETURN_IF_ERROR(CheckTags(request.tags()));
  for (int compatibility : request.requires_compatibilities()) {
    using C = ecs::v1::Compatibility;
    if (compatibility == C::EC2) row.requires_compatibilities |= model::kCompatibleEc2;
    if (compatibility == C::FARGATE) row.requires_compatibilities |= model::kCompatibleFargate;
    if (compatibility == C::EXTERNAL) row.requires_compatibilities |= model::kCompatibleExternal;
    if (compatibility == C::MANAGED_INSTANCES) row.requires_compatibilities |= model::kCompatibleManagedInstances;
  }
  const bool managed = (row.requires_compatibilities & model::kCompatibleManagedInstances) != 0;
  const bool fargate = (row.requires_compatibilities & model::kCompatibleFargate) != 0;
  if (managed) ECSMI_RETURN_IF_ERROR(CheckManagedInstances(request));
  ECSMI_ASSIGN_OR_RETURN(row.network_mode, ReadNetworkMode(request, managed, fargate));

  std::int32_t task_cpu = 0;
  std::int32_t task_memory = 0;
  if (request.has_cpu()) {
    ECSMI_ASSIGN_OR_RETURN(task_cpu, ParseTaskCpu(request.cpu()));
    if (task_cpu < 128 || task_cpu > 196'608) return ClientError("Invalid 'cpu' setting for task.");
  }
  if (request.has_memory()) {
    ECSMI_ASSIGN_OR_RETURN(task_memory, ParseTaskMemory(request.memory()));
  }
  if (fargate && !IsFargateSize(task_cpu, task_memory)) {
    return ClientError(absl::StrCat("No Fargate configuration exists for given values: ", task_cpu, " CPU, ",
                                    task_memory, " memory."));
  }

  std::int64_t cpu_sum = 0;
  std::int64_t memory_sum = 0;       // hard limits, reservations where there is none: bounded by the task's
  std::int64_t memory_reserved = 0;  // reservations, hard limits where there is none: what placement counts (C22)
  std::int64_t gpus = 0;
  bool any_essential = false;
  std::set<std::string> names;
  for (const auto& container : request.container_definitions()) {
    if (container.name().empty()) return ClientError("Container.name should not be null or empty.");
    if (container.image().empty()) return ClientError("Container.image should not be null or empty.");
    if (!IsName(container.name()))
      return ClientError(absl::StrCat("Container name '", container.name(), "' contains invalid characters."));
    if (!names.insert(container.name()).second) {
      return ClientError(absl::StrCat("Container name '", container.name(), "' is used more than once."));
    }
    const auto invalid = [&](absl::string_view rule) {
      return ClientError(absl::StrCat("Invalid setting for container '", container.name(), "'. ", rule));
    };
    if (task_memory == 0 && !container.has_memory() && !container.has_memory_reservation()) {
      return invalid("At least one of 'memory' or 'memoryReservation' must be specified.");  // C17
    }
    if ((container.has_memory() && container.memory() < 4) ||
        (container.has_memory_reservation() && container.memory_reservation() < 4)) {
      return invalid("'memory' and 'memoryReservation' must be at least 4.");
    }
    if (container.has_cpu() && container.cpu() < 0) return invalid("'cpu' must not be negative.");
    if (container.has_memory() && container.has_memory_reservation() &&
        container.memory() < container.memory_reservation()) {
      return invalid("'memory' must not be less than 'memoryReservation'.");
    }
    cpu_sum += container.cpu();
    memory_sum += container.has_memory() ? container.memory() : container.memory_reservation();
    memory_reserved += container.has_memory_reservation() ? container.memory_reservation() : container.memory();
    for (const auto& wanted : container.resource_requirements()) {
      if (wanted.type() == ecs::v1::ResourceType::GPU) {
        std::int32_t count = 0;
        if (wanted.value() == "ALL") {
          row.all_gpus = true;
        } else if (absl::SimpleAtoi(wanted.value(), &count) && count >= 1 && count <= 16) {
          gpus += count;
        } else {
          return invalid(absl::StrCat("GPU value '", wanted.value(), "' is neither ALL nor a number from 1 to 16."));
        }
      } else {
        return Ours(AwsException::kUnsupportedFeature,
                    absl::StrCat("Resource requirement ", ecs::v1::ResourceType::Value_Name(wanted.type()),
                                 " of container '", container.name(), "' is not emulated."),
                    "resource-requirements");
      }
    }
    for (const auto& mapping : container.port_mappings()) {
      if (mapping.container_port() < 0 || mapping.container_port() > 65'535 || mapping.host_port() < 0 ||
          mapping.host_port() > 65'535) {
        return invalid("Ports must be between 0 and 65535.");
      }
      if (row.network_mode != model::NetworkMode::kHost) continue;
      const int port =
          mapping.has_host_port() && mapping.host_port() != 0 ? mapping.host_port() : mapping.container_port();
      if (port != 0) row.host_ports.push_back(static_cast<std::uint16_t>(port));
    }
    ECSMI_RETURN_IF_ERROR(CheckHealth(container));
    model::ContainerSpec spec;
    spec.name = container.name();
    spec.image = container.image();
    spec.essential = !container.has_essential() || container.essential();
    spec.has_health_check = container.has_health_check();
    any_essential = any_essential || spec.essential;
    ECSMI_RETURN_IF_ERROR(ReadBehavior(container, &spec));
    row.containers.push_back(std::move(spec));
  }
  if (!any_essential) return ClientError("At least one container must be essential.");
  const auto works = [](const model::ContainerSpec& spec) { return !spec.behavior.queue.empty(); };
  if (std::ranges::count_if(row.containers, works) > 1) {
    return Ours(AwsException::kClient, "ecsmi.queue: more than one container has it; one of a task works on a queue",
                "behaviors");
  }
  if (row.all_gpus && gpus > 0) return ClientError("GPU value ALL may not stand beside another GPU requirement.");
  if (task_cpu != 0 && cpu_sum > task_cpu)
    return ClientError(absl::StrCat("Total cpu of containers, ", cpu_sum, ", exceeds the task's ", task_cpu, "."));
  if (task_memory != 0 && memory_sum > task_memory) {
    return ClientError(
        absl::StrCat("Total memory of containers, ", memory_sum, ", exceeds the task's ", task_memory, "."));
  }
  if (cpu_sum > 196'608 || memory_sum > 64'000'000)
    return ClientError("Containers ask for more than any instance has.");
  ECSMI_RETURN_IF_ERROR(CheckDependencies(request));
  std::sort(row.host_ports.begin(), row.host_ports.end());

  using Architecture = ecs::v1::CPUArchitecture;
  if (request.runtime_platform().cpu_architecture() == Architecture::ARM64)
    row.architecture = model::CpuArchitecture::kArm64;
  if (request.runtime_platform().cpu_architecture() == Architecture::X86_64)
    row.architecture = model::CpuArchitecture::kX86_64;
  if (managed && request.runtime_platform().has_operating_system_family() &&
      request.runtime_platform().operating_system_family() != ecs::v1::OSFamily::LINUX) {
    return ClientError("Managed Instances only supports operatingSystemFamily LINUX.");
  }
  row.resources.cpu_units = static_cast<std::int32_t>(task_cpu != 0 ? task_cpu : cpu_sum);
  row.resources.memory_mib = static_cast<std::int32_t>(task_memory != 0 ? task_memory : memory_reserved);
  row.resources.gpus = static_cast<std::int16_t>(gpus);
  row.resources.eni_slots = row.network_mode == model::NetworkMode::kAwsvpc ? 1 : 0;
  if (request.placement_constraints_size() > 10) return ClientError("At most 10 placement constraints are allowed.");
  for (const auto& constraint : request.placement_constraints()) {
    if (constraint.type() != ecs::v1::TaskDefinitionPlacementConstraintType::memberOf) {
      return ClientError("A task definition's placement constraint must be of type memberOf.");
    }
    if (constraint.expression().size() > 2'000)
      return ClientError("A placement constraint's expression is longer than 2000 characters.");
    row.placement_constraints.push_back(constraint.expression());
  }
  // What it could run on (C7): bridge and none rule managed instances out, anything but awsvpc rules Fargate out.
  row.compatibilities = model::kCompatibleEc2;
  if (row.network_mode == model::NetworkMode::kAwsvpc || row.network_mode == model::NetworkMode::kHost) {
    if (CheckManagedInstances(request).ok()) row.compatibilities |= model::kCompatibleManagedInstances;
  }
  if (row.network_mode == model::NetworkMode::kAwsvpc && gpus == 0 && !row.all_gpus &&
      IsFargateSize(task_cpu, task_memory)) {
    row.compatibilities |= model::kCompatibleFargate;
  }
  return row;
}

}  // namespace ecsmi::api
