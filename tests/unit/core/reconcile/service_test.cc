#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/core/reconcile.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using model::TaskClass;

TaskCounts Counts(std::int32_t pending, std::int32_t warming, std::int32_t healthy, std::int32_t unhealthy = 0) {
  TaskCounts counts;
  counts.count = {0, pending, unhealthy, warming, healthy};
  counts.stoppable = counts.count;
  return counts;
}

std::int32_t Sum(const std::array<std::int32_t, model::kTaskClasses>& stops) {
  return std::accumulate(stops.begin(), stops.end(), 0);
}

ServiceView View(std::int32_t desired, std::int32_t minimum, std::int32_t maximum, TaskCounts primary,
                 TaskCounts old = {}) {
  ServiceView view;
  view.desired = desired;
  view.minimum_healthy_percent = minimum;
  view.maximum_percent = maximum;
  view.primary = primary;
  view.old = old;
  view.start_room = 1'000'000;
  return view;
}

struct Case {
  const char* what;
  ServiceView view;
  std::int32_t start;
  std::int32_t stop_primary;
  std::int32_t stop_old;
  bool stuck = false;
};

TEST(PlanService, MovesADeploymentWithinItsPercentages) {
  const TaskCounts none;
  const std::vector<Case> cases = {
      {"a new service", View(3, 100, 200, none), 3, 0, 0},
      {"steady", View(3, 100, 200, Counts(0, 0, 3)), 0, 0, 0},
      {"one lost", View(3, 100, 200, Counts(0, 0, 2)), 1, 0, 0},
      {"upkeep does not go beyond the desired count", View(3, 100, 200, Counts(1, 1, 1)), 0, 0, 0},
      {"scale-in", View(1, 100, 200, Counts(1, 0, 3)), 0, 3, 0},
      {"scale to zero", View(0, 100, 200, Counts(1, 1, 3)), 0, 5, 0},
      {"100/200 starts all first", View(4, 100, 200, none, Counts(0, 0, 4)), 4, 0, 0},
      {"100/200 waits for health", View(4, 100, 200, Counts(0, 4, 0), Counts(0, 0, 4)), 0, 0, 0},
      {"100/200 stops as health comes", View(4, 100, 200, Counts(0, 1, 3), Counts(0, 0, 4)), 0, 0, 3},
      {"D22: 4 at 50 stops two first", View(4, 50, 100, none, Counts(0, 0, 4)), 2, 0, 2},
      {"D22: 2 at 75 stops none", View(2, 75, 100, none, Counts(0, 0, 2)), 0, 0, 0, true},
      {"D22: 3 at 125 starts none", View(3, 100, 125, none, Counts(0, 0, 3)), 0, 0, 0, true},
      {"D31: 1 at 0 stops before it starts", View(1, 0, 200, none, Counts(0, 0, 1)), 1, 0, 1},
      {"0/100 replaces all at once", View(4, 0, 100, none, Counts(0, 0, 4)), 4, 0, 4},
      {"D24: both 100", View(4, 100, 100, none, Counts(0, 0, 4)), 0, 0, 0, true},
      {"10 at 100/125 starts two", View(10, 100, 125, none, Counts(0, 0, 10)), 2, 0, 0},
      {"old tasks that never ran go at once", View(4, 100, 200, none, Counts(4, 0, 0)), 4, 0, 4},
      {"old fresh tasks stand in until the new are healthy", View(4, 100, 200, none, Counts(0, 4, 0)), 4, 0, 0},
      {"an old unhealthy task serves nobody", View(4, 100, 200, none, Counts(0, 0, 3, 1)), 4, 0, 1},
      {"D26: the replacement of an unhealthy task first", View(3, 100, 200, Counts(0, 0, 2, 1)), 1, 0, 0},
      {"D26: then the unhealthy one goes", View(3, 100, 200, Counts(0, 0, 3, 1)), 0, 1, 0},
      {"D26: no room, one by one", View(3, 50, 100, Counts(0, 0, 1, 2)), 1, 1, 0},
      {"lowered in the middle of a roll", View(2, 100, 200, Counts(4, 0, 0), Counts(0, 0, 4)), 0, 2, 2},
      {"at zero nothing old stays", View(0, 100, 200, none, Counts(0, 0, 4)), 0, 0, 4},
  };
  for (const Case& c : cases) {
    const ServicePlan plan = PlanService(c.view);
    EXPECT_EQ(plan.start, c.start) << c.what;
    EXPECT_EQ(Sum(plan.stop_primary), c.stop_primary) << c.what;
    EXPECT_EQ(Sum(plan.stop_old), c.stop_old) << c.what;
    EXPECT_EQ(plan.stuck, c.stuck) << c.what;
  }
}

