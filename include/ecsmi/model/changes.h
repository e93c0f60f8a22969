#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ecsmi/model/ids.h"
#include "ecsmi/model/time.h"

namespace ecsmi::model {

// What the readable columns of a table that people look up by hand show (clusters, providers, definitions, services,
// queues …). Not read back by the engine.
struct RowLabel {
  std::string region;
  std::string name;
  std::string status;
};

// One row as a commit left it. `bytes` is the versioned layout of the record (model/codec.h), empty when erased.
struct RowChange {
  static constexpr std::uint32_t kNoLabel = 0xffffffff;
  TableId table{};
  bool erased = false;
  std::uint32_t label = kNoLabel;  // index into ChangeSet::labels
  Serial serial = kNoSerial;
  std::uint32_t offset = 0;  // into ChangeSet::buffer
  std::uint32_t size = 0;
};

// One thing that happened while the commit was in the making and that watchers hear of. Told in the change segment
// alone, in the order in which things happened; several may be of one row. Its bytes then: `image`, or, when that is
// empty, those the commit's own row has.
struct Told {
  TableId table{};
  bool erased = false;  // no event: the row is gone, and events that refer to it need `image`
  Serial serial = kNoSerial;
  TimeMs at = kUnset;  // running time
  // Both into ChangeSet::told_buffer.
  std::uint32_t image_offset = 0;
  std::uint32_t image_size = 0;
  std::uint32_t extra_offset = 0;  // what the row does not say (src/model/tells.h)
  std::uint32_t extra_size = 0;
};

// The world's own counters after a commit; kept in one row per world, rewritten with each commit.
struct WorldHeader {
  CommitSeq seq = 0;             // of the newest commit
  Serial next_serial = 1;        // drawn in order, so that a restart never gives a number twice
  TimeMs now_ms = 0;             // running time of the newest step
  std::uint64_t state_hash = 0;  // xor of row hashes: equal states have equal hashes (checked after every load)
  std::string settings;          // encoded WorldSettings (clock mode, offsets …); opaque to the store
};

// All rows that the steps of one commit changed, sorted by (table, serial), each row once, and what happened on the
// way: the only thing that store, dump, event log and ledger read. Move-only in spirit; built on the strand, then owned
// by the committer.
struct ChangeSet {
  WorldHeader header;
  std::vector<RowChange> rows;
  std::vector<RowLabel> labels;
  std::string buffer;
  std::uint64_t told_first = 0;  // the number of told[0] in the world's life; the others follow
  std::vector<Told> told;
  std::string told_buffer;

  bool empty() const { return rows.empty(); }
  std::string_view BytesOf(const RowChange& row) const { return std::string_view(buffer).substr(row.offset, row.size); }
  std::string_view ImageOf(const Told& it) const {
    return std::string_view(told_buffer).substr(it.image_offset, it.image_size);
  }
  std::string_view ExtraOf(const Told& it) const {
    return std::string_view(told_buffer).substr(it.extra_offset, it.extra_size);
  }
};

// The change segment that goes with each commit: every changed byte in order, self-describing. `ParseSegment` accepts
// exactly what `EncodeSegment` wrote and returns false on anything else.
std::string EncodeSegment(const ChangeSet& changes);
bool ParseSegment(std::string_view segment, ChangeSet* changes);

}  // namespace ecsmi::model
