#include "demo/bill.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "demo/timeline.h"
#include "ecsmi/base/status.h"

namespace ecsmi::demo {
namespace {

constexpr std::int64_t kBilledMinMs = 60'000;
// Nano-dollars per hour × milliseconds in a micro-dollar.
constexpr absl::int128 kPerMicroUsd = 3'600'000'000;

std::int64_t ToMs(const google::protobuf::Timestamp& moment) {
  return moment.seconds() * 1000 + moment.nanos() / 1'000'000;
}

absl::StatusOr<std::vector<emu::UsageInterval>> AllIntervals(Client& client) {
  std::vector<emu::UsageInterval> intervals;
  std::string token;
  do {
    ECSMI_ASSIGN_OR_RETURN(
        const emu::ListUsageResponse page,
        Client::Call(*client.emulator, &emu::EmulatorService::Stub::ListUsage,
                     token.empty() ? std::string("{}") : absl::StrCat(R"({"nextToken": ")", token, "\"}")));
    intervals.insert(intervals.end(), page.intervals().begin(), page.intervals().end());
    token = page.next_token();
  } while (!token.empty());
  return intervals;
}

// Half-even, once over the whole sum.
std::int64_t MicroUsd(absl::int128 amount) {
  const absl::int128 whole = amount / kPerMicroUsd;
  const absl::int128 rest = amount % kPerMicroUsd * 2;
  const bool up = rest > kPerMicroUsd || (rest == kPerMicroUsd && whole % 2 == 1);
  return static_cast<std::int64_t>(whole) + (up ? 1 : 0);
}

void PrintGroups(const char* title, const emu::GetCostsResponse& costs) {
  std::printf("  %-34s %12s %12s %12s %9s\n", title, "On-Demand", "fee", "total", "hours");
  const auto line = [](const std::string& key, const emu::CostGroup& group) {
    std::printf("  %-34s %12s %12s %12s %9.3f\n", key.c_str(), group.on_demand_usd().c_str(), group.fee_usd().c_str(),
                group.total_usd().c_str(), static_cast<double>(group.instance_ms()) / 3.6e6);
  };
  for (const auto& group : costs.groups()) line(group.key(), group);
  line("total", costs.total());
}

}  // namespace

absl::Status PrintBill(Client& client) {
  using Emulator = emu::EmulatorService::Stub;
  ECSMI_ASSIGN_OR_RETURN(const std::vector<emu::UsageInterval> intervals, AllIntervals(client));
  ECSMI_ASSIGN_OR_RETURN(const emu::GetCostsResponse by_type,
                         Client::Call(*client.emulator, &Emulator::GetCosts, R"({"groupBy": "INSTANCE_TYPE"})"));
  ECSMI_ASSIGN_OR_RETURN(const emu::GetCostsResponse by_service,
                         Client::Call(*client.emulator, &Emulator::GetCosts, R"({"groupBy": "SERVICE"})"));

  std::printf("\nThe bill, in dollars: per second with a minute at least; prices of %s, %s; fee schedule \"%s\"\n",
              by_type.price_date().c_str(), by_type.price_basis().c_str(), by_type.fee_schedule().c_str());
  absl::int128 sum = 0;
  for (const emu::UsageInterval& interval : intervals) {
    if (!interval.has_ended_at()) {
      return absl::InternalError(absl::StrCat(interval.ec2_instance_id(), " is still running"));
    }
    const std::int64_t ms = ToMs(interval.ended_at()) - ToMs(interval.started_at());
    sum += absl::int128(std::max(ms, kBilledMinMs)) *
           (interval.on_demand_nano_usd_per_hour() + interval.fee_nano_usd_per_hour());
    std::printf("  %s %-12s ran %s\n", interval.ec2_instance_id().c_str(), interval.instance_type().c_str(),
                Clock(ms, 0).c_str());
  }
  PrintGroups("by instance type", by_type);
  PrintGroups("by service", by_service);
  if (by_type.total().has_other_total_usd()) {
    std::printf("  With fee schedule \"%s\": %s\n", by_type.other_fee_schedule().c_str(),
                by_type.total().other_total_usd().c_str());
  }
  std::printf("  %.4f dollars a message.\n", static_cast<double>(by_type.total().total_micro_usd()) / 1e6 / kMessages);
  const std::int64_t expected = MicroUsd(sum);
  for (const emu::GetCostsResponse* costs : {&by_type, &by_service}) {
    std::int64_t groups = 0;
    for (const auto& group : costs->groups()) groups += group.total_micro_usd();
    if (costs->total().total_micro_usd() != expected || groups != expected ||
        costs->interval_count() != static_cast<std::int64_t>(intervals.size())) {
      return absl::InternalError(absl::StrCat("the bill of ", costs->total().total_micro_usd(), " micro-dollars over ",
                                              costs->interval_count(), " intervals and groups of ", groups,
                                              " do not equal the ", intervals.size(), " intervals' ", expected));
    }
  }
  std::printf("  The total equals its %d intervals.\n", static_cast<int>(intervals.size()));
  return absl::OkStatus();
}

}  // namespace ecsmi::demo
