#include "api/autoscaling/target_check.h"

#include <algorithm>

#include "api/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

namespace aas = ::ecsmi::autoscaling::v1;

constexpr std::size_t kResourceIdMax = 1600;

}  // namespace

absl::Status ValidationError(std::string_view message) {
  return AwsError(AwsException::kValidation, message);
}
absl::Status MustNotBeNull(std::string_view field) {
  return ValidationError(
      Say("1 validation error detected: Value at '", field, "' failed to satisfy constraint: Member must not be null"));
}

absl::Status CheckScalingNamespace(aas::ServiceNamespace::Value service_namespace) {
  if (service_namespace == aas::ServiceNamespace::UNSPECIFIED) return MustNotBeNull("serviceNamespace");
  if (service_namespace == aas::ServiceNamespace::ecs) return absl::OkStatus();
  return Ours(AwsException::kValidation,
              Say("serviceNamespace is '",
                  AwsName(*aas::ServiceNamespace::Value_descriptor()->FindValueByNumber(service_namespace)),
                  "'; only services of 'ecs' are scaled here"),
              "scalable-resources");
}

absl::Status CheckDimension(aas::ScalableDimension::Value dimension, bool required) {
  if (dimension == aas::ScalableDimension::UNSPECIFIED) {
    return required ? MustNotBeNull("scalableDimension") : absl::OkStatus();
  }
  if (dimension == aas::ScalableDimension::ecs_service_DesiredCount) return absl::OkStatus();
  return ValidationError(
      Say("Unsupported service namespace, resource type or scalable dimension: scalableDimension is '",
          AwsName(*aas::ScalableDimension::Value_descriptor()->FindValueByNumber(dimension)),
          "'; of namespace ecs there is 'ecs:service:DesiredCount'"));
}

absl::Status CheckResourceId(std::string_view field, std::string_view resource_id) {
  if (resource_id.empty()) return MustNotBeNull(field);
  if (resource_id.size() > kResourceIdMax) {
    return ValidationError(
        Say(field, " has ", resource_id.size(), " characters; it must have at most ", kResourceIdMax));
  }
  constexpr std::string_view kKind = "service/";
  const std::size_t slash = resource_id.find('/', kKind.size());
  const bool form = resource_id.substr(0, kKind.size()) == kKind && slash != std::string_view::npos &&
                    IsName(resource_id.substr(kKind.size(), slash - kKind.size())) &&
                    IsName(resource_id.substr(slash + 1));
  if (form) return absl::OkStatus();
  return ValidationError(Say("Unsupported service namespace, resource type or scalable dimension: ", field, " is '",
                             resource_id, "'; it must be service/<cluster name>/<service name>"));
}

absl::StatusOr<const model::ScalableTarget*> ResolveTarget(const control::Step& step, const CallContext& context,
                                                           std::string_view resource_id) {
  const auto* target =
      step.state.Find<model::ScalableTarget>(step.state.FindScalableTarget(context.region, resource_id));
  if (target != nullptr) return target;
  return AwsError(AwsException::kObjectNotFound,
                  Say("No scalable target found for service namespace: ecs, resource ID: ", resource_id,
                      ", scalable dimension: ecs:service:DesiredCount"));
}

// 36 lower-case letters and digits (H42).
std::string ScalableTargetArn(const control::Step& step, const model::ScalableTarget& target) {
  std::string id = model::Uuid(step.key, model::ScalableTarget::kTable, target.serial, 0) +
                   model::Uuid(step.key, model::ScalableTarget::kTable, target.serial, 1);
  id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
  return Say("arn:", Partition(target.region), ":application-autoscaling:", target.region, ":", step.account,
             ":scalable-target/", id.substr(0, 36));
}

absl::Status CheckScalingPage(bool given, std::int32_t max_results) {
  if (!given || (max_results >= 1 && max_results <= kScalingPageMax)) return absl::OkStatus();
  return ValidationError(Say("maxResults is ", max_results, "; it must be between 1 and ", kScalingPageMax));
}

absl::StatusOr<model::Serial> ParseScalingToken(const control::Step& step, std::string_view operation,
                                                std::string_view token) {
  if (token.empty()) return model::kNoSerial;
  absl::StatusOr<model::Serial> parsed = ParsePageToken(step, operation, token);
  if (parsed.ok()) return parsed;
  return AwsError(AwsException::kInvalidNextToken, "Invalid token");
}

}  // namespace ecsmi::api
