#include <optional>
#include <string>

#include "api/arn.h"
#include "api/check.h"
#include "api/task_definition/definition_view.h"
#include "api/task_definition/task_definitions.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr int kDeleteMax = 10;  // C2

// Why a reference cannot be deleted; texts of clients.md.
constexpr char kMalformed[] =
    "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.";
constexpr char kUnknown[] =
    "The specified task definition does not exist. Specify a valid account, family, revision and try again.";
constexpr char kActive[] =
    "The specified task definition is still in ACTIVE status. Please deregister the target and try again.";

// "family:revision" or its ARN; without a revision nothing is named.
bool NamesRevision(std::string_view reference) {
  const std::optional<EcsArn> arn = ParseEcsArn(reference);
  return (arn ? arn->resource : reference).find(':') != std::string_view::npos;
}

}  // namespace

absl::Status CheckDeleteTaskDefinitions(const pb::DeleteTaskDefinitionsRequest& request) {
  if (request.task_definitions().empty()) return InvalidParameter("taskDefinitions can not be empty.");
  return CheckCount("taskDefinitions", request.task_definitions_size(), kDeleteMax);
}

// INACTIVE → DELETE_IN_PROGRESS (C2). What runs of a revision goes on running and is scaled; nothing new may use it.
absl::Status DeleteTaskDefinitions(control::Step& step, const CallContext& context,
                                   const pb::DeleteTaskDefinitionsRequest& request,
                                   pb::DeleteTaskDefinitionsResponse* response) {
  for (const std::string& reference : request.task_definitions()) {
    const auto fail = [&](const char* reason) {
      pb::Failure& failure = *response->add_failures();
      failure.set_arn(reference);
      failure.set_reason(reason);
    };
    const absl::StatusOr<const model::TaskDefinition*> found = ResolveTaskDefinition(step, context, reference);
    if (!found.ok() || !NamesRevision(reference)) {
      fail(kMalformed);
      continue;
    }
    const model::TaskDefinition* row = *found;
    if (row == nullptr || row->status == model::TaskDefinitionStatus::kActive) {
      fail(row == nullptr ? kUnknown : kActive);
      continue;
    }
    if (row->status == model::TaskDefinitionStatus::kInactive) {
      row = &step.state.Update<model::TaskDefinition>(row->serial, [&](model::TaskDefinition& definition) {
        definition.status = model::TaskDefinitionStatus::kDeleteInProgress;
        definition.delete_requested_at = step.now;
      });
    }
    DescribeDefinition(step, *row, response->add_task_definitions());
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
