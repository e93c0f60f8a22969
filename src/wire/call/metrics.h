#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "ecsmi/base/lock.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/histogram.h"
#include "prometheus/metric_family.h"
#include "prometheus/registry.h"

namespace ecsmi::wire {

// How a call ended, as logs and metrics name it: "" = well, else the exception's name, "Unavailable" or "Cancelled".
std::string_view OutcomeOf(const absl::Status& status);

// Counts the calls of both doors, for GET /metrics. Only operations that were called have lines. Thread-safe; outlives
// the doors.
class CallMetrics {
 public:
  CallMetrics();
  CallMetrics(const CallMetrics&) = delete;
  CallMetrics& operator=(const CallMetrics&) = delete;

  // One call has ended `seconds` after it arrived. `door` is "grpc" or "http"; `service` and `method` are the
  // registry's keys, the bytes of all three outlive this.
  void Count(std::string_view door, std::string_view service, std::string_view method, std::string_view outcome,
             double seconds);
  std::vector<prometheus::MetricFamily> Collect() const { return registry_.Collect(); }

 private:
  using Key = std::pair<std::string_view, std::pair<std::string_view, std::string_view>>;
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Family<prometheus::Counter>& failures_;
  base::Mutex mutex_;
  // Finding a series by its labels makes and hashes a map of strings; by the call's own names it is a hash of three.
  absl::flat_hash_map<Key, prometheus::Histogram*> series_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ecsmi::wire
