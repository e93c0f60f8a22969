#include <utility>
#include <vector>

#include "ecsmi/core/placement.h"

namespace ecsmi::core {

std::vector<std::string_view> NamesOf(Lacks lacks) {
  static constexpr std::pair<Lack, std::string_view> kNames[] = {
      {Lack::kCpu, "cpu"},
      {Lack::kMemory, "memory"},
      {Lack::kGpu, "gpu"},
      {Lack::kEni, "eni"},
      {Lack::kArchitecture, "architecture"},
      {Lack::kConstraint, "constraint"},
      {Lack::kZone, "zone"},
      {Lack::kPort, "port"},
      {Lack::kDistinctInstance, "distinctInstance"},
      {Lack::kDedicated, "dedicated"},
      {Lack::kGpuNotAsked, "gpuNotAsked"},
  };
  std::vector<std::string_view> names;
  for (const auto& [lack, name] : kNames) {
    if ((lacks & BitOf(lack)) != 0) names.push_back(name);
  }
  return names;
}

}  // namespace ecsmi::core
