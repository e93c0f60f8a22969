#include <algorithm>
#include <string>
#include <vector>

#include "builders/world_fixture.h"
#include "ecsmi/core/constraints.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

std::vector<std::string> Matching(const std::string& regex) {
  const ports::RegionCatalog& region = **testing::TestCatalog().Region("us-east-1", true);
  const auto effect = CompileConstraint("attribute:ecs.instance-type =~ " + regex, region);
  EXPECT_TRUE(effect.ok()) << effect.status();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < region.types.size(); ++i) {
    if (effect.ok() && effect->types.Has(static_cast<ports::TypeOrdinal>(i))) {
      names.push_back(region.types[i].type->name);
    }
  }
  return names;
}
bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// H60: AWS reads Java's regular expressions over the whole value. m5.* covers m5a.large, which the wildcard of
// allowedInstanceTypes (B7) would not.
TEST(CompileConstraint, ReadsARegularExpressionAndNoWildcard) {
  const auto any_m5 = Matching("m5.*");
  EXPECT_TRUE(Has(any_m5, "m5.large") && Has(any_m5, "m5a.large") && Has(any_m5, "m5dn.xlarge"));
  EXPECT_FALSE(Has(any_m5, "m6g.large") || Has(any_m5, "c5.large"));
  const auto only_m5 = Matching("m5\\..*");
  EXPECT_TRUE(Has(only_m5, "m5.large"));
  EXPECT_FALSE(Has(only_m5, "m5a.large"));
  EXPECT_EQ(Matching("m5a?\\.large").size(), 2U);
  EXPECT_EQ(Matching("m5\\.x+large").size(), 1U);
  EXPECT_TRUE(Matching("m5").empty());
}

}  // namespace
}  // namespace ecsmi::core
