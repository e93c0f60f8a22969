#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "api/arn.h"
#include "api/capacity_provider/capacity_providers.h"
#include "api/capacity_provider/provider_view.h"
#include "api/check.h"
#include "api/limits.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "DescribeCapacityProviders";
constexpr int kPageMax = 10;  // A65, also the default

// What one call may show: names in order, each with the position after which the next page begins.
struct Entry {
  std::string name;
  model::Serial serial = model::kNoSerial;  // kNoSerial: Fargate, or unknown
  std::string missing_arn;
};

std::vector<Entry> NamedEntries(const control::Step& step, const CallContext& context,
                                const pb::DescribeCapacityProvidersRequest& request) {
  std::vector<Entry> entries;
  for (const std::string& reference : request.capacity_providers()) {
    Entry entry;
    entry.name = reference;
    bool here = true;
    if (const std::optional<EcsArn> arn = ParseEcsArn(reference); arn && arn->kind == "capacity-provider") {
      entry.name = std::string(arn->resource);
      here = arn->region == context.region && arn->account == step.account;
    }
    if (here) entry.serial = step.state.FindProvider(context.region, entry.name);
    if (!here || (entry.serial == model::kNoSerial && !IsFargate(entry.name))) {
      entry.missing_arn = here ? MakeEcsArn(context.region, step.account, "capacity-provider", entry.name) : reference;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Fargate first, then by serial; deleted ones are described by name only (assumed).
std::vector<Entry> AllEntries(const control::Step& step, std::string_view region) {
  std::vector<Entry> entries;
  step.state.table<model::CapacityProvider>().ForEach([&](const model::CapacityProvider& row) {
    if (row.region == region && row.status != model::CapacityProviderStatus::kInactive) {
      entries.push_back({row.name, row.serial, {}});
    }
  });
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.serial < b.serial; });
  entries.insert(entries.begin(),
                 {Entry{"FARGATE", model::kNoSerial, {}}, Entry{"FARGATE_SPOT", model::kNoSerial, {}}});
  return entries;
}

// Page position: list entries before serials exist (Fargate) count as themselves, rows as their serial, so that a page
// token stays good when rows come and go.
std::uint64_t Position(const std::vector<Entry>& entries, std::size_t index, bool by_index) {
  if (by_index || entries[index].serial == model::kNoSerial) return index + 1;
  return entries[index].serial + 2;
}

}  // namespace

absl::Status CheckDescribeCapacityProviders(const pb::DescribeCapacityProvidersRequest& request) {
  if (!request.cluster().empty() && request.capacity_providers_size() > 0) {  // A65a
    return InvalidParameter("Cannot specify both capacity providers and cluster in the same request");
  }
  ECSMI_RETURN_IF_ERROR(CheckCount("capacityProviders", request.capacity_providers_size(), kDescribeMax));
  for (int i = 0; i < request.capacity_providers_size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckRequired(Say("capacityProviders[", i, "]"), request.capacity_providers(i)));
  }
  if (!request.has_max_results()) return absl::OkStatus();
  return CheckRange("maxResults", request.max_results(), 1, kPageMax);
}

absl::Status DescribeCapacityProviders(control::Step& step, const CallContext& context,
                                       const pb::DescribeCapacityProvidersRequest& request,
                                       pb::DescribeCapacityProvidersResponse* response) {
  std::uint64_t after = 0;
  if (!request.next_token().empty()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, kOperation, request.next_token()));
  }
  const bool named = request.capacity_providers_size() > 0;
  const bool of_cluster = !request.cluster().empty();
  std::vector<Entry> entries;
  if (named) {
    entries = NamedEntries(step, context, request);
  } else if (of_cluster) {
    ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
    for (const std::string& name : cluster->capacity_providers) {
      entries.push_back({name, IsFargate(name) ? model::kNoSerial : step.state.FindProvider(context.region, name), {}});
    }
  } else {
    entries = AllEntries(step, context.region);
  }

  const bool tags = std::find(request.include().begin(), request.include().end(), pb::CapacityProviderField::TAGS) !=
                    request.include().end();
  // All that are named are shown, unless a page size was asked for.
  const std::size_t limit = request.has_max_results() ? static_cast<std::size_t>(request.max_results())
                            : named                   ? entries.size()
                                                      : kPageMax;
  const bool by_index = named || of_cluster;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (Position(entries, i, by_index) <= after) continue;
    if (shown == limit) {
      response->set_next_token(PageToken(step, kOperation, Position(entries, i - 1, by_index)));
      break;
    }
    ++shown;
    const Entry& entry = entries[i];
    if (!entry.missing_arn.empty()) {
      pb::Failure* failure = response->add_failures();
      failure->set_arn(entry.missing_arn);
      failure->set_reason("MISSING");
    } else if (entry.serial == model::kNoSerial) {
      *response->add_capacity_providers() = ShowFargate(step, context.region, entry.name);
    } else {
      *response->add_capacity_providers() =
          ShowProvider(step, step.state.Get<model::CapacityProvider>(entry.serial), tags);
    }
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
