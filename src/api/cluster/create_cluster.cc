#include <optional>
#include <utility>

#include "api/account_setting/setting_rules.h"
#include "api/check.h"
#include "api/cluster/cluster_settings.h"
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

// The cold part: what is echoed and decides nothing.
std::string DocumentOf(const pb::CreateClusterRequest& request, std::string insights_by_default) {
  pb::Cluster document;
  *document.mutable_tags() = request.tags();
  *document.mutable_settings() = request.settings();
  if (document.settings().empty()) {
    pb::ClusterSetting* insights = document.add_settings();
    insights->set_name(pb::ClusterSettingName::containerInsights);
    insights->set_value(std::move(insights_by_default));
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
  ECSMI_RETURN_IF_ERROR(CheckClusterSettings(request.settings()));
  ECSMI_RETURN_IF_ERROR(CheckClusterConfiguration(request.configuration()));
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
  const model::Serial document = step.state.InternDocument(
      DocumentOf(request, EffectiveSetting(step, context.region, {}, RuleOf(pb::SettingName::containerInsights))));
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
