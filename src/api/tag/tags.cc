#include "api/tag/tags.h"

#include <algorithm>
#include <string>

#include "api/capacity_provider/check_provider.h"
#include "api/check.h"
#include "api/tag/tagged_row.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kService[] = "ecsmi.ecs.v1.EcsService";

pb::Tag* FindTag(TagList& tags, std::string_view key) {
  const auto at = std::ranges::find_if(tags, [&](const pb::Tag& tag) { return tag.key() == key; });
  return at == tags.end() ? nullptr : &*at;
}

// Tags that ECS itself put there do not count against the limit (H24).
absl::Status CheckRoom(const TaggedRow& row, const TagList& tags) {
  const auto count = std::ranges::count_if(tags, [](const pb::Tag& tag) { return !tag.key().starts_with("aws:"); });
  if (std::holds_alternative<const model::CapacityProvider*>(row)) {
    if (count <= kProviderTagsMax) return absl::OkStatus();
    return ClientError(
        "Managed Instances capacity provider cannot have number of tags exceeding maximum allowed value");  // A30
  }
  if (count <= kTagsMax) return absl::OkStatus();
  return AwsError(AwsException::kLimitExceeded,
                  Say("The resource would have ", count, " tags; at most ", kTagsMax, " are allowed"));
}

}  // namespace

absl::Status CheckTagResource(const pb::TagResourceRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("resourceArn", request.resource_arn()));
  return CheckTags(request.tags());
}

absl::Status TagResource(control::Step& step, const CallContext& context, const pb::TagResourceRequest& request,
                         pb::TagResourceResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const TaggedRow row, ResolveTagged(step, context, request.resource_arn(), TagAccess::kWrite));
  TagList tags = TagsOf(step, row);
  for (const pb::Tag& given : request.tags()) {
    pb::Tag* tag = FindTag(tags, given.key());
    if (tag == nullptr) tag = tags.Add();
    tag->set_key(given.key());
    tag->set_value(given.value());
  }
  ECSMI_RETURN_IF_ERROR(CheckRoom(row, tags));
  StoreTags(step, row, tags);
  return absl::OkStatus();
}

absl::Status CheckUntagResource(const pb::UntagResourceRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("resourceArn", request.resource_arn()));
  return CheckTagKeys(request.tag_keys());
}

absl::Status UntagResource(control::Step& step, const CallContext& context, const pb::UntagResourceRequest& request,
                           pb::UntagResourceResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const TaggedRow row, ResolveTagged(step, context, request.resource_arn(), TagAccess::kWrite));
  TagList tags;
  for (const pb::Tag& tag : TagsOf(step, row)) {
    if (std::ranges::find(request.tag_keys(), tag.key()) == request.tag_keys().end()) *tags.Add() = tag;
  }
  StoreTags(step, row, tags);
  return absl::OkStatus();
}

absl::Status CheckListTagsForResource(const pb::ListTagsForResourceRequest& request) {
  return CheckRequired("resourceArn", request.resource_arn());
}

absl::Status ListTagsForResource(control::Step& step, const CallContext& context,
                                 const pb::ListTagsForResourceRequest& request,
                                 pb::ListTagsForResourceResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const TaggedRow row, ResolveTagged(step, context, request.resource_arn(), TagAccess::kRead));
  *response->mutable_tags() = TagsOf(step, row);
  return absl::OkStatus();
}

void RegisterTags(Registry& registry) {
  registry.Add<pb::TagResourceRequest, pb::TagResourceResponse>(kService, "TagResource", CheckTagResource, TagResource);
  registry.Add<pb::UntagResourceRequest, pb::UntagResourceResponse>(kService, "UntagResource", CheckUntagResource,
                                                                    UntagResource);
  registry.Add<pb::ListTagsForResourceRequest, pb::ListTagsForResourceResponse>(
      kService, "ListTagsForResource", CheckListTagsForResource, ListTagsForResource);
}

}  // namespace ecsmi::api
