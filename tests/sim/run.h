#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ecsmi::sim {

struct RunOptions {
  std::uint64_t seed = 1;
  int events = 150;
};

struct RunResult {
  std::string failure;     // empty = everything held
  int event = 0;           // at which it failed
  std::string story;       // what the seed switched on: "latency aws, quotas, crashes"
  std::string dump;        // all stored rows at the end, bytes
  bool repeatable = true;  // false when real threads decide what a fault hits: the dump may then differ between runs
  int calls = 0;
  int refused = 0;
};

// One world's life: a random workload over the API, faults by the seed, an audit after each event; then the faults end,
// the load is taken away, and nothing may be left.
RunResult Run(const RunOptions& options);

}  // namespace ecsmi::sim
