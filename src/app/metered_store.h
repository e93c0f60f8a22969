#pragma once

#include <span>
#include <vector>

#include "ecsmi/ports/store.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/metric_family.h"
#include "prometheus/registry.h"

namespace ecsmi::app {

// A store that counts what is committed to it, for GET /metrics, and changes nothing. `store` outlives it.
class MeteredStore final : public ports::Store {
 public:
  explicit MeteredStore(ports::Store& store);

  void Commit(std::span<const ports::CommitItem> items, ports::CommitDone done) override;
  absl::Status Settle() override { return store_.Settle(); }
  absl::StatusOr<std::vector<ports::StoredWorld>> ListWorlds() override { return store_.ListWorlds(); }
  absl::Status LoadWorld(ports::WorldNumber world, const RowSink& row) override { return store_.LoadWorld(world, row); }
  absl::StatusOr<ports::StoredWorld> ReadWorld(ports::WorldNumber world) override { return store_.ReadWorld(world); }
  absl::StatusOr<std::vector<LogSegment>> ReadLog(ports::WorldNumber world, model::CommitSeq from_seq,
                                                  std::size_t limit, model::CommitSeq* floor) override {
    return store_.ReadLog(world, from_seq, limit, floor);
  }

  // Any thread.
  std::vector<prometheus::MetricFamily> Collect() const { return registry_.Collect(); }

 private:
  ports::Store& store_;
  prometheus::Registry registry_;
  prometheus::Histogram& seconds_;
  prometheus::Counter& rows_;
  prometheus::Counter& failures_;
};

}  // namespace ecsmi::app
