#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/lists.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

absl::StatusOr<Listing> Show(Client& client, const GetOptions&) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Cluster> clusters, ListClusters(client));
  Listing listing{"clusters", {}, ListOfMessages("clusters", clusters), ""};
  listing.told = true;
  listing.table.columns = {{"CLUSTER", false, 12}, {"STATUS"},          {"SERVICES", true},      {"RUNNING", true},
                           {"PENDING", true},      {"INSTANCES", true}, {"PROVIDERS", false, 12}};
  for (const ecs::Cluster& cluster : clusters) {
    listing.table.rows.push_back({cluster.cluster_name(),
                                  {cluster.status(), ColourOfStatus(cluster.status())},
                                  absl::StrCat(cluster.active_services_count()),
                                  absl::StrCat(cluster.running_tasks_count()),
                                  absl::StrCat(cluster.pending_tasks_count()),
                                  absl::StrCat(cluster.registered_container_instances_count()),
                                  absl::StrJoin(cluster.capacity_providers(), ",")});
  }
  return listing;
}

}  // namespace

void AddGetClusters(CLI::App& get, Chosen& chosen) {
  AddGet(get, chosen, "clusters", "cluster", "Clusters with what they hold",
         {"ecsmictl get clusters", "ecsmictl --world 111122223333 get clusters -o json"}, false, Show);
}

}  // namespace ecsmi::ctl
