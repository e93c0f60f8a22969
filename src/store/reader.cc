#include "store/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/status.h"
#include "store/opening.h"

namespace ecsmi::store {
namespace {

constexpr char kWorldColumns[] =
    "SELECT number, account, lease_epoch, engine_version, catalog_hash, seq, next_serial, now_ms, state_hash, settings"
    " FROM world";

std::uint64_t Unsigned(const Statement& statement, int column) {
  return static_cast<std::uint64_t>(statement.Integer(column));
}

ports::StoredWorld WorldOf(const Statement& row) {
  ports::StoredWorld world;
  world.number = static_cast<ports::WorldNumber>(row.Integer(0));
  world.account = row.Bytes(1);
  world.lease_epoch = Unsigned(row, 2);
  world.engine_version = row.Bytes(3);
  world.catalog_hash = row.Bytes(4);
  world.header.seq = Unsigned(row, 5);
  world.header.next_serial = Unsigned(row, 6);
  world.header.now_ms = row.Integer(7);
  world.header.state_hash = Unsigned(row, 8);
  world.header.settings = row.Bytes(9);
  return world;
}

// Several statements, one snapshot. Ends with the scope; a read transaction has nothing to lose by ROLLBACK.
class Snapshot {
 public:
  static absl::StatusOr<Snapshot> Begin(Connection& connection) {
    ECSMI_RETURN_IF_ERROR(connection.Execute("BEGIN"));
    return Snapshot(connection);
  }
  Snapshot(Snapshot&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Snapshot& operator=(Snapshot&&) = delete;
  ~Snapshot() {
    if (connection_ != nullptr) connection_->RollbackIfOpen();
  }

 private:
  explicit Snapshot(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace

absl::Status Reader::Ready(Statement& statement, const std::string& sql) {
  if (statement) return absl::OkStatus();
  ECSMI_ASSIGN_OR_RETURN(statement, connection_.Prepare(sql, /*persistent=*/true));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ports::StoredWorld>> Reader::ListWorlds() {
  ECSMI_RETURN_IF_ERROR(Ready(list_worlds_, absl::StrCat(kWorldColumns, " ORDER BY number")));
  const StatementScope scope(list_worlds_);
  std::vector<ports::StoredWorld> worlds;
  int result = list_worlds_.Step();
  for (; result == SQLITE_ROW; result = list_worlds_.Step()) worlds.push_back(WorldOf(list_worlds_));
  if (result != SQLITE_DONE) return connection_.ErrorOf(result, "listing worlds");
  return worlds;
}

absl::StatusOr<ports::StoredWorld> Reader::ReadWorld(ports::WorldNumber world) {
  ECSMI_RETURN_IF_ERROR(Ready(read_world_, absl::StrCat(kWorldColumns, " WHERE number = ?1")));
  const StatementScope scope(read_world_);
  const int result = read_world_.Bind(1, world).Step();
  if (result == SQLITE_ROW) return WorldOf(read_world_);
  if (result == SQLITE_DONE) return absl::NotFoundError(absl::StrCat("world ", world, " was never committed"));
  return connection_.ErrorOf(result, "reading a world");
}

absl::Status Reader::LoadWorld(ports::WorldNumber world, const ports::Store::RowSink& sink) {
  ECSMI_ASSIGN_OR_RETURN(const Snapshot snapshot, Snapshot::Begin(connection_));
  for (std::size_t table = 0; table < kTables.size(); ++table) {
    ECSMI_RETURN_IF_ERROR(LoadTable(table, world, sink));
  }
  return absl::OkStatus();
}

absl::Status Reader::LoadTable(std::size_t table, ports::WorldNumber world, const ports::Store::RowSink& sink) {
  const std::string name(kTables[table].name);
  Statement& load = load_[table];
  ECSMI_RETURN_IF_ERROR(
      Ready(load, absl::StrCat("SELECT key, row FROM ", name, " WHERE key BETWEEN ?1 AND ?2 ORDER BY key")));
  const StatementScope scope(load);
  load.Bind(1, KeyOf(world, 0)).Bind(2, KeyOf(world, model::kSerialMax));
  int result = load.Step();
  for (; result == SQLITE_ROW; result = load.Step()) {
    if (!sink(kTables[table].id, LowPartOf(load.Integer(0)), load.Bytes(1))) {
      return absl::CancelledError("the caller stopped the load");
    }
  }
  return result == SQLITE_DONE ? absl::OkStatus() : connection_.ErrorOf(result, absl::StrCat("reading table ", name));
}

absl::StatusOr<std::vector<ports::Store::LogSegment>> Reader::ReadLog(ports::WorldNumber world,
                                                                      model::CommitSeq from_seq, std::size_t limit,
                                                                      model::CommitSeq* floor) {
  ECSMI_RETURN_IF_ERROR(Ready(log_floor_, "SELECT key FROM segment WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT 1"));
  ECSMI_RETURN_IF_ERROR(
      Ready(read_log_, "SELECT key, bytes FROM segment WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT ?3"));
  ECSMI_ASSIGN_OR_RETURN(const Snapshot snapshot, Snapshot::Begin(connection_));
  const std::int64_t last = KeyOf(world, model::kSerialMax);
  if (floor != nullptr) {
    const StatementScope scope(log_floor_);
    const int result = log_floor_.Bind(1, KeyOf(world, 0)).Bind(2, last).Step();
    if (result != SQLITE_ROW && result != SQLITE_DONE) return connection_.ErrorOf(result, "reading history");
    *floor = result == SQLITE_ROW ? LowPartOf(log_floor_.Integer(0)) : 0;
  }
  std::vector<ports::Store::LogSegment> segments;
  if (from_seq > model::kSerialMax) return segments;  // would reach into the next world's keys
  const StatementScope scope(read_log_);
  constexpr auto kRowsMax = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  read_log_.Bind(1, KeyOf(world, from_seq)).Bind(2, last).Bind(3, static_cast<std::int64_t>(std::min(limit, kRowsMax)));
  int result = read_log_.Step();
  for (; result == SQLITE_ROW; result = read_log_.Step()) {
    segments.push_back({.seq = LowPartOf(read_log_.Integer(0)), .bytes = std::string(read_log_.Bytes(1))});
  }
  if (result != SQLITE_DONE) return connection_.ErrorOf(result, "reading history");
  return segments;
}

absl::StatusOr<std::unique_ptr<ReaderPool::Entry>> ReaderPool::Take() {
  {
    const base::MutexLock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Entry> entry = std::move(idle_.back());
      idle_.pop_back();
      return entry;
    }
  }
  ECSMI_ASSIGN_OR_RETURN(Connection connection, OpenReaderConnection(path_));
  return std::make_unique<Entry>(std::move(connection));
}

void ReaderPool::GiveBack(std::unique_ptr<Entry> entry) {
  const base::MutexLock lock(mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(entry));
}

}  // namespace ecsmi::store
