#include "api/container_instance/instance_view.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "api/arn.h"
#include "api/check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

using model::TableId;

// Ports an ECS agent keeps for itself and the system (assumed to be those of plain EC2 instances).
constexpr const char* kSystemPorts[] = {"22", "2375", "2376", "51678", "51679"};

// Attributes that say what the agent can do, not what the instance is (E6; a selection).
constexpr const char* kCapabilities[] = {"com.amazonaws.ecs.capability.docker-remote-api.1.44",
                                         "com.amazonaws.ecs.capability.logging-driver.awslogs",
                                         "com.amazonaws.ecs.capability.task-iam-role",
                                         "ecs.capability.container-health-check",
                                         "ecs.capability.execution-role-awslogs",
                                         "ecs.capability.execution-role-ecr-pull",
                                         "ecs.capability.secrets.asm.environment-variables",
                                         "ecs.capability.task-eni",
                                         "ecs.capability.task-eni-trunking"};

const char* StatusOf(model::InstanceStage stage) {
  switch (stage) {
    case model::InstanceStage::kLaunching:
    case model::InstanceStage::kBooting:
    case model::InstanceStage::kRegistering:
      return "REGISTERING";
    case model::InstanceStage::kActive:
      return "ACTIVE";
    case model::InstanceStage::kDraining:
      return "DRAINING";
    case model::InstanceStage::kDeregistering:
      return "DEREGISTERING";
    case model::InstanceStage::kTerminated:
      return "INACTIVE";
  }
  return "INACTIVE";
}

pb::Resource* AddResource(google::protobuf::RepeatedPtrField<pb::Resource>& list, const char* name, const char* type) {
  pb::Resource* resource = list.Add();
  resource->set_name(name);
  resource->set_type(type);
  resource->set_double_value(0);
  resource->set_long_value(0);
  resource->set_integer_value(0);
  return resource;
}

void AddResources(const control::Step& step, const model::ContainerInstance& instance, const model::Resources& amounts,
                  bool remaining, google::protobuf::RepeatedPtrField<pb::Resource>& list) {
  AddResource(list, "CPU", "INTEGER")->set_integer_value(amounts.cpu_units);
  AddResource(list, "MEMORY", "INTEGER")->set_integer_value(amounts.memory_mib);
  pb::Resource* ports = AddResource(list, "PORTS", "STRINGSET");
  for (const char* port : kSystemPorts) ports->add_string_set_value(port);
  if (remaining) {
    for (std::uint16_t port : instance.used_ports) ports->add_string_set_value(std::to_string(port));
  }
  AddResource(list, "PORTS_UDP", "STRINGSET");
  if (instance.registered.gpus == 0) return;
  pb::Resource* gpus = AddResource(list, "GPU", "STRINGSET");
  // Devices are handed out from the first on, so that the free ones are the last.
  for (int i = instance.registered.gpus - amounts.gpus; i < instance.registered.gpus; ++i) {
    gpus->add_string_set_value(Say("GPU-", model::Uuid(step.key, TableId::kContainerInstance, instance.serial,
                                                       static_cast<std::uint64_t>(i) + 1)));
  }
}

// An EC2 id that stands for `what` of this world: the same whenever it is asked for.
std::string SimulatedId(const control::Step& step, const char* prefix, std::string_view what) {
  return absl::StrFormat("%s-0%016x", prefix, base::KeyedHashBytes(step.key, Say("ec2/", prefix, "/", what)));
}

void AddAttribute(AttributeList& list, const char* name, std::string value) {
  pb::Attribute* attribute = list.Add();
  attribute->set_name(name);
  if (!value.empty()) attribute->set_value(std::move(value));
}

