#include <vector>

#include "ecsmi/core/scaling.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using model::AdjustmentType;
using model::Comparison;
using model::ScalableTarget;
using model::ScalingPolicy;

constexpr Comparison kGreater = Comparison::kGreaterThanOrEqualToThreshold;
constexpr Comparison kLess = Comparison::kLessThanOrEqualToThreshold;

ScalingPolicy Policy(AdjustmentType type, std::vector<model::StepAdjustment> steps = {}) {
  ScalingPolicy policy;
  policy.adjustment_type = type;
  policy.steps = std::move(steps);
  return policy;
}

TEST(StepFor, BoundsAreOffsetsFromTheThresholdAndOpenOnTheFarSide) {  // F21
  const ScalingPolicy policy =
      Policy(AdjustmentType::kChangeInCapacity, {{std::nullopt, -10, -2}, {-10, 0, -1}, {0, 10, 1}, {10, {}, 2}});
  const auto at = [&](Comparison comparison, double value) {
    const model::StepAdjustment* step = StepFor(policy, comparison, 50, value);
    return step == nullptr ? 0 : step->adjustment;
  };
  EXPECT_EQ(at(kGreater, 50), 1);  // 50..60 is bounds 0/10
  EXPECT_EQ(at(kGreater, 59.9), 1);
  EXPECT_EQ(at(kGreater, 60), 2);
  EXPECT_EQ(at(kLess, 50), -1);  // 40..50 is bounds -10/0
  EXPECT_EQ(at(kLess, 40.1), -1);
  EXPECT_EQ(at(kLess, 40), -2);
  EXPECT_EQ(at(kLess, 0), -2);
}

TEST(StepFor, TheUsersStackScalesOutAtOneAndInAtZero) {  // T13, F45
  const ScalingPolicy out = Policy(AdjustmentType::kChangeInCapacity, {{0, {}, 1}});
  const ScalingPolicy in = Policy(AdjustmentType::kChangeInCapacity, {{{}, 0, -1}});
  ASSERT_NE(StepFor(out, kGreater, 1, 1), nullptr);
  EXPECT_EQ(StepFor(out, kGreater, 1, 0), nullptr);
  ASSERT_NE(StepFor(in, kLess, 0, 0), nullptr);
  EXPECT_EQ(StepFor(in, kLess, 0, 1), nullptr);
}

TEST(Adjusted, RoundsPercentagesAsTheGuideSays) {  // T22, F23
  struct Case {
    std::int64_t base;
    std::int32_t percent;
    std::optional<std::int32_t> magnitude;
    std::int64_t change;
  };
  for (const Case& c : {Case{10, 67, {}, 6}, Case{1, 50, {}, 1}, Case{10, -5, {}, -1}, Case{95, -7, {}, -6},
                        Case{4, 25, 2, 2}, Case{4, -25, 2, -2}, Case{100, 25, 2, 25}, Case{8, 0, {}, 0},
                        Case{0, 50, {}, 0}, Case{0, 50, 3, 3}, Case{127, 10, {}, 12}}) {
    ScalingPolicy policy = Policy(AdjustmentType::kPercentChangeInCapacity);
    policy.min_adjustment_magnitude = c.magnitude;
    EXPECT_EQ(Adjusted(policy, c.base, c.percent), c.base + c.change) << c.base << " " << c.percent << " %";
  }
  EXPECT_EQ(Adjusted(Policy(AdjustmentType::kExactCapacity), 7, 3), 3);
  EXPECT_EQ(Adjusted(Policy(AdjustmentType::kChangeInCapacity), 7, -3), 4);
}

TEST(PolicyValue, AggregatesTheNewestPoints) {  // F27
  const std::vector<double> newest = {1, 5, 3};
  ScalingPolicy policy;
  EXPECT_EQ(PolicyValue(policy, newest), 3);
  policy.aggregation = model::Statistic::kMaximum;
  EXPECT_EQ(PolicyValue(policy, newest), 5);
  policy.aggregation = model::Statistic::kMinimum;
  EXPECT_EQ(PolicyValue(policy, newest), 1);
  EXPECT_EQ(PolicyValue(policy, {}), std::nullopt);
}

class PlanScalingTest : public ::testing::Test {
 protected:
  PlanScalingTest() {
    target_.min_capacity = 0;
    target_.max_capacity = 20;
  }
  // By ChangeInCapacity adjustments.
  ScalingPlan Plan(std::int32_t running, std::int32_t desired, const std::vector<std::int32_t>& changes,
                   model::TimeMs now = 1'000'000) {
    std::vector<FiredPolicy> fired;
    for (std::int32_t change : changes) fired.push_back({&change_, change});
    ScalingInput input{&target_, running, desired, deploying_, now};
    return PlanScaling(input, fired);
  }
  void Cooldown(bool scale_in, std::int32_t added) {
    target_.cooldown_until = 2'000'000;
    target_.cooldown_is_scale_in = scale_in;
    target_.cooldown_added = added;
  }

  ScalableTarget target_;
  ScalingPolicy change_ = Policy(AdjustmentType::kChangeInCapacity);
  ScalingPolicy exact_ = Policy(AdjustmentType::kExactCapacity);
  bool deploying_ = false;
};

