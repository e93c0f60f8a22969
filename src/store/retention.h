#pragma once

#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/model/time.h"
#include "ecsmi/ports/store.h"
#include "store/connection.h"

namespace ecsmi::store {

// Drops a world's oldest segments once they fall out of what is kept (SqliteStoreOptions). Works now and then, inside a
// commit that is being made anyway, and never on more than about twice what was added since it last did: it keeps up
// with any writer, and no single commit pays for a long past.
class Retention {
 public:
  static absl::StatusOr<std::unique_ptr<Retention>> Create(Connection& connection, std::int64_t records_max,
                                                           model::DurationMs age_max_ms);

  // After the segment of `world` was written in the open transaction: it holds `records` records, `records_through` is
  // the world's total with it, `now_ms` the world's time.
  absl::Status AfterSegment(Connection& connection, ports::WorldNumber world, std::int64_t records,
                            std::int64_t records_through, model::TimeMs now_ms);

 private:
  // Since a world's segments were last looked at. Lost at a restart and not undone by a rollback: it sets the rhythm
  // only.
  struct Added {
    std::int64_t segments = 0;
    std::int64_t records = 0;
  };
  Retention(std::int64_t records_max, model::DurationMs age_max_ms)
      : records_max_(records_max), age_max_ms_(age_max_ms) {}

  const std::int64_t records_max_;
  const model::DurationMs age_max_ms_;
  Statement oldest_;
  Statement drop_;
  absl::flat_hash_map<ports::WorldNumber, Added> added_;
};

}  // namespace ecsmi::store
