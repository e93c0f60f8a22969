#pragma once

#include "ecsmi/control/step.h"
#include "ecsmi/ecs/v1/cluster.pb.h"

namespace ecsmi::api {

// What a description shows beyond names and counts: DescribeClusters' `include`.
struct ClusterParts {
  bool tags = false;
  bool settings = false;
  bool configurations = false;
  bool statistics = false;
};
inline constexpr ClusterParts kAllClusterParts{true, true, true, true};

// A cluster as AWS describes it.
ecs::v1::Cluster ShowCluster(const control::Step& step, const model::Cluster& cluster, ClusterParts parts);

}  // namespace ecsmi::api