TEST(PlanService, StopsWhatServesLeastFirst) {
  const ServicePlan plan = PlanService(View(3, 100, 200, Counts(2, 2, 2)));
  EXPECT_EQ(plan.stop_primary, (std::array<std::int32_t, model::kTaskClasses>{0, 2, 0, 1, 0}));  // D61
}

TEST(PlanService, AFailedDeploymentStartsNothingAndGivesWay) {
  ServiceView view = View(4, 100, 200, Counts(1, 0, 1), Counts(0, 0, 4));
  view.primary_failed = true;
  const ServicePlan plan = PlanService(view);
  EXPECT_EQ(plan.start, 0);  // D28
  EXPECT_EQ(Sum(plan.stop_primary), 2);
  EXPECT_EQ(Sum(plan.stop_old), 0);
}

TEST(PlanService, WaitsForRoomAndForARetry) {
  ServiceView view = View(4, 100, 200, {});
  view.start_room = 1;
  EXPECT_EQ(PlanService(view).start, 1);
  EXPECT_TRUE(PlanService(view).out_of_room);  // C44
  view.start_later = true;
  EXPECT_TRUE(PlanService(view).IsEmpty());
  EXPECT_TRUE(PlanService(view).waits_to_start);
  EXPECT_FALSE(PlanService(view).out_of_room);
}

TEST(PlanService, LeavesProtectedTasksAlone) {
  ServiceView view = View(1, 100, 200, Counts(0, 0, 4));
  view.primary.stoppable = {0, 0, 0, 0, 1};
  const ServicePlan plan = PlanService(view);
  EXPECT_EQ(Sum(plan.stop_primary), 1);
  EXPECT_EQ(plan.blocked_by_protection, 2);  // C81
}

// Any service, any state: the plan keeps the bounds, and what is not settled has a reason to wait or is stuck.
TEST(PlanService, NeverLeavesTheBoundsAndNeverStopsForNothing) {
  std::uint64_t count = 0;
  const auto below = [&](std::uint64_t bound) {
    return static_cast<std::int32_t>(base::Reduce(base::KeyedHash64({11, 12}, {++count}), bound));
  };
  for (int round = 0; round < 200'000; ++round) {
    ServiceView view =
        View(below(12), 25 * below(5), 100 + 25 * below(5), Counts(below(5), below(5), below(8), below(3)),
             below(2) == 0 ? TaskCounts{} : Counts(below(5), below(5), below(8), below(3)));
    view.primary_failed = below(10) == 0;
    view.start_later = below(10) == 0;
    SCOPED_TRACE(::testing::Message() << "round " << round << " desired " << view.desired << " "
                                      << view.minimum_healthy_percent << "/" << view.maximum_percent);
    const ServicePlan plan = PlanService(view);
    const DeploymentBounds bounds = BoundsOf(view.desired, view.minimum_healthy_percent, view.maximum_percent);
    TaskCounts primary = view.primary;
    TaskCounts old = view.old;
    for (std::size_t i = 0; i < model::kTaskClasses; ++i) {
      ASSERT_GE(plan.stop_primary[i], 0);
      ASSERT_GE(plan.stop_old[i], 0);
      primary.count[i] -= plan.stop_primary[i];
      old.count[i] -= plan.stop_old[i];
      ASSERT_GE(primary.count[i], 0);
      ASSERT_GE(old.count[i], 0);
    }
    ASSERT_GE(plan.start, 0);
    const std::int32_t healthy_before = view.primary[TaskClass::kHealthy] + view.old[TaskClass::kHealthy];
    const std::int32_t healthy = primary[TaskClass::kHealthy] + old[TaskClass::kHealthy];
    ASSERT_GE(healthy, std::min(healthy_before, bounds.lower)) << "below the lower bound";
    const std::int32_t total = primary.Total() + old.Total() + plan.start;
    if (plan.start > 0) {
      ASSERT_LE(total, std::max(bounds.upper, view.desired)) << "above the upper bound";
      ASSERT_FALSE(view.primary_failed);
      ASSERT_FALSE(view.start_later);
    }
    ASSERT_LE(total, std::max(view.primary.Total() + view.old.Total(), std::max(bounds.upper, view.desired)));
    if (!plan.IsEmpty() || plan.settled) continue;
    const bool in_flight = primary[TaskClass::kStarting] + primary[TaskClass::kWarming] > 0;
    ASSERT_TRUE(in_flight || plan.waits_to_start || plan.stuck || view.primary_failed) << "waits for nothing";
    // A settled look-alike must not be missed.
    ASSERT_FALSE(!in_flight && !view.primary_failed && old.Total() == 0 && primary[TaskClass::kUnhealthy] == 0 &&
                 primary[TaskClass::kHealthy] == view.desired);
  }
}

