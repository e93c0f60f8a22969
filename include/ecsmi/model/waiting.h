#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/container/btree_set.h"
#include "ecsmi/model/task.h"

namespace ecsmi::model {

// What makes waiting tasks of one provider equal to placement: their definition and service fix architecture, ports and
// constraints, their group fixes spread and distinctInstance.
struct WaitingKey {
  Serial definition = kNoSerial;
  Serial service = kNoSerial;
  Serial group = kNoSerial;
  Resources resources;
  bool all_gpus = false;
  bool dedicated = false;
  bool distinct_instance = false;
  std::uint8_t wanted_zone = kAnyZone;
  friend auto operator<=>(const WaitingKey&, const WaitingKey&) = default;

  static WaitingKey Of(const Task& task) {
    return {task.definition, task.service,           task.group,      task.resources, task.all_gpus,
            task.dedicated,  task.distinct_instance, task.wanted_zone};
  }
};

// Equal waiting tasks. Never empty.
struct WaitingClass {
  WaitingKey key;
  absl::btree_set<Serial> tasks;  // oldest first
  std::uint64_t tried = 0;        // WaitingList's room count when no hole was found
};

// The tasks that wait for room of one provider, by class. Derived, never stored. Remembers which classes found no hole
// since room last appeared, so that a pass costs the classes that changed. One thread at a time.
class WaitingList {
 public:
  void Add(const Task& task);
  // REQUIRES: the task was added and its key is what it was.
  void Remove(const Task& task);
  bool empty() const { return classes_.empty(); }
  // When the newest task ever added was created: what a batch waits for (B63).
  TimeMs newest_at() const { return newest_at_; }

  // An instance came, freed room or accepts tasks again, or a constraint changed: every class may find a hole now.
  void RoomAppeared();
  // Nothing was found for the class: it is not tried again before room appears.
  void FoundNoHole(WaitingClass& waiting);
  // Classes that may find a hole, and all classes; oldest task first. Pointers stay good until their last task leaves.
  // Cost of the first: the classes to be tried, or all once after room appeared.
  std::vector<WaitingClass*> Untried();
  std::vector<WaitingClass*> All();

 private:
  std::map<WaitingKey, WaitingClass> classes_;
  // The class that left last: most tasks are placed in the step that made them, and a class of one comes and goes.
  std::map<WaitingKey, WaitingClass>::node_type spare_;
  std::uint64_t room_ = 1;          // counts how often room appeared
  std::size_t untried_ = 0;         // classes with tried != room_
  bool only_new_ = false;           // all of those are in new_
  std::vector<WaitingClass*> new_;  // made since room appeared
  TimeMs newest_at_ = kUnset;
};

}  // namespace ecsmi::model
