#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "ecsmi/base/check.h"
#include "ecsmi/base/huge_pages.h"
#include "ecsmi/model/record.h"

namespace ecsmi::model {

// Rows of one kind, in slabs (a row never moves), found by serial. Owned by State; one thread at a time.
// Memory per row: the record and about 15 bytes of index. Invariant: every live slot's serial is in the index exactly
// once.
template <typename T>
class Table {
 public:
  using Row = T;
  Table() = default;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() {
    for (Slot slot = 0; slot < next_slot_; ++slot) At(slot).~T();
  }

  std::size_t size() const { return size_; }

  // nullptr when there is no such row. Cost: one probe of a dense array, one of the row.
  T* Find(Serial serial) {
    const std::uint32_t at = Probe(serial);
    return at == kMissing ? nullptr : &At(index_[at].slot);
  }
  const T* Find(Serial serial) const { return const_cast<Table*>(this)->Find(serial); }

  T& At(Slot slot) { return slabs_[slot / kSlabRows][slot % kSlabRows]; }
  const T& At(Slot slot) const { return slabs_[slot / kSlabRows][slot % kSlabRows]; }

  // A row with nothing but its serial, to be filled in place. REQUIRES: the serial is not in the table.
  T& Emplace(Serial serial) {
    ECSMI_CHECK(serial != kNoSerial && Probe(serial) == kMissing);
    const Slot slot = NewSlot();
    T* place = &At(slot);
    if (slot == next_slot_) {
      place = ::new (static_cast<void*>(place)) T();
      ++next_slot_;
    } else {
      free_.pop_back();
    }
    return Enter(*place, serial, slot);
  }
  // REQUIRES: row.serial is set and not in the table.
  T& Insert(T&& row) {
    const Serial serial = row.serial;
    ECSMI_CHECK(serial != kNoSerial && Probe(serial) == kMissing);
    const Slot slot = NewSlot();
    T* place = &At(slot);
    if (slot == next_slot_) {
      place = ::new (static_cast<void*>(place)) T(std::move(row));
      ++next_slot_;
    } else {
      *place = std::move(row);
      free_.pop_back();
    }
    return Enter(*place, serial, slot);
  }

  // REQUIRES: the row is in the table.
  void Erase(Serial serial) {
    std::uint32_t at = Probe(serial);
    ECSMI_CHECK(at != kMissing);
    const Slot slot = index_[at].slot;
    At(slot) = T{};
    free_.push_back(slot);
    --size_;
    // Backward-shift delete keeps probe runs free of tombstones.
    const std::uint32_t mask = Mask();
    std::uint32_t hole = at;
    for (std::uint32_t next = (at + 1) & mask; index_[next].slot != kNoSlot; next = (next + 1) & mask) {
      const std::uint32_t home = Home(index_[next].tag);
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        index_[hole] = index_[next];
        hole = next;
      }
    }
    index_[hole] = {};
  }

