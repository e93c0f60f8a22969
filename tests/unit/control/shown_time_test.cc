#include <vector>

#include "ecsmi/control/step.h"
#include "gtest/gtest.h"

namespace ecsmi::control {
namespace {

TEST(ShownTime, RunningTimeIsTheFirstMomentShownThen) {
  // Down from running 1000 on: 500 ms the first time, 200 more from running 2000 on.
  const std::vector<ShownSegment> segments = {{1'000, 500}, {2'000, 700}};
  struct Case {
    model::TimeMs shown;
    model::TimeMs running;
  };
  for (const Case& c : {Case{900, 900},
                        {999, 999},
                        {1'000, 1'000},
                        {1'499, 1'000},
                        {1'500, 1'000},
                        {1'501, 1'001},
                        {2'499, 1'999},
                        {2'500, 2'000},
                        {2'699, 2'000},
                        {2'700, 2'000},
                        {2'701, 2'001}}) {
    EXPECT_EQ(RunningTime(segments, c.shown), c.running) << c.shown;
  }
  EXPECT_EQ(RunningTime({}, 77), 77);
  for (model::TimeMs running = 900; running < 2'500; ++running) {
    EXPECT_EQ(RunningTime(segments, ShownTime(segments, running)), running);
  }
}

}  // namespace
}  // namespace ecsmi::control
