#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "ctl/contract.h"
#include "ctl/table.h"
#include "ecsmi/ecs/v1/container_instance.pb.h"
#include "ecsmi/ecs/v1/task.pb.h"

namespace ecsmi::ctl {

// "m7g.large" of the instance's attributes.
std::string TypeOf(const ecs::ContainerInstance& instance);

// The container instances of a cluster, as one line of text names them: "i-0ab1 m7g.large".
class InstanceBook {
 public:
  explicit InstanceBook(const std::vector<ecs::ContainerInstance>& instances);
  // Empty when it is not known (any more).
  std::string NameOf(const std::string& instance_arn) const;
  // An id as short as it may be among these.
  std::string ShortId(const ecs::ContainerInstance& instance) const;
  // What a task without an instance waits for, as far as descriptions tell: the one instance on its way, or how many of
  // which state the task's capacity provider has. ExplainTask is what knows.
  std::string NeedOf(const std::string& provider) const;

 private:
  std::size_t length_ = 0;
  std::map<std::string, std::string> by_arn_;
  std::map<std::string, std::vector<std::string>> coming_;  // by provider: names of those that are REGISTERING
  std::map<std::string, int> active_;                       // by provider
};

// Where a task is in its life, since when, and what is to be said about it. Pure.
struct TaskLine {
  std::string status;
  std::string since;  // "12 s"; empty when it is not told
  std::string what;   // "needs i-0ab1 m7g.large (REGISTERING)"; may be empty
  Colour colour = Colour::kNone;
};
TaskLine LineOf(const ecs::Task& task, const InstanceBook& instances, absl::Time now);

}  // namespace ecsmi::ctl
