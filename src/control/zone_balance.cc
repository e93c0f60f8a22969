#include "ecsmi/core/zone_balance.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "control/service_moves.h"
#include "control/simulation.h"
#include "ecsmi/control/placement_class.h"
#include "ecsmi/core/launchable_types.h"
#include "ecsmi/core/reconcile.h"

// Availability zone rebalancing (D62-D65): a settled service whose zones hold unequally many tasks starts some where
// there are few; once those are healthy, the surplus goes where there are most, as in any scale-in (D60).
namespace ecsmi::control {
namespace {

using model::CapacityProvider;
using model::Deployment;
using model::Service;

// Zones in which every provider of the strategy can launch an instance for the deployment's tasks.
std::uint64_t UsableZones(Step& step, const Service& service, const Deployment& deployment) {
  const auto& definition = step.state.Get<model::TaskDefinition>(deployment.definition);
  model::Task task;  // what its tasks are to placement
  task.definition = definition.serial;
  task.service = service.serial;
  task.resources = definition.resources;
  task.all_gpus = definition.all_gpus;
  std::uint64_t usable = ~std::uint64_t{0};
  for (const model::StrategyItem& item : deployment.strategy) {
    const auto* provider = step.state.Find<CapacityProvider>(item.provider);
    const auto view = ViewRegion(step, service.region);
    if (provider == nullptr || !view.ok()) return 0;
    const core::RequirementsMatch match =
        view->requirements->Match(provider->has_requirements ? &provider->requirements : nullptr,
                                  {.default_price_protection_percent = step.settings.price_protection_percent});
    task.provider = provider->serial;
    usable &= core::ZonesServed(core::LaunchableTypes(*view->catalog, match.types, step.settings.fee_current),
                                ZonesOf(step, *provider), ClassOf(step, task));
  }
  return usable;
}

std::vector<core::ZoneTasks> ZonesOfService(Step& step, const Service& service) {
  const model::DeploymentTally& tally = *step.state.TallyOf(service.primary);
  const auto stoppable = tally.StoppableByZone(model::TaskClass::kHealthy);
  std::vector<core::ZoneTasks> zones;
  const std::uint64_t usable = UsableZones(step, service, step.state.Get<Deployment>(service.primary));
  for (std::uint8_t zone = 0; zone < 64; ++zone) {
    if (((usable >> zone) & 1) == 0) continue;
    const auto here = tally.by_zone().find(zone);
    const auto free = stoppable.find(zone);
    zones.push_back({.zone = zone,
                     .tasks = here == tally.by_zone().end() ? 0 : static_cast<std::int32_t>(here->second),
                     .stoppable = free == stoppable.end() ? 0 : static_cast<std::int32_t>(free->second)});
  }
  return core::SpreadZones(zones, service.desired_count);
}

std::string ZoneName(const Step& step, const Service& service, std::uint8_t zone) {
  return ViewRegion(step, service.region)->catalog->zones[zone].name;
}

// "3 tasks in us-east-1a, 1 tasks in us-east-1c"
std::string Shares(const Step& step, const Service& service, const std::vector<core::ZoneTasks>& zones) {
  return absl::StrJoin(zones, ", ", [&](std::string* out, const core::ZoneTasks& zone) {
    absl::StrAppend(out, zone.tasks, " tasks in ", ZoneName(step, service, zone.zone));
  });
}

}  // namespace

bool BalanceZones(Step& step, model::Serial serial, std::int32_t room) {
  const auto& service = step.state.Get<Service>(serial);
  const bool says = std::ranges::any_of(
      service.notices, [](const model::Notice& notice) { return notice.kind == model::NoticeKind::kUnbalanced; });
  const model::DeploymentTally& tally = *step.state.TallyOf(service.primary);
  // Cheap first: most services are balanced at most passes.
  if (!says && (!service.zone_rebalancing || service.desired_count < 2)) return false;
  std::uint32_t most = 0;
  for (const auto& [zone, count] : tally.by_zone()) most = std::max(most, count);
  if (!says && most <= 1) return false;
  const std::vector<core::ZoneTasks> zones = ZonesOfService(step, service);
  const std::string who = absl::StrCat("(service ", service.name, ")");
  if (core::IsBalanced(zones) || !service.zone_rebalancing) {
    if (!says) return false;
    ClearNotice(step, serial, model::NoticeKind::kUnbalanced);
    if (core::IsBalanced(zones)) {
      AddServiceEvent(step, serial, absl::StrCat(who, " is AZ balanced with ", Shares(step, service, zones), "."));
    }
    return false;
  }
  const core::DeploymentBounds bounds =
      core::BoundsOf(service.desired_count, service.minimum_healthy_percent, service.maximum_percent);
  const std::vector<core::ZoneTasks> starts =
      core::PlanZoneBalance(zones, std::min(room, bounds.upper - service.desired_count));
  if (starts.empty()) return false;
  if (!says) {
    Announce(step, serial, model::NoticeKind::kUnbalanced, 0);
    AddServiceEvent(
        step, serial,
        absl::StrCat(who, " is not AZ balanced with ", Shares(step, service, zones), ". AZ Rebalancing in progress."));
  }
  for (const core::ZoneTasks& start : starts) {
    const std::vector<model::Serial> tasks = StartTasks(step, step.state.Get<Service>(serial), start.tasks, start.zone);
    AddServiceEvent(step, serial,
                    absl::StrCat(who, " has started ", tasks.size(), " tasks in ",
                                 ZoneName(step, step.state.Get<Service>(serial), start.zone),
                                 " to AZ Rebalance:", TaskList(step, tasks), "."));
  }
  return true;
}

}  // namespace ecsmi::control
