#include "bench/report.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ecsmi::bench {

double Median(std::vector<double> values) {
  Require(!values.empty(), "a median of nothing");
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Print(const Options& options, const Result& result) {
  Require(result.values.size() == result.bases.size(), result.metric + ": a base for every value");
  std::vector<double> ratios;
  for (std::size_t i = 0; i < result.values.size(); ++i) ratios.push_back(result.values[i] / result.bases[i]);
  const double ratio = Median(ratios);
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  char host[256] = {};
  gethostname(host, sizeof(host) - 1);
  std::string more;
  for (const auto& [name, value] : result.more) absl::StrAppendFormat(&more, ",\"%s\":%.6g", name, value);
  const bool met = result.at_least ? ratio >= result.bar : ratio <= result.bar;
  absl::PrintF(
      "{\"metric\":\"%s\",\"ratio\":%.4g,\"ratio_min\":%.4g,\"ratio_max\":%.4g,\"bar\":%.6g,\"bar_is\":\"%s\",\"met\":%"
      "s,"
      "\"value\":%.6g,\"value_unit\":\"%s\",\"base\":%.6g,\"base_unit\":\"%s\",\"runs\":%d,\"n\":%d,\"seed\":%d,"
      "\"host\":\"%s\",\"cores\":%d,\"build\":\"%s\",\"quick\":%s%s}\n",
      result.metric, ratio, *least, *most, result.bar, result.at_least ? "least" : "most", met ? "true" : "false",
      Median(result.values), result.value_unit, Median(result.bases), result.base_unit, ratios.size(), result.n,
      options.seed, host, sysconf(_SC_NPROCESSORS_ONLN), ECSMI_BUILD_TYPE, options.quick ? "true" : "false", more);
  std::fflush(stdout);
}

void Require(bool done, const std::string& what) {
  if (done) return;
  std::fprintf(stderr, "ecsmi_bench: the work was not done: %s\n", what.c_str());
  std::exit(1);
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t ContextSwitches() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw + usage.ru_nivcsw;
}

std::int64_t ResidentBytes() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

double GrowthExponent(double small_n, double small_cost, double large_n, double large_cost) {
  return std::log(large_cost / small_cost) / std::log(large_n / small_n);
}

}  // namespace ecsmi::bench
