#include <string>

#include "api/cluster/clusters.h"
#include "api/service/services.h"
#include "builders/step_fixture.h"

namespace ecsmi {
namespace {

using testing::ApiWorld;
using ::testing::IsEmpty;
namespace pb = ::ecsmi::ecs::v1;

class UpdateClusterTest : public ::testing::Test {
 protected:
  UpdateClusterTest() {
    EXPECT_TRUE(world_.Call(api::CheckCreateCluster, api::CreateCluster, "cluster_name: 'c' tags {key: 'k'}").ok());
  }
  pb::Cluster Update(const std::string& request) {
    const auto response = world_.Call(api::CheckUpdateCluster, api::UpdateCluster, "cluster: 'c' " + request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->cluster() : pb::Cluster();
  }
  absl::Status ListServices(const std::string& request) {
    return world_.Call(api::CheckListServicesByNamespace, api::ListServicesByNamespace, request).status();
  }

  ApiWorld world_;
};

TEST_F(UpdateClusterTest, ReplacesWhatIsGivenAndKeepsTheRest) {
  pb::Cluster shown =
      Update("configuration {execute_command_configuration {logging: NONE}} service_connect_defaults {namespace: 'n'}");
  EXPECT_EQ(shown.configuration().execute_command_configuration().logging(), pb::ExecuteCommandLogging::NONE);
  EXPECT_EQ(shown.service_connect_defaults().namespace_(), "n");
  EXPECT_EQ(shown.settings(0).value(), "disabled");
  shown = Update("settings {name: containerInsights value: 'enhanced'}");
  ASSERT_EQ(shown.settings_size(), 1);
  EXPECT_EQ(shown.settings(0).value(), "enhanced");
  EXPECT_EQ(shown.service_connect_defaults().namespace_(), "n");
  EXPECT_EQ(shown.configuration().execute_command_configuration().logging(), pb::ExecuteCommandLogging::NONE);
  EXPECT_EQ(shown.tags(0).key(), "k");
  EXPECT_FALSE(Update("service_connect_defaults {namespace: ''}").has_service_connect_defaults());
}

TEST_F(UpdateClusterTest, SettingsHaveACallOfTheirOwn) {
  const auto response = world_.Call(api::CheckUpdateClusterSettings, api::UpdateClusterSettings,
                                    "cluster: 'c' settings {name: containerInsights value: 'enabled'}");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->cluster().settings(0).value(), "enabled");
}

// Namespaces come into being with clusters that name them; no service is in one, since Service Connect is refused.
TEST_F(UpdateClusterTest, ANamespaceIsKnownByItsClustersAndHoldsNoService) {
  EXPECT_EQ(testing::ExceptionName(ListServices("namespace: 'n'")), "NamespaceNotFoundException");
  Update("service_connect_defaults {namespace: 'n'}");
  const auto response =
      world_.Call(api::CheckListServicesByNamespace, api::ListServicesByNamespace, std::string("namespace: 'n'"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->service_arns(), IsEmpty());
  world_.ExpectRefused(api::CheckListServicesByNamespace, api::ListServicesByNamespace,
                       {{"", "InvalidParameterException", {"namespace"}},
                        {"namespace: 'n' max_results: 101", "InvalidParameterException", {"maxResults", "101"}},
                        {"namespace: 'n' next_token: 'x'", "InvalidParameterException", {"Invalid token"}},
                        {"namespace: 'other'", "NamespaceNotFoundException", {"'other'"}}});
}

TEST_F(UpdateClusterTest, RefusesBadInput) {
  world_.ExpectRefused(api::CheckUpdateCluster, api::UpdateCluster,
                       {{"", "InvalidParameterException", {"cluster"}},
                        {"cluster: 'nope'", "ClusterNotFoundException", {"Cluster not found."}},
                        {"cluster: 'c' settings {name: containerInsights value: 'x'}",
                         "InvalidParameterException",
                         {"settings[0]", "'x'"}},
                        {"cluster: 'c' settings {value: 'enabled'}", "InvalidParameterException", {"settings[0].name"}},
                        {"cluster: 'c' configuration {execute_command_configuration {logging: OVERRIDE}}",
                         "InvalidParameterException",
                         {"logConfiguration"}}});
  world_.ExpectRefused(
      api::CheckUpdateClusterSettings, api::UpdateClusterSettings,
      {{"cluster: 'c'", "InvalidParameterException", {"settings"}},
       {"settings {name: containerInsights value: 'enabled'}", "InvalidParameterException", {"cluster"}},
       {"cluster: 'c' settings {name: containerInsights value: ''}",
        "InvalidParameterException",
        {"settings[0].value"}}});
}

}  // namespace
}  // namespace ecsmi
