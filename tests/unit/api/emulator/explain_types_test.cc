#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/emulator/emulator.h"
#include "builders/step_fixture.h"
#include "control/regions.h"

namespace ecsmi::testing {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ExplainInstanceTypesTest : public ::testing::Test {
 protected:
  emu::ExplainInstanceTypesResponse Explain(const std::string& request) {
    const auto answer = world_.Call(api::CheckExplainInstanceTypes, api::ExplainInstanceTypes, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : emu::ExplainInstanceTypesResponse();
  }
  ApiWorld world_;
};

constexpr char kGpu[] =
    "instance_requirements { v_cpu_count { min: 4 } memory_mib { min: 8192 } accelerator_types: gpu "
    "accelerator_manufacturers: nvidia } ";

TEST_F(ExplainInstanceTypesTest, TheFunnelLeadsFromTheWholeCatalogueToWhatMatches) {
  const emu::ExplainInstanceTypesResponse told = Explain(absl::StrCat(kGpu, "max_results: 1"));
  EXPECT_EQ(told.asked(), "given requirements");
  EXPECT_EQ(told.considered(), 1345);
  std::int32_t left = told.considered();
  for (const emu::ExplainFunnelStep& step : told.funnel()) {
    left -= step.ruled_out();
    EXPECT_GT(step.ruled_out(), 0);
    EXPECT_EQ(step.left(), left) << step.attribute();
  }
  EXPECT_EQ(left, told.matched());
  EXPECT_EQ(told.price_basis(), "us-east-1");
  EXPECT_EQ(told.fee_schedule(), "launch");
  EXPECT_LE(told.cheapest().nano_usd_per_hour(), told.median().nano_usd_per_hour());
  EXPECT_LE(told.median().nano_usd_per_hour(), told.dearest().nano_usd_per_hour());
  EXPECT_EQ(told.summary(),
            absl::StrCat("1345 types, ", told.matched(), " match; cheapest g5g.xlarge at $0.4704 an hour"));
}

TEST_F(ExplainInstanceTypesTest, EachTypeNamesAllThatRefusesIt) {
  const emu::ExplainInstanceTypesResponse told =
      Explain(absl::StrCat(kGpu, "instance_types: 'm7g.large' instance_types: 'g4dn.xl*'"));
  ASSERT_EQ(told.instance_types_size(), 2);
  EXPECT_EQ(told.instance_types(0).instance_type(), "m7g.large");
  EXPECT_FALSE(told.instance_types(0).matches());
  EXPECT_THAT(told.instance_types(0).refused_by(),
              ElementsAre("vCpuCount", "acceleratorTypes", "acceleratorManufacturers"));
  EXPECT_TRUE(told.instance_types(1).matches());
  EXPECT_THAT(told.instance_types(1).refused_by(), IsEmpty());
}

TEST_F(ExplainInstanceTypesTest, TheReasonsAreTheMatchersOverTheWholeCatalogue) {
  control::RegionSet regions(TestCatalog(), false);
  const auto view = regions.View("us-east-1");
  ASSERT_TRUE(view.ok());
  int types = 0;
  int matching = 0;
  std::string token;
  do {
    const auto told = Explain(
        absl::StrCat("max_results: 500 ", token.empty() ? "" : "next_token: '", token, token.empty() ? "" : "'"));
    for (const emu::ExplainedInstanceType& type : told.instance_types()) {
      const auto reasons =
          view->requirements->Explain(nullptr, {}, view->requirements->OrdinalOf(type.instance_type()));
      ASSERT_EQ(type.refused_by_size(), static_cast<int>(reasons.size())) << type.instance_type();
      for (std::size_t i = 0; i < reasons.size(); ++i) {
        ASSERT_EQ(type.refused_by(static_cast<int>(i)), core::MismatchAttribute(reasons[i]));
      }
      ASSERT_EQ(type.matches(), reasons.empty());
      matching += type.matches() ? 1 : 0;
      ++types;
    }
    if (!told.has_next_token()) {
      EXPECT_EQ(told.matched(), matching);
      EXPECT_EQ(told.considered(), types);
    }
    token = told.next_token();
  } while (!token.empty());
  EXPECT_EQ(types, 1345);
}

TEST_F(ExplainInstanceTypesTest, TheListCanBeNarrowed) {
  const auto matching = Explain(absl::StrCat(kGpu, "matches: true max_results: 1000"));
  EXPECT_EQ(matching.instance_types_size(), matching.matched());
  const auto refused = Explain(absl::StrCat(kGpu, "matches: false refused_by: 'bareMetal' max_results: 1000"));
  EXPECT_GT(refused.instance_types_size(), 0);
  for (const emu::ExplainedInstanceType& type : refused.instance_types()) {
    EXPECT_THAT(type.refused_by(), Contains("bareMetal")) << type.instance_type();
  }
}

TEST_F(ExplainInstanceTypesTest, ANewAccountsQuotaIsToldByClass) {
  const emu::ExplainInstanceTypesResponse told = Explain(kGpu);
  std::int32_t matching = 0;
  for (const emu::ExplainQuota& quota : told.new_account()) {
    matching += quota.matching_types();
    EXPECT_EQ(quota.cheapest_instances() > 0, quota.refused_types() < quota.matching_types()) << quota.quota_class();
  }
  EXPECT_EQ(matching, told.matched());
  ASSERT_GT(told.new_account_size(), 0);
  EXPECT_EQ(told.new_account(0).quota_class(), "g-vt");
  EXPECT_EQ(told.new_account(0).new_account_vcpus(), 0);
  EXPECT_EQ(told.new_account(0).refused_types(), told.new_account(0).matching_types());
  EXPECT_EQ(told.new_account(0).cheapest_instance_type(), "g5g.xlarge");
}

TEST_F(ExplainInstanceTypesTest, AProvidersRequirementsAreItsOwnOrTheDefaultPool) {
  model::InstanceRequirements wanted;
  wanted.vcpu_count.min = 8;
  wanted.memory_mib.min = 1024;
  const model::Serial cluster = world_.AddCluster();
  const model::Serial own = world_.AddProvider(cluster, 1, &wanted);
  const model::Serial none = world_.AddProvider(cluster, 1);
  const auto name = [&](model::Serial provider) { return world_.state().Get<model::CapacityProvider>(provider).name; };
  const auto told = Explain(absl::StrCat("capacity_provider: '", name(own), "'"));
  EXPECT_EQ(told.asked(), absl::StrCat("capacity provider ", name(own)));
  EXPECT_EQ(told.matched(),
            Explain("instance_requirements { v_cpu_count { min: 8 } memory_mib { min: 1024 } }").matched());
  const auto pool = Explain(absl::StrCat("capacity_provider: '", name(none), "'"));
  EXPECT_EQ(pool.asked(), absl::StrCat("capacity provider ", name(none), ", default pool"));
  EXPECT_EQ(pool.matched(), Explain("").matched());
}

TEST_F(ExplainInstanceTypesTest, BadInputIsRefusedAndChangesNothing) {
  world_.AddCluster();
  world_.ExpectRefused(
      api::CheckExplainInstanceTypes, api::ExplainInstanceTypes,
      {
          {"max_results: 0", "InvalidParameterException", {"maxResults", "0"}},
          {"max_results: 1001", "InvalidParameterException", {"maxResults", "1001"}},
          {"next_token: 'x'", "InvalidParameterException", {"oken"}},
          {"refused_by: 'colour'", "InvalidParameterException", {"refusedBy", "'colour'"}},
          {"refused_by: 'bareMetal' matches: true", "InvalidParameterException", {"refusedBy", "matches"}},
          {"instance_types: ''", "InvalidParameterException", {"instanceTypes"}},
          {"capacity_provider: ''", "InvalidParameterException", {"capacityProvider"}},
          {"capacity_provider: 'gone'", "ClientException", {"does not exist"}},
          {"capacity_provider: 'FARGATE'", "ClientException", {"Managed Instances"}},
          {"capacity_provider: 'a' region: 'us-east-1'", "InvalidParameterException", {"capacityProvider", "region"}},
          {"instance_requirements { memory_mib { min: 1 } }", "InvalidParameterException", {"vCpuCount"}},
          {"instance_requirements { v_cpu_count { min: 1 } memory_mib { min: 1 } "
           "spot_max_price_percentage_over_lowest_price: 5 }",
           "InvalidParameterException",
           {"spotMaxPricePercentageOverLowestPrice"}},
      });
}

}  // namespace
}  // namespace ecsmi::testing
