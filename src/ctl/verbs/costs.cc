#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/costs.pb.h"

namespace ecsmi::ctl {
namespace {

constexpr std::int64_t kHoursPerMonth = 730;

using Rates = std::map<std::string, std::int64_t>;  // nano-dollars an hour, by group

const std::string& KeyOf(const emu::UsageInterval& interval, emu::CostGrouping::Value grouping) {
  if (grouping == emu::CostGrouping::INSTANCE_TYPE) return interval.instance_type();
  return grouping == emu::CostGrouping::CAPACITY_PROVIDER ? interval.capacity_provider() : interval.cluster();
}

std::string HourOf(std::int64_t nano_usd) {
  return nano_usd == 0 ? "-" : Usd(nano_usd);
}

std::vector<Cell> RowOf(const emu::CostGroup& group, const std::string& key, const std::string& rate) {
  const double hours = static_cast<double>(group.instance_ms()) / 3.6e6;
  return {key, group.on_demand_usd(), group.fee_usd(), group.total_usd(), absl::StrFormat("%.2f", hours), rate};
}

// What the instances of this moment go on to cost, and what else belongs beside the amounts.
std::string Note(const emu::GetCostsResponse& costs, std::size_t instances, std::int64_t nano_usd_per_hour) {
  const double hour = static_cast<double>(nano_usd_per_hour) / 1e9;
  std::string note = absl::StrFormat("\nNow: %s, $%.4f an hour, $%.2f a month of %d hours.\n",
                                     Count(static_cast<std::int64_t>(instances), "instance"), hour,
                                     hour * static_cast<double>(kHoursPerMonth), kHoursPerMonth);
  absl::StrAppend(&note, "Prices of ", Safe(costs.price_date()), ", ", Safe(costs.price_basis()), "; fee schedule \"",
                  Safe(costs.fee_schedule()), "\".\n");
  if (costs.total().has_other_total_usd()) {
    absl::StrAppend(&note, "With fee schedule \"", Safe(costs.other_fee_schedule()),
                    "\": ", Safe(costs.total().other_total_usd()), ".\n");
  }
  if (!costs.other_regions().empty()) {
    absl::StrAppend(&note, "Not in here: ", Safe(absl::StrJoin(costs.other_regions(), ", ")), ".\n");
  }
  return note;
}

absl::StatusOr<Listing> Show(Client& client, emu::CostGrouping::Value grouping) {
  emu::GetCostsRequest request;
  request.set_group_by(grouping);
  ECSMI_ASSIGN_OR_RETURN(const emu::GetCostsResponse costs, client.Call<emu::GetCostsResponse>(request));
  ECSMI_ASSIGN_OR_RETURN(const std::vector<emu::UsageInterval> running, ListRunningUsage(client));
  Rates rates;
  std::int64_t sum = 0;
  for (const emu::UsageInterval& interval : running) {
    const std::int64_t rate = interval.on_demand_nano_usd_per_hour() + interval.fee_nano_usd_per_hour();
    rates[KeyOf(interval, grouping)] += rate;
    sum += rate;
  }
  Listing listing{"costs", {}, JsonOf(costs), Note(costs, running.size(), sum)};
  const std::string title = absl::StrReplaceAll(emu::CostGrouping::Value_Name(grouping), {{"_", " "}});
  listing.table.columns = {{title, false, 12}, {"ON-DEMAND $", true}, {"FEE $", true},
                           {"TOTAL $", true},  {"HOURS", true},       {"$/HOUR NOW", true}};
  for (const emu::CostGroup& group : costs.groups()) {
    // Of a service's share in an instance that several use nothing says what it is this moment.
    const std::string rate = grouping == emu::CostGrouping::SERVICE ? "" : HourOf(rates[group.key()]);
    listing.table.rows.push_back(RowOf(group, group.key(), rate));
  }
  listing.table.rows.push_back(RowOf(costs.total(), "total", HourOf(sum)));
  return listing;
}

}  // namespace

void AddCosts(CLI::App& app, Chosen& chosen) {
  struct Options {
    std::string by = "cluster";
    bool watch = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(app, "costs", "What instances have cost, and cost from here on",
                           {"ecsmictl costs", "ecsmictl costs --by service", "ecsmictl costs --by instance-type -w"});
  verb->add_option("-b,--by", options->by, "What the costs are added up by")
      ->check(CLI::IsMember({"cluster", "service", "capacity-provider", "instance-type"}))
      ->capture_default_str();
  verb->add_flag("-w,--watch", options->watch, "Goes on showing what changes");
  OnVerb(*verb, chosen, [options](Context& context) {
    emu::CostGrouping::Value grouping = emu::CostGrouping::CLUSTER;
    emu::CostGrouping::Value_Parse(absl::StrReplaceAll(absl::AsciiStrToUpper(options->by), {{"-", "_"}}), &grouping);
    return ShowListing(
        context, [&](Client& client) { return Show(client, grouping); }, options->watch);
  });
}

}  // namespace ecsmi::ctl
