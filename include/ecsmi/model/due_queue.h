#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "ecsmi/model/ids.h"
#include "ecsmi/model/time.h"

namespace ecsmi::model {

// One row's wish to be looked at. Order: (at, serial); serials are unique over tables, so there are no ties.
struct DueItem {
  TimeMs at = kNever;
  Serial serial = kNoSerial;
  TableId table{};
  friend bool operator==(const DueItem&, const DueItem&) = default;
};

// A 4-ary heap with the keys inline and lazy cancellation: an item that its row no longer wishes is dropped when it
// surfaces (the caller knows how to ask). Exact peek, no monotonicity, so a virtual clock may stand anywhere.
class DueQueue {
 public:
  void Push(const DueItem& item);
  const DueItem* Peek() const { return heap_.empty() ? nullptr : heap_.data(); }
  void Pop();
  std::size_t size() const { return heap_.size(); }
  void Clear() { heap_.clear(); }
  // More than half of the queue may be stale: time to look.
  bool WantsRebuild() const { return heap_.size() >= rebuild_at_; }
  // Keeps only items for which `alive` is true. Amortised over the pushes since the last time.
  template <typename Alive>
  void Rebuild(Alive&& alive) {
    std::vector<DueItem> old;
    old.swap(heap_);
    for (const DueItem& item : old) {
      if (alive(item)) Push(item);
    }
    rebuild_at_ = std::max(kRebuildMin, 2 * heap_.size());
  }

 private:
  static bool Before(const DueItem& a, const DueItem& b) { return a.at != b.at ? a.at < b.at : a.serial < b.serial; }
  static constexpr std::size_t kRebuildMin = 1'024;
  std::vector<DueItem> heap_;
  std::size_t rebuild_at_ = kRebuildMin;
};

}  // namespace ecsmi::model
