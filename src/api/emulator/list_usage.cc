#include <algorithm>
#include <vector>

#include "api/check.h"
#include "api/emulator/emulator.h"
#include "api/emulator/usage_intervals.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
constexpr char kOperation[] = "ListUsage";
constexpr int kPageDefault = 100;
constexpr int kPageMax = 1'000;

void Fill(const control::Step& step, const InstanceUsage& interval, emu::UsageInterval* out) {
  out->set_ec2_instance_id(model::Ec2InstanceId(step.key, interval.instance));
  out->set_instance_type(*interval.type);
  out->set_cluster(step.state.Get<model::Cluster>(interval.cluster).name);
  out->set_capacity_provider(step.state.Get<model::CapacityProvider>(interval.provider).name);
  *out->mutable_started_at() = ToTimestamp(step.Shown(interval.usage.started_at));
  if (!interval.open) *out->mutable_ended_at() = ToTimestamp(step.Shown(interval.usage.ended_at));
  out->set_on_demand_nano_usd_per_hour(interval.usage.on_demand);
  out->set_fee_nano_usd_per_hour(step.settings.fee_current ? interval.usage.fee_current : interval.usage.fee_launch);
  out->set_dedicated(interval.dedicated);
}

}  // namespace

absl::Status CheckListUsage(const emu::ListUsageRequest& request) {
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kPageMax) : absl::OkStatus();
}

// An instance has one interval, so its serial orders them and names where a page ended.
absl::Status ListUsage(control::Step& step, const CallContext& context, const emu::ListUsageRequest& request,
                       emu::ListUsageResponse* response) {
  model::Serial after = model::kNoSerial;
  if (request.has_next_token()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, kOperation, request.next_token()));
  }
  const std::size_t page = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kPageDefault);
  std::vector<InstanceUsage> intervals;
  ForEachInterval(step, [&](const InstanceUsage& interval) {
    if (interval.instance > after && *interval.region == context.region) intervals.push_back(interval);
  });
  const auto by_instance = [](const InstanceUsage& a, const InstanceUsage& b) { return a.instance < b.instance; };
  const std::size_t shown = std::min(page, intervals.size());
  std::partial_sort(intervals.begin(), intervals.begin() + static_cast<std::ptrdiff_t>(shown), intervals.end(),
                    by_instance);
  for (std::size_t i = 0; i < shown; ++i) Fill(step, intervals[i], response->add_intervals());
  if (shown < intervals.size()) response->set_next_token(PageToken(step, kOperation, intervals[shown - 1].instance));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
