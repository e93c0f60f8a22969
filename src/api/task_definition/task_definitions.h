#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"

// The operations on task definitions: a `Check…` needs no state (Registry::Add), the function beside it runs on the
// strand. C1-C3.
namespace ecsmi::api {

absl::Status CheckRegisterTaskDefinition(const ecs::v1::RegisterTaskDefinitionRequest& request);
absl::Status RegisterTaskDefinition(control::Step& step, const CallContext& context,
                                    const ecs::v1::RegisterTaskDefinitionRequest& request,
                                    ecs::v1::RegisterTaskDefinitionResponse* response);

absl::Status CheckDescribeTaskDefinition(const ecs::v1::DescribeTaskDefinitionRequest& request);
absl::Status DescribeTaskDefinition(control::Step& step, const CallContext& context,
                                    const ecs::v1::DescribeTaskDefinitionRequest& request,
                                    ecs::v1::DescribeTaskDefinitionResponse* response);

absl::Status CheckListTaskDefinitions(const ecs::v1::ListTaskDefinitionsRequest& request);
absl::Status ListTaskDefinitions(control::Step& step, const CallContext& context,
                                 const ecs::v1::ListTaskDefinitionsRequest& request,
                                 ecs::v1::ListTaskDefinitionsResponse* response);

absl::Status CheckDeregisterTaskDefinition(const ecs::v1::DeregisterTaskDefinitionRequest& request);
absl::Status DeregisterTaskDefinition(control::Step& step, const CallContext& context,
                                      const ecs::v1::DeregisterTaskDefinitionRequest& request,
                                      ecs::v1::DeregisterTaskDefinitionResponse* response);

absl::Status CheckListTaskDefinitionFamilies(const ecs::v1::ListTaskDefinitionFamiliesRequest& request);
absl::Status ListTaskDefinitionFamilies(control::Step& step, const CallContext& context,
                                        const ecs::v1::ListTaskDefinitionFamiliesRequest& request,
                                        ecs::v1::ListTaskDefinitionFamiliesResponse* response);

absl::Status CheckDeleteTaskDefinitions(const ecs::v1::DeleteTaskDefinitionsRequest& request);
absl::Status DeleteTaskDefinitions(control::Step& step, const CallContext& context,
                                   const ecs::v1::DeleteTaskDefinitionsRequest& request,
                                   ecs::v1::DeleteTaskDefinitionsResponse* response);

}  // namespace ecsmi::api
