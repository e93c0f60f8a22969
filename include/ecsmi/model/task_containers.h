#pragma once

#include <cstddef>
#include <vector>

#include "ecsmi/model/state.h"

namespace ecsmi::model {

// A task's containers as its definition has them, each with the behaviour the task was created with: the definition's,
// or what the rules of PutBehavior made of it then. Valid within a step, while definition and task are not changed.
class TaskContainers {
 public:
  TaskContainers(const State& state, const Task& task);
  TaskContainers(const TaskContainers&) = delete;
  TaskContainers& operator=(const TaskContainers&) = delete;

  std::size_t size() const { return containers_->size(); }
  const ContainerSpec& operator[](std::size_t index) const { return (*containers_)[index]; }
  auto begin() const { return containers_->begin(); }
  auto end() const { return containers_->end(); }

  // Index of the container that works on a queue: the first that has one; -1 when none does.
  int Worker() const;

 private:
  std::vector<ContainerSpec> own_;  // only where rules applied
  const std::vector<ContainerSpec>* containers_;
};

}  // namespace ecsmi::model
