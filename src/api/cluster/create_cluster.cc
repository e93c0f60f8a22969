#include <optional>
#include <utility>

#include "api/check.h"
#include "api/cluster/cluster_view.h"
#include "api/cluster/clusters.h"
#include "api/cluster/provider_list.h"
#include "api/cluster/strategy.h"
#include "api/document_bytes.h"
#include "api/region.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kDefaultName[] = "default";  // H23

absl::Status CheckSettings(const google::protobuf::RepeatedPtrField<pb::ClusterSetting>& settings) {
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

absl::Status CheckConfiguration(const pb::ClusterConfiguration& configuration) {
  const pb::ExecuteCommandConfiguration& command = configuration.execute_command_configuration();
  const bool overrides = command.logging() == pb::ExecuteCommandLogging::OVERRIDE;
  if (overrides != command.has_log_configuration()) {
    return InvalidParameter(Say("configuration.executeCommandConfiguration.logConfiguration ",
                                overrides ? "is required with" : "needs",
                                " configuration.executeCommandConfiguration.logging OVERRIDE"));
  }
  return absl::OkStatus();
}

// The cold part: what is echoed and decides nothing.
std::string DocumentOf(const pb::CreateClusterRequest& request) {
  pb::Cluster document;
  *document.mutable_tags() = request.tags();
  *document.mutable_settings() = request.settings();
  if (document.settings().empty()) {
    pb::ClusterSetting* insights = document.add_settings();
    insights->set_name(pb::ClusterSettingName::containerInsights);
    insights->set_value("disabled");
  }
  if (request.has_configuration()) *document.mutable_configuration() = request.configuration();
  if (request.has_service_connect_defaults()) {
    document.mutable_service_connect_defaults()->set_namespace_(request.service_connect_defaults().namespace_());
  }
  document.DiscardUnknownFields();
  return DocumentBytes(document);
}

}  // namespace

absl::Status CheckCreateCluster(const pb::CreateClusterRequest& request) {
  if (!request.cluster_name().empty()) ECSMI_RETURN_IF_ERROR(CheckName("clusterName", request.cluster_name()));
  ECSMI_RETURN_IF_ERROR(CheckTags(request.tags()));
  ECSMI_RETURN_IF_ERROR(CheckSettings(request.settings()));
  ECSMI_RETURN_IF_ERROR(CheckConfiguration(request.configuration()));
  if (request.has_service_connect_defaults()) {
    ECSMI_RETURN_IF_ERROR(
        CheckRequired("serviceConnectDefaults.namespace", request.service_connect_defaults().namespace_()));
  }
  return CheckStrategy("defaultCapacityProviderStrategy", request.default_capacity_provider_strategy());
}

absl::Status CreateCluster(control::Step& step, const CallContext& context, const pb::CreateClusterRequest& request,
                           pb::CreateClusterResponse* response) {
  ECSMI_RETURN_IF_ERROR(CheckRegion(step, context.region));
  const std::string name = request.cluster_name().empty() ? kDefaultName : request.cluster_name();
  const auto* existing = step.state.Find<model::Cluster>(step.state.FindCluster(context.region, name));
  const model::Serial serial = existing == nullptr ? model::kNoSerial : existing->serial;
  ECSMI_ASSIGN_OR_RETURN(std::vector<std::string> providers,
                         ResolveProviderList(step, context.region, serial, request.capacity_providers()));
  ECSMI_ASSIGN_OR_RETURN(std::vector<model::StrategyItem> strategy,
                         ResolveStrategy(step, context.region, providers, "defaultCapacityProviderStrategy",
                                         request.default_capacity_provider_strategy()));
  if (existing != nullptr && existing->status == model::ClusterStatus::kActive) {
    *response->mutable_cluster() = ShowCluster(step, *existing, kAllClusterParts);
    return absl::OkStatus();
  }

  const auto fill = [&](model::Cluster& row) {
    row.status = model::ClusterStatus::kActive;
    row.created_at = step.now;
    row.capacity_providers = std::move(providers);
    row.default_strategy = std::move(strategy);
  };
  const model::Serial document = step.state.InternDocument(DocumentOf(request));
  const model::Cluster* row = nullptr;
  if (existing != nullptr) {
    row = &step.state.Update<model::Cluster>(serial, [&](model::Cluster& cluster) {
      fill(cluster);
      cluster.document = document;
    });
  } else {
    model::Cluster cluster;
    cluster.serial = step.state.NewSerial();
    cluster.region = context.region;
    cluster.name = name;
    cluster.document = document;
    fill(cluster);
    row = &step.state.Insert(std::move(cluster));
  }
  *response->mutable_cluster() = ShowCluster(step, *row, kAllClusterParts);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
