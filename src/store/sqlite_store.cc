#include "store/sqlite_store.h"

#include <type_traits>
#include <utility>

#include "ecsmi/base/status.h"
#include "store/checkpointer.h"
#include "store/file_lock.h"
#include "store/opening.h"
#include "store/reader.h"
#include "store/writer.h"

namespace ecsmi::store {
namespace {

absl::Status Closed() {
  return absl::UnavailableError("the store is closed");
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> OpenSqliteStore(const SqliteStoreOptions& options) {
  std::unique_ptr<SqliteStore> store(new SqliteStore);
  store->path_ = options.path;
  const bool in_memory = IsInMemory(options.path);
  if (!in_memory) {
    ECSMI_ASSIGN_OR_RETURN(OwnedFile file, OwnFile(options.path));
    store->path_ = std::move(file.path);
    store->lock_ = std::make_unique<FileLock>(std::move(file.lock));
  }
  const GateLock gate(store->gate_);
  ECSMI_ASSIGN_OR_RETURN(Connection connection, OpenWriterConnection(store->path_, options.durability));
  ECSMI_ASSIGN_OR_RETURN(store->writer_, Writer::Create(std::move(connection), options));
  if (in_memory) {
    store->memory_reader_ = std::make_unique<Reader>(store->writer_->connection());
    return store;
  }
  store->readers_ = std::make_unique<ReaderPool>(store->path_);
  ECSMI_ASSIGN_OR_RETURN(Connection checkpoints, OpenCheckpointConnection(store->path_, options.durability));
  const Checkpointer::Options how{.pregrow = options.durability == Durability::kFull};
  store->checkpointer_ = std::make_unique<Checkpointer>(std::move(checkpoints), store->gate_, how);
  return store;
}

SqliteStore::SqliteStore() = default;

SqliteStore::~SqliteStore() {
  static_cast<void>(Close());
}

absl::Status SqliteStore::Close() {
  // Outside the gate, which the checkpointer may be waiting for.
  if (checkpointer_ != nullptr) checkpointer_->Stop();
  const GateLock gate(gate_);
  if (writer_ == nullptr) return absl::OkStatus();
  absl::Status status = Refusal();
  checkpointer_.reset();
  readers_.reset();
  memory_reader_.reset();
  if (lock_ != nullptr) {
    if (status.ok()) {
      status = writer_->FinishLog();
    } else {
      writer_->LeaveLog();
    }
  }
  writer_.reset();
  lock_.reset();
  return status;
}

absl::Status SqliteStore::Refusal() {
  if (writer_ == nullptr) return Closed();
  if (fatal_.ok() && checkpointer_ != nullptr && checkpointer_->failed()) fatal_ = checkpointer_->failure();
  return fatal_;
}

absl::Status SqliteStore::Health() {
  const GateLock gate(gate_);
  const absl::Status status = Refusal();
  return status.code() == absl::StatusCode::kDataLoss ? status : absl::OkStatus();
}

void SqliteStore::Commit(std::span<const ports::CommitItem> items, ports::CommitDone done) {
  done(CommitGated(items));
}

absl::Status SqliteStore::CommitGated(std::span<const ports::CommitItem> items) {
  const GateLock gate(gate_);
  ECSMI_RETURN_IF_ERROR(Refusal());
  absl::Status status = writer_->Commit(items);
  if (status.code() == absl::StatusCode::kDataLoss) fatal_ = status;
  if (checkpointer_ != nullptr) checkpointer_->NoteCommit(writer_->log_frames());
  return status;
}

absl::Status SqliteStore::Settle() {
  const GateLock gate(gate_);
  ECSMI_RETURN_IF_ERROR(Refusal());
  absl::Status status = writer_->Settle();
  if (status.code() == absl::StatusCode::kDataLoss) fatal_ = status;
  return status;
}

template <typename Read>
auto SqliteStore::WithReader(const Read& read) -> decltype(read(std::declval<Reader&>())) {
  if (readers_ != nullptr) {
    ECSMI_ASSIGN_OR_RETURN(std::unique_ptr<ReaderPool::Entry> entry, readers_->Take());
    auto result = read(entry->reader);
    readers_->GiveBack(std::move(entry));
    return result;
  }
  const GateLock gate(gate_);
  if (memory_reader_ == nullptr) return Closed();
  return read(*memory_reader_);
}

absl::StatusOr<std::vector<ports::StoredWorld>> SqliteStore::ListWorlds() {
  return WithReader([](Reader& reader) { return reader.ListWorlds(); });
}

absl::Status SqliteStore::LoadWorld(ports::WorldNumber world, const RowSink& row) {
  return WithReader([&](Reader& reader) { return reader.LoadWorld(world, row); });
}

absl::StatusOr<ports::StoredWorld> SqliteStore::ReadWorld(ports::WorldNumber world) {
  return WithReader([&](Reader& reader) { return reader.ReadWorld(world); });
}

absl::StatusOr<std::vector<ports::Store::LogSegment>> SqliteStore::ReadLog(ports::WorldNumber world,
                                                                           model::CommitSeq from_seq, std::size_t limit,
                                                                           model::CommitSeq* floor) {
  return WithReader([&](Reader& reader) { return reader.ReadLog(world, from_seq, limit, floor); });
}

}  // namespace ecsmi::store
