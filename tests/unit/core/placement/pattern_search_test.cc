#include "core/placement/pattern_search.h"

#include <algorithm>

#include "builders/bin_problems.h"
#include "builders/packing_mixes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core::placement {
namespace {

using ecsmi::testing::PackingMixer;
using ecsmi::testing::SmallBins;
using ::testing::ElementsAre;

// Of all contents of the type, the most that one is worth.
Money Most(const BinProblem& problem, std::uint32_t type, const std::vector<Money>& values) {
  Money best = 0;
  const auto& fits = problem.types()[type].fits;
  const auto go = [&](const auto& self, std::size_t at, Vector room, Money value, bool entitled,
                      std::vector<std::uint32_t>& held) -> void {
    if (entitled || !problem.types()[type].has_gpus) best = std::max(best, value);
    if (at == fits.size()) return;
    self(self, at + 1, room, value, entitled, held);
    const Kind& kind = problem.kinds()[fits[at].kind];
    if (std::ranges::any_of(held, [&](std::uint32_t k) { return std::ranges::count(kind.conflicts, k) > 0; })) return;
    held.push_back(fits[at].kind);
    for (std::int32_t n = 1; n <= fits[at].most; ++n) {
      for (std::size_t r = 0; r < 4; ++r) room[r] -= fits[at].need[r];
      if (*std::ranges::min_element(room) < 0) break;
      self(self, at + 1, room, value + n * values[fits[at].kind], entitled || kind.entitled, held);
    }
    held.pop_back();
  };
  std::vector<std::uint32_t> held;
  go(go, 0, problem.types()[type].room, 0, false, held);
  return best;
}

SmallBins AProblem(PackingMixer& chance) {
  SmallBins small;
  small.Type(1000, {.cpu_units = 4096, .memory_mib = 8000, .gpus = 0, .eni_slots = 6});
  small.Type(3000, {.cpu_units = 8192, .memory_mib = 30'000, .gpus = 2, .eni_slots = 9});
  for (int i = 0; i < 5; ++i) {
    WaitingClass& tasks = small.Tasks(chance.Between(1, 4), {.cpu_units = chance.Between(200, 3000),
                                                             .memory_mib = chance.Between(200, 6000),
                                                             .gpus = static_cast<std::int16_t>(i == 4 ? 1 : 0),
                                                             .eni_slots = 1});
    tasks.wanted.distinct_instance = chance.Between(1, 4) == 1;
    tasks.group = static_cast<model::Serial>(chance.Between(1, 3));
    if (chance.Between(1, 5) == 1) tasks.wanted.host_ports = {80};
  }
  return small;
}

// Whatever the rates and however few nodes, the limit is one; with enough nodes it is the best value.
TEST(PatternSearch, FindsTheBestContentsAndItsLimitIsTrueWhereverItStops) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    PackingMixer chance("search", seed);
    const SmallBins small = AProblem(chance);
    const BinProblem problem = small.Problem();
    std::vector<Money> values;
    for (std::uint32_t k = 0; k < problem.kind_count(); ++k) values.push_back(chance.Between(0, 1'000'000));
    const std::vector<std::int32_t> left = problem.Counts();
    PatternSearch search(problem);
    for (std::uint32_t t = 0; t < problem.type_count(); ++t) {
      const Money most = Most(problem, t, values);
      Work work{1'000'000};
      const Rates fitted = RatesOfType().Solve(problem.types()[t], values, left, work);
      for (const Rates& rates : {fitted, Rates{chance.Between(0, 300), chance.Between(0, 300), 0, 0}}) {
        EXPECT_GE(WorthLimit(problem, t, values, rates, left), most);
        for (const std::int64_t nodes : {0, 3, 20, 1'000'000}) {
          for (const Money cut : {Money{0}, most / 2, most + 1}) {
            const BestPattern found = search.Search(
                {.type = t, .values = values, .rates = rates, .left = left, .cut = cut, .nodes_max = nodes}, work);
            EXPECT_GE(found.limit, most);
            EXPECT_LE(found.tasks.empty() ? 0 : found.value, most);
            if (nodes == 1'000'000) {
              EXPECT_TRUE(found.complete);
              EXPECT_EQ(found.limit, std::max(cut, most));
            }
          }
        }
      }
    }
  }
}

TEST(PatternSearch, FillsTheRoomWithWhatIsWorthMost) {
  SmallBins small;
  small.Type(100, {.cpu_units = 1000, .memory_mib = 1000});
  small.Tasks(9, {.cpu_units = 600, .memory_mib = 100});
  small.Tasks(9, {.cpu_units = 500, .memory_mib = 500});
  const BinProblem problem = small.Problem();
  const std::vector<Money> values = {110, 100};
  const std::vector<std::int32_t> left = problem.Counts();
  Work work{1'000'000};
  const Rates rates = RatesOfType().Solve(problem.types()[0], values, left, work);
  const BestPattern found = PatternSearch(problem).Search(
      {.type = 0, .values = values, .rates = rates, .left = left, .cut = 0, .nodes_max = 100}, work);
  EXPECT_THAT(found.tasks, ElementsAre(Share{1, 2}));
  EXPECT_EQ(found.value, 200);
}

}  // namespace
}  // namespace ecsmi::core::placement
