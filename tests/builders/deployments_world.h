#pragma once

#include <string>
#include <vector>

#include "api/cloudwatch/cloudwatch.h"
#include "api/service_deployment/service_deployments.h"
#include "builders/service_world.h"

namespace ecsmi::testing {

// A world with one service "web" and helpers around its service deployments and alarms.
class DeploymentsWorld : public ServiceWorld {
 public:
  using ServiceWorld::ServiceWorld;

  void Update(const std::string& text) {
    const auto response = Call(api::CheckUpdateService, api::UpdateService, "service: 'web' " + text);
    ASSERT_TRUE(response.ok()) << response.status();
  }
  void Roll(model::Serial definition) { Update("task_definition: '" + NameOf(definition) + "'"); }
  service_pb::ListServiceDeploymentsResponse List(const std::string& more = "") {
    const auto response = Call(api::CheckListServiceDeployments, api::ListServiceDeployments, "service: 'web' " + more);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : service_pb::ListServiceDeploymentsResponse();
  }
  std::vector<std::string> Arns(const std::string& more = "") {
    std::vector<std::string> arns;
    const service_pb::ListServiceDeploymentsResponse listed = List(more);
    for (const auto& brief : listed.service_deployments()) arns.push_back(brief.service_deployment_arn());
    return arns;
  }
  // The service's `back`-th newest one.
  service_pb::ServiceDeployment Newest(int back = 0) {
    return DescribeOne(List().service_deployments(back).service_deployment_arn());
  }
  service_pb::ServiceDeployment DescribeOne(const std::string& arn) {
    const auto response = Call(api::CheckDescribeServiceDeployments, api::DescribeServiceDeployments,
                               "service_deployment_arns: '" + arn + "'");
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->service_deployments_size(), 1) << arn;
    return response->service_deployments_size() == 1 ? response->service_deployments(0)
                                                     : service_pb::ServiceDeployment();
  }
  service_pb::ServiceRevision Revision(const std::string& arn) {
    const auto response =
        Call(api::CheckDescribeServiceRevisions, api::DescribeServiceRevisions, "service_revision_arns: '" + arn + "'");
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->service_revisions_size(), 1) << arn;
    return response->service_revisions_size() == 1 ? response->service_revisions(0) : service_pb::ServiceRevision();
  }
  absl::Status Stop(const std::string& arn, const std::string& more = "") {
    return Call(api::CheckStopServiceDeployment, api::StopServiceDeployment,
                "service_deployment_arn: '" + arn + "' " + more)
        .status();
  }
  void PutAlarm(const std::string& name) {
    const auto put = Call(api::CheckPutMetricAlarm, api::PutMetricAlarm,
                          "alarm_name: '" + name +
                              "' metric_name: 'Errors' namespace: 'App' statistic: Maximum period: 60 "
                              "evaluation_periods: 2 threshold: 5 comparison_operator: GreaterThanThreshold");
    ASSERT_TRUE(put.ok()) << put.status();
  }
  void SetAlarm(const std::string& name, const std::string& state) {
    const auto set = Call(api::CheckSetAlarmState, api::SetAlarmState,
                          "alarm_name: '" + name + "' state_value: " + state + " state_reason: 'because'");
    ASSERT_TRUE(set.ok()) << set.status();
  }
};

}  // namespace ecsmi::testing
