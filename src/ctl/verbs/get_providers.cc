#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/lists.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

std::string Between(const std::string& what, bool has_min, std::int64_t min, bool has_max, std::int64_t max) {
  if (!has_min && !has_max) return "";
  return absl::StrCat(what, " ", has_min ? absl::StrCat(min) : "", "..", has_max ? absl::StrCat(max) : "");
}

// What its instances must be, in a few words; `describe provider` has all of it.
std::string RequirementsOf(const ecs::CapacityProvider& provider) {
  const auto& wanted = provider.managed_instances_provider().instance_launch_template();
  if (!wanted.has_instance_requirements()) return "any";
  const ecs::InstanceRequirementsRequest& requirements = wanted.instance_requirements();
  std::vector<std::string> parts;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) parts.push_back(part);
  };
  const auto& cpus = requirements.v_cpu_count();
  const auto& memory = requirements.memory_mib();
  const auto& accelerators = requirements.accelerator_count();
  add(absl::StrJoin(requirements.allowed_instance_types(), ","));
  add(Between("vCPU", cpus.has_min(), cpus.min(), cpus.has_max(), cpus.max()));
  add(Between("MiB", memory.has_min(), memory.min(), memory.has_max(), memory.max()));
  add(Between("accelerators", accelerators.has_min(), accelerators.min(), accelerators.has_max(), accelerators.max()));
  return absl::StrJoin(parts, ", ");
}

absl::StatusOr<Listing> Show(Client& client, const GetOptions& options) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::CapacityProvider> providers, ListProviders(client, options.cluster));
  Listing listing{"providers", {}, ListOfMessages("capacityProviders", providers), ""};
  listing.told = true;
  listing.table.columns = {
      {"PROVIDER", false, 10},        {"CLUSTER", false, 8}, {"STATUS"}, {"SCALE IN", true}, {"UPDATE"},
      {"INSTANCES WANTED", false, 16}};
  for (const ecs::CapacityProvider& provider : providers) {
    const bool managed = provider.has_managed_instances_provider();
    const auto& optimization = provider.managed_instances_provider().infrastructure_optimization();
    const std::string status = ecs::CapacityProviderStatus::Value_Name(provider.status());
    listing.table.rows.push_back(
        {provider.name(),
         provider.cluster().empty() ? "-" : provider.cluster().substr(provider.cluster().rfind('/') + 1),
         {status, ColourOfStatus(status)},
         optimization.has_scale_in_after() ? absl::StrCat(optimization.scale_in_after(), " s") : "-",
         provider.has_update_status() ? ecs::CapacityProviderUpdateStatus::Value_Name(provider.update_status()) : "-",
         managed ? RequirementsOf(provider) : "-"});
  }
  return listing;
}

}  // namespace

void AddGetProviders(CLI::App& get, Chosen& chosen) {
  AddGet(get, chosen, "providers", "provider", "Capacity providers and what instances they may launch",
         {"ecsmictl get providers", "ecsmictl get providers -c shop"}, true, Show);
}

}  // namespace ecsmi::ctl
