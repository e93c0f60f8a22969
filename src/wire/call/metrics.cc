#include "wire/call/metrics.h"

#include "absl/status/status.h"
#include "ecsmi/api/errors.h"
#include "prometheus/counter.h"

namespace ecsmi::wire {
namespace {

// From a call answered on the spot to a long poll's twenty seconds.
const prometheus::Histogram::BucketBoundaries kSeconds = {0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03,
                                                          0.1,    0.3,    1,     3,     10,   30};

// "ecsmi.ecs.v1.EcsService" → "ecs".
std::string ServiceLabel(std::string_view service) {
  const std::size_t begin = service.find('.') + 1;
  return std::string(service.substr(begin, service.find('.', begin) - begin));
}

}  // namespace

std::string_view OutcomeOf(const absl::Status& status) {
  if (status.ok()) return {};
  if (absl::IsUnavailable(status)) return "Unavailable";
  if (absl::IsCancelled(status)) return "Cancelled";
  return api::ExceptionOf(status).name;
}

CallMetrics::CallMetrics()
    : seconds_(prometheus::BuildHistogram()
                   .Name("ecsmi_call_seconds")
                   .Help("Time from a call's arrival to its answer, by host clock; _count counts all calls.")
                   .Register(registry_)),
      failures_(prometheus::BuildCounter()
                    .Name("ecsmi_call_failures_total")
                    .Help("Calls that were answered with an exception.")
                    .Register(registry_)) {}

void CallMetrics::Count(std::string_view door, std::string_view service, std::string_view method,
                        std::string_view outcome, double seconds) {
  const auto labels = [&] {
    return prometheus::Labels{
        {"door", std::string(door)}, {"service", ServiceLabel(service)}, {"operation", std::string(method)}};
  };
  prometheus::Histogram* series = nullptr;
  {
    base::MutexLock lock(mutex_);
    prometheus::Histogram*& known = series_[{door, {service, method}}];
    if (known == nullptr) known = &seconds_.Add(labels(), kSeconds);
    series = known;
  }
  series->Observe(seconds);
  if (outcome.empty()) return;
  prometheus::Labels failed = labels();
  failed.emplace("exception", std::string(outcome));
  failures_.Add(failed).Increment();
}

}  // namespace ecsmi::wire
