#include "api/task/run_task.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/check.h"
#include "api/cluster/strategy.h"
#include "api/document_bytes.h"
#include "api/task/network.h"
#include "api/task/overrides.h"
#include "api/task/task_request.h"
#include "api/task/task_view.h"
#include "ecsmi/api/conflict.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/core/strategy.h"

namespace ecsmi::api {
namespace {

namespace ecs = ::ecsmi::ecs::v1;
using control::Step;

constexpr std::uint32_t kProvisioningMax = 500;                  // C44
constexpr model::DurationMs kTokenLifeMs = 24 * model::kHourMs;  // how long a repeated call is recognised (assumed)
constexpr std::size_t kStartedByMax = 128;                       // C63
constexpr std::size_t kConstraintsMax = 10;                      // C65

}  // namespace

absl::Status CheckRunTask(const ecs::RunTaskRequest& request) {
  if (request.task_definition().empty()) return ClientError("TaskDefinition can not be blank.");
  if (request.has_count()) ECSMI_RETURN_IF_ERROR(CheckRange("count", request.count(), 1, 10));
  if (request.has_launch_type() && !request.capacity_provider_strategy().empty()) {
    return InvalidParameter(
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.");
  }
  if (request.has_launch_type()) {
    return Ours(
        AwsException::kUnsupportedFeature,
        absl::StrCat(
            "launchType ", ecs::LaunchType::Value_Name(request.launch_type()),
            " is not emulated; give a capacityProviderStrategy that names a managed instances capacity provider"),
        "launch-types");
  }
  ECSMI_RETURN_IF_ERROR(CheckStrategy("capacityProviderStrategy", request.capacity_provider_strategy()));
  ECSMI_RETURN_IF_ERROR(CheckTaskRequest(request, kStartedByMax));
  if (!request.placement_strategy().empty()) {
    return Ours(AwsException::kInvalidParameter,
                "placementStrategy is not supported with managed instances capacity providers.",
                "placement-constraints");  // C66
  }
  ECSMI_RETURN_IF_ERROR(CheckCount("placementConstraints", request.placement_constraints_size(), 10));
  for (const auto& constraint : request.placement_constraints()) {
    if (constraint.type() == ecs::PlacementConstraintType::distinctInstance) continue;
    return Ours(AwsException::kUnsupportedFeature,
                "placementConstraints of type memberOf are taken from the task definition only",
                "placement-constraints");
  }
  const std::string& token = request.client_token();
  if (token.size() > 64 || !std::ranges::all_of(token, [](char c) { return c >= 33 && c <= 126; })) {
    return InvalidParameter(
        absl::StrCat("clientToken '", token, "' must be at most 64 characters with codes 33 to 126."));
  }
  return absl::OkStatus();
}

absl::Status RunTask(Step& step, const CallContext& context, const ecs::RunTaskRequest& request,
                     ecs::RunTaskResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  // A repeated call is answered before anything else is looked at (C64).
  const std::string scope = absl::StrCat("RunTask/", cluster->serial);
  std::uint64_t hash = 0;
  if (!request.client_token().empty()) {
    hash = base::KeyedHashBytes(step.key, DocumentBytes(request));
    if (const auto* token = step.state.Find<model::Token>(step.state.FindToken(scope, request.client_token()))) {
      if (token->request_hash != hash) {
        std::vector<std::string> arns;
        for (model::Serial made : token->made) {
          if (const auto* task = step.state.Find<model::Task>(made)) arns.push_back(TaskArn(step, *task));
        }
        return ConflictError("The clientToken was used with different parameters.", arns);
      }
      for (model::Serial made : token->made) {
        if (const auto* task = step.state.Find<model::Task>(made))
          DescribeTask(step, *task, true, response->add_tasks());
      }
      return absl::OkStatus();
    }
  }
  ECSMI_ASSIGN_OR_RETURN(const model::TaskDefinition* definition,
                         ResolveTaskDefinition(step, context, request.task_definition()));
  if (definition == nullptr) return ClientError("TaskDefinition not found.");
  if (definition->status != model::TaskDefinitionStatus::kActive) return InvalidParameter("TaskDefinition is inactive");
  ECSMI_ASSIGN_OR_RETURN(const std::vector<model::StrategyItem> strategy,
                         ChooseStrategy(step, context.region, *cluster, request.capacity_provider_strategy()));
  if ((definition->requires_compatibilities & model::kCompatibleManagedInstances) == 0) {
    return InvalidParameter("Task definition does not support launch_type MANAGED_INSTANCES.");  // C6
  }
  ECSMI_RETURN_IF_ERROR(CheckTaskNetwork(*definition, request.network_configuration()));
  const std::size_t constraints =
      definition->placement_constraints.size() + static_cast<std::size_t>(request.placement_constraints_size());
  if (constraints > kConstraintsMax) {  // C65
    return InvalidParameter(absl::StrCat("placementConstraints of task definition and call together are ", constraints,
                                         ", at most ", kConstraintsMax, "."));
  }
  ECSMI_ASSIGN_OR_RETURN(const OverriddenTask overridden, ApplyOverrides(step, *definition, request.overrides()));
  const std::int32_t count = request.has_count() ? request.count() : 1;
  if (step.settings.limits && cluster->provisioning_tasks + static_cast<std::uint32_t>(count) > kProvisioningMax) {
    return ClientError("Tasks provisioning capacity limit exceeded.");  // C44
  }

  const ecs::Task cold = ColdTask(step, *definition, request);
  control::NewTask wanted;
  wanted.cluster = cluster->serial;
  wanted.definition = definition->serial;
  wanted.group = step.state.InternDocument(request.group().empty() ? absl::StrCat("family:", definition->family)
                                                                   : request.group());
  wanted.document = step.state.InternDocument(DocumentBytes(cold));
  wanted.resources = overridden.resources;
  wanted.all_gpus = overridden.all_gpus;
  wanted.overridden = overridden.containers;
  wanted.distinct_instance = !request.placement_constraints().empty();
  std::vector<model::Serial> made;
  for (std::size_t item : core::DistributeTasks(strategy, {}, count)) {
    wanted.provider = strategy[item].provider;
    wanted.dedicated =
        AsksForIsolation(cold.tags()) || step.state.Get<model::CapacityProvider>(wanted.provider).dedicated;
    made.push_back(control::CreateTask(step, wanted));
    DescribeTask(step, step.state.Get<model::Task>(made.back()), true, response->add_tasks());
  }
  if (!request.client_token().empty()) {
    model::Token token;
    token.serial = step.state.NewSerial();
    token.scope = scope;
    token.token = request.client_token();
    token.request_hash = hash;
    token.made = std::move(made);
    token.due_at = step.now + kTokenLifeMs;
    step.state.Insert(std::move(token));
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
