#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "prometheus/metric_family.h"

namespace ecsmi::app {

// A family of one value without labels.
prometheus::MetricFamily Gauge(std::string_view name, std::string_view help, double value);
prometheus::MetricFamily Counter(std::string_view name, std::string_view help, double value);

// What every exporter tells of its process, under Prometheus' names: CPU, memory, start, open files. Read from /proc at
// each call; what cannot be read is left out.
std::vector<prometheus::MetricFamily> ProcessMetrics();

}  // namespace ecsmi::app
