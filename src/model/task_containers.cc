#include "ecsmi/model/task_containers.h"

#include <utility>

#include "ecsmi/base/check.h"

namespace ecsmi::model {

TaskContainers::TaskContainers(const State& state, const Task& task)
    : containers_(&state.Get<TaskDefinition>(task.definition).containers) {
  if (task.behavior == kNoSerial) return;
  TaskBehavior behavior;
  const bool read = DecodeRow(state.DocumentBytes(task.behavior), behavior);
  ECSMI_CHECK(read && behavior.containers.size() == containers_->size());
  own_ = *containers_;
  for (std::size_t i = 0; i < own_.size(); ++i) own_[i].behavior = std::move(behavior.containers[i]);
  containers_ = &own_;
}

int TaskContainers::Worker() const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!(*this)[i].behavior.queue.empty()) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace ecsmi::model
