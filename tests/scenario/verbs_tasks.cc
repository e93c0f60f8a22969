#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "builders/message_path.h"
#include "ecsmi/base/status.h"
#include "scenario/setters.h"
#include "scenario/verb_tables.h"

namespace ecsmi::scenario {
namespace {

using google::protobuf::Message;
using testing::SetPath;

std::map<std::string, Setter> DefinitionOptions() {
  const std::string main = "containerDefinitions[0].";
  std::map<std::string, Setter> options = {
      {"gpu",
       [main](Stage&, Message* request, const std::string& value) -> absl::Status {
         ECSMI_RETURN_IF_ERROR(SetPath(request, main + "resourceRequirements[0].type", "GPU"));
         return SetPath(request, main + "resourceRequirements[0].value", value);
       }},
      {"host-port",
       [main](Stage&, Message* request, const std::string& value) -> absl::Status {
         ECSMI_RETURN_IF_ERROR(SetPath(request, "networkMode", "host"));
         ECSMI_RETURN_IF_ERROR(SetPath(request, main + "portMappings[0].hostPort", value));
         return SetPath(request, main + "portMappings[0].containerPort", value);
       }},
      {"image", To(main + "image")},
      {"command",
       [main](Stage&, Message* request, const std::string& value) -> absl::Status {
         for (const std::string& word : std::vector<std::string>(absl::StrSplit(value, ' '))) {
           ECSMI_RETURN_IF_ERROR(SetPath(request, main + "command", word));
         }
         return absl::OkStatus();
       }},
      {"arch", To("runtimePlatform.cpuArchitecture")},
      {"compatibilities", To("requiresCompatibilities")},
      {"health-check", To(main + "healthCheck.command")},
      {"constraint", MemberOf()},
      {"tags", Tags("tags", "key", "value")},
  };
  for (const char* key : {"pull-seconds", "start-seconds", "run-seconds", "exit-code", "fail", "cpu-percent",
                          "memory-percent", "queue", "seconds-per-message", "batch", "exit-when-empty"}) {
    options[key] = To(absl::StrCat(main, "dockerLabels.ecsmi.", key));
  }
  return options;
}
}  // namespace

VerbTable TaskVerbs() {
  return {
      {"task-definition",
       {"RegisterTaskDefinition",
        {To("family")},
        DefinitionOptions(),
        {{"networkMode", "awsvpc"},
         {"requiresCompatibilities", "MANAGED_INSTANCES"},
         {"cpu", "256"},
         {"memory", "512"},
         {"containerDefinitions[0].name", "main"},
         {"containerDefinitions[0].image", "example/app:1"}},
        "",
        ""}},
      {"deregister-task-definition", {"DeregisterTaskDefinition", {To("taskDefinition")}, {}, {}, "", ""}},
      {"run-task",
       {"RunTask",
        {To("taskDefinition")},
        {{"on", Strategy("capacityProviderStrategy")},
         {"isolation", Isolation()},
         {"distinct", Distinct()},
         {"token", To("clientToken")},
         {"started-by", To("startedBy")},
         {"subnets", To("networkConfiguration.awsvpcConfiguration.subnets")},
         {"tags", Tags("tags", "key", "value")}},
        {},
        "",
        "",
        CompleteLaunch}},
      {"stop-task", {"StopTask", {To("task")}, {}, {}, "", ""}},
  };
}

}  // namespace ecsmi::scenario
