#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "control/launch_decision.h"
#include "control/simulation.h"
#include "ecsmi/core/launchable_types.h"

namespace ecsmi::control {
namespace {

using model::CapacityProvider;
using model::CapacityProviderStatus;
using model::CapacityProviderUpdateStatus;
using model::Task;

// A step places at most this many waiting tasks; the rest follows a moment later, so that readers get in between and a
// commit stays small.
constexpr int kPlacedPerPass = 1'000;
constexpr model::DurationMs kPassPauseMs = 4;

// vCPUs of the account's instances per quota class: pending to shutting-down all count (G25, E48).
std::map<std::string, std::int64_t, std::less<>> UsedVcpus(const Step& step, std::string_view region) {
  std::map<std::string, std::int64_t, std::less<>> used;
  for (const auto& [name, count] : step.state.LiveInstancesByType(region)) {
    if (const model::InstanceType* type = step.catalog.FindType(name)) {
      used[type->quota_class] += std::int64_t{type->vcpus} * count;
    }
  }
  return used;
}

// vCPUs the account may run of the type's class; nullopt = as many as it likes.
std::optional<std::int64_t> QuotaOf(const Step& step, const ports::PricedType& type) {
  if (step.settings.quotas.empty()) return std::nullopt;
  const auto quota = step.settings.quotas.find(type.type->quota_class);
  return quota == step.settings.quotas.end() ? 0 : quota->second;
}

model::LaunchRefusal OverQuota(const std::string& type, const model::LaunchDecision::ShutOut& shut_out) {
  model::LaunchRefusal refusal;
  refusal.code = "VcpuLimitExceeded";
  refusal.message =
      absl::StrCat("You have requested more vCPU capacity than your current vCPU limit of ", shut_out.quota,
                   " allows for the instance bucket that the specified instance type belongs to. Please visit "
                   "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.");
  refusal.type = type;
  refusal.quota_class = shut_out.quota_class;
  refusal.quota = shut_out.quota;
  refusal.used = shut_out.used;
  return refusal;
}

model::LaunchRefusal NothingFits(const std::string& requirement) {
  model::LaunchRefusal refusal;
  refusal.code = "UnfulfillableCapacity";
  refusal.message = absl::StrCat("No instance type that the capacity provider allows has the ", requirement,
                                 " that a task asks for.");
  refusal.requirement = requirement;
  return refusal;
}

// Of the provider's subnets in the zone, the one with the fewest live instances, then the first named.
model::Serial SubnetFor(const Step& step, const CapacityProvider& provider, std::uint8_t zone) {
  model::Serial best = model::kNoSerial;
  std::uint32_t fewest = 0;
  for (model::Serial subnet : provider.subnets) {
    if (step.state.Get<model::Subnet>(subnet).zone != zone) continue;
    const std::uint32_t count = step.state.LiveInstancesIn(provider.serial, subnet);
    if (best == model::kNoSerial || count < fewest) {
      best = subnet;
      fewest = count;
    }
  }
  return best;
}

void SetRefusal(Step& step, model::Serial provider, model::LaunchRefusal refusal, model::TimeMs retry_at) {
  step.state.Update<CapacityProvider>(provider, [&](CapacityProvider& row) {
    refusal.at = step.now;
    refusal.attempts = row.refusal.attempts + 1;
    row.refusal = std::move(refusal);
    row.batch_due_at = retry_at;
  });
}

// The provider's pass is not done: it goes on a moment later.
void GoOnSoon(Step& step, model::Serial provider) {
  step.state.Update<CapacityProvider>(provider, [&](CapacityProvider& row) {
    row.batch_due_at = step.now + kPassPauseMs;
    row.pass_goes_on = true;
  });
}

void ClearBatch(Step& step, model::Serial provider) {
  step.state.Update<CapacityProvider>(provider, [](CapacityProvider& row) {
    row.batch_first_at = row.batch_last_at = model::kUnset;
    row.batch_due_at = model::kNever;
    row.pass_goes_on = false;
  });
}

std::vector<core::WaitingClass> WaitingOf(const Step& step, const std::vector<model::WaitingClass*>& groups) {
  std::vector<core::WaitingClass> waiting;
  for (const model::WaitingClass* group : groups) {
    core::WaitingClass wanted;
    wanted.wanted = ClassOf(step, step.state.Get<Task>(*group->tasks.begin()));
    wanted.group = group->key.group;
    wanted.zone_counts = step.placement.ZoneCounts(wanted.group);
    wanted.count = static_cast<std::int32_t>(group->tasks.size());
    wanted.group_desired = wanted.count;
    for (std::uint32_t count : wanted.zone_counts) wanted.group_desired += static_cast<std::int32_t>(count);
    waiting.push_back(std::move(wanted));
  }
  return waiting;
}

// How far a plan is carried out in this step.
struct Extent {
  std::size_t launches = 0;                       // the first so many of its instances
  bool full = false;                              // the step has placed all it may
  const ports::PricedType* over_quota = nullptr;  // the next one's type, when its quota stops it
};
Extent ExtentOf(const Step& step, const ports::RegionCatalog& region, const core::NewCapacityPlan& plan, int placed,
                std::map<std::string, std::int64_t, std::less<>>& used) {
  Extent extent;
  for (const core::NewInstance& wanted : plan.instances) {
    if (placed >= kPlacedPerPass) {
      extent.full = true;
      break;
    }
    const ports::PricedType& type = region.types[wanted.type];
    if (const std::optional<std::int64_t> quota = QuotaOf(step, type)) {
      if (used[type.type->quota_class] + type.type->vcpus > *quota) {
        extent.over_quota = &type;
        break;
      }
      used[type.type->quota_class] += type.type->vcpus;
    }
    placed += std::accumulate(wanted.tasks.begin(), wanted.tasks.end(), 0);
    ++extent.launches;
  }
  return extent;
}

// Launches the first `launches` instances of the plan and places the tasks that are meant for them; says how many.
int LaunchPlanned(Step& step, const CapacityProvider& provider, const ports::RegionCatalog& region,
                  const LaunchRound& round, std::span<core::WaitingClass> waiting) {
  if (round.launches == 0) return 0;
  const ToldLaunches told = TellLaunches(step, region, round);
  std::string bytes;
  model::EncodeRow(told.decision, bytes);
  const model::Serial decision = step.state.InternDocument(bytes);
  int placed = 0;
  for (std::size_t n = 0; n < round.launches; ++n) {
    const core::NewInstance& wanted = round.plan.instances[n];
    Launch launch;
    launch.provider = provider.serial;
    launch.subnet = SubnetFor(step, provider, wanted.zone);
    launch.type = &region.types[wanted.type];
    launch.decision = decision;
    launch.bin = told.bins[n];
    for (std::size_t i = 0; i < wanted.tasks.size(); ++i) {
      if (wanted.tasks[i] > 0) launch.dedicated = launch.dedicated || waiting[i].wanted.dedicated;
    }
    const core::PlacementChoice here{.instance = LaunchInstance(step, launch),
                                     .cause = model::PlacementCause::kNewInstance};
    for (std::size_t i = 0; i < wanted.tasks.size(); ++i) {
      // The class goes with its last task: `groups[i]` is touched only while one is left.
      for (std::int32_t left = wanted.tasks[i]; left > 0; --left) {
        PlaceChosen(step, *round.groups[i]->tasks.begin(), here);
      }
      placed += wanted.tasks[i];
      waiting[i].count -= wanted.tasks[i];
      if (wanted.tasks[i] > 0) waiting[i].zone_counts = step.placement.ZoneCounts(waiting[i].group);
    }
  }
  return placed;
}

// Leaves out what the quota no longer holds; smaller types of the class may still fit under it.
void ShutOut(const ports::RegionCatalog& region, const model::LaunchDecision::ShutOut& quota, core::TypeSet& allowed) {
  for (ports::TypeOrdinal at = allowed.First(); at != core::TypeSet::kNone;
       at = allowed.First(static_cast<ports::TypeOrdinal>(at + 1))) {
    const model::InstanceType& type = *region.types[at].type;
    if (type.quota_class == quota.quota_class && quota.used + type.vcpus > quota.quota) allowed.Clear(at);
  }
}

// Launches for what waits (B50, third step): types by price, quota-blocked classes left out and planned again without.
void PlanCapacity(Step& step, model::Serial serial) {
  const auto& provider = step.state.Get<CapacityProvider>(serial);
  model::WaitingList& list = step.state.waiting(serial);
  int placed = PlaceWaiting(step, serial, kPlacedPerPass);
  if (list.empty()) return ClearBatch(step, serial);
  if (placed == kPlacedPerPass) return GoOnSoon(step, serial);

  const std::vector<model::WaitingClass*> groups = list.All();
  ProviderOffer offer = OfferOf(step, provider);
  const ports::RegionCatalog& region = *offer.region;
  std::vector<core::WaitingClass> waiting = WaitingOf(step, groups);
  std::map<std::string, std::int64_t, std::less<>> used = UsedVcpus(step, provider.region);
  const std::uint64_t attempt = static_cast<std::uint64_t>(provider.refusal.attempts);
  const model::TimeMs retry_at = step.now + DrawDelay(step, step.settings.latency.launch_retry, serial,
                                                      static_cast<std::uint64_t>(Stage::kLaunchRetry), attempt);
  model::LaunchRefusal refusal;
  std::vector<model::LaunchDecision::ShutOut> shut_out;
  // Each round either launches all it planned or shuts out at least one quota class: at most one round per class.
  for (bool again = true; again;) {
    const std::vector<core::LaunchableType> types =
        core::InPriceOrder(core::LaunchableTypes(region, offer.allowed, step.settings.fee_current));
    const core::NewCapacityPlan plan = core::PlanNewInstances(waiting, types, offer.zones);
    const Extent extent = ExtentOf(step, region, plan, placed, used);
    placed += LaunchPlanned(step, provider, region, {groups, waiting, types, plan, extent.launches, shut_out}, waiting);
    if (extent.full) return GoOnSoon(step, serial);
    again = extent.over_quota != nullptr;
    if (again) {
      const model::InstanceType& type = *extent.over_quota->type;
      shut_out.push_back({type.quota_class, *QuotaOf(step, *extent.over_quota), used[type.quota_class]});
      refusal = OverQuota(type.name, shut_out.back());
      ShutOut(region, shut_out.back(), offer.allowed);
      continue;
    }
    for (std::size_t i = 0; i < plan.unplaced.size(); ++i) {
      if (plan.unplaced[i] == 0 || !refusal.code.empty()) continue;
      refusal = NothingFits(plan.unplaced_reason[i]);
    }
  }
  ClearBatch(step, serial);
  if (!list.empty()) {
    SetRefusal(step, serial, std::move(refusal), retry_at);
    absl::btree_set<model::Serial> services;
    for (const model::WaitingClass* group : list.All()) {
      if (group->key.service != model::kNoSerial) services.insert(group->key.service);
    }
    for (model::Serial service : services) {
      NoteLaunchRefused(step, service, step.state.Get<CapacityProvider>(serial));
    }
    return;
  }
  if (step.state.Get<CapacityProvider>(serial).refusal.attempts > 0) {
    step.state.Update<CapacityProvider>(serial, [](CapacityProvider& row) { row.refusal = {}; });
  }
}

void FinishDeletion(Step& step, model::Serial serial) {
  const auto& provider = step.state.Get<CapacityProvider>(serial);
  const std::string name = provider.name;
  step.state.Update<model::Cluster>(provider.cluster,
                                    [&](model::Cluster& row) { std::erase(row.capacity_providers, name); });
  step.state.Update<CapacityProvider>(serial, [&](CapacityProvider& row) {
    row.status = CapacityProviderStatus::kInactive;
    row.update_status = CapacityProviderUpdateStatus::kDeleteComplete;
    row.deleted_at = step.now;
    row.status_due_at = model::kNever;
    row.batch_due_at = model::kNever;
  });
}

}  // namespace

std::uint64_t ZonesOf(const Step& step, const CapacityProvider& provider) {
  std::uint64_t zones = 0;
  for (model::Serial subnet : provider.subnets) zones |= std::uint64_t{1} << step.state.Get<model::Subnet>(subnet).zone;
  return zones;
}

ProviderOffer OfferOf(const Step& step, const CapacityProvider& provider) {
  const absl::StatusOr<RegionView> view = ViewRegion(step, provider.region);
  ECSMI_CHECK(view.ok());  // the provider was created in this region
  const core::RequirementsMatch match =
      view->requirements->Match(provider.has_requirements ? &provider.requirements : nullptr,
                                {.default_price_protection_percent = step.settings.price_protection_percent});
  return {view->catalog, match.types, ZonesOf(step, provider)};
}

void FireProvider(Step& step, model::Serial serial) {
  const auto& provider = step.state.Get<CapacityProvider>(serial);
  if (provider.status_due_at <= step.now) {
    switch (provider.status) {
      case CapacityProviderStatus::kProvisioning:
        step.state.Update<CapacityProvider>(serial, [](CapacityProvider& row) {
          row.status = CapacityProviderStatus::kActive;
          row.update_status = CapacityProviderUpdateStatus::kCreateComplete;
          row.status_due_at = model::kNever;
        });
        break;
      case CapacityProviderStatus::kActive:
        step.state.Update<CapacityProvider>(serial, [](CapacityProvider& row) {
          row.update_status = CapacityProviderUpdateStatus::kUpdateComplete;
          row.status_due_at = model::kNever;
        });
        break;
      case CapacityProviderStatus::kDeprovisioning:
        // Its instances go first; the last one to terminate brings SettleProvider here again.
        step.state.Update<CapacityProvider>(serial, [](CapacityProvider& row) { row.status_due_at = model::kNever; });
        if (provider.instances.count == 0) FinishDeletion(step, serial);
        break;
      case CapacityProviderStatus::kInactive:
        step.state.Update<CapacityProvider>(serial, [](CapacityProvider& row) { row.status_due_at = model::kNever; });
        break;
    }
  }
  if (step.state.Get<CapacityProvider>(serial).batch_due_at <= step.now) PlanCapacity(step, serial);
}

void SettleProvider(Step& step, model::Serial serial) {
  const CapacityProvider* provider = step.state.Find<CapacityProvider>(serial);
  if (provider == nullptr) return;
  if (provider->status == CapacityProviderStatus::kDeprovisioning) {
    if (provider->instances.count == 0 && provider->status_due_at == model::kNever) {
      return FinishDeletion(step, serial);
    }
    return;
  }
  model::WaitingList& waiting = step.state.waiting(serial);
  if (waiting.empty()) {
    if (provider->batch_due_at == model::kNever && provider->refusal.attempts == 0) return;
    ClearBatch(step, serial);
    step.state.Update<CapacityProvider>(serial, [](CapacityProvider& row) { row.refusal = {}; });
    return;
  }
  if (provider->pass_goes_on || provider->batch_due_at <= step.now) return;  // what is due will see to it
  const int placed = PlaceWaiting(step, serial, kPlacedPerPass);
  if (waiting.empty()) return SettleProvider(step, serial);
  if (placed == kPlacedPerPass) return GoOnSoon(step, serial);
  // What is left waits for company (B63). New demand moves the moment; a retry after a refusal keeps its own.
  const model::TimeMs last = waiting.newest_at();
  const model::TimeMs first = provider->batch_first_at == model::kUnset ? step.now : provider->batch_first_at;
  if (provider->batch_last_at >= last && provider->batch_due_at != model::kNever) return;
  if (provider->refusal.attempts > 0 && provider->batch_due_at != model::kNever && last <= provider->refusal.at) return;
  const model::TimeMs due =
      std::min(first + step.settings.latency.batch_max.base_ms, step.now + step.settings.latency.batch_quiet.base_ms);
  step.state.Update<CapacityProvider>(serial, [&](CapacityProvider& row) {
    row.batch_first_at = first;
    row.batch_last_at = last;
    row.batch_due_at = due;
  });
}

}  // namespace ecsmi::control
