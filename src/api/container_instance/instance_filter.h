#pragma once

#include "ecsmi/control/step.h"
#include "ecsmi/core/cluster_query.h"

namespace ecsmi::api {

// Whether a container instance matches ListContainerInstances' filter (H60). REQUIRES: it is shown.
bool MatchesQuery(const control::Step& step, const model::ContainerInstance& instance, const core::ClusterQuery& query);

}  // namespace ecsmi::api
