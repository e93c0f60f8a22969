#include "ctl/task_line.h"

#include "absl/strings/str_cat.h"
#include "ctl/text.h"

namespace ecsmi::ctl {
namespace {

constexpr std::size_t kLeastIdLength = 6;  // "i-0ab1"

// When the task came to the status it has: the newest of its moments that is part of the way there.
absl::Time EnteredAt(const ecs::Task& task) {
  const std::string& status = task.last_status();
  if (status == "STOPPED" && task.has_stopped_at()) return TimeOf(task.stopped_at());
  if (status == "DEPROVISIONING" && task.has_execution_stopped_at()) return TimeOf(task.execution_stopped_at());
  if ((status == "STOPPING" || status == "DEACTIVATING" || status == "DEPROVISIONING") && task.has_stopping_at()) {
    return TimeOf(task.stopping_at());
  }
  if (status == "RUNNING" && task.has_started_at()) return TimeOf(task.started_at());
  if (status == "ACTIVATING" && task.has_pull_stopped_at()) return TimeOf(task.pull_stopped_at());
  if (status == "PENDING" && task.has_pull_started_at()) return TimeOf(task.pull_started_at());
  return task.has_created_at() ? TimeOf(task.created_at()) : absl::InfinitePast();
}

std::string WhyStopped(const ecs::Task& task) {
  std::string why = task.stopped_reason();
  for (const ecs::Container& container : task.containers()) {
    if (container.has_exit_code() && container.exit_code() != 0) {
      absl::StrAppend(&why, why.empty() ? "" : " · ", container.name(), " exit ", container.exit_code());
    }
    if (container.has_reason()) absl::StrAppend(&why, why.empty() ? "" : " · ", container.reason());
  }
  return why;
}

std::string At(const char* doing, const std::string& where) {
  return where.empty() ? "" : absl::StrCat(doing, " ", where);
}

std::string WhatOf(const ecs::Task& task, const InstanceBook& instances) {
  const std::string& status = task.last_status();
  const std::string where = instances.NameOf(task.container_instance_arn());
  if (task.has_stop_code() || status == "STOPPED") return WhyStopped(task);
  if (status == "PROVISIONING") return instances.NeedOf(task.capacity_provider_name());
  if (status == "PENDING") return At(task.has_pull_stopped_at() ? "starts on" : "pulls on", where);
  if (status == "ACTIVATING") return At("starts on", where);
  const bool ill = task.health_status() == ecs::HealthStatus::UNHEALTHY;
  return absl::StrCat(At("on", where), ill ? " · UNHEALTHY" : "");
}

}  // namespace

std::string TypeOf(const ecs::ContainerInstance& instance) {
  for (const ecs::Attribute& attribute : instance.attributes()) {
    if (attribute.name() == "ecs.instance-type") return attribute.value();
  }
  return "";
}

InstanceBook::InstanceBook(const std::vector<ecs::ContainerInstance>& instances) {
  std::vector<std::string> ids;
  ids.reserve(instances.size());
  for (const auto& instance : instances) ids.push_back(instance.ec2_instance_id());
  length_ = ShortLength(ids, kLeastIdLength);
  for (const auto& instance : instances) {
    const std::string name = absl::StrCat(ShortId(instance), " ", TypeOf(instance));
    by_arn_[instance.container_instance_arn()] = name;
    if (instance.status() == "REGISTERING") coming_[instance.capacity_provider_name()].push_back(name);
    if (instance.status() == "ACTIVE") ++active_[instance.capacity_provider_name()];
  }
}

std::string InstanceBook::NameOf(const std::string& instance_arn) const {
  const auto at = by_arn_.find(instance_arn);
  return at == by_arn_.end() ? "" : at->second;
}

std::string InstanceBook::ShortId(const ecs::ContainerInstance& instance) const {
  return instance.ec2_instance_id().substr(0, length_);
}

std::string InstanceBook::NeedOf(const std::string& provider) const {
  const auto coming = coming_.find(provider);
  const auto active = active_.find(provider);
  const int ready = active == active_.end() ? 0 : active->second;
  if (coming == coming_.end()) {
    return ready > 0 ? absl::StrCat("waits for room or network on ", provider, "'s ", ready, " ACTIVE")
                     : absl::StrCat("needs an instance of ", provider, "; none is REGISTERING yet");
  }
  if (ready > 0) {
    return absl::StrCat("waits for ", provider, ": ", ready, " ACTIVE, ", coming->second.size(), " REGISTERING");
  }
  if (coming->second.size() == 1) return absl::StrCat("needs ", coming->second[0], " (REGISTERING)");
  return absl::StrCat("needs one of ", coming->second.size(), ", first ", coming->second[0], " (REGISTERING)");
}

TaskLine LineOf(const ecs::Task& task, const InstanceBook& instances, absl::Time now) {
  TaskLine line;
  line.status = task.last_status();
  const absl::Time since = EnteredAt(task);
  if (since != absl::InfinitePast()) line.since = Span(now - since);
  line.what = WhatOf(task, instances);
  line.colour = ColourOfStatus(task.last_status());
  const bool failed =
      task.stop_code() == ecs::TaskStopCode::TaskFailedToStart || task.health_status() == ecs::HealthStatus::UNHEALTHY;
  if (failed) line.colour = Colour::kBad;
  return line;
}

}  // namespace ecsmi::ctl
