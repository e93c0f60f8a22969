#include "ecsmi/model/task_use.h"

#include <algorithm>
#include <cmath>

namespace ecsmi::model {
namespace {

double MeanOf(const Distribution& distribution) {
  switch (distribution.kind) {
    case DistributionKind::kNone:
      return 0;
    case DistributionKind::kConstant:
    case DistributionKind::kExponential:
      return distribution.a;
    case DistributionKind::kUniform:
      return (distribution.a + distribution.b) / 2;
    case DistributionKind::kLognormal:
      return distribution.a * std::exp(distribution.b * distribution.b / 2);
  }
  return 0;
}

template <typename Containers>
std::int32_t MilliPercent(const Containers& containers, Distribution ContainerBehavior::*what) {
  double percent = 0;
  for (const ContainerSpec& container : containers) percent += MeanOf(container.behavior.*what);
  return static_cast<std::int32_t>(std::lround(std::clamp(percent, 0.0, 100.0) * 1000));
}

template <typename Containers>
TaskUse Use(const Containers& containers) {
  return {MilliPercent(containers, &ContainerBehavior::cpu_percent),
          MilliPercent(containers, &ContainerBehavior::memory_percent)};
}

}  // namespace

TaskUse UseOf(const TaskContainers& containers) {
  return Use(containers);
}
TaskUse UseOf(const std::vector<ContainerSpec>& containers) {
  return Use(containers);
}

}  // namespace ecsmi::model
