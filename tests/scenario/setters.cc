#include "scenario/setters.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "builders/message_path.h"
#include "ecsmi/base/status.h"

namespace ecsmi::scenario {

using google::protobuf::Message;
using testing::GetPath;
using testing::SetPath;

Setter To(std::string path) {
  return [path](Stage&, Message* request, const std::string& value) { return SetPath(request, path, value); };
}
Setter Behind(std::string path, std::string before) {
  return [path, before](Stage&, Message* request, const std::string& value) {
    return SetPath(request, path, before + value);
  };
}

absl::StatusOr<std::string> NextOf(const Message& request, const std::string& list) {
  ECSMI_ASSIGN_OR_RETURN(const std::string size, GetPath(request, list + "[#]"));
  return absl::StrCat(list, "[", size == "absent" ? "0" : size, "].");
}

Setter Strategy(std::string list) {
  return [list](Stage&, Message* request, const std::string& value) -> absl::Status {
    for (const std::string& item : std::vector<std::string>(absl::StrSplit(value, ','))) {
      const std::vector<std::string> parts = absl::StrSplit(item, ':');
      ECSMI_ASSIGN_OR_RETURN(const std::string at, NextOf(*request, list));
      ECSMI_RETURN_IF_ERROR(SetPath(request, at + "capacityProvider", parts[0]));
      if (parts.size() > 1) ECSMI_RETURN_IF_ERROR(SetPath(request, at + "weight", parts[1]));
      if (parts.size() > 2) ECSMI_RETURN_IF_ERROR(SetPath(request, at + "base", parts[2]));
    }
    return absl::OkStatus();
  };
}

std::pair<std::string, std::string> Ends(const std::string& value) {
  const std::size_t dots = value.find("..");
  if (dots == std::string::npos) return {value, value};
  return {value.substr(0, dots), value.substr(dots + 2)};
}

Setter Range(std::string path) {
  return [path](Stage&, Message* request, const std::string& value) -> absl::Status {
    const auto [min, max] = Ends(value);
    if (!min.empty()) ECSMI_RETURN_IF_ERROR(SetPath(request, path + ".min", min));
    if (!max.empty()) ECSMI_RETURN_IF_ERROR(SetPath(request, path + ".max", max));
    return absl::OkStatus();
  };
}

Setter Tags(std::string list, std::string key_name, std::string value_name) {
  return [=](Stage&, Message* request, const std::string& value) -> absl::Status {
    for (const std::string& tag : std::vector<std::string>(absl::StrSplit(value, ','))) {
      const std::size_t colon = tag.rfind(':');
      if (colon == std::string::npos) return absl::InvalidArgumentError(tag + " is no key:value");
      ECSMI_ASSIGN_OR_RETURN(const std::string at, NextOf(*request, list));
      ECSMI_RETURN_IF_ERROR(SetPath(request, at + key_name, tag.substr(0, colon)));
      ECSMI_RETURN_IF_ERROR(SetPath(request, at + value_name, tag.substr(colon + 1)));
    }
    return absl::OkStatus();
  };
}

Setter Isolation() {
  return [](Stage& stage, Message* request, const std::string& value) {
    return Tags("tags", "key", "value")(stage, request, "ecsmi:isolation:" + value);
  };
}
Setter Distinct() {
  return [](Stage&, Message* request, const std::string& value) -> absl::Status {
    if (value != "yes") return absl::InvalidArgumentError("distinct can only be yes");
    return SetPath(request, "placementConstraints[+].type", "distinctInstance");
  };
}
Setter MemberOf() {
  return [](Stage&, Message* request, const std::string& value) -> absl::Status {
    ECSMI_ASSIGN_OR_RETURN(const std::string at, NextOf(*request, "placementConstraints"));
    ECSMI_RETURN_IF_ERROR(SetPath(request, at + "type", "memberOf"));
    return SetPath(request, at + "expression", value);
  };
}

absl::Status CompleteLaunch(Stage& stage, Message* request) {
  ECSMI_ASSIGN_OR_RETURN(const std::string launch_type, GetPath(*request, "launchType"));
  ECSMI_ASSIGN_OR_RETURN(const std::string strategy, GetPath(*request, "capacityProviderStrategy[#]"));
  if (strategy == "0" && launch_type == "absent" && !stage.provider.empty()) {
    ECSMI_RETURN_IF_ERROR(Strategy("capacityProviderStrategy")(stage, request, stage.provider));
  }
  ECSMI_ASSIGN_OR_RETURN(const std::string definition, GetPath(*request, "taskDefinition"));
  ECSMI_ASSIGN_OR_RETURN(const std::string network, GetPath(*request, "networkConfiguration"));
  if (network == "absent" && !stage.host_mode[definition.substr(0, definition.find(':'))]) {
    return SetPath(request, "networkConfiguration.awsvpcConfiguration.subnets", "subnet-00000001");
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::scenario
