#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/service_deployment.pb.h"
#include "ecsmi/ecs/v1/service_revision.pb.h"

// What rolled out when (D70-D72): a `Check…` needs no state (Registry::Add), the function beside it runs on the strand.
namespace ecsmi::api {

absl::Status CheckListServiceDeployments(const ecs::v1::ListServiceDeploymentsRequest& request);
absl::Status ListServiceDeployments(control::Step& step, const CallContext& context,
                                    const ecs::v1::ListServiceDeploymentsRequest& request,
                                    ecs::v1::ListServiceDeploymentsResponse* response);

absl::Status CheckDescribeServiceDeployments(const ecs::v1::DescribeServiceDeploymentsRequest& request);
absl::Status DescribeServiceDeployments(control::Step& step, const CallContext& context,
                                        const ecs::v1::DescribeServiceDeploymentsRequest& request,
                                        ecs::v1::DescribeServiceDeploymentsResponse* response);

absl::Status CheckDescribeServiceRevisions(const ecs::v1::DescribeServiceRevisionsRequest& request);
absl::Status DescribeServiceRevisions(control::Step& step, const CallContext& context,
                                      const ecs::v1::DescribeServiceRevisionsRequest& request,
                                      ecs::v1::DescribeServiceRevisionsResponse* response);

absl::Status CheckStopServiceDeployment(const ecs::v1::StopServiceDeploymentRequest& request);
absl::Status StopServiceDeployment(control::Step& step, const CallContext& context,
                                   const ecs::v1::StopServiceDeploymentRequest& request,
                                   ecs::v1::StopServiceDeploymentResponse* response);

}  // namespace ecsmi::api
