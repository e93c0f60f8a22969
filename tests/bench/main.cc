// ecsmi_bench: measures the claims of docs/BENCHMARKS.md and prints one JSON line each. BENCH_QUICK=1 runs small sizes.
// Usage: ecsmi_bench [part of a benchmark's name [part of a metric's name]]
#include <cstdlib>
#include <cstring>
#include <string>

#include "bench/report.h"

int main(int argc, char** argv) {
  using namespace ecsmi::bench;
  Options options;
  const char* quick = std::getenv("BENCH_QUICK");
  options.quick = quick != nullptr && std::strcmp(quick, "0") != 0 && *quick != '\0';
  if (const char* seed = std::getenv("BENCH_SEED")) options.seed = std::strtoull(seed, nullptr, 10);
  if (argc > 1) options.only = argv[1];
  if (argc > 2) options.metric = argv[2];
  const struct {
    const char* name;
    void (*run)(const Options&);
  } kBenchmarks[] = {
      {"aws_door", BenchAwsDoor},           {"codec", BenchCodec},
      {"placements", BenchPlacements},      {"packing", BenchPacking},
      {"durable_calls", BenchDurableCalls}, {"reads_in_burst", BenchReadsInBurst},
      {"large_world", BenchLargeWorld},
  };
  bool any = false;
  for (const auto& benchmark : kBenchmarks) {
    if (std::string(benchmark.name).find(options.only) == std::string::npos) continue;
    any = true;
    benchmark.run(options);
  }
  Require(any, "no benchmark has '" + options.only + "' in its name");
  return 0;
}
