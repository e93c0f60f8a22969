#include "ecsmi/model/waiting.h"

#include <algorithm>
#include <utility>

#include "ecsmi/base/check.h"

namespace ecsmi::model {
namespace {

void SortByOldest(std::vector<WaitingClass*>& classes) {
  std::sort(classes.begin(), classes.end(),
            [](const WaitingClass* a, const WaitingClass* b) { return *a->tasks.begin() < *b->tasks.begin(); });
}

}  // namespace

void WaitingList::Add(const Task& task) {
  const WaitingKey key = WaitingKey::Of(task);
  auto at = classes_.find(key);
  if (at == classes_.end()) {
    if (spare_.empty()) {
      at = classes_.try_emplace(key).first;
    } else {
      spare_.key() = key;
      at = classes_.insert(std::move(spare_)).position;
    }
    at->second.key = key;
    at->second.tried = 0;
    new_.push_back(&at->second);
    ++untried_;
  }
  WaitingClass& waiting = at->second;
  waiting.tasks.insert(waiting.tasks.end(), task.serial);
  newest_at_ = std::max(newest_at_, task.created_at);
}

void WaitingList::Remove(const Task& task) {
  const auto at = classes_.find(WaitingKey::Of(task));
  ECSMI_CHECK(at != classes_.end());
  ECSMI_CHECK(at->second.tasks.erase(task.serial) == 1);
  if (!at->second.tasks.empty()) return;
  if (at->second.tried != room_) FoundNoHole(at->second);
  std::erase(new_, &at->second);
  spare_ = classes_.extract(at);
}

void WaitingList::RoomAppeared() {
  ++room_;
  untried_ = classes_.size();
  only_new_ = untried_ == 0;
  new_.clear();
}

void WaitingList::FoundNoHole(WaitingClass& waiting) {
  ECSMI_CHECK(waiting.tried != room_);
  waiting.tried = room_;
  if (--untried_ > 0) return;
  only_new_ = true;
  new_.clear();
}

std::vector<WaitingClass*> WaitingList::Untried() {
  std::vector<WaitingClass*> classes;
  if (untried_ == 0) return classes;
  if (only_new_) {
    for (WaitingClass* waiting : new_) {
      if (waiting->tried != room_) classes.push_back(waiting);
    }
  } else {
    for (auto& [key, waiting] : classes_) {
      if (waiting.tried != room_) classes.push_back(&waiting);
    }
  }
  SortByOldest(classes);
  return classes;
}

std::vector<WaitingClass*> WaitingList::All() {
  std::vector<WaitingClass*> classes;
  for (auto& [key, waiting] : classes_) classes.push_back(&waiting);
  SortByOldest(classes);
  return classes;
}

}  // namespace ecsmi::model
