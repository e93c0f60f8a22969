#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/model/changes.h"

namespace ecsmi::ports {

// A world's small number: part of the store's row keys (23 bits). Never shown.
using WorldNumber = std::uint32_t;
inline constexpr WorldNumber kWorldNumberMax = (1u << 23) - 1;

struct StoredWorld {
  WorldNumber number = 0;
  std::string account;  // 12 digits
  std::uint64_t lease_epoch = 0;
  std::string engine_version;  // that wrote it last
  std::string catalog_hash;
  model::WorldHeader header;
};

// One world's share of a transaction. `changes.header.seq` is the seq after it; `expected_seq` the one before. When
// expected_seq is 0 the world's row is created. `lease_epoch` must not be lower than the stored one and replaces it: a
// writer who comes with a higher one locks the older writer out. Items of one batch may be steps of one world, in
// order.
struct CommitItem {
  WorldNumber world = 0;
  std::string_view account;
  std::uint64_t lease_epoch = 0;
  model::CommitSeq expected_seq = 0;
  const model::ChangeSet* changes = nullptr;
};

// How a commit ended:
// - OK: everything in the batch is on disk.
// - RESOURCE_EXHAUSTED: the disk is full or a size limit was met. Nothing of the batch is stored; Settle() may succeed
//   later.
// - UNAVAILABLE: another write error, likewise.
// - ABORTED: a world's seq or lease epoch was not as expected, for someone else wrote. Nothing is stored.
// - DATA_LOSS: an fsync failed, or the file is damaged: what the disk holds is unknown. The process must end without
//   answering anyone.
using CommitDone = std::function<void(absl::Status)>;

// Where worlds are kept. One caller at a time for Commit and Settle (the committer); LoadWorld, ListWorlds and ReadLog
// may run on other threads; LoadWorld never during a Commit of the same world. No SQLite type, pragma or row id above
// this port.
class Store {
 public:
  virtual ~Store() = default;

  // Stores all items or none. `done` is called exactly once, possibly before Commit returns, on any thread.
  virtual void Commit(std::span<const CommitItem> items, CommitDone done) = 0;

  // After a failed commit: writes a marker and returns OK once that is on disk, so that the failed batch is known to be
  // gone (engine notes: a failed fsync may leave it behind). Errors as in Commit.
  virtual absl::Status Settle() = 0;

  virtual absl::StatusOr<std::vector<StoredWorld>> ListWorlds() = 0;

  // Streams all rows of a world, tables in TableId order, serials rising. `row` returning false stops with CANCELLED.
  using RowSink = std::function<bool(model::TableId, model::Serial, std::string_view bytes)>;
  virtual absl::Status LoadWorld(WorldNumber world, const RowSink& row) = 0;
  // The world's row alone. NOT_FOUND when it was never committed.
  virtual absl::StatusOr<StoredWorld> ReadWorld(WorldNumber world) = 0;

  // Change segments with from_seq <= seq, oldest first, at most `limit`. `floor` (may be null) gets the oldest kept
  // seq.
  struct LogSegment {
    model::CommitSeq seq = 0;
    std::string bytes;  // model::EncodeSegment
  };
  virtual absl::StatusOr<std::vector<LogSegment>> ReadLog(WorldNumber world, model::CommitSeq from_seq,
                                                          std::size_t limit, model::CommitSeq* floor) = 0;
};

}  // namespace ecsmi::ports
