#include "ecsmi/core/constraints.h"

#include <string>
#include <vector>

#include "builders/world_fixture.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

const ports::RegionCatalog& Region() {
  return **testing::TestCatalog().Region("us-east-1", true);
}
bool Allows(const ConstraintEffect& effect, const std::string& type) {
  if (effect.any_type) return true;
  for (std::size_t i = 0; i < Region().types.size(); ++i) {
    if (Region().types[i].type->name == type) return effect.types.Has(static_cast<ports::TypeOrdinal>(i));
  }
  ADD_FAILURE() << type;
  return false;
}

// B59, H60: the part of the query language that steers launches.
TEST(CompileConstraint, SteersTypesArchitecturesAndZones) {
  const struct {
    const char* expression;
    std::vector<const char*> allowed;
    std::vector<const char*> refused;
    std::uint64_t zones;
  } cases[] = {
      {"attribute:ecs.instance-type == m5.large", {"m5.large"}, {"m5.xlarge", "m5a.large"}, ~0ULL},
      {"attribute:ecs.instance-type equals m5.large", {"m5.large"}, {"m5.xlarge"}, ~0ULL},
      {"attribute:ecs.instance-type != m5.large", {"m5.xlarge"}, {"m5.large"}, ~0ULL},
      // A regular expression: '.' is any character, so that m5a is covered too, unless it is taken as it is.
      {"attribute:ecs.instance-type=~m5.*", {"m5.large", "m5.xlarge", "m5a.large"}, {"c5.large", "m6g.large"}, ~0ULL},
      {"attribute:ecs.instance-type =~ m5\\..*", {"m5.large", "m5.xlarge"}, {"m5a.large"}, ~0ULL},
      {"attribute:ecs.instance-type =~ m5a?\\.x*large", {"m5.large", "m5a.xlarge"}, {"m5d.large", "m5.2xlarge"}, ~0ULL},
      {"attribute:ecs.instance-type =~ .+\\.2xlarge", {"m5.2xlarge"}, {"m5.large", "m5.12xlarge"}, ~0ULL},
      {"attribute:ecs.instance-type =~ m5", {}, {"m5.large"}, ~0ULL},  // the whole value
      {"attribute:ecs.instance-type matches .*\\.large", {"m5.large", "c5.large"}, {"m5.xlarge"}, ~0ULL},
      {"attribute:ecs.instance-type in [m5.large, c5.large]", {"m5.large", "c5.large"}, {"r5.large"}, ~0ULL},
      {"attribute:ecs.instance-type !in [m5.large]", {"c5.large"}, {"m5.large"}, ~0ULL},
      {"attribute:ecs.instance-type not_in [m5.large]", {"c5.large"}, {"m5.large"}, ~0ULL},
      {"attribute:ecs.cpu-architecture == arm64", {"m7g.large"}, {"m5.large"}, ~0ULL},
      {"attribute:ecs.cpu-architecture == arm64 and attribute:ecs.instance-type =~ .*\\.large",
       {"m7g.large"},
       {"m7g.xlarge", "m5.large"},
       ~0ULL},
      {"attribute:ecs.cpu-architecture == x86_64 && attribute:ecs.instance-type =~ m7g.*", {}, {"m7g.large"}, ~0ULL},
  };
  for (const auto& c : cases) {
    const auto effect = CompileConstraint(c.expression, Region());
    ASSERT_TRUE(effect.ok()) << c.expression << effect.status();
    for (const char* type : c.allowed) EXPECT_TRUE(Allows(*effect, type)) << c.expression << type;
    for (const char* type : c.refused) EXPECT_FALSE(Allows(*effect, type)) << c.expression << type;
    EXPECT_EQ(effect->zones, c.zones) << c.expression;
  }
  const auto zone = CompileConstraint("attribute:ecs.availability-zone in [us-east-1a, us-east-1c]", Region());
  ASSERT_TRUE(zone.ok()) << zone.status();
  EXPECT_TRUE(zone->any_type);
  const std::uint64_t there = (std::uint64_t{1} << Region().zones.size()) - 1;
  EXPECT_EQ(zone->zones & there, 0b101ULL);
}

// H61.
TEST(CompileConstraint, JoinsConditionsOnTypesAndThoseOnZones) {
  const auto types = [](const std::string& expression) {
    const auto effect = CompileConstraint(expression, Region());
    EXPECT_TRUE(effect.ok()) << expression << effect.status();
    return effect.ok() ? *effect : ConstraintEffect();
  };
  const ConstraintEffect either =
      types("attribute:ecs.instance-type == m5.large or attribute:ecs.instance-type == c5.large");
  EXPECT_TRUE(Allows(either, "m5.large") && Allows(either, "c5.large"));
  EXPECT_FALSE(Allows(either, "r5.large"));
  const ConstraintEffect no = types("not(attribute:ecs.instance-type == m5.large)");
  EXPECT_TRUE(Allows(no, "c5.large"));
  EXPECT_FALSE(Allows(no, "m5.large"));
  const ConstraintEffect both = types(
      "(attribute:ecs.availability-zone == us-east-1a || attribute:ecs.availability-zone == us-east-1b) && "
      "!(attribute:ecs.cpu-architecture == arm64 or attribute:ecs.instance-type =~ m5.*)");
  EXPECT_EQ(both.zones & 0b111, 0b011ULL);
  EXPECT_TRUE(Allows(both, "c5.large"));
  EXPECT_FALSE(Allows(both, "m5.large"));
  EXPECT_FALSE(Allows(both, "m7g.large"));
}

// B59: what is not known before there is an instance steers nothing, and is refused rather than ignored.
TEST(CompileConstraint, NamesThePlaceOfWhatCannotSteerALaunch) {
  const struct {
    const char* expression;
    const char* words;
  } cases[] = {
      {"attribute:color == red", "at position 1: tasks on managed instances are steered by"},
      {"attribute:ecs.subnet-id == subnet-1", "at position 1: "},
      {"task:group == service:web", "at position 1: "},
      {"attribute:ecs.instance-type == m5.large and agentConnected == true", "at position 45: "},
      {"attribute:ecs.instance-type == m5.large or attribute:ecs.availability-zone == us-east-1a",
       "at position 44: types and zones are joined by 'and' alone"},
      {"attribute:ecs.instance-type =~ m[56].large", "at position 33: '[56].large' is not understood"},
      {"attribute:ecs.instance-type in m5.large", "at position 32: 'm5.large' is not understood"},
      {"", "at position 1: the expression ends"},
  };
  for (const auto& c : cases) {
    const auto effect = CompileConstraint(c.expression, Region());
    EXPECT_EQ(effect.status().code(), absl::StatusCode::kInvalidArgument) << c.expression;
    EXPECT_NE(std::string(effect.status().message()).find(c.words), std::string::npos)
        << c.expression << ": " << effect.status();
  }
}

}  // namespace
}  // namespace ecsmi::core
