// What AWS requires of requests, and --strict with it.
#include "api/required.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "builders/api_engine.h"
#include "google/protobuf/text_format.h"
#include "unit/api/bad_input/base_requests.h"

namespace ecsmi {
namespace {

using testing::ApiEngine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kEcs[] = "ecsmi.ecs.v1.EcsService/";
constexpr char kSqs[] = "ecsmi.sqs.v1.SqsService/";

std::vector<std::string> Missing(const std::string& operation, const std::string& text) {
  const auto request = ApiEngine::New(ApiEngine::MethodOf(operation)->input_type());
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
  return api::FindMissing(*request);
}

TEST(Required, NamesWhatIsMissingByItsPath) {
  const std::string ecs = kEcs, sqs = kSqs;
  EXPECT_THAT(Missing(ecs + "RunTask", ""), ElementsAre("taskDefinition"));
  EXPECT_THAT(Missing(ecs + "RunTask", "task_definition: ''"), IsEmpty()) << "empty is not absent";
  EXPECT_THAT(Missing(ecs + "CreateCapacityProvider", "managed_instances_provider {instance_launch_template {}}"),
              ElementsAre("name", "managedInstancesProvider.infrastructureRoleArn",
                          "managedInstancesProvider.instanceLaunchTemplate.ec2InstanceProfileArn",
                          "managedInstancesProvider.instanceLaunchTemplate.networkConfiguration"));
  // Once for all entries of a list, and in the values of maps.
  EXPECT_THAT(Missing(ecs + "RegisterTaskDefinition",
                      "family: 'f' container_definitions {secrets {name: 'a'} secrets {name: 'b'} secrets {}}"),
              ElementsAre("containerDefinitions.secrets.valueFrom", "containerDefinitions.secrets.name"));
  EXPECT_THAT(Missing(sqs + "SendMessage", "queue_url: 'q' message_attributes {key: 'k' value {string_value: 's'}}"),
              ElementsAre("MessageBody", "MessageAttributes.value.DataType"));
  EXPECT_THAT(Missing(ecs + "PutClusterCapacityProviders", "cluster: 'c'"), IsEmpty()) << "lists may be empty";
}

TEST(Required, WholeRequestsLackNothing) {
  for (const testing::BaseRequest& base : testing::BaseRequests()) {
    EXPECT_THAT(Missing(base.operation, base.text), IsEmpty()) << base.operation;
  }
}

TEST(Required, EachServiceRefusesInItsOwnException) {
  struct Case {
    const char* operation;
    const char* text;
    api::AwsException exception;
    const char* path;
  };
  for (const Case& c : {
           Case{"ecsmi.ecs.v1.EcsService/CreateService", "service_name: 'w' service_connect_configuration {}",
                api::AwsException::kInvalidParameter, "serviceConnectConfiguration.enabled"},
           Case{"ecsmi.sqs.v1.SqsService/GetQueueAttributes", "", api::AwsException::kMissingParameter, "QueueUrl"},
           Case{"ecsmi.cloudwatch.v1.CloudWatchService/DescribeAlarmsForMetric", "namespace: 'n'",
                api::AwsException::kCloudWatchMissingParameter, "MetricName"},
           Case{"ecsmi.autoscaling.v1.ApplicationAutoScalingService/DescribeScalableTargets", "",
                api::AwsException::kValidation, "ServiceNamespace"},
       }) {
    const auto request = ApiEngine::New(ApiEngine::MethodOf(c.operation)->input_type());
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(c.text, request.get())) << c.text;
    const absl::Status refused = api::RefusalOfMissing(*request);
    EXPECT_EQ(api::ExceptionOf(refused).exception, c.exception) << refused;
    EXPECT_THAT(std::string(refused.message()), HasSubstr(c.path));
    EXPECT_THAT(std::string(refused.message()), HasSubstr("(ecsmi: docs/FIDELITY.md#required-members)"));
  }
}

TEST(Required, OnlyStrictRefusesAndThenNothingChanges) {
  control::Settings settings;
  settings.strict = true;
  ApiEngine strict(settings);
  ApiEngine lenient;
  const std::string operation = std::string(kEcs) + "RegisterTaskDefinition";
  const std::string text =
      "family: 'f' requires_compatibilities: MANAGED_INSTANCES network_mode: awsvpc cpu: '256' memory: '512' "
      "container_definitions {name: 'main' image: 'i' log_configuration {}}";
  EXPECT_TRUE(lenient.Call("111122223333", operation, text).status.ok());
  const std::string before = strict.Dump("111122223333");
  const absl::Status refused = strict.Call("111122223333", operation, text).status;
  EXPECT_EQ(api::ExceptionOf(refused).exception, api::AwsException::kInvalidParameter);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("AWS requires containerDefinitions.logConfiguration.logDriver, and --strict"));
  EXPECT_EQ(strict.Dump("111122223333"), before);
  // Where AWS's own words are known they come first.
  EXPECT_EQ(strict.Call("111122223333", std::string(kSqs) + "GetQueueAttributes", "").status.message(),
            "The request must contain the parameter QueueUrl.");
}

}  // namespace
}  // namespace ecsmi
