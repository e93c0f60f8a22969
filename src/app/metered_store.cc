#include "app/metered_store.h"

#include <chrono>
#include <utility>

namespace ecsmi::app {

MeteredStore::MeteredStore(ports::Store& store)
    : store_(store),
      seconds_(
          prometheus::BuildHistogram()
              .Name("ecsmi_commit_seconds")
              .Help("Time of one transaction, which holds steps of all worlds, until it is durable.")
              .Register(registry_)
              .Add({}, prometheus::Histogram::BucketBoundaries{0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1})),
      rows_(prometheus::BuildCounter()
                .Name("ecsmi_commit_rows_total")
                .Help("Rows written or erased by transactions that succeeded.")
                .Register(registry_)
                .Add({})),
      failures_(prometheus::BuildCounter()
                    .Name("ecsmi_commit_failures_total")
                    .Help("Transactions that failed and were undone.")
                    .Register(registry_)
                    .Add({})) {}

void MeteredStore::Commit(std::span<const ports::CommitItem> items, ports::CommitDone done) {
  std::size_t rows = 0;
  for (const ports::CommitItem& item : items) rows += item.changes->rows.size();
  const auto began = std::chrono::steady_clock::now();
  store_.Commit(items, [this, rows, began, done = std::move(done)](absl::Status status) {
    seconds_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    if (status.ok()) {
      rows_.Increment(static_cast<double>(rows));
    } else {
      failures_.Increment();
    }
    done(std::move(status));
  });
}

}  // namespace ecsmi::app
