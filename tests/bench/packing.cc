// Fleets by PlanNewInstances: what they cost over the bound that comes with them, and what planning takes.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/report.h"
#include "builders/packing_mixes.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::bench {
namespace {

using ecsmi::testing::PackingMix;
using ecsmi::testing::PackingMixer;

struct Planned {
  double price = 0;
  double bound = 0;
  double seconds = 0;
  double tasks = 0;
};

Planned Plan(const PackingMix& mix) {
  const double begin = CpuSeconds();
  const core::NewCapacityPlan plan = core::PlanNewInstances(mix.waiting, mix.types, mix.zones);
  Planned planned;
  planned.seconds = CpuSeconds() - begin;
  model::NanoUsdPerHour price = 0;
  std::int64_t placed = 0;
  for (const core::NewInstance& instance : plan.instances) {
    price += std::ranges::find(mix.types, instance.type, &core::LaunchableType::ordinal)->price;
    for (const std::int32_t count : instance.tasks) placed += count;
  }
  std::int64_t wanted = 0;
  for (const core::WaitingClass& waiting : mix.waiting) wanted += waiting.count;
  for (const std::int32_t count : plan.unplaced) wanted -= count;
  Require(placed == wanted && plan.lower_bound > 0 && plan.lower_bound <= price, "every task is in the plan");
  planned.price = static_cast<double>(price);
  planned.bound = static_cast<double>(mix.planted > 0 ? mix.planted : plan.lower_bound);
  planned.tasks = static_cast<double>(placed);
  return planned;
}

// One metric for the price, one for the time, over all that was planned.
void Print(const Options& options, const std::string& name, std::int64_t n, const std::vector<Planned>& all,
           const std::string& base_unit) {
  Result price{.metric = absl::StrCat("packing_price_", name),
               .n = n,
               .value_unit = "$/h",
               .base_unit = base_unit,
               .bar = 1.01,
               .at_least = false};
  Result time{.metric = absl::StrCat("packing_time_", name),
              .n = n,
              .value_unit = "us per task",
              .base_unit = "us per task (the bar)",
              .bar = 1,
              .at_least = false};
  double logarithms = 0;
  double longest_ms = 0;
  for (const Planned& planned : all) {
    price.values.push_back(planned.price / 1e9);
    price.bases.push_back(planned.bound / 1e9);
    time.values.push_back(planned.seconds * 1e6 / planned.tasks);
    time.bases.push_back(60);
    logarithms += std::log(planned.price / planned.bound);
    longest_ms = std::max(longest_ms, planned.seconds * 1e3);
  }
  price.more.emplace_back("geometric_mean", std::exp(logarithms / static_cast<double>(all.size())));
  time.more.emplace_back("longest_ms", longest_ms);
  bench::Print(options, price);
  bench::Print(options, time);
}

}  // namespace

void BenchPacking(const Options& options) {
  const std::uint64_t seeds = options.quick ? 1 : 5;
  for (const std::int32_t tasks : options.quick ? std::vector{200} : std::vector{20, 60, 200, 600, 2'000}) {
    std::vector<Planned> all;
    for (const char* const shape : ecsmi::testing::kPackingShapes) {
      for (std::uint64_t seed = options.seed; seed < options.seed + seeds; ++seed) {
        all.push_back(Plan(PackingMixer(shape, seed).Make(tasks)));
      }
    }
    Print(options, absl::StrCat("mixes_", tasks), tasks, all, "$/h, the plan's lower bound");
  }
  for (const std::int32_t tasks : options.quick ? std::vector{10'000} : std::vector{10'000, 100'000, 1'000'000}) {
    std::vector<Planned> all;
    for (std::uint64_t seed = options.seed; seed < options.seed + seeds; ++seed) {
      all.push_back(Plan(PackingMixer::Planted(seed, tasks, 3, 12)));
    }
    Print(options, absl::StrCat("planted_", tasks), tasks, all, "$/h, planted");
  }
}

}  // namespace ecsmi::bench
