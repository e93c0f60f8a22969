#include "api/stored_only.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "api/account_setting/setting_rules.h"
#include "api/check.h"
#include "ecsmi/base/check.h"
#include "google/protobuf/descriptor.h"

namespace ecsmi::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Entry {
  const char* message;  // below ecsmi.ecs.v1
  const char* field;
  bool required = false;
  // Whether something acts on it in this message after all; nullptr = nothing ever does.
  bool (*acts)(const Message& message) = nullptr;
};

// Some account settings are acted on.
template <typename Request>
bool SettingActs(const Message& message) {
  const auto name = static_cast<const Request&>(message).name();
  return name != pb::SettingName::UNSPECIFIED && RuleOf(name).acts;
}

// The list. A field leaves it in the commit that makes something act on it.
constexpr std::array kEntries = {
    // Clusters: nothing collects insights, and no session is opened.
    Entry{"CreateClusterRequest", "settings"},
    Entry{"CreateClusterRequest", "configuration"},
    Entry{"CreateClusterRequest", "service_connect_defaults"},
    Entry{"UpdateClusterRequest", "settings"},
    Entry{"UpdateClusterRequest", "configuration"},
    Entry{"UpdateClusterRequest", "service_connect_defaults"},
    Entry{"UpdateClusterSettingsRequest", "settings"},
    // Providers: instances have no roles, disks, monitoring or metadata of their own.
    Entry{"CreateManagedInstancesProviderConfiguration", "infrastructure_role_arn", true},
    Entry{"CreateManagedInstancesProviderConfiguration", "auto_repair_configuration"},
    Entry{"UpdateManagedInstancesProviderConfiguration", "infrastructure_role_arn", true},
    Entry{"UpdateManagedInstancesProviderConfiguration", "auto_repair_configuration"},
    Entry{"InstanceLaunchTemplate", "ec2_instance_profile_arn", true},
    Entry{"InstanceLaunchTemplate", "storage_configuration"},
    Entry{"InstanceLaunchTemplate", "monitoring"},
    Entry{"InstanceLaunchTemplate", "instance_metadata_tags_propagation"},
    Entry{"InstanceLaunchTemplate", "fips_enabled"},
    Entry{"InstanceLaunchTemplateUpdate", "ec2_instance_profile_arn", true},
    Entry{"InstanceLaunchTemplateUpdate", "storage_configuration"},
    Entry{"InstanceLaunchTemplateUpdate", "monitoring"},
    Entry{"InstanceLaunchTemplateUpdate", "instance_metadata_tags_propagation"},
    Entry{"ManagedInstancesNetworkConfiguration", "security_groups"},
    // Task definitions: no process runs, so what only a process would see does nothing.
    Entry{"RegisterTaskDefinitionRequest", "task_role_arn"},
    Entry{"RegisterTaskDefinitionRequest", "execution_role_arn"},
    Entry{"RegisterTaskDefinitionRequest", "volumes"},
    Entry{"RegisterTaskDefinitionRequest", "pid_mode"},
    Entry{"RegisterTaskDefinitionRequest", "ipc_mode"},
    Entry{"RegisterTaskDefinitionRequest", "proxy_configuration"},
    Entry{"RegisterTaskDefinitionRequest", "inference_accelerators"},
    Entry{"RegisterTaskDefinitionRequest", "ephemeral_storage"},
    Entry{"RegisterTaskDefinitionRequest", "enable_fault_injection"},
    Entry{"ContainerDefinition", "repository_credentials"},
    Entry{"ContainerDefinition", "links"},
    Entry{"ContainerDefinition", "restart_policy"},
    Entry{"ContainerDefinition", "environment"},
    Entry{"ContainerDefinition", "environment_files"},
    Entry{"ContainerDefinition", "mount_points"},
    Entry{"ContainerDefinition", "volumes_from"},
    Entry{"ContainerDefinition", "linux_parameters"},
    Entry{"ContainerDefinition", "secrets"},
    Entry{"ContainerDefinition", "depends_on"},
    Entry{"ContainerDefinition", "start_timeout"},
    Entry{"ContainerDefinition", "stop_timeout"},
    Entry{"ContainerDefinition", "version_consistency"},
    Entry{"ContainerDefinition", "hostname"},
    Entry{"ContainerDefinition", "user"},
    Entry{"ContainerDefinition", "working_directory"},
    Entry{"ContainerDefinition", "disable_networking"},
    Entry{"ContainerDefinition", "privileged"},
    Entry{"ContainerDefinition", "readonly_root_filesystem"},
    Entry{"ContainerDefinition", "dns_servers"},
    Entry{"ContainerDefinition", "dns_search_domains"},
    Entry{"ContainerDefinition", "extra_hosts"},
    Entry{"ContainerDefinition", "docker_security_options"},
    Entry{"ContainerDefinition", "interactive"},
    Entry{"ContainerDefinition", "pseudo_terminal"},
    Entry{"ContainerDefinition", "ulimits"},
    Entry{"ContainerDefinition", "log_configuration"},
    Entry{"ContainerDefinition", "system_controls"},
    Entry{"ContainerDefinition", "firelens_configuration"},
    Entry{"ContainerDefinition", "credential_specs"},
    Entry{"PortMapping", "protocol"},
    Entry{"PortMapping", "name"},
    Entry{"PortMapping", "app_protocol"},
    Entry{"PortMapping", "container_port_range"},
    Entry{"ResourceRequirement", "sharing_strategy"},
    // Tasks: their interfaces belong to no network.
    Entry{"RunTaskRequest", "enable_ecs_managed_tags"},
    Entry{"RunTaskRequest", "enable_execute_command"},
    Entry{"RunTaskRequest", "platform_version"},
    Entry{"StartTaskRequest", "enable_ecs_managed_tags"},
    Entry{"StartTaskRequest", "enable_execute_command"},
    Entry{"StartTaskRequest", "reference_id"},
    Entry{"RunTaskRequest", "reference_id"},
    Entry{"AwsVpcConfiguration", "subnets", true},
    Entry{"AwsVpcConfiguration", "security_groups"},
    Entry{"AwsVpcConfiguration", "assign_public_ip"},
    Entry{"ContainerOverride", "environment"},
    Entry{"ContainerOverride", "environment_files"},
    Entry{"TaskOverride", "inference_accelerator_overrides"},
    Entry{"TaskOverride", "execution_role_arn"},
    Entry{"TaskOverride", "task_role_arn"},
    Entry{"TaskOverride", "ephemeral_storage"},
    Entry{"PutAccountSettingRequest", "value", false, SettingActs<pb::PutAccountSettingRequest>},
    Entry{"PutAccountSettingDefaultRequest", "value", false, SettingActs<pb::PutAccountSettingDefaultRequest>},
};

