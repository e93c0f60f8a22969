#include "api/task/task_request.h"

#include <algorithm>
#include <string>

#include "api/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"

namespace ecsmi::api {
namespace {

constexpr std::size_t kOverridesMax = 8'192;  // C65

bool IsOneOf(char c, std::string_view extra) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         extra.find(c) != std::string_view::npos;
}

}  // namespace

template <typename Request>
absl::Status CheckTaskRequest(const Request& request, std::size_t started_by_max) {
  ECSMI_RETURN_IF_ERROR(CheckTags(request.tags()));
  if (request.overrides().ByteSizeLong() > kOverridesMax) {
    return InvalidParameter(Say("overrides are longer than ", kOverridesMax, " characters."));
  }
  const std::string& started_by = request.started_by();
  if (started_by.size() > started_by_max ||
      !std::ranges::all_of(started_by, [](char c) { return IsOneOf(c, "-/_"); })) {
    return InvalidParameter(
        Say("startedBy '", started_by, "' must be at most ", started_by_max, " letters, digits, '-', '/' or '_'."));
  }
  if (request.group().size() > 255) return InvalidParameter("group must be at most 255 characters.");
  if (request.group().rfind("service:", 0) == 0) return InvalidParameter("group may not begin with 'service:'.");
  if (request.propagate_tags() == pb::PropagateTags::SERVICE) {
    return InvalidParameter("propagateTags SERVICE is valid for services only, not for a task of its own.");
  }
  if (!request.volume_configurations().empty()) {
    return Ours(AwsException::kUnsupportedFeature, "volumeConfigurations are not emulated", "volumes");
  }
  return absl::OkStatus();
}

template <typename Request>
pb::Task ColdTask(const control::Step& step, const model::TaskDefinition& definition, const Request& request) {
  pb::Task cold;
  if (request.has_overrides()) *cold.mutable_overrides() = request.overrides();
  if (request.has_started_by()) cold.set_started_by(request.started_by());
  if (request.has_enable_execute_command()) cold.set_enable_execute_command(request.enable_execute_command());
  *cold.mutable_tags() = request.tags();
  if (request.propagate_tags() != pb::PropagateTags::TASK_DEFINITION) return cold;
  pb::RegisterTaskDefinitionResponse document;
  document.ParseFromString(std::string(step.state.DocumentBytes(definition.document)));
  for (const auto& tag : document.tags()) {
    const bool own = std::ranges::any_of(request.tags(), [&](const auto& given) { return given.key() == tag.key(); });
    if (!own) *cold.add_tags() = tag;
  }
  return cold;
}

template absl::Status CheckTaskRequest(const pb::RunTaskRequest& request, std::size_t started_by_max);
template absl::Status CheckTaskRequest(const pb::StartTaskRequest& request, std::size_t started_by_max);
template pb::Task ColdTask(const control::Step& step, const model::TaskDefinition& definition,
                           const pb::RunTaskRequest& request);
template pb::Task ColdTask(const control::Step& step, const model::TaskDefinition& definition,
                           const pb::StartTaskRequest& request);

}  // namespace ecsmi::api
