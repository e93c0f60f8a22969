#include <map>
#include <string>

#include "builders/message_path.h"
#include "ecsmi/base/status.h"
#include "scenario/setters.h"
#include "scenario/verb_tables.h"

namespace ecsmi::scenario {
namespace {

using google::protobuf::Message;
using testing::SetPath;

std::map<std::string, Setter> ServiceOptions() {
  const std::string deployment = "deploymentConfiguration.";
  return {
      {"task-definition", To("taskDefinition")},
      {"desired", To("desiredCount")},
      {"on", Strategy("capacityProviderStrategy")},
      {"minimum", To(deployment + "minimumHealthyPercent")},
      {"maximum", To(deployment + "maximumPercent")},
      {"breaker",
       [deployment](Stage&, Message* request, const std::string& value) -> absl::Status {
         if (value != "on" && value != "rollback") return absl::InvalidArgumentError("breaker is on or rollback");
         const std::string breaker = deployment + "deploymentCircuitBreaker.";
         ECSMI_RETURN_IF_ERROR(SetPath(request, breaker + "enable", "true"));
         return SetPath(request, breaker + "rollback", value == "rollback" ? "true" : "false");
       }},
      {"subnets", To("networkConfiguration.awsvpcConfiguration.subnets")},
      {"distinct", Distinct()},
      {"constraint", MemberOf()},
      {"force", To("forceNewDeployment")},
      {"token", To("clientToken")},
      {"tags", Tags("tags", "key", "value")},
  };
}
}  // namespace

VerbTable ServiceVerbs() {
  return {
      {"service",
       {"CreateService",
        {To("serviceName")},
        ServiceOptions(),
        {{"desiredCount", "1"}},
        "service",
        "service.serviceArn",
        CompleteLaunch}},
      {"update-service", {"UpdateService", {To("service")}, ServiceOptions(), {}, "", ""}},
      {"delete-service", {"DeleteService", {To("service")}, {}, {}, "", ""}},
  };
}

}  // namespace ecsmi::scenario
