#include "api/account_setting/account_settings.h"

#include <string>
#include <vector>

#include "api/account_setting/setting_rules.h"
#include "api/cluster/clusters.h"
#include "api/stored_only.h"
#include "builders/step_fixture.h"

namespace ecsmi {
namespace {

using testing::ApiWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Parse;
using ::testing::SizeIs;
namespace pb = ::ecsmi::ecs::v1;

constexpr char kRoot[] = "arn:aws:iam::000000000000:root";
constexpr char kUser[] = "arn:aws:iam::000000000000:user/ann";

class AccountSettingsTest : public ::testing::Test {
 protected:
  // "name=value" of each, with whose it is when it is not the root user's.
  std::vector<std::string> List(const std::string& request) {
    const auto response = world_.Call(api::CheckListAccountSettings, api::ListAccountSettings, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> found;
    if (!response.ok()) return found;
    for (const pb::Setting& each : response->settings()) {
      found.push_back(pb::SettingName::Value_Name(each.name()) + "=" + each.value() +
                      (each.principal_arn() == kRoot ? "" : " " + each.principal_arn()));
    }
    token_ = response->next_token();
    return found;
  }
  pb::Setting Put(const std::string& request) {
    const auto response = world_.Call(api::CheckPutAccountSetting, api::PutAccountSetting, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->setting() : pb::Setting();
  }
  pb::Setting PutDefault(const std::string& request) {
    const auto response = world_.Call(api::CheckPutAccountSettingDefault, api::PutAccountSettingDefault, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->setting() : pb::Setting();
  }
  pb::Setting Delete(const std::string& request) {
    const auto response = world_.Call(api::CheckDeleteAccountSetting, api::DeleteAccountSetting, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->setting() : pb::Setting();
  }

  ApiWorld world_;
  std::string token_;
};

TEST_F(AccountSettingsTest, AreAwsDefaultsUntilSomebodyPutsThem) {
  EXPECT_THAT(List(""), IsEmpty());
  EXPECT_THAT(
      List("effective_settings: true"),
      ElementsAre("awsvpcTrunking=disabled", "containerInsights=disabled", "containerInstanceLongArnFormat=enabled",
                  "defaultLogDriverMode=non-blocking", "fargateEventWindows=disabled", "fargateFIPSMode=disabled",
                  "fargateTaskRetirementWaitPeriod=7", "guardDutyActivate=off", "serviceLongArnFormat=enabled",
                  "tagResourceAuthorization=on"));
  ASSERT_FALSE(token_.empty());  // H21: ten a page
  EXPECT_THAT(List("effective_settings: true next_token: '" + token_ + "'"), ElementsAre("taskLongArnFormat=enabled"));
  EXPECT_TRUE(token_.empty());
}

TEST_F(AccountSettingsTest, TheRootUsersHoldForAllWhoHaveNoneOfTheirOwn) {
  const pb::Setting made = PutDefault("name: containerInsights value: 'enhanced'");
  EXPECT_EQ(made.principal_arn(), kRoot);
  EXPECT_EQ(made.value(), "enhanced");
  EXPECT_EQ(made.type(), pb::SettingType::user);
  const std::string user = " principal_arn: '" + std::string(kUser) + "'";
  EXPECT_THAT(List(""), ElementsAre("containerInsights=enhanced"));
  EXPECT_THAT(List(user), IsEmpty());
  EXPECT_THAT(List("effective_settings: true name: containerInsights" + user),
              ElementsAre("containerInsights=enhanced"));
  EXPECT_EQ(Put("name: containerInsights value: 'disabled'" + user).principal_arn(), kUser);
  EXPECT_THAT(List(user), ElementsAre("containerInsights=disabled " + std::string(kUser)));
  EXPECT_THAT(List("effective_settings: true name: containerInsights" + user),
              ElementsAre("containerInsights=disabled " + std::string(kUser)));
  EXPECT_EQ(Delete("name: containerInsights" + user).value(), "enhanced");
  EXPECT_EQ(Delete("name: containerInsights").value(), "disabled");
  EXPECT_THAT(List(""), IsEmpty());
}

TEST_F(AccountSettingsTest, AreFilteredByNameAndValue) {
  EXPECT_THAT(List("effective_settings: true name: tagResourceAuthorization value: 'on'"), SizeIs(1));
  EXPECT_THAT(List("effective_settings: true name: tagResourceAuthorization value: 'off'"), IsEmpty());
  Put("name: fargateTaskRetirementWaitPeriod value: '14'");
  EXPECT_THAT(List("name: fargateTaskRetirementWaitPeriod value: '14'"), SizeIs(1));
  EXPECT_THAT(List("name: awsvpcTrunking"), IsEmpty());
  EXPECT_THAT(List("effective_settings: true max_results: 2"), SizeIs(2));
}

TEST_F(AccountSettingsTest, BelongToARegion) {
  Put("name: containerInsights value: 'enabled'");
  world_.context.region = "eu-west-1";
  EXPECT_THAT(List(""), IsEmpty());
}

TEST_F(AccountSettingsTest, ContainerInsightsIsTheDefaultOfNewClusters) {
  const auto insights = [&](const std::string& name, const std::string& rest = "") {
    const auto made = world_.Call(api::CheckCreateCluster, api::CreateCluster, "cluster_name: '" + name + "' " + rest);
    return made.ok() ? made->cluster().settings(0).value() : std::string(made.status().message());
  };
  EXPECT_EQ(insights("before"), "disabled");
  Put("name: containerInsights value: 'enhanced'");
  EXPECT_EQ(insights("after"), "enhanced");
  EXPECT_EQ(insights("own", "settings {name: containerInsights value: 'enabled'}"), "enabled");
}

TEST_F(AccountSettingsTest, ThatNothingActsOnAreNamed) {
  EXPECT_THAT(api::FindStoredOnly(Parse<pb::PutAccountSettingRequest>("name: awsvpcTrunking value: 'enabled'")).fields,
              ElementsAre("value"));
  EXPECT_THAT(
      api::FindStoredOnly(Parse<pb::PutAccountSettingDefaultRequest>("name: defaultLogDriverMode value: 'blocking'"))
          .fields,
      ElementsAre("value"));
  for (const char* name : {"containerInsights", "taskLongArnFormat"}) {
    const std::string request = std::string("name: ") + name + " value: 'enabled'";
    EXPECT_THAT(api::FindStoredOnly(Parse<pb::PutAccountSettingRequest>(request)).fields, IsEmpty()) << name;
  }
}

TEST_F(AccountSettingsTest, RefuseBadInput) {
  const std::string good = "name: containerInsights value: 'enabled' ";
  world_.ExpectRefused(
      api::CheckPutAccountSetting, api::PutAccountSetting,
      {{"value: 'enabled'", "InvalidParameterException", {"name"}},
       {"name: 99 value: 'enabled'", "InvalidParameterException", {"99 should be one of [awsvpcTrunking, "}},
       {"name: containerInsights", "InvalidParameterException", {"containerInsights", "[enabled, disabled, enhanced]"}},
       {"name: fargateTaskRetirementWaitPeriod value: '8'", "InvalidParameterException", {"'8'", "[0, 7, 14]"}},
       {"name: guardDutyActivate value: 'on'", "InvalidParameterException", {"guardDutyActivate", "managed by AWS"}},
       {"name: serviceLongArnFormat value: 'disabled'", "InvalidParameterException", {"#account-settings"}},
       {good + "principal_arn: 'ann'", "InvalidParameterException", {"principalArn", "'ann'"}},
       {good + "principal_arn: 'arn:aws:iam::999999999999:user/ann'", "InvalidParameterException", {"000000000000"}}});
  world_.ExpectRefused(api::CheckPutAccountSettingDefault, api::PutAccountSettingDefault,
                       {{"", "InvalidParameterException", {"name"}},
                        {"name: awsvpcTrunking value: 'on'", "InvalidParameterException", {"'on'"}}});
  world_.ExpectRefused(api::CheckDeleteAccountSetting, api::DeleteAccountSetting,
                       {{"", "InvalidParameterException", {"name"}},
                        {"name: guardDutyActivate", "InvalidParameterException", {"managed by AWS"}}});
  world_.ExpectRefused(api::CheckListAccountSettings, api::ListAccountSettings,
                       {{"value: 'on'", "InvalidParameterException", {"value", "name"}},
                        {"max_results: 11", "InvalidParameterException", {"maxResults", "11"}},
                        {"max_results: 0", "InvalidParameterException", {"maxResults"}},
                        {"next_token: 'x'", "InvalidParameterException", {"Invalid token"}},
                        {"principal_arn: 'x'", "InvalidParameterException", {"principalArn"}}});
}

}  // namespace
}  // namespace ecsmi
