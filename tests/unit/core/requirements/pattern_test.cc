#include <string>

#include "ecsmi/core/requirements.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

// B7, T4.
TEST(MatchesPattern, StarCoversAnyRunAnywhere) {
  const struct {
    const char* pattern;
    const char* name;
    bool matches;
  } cases[] = {
      {"m5a.*", "m5a.large", true},
      {"m5a.*", "m5.large", false},
      {"m5a.*", "m5ad.large", false},
      {"m5a.*", "m5n.large", false},
      {"c5*", "c5.large", true},
      {"c5*", "c5a.xlarge", true},
      {"c5*", "c5n.metal", true},
      {"c5*", "m5.large", false},
      {"*3*", "t3.medium", true},
      {"*3*", "c3.large", true},
      {"*3*", "c5.large", false},
      {"r*", "r7g.large", true},
      {"*", "", true},
      {"*", "m5.large", true},
      {"**", "m5.large", true},
      {"", "", true},
      {"", "m5.large", false},
      {"m5.large", "m5.large", true},
      {"m5.large", "m5.larger", false},
      {"m5.larger", "m5.large", false},
      {"m5.large*", "m5.large", true},
      {"*.large", "m5.xlarge", false},
      {"*large", "m5.xlarge", true},
      {"*a*a*", "m5a.large", true},
      {"*a*a*a*", "m5a.large", false},
      {"*xlarge.2", "m5.xlarge", false},
      {"m5?large", "m5.large", false},  // '*' is the only wildcard
      {"M5.large", "m5.large", false},
  };
  for (const auto& c : cases) EXPECT_EQ(MatchesPattern(c.pattern, c.name), c.matches) << c.pattern << " " << c.name;
}

TEST(MatchesPattern, ManyStarsStayQuick) {
  EXPECT_FALSE(MatchesPattern("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(2'000, 'a')));
}

TEST(TypeSet, FirstWalksMembersAcrossWords) {
  TypeSet set;
  EXPECT_TRUE(set.Empty());
  EXPECT_EQ(set.First(), TypeSet::kNone);
  for (int at : {3, 63, 64, 1'344, 2'047}) set.Set(static_cast<ports::TypeOrdinal>(at));
  EXPECT_EQ(set.Count(), 5u);
  EXPECT_EQ(set.First(), 3);
  EXPECT_EQ(set.First(4), 63);
  EXPECT_EQ(set.First(64), 64);
  EXPECT_EQ(set.First(65), 1'344);
  EXPECT_EQ(set.First(1'345), 2'047);
  EXPECT_EQ(set.First(2'048), TypeSet::kNone);
  set.Clear(64);
  EXPECT_FALSE(set.Has(64));
  TypeSet other;
  other.Set(3);
  EXPECT_EQ(set.AndNot(other).First(), 63);
  set &= other;
  EXPECT_EQ(set, other);
}

TEST(TypeSet, CountsEveryBitFromNoneToAll) {
  TypeSet set;
  for (std::size_t at = 0; at < TypeSet::kWords * 64; ++at) {
    ASSERT_EQ(set.Count(), at);
    set.Set(static_cast<ports::TypeOrdinal>(at));
  }
  EXPECT_EQ(set.Count(), 2'048u);
  for (std::size_t at = 0; at < TypeSet::kWords * 64; at += 2) set.Clear(static_cast<ports::TypeOrdinal>(at));
  EXPECT_EQ(set.Count(), 1'024u);
}

}  // namespace
}  // namespace ecsmi::core
