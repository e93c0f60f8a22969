#include "ecsmi/core/strategy.h"

#include <map>

#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

std::map<std::size_t, int> Spread(const std::vector<model::StrategyItem>& strategy,
                                  const std::vector<std::uint32_t>& standing, int count) {
  std::map<std::size_t, int> result;
  for (std::size_t item : DistributeTasks(strategy, standing, count)) ++result[item];
  return result;
}

const std::vector<model::StrategyItem> kBaseAndWeights = {
    {.provider_name = "a", .provider = 1, .weight = 1, .base = 2},
    {.provider_name = "b", .provider = 2, .weight = 3, .base = 0}};

TEST(DistributeTasks, FillsTheBaseAndThenKeepsTheRatio) {
  EXPECT_EQ(Spread(kBaseAndWeights, {}, 10), (std::map<std::size_t, int>{{0, 4}, {1, 6}}));  // T12
  EXPECT_EQ(Spread(kBaseAndWeights, {}, 1), (std::map<std::size_t, int>{{0, 1}}));
}

TEST(DistributeTasks, CountsWhatAServiceHasAlready) {
  // A78: ten tasks in steps are spread as ten at once.
  std::vector<std::uint32_t> standing = {0, 0};
  for (int n = 0; n < 10; ++n) ++standing[DistributeTasks(kBaseAndWeights, standing, 1).front()];
  EXPECT_EQ(standing, (std::vector<std::uint32_t>{4, 6}));
  // A base that lost its tasks is filled first.
  EXPECT_EQ(Spread(kBaseAndWeights, {0, 6}, 2), (std::map<std::size_t, int>{{0, 2}}));
}

TEST(DistributeTasks, TiesGoToTheEarlierItemAndWeightZeroGetsItsBaseOnly) {
  const std::vector<model::StrategyItem> strategy = {{.provider_name = "a", .provider = 1, .weight = 0, .base = 1},
                                                     {.provider_name = "b", .provider = 2, .weight = 1, .base = 0},
                                                     {.provider_name = "c", .provider = 3, .weight = 1, .base = 0}};
  EXPECT_EQ(DistributeTasks(strategy, {}, 4), (std::vector<std::size_t>{0, 1, 2, 1}));
}

}  // namespace
}  // namespace ecsmi::core
