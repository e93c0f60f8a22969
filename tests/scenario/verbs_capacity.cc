#include <map>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "builders/message_path.h"
#include "ecsmi/base/status.h"
#include "scenario/setters.h"
#include "scenario/verb_tables.h"

namespace ecsmi::scenario {
namespace {

using google::protobuf::Message;
using testing::GetPath;
using testing::SetPath;

constexpr const char* kLaunch = "managedInstancesProvider.instanceLaunchTemplate.";
constexpr const char* kWanted = "managedInstancesProvider.instanceLaunchTemplate.instanceRequirements.";

absl::Status Gpu(Stage& stage, Message* request, const std::string& value) {
  const std::string at = kWanted;
  ECSMI_RETURN_IF_ERROR(SetPath(request, at + "acceleratorTypes", "gpu"));
  return Range(at + "acceleratorCount")(stage, request, value);
}

std::map<std::string, Setter> ProviderOptions() {
  const std::string launch = kLaunch;
  const std::string wanted = kWanted;
  return {
      {"scaleInAfter", To("managedInstancesProvider.infrastructureOptimization.scaleInAfter")},
      {"role", To("managedInstancesProvider.infrastructureRoleArn")},
      {"profile", To(launch + "ec2InstanceProfileArn")},
      {"subnets", To(launch + "networkConfiguration.subnets")},
      {"zones",
       [launch](Stage&, Message* request, const std::string& value) -> absl::Status {
         int count = 0;
         if (!absl::SimpleAtoi(value, &count) || count < 1 || count > 9) {
           return absl::InvalidArgumentError("zones is a number from 1 to 9");
         }
         for (int i = 1; i <= count; ++i) {
           ECSMI_RETURN_IF_ERROR(
               SetPath(request, launch + "networkConfiguration.subnets", absl::StrCat("subnet-0000000", i)));
         }
         return absl::OkStatus();
       }},
      {"vcpus", Range(wanted + "vCpuCount")},
      {"memory", Range(wanted + "memoryMiB")},
      {"gpus", Gpu},
      {"gpu-makers", To(wanted + "acceleratorManufacturers")},
      {"makers", To(wanted + "cpuManufacturers")},
      {"generations", To(wanted + "instanceGenerations")},
      {"burstable", To(wanted + "burstablePerformance")},
      {"bare-metal", To(wanted + "bareMetal")},
      {"types", To(wanted + "allowedInstanceTypes")},
      {"not-types", To(wanted + "excludedInstanceTypes")},
      {"requirements", To(launch + "instanceRequirements")},
      {"isolation", Isolation()},
      {"tags", Tags("tags", "key", "value")},
  };
}
// What AWS requires in a requirements block and a scenario rarely wants to say.
absl::Status CompleteProvider(Stage&, Message* request) {
  const std::string wanted(kWanted, std::string(kWanted).size() - 1);
  ECSMI_ASSIGN_OR_RETURN(const std::string given, GetPath(*request, wanted));
  if (given == "absent") return absl::OkStatus();
  for (const char* range : {".vCpuCount", ".memoryMiB"}) {
    ECSMI_ASSIGN_OR_RETURN(const std::string has, GetPath(*request, wanted + range));
    if (has == "absent") ECSMI_RETURN_IF_ERROR(SetPath(request, wanted + range + ".min", "0"));
  }
  return absl::OkStatus();
}

}  // namespace

VerbTable CapacityVerbs() {
  const std::string arn = "arn:aws:iam::000000000000:";
  const std::string launch = kLaunch;
  return {
      {"cluster", {"CreateCluster", {To("clusterName")}, {}, {}, "", ""}},
      {"delete-cluster", {"DeleteCluster", {To("cluster")}, {}, {}, "", ""}},
      {"cluster-providers",
       {"PutClusterCapacityProviders",
        {To("cluster")},
        {{"providers", To("capacityProviders")}, {"strategy", Strategy("defaultCapacityProviderStrategy")}},
        {},
        "",
        ""}},
      {"capacity-provider",
       {"CreateCapacityProvider",
        {To("name")},
        ProviderOptions(),
        {{"cluster", "default"},
         {"role", arn + "role/ecsInfrastructureRole"},
         {"profile", arn + "instance-profile/ecsInstanceRole"},
         {"zones", "3"}},
        "provider",
        "capacityProvider.capacityProviderArn",
        CompleteProvider}},
      {"update-capacity-provider",
       {"UpdateCapacityProvider",
        {To("name")},
        ProviderOptions(),
        {{"cluster", "default"}, {"role", arn + "role/ecsInfrastructureRole"}, {launch + "*", ""}},
        "",
        "",
        CompleteProvider}},
      {"delete-capacity-provider",
       {"DeleteCapacityProvider", {To("capacityProvider")}, {}, {{"cluster", "default"}}, "", ""}},
      {"reset", {"ResetWorld", {}, {}, {}, "", ""}},
  };
}

}  // namespace ecsmi::scenario
