#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ecsmi::bench {

// How the program was asked to run. Quick: small sizes, to show that every benchmark does its work.
struct Options {
  bool quick = false;
  std::uint64_t seed = 1;
  std::string only;    // part of a benchmark's name; empty = all
  std::string metric;  // part of a metric's name; empty = all of the benchmark. Heeded where metrics can be told apart
  bool Wants(const std::string& name) const { return name.find(metric) != std::string::npos; }
};

// One measured claim. `ratios` has an entry per repeat; where a claim has no second measurement beside it, its base is
// the bar and the ratio says how the bar was met.
struct Result {
  std::string metric;
  std::int64_t n = 0;
  std::string value_unit;
  std::vector<double> values{};
  std::string base_unit;
  std::vector<double> bases{};
  double bar = 0;  // for the median of values ÷ bases
  bool at_least = true;
  std::vector<std::pair<std::string, double>> more{};
};

double Median(std::vector<double> values);

// Prints the result as one JSON line on stdout: metric, ratio (median, min, max), both absolutes, bar and whether it is
// met, N, seed, host, build.
void Print(const Options& options, const Result& result);
// A benchmark whose work was not done has no figure: says what is wrong and ends the program with 1.
void Require(bool done, const std::string& what);

// The process so far.
double CpuSeconds();
double WallSeconds();
std::int64_t ContextSwitches();
// Resident bytes, after giving back what malloc can.
std::int64_t ResidentBytes();

// log-log slope between two sizes.
double GrowthExponent(double small_n, double small_cost, double large_n, double large_cost);

void BenchAwsDoor(const Options& options);
void BenchCodec(const Options& options);
void BenchPlacements(const Options& options);
void BenchPacking(const Options& options);
void BenchDurableCalls(const Options& options);
void BenchReadsInBurst(const Options& options);
void BenchLargeWorld(const Options& options);

}  // namespace ecsmi::bench
