#include "ecsmi/model/due_queue.h"

#include <algorithm>
#include <utility>

namespace ecsmi::model {
namespace {
constexpr std::size_t kArity = 4;
}  // namespace

void DueQueue::Push(const DueItem& item) {
  std::size_t at = heap_.size();
  heap_.push_back(item);
  while (at > 0) {
    const std::size_t parent = (at - 1) / kArity;
    if (!Before(item, heap_[parent])) break;
    heap_[at] = heap_[parent];
    at = parent;
  }
  heap_[at] = item;
}

void DueQueue::Pop() {
  const DueItem last = heap_.back();
  heap_.pop_back();
  if (heap_.empty()) return;
  std::size_t at = 0;
  while (true) {
    const std::size_t first = at * kArity + 1;
    if (first >= heap_.size()) break;
    const std::size_t end = std::min(first + kArity, heap_.size());
    std::size_t least = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      if (Before(heap_[child], heap_[least])) least = child;
    }
    if (!Before(heap_[least], last)) break;
    heap_[at] = heap_[least];
    at = least;
  }
  heap_[at] = last;
}

}  // namespace ecsmi::model
