#pragma once

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/service_deployment.pb.h"
#include "ecsmi/ecs/v1/service_revision.pb.h"

// Service deployments and revisions as AWS describes them (D70, D71).
namespace ecsmi::api {

ecs::v1::ServiceDeploymentStatus::Value StatusOf(const model::ServiceDeployment& row);
ecs::v1::ServiceDeployment ShowServiceDeployment(const control::Step& step, const model::ServiceDeployment& row);
ecs::v1::ServiceDeploymentBrief ShowBrief(const control::Step& step, const model::ServiceDeployment& row);
ecs::v1::ServiceRevision ShowServiceRevision(const control::Step& step, const model::ServiceRevision& row);

}  // namespace ecsmi::api
