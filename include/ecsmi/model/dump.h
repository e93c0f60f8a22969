#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ecsmi/model/ids.h"
#include "ecsmi/model/state.h"

// A world's rows as JSON lines, made from the records' Fields(): one line per row, in (table, serial) order, every
// stored member by name. Equal rows give equal bytes. Enums and moments are numbers, as stored; text that is not
// printable UTF-8 stands as base64 under "<name>_base64". Pure; strand only.
namespace ecsmi::model {

// "task", "container_instance" …; empty for a number no table has.
std::string_view TableName(TableId table);

// Where a dump goes on: after the row (table, serial). The beginning by default.
struct DumpPosition {
  std::uint8_t table = 0;  // TableId, or a number before the first
  Serial serial = kNoSerial;
  friend bool operator==(const DumpPosition&, const DumpPosition&) = default;
};

// Appends the lines after `position` to `out`, each ended by '\n', until `out` has about `bytes_max` bytes or about
// `work_max` places were looked at, and moves `position`; from an empty `out` it always gets on. True when nothing is
// left. REQUIRES: the state has not changed since `position` was the beginning.
struct DumpLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t work_max = 50'000;
};
bool DumpRows(const State& state, const DumpLimits& limits, DumpPosition* position, std::string* out);

// All rows at once: for tests and small worlds.
std::string DumpAll(const State& state);

}  // namespace ecsmi::model
