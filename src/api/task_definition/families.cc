#include <algorithm>
#include <string>
#include <vector>

#include "api/check.h"
#include "api/limits.h"
#include "api/task_definition/task_definitions.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "ListTaskDefinitionFamilies";

}  // namespace

absl::Status CheckListTaskDefinitionFamilies(const pb::ListTaskDefinitionFamiliesRequest& request) {
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kListPageMax)
                                   : absl::OkStatus();
}

// By name. ACTIVE are those with an ACTIVE revision, INACTIVE those without; without a status both (documented).
absl::Status ListTaskDefinitionFamilies(control::Step& step, const CallContext& context,
                                        const pb::ListTaskDefinitionFamiliesRequest& request,
                                        pb::ListTaskDefinitionFamiliesResponse* response) {
  using Status = pb::TaskDefinitionFamilyStatus;
  std::string after;
  if (!request.next_token().empty()) {
    ECSMI_ASSIGN_OR_RETURN(const model::Serial serial, ParsePageToken(step, kOperation, request.next_token()));
    const auto* last = step.state.Find<model::Family>(serial);
    if (last == nullptr) return InvalidParameter("Invalid token");
    after = last->name;
  }
  std::vector<const model::Family*> rows;
  step.state.table<model::Family>().ForEach([&](const model::Family& row) {
    if (row.region != context.region || row.name <= after || !row.name.starts_with(request.family_prefix())) return;
    const bool active = step.state.FindNewestDefinition(row.region, row.name) != model::kNoSerial;
    if (request.status() == Status::ACTIVE && !active) return;
    if (request.status() == Status::INACTIVE && active) return;
    rows.push_back(&row);
  });
  std::ranges::sort(rows, {}, [](const model::Family* row) { return std::string_view(row->name); });
  const auto page = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kListPageMax);
  for (std::size_t i = 0; i < std::min(page, rows.size()); ++i) response->add_families(rows[i]->name);
  if (rows.size() > page) response->set_next_token(PageToken(step, kOperation, rows[page - 1]->serial));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
