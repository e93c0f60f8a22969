#include "absl/strings/str_cat.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

// "2/3" while there are not as many as wanted.
Cell RunningOf(const ecs::Service& service) {
  const bool all = service.running_count() == service.desired_count();
  return {absl::StrCat(service.running_count(), "/", service.desired_count()), all ? Colour::kGood : Colour::kBusy};
}

Cell DeploymentOf(const ecs::Service& service) {
  for (const ecs::Deployment& deployment : service.deployments()) {
    if (deployment.status() != "PRIMARY") continue;
    const std::string state = ecs::DeploymentRolloutState::Value_Name(deployment.rollout_state());
    if (service.deployments_size() == 1) return {state, ColourOfStatus(state)};
    return {absl::StrCat(state, ", ", service.deployments_size() - 1, " older"), ColourOfStatus(state)};
  }
  return "";
}

absl::StatusOr<Listing> Show(Client& client, const GetOptions& options) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, options.cluster));
  std::vector<ecs::Service> services;
  for (const std::string& cluster : clusters) {
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Service> part, ListServices(client, cluster));
    services.insert(services.end(), part.begin(), part.end());
  }
  Listing listing{"services", {}, ListOfMessages("services", services), ""};
  listing.told = true;
  listing.table.columns = {{"CLUSTER", false, 10},   {"SERVICE", false, 12}, {"STATUS"},
                           {"RUNNING", true},        {"PENDING", true},      {"DEPLOYMENT", false, 12},
                           {"DEFINITION", false, 12}};
  for (const ecs::Service& service : services) {
    listing.table.rows.push_back({LastPart(service.cluster_arn()),
                                  service.service_name(),
                                  {service.status(), ColourOfStatus(service.status())},
                                  RunningOf(service),
                                  absl::StrCat(service.pending_count()),
                                  DeploymentOf(service),
                                  LastPart(service.task_definition())});
  }
  return listing;
}

}  // namespace

void AddGetServices(CLI::App& get, Chosen& chosen) {
  AddGet(get, chosen, "services", "service", "Services, their running tasks and deployment",
         {"ecsmictl get services", "ecsmictl get services -c shop -w"}, true, Show);
}

}  // namespace ecsmi::ctl
