#pragma once

#include <string>

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/autoscaling/v1/tag.pb.h"
#include "ecsmi/control/step.h"
#include "google/protobuf/map.h"

// Tags of scalable targets: a `Check…` needs no state (Registry::Add), the function beside it runs on the strand.
namespace ecsmi::api {

// The rules of all services' tags (H24), as ValidationException.
absl::Status CheckTargetTags(const google::protobuf::Map<std::string, std::string>& tags);

absl::Status CheckTagTarget(const autoscaling::v1::TagResourceRequest& request);
absl::Status TagTarget(control::Step& step, const CallContext& context,
                       const autoscaling::v1::TagResourceRequest& request,
                       autoscaling::v1::TagResourceResponse* response);

absl::Status CheckUntagTarget(const autoscaling::v1::UntagResourceRequest& request);
absl::Status UntagTarget(control::Step& step, const CallContext& context,
                         const autoscaling::v1::UntagResourceRequest& request,
                         autoscaling::v1::UntagResourceResponse* response);

absl::Status CheckListTagsOfTarget(const autoscaling::v1::ListTagsForResourceRequest& request);
absl::Status ListTagsOfTarget(control::Step& step, const CallContext& context,
                              const autoscaling::v1::ListTagsForResourceRequest& request,
                              autoscaling::v1::ListTagsForResourceResponse* response);

}  // namespace ecsmi::api
