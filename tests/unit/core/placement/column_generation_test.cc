#include "core/placement/column_generation.h"

#include <algorithm>
#include <vector>

#include "builders/bin_problems.h"
#include "builders/packing_mixes.h"
#include "core/placement/dive.h"
#include "core/placement/exact_fleet.h"
#include "core/placement/first_fit.h"
#include "core/placement/improve.h"
#include "core/placement/resource_prices.h"
#include "gtest/gtest.h"

namespace ecsmi::core::placement {
namespace {

using ecsmi::testing::PackingMixer;
using ecsmi::testing::SmallBins;

// Small enough to try all fleets; every rule of who may share with whom.
SmallBins AProblem(PackingMixer& chance) {
  SmallBins small;
  for (std::int32_t size = 1; size <= 4; size *= 2) {
    small.Type(100 * size + chance.Between(-9, 30), {.cpu_units = 2048 * size,
                                                     .memory_mib = chance.Between(3000, 9000) * size,
                                                     .gpus = 0,
                                                     .eni_slots = static_cast<std::int16_t>(chance.Between(2, 9))});
  }
  small.Type(700, {.cpu_units = 8192, .memory_mib = 30'000, .gpus = 2, .eni_slots = 9});
  std::ranges::sort(small.types, {}, &LaunchableType::price);
  for (int i = 0; i < 5; ++i) {
    WaitingClass& tasks = small.Tasks(chance.Between(1, 3), {.cpu_units = chance.Between(100, 2000),
                                                             .memory_mib = chance.Between(200, 3000),
                                                             .gpus = static_cast<std::int16_t>(i == 4 ? 1 : 0),
                                                             .eni_slots = 1});
    tasks.wanted.distinct_instance = chance.Between(1, 4) == 1;
    tasks.group = static_cast<model::Serial>(chance.Between(1, 3));
    if (chance.Between(1, 5) == 1) tasks.wanted.host_ports = {80};
  }
  return small;
}

void ExpectHoldsAll(const BinProblem& problem, const Fleet& fleet) {
  std::vector<std::int32_t> counts(problem.kind_count());
  for (const Bin& bin : fleet) {
    ASSERT_LE(problem.types()[problem.CheapestHolding(bin.tasks)].price, problem.types()[bin.type].price);
    for (const Share& share : bin.tasks) counts[share.kind] += share.count * static_cast<std::int32_t>(bin.times);
  }
  EXPECT_EQ(counts, problem.Counts());
}

// However little work there is: the bound is below the optimum, and no fleet below that.
TEST(ColumnGeneration, TheOptimumLiesBetweenTheBoundAndEveryFleet) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    PackingMixer chance("small", seed);
    const SmallBins small = AProblem(chance);
    const BinProblem problem = small.Problem();
    Work plenty{1'000'000'000};
    const std::optional<Fleet> best = ExactFleet(problem, problem.Counts(), 10'000'000, plenty);
    ASSERT_TRUE(best.has_value());
    ExpectHoldsAll(problem, *best);
    const model::NanoUsdPerHour optimum = problem.Price(*best);
    for (const std::int64_t operations : {0, 20'000, 5'000'000}) {
      Work work{operations};
      ColumnGeneration root(problem, problem.Counts());
      root.Begin(ValuesByResource(problem), work);
      EXPECT_LE(problem.Unscaled(root.best().bound), optimum);
      root.Run({}, work);
      EXPECT_LE(problem.Unscaled(root.best().bound), optimum);
      root.Certify(work);
      EXPECT_LE(problem.Unscaled(root.best().bound), optimum);
      EXPECT_GT(problem.Unscaled(root.best().bound), 0);
      for (const Fleet& fleet : {Dive(problem, root, work), RoundDown(problem, root, work),
                                 Improve(problem, root.best(), FirstFit(problem), work)}) {
        ExpectHoldsAll(problem, fleet);
        EXPECT_GE(problem.Price(fleet), optimum);
      }
    }
  }
}

}  // namespace
}  // namespace ecsmi::core::placement