TEST_F(PlanScalingTest, StartsFromTheRunningCount) {  // F10
  EXPECT_EQ(Plan(0, 1, {1}).hold, Hold::kNoChange);   // desired 1, running 0, +1 → 1
  EXPECT_EQ(Plan(1, 1, {1}).desired, 2);
  EXPECT_EQ(Plan(2, 2, {-1}).desired, 1);
  EXPECT_TRUE(Plan(2, 2, {-1}).scale_in);
  EXPECT_EQ(Plan(2, 6, {1}).hold, Hold::kNoChange);   // a scale-out never lowers
  EXPECT_EQ(Plan(6, 2, {-1}).hold, Hold::kNoChange);  // a scale-in never raises
}

TEST_F(PlanScalingTest, StaysWithinBoundsAndBringsAStrayCountBack) {  // F3
  target_.min_capacity = 2;
  target_.max_capacity = 5;
  EXPECT_EQ(Plan(4, 4, {9}).desired, 5);
  EXPECT_EQ(Plan(5, 5, {9}).hold, Hold::kNoChange);
  EXPECT_EQ(Plan(3, 3, {-9}).desired, 2);
  EXPECT_EQ(Plan(2, 2, {-1}).hold, Hold::kNoChange);
  EXPECT_EQ(Plan(10, 10, {1}).desired, 5);  // a manual count outside
}

TEST_F(PlanScalingTest, TheLargestCapacityWinsForOutAndForIn) {  // F7
  EXPECT_EQ(Plan(5, 5, {1, 3, 2}).desired, 8);
  EXPECT_EQ(Plan(5, 5, {1, 3, 2}).winner, 1u);
  EXPECT_EQ(Plan(5, 5, {-3, -1}).desired, 4);
  EXPECT_EQ(Plan(5, 5, {-3, 1}).desired, 6);
  target_.max_capacity = 5;
  EXPECT_EQ(Plan(5, 5, {-3, 1}).hold, Hold::kNoChange);  // the policy at the bound still holds the count
  EXPECT_EQ(Plan(5, 5, {}).hold, Hold::kNoStep);
}

TEST_F(PlanScalingTest, ADeploymentHoldsScaleInOnly) {  // F6
  deploying_ = true;
  EXPECT_EQ(Plan(3, 3, {-1}).hold, Hold::kDeployment);
  EXPECT_EQ(Plan(3, 3, {1}).desired, 4);
}

TEST_F(PlanScalingTest, InsideAScaleOutCooldownOnlyABiggerStepActs) {  // T23, F24
  Cooldown(/*scale_in=*/false, 2);                                     // 10 → 12
  for (std::int32_t running : {10, 11, 12}) {
    const ScalingPlan bigger = Plan(running, 12, {3});
    ASSERT_TRUE(bigger.Acts());
    EXPECT_EQ(bigger.desired, 13);  // 2 added, then a step of 3 → 1 more
    EXPECT_EQ(bigger.added, 3);
    EXPECT_EQ(Plan(running, 12, {2}).hold, Hold::kNoChange);
  }
  EXPECT_EQ(Plan(12, 12, {-1}).hold, Hold::kCooldown);
  EXPECT_EQ(Plan(12, 12, {-1}, 2'000'000).desired, 11);  // it has run out
  EXPECT_EQ(Plan(12, 12, {2}, 2'000'000).desired, 14);
}

TEST_F(PlanScalingTest, AScaleOutEndsAScaleInCooldown) {  // F24
  Cooldown(/*scale_in=*/true, 0);
  EXPECT_EQ(Plan(3, 3, {-1}).hold, Hold::kCooldown);
  const ScalingPlan out = Plan(3, 3, {2});
  EXPECT_EQ(out.desired, 5);
  EXPECT_EQ(out.added, 2);
  EXPECT_FALSE(out.scale_in);
}

TEST_F(PlanScalingTest, SuspensionHoldsOneDirection) {  // F5
  target_.scale_in_suspended = true;
  EXPECT_EQ(Plan(3, 3, {-1}).hold, Hold::kSuspended);
  EXPECT_EQ(Plan(3, 3, {1}).desired, 4);
  target_.scale_in_suspended = false;
  target_.scale_out_suspended = true;
  EXPECT_EQ(Plan(3, 3, {1}).hold, Hold::kSuspended);
  EXPECT_EQ(Plan(3, 3, {-1}).desired, 2);
}

TEST_F(PlanScalingTest, ExactCapacityIsInOrOutByTheDesiredCount) {  // F20
  const auto plan = [&](std::int32_t running, std::int32_t desired, std::int32_t exact) {
    const std::vector<FiredPolicy> fired = {{&exact_, exact}};
    return PlanScaling(ScalingInput{&target_, running, desired, false, 1'000'000}, fired);
  };
  EXPECT_EQ(plan(0, 0, 4).desired, 4);
  EXPECT_EQ(plan(0, 4, 4).hold, Hold::kNoChange);
  EXPECT_EQ(plan(4, 4, 2).desired, 2);
  EXPECT_TRUE(plan(4, 4, 2).scale_in);
}

}  // namespace
}  // namespace ecsmi::core
