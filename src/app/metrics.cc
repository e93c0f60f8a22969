#include "app/metrics.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace ecsmi::app {
namespace {

prometheus::MetricFamily Single(std::string_view name, std::string_view help, prometheus::MetricType type) {
  return {std::string(name), std::string(help), type, std::vector<prometheus::ClientMetric>(1)};
}

// The words of /proc/self/stat behind the program's name, which may hold anything: state is the first (proc(5): 3).
std::vector<std::string> StatWords() {
  std::ifstream file("/proc/self/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  return absl::StrSplit(text.substr(name_end + 1), ' ', absl::SkipEmpty());
}

// Seconds since the epoch at which the machine started; 0 when unknown.
double BootSeconds() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    double seconds = 0;
    if (line.rfind("btime ", 0) == 0 && absl::SimpleAtod(line.substr(6), &seconds)) return seconds;
  }
  return 0;
}

}  // namespace

prometheus::MetricFamily Gauge(std::string_view name, std::string_view help, double value) {
  prometheus::MetricFamily family = Single(name, help, prometheus::MetricType::Gauge);
  family.metric.front().gauge.value = value;
  return family;
}

prometheus::MetricFamily Counter(std::string_view name, std::string_view help, double value) {
  prometheus::MetricFamily family = Single(name, help, prometheus::MetricType::Counter);
  family.metric.front().counter.value = value;
  return family;
}

std::vector<prometheus::MetricFamily> ProcessMetrics() {
  std::vector<prometheus::MetricFamily> families;
  const std::vector<std::string> words = StatWords();
  const auto ticks_per_s = static_cast<double>(sysconf(_SC_CLK_TCK));
  // Counted from `state`, which proc(5) numbers 3.
  const auto number = [&](std::size_t field, double* out) {
    return field - 3 < words.size() && absl::SimpleAtod(words[field - 3], out);
  };
  double user = 0;
  double system = 0;
  if (number(14, &user) && number(15, &system)) {
    families.push_back(Counter("process_cpu_seconds_total", "CPU time used.", (user + system) / ticks_per_s));
  }
  double virtual_bytes = 0;
  if (number(23, &virtual_bytes)) {
    families.push_back(Gauge("process_virtual_memory_bytes", "Virtual memory.", virtual_bytes));
  }
  double pages = 0;
  if (number(24, &pages)) {
    families.push_back(
        Gauge("process_resident_memory_bytes", "Resident memory.", pages * static_cast<double>(sysconf(_SC_PAGESIZE))));
  }
  double started = 0;
  const double boot = BootSeconds();
  if (boot > 0 && number(22, &started)) {
    families.push_back(
        Gauge("process_start_time_seconds", "Start, in seconds since the Unix epoch.", boot + started / ticks_per_s));
  }
  std::error_code error;
  std::filesystem::directory_iterator open("/proc/self/fd", error);
  if (!error) {
    const auto files = std::distance(begin(open), end(open)) - 1;  // the one that lists them
    families.push_back(Gauge("process_open_fds", "Open file descriptors.", static_cast<double>(files)));
  }
  return families;
}

}  // namespace ecsmi::app
