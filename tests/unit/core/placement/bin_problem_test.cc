#include "core/placement/bin_problem.h"

#include "builders/bin_problems.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core::placement {
namespace {

using ecsmi::testing::SmallBins;
using ::testing::ElementsAre;

TEST(BinProblem, MakesEqualClassesOneKindUnlessAGroupKeepsThemApart) {
  SmallBins small;
  small.Type(100, {.cpu_units = 2048, .memory_mib = 4000});
  small.Tasks(2, {.cpu_units = 512, .memory_mib = 500});
  small.Tasks(3, {.cpu_units = 512, .memory_mib = 500});
  small.Tasks(1, {.cpu_units = 512, .memory_mib = 501});
  small.Tasks(4, {.cpu_units = 512, .memory_mib = 500}).wanted.distinct_instance = true;
  small.Tasks(5, {.cpu_units = 512, .memory_mib = 500}).wanted.distinct_instance = true;
  const BinProblem problem = small.Problem();
  ASSERT_EQ(problem.kind_count(), 4U);
  EXPECT_THAT(problem.Counts(), ElementsAre(5, 1, 4, 5));
  EXPECT_THAT(problem.kinds()[0].members, ElementsAre(std::pair(0U, 2), std::pair(1U, 3)));
}

TEST(BinProblem, DropsATypeOnlyForACheaperOneThatHoldsAsMuchAndServesAsMany) {
  SmallBins small;
  small.Type(100, {.cpu_units = 2048, .memory_mib = 4000})
      .Type(110, {.cpu_units = 2048, .memory_mib = 3000})
      .Type(120, {.cpu_units = 1024, .memory_mib = 8000})
      .Type(130, {.cpu_units = 2048, .memory_mib = 2000});
  PlacementClass& picky = small.Tasks(1, {.cpu_units = 512, .memory_mib = 500}).wanted;
  picky.any_type = false;
  picky.types.Set(3);
  small.Tasks(20, {.cpu_units = 100, .memory_mib = 1000});
  const BinProblem problem = small.Problem();
  std::vector<ports::TypeOrdinal> kept;
  for (const BinType& type : problem.types()) kept.push_back(type.ordinal);
  EXPECT_THAT(kept, ElementsAre(0, 2, 3));
}

TEST(BinProblem, FindsTheCheapestTypeThatHoldsAllAndKeepsGpuTypesForThoseEntitled) {
  SmallBins small;
  small.Type(50, {.cpu_units = 4096, .memory_mib = 8000, .gpus = 1})
      .Type(100, {.cpu_units = 2048, .memory_mib = 4000})
      .Type(200, {.cpu_units = 4096, .memory_mib = 8000});
  small.Tasks(9, {.cpu_units = 1024, .memory_mib = 1000});
  small.Tasks(1, {.cpu_units = 1024, .memory_mib = 1000, .gpus = 1});
  const BinProblem problem = small.Problem();
  const auto price = [&](std::vector<Share> tasks) { return problem.types()[problem.CheapestHolding(tasks)].price; };
  EXPECT_EQ(price({{0, 2}}), 100);
  EXPECT_EQ(price({{0, 3}}), 200);
  EXPECT_EQ(price({{0, 3}, {1, 1}}), 50);
  EXPECT_EQ(problem.CheapestHolding(std::vector<Share>{{0, 5}}), kNone);
}

}  // namespace
}  // namespace ecsmi::core::placement
