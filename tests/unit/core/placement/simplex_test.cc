#include "core/placement/simplex.h"

#include "builders/bin_problems.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core::placement {
namespace {

using ecsmi::testing::SmallBins;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pair;

// Two kinds that go well together: alone one task fills an instance, one of each do too.
class CoveringProgramTest : public ::testing::Test {
 protected:
  CoveringProgramTest() {
    small_.Type(100, {.cpu_units = 1000, .memory_mib = 1000});
    small_.Tasks(10, {.cpu_units = 900, .memory_mib = 100});
    small_.Tasks(6, {.cpu_units = 100, .memory_mib = 900});
  }
  SmallBins small_;
};

TEST_F(CoveringProgramTest, BuysThePatternsThatCoverAllForLeast) {
  const BinProblem problem = small_.Problem();
  ColumnPool pool(problem, problem.Counts());
  CoveringProgram program(problem, pool, problem.Counts());
  const double unit = static_cast<double>(problem.types()[0].scaled_price);
  Work work{1'000'000};
  program.Optimise(work);
  EXPECT_NEAR(program.price(), 16 * unit, 1);
  EXPECT_TRUE(pool.Add(0, std::vector<Share>{{0, 1}, {1, 1}}));
  EXPECT_FALSE(pool.Add(0, std::vector<Share>{{0, 1}, {1, 1}}));
  program.Optimise(work);
  EXPECT_NEAR(program.price(), 10 * unit, 1);
  EXPECT_THAT(program.Bought(), ElementsAre(Pair(0U, DoubleNear(4, 1e-9)), Pair(2U, DoubleNear(6, 1e-9))));
  // One more of the first costs an instance, one more of the second nothing.
  EXPECT_THAT(program.Duals(), ElementsAre(DoubleNear(unit, 1), DoubleNear(0, 1)));
}

TEST_F(CoveringProgramTest, MayHoldMoreThanIsAskedForWhereThatIsCheaper) {
  const BinProblem problem = small_.Problem();
  ColumnPool pool(problem, problem.Counts());
  pool.Add(0, std::vector<Share>{{0, 1}, {1, 4}});
  CoveringProgram program(problem, pool, problem.Counts());
  Work work{1'000'000};
  program.Optimise(work);
  EXPECT_NEAR(program.price(), 10.0 * static_cast<double>(problem.types()[0].scaled_price), 1);
}

}  // namespace
}  // namespace ecsmi::core::placement
