// ecsmi_sim: seeded simulations of a whole world. `ecsmi_sim --seed N` runs one, `--seeds A-B` a range, `--fresh` one
// that nobody has tried. `--events M` sets their length, `--twice` runs each again and compares every stored byte.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "sim/run.h"

namespace {

bool RunSeed(std::uint64_t seed, int events, bool twice) {
  const ecsmi::sim::RunOptions options{seed, events};
  const ecsmi::sim::RunResult first = ecsmi::sim::Run(options);
  std::string failure = first.failure;
  if (failure.empty() && twice && first.repeatable) {
    const ecsmi::sim::RunResult second = ecsmi::sim::Run(options);
    if (second.dump != first.dump) failure = "the same seed gave other rows the second time";
  }
  std::printf("seed %llu: %s; %d calls, %d refused%s\n", static_cast<unsigned long long>(seed), first.story.c_str(),
              first.calls, first.refused, failure.empty() ? "" : "; FAILED");
  if (failure.empty()) return true;
  std::printf("  at event %d: %s\n  again: ecsmi_sim --seed %llu --events %d\n", first.event, failure.c_str(),
              static_cast<unsigned long long>(seed), events);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint64_t> seeds;
  std::string range;
  int events = 150;
  bool fresh = false;
  bool twice = false;
  CLI::App app("Simulates worlds by seed: random load, faults, an audit after each event, rest at the end.",
               "ecsmi_sim");
  app.add_option("--seed", seeds, "a seed to run");
  app.add_option("--seeds", range, "a range of seeds, A-B");
  app.add_option("--events", events, "requests and moves of the clock in a run")->check(CLI::Range(1, 1'000'000));
  app.add_flag("--fresh", fresh, "also a seed of the moment");
  app.add_flag("--twice", twice, "each seed twice, comparing every stored byte");
  CLI11_PARSE(app, argc, argv);
  if (const std::size_t dash = range.find('-'); dash != std::string::npos) {
    for (std::uint64_t seed = std::stoull(range.substr(0, dash)); seed <= std::stoull(range.substr(dash + 1)); ++seed) {
      seeds.push_back(seed);
    }
  }
  if (fresh) seeds.push_back(std::random_device{}());
  int failed = 0;
  for (const std::uint64_t seed : seeds) failed += RunSeed(seed, events, twice) ? 0 : 1;
  std::printf("%d passed, %d failed\n", static_cast<int>(seeds.size()) - failed, failed);
  return failed == 0 && !seeds.empty() ? 0 : 1;
}