  // Every row, in slot order (not an order to decide by).
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (Slot slot = 0; slot < next_slot_; ++slot) {
      if (const T& row = At(slot); row.serial != kNoSerial) visit(row);
    }
  }
  template <typename Visit>
  void ForEachMutable(Visit&& visit) {
    for (Slot slot = 0; slot < next_slot_; ++slot) {
      if (T& row = At(slot); row.serial != kNoSerial) visit(row);
    }
  }

 private:
  // The serial's low half stands beside the slot, so that a probe reads no row but the one it looks for.
  struct Entry {
    Slot slot = kNoSlot;
    std::uint32_t tag = 0;
  };
  // Memory of a few slabs, in one piece.
  struct BlockDeleter {
    std::size_t bytes = 0;
    void operator()(T* block) const { base::FreeBlock(block, bytes); }
  };

  // Small tables must stay small: a world with three clusters should not pay for a thousand.
  static constexpr std::uint32_t kSlabRows = sizeof(T) > 400 ? 16 : 128;
  static constexpr std::size_t kSlabBytes = kSlabRows * sizeof(T);
  // Large ones grow by what fits in a few huge pages.
  static constexpr std::size_t kSlabsAtOnce = 2 * base::kHugePageBytes / kSlabBytes;
  static constexpr std::uint32_t kMissing = 0xffffffff;
  // Serials that follow each other share a cache line of the index.
  static constexpr std::uint32_t kRun = 8;

  std::uint32_t Mask() const { return static_cast<std::uint32_t>(index_.size() - 1); }
  std::uint32_t Home(std::uint32_t tag) const {
    const auto run = static_cast<std::uint32_t>((tag / kRun * 0x9e3779b97f4a7c15ULL) >> 32);
    return (run * kRun + tag % kRun) & Mask();
  }
  std::uint32_t Probe(Serial serial) const {
    if (index_.empty()) return kMissing;
    const auto tag = static_cast<std::uint32_t>(serial);
    for (std::uint32_t at = Home(tag); index_[at].slot != kNoSlot; at = (at + 1) & Mask()) {
      if (index_[at].tag == tag && At(index_[at].slot).serial == serial) return at;
    }
    return kMissing;
  }
  void PutIndex(std::uint32_t tag, Slot slot) {
    std::uint32_t at = Home(tag);
    while (index_[at].slot != kNoSlot) at = (at + 1) & Mask();
    index_[at] = {slot, tag};
  }
  void Grow() {
    std::vector<Entry, base::BlockAllocator<Entry>> old(index_.empty() ? 16 : index_.size() * 2);
    old.swap(index_);
    for (const Entry& entry : old) {
      if (entry.slot != kNoSlot) PutIndex(entry.tag, entry.slot);
    }
  }

  // The slot that the next row takes, with memory for it; a row is alive there unless it is next_slot_.
  Slot NewSlot() {
    if ((size_ + 1) * 4 > index_.size() * 3) Grow();
    if (!free_.empty()) return free_.back();
    if (next_slot_ / kSlabRows == slabs_.size()) {
      const std::size_t count = slabs_.size() < kSlabsAtOnce ? 1 : kSlabsAtOnce;
      T* block = static_cast<T*>(base::AllocateBlock(count * kSlabBytes));
      blocks_.emplace_back(block, BlockDeleter{count * kSlabBytes});
      for (std::size_t i = 0; i < count; ++i) slabs_.push_back(block + i * kSlabRows);
    }
    return next_slot_;
  }
  T& Enter(T& row, Serial serial, Slot slot) {
    row.serial = serial;
    row.slot_in_table = slot;
    PutIndex(static_cast<std::uint32_t>(serial), slot);
    ++size_;
    return row;
  }

  std::vector<std::unique_ptr<T, BlockDeleter>> blocks_;
  std::vector<T*> slabs_;
  std::vector<Slot> free_;
  std::vector<Entry, base::BlockAllocator<Entry>> index_;
  Slot next_slot_ = 0;
  std::size_t size_ = 0;
};

// Appends `row` to `head`, or takes it out. `link` names the member that holds the row's place.
template <typename T>
void ListAppend(Table<T>& table, ListHead& head, T& row, ListLink T::*link) {
  (row.*link) = {head.last, kNoSlot};
  if (head.last != kNoSlot) {
    (table.At(head.last).*link).next = row.slot_in_table;
  } else {
    head.first = row.slot_in_table;
  }
  head.last = row.slot_in_table;
  ++head.count;
}
template <typename T>
void ListRemove(Table<T>& table, ListHead& head, T& row, ListLink T::*link) {
  const ListLink place = row.*link;
  (place.previous == kNoSlot ? head.first : (table.At(place.previous).*link).next) = place.next;
  (place.next == kNoSlot ? head.last : (table.At(place.next).*link).previous) = place.previous;
  (row.*link) = {};
  --head.count;
}

}  // namespace ecsmi::model
