#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
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

std::string QuotaMessage(std::int64_t quota) {
  return absl::StrCat("You have requested more vCPU capacity than your current vCPU limit of ", quota,
                      " allows for the instance bucket that the specified instance type belongs to. Please visit "
                      "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.");
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

void SetRefusal(Step& step, model::Serial provider, std::string code, std::string message, model::TimeMs retry_at) {
  step.state.Update<CapacityProvider>(provider, [&](CapacityProvider& row) {
    row.refusal.code = std::move(code);
    row.refusal.message = std::move(message);
    row.refusal.at = step.now;
    ++row.refusal.attempts;
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

// Launches for what waits (B50, third step): types by price, quota-blocked classes left out and planned again without.
void PlanCapacity(Step& step, model::Serial serial) {
  const auto& provider = step.state.Get<CapacityProvider>(serial);
  model::WaitingList& list = step.state.waiting(serial);
  int placed = PlaceWaiting(step, serial, kPlacedPerPass);
  if (list.empty()) return ClearBatch(step, serial);
  if (placed == kPlacedPerPass) return GoOnSoon(step, serial);

  const std::vector<model::WaitingClass*> groups = list.All();
  const absl::StatusOr<RegionView> view = ViewRegion(step, provider.region);
  ECSMI_CHECK(view.ok());  // the provider was created in this region
  const ports::RegionCatalog& region = *view->catalog;
  core::TypeSet allowed = view->requirements
                              ->Match(provider.has_requirements ? &provider.requirements : nullptr,
                                      {.default_price_protection_percent = step.settings.price_protection_percent})
                              .types;
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

  std::map<std::string, std::int64_t, std::less<>> used = UsedVcpus(step, provider.region);
  const std::uint64_t attempt = static_cast<std::uint64_t>(provider.refusal.attempts);
  const model::TimeMs retry_at = step.now + DrawDelay(step, step.settings.latency.launch_retry, serial,
                                                      static_cast<std::uint64_t>(Stage::kLaunchRetry), attempt);
  std::string refused_code;
  std::string refused_message;
  // Each round either launches all it planned or shuts out at least one quota class: at most one round per class.
  for (bool again = true; again;) {
    again = false;
    const core::NewCapacityPlan plan = core::PlanNewInstances(
        waiting, core::LaunchableTypes(region, allowed, step.settings.fee_current), ZonesOf(step, provider));
    for (const core::NewInstance& wanted : plan.instances) {
      if (placed >= kPlacedPerPass) return GoOnSoon(step, serial);
      const ports::PricedType& type = region.types[wanted.type];
      if (!step.settings.quotas.empty()) {
        const auto quota = step.settings.quotas.find(type.type->quota_class);
        const std::int64_t limit = quota == step.settings.quotas.end() ? 0 : quota->second;
        if (used[type.type->quota_class] + type.type->vcpus > limit) {
          refused_code = "VcpuLimitExceeded";
          refused_message = QuotaMessage(limit);
          for (ports::TypeOrdinal at = allowed.First(); at != core::TypeSet::kNone;
               at = allowed.First(static_cast<ports::TypeOrdinal>(at + 1))) {
            // Smaller types of the class may still fit under the quota.
            if (region.types[at].type->quota_class == type.type->quota_class &&
                used[type.type->quota_class] + region.types[at].type->vcpus > limit) {
              allowed.Clear(at);
            }
          }
          again = true;
          break;
        }
        used[type.type->quota_class] += type.type->vcpus;
      }
      Launch launch;
      launch.provider = serial;
      launch.subnet = SubnetFor(step, provider, wanted.zone);
      launch.type = &type;
      for (std::size_t i = 0; i < wanted.tasks.size(); ++i) {
        if (wanted.tasks[i] > 0) launch.dedicated = launch.dedicated || waiting[i].wanted.dedicated;
      }
      const model::Serial instance = LaunchInstance(step, launch);
      for (std::size_t i = 0; i < wanted.tasks.size(); ++i) {
        // The class goes with its last task: `groups[i]` is touched only while one is left.
        for (std::int32_t n = 0; n < wanted.tasks[i]; ++n) PlaceTask(step, *groups[i]->tasks.begin(), instance);
        placed += wanted.tasks[i];
        waiting[i].count -= wanted.tasks[i];
        if (wanted.tasks[i] > 0) waiting[i].zone_counts = step.placement.ZoneCounts(waiting[i].group);
      }
    }
    if (!again) {
      for (std::size_t i = 0; i < plan.unplaced.size(); ++i) {
        if (plan.unplaced[i] > 0 && refused_code.empty()) {
          refused_code = "UnfulfillableCapacity";
          refused_message = absl::StrCat("No instance type that the capacity provider allows has the ",
                                         plan.unplaced_reason[i], " that a task asks for.");
        }
      }
    }
  }
  ClearBatch(step, serial);
  if (!list.empty()) {
    SetRefusal(step, serial, refused_code, refused_message, retry_at);
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