// By field; built once. A name that the contract does not have is a slip in the list.
class Index {
 public:
  explicit Index(const google::protobuf::DescriptorPool& pool) {
    for (const Entry& entry : kEntries) {
      const Descriptor* type = pool.FindMessageTypeByName(absl::StrCat("ecsmi.ecs.v1.", entry.message));
      ECSMI_CHECK(type != nullptr);
      const FieldDescriptor* field = type->FindFieldByName(entry.field);
      ECSMI_CHECK(field != nullptr);
      entries_.emplace(field, &entry);
      holders_.insert(type);
    }
    // Whatever contains a message with such a field has to be walked, whatever does not is passed over at once.
    const auto* file = pool.FindFileByName("ecsmi/ecs/v1/ecs_service.proto");
    ECSMI_CHECK(file != nullptr);
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) Visit(*file->service(s)->method(m)->input_type());
    }
    for (const Descriptor* type : holders_) {
      std::vector<Step>& steps = steps_[type];
      for (int i = 0; i < type->field_count(); ++i) {
        const FieldDescriptor* field = type->field(i);
        const auto entry = entries_.find(field);
        if (entry != entries_.end()) {
          steps.push_back({field, entry->second});
        } else if (field->message_type() != nullptr && holders_.contains(field->message_type())) {
          steps.push_back({field});
        }
      }
      std::ranges::sort(steps, {}, [](const Step& step) { return step.field->number(); });
    }
  }

  // What to look at in a message of that type; empty when nothing in or below it is listed.
  struct Step {
    const FieldDescriptor* field = nullptr;
    const Entry* entry = nullptr;  // null: the field leads to messages that have to be walked
  };
  const std::vector<Step>& StepsOf(const Descriptor* type) const {
    static const std::vector<Step> kNone;
    const auto at = steps_.find(type);
    return at == steps_.end() ? kNone : at->second;
  }

 private:
  bool Visit(const Descriptor& type) {
    if (!seen_.insert(&type).second) return holders_.contains(&type);
    bool leads = holders_.contains(&type);
    for (int i = 0; i < type.field_count(); ++i) {
      const Descriptor* below = type.field(i)->message_type();
      if (below != nullptr && Visit(*below)) leads = true;
    }
    if (leads) holders_.insert(&type);
    return leads;
  }

  absl::flat_hash_map<const FieldDescriptor*, const Entry*> entries_;
  absl::flat_hash_set<const Descriptor*> holders_;
  absl::flat_hash_set<const Descriptor*> seen_;
  absl::flat_hash_map<const Descriptor*, std::vector<Step>> steps_;
};

// Looks at those fields alone that are listed or lead to some: what else a request holds costs nothing.
void Walk(const Index& index, const Message& message, const std::string& prefix, StoredOnly& found) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (const auto& [field, entry] : index.StepsOf(message.GetDescriptor())) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field)
                                           : static_cast<int>(reflection.HasField(message, field));
    if (count == 0 || (entry != nullptr && entry->acts != nullptr && entry->acts(message))) continue;
    std::string path = prefix.empty() ? field->json_name() : Say(prefix, ".", field->json_name());
    if (entry != nullptr) {
      auto& list = entry->required ? found.required : found.fields;
      if (std::find(list.begin(), list.end(), path) == list.end()) list.push_back(std::move(path));
      continue;
    }
    for (int i = 0; i < count; ++i) {
      Walk(index,
           field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                : reflection.GetMessage(message, field),
           path, found);
    }
  }
}

}  // namespace

StoredOnly FindStoredOnly(const Message& request) {
  static const Index index(*google::protobuf::DescriptorPool::generated_pool());
  StoredOnly found;
  Walk(index, request, "", found);
  return found;
}

}  // namespace ecsmi::api
