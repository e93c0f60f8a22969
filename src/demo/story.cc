#include "demo/story.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/status.h"

namespace ecsmi::demo {
namespace {

constexpr int kBatchMax = 10;  // entries of one SendMessageBatch

// A step policy and the alarm that triggers it.
absl::Status AddRule(Client& client, const Stage& stage, const std::string& name, const std::string& steps,
                     const std::string& condition) {
  const std::string target = absl::StrCat(R"("ServiceNamespace": "ecs", "ScalableDimension": "ecs_service_DesiredCount",
      "ResourceId": "service/)",
                                          stage.cluster, "/", stage.service, "\"");
  ECSMI_ASSIGN_OR_RETURN(
      const aas::PutScalingPolicyResponse policy,
      Client::Call(*client.autoscaling, &aas::ApplicationAutoScalingService::Stub::PutScalingPolicy,
                   absl::StrCat(R"({"PolicyName": ")", name, R"(", "PolicyType": "StepScaling", )", target, R"(,
          "StepScalingPolicyConfiguration": {"AdjustmentType": "ExactCapacity", "Cooldown": 60,
            "MetricAggregationType": "Maximum", "StepAdjustments": )",
                                steps, "}}")));
  return Client::Call(*client.cloudwatch, &cw::CloudWatchService::Stub::PutMetricAlarm,
                      absl::StrCat(R"({"AlarmName": ")", name, R"(", "Namespace": "AWS/SQS",
          "MetricName": "ApproximateNumberOfMessagesVisible", "Statistic": "Maximum", "Period": 60,
          "Dimensions": [{"Name": "QueueName", "Value": "jobs"}], )",
                                   condition, R"(, "AlarmActions": [")", policy.policy_arn(), R"("]})"))
      .status();
}

}  // namespace

std::string GpuRequirements() {
  return R"({"vCpuCount": {"min": 4}, "memoryMiB": {"min": 16384}, "acceleratorTypes": ["gpu"],
             "acceleratorManufacturers": ["nvidia"], "acceleratorCount": {"min": 1, "max": 1}})";
}

absl::StatusOr<Stage> SetUp(Client& client) {
  Stage stage;
  using Ecs = ecs::EcsService::Stub;
  ECSMI_ASSIGN_OR_RETURN(const sqs::CreateQueueResponse queue,
                         Client::Call(*client.sqs, &sqs::SqsService::Stub::CreateQueue,
                                      R"({"QueueName": "jobs", "Attributes": {"VisibilityTimeout": "120"}})"));
  stage.queue_url = queue.queue_url();

  ECSMI_RETURN_IF_ERROR(Client::Call(*client.ecs, &Ecs::CreateCluster, R"({"clusterName": "transcription"})").status());
  ECSMI_RETURN_IF_ERROR(
      Client::Call(*client.ecs, &Ecs::CreateCapacityProvider,
                   absl::StrCat(R"({"name": "gpu", "cluster": "transcription", "managedInstancesProvider": {
          "infrastructureRoleArn": "arn:aws:iam::000000000000:role/ecsInfrastructureRole",
          "infrastructureOptimization": {"scaleInAfter": 60},
          "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "arn:aws:iam::000000000000:instance-profile/ecsInstanceRole",
            "networkConfiguration": {"subnets": ["subnet-0000000a", "subnet-0000000b"],
                                     "securityGroups": ["sg-0000000a"]},
            "instanceRequirements": )",
                                GpuRequirements(), "}}}"))
          .status());
  // The provider becomes ACTIVE a few seconds after its creation.
  ECSMI_RETURN_IF_ERROR(
      Client::Call(*client.emulator, &emu::EmulatorService::Stub::AdvanceClock, R"({"by": "10s"})").status());

  ECSMI_RETURN_IF_ERROR(Client::Call(*client.ecs, &Ecs::RegisterTaskDefinition,
                                     R"json({"family": "transcriber", "networkMode": "awsvpc",
          "requiresCompatibilities": ["MANAGED_INSTANCES"], "cpu": "4096", "memory": "8192",
          "containerDefinitions": [{"name": "worker", "image": "example/transcriber:1", "essential": true,
            "resourceRequirements": [{"type": "GPU", "value": "1"}],
            "dockerLabels": {"ecsmi.queue": "jobs", "ecsmi.seconds-per-message": "lognormal(25,0.3)"}}]})json")
                            .status());
  ECSMI_RETURN_IF_ERROR(Client::Call(*client.ecs, &Ecs::CreateService,
                                     R"({"cluster": "transcription", "serviceName": "transcriber",
          "taskDefinition": "transcriber", "desiredCount": 0,
          "capacityProviderStrategy": [{"capacityProvider": "gpu", "weight": 1}],
          "deploymentConfiguration": {"minimumHealthyPercent": 0, "maximumPercent": 100},
          "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0000000a", "subnet-0000000b"],
                                                           "securityGroups": ["sg-0000000a"]}}})")
                            .status());
  ECSMI_RETURN_IF_ERROR(Client::Call(*client.autoscaling,
                                     &aas::ApplicationAutoScalingService::Stub::RegisterScalableTarget,
                                     R"({"ServiceNamespace": "ecs", "ScalableDimension": "ecs_service_DesiredCount",
                       "ResourceId": "service/transcription/transcriber", "MinCapacity": 0, "MaxCapacity": 4})")
                            .status());
  // Bounds are offsets from the threshold, which is one message.
  ECSMI_RETURN_IF_ERROR(
      AddRule(client, stage, "backlog",
              R"([{"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
          {"MetricIntervalLowerBound": 10, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 2},
          {"MetricIntervalLowerBound": 20, "MetricIntervalUpperBound": 30, "ScalingAdjustment": 3},
          {"MetricIntervalLowerBound": 30, "ScalingAdjustment": 4}])",
              R"("EvaluationPeriods": 1, "Threshold": 1,
          "ComparisonOperator": "GreaterThanOrEqualToThreshold")"));
  // Three empty minutes: a message in flight is not visible, and the task that works on it must not be stopped.
  ECSMI_RETURN_IF_ERROR(AddRule(client, stage, "empty", R"([{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 0}])",
                                R"("EvaluationPeriods": 3, "Threshold": 0,
          "ComparisonOperator": "LessThanOrEqualToThreshold")"));
  return stage;
}

absl::Status SendMessages(Client& client, const Stage& stage) {
  for (int sent = 0; sent < kMessages; sent += kBatchMax) {
    std::string entries;
    for (int i = sent; i < std::min(sent + kBatchMax, kMessages); ++i) {
      absl::StrAppend(&entries, entries.empty() ? "" : ", ", R"({"Id": ")", i, R"(", "MessageBody": "s3://talks/)", i,
                      R"(.mp3"})");
    }
    ECSMI_ASSIGN_OR_RETURN(
        const sqs::SendMessageBatchResponse answer,
        Client::Call(*client.sqs, &sqs::SqsService::Stub::SendMessageBatch,
                     absl::StrCat(R"({"QueueUrl": ")", stage.queue_url, R"(", "Entries": [)", entries, "]}")));
    if (!answer.failed().empty()) return absl::InternalError(answer.failed(0).message());
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::demo
