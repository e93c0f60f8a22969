#include "ecsmi/core/usable_resources.h"

#include <algorithm>

namespace ecsmi::core {

model::Resources UsableResources(const model::InstanceType& type) {
  model::Resources usable;
  usable.cpu_units = type.vcpus * 1024;
  usable.memory_mib = static_cast<std::int32_t>(std::max<std::int64_t>(0, type.memory_mib * 97 / 100 - 128));
  usable.gpus = static_cast<std::int16_t>(type.gpu_count);
  usable.eni_slots = static_cast<std::int16_t>(type.awsvpc_task_limit);
  return usable;
}

}  // namespace ecsmi::core
