#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "ecsmi/model/ids.h"
#include "ecsmi/model/task.h"
#include "ecsmi/model/time.h"

namespace ecsmi::model {

// How long a task without container health checks runs before its service counts it as healthy (D25).
inline constexpr DurationMs kHealthyAfterMs = 40 * kSecondMs;

// What a service's pass sees in a task, in the order in which tasks are stopped (D61).
enum class TaskClass : std::uint8_t {
  kWaiting = 0,    // PROVISIONING, no instance yet
  kStarting = 1,   // on its way to RUNNING
  kUnhealthy = 2,  // RUNNING, a health check failed
  kWarming = 3,    // RUNNING, not yet counted as healthy
  kHealthy = 4,
};
inline constexpr std::size_t kTaskClasses = 5;

// Tasks of one class by where they are: which one to stop first (D60) in logarithmic time. Order: the zone with the
// most, in it the instance with the most, on it the newest task; ties to the instance with the newest task.
class StopOrder {
 public:
  struct Place {
    Serial instance = kNoSerial;
    std::uint8_t zone = 0;
  };
  void Add(Serial task, Place place);
  void Remove(Serial task, Place place);
  Serial First() const;  // kNoSerial when empty
  std::uint32_t size() const { return size_; }
  // How many of them are in each zone; zones without any left out.
  absl::btree_map<std::uint8_t, std::uint32_t> ByZone() const;

 private:
  struct Load {
    std::uint32_t count = 0;
    Serial newest = kNoSerial;
    Serial instance = kNoSerial;
    friend auto operator<=>(const Load&, const Load&) = default;
  };
  struct Zone {
    std::uint32_t count = 0;
    absl::btree_set<Load> loads;
  };
  Load LoadOf(Serial instance) const;

  absl::btree_map<std::uint8_t, Zone> zones_;
  absl::flat_hash_map<Serial, absl::btree_set<Serial>> tasks_;  // by instance
  std::uint32_t size_ = 0;
};

// Counts of one deployment's RUNNING and pending tasks by class, and their stop order: what a service's pass reads
// instead of its tasks. Derived from the rows; a task's class also depends on time, so the tally stands at a moment
// (`AdvanceTo`), which never goes back. Cost of a change: logarithmic in the deployment's tasks.
class DeploymentTally {
 public:
  // The task comes or goes, as its row now stands. `zone` is that of its instance, if it has one.
  void Add(const Task& task, std::uint8_t zone) { Change(task, zone, true); }
  void Remove(const Task& task, std::uint8_t zone) { Change(task, zone, false); }

  // Moves tasks whose 40 s (D25) or protection have passed by `now`.
  void AdvanceTo(TimeMs now);
  // The next moment at which a task counts as healthy; kNever when none is waiting for it.
  TimeMs NextHealthyAt() const { return warming_.empty() ? kNever : warming_.begin()->first.first; }
  TimeMs NextUnprotectedAt() const { return protected_.empty() ? kNever : protected_.begin()->first.first; }

  std::uint32_t count(TaskClass of) const { return count_[static_cast<std::size_t>(of)]; }
  // Those not under protection.
  std::uint32_t stoppable(TaskClass of) const { return order_[static_cast<std::size_t>(of)].size(); }
  // The task of the class to stop first; kNoSerial when there is none.
  Serial FirstToStop(TaskClass of) const { return order_[static_cast<std::size_t>(of)].First(); }
  // RUNNING and pending tasks on a capacity provider (A78).
  std::uint32_t CountOn(Serial provider) const;
  // RUNNING and pending tasks by the zone they are in or are made for (D63); those that wait for any are left out.
  const absl::btree_map<std::uint8_t, std::uint32_t>& by_zone() const { return by_zone_; }
  // Those of a class that may be stopped, by the zone they are in.
  absl::btree_map<std::uint8_t, std::uint32_t> StoppableByZone(TaskClass of) const {
    return order_[static_cast<std::size_t>(of)].ByZone();
  }
  // Tasks made for a zone that do not count as healthy yet.
  std::uint32_t moving() const { return moving_; }

 private:
  struct Entry {
    Serial task = kNoSerial;
    StopOrder::Place place;
    TaskClass of = TaskClass::kWaiting;
    TimeMs healthy_at = kNever;
    TimeMs protected_until = kUnset;
    bool moves = false;  // made for a zone
  };
  using Moments = absl::btree_map<std::pair<TimeMs, Serial>, Entry>;
  void Change(const Task& task, std::uint8_t zone, bool add);
  void Put(const Entry& entry, bool add);

  std::array<std::uint32_t, kTaskClasses> count_{};
  std::array<StopOrder, kTaskClasses> order_;  // without protected tasks
  Moments warming_;                            // by the moment they count as healthy
  Moments protected_;                          // by the moment protection ends
  std::vector<std::pair<Serial, std::uint32_t>> by_provider_;
  absl::btree_map<std::uint8_t, std::uint32_t> by_zone_;
  std::uint32_t moving_ = 0;
  TimeMs at_ = kUnset;
};

}  // namespace ecsmi::model
