#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/attribute.pb.h"

// Custom attributes of container instances (E25, H26): a `Check…` needs no state (Registry::Add), the function beside
// it runs on the strand.
namespace ecsmi::api {

absl::Status CheckPutAttributes(const ecs::v1::PutAttributesRequest& request);
absl::Status PutAttributes(control::Step& step, const CallContext& context,
                           const ecs::v1::PutAttributesRequest& request, ecs::v1::PutAttributesResponse* response);

absl::Status CheckDeleteAttributes(const ecs::v1::DeleteAttributesRequest& request);
absl::Status DeleteAttributes(control::Step& step, const CallContext& context,
                              const ecs::v1::DeleteAttributesRequest& request,
                              ecs::v1::DeleteAttributesResponse* response);

absl::Status CheckListAttributes(const ecs::v1::ListAttributesRequest& request);
absl::Status ListAttributes(control::Step& step, const CallContext& context,
                            const ecs::v1::ListAttributesRequest& request, ecs::v1::ListAttributesResponse* response);

}  // namespace ecsmi::api
