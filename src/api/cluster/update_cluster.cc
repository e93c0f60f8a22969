#include <string>

#include "api/check.h"
#include "api/cluster/cluster_settings.h"
#include "api/cluster/cluster_view.h"
#include "api/cluster/clusters.h"
#include "api/document_bytes.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

pb::Cluster ReadDocument(const control::Step& step, const model::Cluster& cluster) {
  pb::Cluster document;
  const std::string_view bytes = step.state.DocumentBytes(cluster.document);
  ECSMI_CHECK(document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return document;
}

// Only what the caller knew of the contract is kept.
void StoreDocument(control::Step& step, const model::Cluster& cluster, pb::Cluster document) {
  document.DiscardUnknownFields();
  const model::Serial stored = step.state.InternDocument(DocumentBytes(document));
  if (stored == cluster.document) return;
  step.state.Update<model::Cluster>(cluster.serial, [&](model::Cluster& row) { row.document = stored; });
}

}  // namespace

absl::Status CheckUpdateCluster(const pb::UpdateClusterRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("cluster", request.cluster()));
  ECSMI_RETURN_IF_ERROR(CheckClusterSettings(request.settings()));
  return CheckClusterConfiguration(request.configuration());
}

absl::Status UpdateCluster(control::Step& step, const CallContext& context, const pb::UpdateClusterRequest& request,
                           pb::UpdateClusterResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  pb::Cluster document = ReadDocument(step, *cluster);
  PutClusterSettings(request.settings(), document);
  if (request.has_configuration()) *document.mutable_configuration() = request.configuration();
  if (request.has_service_connect_defaults()) {
    const std::string& name = request.service_connect_defaults().namespace_();
    // An empty name takes the default away (documented).
    document.clear_service_connect_defaults();
    if (!name.empty()) document.mutable_service_connect_defaults()->set_namespace_(name);
  }
  StoreDocument(step, *cluster, std::move(document));
  *response->mutable_cluster() = ShowCluster(step, *cluster, kAllClusterParts);
  return absl::OkStatus();
}

absl::Status CheckUpdateClusterSettings(const pb::UpdateClusterSettingsRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("cluster", request.cluster()));
  if (request.settings().empty()) return InvalidParameter("settings can not be empty.");
  return CheckClusterSettings(request.settings());
}

absl::Status UpdateClusterSettings(control::Step& step, const CallContext& context,
                                   const pb::UpdateClusterSettingsRequest& request,
                                   pb::UpdateClusterSettingsResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  pb::Cluster document = ReadDocument(step, *cluster);
  PutClusterSettings(request.settings(), document);
  StoreDocument(step, *cluster, std::move(document));
  *response->mutable_cluster() = ShowCluster(step, *cluster, kAllClusterParts);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
