#include "store/writer.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"
#include "store/wal_pregrow.h"

namespace ecsmi::store {
namespace {

constexpr char kInsertWorld[] =
    "INSERT INTO world(number, account, lease_epoch, seq, next_serial, now_ms, state_hash, settings, engine_version,"
    " catalog_hash, records) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    " ON CONFLICT DO NOTHING RETURNING records";
// Numbered as above, so that one function binds both.
constexpr char kUpdateWorld[] =
    "UPDATE world SET lease_epoch = ?3, seq = ?4, next_serial = ?5, now_ms = ?6, state_hash = ?7, settings = ?8,"
    " engine_version = ?9, catalog_hash = ?10, records = records + ?11"
    " WHERE number = ?1 AND account = ?2 AND seq = ?12 AND lease_epoch <= ?3 RETURNING records";
constexpr char kInsertSegment[] =
    "INSERT INTO segment(key, at_ms, records, records_through, bytes) VALUES(?1, ?2, ?3, ?4, ?5)";

// SQLite's integers are signed; 64-bit hashes keep their bits.
std::int64_t Signed(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

int NoteLogFrames(void* log_frames, sqlite3* /*connection*/, const char* /*schema*/, int frames) {
  *static_cast<int*>(log_frames) = frames;
  return SQLITE_OK;
}

}  // namespace

Writer::Writer(Connection connection, const SqliteStoreOptions& options)
    : connection_(std::move(connection)), engine_version_(options.engine_version), catalog_hash_(options.catalog_hash) {
  sqlite3_wal_hook(connection_.raw(), &NoteLogFrames, log_frames_.get());
}

absl::StatusOr<std::unique_ptr<Writer>> Writer::Create(Connection connection, const SqliteStoreOptions& options) {
  std::unique_ptr<Writer> writer(new Writer(std::move(connection), options));
  Connection& made = writer->connection_;
  ECSMI_ASSIGN_OR_RETURN(writer->begin_, made.Prepare("BEGIN IMMEDIATE", /*persistent=*/true));
  ECSMI_ASSIGN_OR_RETURN(writer->commit_, made.Prepare("COMMIT", /*persistent=*/true));
  ECSMI_ASSIGN_OR_RETURN(writer->insert_world_, made.Prepare(kInsertWorld, /*persistent=*/true));
  ECSMI_ASSIGN_OR_RETURN(writer->update_world_, made.Prepare(kUpdateWorld, /*persistent=*/true));
  ECSMI_ASSIGN_OR_RETURN(writer->insert_segment_, made.Prepare(kInsertSegment, /*persistent=*/true));
  ECSMI_ASSIGN_OR_RETURN(writer->retention_,
                         Retention::Create(made, options.segments_retained_records, options.segments_retained_ms));
  return writer;
}

absl::Status Writer::Commit(std::span<const ports::CommitItem> items) {
  if (const int result = begin_.Run(); result != SQLITE_OK) return connection_.ErrorOf(result, "beginning a commit");
  absl::Status status = WriteAll(items);
  if (status.ok()) {
    const int result = commit_.Run();
    if (result == SQLITE_OK) return status;
    status = connection_.ErrorOf(result, "committing");
  }
  connection_.RollbackIfOpen();
  return status;
}

absl::Status Writer::WriteAll(std::span<const ports::CommitItem> items) {
  // 1. Worlds and their segments first: a batch that comes from a writer who lost its lease ends here, before any row.
  for (const ports::CommitItem& item : items) {
    ECSMI_ASSIGN_OR_RETURN(const std::int64_t records_through, WriteWorld(item));
    const auto records = static_cast<std::int64_t>(item.changes->rows.size());
    const model::WorldHeader& header = item.changes->header;
    const std::string segment = model::EncodeSegment(*item.changes);
    insert_segment_.Bind(1, KeyOf(item.world, header.seq)).Bind(2, header.now_ms).Bind(3, records);
    const int result = insert_segment_.Bind(4, records_through).BindBlob(5, segment).Run();
    if (result != SQLITE_OK) return connection_.ErrorOf(result, "writing history");
    ECSMI_RETURN_IF_ERROR(retention_->AfterSegment(connection_, item.world, records, records_through, header.now_ms));
  }
  // 2. Rows of all worlds together.
  return WriteRows(items);
}

absl::StatusOr<std::int64_t> Writer::WriteWorld(const ports::CommitItem& item) {
  const model::WorldHeader& header = item.changes->header;
  ECSMI_CHECK(item.world <= ports::kWorldNumberMax);
  ECSMI_CHECK(header.seq > item.expected_seq && header.seq <= model::kSerialMax);
  const bool is_new = item.expected_seq == 0;
  Statement& statement = is_new ? insert_world_ : update_world_;
  const StatementScope scope(statement);
  statement.Bind(1, item.world).BindText(2, item.account).Bind(3, Signed(item.lease_epoch)).Bind(4, Signed(header.seq));
  statement.Bind(5, Signed(header.next_serial)).Bind(6, header.now_ms).Bind(7, Signed(header.state_hash));
  statement.BindBlob(8, header.settings).BindText(9, engine_version_).BindText(10, catalog_hash_);
  statement.Bind(11, static_cast<std::int64_t>(item.changes->rows.size()));
  if (!is_new) statement.Bind(12, Signed(item.expected_seq));

  int result = statement.Step();
  if (result == SQLITE_ROW) {
    const std::int64_t records_through = statement.Integer(0);
    result = statement.Step();
    if (result == SQLITE_DONE) return records_through;
  } else if (result == SQLITE_DONE) {
    return absl::AbortedError(absl::StrCat("world ", item.world, " (account ", std::string(item.account),
                                           ") is not at commit ", item.expected_seq, " with a lease of at most ",
                                           item.lease_epoch, ": another process wrote it"));
  }
  return connection_.ErrorOf(result, "writing a world");
}

absl::Status Writer::WriteRows(std::span<const ports::CommitItem> items) {
  placed_.clear();
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (const model::RowChange& row : items[i].changes->rows) {
      ECSMI_CHECK(row.serial != model::kNoSerial && row.serial <= model::kSerialMax);
      ECSMI_CHECK(IndexOf(row.table) < kTables.size());
      placed_.push_back({IndexOf(row.table), KeyOf(items[i].world, row.serial), i, &row});
    }
  }
  // One item comes sorted. Of several, worlds and a world's steps mix; a row changed twice keeps the later item's
  // bytes, because it is written last.
  if (items.size() > 1) {
    std::sort(placed_.begin(), placed_.end(), [](const Placed& left, const Placed& right) {
      return std::tie(left.table, left.key, left.item) < std::tie(right.table, right.key, right.item);
    });
  }
  for (const Placed& placed : placed_) ECSMI_RETURN_IF_ERROR(WriteRow(items[placed.item], placed));
  return absl::OkStatus();
}

absl::Status Writer::WriteRow(const ports::CommitItem& item, const Placed& placed) {
  ECSMI_ASSIGN_OR_RETURN(RowStatements* const statements, StatementsOf(placed.table));
  const model::RowChange& row = *placed.row;
  int result = SQLITE_OK;
  if (row.erased) {
    result = statements->erase.Bind(1, placed.key).Run();
  } else {
    Statement& upsert = statements->upsert;
    upsert.Bind(1, placed.key).BindBlob(2, item.changes->BytesOf(row));
    if (kTables[placed.table].labelled) {
      if (row.label < item.changes->labels.size()) {
        const model::RowLabel& label = item.changes->labels[row.label];
        upsert.BindText(3, label.region).BindText(4, label.name).BindText(5, label.status);
      } else {
        upsert.BindNull(3).BindNull(4).BindNull(5);
      }
    }
    result = upsert.Run();
  }
  return result == SQLITE_OK ? absl::OkStatus() : connection_.ErrorOf(result, "writing a row");
}

absl::StatusOr<Writer::RowStatements*> Writer::StatementsOf(std::size_t table) {
  RowStatements& statements = rows_[table];
  if (!statements.upsert) {
    const auto name = absl::string_view(kTables[table].name.data(), kTables[table].name.size());
    // REPLACE, not ON CONFLICT DO UPDATE: without further indexes SQLite overwrites the row in place.
    const std::string upsert =
        kTables[table].labelled
            ? absl::StrCat("REPLACE INTO ", name, "(key, row, region, name, status) VALUES(?1, ?2, ?3, ?4, ?5)")
            : absl::StrCat("REPLACE INTO ", name, "(key, row) VALUES(?1, ?2)");
    ECSMI_ASSIGN_OR_RETURN(statements.erase, connection_.Prepare(absl::StrCat("DELETE FROM ", name, " WHERE key = ?1"),
                                                                 /*persistent=*/true));
    ECSMI_ASSIGN_OR_RETURN(statements.upsert, connection_.Prepare(upsert, /*persistent=*/true));
  }
  return &statements;
}

absl::Status Writer::Settle() {
  absl::Status status =
      connection_.Execute("BEGIN IMMEDIATE; UPDATE meta SET value = value + 1 WHERE name = 'marker'; COMMIT");
  if (!status.ok()) connection_.RollbackIfOpen();
  return status;
}

void Writer::LeaveLog() {
  sqlite3_db_config(connection_.raw(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

absl::Status Writer::FinishLog() {
  int result = sqlite3_wal_checkpoint_v2(connection_.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (result != SQLITE_OK) return connection_.ErrorOf(result, "moving the log into the database");
  if (!IsLogPregrown(connection_)) return absl::OkStatus();
  // A log that stays would be read back in full at the next start, although the file has it all. The next transaction
  // begins the log anew, and what lies behind its one page then counts as blank.
  ECSMI_RETURN_IF_ERROR(Settle());
  int persist = 1;
  result = sqlite3_file_control(connection_.raw(), nullptr, SQLITE_FCNTL_PERSIST_WAL, &persist);
  return result == SQLITE_OK ? absl::OkStatus() : connection_.ErrorOf(result, "keeping the log");
}

}  // namespace ecsmi::store
