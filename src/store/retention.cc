#include "store/retention.h"

#include "ecsmi/base/status.h"
#include "store/tables.h"

namespace ecsmi::store {
namespace {

// A look costs two statements, some 10 µs: worth it once per this much new history.
constexpr std::int64_t kLookAfterSegments = 64;
constexpr std::int64_t kLookAfterRecords = 4096;

}  // namespace

absl::StatusOr<std::unique_ptr<Retention>> Retention::Create(Connection& connection, std::int64_t records_max,
                                                             model::DurationMs age_max_ms) {
  std::unique_ptr<Retention> retention(new Retention(records_max, age_max_ms));
  // The newest segment is not among the candidates: ReadLog can always say where history begins.
  ECSMI_ASSIGN_OR_RETURN(
      retention->oldest_,
      connection.Prepare("SELECT key, at_ms, records, records_through FROM segment"
                         " WHERE key >= ?1 AND key < (SELECT max(key) FROM segment WHERE key <= ?2) ORDER BY key",
                         /*persistent=*/true));
  ECSMI_ASSIGN_OR_RETURN(retention->drop_,
                         connection.Prepare("DELETE FROM segment WHERE key BETWEEN ?1 AND ?2", /*persistent=*/true));
  return retention;
}

absl::Status Retention::AfterSegment(Connection& connection, ports::WorldNumber world, std::int64_t records,
                                     std::int64_t records_through, model::TimeMs now_ms) {
  Added& added = added_[world];
  ++added.segments;
  added.records += records;
  if (added.segments < kLookAfterSegments && added.records < kLookAfterRecords) return absl::OkStatus();
  const std::int64_t segments_bound = 2 * kLookAfterSegments;
  const std::int64_t records_bound = 2 * added.records + 2 * kLookAfterRecords;
  added = Added();

  // 1. Walk from the oldest segment while it may go and the bound holds.
  const std::int64_t first = KeyOf(world, 0);
  std::int64_t last_dropped = -1;
  std::int64_t segments_seen = 0;
  std::int64_t records_seen = 0;
  {
    const StatementScope scope(oldest_);
    oldest_.Bind(1, first).Bind(2, KeyOf(world, model::kSerialMax));
    int result = oldest_.Step();
    for (; result == SQLITE_ROW; result = oldest_.Step()) {
      const bool too_old = oldest_.Integer(1) < now_ms - age_max_ms_;
      const bool too_many = records_through - oldest_.Integer(3) >= records_max_;
      if (!too_old && !too_many) break;
      records_seen += oldest_.Integer(2);
      if (++segments_seen > segments_bound || records_seen > records_bound) break;
      last_dropped = oldest_.Integer(0);
    }
    if (result != SQLITE_ROW && result != SQLITE_DONE) return connection.ErrorOf(result, "looking for old history");
  }
  if (last_dropped < 0) return absl::OkStatus();

  // 2. Drop them; the pages are used again by the next segments.
  const int result = drop_.Bind(1, first).Bind(2, last_dropped).Run();
  return result == SQLITE_OK ? absl::OkStatus() : connection.ErrorOf(result, "dropping old history");
}

}  // namespace ecsmi::store
