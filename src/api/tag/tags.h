#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/tag.pb.h"

// ECS's tag operations: a `Check…` needs no state (Registry::Add), the function beside it runs on the strand. H24, H43.
namespace ecsmi::api {

absl::Status CheckTagResource(const ecs::v1::TagResourceRequest& request);
absl::Status TagResource(control::Step& step, const CallContext& context, const ecs::v1::TagResourceRequest& request,
                         ecs::v1::TagResourceResponse* response);

absl::Status CheckUntagResource(const ecs::v1::UntagResourceRequest& request);
absl::Status UntagResource(control::Step& step, const CallContext& context,
                           const ecs::v1::UntagResourceRequest& request, ecs::v1::UntagResourceResponse* response);

absl::Status CheckListTagsForResource(const ecs::v1::ListTagsForResourceRequest& request);
absl::Status ListTagsForResource(control::Step& step, const CallContext& context,
                                 const ecs::v1::ListTagsForResourceRequest& request,
                                 ecs::v1::ListTagsForResourceResponse* response);

}  // namespace ecsmi::api