void AddOwnAttributes(const control::Step& step, const model::ContainerInstance& instance, AttributeList& list) {
  const auto& provider = step.state.Get<model::CapacityProvider>(instance.provider);
  const model::InstanceType* type = step.catalog.FindType(instance.type);
  const bool arm = type != nullptr && type->architecture == model::CpuArchitecture::kArm64;
  const std::string architecture = arm ? "arm64" : "x86_64";
  std::string zone;
  if (const auto region = step.catalog.Region(provider.region, false);
      region.ok() && instance.zone < (*region)->zones.size()) {
    zone = (*region)->zones[instance.zone].name;
  }
  AddAttribute(list, "ecs.ami-id", SimulatedId(step, "ami", Say(provider.region, "/", architecture)));
  AddAttribute(list, "ecs.availability-zone", std::move(zone));
  AddAttribute(list, "ecs.awsvpc-trunk-id", SimulatedId(step, "eni", std::to_string(instance.serial)));
  AddAttribute(list, "ecs.cpu-architecture", architecture);
  AddAttribute(list, "ecs.instance-type", instance.type);
  AddAttribute(list, "ecs.os-family", "LINUX");
  AddAttribute(list, "ecs.os-type", "linux");
  AddAttribute(list, "ecs.subnet-id", step.state.Get<model::Subnet>(instance.subnet).id);
  AddAttribute(list, "ecs.vpc-id", SimulatedId(step, "vpc", provider.region));
  for (const char* name : kCapabilities) AddAttribute(list, name, {});
  if (provider.use_local_storage && type != nullptr && type->local_storage_gb > 0) {  // A27
    AddAttribute(list, "ecs.capability.storage.local-storage-enabled", {});
  }
}

void AddHealth(const control::Step& step, const model::ContainerInstance& instance, pb::ContainerInstance& shown) {
  using State = pb::InstanceHealthCheckState;
  const bool up = instance.registered_at != model::kUnset;
  pb::ContainerInstanceHealthStatus* health = shown.mutable_health_status();
  health->set_overall_status(up ? State::OK : State::INITIALIZING);
  pb::InstanceHealthCheckResult* detail = health->add_details();
  detail->set_type(pb::InstanceHealthCheckType::CONTAINER_RUNTIME);
  detail->set_status(up ? State::OK : State::INITIALIZING);
  if (up) *detail->mutable_last_status_change() = ToTimestamp(step.Shown(instance.registered_at));
}

pb::ContainerInstance DocumentOf(const control::Step& step, const model::ContainerInstance& instance) {
  pb::ContainerInstance document;
  const std::string_view bytes = step.state.DocumentBytes(instance.document);
  ECSMI_CHECK(document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return document;
}

}  // namespace

bool IsShownInstance(const model::ContainerInstance& instance) {
  return instance.stage >= model::InstanceStage::kRegistering && instance.stage != model::InstanceStage::kTerminated;
}

AttributeList InstanceAttributes(const control::Step& step, const model::ContainerInstance& instance) {
  AttributeList list = DocumentOf(step, instance).attributes();
  AddOwnAttributes(step, instance, list);
  return list;
}

std::string InstanceArnOf(const control::Step& step, const model::Cluster& cluster, const std::string& reference) {
  if (ParseEcsArn(reference)) return reference;
  return MakeEcsArn(cluster.region, step.account, "container-instance", Say(cluster.name, "/", reference));
}

pb::ContainerInstance ShowContainerInstance(const control::Step& step, const model::ContainerInstance& instance,
                                            InstanceParts parts) {
  const auto& provider = step.state.Get<model::CapacityProvider>(instance.provider);
  pb::ContainerInstance shown = DocumentOf(step, instance);
  shown.set_container_instance_arn(ContainerInstanceArn(step, instance));
  shown.set_ec2_instance_id(model::Ec2InstanceId(step.key, instance.serial));
  shown.set_capacity_provider_name(provider.name);
  shown.set_version(instance.version);
  shown.mutable_version_info()->set_agent_version(kAgentVersion);
  shown.set_status(StatusOf(instance.stage));
  if (const std::string_view reason = step.state.DocumentBytes(instance.status_reason); !reason.empty()) {
    shown.set_status_reason(std::string(reason));
  }
  shown.set_agent_connected(instance.agent_connected);
  shown.set_running_tasks_count(static_cast<std::int32_t>(instance.running_tasks));
  shown.set_pending_tasks_count(static_cast<std::int32_t>(instance.pending_tasks));
  if (instance.registered_at != model::kUnset) {
    *shown.mutable_registered_at() = ToTimestamp(step.Shown(instance.registered_at));
  }
  AddResources(step, instance, instance.registered, false, *shown.mutable_registered_resources());
  AddResources(step, instance, instance.remaining, true, *shown.mutable_remaining_resources());
  AddOwnAttributes(step, instance, *shown.mutable_attributes());
  if (!parts.tags) shown.clear_tags();
  if (parts.health) AddHealth(step, instance, shown);
  return shown;
}

}  // namespace ecsmi::api
