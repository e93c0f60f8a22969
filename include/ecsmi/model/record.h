#pragma once

#include <cstdint>
#include <vector>

#include "ecsmi/model/codec.h"
#include "ecsmi/model/ids.h"
#include "ecsmi/model/resources.h"
#include "ecsmi/model/time.h"

namespace ecsmi::model {

// Handle of a row within its table: index of its place in memory. Valid within one step only; across steps use the
// serial.
using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = 0xffffffff;

// What every row carries. Only `serial` is stored (as the key); the rest is rebuilt.
struct RowBase {
  Serial serial = kNoSerial;
  CommitSeq seq = 0;           // of the step that changed the row last
  std::uint64_t row_hash = 0;  // of its stored bytes, as of `seq`
  Slot slot_in_table = kNoSlot;
  bool dirty = false;      // changed in the step under way
  bool due_noted = false;  // its due times are yet to be taken into the queues
};

// A place in an intrusive list of rows of one table, and such a list's head. The order is that of insertion and may
// differ after a restart: decisions sort by a stated key.
struct ListLink {
  Slot previous = kNoSlot;
  Slot next = kNoSlot;
};
struct ListHead {
  Slot first = kNoSlot;
  Slot last = kNoSlot;
  std::uint32_t count = 0;
  CommitSeq seq = 0;  // of the last step that added, removed or changed a member
};

// When a row wants attention next, and whether that keeps a world from being quiescent (design: time).
struct Due {
  TimeMs at = kNever;
  bool foreground = true;
  friend bool operator==(const Due&, const Due&) = default;
};

}  // namespace ecsmi::model
