#include <optional>
#include <vector>

#include "ecsmi/core/scaling.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

TEST(TrackedCapacity, IsInProportionAndRoundedUp) {  // F31
  EXPECT_EQ(TrackedCapacity(2, 100, 50), 4);
  EXPECT_EQ(TrackedCapacity(2, 51, 50), 3);
  EXPECT_EQ(TrackedCapacity(4, 20, 50), 2);
  EXPECT_EQ(TrackedCapacity(1, 20, 50), 1);
  EXPECT_EQ(TrackedCapacity(3, 0, 50), 0);  // real zeros go to nothing (F30)
  EXPECT_EQ(TrackedCapacity(3, -5, 50), 0);
}

TEST(TrackedCapacity, FromZeroIsZeroForEver) {  // F34
  EXPECT_EQ(TrackedCapacity(0, 1e9, 1), 0);
}

TEST(TrackedCapacity, StaysANumberHoweverLargeTheMetric) {
  EXPECT_EQ(TrackedCapacity(1'000'000, 1e300, 1e-100), 2'147'483'647);
}

TEST(LowThreshold, IsNineTenths) {  // F31
  EXPECT_EQ(LowThreshold(70), 63);
  EXPECT_EQ(LowThreshold(80), 72);
  EXPECT_EQ(LowThreshold(50), 45);
}

class TrackingTest : public ::testing::Test {
 protected:
  TrackingTest() {
    target_.min_capacity = 0;
    target_.max_capacity = 20;
  }
  static model::ScalingPolicy Tracker(double target_value) {
    model::ScalingPolicy policy;
    policy.tracks = true;
    policy.target_value = target_value;
    return policy;
  }
  ScalingPlan Plan(std::int32_t running, std::int32_t desired, const std::vector<FiredPolicy>& fired,
                   std::size_t trackers = 1) const {
    return PlanScaling({.target = &target_,
                        .running = running,
                        .desired = desired,
                        .deployment_in_progress = deploys_,
                        .now = 1'000'000,
                        .trackers = trackers},
                       fired);
  }
  model::ScalableTarget target_;
  model::ScalingPolicy policy_ = Tracker(50);
  bool deploys_ = false;
};

TEST_F(TrackingTest, ScalesOutAboveAndInBelow) {
  const ScalingPlan out = Plan(2, 2, {{&policy_, 0, 100, false}});
  EXPECT_TRUE(out.Acts());
  EXPECT_EQ(out.desired, 4);
  EXPECT_EQ(out.added, 2);
  const ScalingPlan in = Plan(4, 4, {{&policy_, 0, 20, true}});
  EXPECT_TRUE(in.Acts() && in.scale_in);
  EXPECT_EQ(in.desired, 2);
}

TEST_F(TrackingTest, AnAlarmOnOneSideNeverMovesTheCountToTheOther) {
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 20, false}}).hold, Hold::kNoChange);
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 90, true}}).hold, Hold::kNoChange);
}

TEST_F(TrackingTest, BoundsAndDeploymentsHold) {  // F3, F6
  target_.max_capacity = 3;
  EXPECT_EQ(Plan(2, 2, {{&policy_, 0, 500, false}}).desired, 3);
  deploys_ = true;
  EXPECT_EQ(Plan(2, 2, {{&policy_, 0, 0, true}}).hold, Hold::kDeployment);
  EXPECT_TRUE(Plan(2, 2, {{&policy_, 0, 500, false}}).Acts());
}

TEST_F(TrackingTest, InsideItsCooldownOnlyALargerScaleOutActs) {  // F24, F32
  target_.cooldown_until = 2'000'000;
  target_.cooldown_added = 2;
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 100, false}}).hold, Hold::kNoChange);
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 200, false}}).desired, 8);
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 20, true}}).hold, Hold::kCooldown);
}

TEST_F(TrackingTest, ScaleInThatIsDisabledDoesNotHappen) {  // F32
  policy_.scale_in_disabled = true;
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 20, true}}, 0).hold, Hold::kTracker);
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 100, false}}, 0).desired, 8);
}

TEST_F(TrackingTest, SeveralScaleInTogetherAndOutAlone) {  // F7, F11
  const model::ScalingPolicy other = Tracker(10);
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 20, true}}, 2).hold, Hold::kTracker);
  const ScalingPlan both = Plan(4, 4, {{&policy_, 0, 20, true}, {&other, 0, 7, true}}, 2);
  EXPECT_TRUE(both.Acts());
  EXPECT_EQ(both.desired, 3);  // the larger of 2 and 3
  EXPECT_EQ(both.winner, 1u);
  EXPECT_EQ(Plan(4, 4, {{&policy_, 0, 20, true}, {&other, 0, 15, false}}, 2).desired, 6);
}

TEST_F(TrackingTest, AStepPolicyScalesInWithoutAskingTrackers) {  // F41
  model::ScalingPolicy step;
  EXPECT_EQ(Plan(4, 4, {{&step, -1}}).desired, 3);
}

TEST_F(TrackingTest, OneThatWantsNoFewerTasksKeepsNoOtherFromScalingIn) {  // F41: to zero beside CPU tracking
  model::ScalingPolicy step;
  EXPECT_EQ(Plan(1, 1, {{&policy_, 0, 30, true}}).hold, Hold::kNoChange);  // 1 × 30 / 50, rounded up
  const ScalingPlan both = Plan(1, 1, {{&policy_, 0, 30, true}, {&step, -1}});
  EXPECT_TRUE(both.Acts());
  EXPECT_EQ(both.desired, 0);
  EXPECT_EQ(Plan(20, 20, {{&policy_, 0, 90, false}, {&step, -1}}).hold, Hold::kNoChange);  // at the maximum
}

TEST_F(TrackingTest, SuspensionHolds) {  // F5
  target_.scale_out_suspended = true;
  EXPECT_EQ(Plan(2, 2, {{&policy_, 0, 100, false}}).hold, Hold::kSuspended);
}

}  // namespace
}  // namespace ecsmi::core
