#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/check.h"
#include "api/emulator/emulator.h"
#include "api/emulator/usage_intervals.h"
#include "api/region.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/core/ledger.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
using model::Serial;

// Groups beside services; no service's key is one of them, for those have a slash.
constexpr std::string_view kStandalone = "standalone tasks";
constexpr std::string_view kUnused = "unused";

std::string ServiceKey(const Step& step, Serial cluster, Serial service, std::string_view name) {
  if (service == model::kNoSerial) return std::string(kStandalone);
  return Say(step.state.Get<model::Cluster>(cluster).name, "/", name);
}

// Shares of ended tasks by instance.
using Shares = std::map<Serial, std::vector<const model::UsageShare*>>;
Shares SharesByInstance(const Step& step) {
  Shares shares;
  step.state.table<model::UsageShare>().ForEach(
      [&](const model::UsageShare& row) { shares[row.instance].push_back(&row); });
  return shares;
}

std::vector<core::Ledger::Holder> HoldersOf(const Step& step, const InstanceUsage& interval, const Shares& shares) {
  std::vector<core::Ledger::Holder> holders;
  if (const auto at = shares.find(interval.instance); at != shares.end()) {
    for (const model::UsageShare* share : at->second) {
      holders.push_back({ServiceKey(step, interval.cluster, share->service, share->service_name), share->held});
    }
  }
  const auto* instance = step.state.Find<model::ContainerInstance>(interval.instance);
  if (instance == nullptr) return holders;
  step.state.ForEachIn<model::Task>(instance->tasks, &model::Task::in_instance, [&](const model::Task& task) {
    const auto* service = step.state.Find<model::Service>(task.service);
    holders.push_back({ServiceKey(step, interval.cluster, task.service, service == nullptr ? "" : service->name),
                       core::HeldBy(task.resources, instance->registered, control::HeldMs(*instance, task, step.now))});
  });
  return holders;
}

std::string GroupOf(const Step& step, const InstanceUsage& interval, emu::CostGrouping::Value group_by) {
  if (group_by == emu::CostGrouping::CAPACITY_PROVIDER) {
    return step.state.Get<model::CapacityProvider>(interval.provider).name;
  }
  if (group_by == emu::CostGrouping::INSTANCE_TYPE) return *interval.type;
  return step.state.Get<model::Cluster>(interval.cluster).name;
}

void Fill(const core::ShownCost& cost, bool schedules_differ, emu::CostGroup* out) {
  if (!cost.group.empty()) out->set_key(cost.group);
  out->set_on_demand_usd(core::UsdText(cost.on_demand_micro_usd));
  out->set_on_demand_micro_usd(cost.on_demand_micro_usd);
  out->set_fee_usd(core::UsdText(cost.fee_micro_usd));
  out->set_fee_micro_usd(cost.fee_micro_usd);
  out->set_total_usd(core::UsdText(cost.total_micro_usd));
  out->set_total_micro_usd(cost.total_micro_usd);
  out->set_dedicated_usd(core::UsdText(cost.dedicated_micro_usd));
  out->set_dedicated_micro_usd(cost.dedicated_micro_usd);
  out->set_instance_ms(cost.instance_ms);
  if (!schedules_differ) return;
  out->set_other_total_usd(core::UsdText(cost.other_total_micro_usd));
  out->set_other_total_micro_usd(cost.other_total_micro_usd);
}

}  // namespace

absl::Status CheckGetCosts(const emu::GetCostsRequest& request) {
  if (request.has_start() && request.has_end() && ToMs(request.end()) <= ToMs(request.start())) {
    return InvalidParameter(Say("end is ", request.end().seconds(), " s, which is not after start, ",
                                request.start().seconds(), " s: the time range is empty"));
  }
  return absl::OkStatus();
}

absl::Status GetCosts(Step& step, const CallContext& context, const emu::GetCostsRequest& request,
                      emu::GetCostsResponse* out) {
  ECSMI_ASSIGN_OR_RETURN(const control::RegionView view, FindRegion(step, context.region));
  core::Period period;
  if (request.has_start()) {
    period.start = control::RunningTime(step.shown, ToMs(request.start()));
    if (period.start > step.now) {
      return InvalidParameter(Say("start is ", request.start().seconds(), " s, after the world's now, ",
                                  step.Shown(step.now) / 1000, " s: nothing has been paid for yet"));
    }
  }
  if (request.has_end()) period.end = control::RunningTime(step.shown, ToMs(request.end()));

  const bool by_service = request.group_by() == emu::CostGrouping::SERVICE;
  const Shares shares = by_service ? SharesByInstance(step) : Shares();
  core::Ledger ledger(period);
  std::set<std::string> other_regions;
  model::TimeMs first = step.now;
  ForEachInterval(step, [&](const InstanceUsage& interval) {
    if (*interval.region != context.region) {
      if (core::Touches(interval.usage, period)) other_regions.insert(*interval.region);
      return;
    }
    first = std::min(first, interval.usage.started_at);
    if (by_service) {
      ledger.AddShared(interval.usage, HoldersOf(step, interval, shares), interval.registered, interval.dedicated,
                       kUnused);
    } else {
      ledger.Add(interval.usage, GroupOf(step, interval, request.group_by()), interval.dedicated);
    }
  });

  const core::ShownCosts costs = core::ShowCosts(ledger, step.settings.fee_current);
  for (const core::ShownCost& cost : costs.groups) Fill(cost, costs.schedules_differ, out->add_groups());
  Fill(costs.total, costs.schedules_differ, out->mutable_total());
  out->set_fee_schedule(step.settings.fee_current ? "current" : "launch");
  if (costs.schedules_differ) out->set_other_fee_schedule(step.settings.fee_current ? "launch" : "current");
  out->set_interval_count(ledger.interval_count());
  const ports::RegionCatalog& region = *view.catalog;
  out->set_price_basis(region.basis == region.region ? region.region : "borrowed:" + region.basis);
  out->set_price_date(region.price_date);
  *out->mutable_start() = ToTimestamp(step.Shown(request.has_start() ? period.start : first));
  *out->mutable_end() = ToTimestamp(step.Shown(std::min(period.end, step.now)));
  for (const std::string& name : other_regions) out->add_other_regions(name);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
