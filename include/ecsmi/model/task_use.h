#pragma once

#include <cstdint>

#include "ecsmi/model/task_containers.h"

namespace ecsmi::model {

// What a task uses of its reservation, by its containers' behaviours: their means added up, at most all of it, in
// thousandths of a percent.
struct TaskUse {
  std::int32_t cpu_millipercent = 0;
  std::int32_t memory_millipercent = 0;
};
TaskUse UseOf(const TaskContainers& containers);
TaskUse UseOf(const std::vector<ContainerSpec>& containers);

}  // namespace ecsmi::model
