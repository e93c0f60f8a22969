#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "ecsmi/base/check.h"
#include "ecsmi/model/record.h"

namespace ecsmi::model {

// Rows of one kind, in slabs (a row never moves), found by serial. Owned by State; one thread at a time.
// Memory per row: the record and about 6 bytes of index. Invariant: every live slot's serial is in the index exactly
// once.
template <typename T>
class Table {
 public:
  using Row = T;
  std::size_t size() const { return size_; }

  // nullptr when there is no such row. Cost: one probe of a dense array, one of the row.
  T* Find(Serial serial) {
    const std::uint32_t at = Probe(serial);
    return at == kMissing ? nullptr : &At(index_[at]);
  }
  const T* Find(Serial serial) const { return const_cast<Table*>(this)->Find(serial); }

  T& At(Slot slot) { return (*slabs_[slot / kSlabRows])[slot % kSlabRows]; }
  const T& At(Slot slot) const { return (*slabs_[slot / kSlabRows])[slot % kSlabRows]; }

  // REQUIRES: row.serial is set and not in the table.
  T& Insert(T row) {
    ECSMI_CHECK(row.serial != kNoSerial && Probe(row.serial) == kMissing);
    if ((size_ + 1) * 4 > index_.size() * 3) Grow(index_.empty() ? 16 : index_.size() * 2);
    Slot slot;
    if (!free_.empty()) {
      slot = free_.back();
      free_.pop_back();
    } else {
      slot = next_slot_++;
      if (slot / kSlabRows == slabs_.size()) slabs_.push_back(std::make_unique<std::array<T, kSlabRows>>());
    }
    T& place = At(slot);
    place = std::move(row);
    place.slot_in_table = slot;
    PutIndex(place.serial, slot);
    ++size_;
    return place;
  }

  // REQUIRES: the row is in the table.
  void Erase(Serial serial) {
    std::uint32_t at = Probe(serial);
    ECSMI_CHECK(at != kMissing);
    const Slot slot = index_[at];
    At(slot) = T{};
    free_.push_back(slot);
    --size_;
    // Backward-shift delete keeps probe runs free of tombstones.
    const std::uint32_t mask = Mask();
    std::uint32_t hole = at;
    for (std::uint32_t next = (at + 1) & mask; index_[next] != kNoSlot; next = (next + 1) & mask) {
      const std::uint32_t home = Home(At(index_[next]).serial);
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        index_[hole] = index_[next];
        hole = next;
      }
    }
    index_[hole] = kNoSlot;
  }

  void Reserve(std::size_t rows) {
    std::size_t size = 16;
    while (rows * 4 > size * 3) size *= 2;
    if (size > index_.size()) Grow(size);
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
  // Small tables must stay small: a world with three clusters should not pay for a thousand.
  static constexpr std::uint32_t kSlabRows = sizeof(T) > 400 ? 16 : 128;
  static constexpr std::uint32_t kMissing = 0xffffffff;

  std::uint32_t Mask() const { return static_cast<std::uint32_t>(index_.size() - 1); }
  std::uint32_t Home(Serial serial) const {
    return static_cast<std::uint32_t>((serial * 0x9e3779b97f4a7c15ULL) >> 32) & Mask();
  }
  std::uint32_t Probe(Serial serial) const {
    if (index_.empty()) return kMissing;
    for (std::uint32_t at = Home(serial); index_[at] != kNoSlot; at = (at + 1) & Mask()) {
      if (At(index_[at]).serial == serial) return at;
    }
    return kMissing;
  }
  void PutIndex(Serial serial, Slot slot) {
    std::uint32_t at = Home(serial);
    while (index_[at] != kNoSlot) at = (at + 1) & Mask();
    index_[at] = slot;
  }
  void Grow(std::size_t size) {
    index_.assign(size, kNoSlot);
    for (Slot slot = 0; slot < next_slot_; ++slot) {
      if (const Serial serial = At(slot).serial; serial != kNoSerial) PutIndex(serial, slot);
    }
  }

  std::vector<std::unique_ptr<std::array<T, kSlabRows>>> slabs_;
  std::vector<Slot> free_;
  std::vector<Slot> index_;
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
