#include "ecsmi/model/deployment_tally.h"

#include <algorithm>
#include <optional>

#include "ecsmi/base/check.h"

namespace ecsmi::model {
namespace {

std::optional<TaskClass> ClassAt(const Task& task, TimeMs at) {
  if (task.desired_stopped) return std::nullopt;
  switch (task.status) {
    case TaskStatus::kProvisioning:
      return task.instance == kNoSerial ? TaskClass::kWaiting : TaskClass::kStarting;
    case TaskStatus::kPending:
    case TaskStatus::kActivating:
      return TaskClass::kStarting;
    case TaskStatus::kRunning:
      if (task.health == HealthStatus::kUnhealthy) return TaskClass::kUnhealthy;
      if (task.health == HealthStatus::kHealthy) return TaskClass::kHealthy;
      return task.started_at + kHealthyAfterMs > at ? TaskClass::kWarming : TaskClass::kHealthy;
    case TaskStatus::kDeactivating:
    case TaskStatus::kStopping:
    case TaskStatus::kDeprovisioning:
    case TaskStatus::kStopped:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

// --- StopOrder -------------------------------------------------------------------------------------------------------

StopOrder::Load StopOrder::LoadOf(Serial instance) const {
  const auto at = tasks_.find(instance);
  if (at == tasks_.end()) return {};
  return {static_cast<std::uint32_t>(at->second.size()), *at->second.rbegin(), instance};
}

void StopOrder::Add(Serial task, Place place) {
  Zone& zone = zones_[place.zone];
  if (const Load before = LoadOf(place.instance); before.count > 0) zone.loads.erase(before);
  ECSMI_CHECK(tasks_[place.instance].insert(task).second);
  zone.loads.insert(LoadOf(place.instance));
  ++zone.count;
  ++size_;
}

void StopOrder::Remove(Serial task, Place place) {
  Zone& zone = zones_[place.zone];
  zone.loads.erase(LoadOf(place.instance));
  const auto at = tasks_.find(place.instance);
  ECSMI_CHECK(at != tasks_.end() && at->second.erase(task) == 1);
  if (at->second.empty()) {
    tasks_.erase(at);
  } else {
    zone.loads.insert(LoadOf(place.instance));
  }
  if (--zone.count == 0) zones_.erase(place.zone);
  --size_;
}

absl::btree_map<std::uint8_t, std::uint32_t> StopOrder::ByZone() const {
  absl::btree_map<std::uint8_t, std::uint32_t> counts;
  for (const auto& [number, zone] : zones_) counts.emplace(number, zone.count);
  return counts;
}

Serial StopOrder::First() const {
  const Zone* most = nullptr;
  for (const auto& [number, zone] : zones_) {
    const bool more = most == nullptr || zone.count > most->count ||
                      (zone.count == most->count && *most->loads.rbegin() < *zone.loads.rbegin());
    if (more) most = &zone;
  }
  return most == nullptr ? kNoSerial : most->loads.rbegin()->newest;
}

// --- DeploymentTally -------------------------------------------------------------------------------------------------

void DeploymentTally::Put(const Entry& entry, bool add) {
  const auto of = static_cast<std::size_t>(entry.of);
  count_[of] = add ? count_[of] + 1 : count_[of] - 1;
  if (entry.moves && entry.of != TaskClass::kHealthy) moving_ = add ? moving_ + 1 : moving_ - 1;
  if (entry.protected_until > at_) {
    const std::pair key(entry.protected_until, entry.task);
    if (add) {
      protected_.emplace(key, entry);
    } else {
      protected_.erase(key);
    }
  } else if (add) {
    order_[of].Add(entry.task, entry.place);
  } else {
    order_[of].Remove(entry.task, entry.place);
  }
  if (entry.of == TaskClass::kWarming) {
    const std::pair key(entry.healthy_at, entry.task);
    if (add) {
      warming_.emplace(key, entry);
    } else {
      warming_.erase(key);
    }
  }
}

void DeploymentTally::Change(const Task& task, std::uint8_t zone, bool add) {
  const std::optional<TaskClass> of = ClassAt(task, at_);
  if (!of) return;
  Put({task.serial,
       {task.instance, zone},
       *of,
       task.started_at + kHealthyAfterMs,
       task.protected_until,
       task.wanted_zone != kAnyZone},
      add);
  if (const std::uint8_t in = task.instance == kNoSerial ? task.wanted_zone : zone; in != kAnyZone) {
    std::uint32_t& there = by_zone_[in];
    there = add ? there + 1 : there - 1;
    if (there == 0) by_zone_.erase(in);
  }
  const auto provider = std::ranges::find(by_provider_, task.provider, [](const auto& entry) { return entry.first; });
  if (provider == by_provider_.end()) {
    by_provider_.emplace_back(task.provider, 1);
  } else if (add) {
    ++provider->second;
  } else if (--provider->second == 0) {
    by_provider_.erase(provider);
  }
}

void DeploymentTally::AdvanceTo(TimeMs now) {
  if (now <= at_) return;
  // An entry leaves with the class and protection it came with, and comes back as `now` sees it.
  while (!warming_.empty() && warming_.begin()->first.first <= now) {
    Entry entry = warming_.begin()->second;
    Put(entry, false);
    entry.of = TaskClass::kHealthy;
    Put(entry, true);
  }
  while (!protected_.empty() && protected_.begin()->first.first <= now) {
    Entry entry = protected_.begin()->second;
    Put(entry, false);
    entry.protected_until = kUnset;
    Put(entry, true);
  }
  at_ = now;
}

std::uint32_t DeploymentTally::CountOn(Serial provider) const {
  const auto at = std::ranges::find(by_provider_, provider, [](const auto& entry) { return entry.first; });
  return at == by_provider_.end() ? 0 : at->second;
}

}  // namespace ecsmi::model
