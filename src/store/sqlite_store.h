#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/model/time.h"
#include "ecsmi/ports/store.h"
#include "store/gate.h"

namespace ecsmi::store {

class Checkpointer;
class FileLock;
class Reader;
class ReaderPool;
class Writer;

// What a commit waits for.
enum class Durability : std::uint8_t {
  kFull,    // until the disk has it: survives a power cut
  kNormal,  // until the kernel has it: survives the process, a power cut may lose the newest commits
  kMemory,  // for nothing at all: a crash of the machine may leave the file damaged
};

struct SqliteStoreOptions {
  std::string path = ":memory:";  // a file, made with its folders where missing, or ":memory:"
  Durability durability = Durability::kFull;
  std::string engine_version{};  // written into each world with each commit
  std::string catalog_hash{};

  // History that ReadLog can give, per world: whole segments are dropped when all their records are older than
  // `segments_retained_ms` of the world's time, or when as many newer records exist. The newest segment always stays.
  std::int64_t segments_retained_records = 1'000'000;
  model::DurationMs segments_retained_ms = model::kDayMs;
};

// Worlds in one SQLite file (format: migrations/). Commit and Settle as the port says: one caller at a time; `done`
// runs on the caller's thread before Commit returns. ListWorlds, LoadWorld, ReadWorld and ReadLog: any thread, beside
// commits, each from one consistent snapshot; in memory one at a time, and then LoadWorld's sink must not call the
// store. A thread of its own moves the log into the file; it sleeps while nothing is written.
//
// Leases: an item's lease_epoch must not be lower than the stored one, and replaces it; so a new writer of a world that
// comes with a higher epoch locks the older one out with its first commit.
class SqliteStore final : public ports::Store {
 public:
  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  // The file's real path, or ":memory:".
  const std::string& path() const { return path_; }

  // DATA_LOSS once an fsync failed, in a commit or behind it: the process must end (the port says why). OK otherwise.
  absl::Status Health();

  // Moves the log into the file and lets go of it; the destructor does the same. After it, everything gives
  // UNAVAILABLE. Returns what went wrong; nothing that was committed is lost by it. No other call may be running.
  absl::Status Close();

  void Commit(std::span<const ports::CommitItem> items, ports::CommitDone done) override;
  absl::Status Settle() override;
  absl::StatusOr<std::vector<ports::StoredWorld>> ListWorlds() override;
  absl::Status LoadWorld(ports::WorldNumber world, const RowSink& row) override;
  absl::StatusOr<ports::StoredWorld> ReadWorld(ports::WorldNumber world) override;
  absl::StatusOr<std::vector<LogSegment>> ReadLog(ports::WorldNumber world, model::CommitSeq from_seq,
                                                  std::size_t limit, model::CommitSeq* floor) override;

 private:
  friend absl::StatusOr<std::unique_ptr<SqliteStore>> OpenSqliteStore(const SqliteStoreOptions& options);
  SqliteStore();

  absl::Status CommitGated(std::span<const ports::CommitItem> items) ABSL_LOCKS_EXCLUDED(gate_);
  // Why nothing may be written, or OK.
  absl::Status Refusal() ABSL_EXCLUSIVE_LOCKS_REQUIRED(gate_);
  // Runs `read` with a reader nobody else uses meanwhile.
  template <typename Read>
  auto WithReader(const Read& read) -> decltype(read(std::declval<Reader&>()));

  std::string path_;
  std::unique_ptr<FileLock> lock_;  // null in memory; given back last

  // Held during a commit, and by the checkpointer for the moment in which no commit may run.
  Gate gate_;
  std::unique_ptr<Writer> writer_ ABSL_GUARDED_BY(gate_);  // null after Close()
  absl::Status fatal_ ABSL_GUARDED_BY(gate_);              // DATA_LOSS once met; no later success takes it back

  std::unique_ptr<ReaderPool> readers_;                           // null in memory, where there is one connection,
  std::unique_ptr<Reader> memory_reader_ ABSL_GUARDED_BY(gate_);  // read with the gate held
  std::unique_ptr<Checkpointer> checkpointer_;                    // null in memory
};

// Opens or makes the file, brings an older format up to date (after copying the file to `<path>.before-<format>`), and
// starts the checkpointer. Each error says what happened and what to do:
//   FAILED_PRECONDITION  a newer version of the program wrote the file
//   UNAVAILABLE          another process uses it, or the disk refuses
//   INVALID_ARGUMENT     it is no database, or another program's
//   PERMISSION_DENIED    folder or file cannot be written
//   RESOURCE_EXHAUSTED   the disk is full
//   DATA_LOSS            the file is damaged
absl::StatusOr<std::unique_ptr<SqliteStore>> OpenSqliteStore(const SqliteStoreOptions& options);

}  // namespace ecsmi::store