TEST(PlanService, ASecondPassRightAfterIsEmptyOnceTheFirstIsApplied) {
  std::uint64_t count = 0;
  const auto below = [&](std::uint64_t bound) {
    return static_cast<std::int32_t>(base::Reduce(base::KeyedHash64({21, 22}, {++count}), bound));
  };
  for (int round = 0; round < 50'000; ++round) {
    ServiceView view =
        View(below(12), 25 * below(5), 100 + 25 * below(5), Counts(below(5), below(5), below(8), below(3)),
             below(2) == 0 ? TaskCounts{} : Counts(below(5), below(5), below(8), below(3)));
    int passes = 0;
    for (ServicePlan plan = PlanService(view); !plan.IsEmpty(); plan = PlanService(view)) {
      ASSERT_LT(++passes, 16) << "round " << round;
      for (std::size_t i = 0; i < model::kTaskClasses; ++i) {
        view.primary.count[i] -= plan.stop_primary[i];
        view.old.count[i] -= plan.stop_old[i];
      }
      view.primary.count[0] += plan.start;
      view.primary.stoppable = view.primary.count;
      view.old.stoppable = view.old.count;
    }
  }
}

TEST(BreakerThreshold, IsHalfTheDesiredCountWithinItsBounds) {
  using enum model::ThresholdType;
  // T11, D40.
  for (const auto& [desired, threshold] : std::vector<std::pair<int, int>>{
           {0, 3}, {1, 3}, {5, 3}, {7, 4}, {25, 13}, {400, 200}, {800, 200}, {1000, 200}}) {
    EXPECT_EQ(BreakerThreshold(kBoundedPercent, 50, desired), threshold) << desired;
  }
  EXPECT_EQ(BreakerThreshold(kCount, 7, 1000), 7);  // D42
  EXPECT_EQ(BreakerThreshold(kUnboundedPercent, 50, 1000), 500);
  EXPECT_EQ(BreakerThreshold(kUnboundedPercent, 10, 1), 1);
}

TEST(RetryDelay, DoublesUpToAQuarterOfAnHour) {
  EXPECT_EQ(RetryDelay(1), 0);
  EXPECT_EQ(RetryDelay(2), 10'000);
  EXPECT_EQ(RetryDelay(3), 20'000);
  EXPECT_EQ(RetryDelay(8), 640'000);
  EXPECT_EQ(RetryDelay(9), 15 * model::kMinuteMs);
  EXPECT_EQ(RetryDelay(2'000'000'000), 15 * model::kMinuteMs);
}

}  // namespace
}  // namespace ecsmi::core
