#include <algorithm>

#include "absl/strings/str_format.h"
#include "ecsmi/core/ledger.h"

namespace ecsmi::core {
namespace {

constexpr std::int64_t kMicroPerUsd = 1'000'000;
// One micro-dollar as a numerator (money.h).
constexpr std::int64_t kNumeratorPerMicroUsd = model::kNanoPerUsd / kMicroPerUsd * model::kMsPerHour;

model::NanoUsdHourMs FeeOf(const Amounts& amounts, bool current) {
  return current ? amounts.fee_current : amounts.fee_launch;
}

// `whole` micro-dollars split as the exact amounts are; zeros when there is nothing to split.
std::vector<std::int64_t> Split(std::int64_t whole, const std::vector<absl::int128>& exact) {
  std::vector<std::int64_t> parts(exact.size());
  absl::int128 sum = 0;
  for (absl::int128 amount : exact) sum += amount;
  if (sum == 0) return parts;
  const std::vector<absl::int128> split = Apportion(whole, exact);
  std::transform(split.begin(), split.end(), parts.begin(),
                 [](absl::int128 part) { return static_cast<std::int64_t>(part); });
  return parts;
}

// One group's row of exact amounts under a schedule.
struct Exact {
  std::vector<absl::int128> on_demand;
  std::vector<absl::int128> fee;
};
Exact ExactOf(const Ledger& ledger, bool current) {
  Exact exact;
  for (const auto& [name, group] : ledger.groups()) {
    exact.on_demand.push_back(group.amounts.on_demand);
    exact.fee.push_back(FeeOf(group.amounts, current));
  }
  return exact;
}

// The columns of one schedule: total rounded once, split in On-Demand and fee, each split by group.
struct Columns {
  std::int64_t total = 0;
  std::vector<std::int64_t> sides;  // On-Demand, fee
  std::vector<std::int64_t> on_demand;
  std::vector<std::int64_t> fee;
};
Columns ColumnsOf(const Ledger& ledger, bool current) {
  const Exact exact = ExactOf(ledger, current);
  const model::NanoUsdHourMs fee = FeeOf(ledger.total(), current);
  Columns columns;
  columns.total = MicroUsd(ledger.total().on_demand + fee);
  columns.sides = Split(columns.total, {ledger.total().on_demand, fee});
  columns.on_demand = Split(columns.sides[0], exact.on_demand);
  columns.fee = Split(columns.sides[1], exact.fee);
  return columns;
}

}  // namespace

std::int64_t MicroUsd(model::NanoUsdHourMs amount) {
  const absl::int128 quotient = amount / kNumeratorPerMicroUsd;
  const absl::int128 twice_rest = amount % kNumeratorPerMicroUsd * 2;
  const bool up = twice_rest > kNumeratorPerMicroUsd || (twice_rest == kNumeratorPerMicroUsd && quotient % 2 == 1);
  return static_cast<std::int64_t>(quotient) + (up ? 1 : 0);
}

std::string UsdText(std::int64_t micro_usd) {
  return absl::StrFormat("%d.%06d", micro_usd / kMicroPerUsd, micro_usd % kMicroPerUsd);
}

ShownCosts ShowCosts(const Ledger& ledger, bool fee_current) {
  const Columns columns = ColumnsOf(ledger, fee_current);
  const Columns other = ColumnsOf(ledger, !fee_current);
  ShownCosts shown;
  shown.schedules_differ = ledger.total().fee_launch != ledger.total().fee_current;
  shown.total.on_demand_micro_usd = columns.sides[0];
  shown.total.fee_micro_usd = columns.sides[1];
  shown.total.total_micro_usd = columns.total;
  shown.total.other_total_micro_usd = other.total;
  shown.total.instance_ms = static_cast<std::int64_t>(ledger.total().instance_ms);
  std::size_t i = 0;
  for (const auto& [name, group] : ledger.groups()) {
    ShownCost& cost = shown.groups.emplace_back();
    cost.group = name;
    cost.on_demand_micro_usd = columns.on_demand[i];
    cost.fee_micro_usd = columns.fee[i];
    cost.total_micro_usd = columns.on_demand[i] + columns.fee[i];
    cost.other_total_micro_usd = other.on_demand[i] + other.fee[i];
    cost.instance_ms = static_cast<std::int64_t>(group.amounts.instance_ms);
    // Within its group the dedicated part is split off as the exact amounts are; the total's is the groups' sum.
    const absl::int128 all = group.amounts.on_demand + FeeOf(group.amounts, fee_current);
    const absl::int128 dedicated = group.dedicated.on_demand + FeeOf(group.dedicated, fee_current);
    cost.dedicated_micro_usd = Split(cost.total_micro_usd, {dedicated, all - dedicated})[0];
    shown.total.dedicated_micro_usd += cost.dedicated_micro_usd;
    ++i;
  }
  std::sort(shown.groups.begin(), shown.groups.end(), [](const ShownCost& a, const ShownCost& b) {
    return a.total_micro_usd != b.total_micro_usd ? a.total_micro_usd > b.total_micro_usd : a.group < b.group;
  });
  return shown;
}

}  // namespace ecsmi::core
