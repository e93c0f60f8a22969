#include <string>

#include "api/capacity_provider/capacity_providers.h"
#include "builders/capacity_provider_requests.h"
#include "builders/step_fixture.h"
#include "gtest/gtest.h"

// Promise 6: every Spot setting of a provider is refused, and says what to do instead.
namespace ecsmi::api {
namespace {

using testing::ApiWorld;
using testing::BadInput;
using testing::CreateText;

constexpr char kInvalid[] = "InvalidParameterException";

BadInput Refused(const std::string& request, const std::string& field, const std::string& instead) {
  return {request,
          kInvalid,
          {field, "managed instances here run On-Demand only", instead, "since 2026", "--spot-settings=on-demand",
           "(ecsmi: docs/FIDELITY.md#spot)"}};
}

std::string UpdateText(const std::string& requirements) {
  return "name: 'mi' cluster: 'c' managed_instances_provider {infrastructure_role_arn: "
         "'arn:aws:iam::123456789012:role/r' instance_launch_template {instance_requirements {v_cpu_count {min: 0} "
         "memory_mib {min: 0} " +
         requirements + "}}}";
}

TEST(SpotSettingsTest, CapacityOptionType) {
  ApiWorld world;
  world.AddCluster("c");
  world.ExpectRefused(
      CheckCreateCapacityProvider, CreateCapacityProvider,
      {Refused(CreateText({.launch = "capacity_option_type: SPOT"}),
               "managedInstancesProvider.instanceLaunchTemplate.capacityOptionType SPOT", "Set ON_DEMAND")});
}

TEST(SpotSettingsTest, SpotMaxPricePercentageOverLowestPrice) {
  ApiWorld world;
  world.AddCluster("c");
  const std::string field =
      "managedInstancesProvider.instanceLaunchTemplate.instanceRequirements.spotMaxPricePercentageOverLowestPrice 100";
  world.ExpectRefused(CheckCreateCapacityProvider, CreateCapacityProvider,
                      {Refused(CreateText({.requirements = "spot_max_price_percentage_over_lowest_price: 100"}), field,
                               "Leave it out")});
  ASSERT_TRUE(world.Call(CheckCreateCapacityProvider, CreateCapacityProvider, CreateText()).ok());
  world.Advance(60'000);
  world.ExpectRefused(CheckUpdateCapacityProvider, UpdateCapacityProvider,
                      {Refused(UpdateText("spot_max_price_percentage_over_lowest_price: 100"), field, "Leave it out")});
}

TEST(SpotSettingsTest, MaxSpotPriceAsPercentageOfOptimalOnDemandPrice) {
  ApiWorld world;
  world.AddCluster("c");
  const std::string field = "instanceRequirements.maxSpotPriceAsPercentageOfOptimalOnDemandPrice 50";
  world.ExpectRefused(
      CheckCreateCapacityProvider, CreateCapacityProvider,
      {Refused(CreateText({.requirements = "max_spot_price_as_percentage_of_optimal_on_demand_price: 50"}), field,
               "Leave it out")});
  ASSERT_TRUE(world.Call(CheckCreateCapacityProvider, CreateCapacityProvider, CreateText()).ok());
  world.Advance(60'000);
  world.ExpectRefused(
      CheckUpdateCapacityProvider, UpdateCapacityProvider,
      {Refused(UpdateText("max_spot_price_as_percentage_of_optimal_on_demand_price: 50"), field, "Leave it out")});
}

// 0.2, 0.3: under the switch they are stored and echoed, but never both price attributes.
TEST(SpotSettingsTest, SwitchStoresAndEchoes) {
  control::Settings settings;
  settings.spot_as_on_demand = true;
  ApiWorld world(settings);
  world.AddCluster("c");
  const auto made = world.Call(CheckCreateCapacityProvider, CreateCapacityProvider,
                               CreateText({.requirements = "spot_max_price_percentage_over_lowest_price: 100",
                                           .launch = "capacity_option_type: SPOT"}));
  ASSERT_TRUE(made.ok()) << made.status();
  const pb::InstanceLaunchTemplate& shown =
      made->capacity_provider().managed_instances_provider().instance_launch_template();
  EXPECT_EQ(shown.capacity_option_type(), pb::CapacityOptionType::SPOT);
  EXPECT_EQ(shown.instance_requirements().spot_max_price_percentage_over_lowest_price(), 100);
  world.ExpectRefused(CheckCreateCapacityProvider, CreateCapacityProvider,
                      {{CreateText({.name = "both",
                                    .requirements = "spot_max_price_percentage_over_lowest_price: 100 "
                                                    "max_spot_price_as_percentage_of_optimal_on_demand_price: 50"}),
                        kInvalid,
                        {"spotMaxPricePercentageOverLowestPrice", "exclude each other"}}});
}

}  // namespace
}  // namespace ecsmi::api
