#include "api/cluster/cluster_settings.h"

#include <algorithm>

#include "api/check.h"

namespace ecsmi::api {

absl::Status CheckClusterSettings(const ClusterSettingList& settings) {
  for (int i = 0; i < settings.size(); ++i) {
    if (settings[i].name() == pb::ClusterSettingName::UNSPECIFIED) {
      return InvalidParameter(Say("settings[", i, "].name can not be blank; it should be one of [containerInsights]"));
    }
    const std::string& value = settings[i].value();
    if (value != "enabled" && value != "disabled" && value != "enhanced") {
      return InvalidParameter(
          Say("settings[", i, "].value '", value, "' should be one of [enabled, disabled, enhanced]"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckClusterConfiguration(const pb::ClusterConfiguration& configuration) {
  const pb::ExecuteCommandConfiguration& command = configuration.execute_command_configuration();
  const bool overrides = command.logging() == pb::ExecuteCommandLogging::OVERRIDE;
  if (overrides != command.has_log_configuration()) {
    return InvalidParameter(Say("configuration.executeCommandConfiguration.logConfiguration ",
                                overrides ? "is required with" : "needs",
                                " configuration.executeCommandConfiguration.logging OVERRIDE"));
  }
  return absl::OkStatus();
}

void PutClusterSettings(const ClusterSettingList& given, pb::Cluster& document) {
  for (const pb::ClusterSetting& setting : given) {
    auto& stored = *document.mutable_settings();
    const auto at =
        std::ranges::find_if(stored, [&](const pb::ClusterSetting& each) { return each.name() == setting.name(); });
    (at == stored.end() ? *stored.Add() : *at) = setting;
  }
}

}  // namespace ecsmi::api
