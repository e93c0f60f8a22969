#include "api/autoscaling/target_tags.h"

#include <algorithm>
#include <map>
#include <string>

#include "api/autoscaling/target_check.h"
#include "api/check.h"
#include "api/document_bytes.h"
#include "ecsmi/autoscaling/v1/scalable_target.pb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

namespace aas = ::ecsmi::autoscaling::v1;
using Tags = google::protobuf::Map<std::string, std::string>;

constexpr std::size_t kArnMax = 1'011;
constexpr int kTagKeysMax = 200;

absl::Status AsValidation(const absl::Status& status) {
  return status.ok() ? status : ValidationError(std::string(status.message()));
}

absl::Status CheckTargetArn(std::string_view arn) {
  if (arn.empty()) return MustNotBeNull("resourceARN");
  const std::size_t slash = arn.find(":scalable-target/");
  const bool form = arn.size() <= kArnMax && arn.starts_with("arn:") &&
                    arn.find(":application-autoscaling:") != std::string_view::npos &&
                    slash != std::string_view::npos &&
                    std::ranges::all_of(arn.substr(slash + std::string_view(":scalable-target/").size()), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
                    });
  if (form) return absl::OkStatus();
  return ValidationError(Say("1 validation error detected: Value '", arn,
                             "' at 'resourceARN' failed to satisfy constraint: Member must satisfy regular expression "
                             "pattern: ^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\\/[a-zA-Z0-9-]+$"));
}

absl::StatusOr<const model::ScalableTarget*> FindTarget(const control::Step& step, const CallContext& context,
                                                        const std::string& arn) {
  const model::ScalableTarget* found = nullptr;
  step.state.table<model::ScalableTarget>().ForEach([&](const model::ScalableTarget& target) {
    if (target.region == context.region && ScalableTargetArn(step, target) == arn) found = &target;
  });
  if (found != nullptr) return found;
  return AwsError(AwsException::kScalingResourceNotFound, Say("The resource doesn't exist: ", arn));
}

// A target's document.
aas::RegisterScalableTargetRequest DocumentOf(const control::Step& step, const model::ScalableTarget& target) {
  aas::RegisterScalableTargetRequest document;
  document.ParseFromString(std::string(step.state.DocumentBytes(target.document)));
  return document;
}

void StoreTags(control::Step& step, const model::ScalableTarget& target, const Tags& tags) {
  aas::RegisterScalableTargetRequest document;
  *document.mutable_tags() = tags;
  const model::Serial stored = step.state.InternDocument(DocumentBytes(document));
  if (stored == target.document) return;
  step.state.Update<model::ScalableTarget>(target.serial, [&](auto& row) { row.document = stored; });
}

}  // namespace

absl::Status CheckTargetTags(const Tags& tags) {
  // In key order, so that of several mistakes always the same one is named.
  TagList list;
  for (const auto& [key, value] : std::map<std::string, std::string>(tags.begin(), tags.end())) {
    pb::Tag* tag = list.Add();
    tag->set_key(key);
    tag->set_value(value);
  }
  return AsValidation(CheckTags(list));
}

absl::Status CheckTagTarget(const aas::TagResourceRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckTargetArn(request.resource_arn()));
  return CheckTargetTags(request.tags());
}

absl::Status TagTarget(control::Step& step, const CallContext& context, const aas::TagResourceRequest& request,
                       aas::TagResourceResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::ScalableTarget* target, FindTarget(step, context, request.resource_arn()));
  Tags tags = DocumentOf(step, *target).tags();
  for (const auto& [key, value] : request.tags()) tags[key] = value;
  if (tags.size() > static_cast<std::size_t>(kTagsMax)) {
    return AwsError(AwsException::kTooManyTags,
                    Say("The scalable target would have ", tags.size(), " tags; at most ", kTagsMax, " are allowed"));
  }
  StoreTags(step, *target, tags);
  return absl::OkStatus();
}

absl::Status CheckUntagTarget(const aas::UntagResourceRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckTargetArn(request.resource_arn()));
  ECSMI_RETURN_IF_ERROR(AsValidation(CheckCount("tagKeys", request.tag_keys_size(), kTagKeysMax)));
  return AsValidation(CheckTagKeys(request.tag_keys()));
}

absl::Status UntagTarget(control::Step& step, const CallContext& context, const aas::UntagResourceRequest& request,
                         aas::UntagResourceResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::ScalableTarget* target, FindTarget(step, context, request.resource_arn()));
  Tags tags = DocumentOf(step, *target).tags();
  for (const std::string& key : request.tag_keys()) tags.erase(key);
  StoreTags(step, *target, tags);
  return absl::OkStatus();
}

absl::Status CheckListTagsOfTarget(const aas::ListTagsForResourceRequest& request) {
  return CheckTargetArn(request.resource_arn());
}

absl::Status ListTagsOfTarget(control::Step& step, const CallContext& context,
                              const aas::ListTagsForResourceRequest& request,
                              aas::ListTagsForResourceResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::ScalableTarget* target, FindTarget(step, context, request.resource_arn()));
  *response->mutable_tags() = DocumentOf(step, *target).tags();
  return absl::OkStatus();
}

}  // namespace ecsmi::api
