#include <algorithm>
#include <optional>
#include <vector>

#include "api/arn.h"
#include "api/check.h"
#include "api/cluster/cluster_view.h"
#include "api/cluster/clusters.h"
#include "api/limits.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

// A cluster of any status by name or ARN; a deleted one is still described (INACTIVE). `arn` gets the long form.
absl::StatusOr<const model::Cluster*> FindAnyCluster(const control::Step& step, const CallContext& context,
                                                     const std::string& field, std::string_view reference,
                                                     std::string* arn) {
  constexpr const model::Cluster* kUnknown = nullptr;
  std::string_view name = reference;
  if (const std::optional<EcsArn> parsed = ParseEcsArn(reference); parsed && parsed->kind == "cluster") {
    *arn = std::string(reference);
    if (parsed->region != context.region || parsed->account != step.account) return kUnknown;
    name = parsed->resource;
  }
  if (!IsName(name)) {
    return InvalidParameter(Say(field, " '", reference, "' is neither a cluster name nor a cluster ARN"));
  }
  *arn = MakeEcsArn(context.region, step.account, "cluster", name);
  return step.state.Find<model::Cluster>(step.state.FindCluster(context.region, name));
}

ClusterParts PartsOf(const pb::DescribeClustersRequest& request) {
  ClusterParts parts;
  for (int value : request.include()) {
    parts.tags = parts.tags || value == pb::ClusterField::TAGS;
    parts.settings = parts.settings || value == pb::ClusterField::SETTINGS;
    parts.configurations = parts.configurations || value == pb::ClusterField::CONFIGURATIONS;
    parts.statistics = parts.statistics || value == pb::ClusterField::STATISTICS;
  }
  return parts;
}

}  // namespace

absl::Status CheckDescribeClusters(const pb::DescribeClustersRequest& request) {
  return CheckCount("clusters", request.clusters_size(), kDescribeMax);
}

absl::Status DescribeClusters(control::Step& step, const CallContext& context,
                              const pb::DescribeClustersRequest& request, pb::DescribeClustersResponse* response) {
  std::vector<std::string> references(request.clusters().begin(), request.clusters().end());
  if (references.empty()) references.emplace_back("default");
  const ClusterParts parts = PartsOf(request);
  model::CommitSeq seen = 0;
  for (std::size_t i = 0; i < references.size(); ++i) {
    std::string arn;
    ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster,
                           FindAnyCluster(step, context, Say("clusters[", i, "]"), references[i], &arn));
    if (cluster == nullptr) {
      pb::Failure* failure = response->add_failures();
      failure->set_arn(arn);
      failure->set_reason("MISSING");
      continue;
    }
    seen = std::max({seen, cluster->seq, cluster->tasks.seq, cluster->instances.seq, cluster->services.seq});
    *response->add_clusters() = ShowCluster(step, *cluster, parts);
  }
  // That a cluster is absent depends on all that was done; what is there depends on its row and lists alone.
  if (response->failures().empty()) {
    step.SawOnly();
    step.Saw(seen);
  }
  return absl::OkStatus();
}

absl::Status CheckListClusters(const pb::ListClustersRequest& request) {
  if (!request.has_max_results()) return absl::OkStatus();
  return CheckRange("maxResults", request.max_results(), 1, kListPageMax);
}

absl::Status ListClusters(control::Step& step, const CallContext& context, const pb::ListClustersRequest& request,
                          pb::ListClustersResponse* response) {
  model::Serial after = model::kNoSerial;
  if (!request.next_token().empty()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, "ListClusters", request.next_token()));
  }
  std::vector<const model::Cluster*> found;
  step.state.table<model::Cluster>().ForEach([&](const model::Cluster& cluster) {
    if (cluster.serial > after && cluster.region == context.region && cluster.status == model::ClusterStatus::kActive) {
      found.push_back(&cluster);
    }
  });
  std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->serial < b->serial; });
  const auto limit = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kListPageMax);
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) {
    response->add_cluster_arns(ClusterArn(step, *found[i]));
  }
  if (found.size() > limit) response->set_next_token(PageToken(step, "ListClusters", found[limit - 1]->serial));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
