#include "ecsmi/core/zone_balance.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ecsmi/base/keyed_hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Zones 0, 1, … with so many tasks, all of which may be stopped.
std::vector<ZoneTasks> Zones(std::initializer_list<std::int32_t> counts) {
  std::vector<ZoneTasks> zones;
  for (std::int32_t count : counts) {
    zones.push_back({.zone = static_cast<std::uint8_t>(zones.size()), .tasks = count, .stoppable = count});
  }
  return zones;
}
ZoneTasks Start(std::uint8_t zone, std::int32_t tasks) {
  return {.zone = zone, .tasks = tasks, .stoppable = 0};
}

TEST(IsBalanced, WhenCountsDifferByOneAtMost) {
  EXPECT_TRUE(IsBalanced(Zones({})));
  EXPECT_TRUE(IsBalanced(Zones({7})));
  EXPECT_TRUE(IsBalanced(Zones({1, 0, 1})));
  EXPECT_TRUE(IsBalanced(Zones({4, 3, 4})));
  EXPECT_FALSE(IsBalanced(Zones({2, 0})));
  EXPECT_FALSE(IsBalanced(Zones({3, 1, 2})));  // D65
}

TEST(SpreadZones, AreThoseInUseAndOthersUpToThree) {
  EXPECT_EQ(SpreadZones(Zones({0, 3, 0, 0}), 3), (std::vector<ZoneTasks>{{0, 0, 0}, {1, 3, 3}, {2, 0, 0}}));
  EXPECT_EQ(SpreadZones(Zones({0, 2, 0, 0}), 2).size(), 2u);  // B56: no more than there are tasks
  EXPECT_EQ(SpreadZones(Zones({1, 1, 1, 1}), 4).size(), 4u);
  EXPECT_THAT(SpreadZones(Zones({0, 0}), 0), IsEmpty());
}

TEST(PlanZoneBalance, StartsWhereThereAreFewest) {
  EXPECT_THAT(PlanZoneBalance(Zones({2, 2, 1}), 9), IsEmpty());
  EXPECT_THAT(PlanZoneBalance(Zones({3, 1}), 9), ElementsAre(Start(1, 1)));
  EXPECT_THAT(PlanZoneBalance(Zones({6, 0, 0}), 9), ElementsAre(Start(1, 2), Start(2, 2)));
  EXPECT_THAT(PlanZoneBalance(Zones({6, 0, 0}), 1), ElementsAre(Start(1, 1)));
  EXPECT_THAT(PlanZoneBalance(Zones({6, 0, 0}), 0), IsEmpty());
}

TEST(PlanZoneBalance, DoesNothingWhenProtectionWouldUndoIt) {
  // All of the full zone's tasks are protected: what would be stopped is what was started.
  EXPECT_THAT(PlanZoneBalance(std::vector<ZoneTasks>{{0, 5, 0}, {1, 1, 1}}, 5), IsEmpty());
  // One of them is not.
  EXPECT_THAT(PlanZoneBalance(std::vector<ZoneTasks>{{0, 5, 3}, {1, 1, 1}}, 5), ElementsAre(Start(1, 2)));
}

// Rounds of start and stop end, whatever is protected; without protection in balance.
TEST(PlanZoneBalance, EndsAndBalances) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    std::uint64_t draws = 0;
    const auto below = [&](std::uint64_t bound) {
      return static_cast<std::int32_t>(base::Reduce(base::KeyedHash64({seed, 3}, {++draws}), bound));
    };
    const bool protects = below(2) == 0;
    std::vector<ZoneTasks> zones;
    for (std::int32_t i = 0, n = 1 + below(4); i < n; ++i) {
      const std::int32_t tasks = below(30);
      zones.push_back({.zone = static_cast<std::uint8_t>(i),
                       .tasks = tasks,
                       .stoppable = protects ? below(static_cast<std::uint64_t>(tasks) + 1) : tasks});
    }
    const std::int32_t room = 1 + below(10);
    std::int32_t total = 0;
    for (const ZoneTasks& zone : zones) total += zone.tasks;
    int rounds = 0;
    for (; rounds < 200; ++rounds) {
      const std::vector<ZoneTasks> starts = PlanZoneBalance(zones, room);
      if (starts.empty()) break;
      std::int32_t started = 0;
      for (const ZoneTasks& start : starts) {
        zones[start.zone].tasks += start.tasks;
        zones[start.zone].stoppable += start.tasks;
        started += start.tasks;
      }
      ASSERT_LE(started, room) << "seed " << seed;
      for (; started > 0; --started) {
        const auto from = std::ranges::max_element(zones, {}, &ZoneTasks::stoppable);
        --from->tasks;
        --from->stoppable;
      }
    }
    EXPECT_LT(rounds, 200) << "seed " << seed;
    EXPECT_TRUE(protects || IsBalanced(zones)) << "seed " << seed;
    std::int32_t after = 0;
    for (const ZoneTasks& zone : zones) after += zone.tasks;
    EXPECT_EQ(after, total);
  }
}

}  // namespace
}  // namespace ecsmi::core
