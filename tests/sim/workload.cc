#include "sim/workload.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/autoscaling/v1/application_auto_scaling_service.pb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/cloudwatch/v1/cloudwatch_service.pb.h"
#include "ecsmi/ecs/v1/ecs_service.pb.h"
#include "ecsmi/emulator/v1/emulator_service.pb.h"
#include "ecsmi/sqs/v1/sqs_service.pb.h"

namespace ecsmi::sim {
namespace {

namespace ecs = ::ecsmi::ecs::v1;
namespace sqs = ::ecsmi::sqs::v1;
namespace cw = ::ecsmi::cloudwatch::v1;
namespace aas = ::ecsmi::autoscaling::v1;
namespace emu = ::ecsmi::emulator::v1;

constexpr std::int64_t kRetentionMs = 3'600'000;  // of a stopped task (C47)
constexpr int kDescribeMax = 100;

std::string Provider(const std::string& name, const std::string& subnets, int scale_in_after) {
  return absl::StrCat(R"({"name": ")", name, R"(", "cluster": "c", "managedInstancesProvider": {
      "infrastructureRoleArn": "arn:aws:iam::000000000000:role/ecsInfrastructureRole",
      "infrastructureOptimization": {"scaleInAfter": )",
                      scale_in_after, R"(}, "instanceLaunchTemplate": {
      "ec2InstanceProfileArn": "arn:aws:iam::000000000000:instance-profile/ecsInstanceRole",
      "networkConfiguration": {"subnets": [)",
                      subnets, R"(], "securityGroups": ["sg-0000000a"]}}}})");
}

std::string Definition(const std::string& family, int cpu, int memory, const std::string& labels) {
  return absl::StrCat(R"({"family": ")", family, R"(", "networkMode": "awsvpc", "cpu": ")", cpu, R"(", "memory": ")",
                      memory, R"(", "requiresCompatibilities": ["MANAGED_INSTANCES"], "containerDefinitions": [
                      {"name": "main", "image": "example/app:1", "dockerLabels": {)",
                      labels, "}}]}");
}

}  // namespace

absl::Status Workload::Accept(const absl::Status& status) {
  if (status.ok()) return status;
  // What carries no AWS exception, or ServerException, is our fault.
  const bool ours = api::ExceptionOf(status).exception == api::AwsException::kServer;
  if (ours && !tolerant_) return status;
  ++refused_;
  return absl::OkStatus();
}

template <typename Response>
absl::StatusOr<Response> Workload::Call(const std::string& rpc, const std::string& json) {
  ++calls_;
  return client_.Call<Response>(rpc, json);
}

std::string Workload::Network() const {
  return R"("networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0000000a"]}})";
}

absl::Status Workload::SetUp() {
  ECSMI_RETURN_IF_ERROR(Call<ecs::CreateClusterResponse>("CreateCluster", R"({"clusterName": "c"})").status());
  const std::vector<int> waits = {-1, 0, 60, 300};
  ECSMI_RETURN_IF_ERROR(
      Call<ecs::CreateCapacityProviderResponse>("CreateCapacityProvider",
                                                Provider("one", R"("subnet-0000000a")", waits[1 + chance_.Below(3)]))
          .status());
  ECSMI_RETURN_IF_ERROR(
      Call<ecs::CreateCapacityProviderResponse>(
          "CreateCapacityProvider",
          Provider("three", R"("subnet-0000000a", "subnet-0000000b", "subnet-0000000c")", waits[1 + chance_.Below(3)]))
          .status());
  ECSMI_RETURN_IF_ERROR(Advance(30'000));
  ECSMI_RETURN_IF_ERROR(RegisterAgain());
  ECSMI_ASSIGN_OR_RETURN(const sqs::CreateQueueResponse queue,
                         Call<sqs::CreateQueueResponse>(
                             "CreateQueue", R"({"QueueName": "jobs", "Attributes": {"VisibilityTimeout": "90"}})"));
  queue_url_ = queue.queue_url();
  const std::vector<std::string> bounds = {R"("minimumHealthyPercent": 100, "maximumPercent": 200)",
                                           R"("minimumHealthyPercent": 50, "maximumPercent": 100)",
                                           R"("minimumHealthyPercent": 0, "maximumPercent": 100)"};
  for (int i = 0; i < 3; ++i) {
    const std::string name = absl::StrCat("web-", i);
    const int desired = static_cast<int>(chance_.Below(5));
    const bool distinct = chance_.OneIn(3);
    ECSMI_RETURN_IF_ERROR(
        Call<ecs::CreateServiceResponse>(
            "CreateService",
            absl::StrCat(R"({"cluster": "c", "serviceName": ")", name, R"(", "taskDefinition": ")",
                         families_[chance_.Below(2)], R"(", "desiredCount": )", desired,
                         R"(, "capacityProviderStrategy": [{"capacityProvider": "one", "weight": 1},
                              {"capacityProvider": "three", "weight": 2}], "deploymentConfiguration": {)",
                         bounds[static_cast<std::size_t>(i)], "}, ",
                         distinct ? R"("placementConstraints": [{"type": "distinctInstance"}], )" : "", Network(), "}"))
            .status());
    services_.push_back(name);
    acknowledged_.desired[name] = desired;
  }
  // A service scaled by its queue: 1 message → 1 task, 10 → 3; empty for a while → 0.
  ECSMI_RETURN_IF_ERROR(
      Call<ecs::RegisterTaskDefinitionResponse>(
          "RegisterTaskDefinition",
          Definition("worker", 512, 1024,
                     R"json("ecsmi.queue": "jobs", "ecsmi.seconds-per-message": "uniform(5,20)")json"))
          .status());
  ECSMI_RETURN_IF_ERROR(
      Call<ecs::CreateServiceResponse>(
          "CreateService", absl::StrCat(R"({"cluster": "c", "serviceName": "workers", "taskDefinition": "worker",
              "desiredCount": 0, "capacityProviderStrategy": [{"capacityProvider": "three", "weight": 1}], )",
                                        Network(), "}"))
          .status());
  const std::string target =
      R"("ServiceNamespace": "ecs", "ScalableDimension": "ecs_service_DesiredCount", "ResourceId": "service/c/workers")";
  ECSMI_RETURN_IF_ERROR(
      Call<aas::RegisterScalableTargetResponse>("RegisterScalableTarget",
                                                absl::StrCat("{", target, R"(, "MinCapacity": 0, "MaxCapacity": 3})"))
          .status());
  const auto rule = [&](const std::string& name, const std::string& steps,
                        const std::string& condition) -> absl::Status {
    ECSMI_ASSIGN_OR_RETURN(
        const aas::PutScalingPolicyResponse policy,
        Call<aas::PutScalingPolicyResponse>("PutScalingPolicy", absl::StrCat("{", target, R"(, "PolicyName": ")", name,
                                                                             R"(", "PolicyType": "StepScaling",
                "StepScalingPolicyConfiguration": {"AdjustmentType": "ExactCapacity", "Cooldown": 60, "StepAdjustments": )",
                                                                             steps, "}}")));
    return Call<cw::PutMetricAlarmResponse>(
               "PutMetricAlarm", absl::StrCat(R"({"AlarmName": ")", name,
                                              R"(", "Namespace": "AWS/SQS", "Statistic": "Maximum", "Period": 60,
                   "MetricName": "ApproximateNumberOfMessagesVisible",
                   "Dimensions": [{"Name": "QueueName", "Value": "jobs"}], )",
                                              condition, R"(, "AlarmActions": [")", policy.policy_arn(), R"("]})"))
        .status();
  };
  ECSMI_RETURN_IF_ERROR(
      rule("busy", R"([{"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 9, "ScalingAdjustment": 1},
                             {"MetricIntervalLowerBound": 9, "ScalingAdjustment": 3}])",
           R"("EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold")"));
  return rule("idle", R"([{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 0}])",
              R"("EvaluationPeriods": 3, "Threshold": 0, "ComparisonOperator": "LessThanOrEqualToThreshold")");
}

absl::Status Workload::RegisterAgain() {
  const std::vector<std::string> definitions = {
      Definition("small", 256, 512, ""), Definition("medium", 2048, 3072, ""),
      Definition("brief", 512, 2048, R"json("ecsmi.run-seconds": "exp(90)", "ecsmi.exit-code": "1")json"),
      Definition("failing", 256, 256, R"json("ecsmi.fail": "pull")json")};
  for (const std::string& definition : definitions) {
    ECSMI_RETURN_IF_ERROR(
        Accept(Call<ecs::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", definition).status()));
  }
  return absl::OkStatus();
}

std::int64_t Workload::Now() {
  const auto clock = client_.Call<emu::GetClockResponse>("GetClock", "{}");
  ECSMI_CHECK(clock.ok());
  return clock->clock().now().seconds() * 1000 + clock->clock().now().nanos() / 1'000'000;
}

absl::Status Workload::Advance(std::int64_t ms) {
  return Accept(
      Call<emu::AdvanceClockResponse>(
          "AdvanceClock", absl::StrCat(R"({"by": ")", ms / 1000, ".", absl::Dec(ms % 1000, absl::kZeroPad3), "s\"}"))
          .status());
}

absl::Status Workload::RunTasks() {
  const std::int64_t count = chance_.Between(1, 6);
  const std::string options = chance_.OneIn(6)   ? R"(, "placementConstraints": [{"type": "distinctInstance"}])"
                              : chance_.OneIn(8) ? R"(, "tags": [{"key": "ecsmi:isolation", "value": "task"}])"
                                                 : "";
  const std::string request =
      absl::StrCat(R"({"cluster": "c", "taskDefinition": ")", chance_.Pick(families_), R"(", "count": )", count,
                   R"(, "clientToken": "t)", ++token_, R"(", "capacityProviderStrategy": [{"capacityProvider": ")",
                   chance_.OneIn(2) ? "one" : "three", R"(", "weight": 1}])", options, ", ", Network(), "}");
  const std::int64_t now = Now();
  auto made = Call<ecs::RunTaskResponse>("RunTask", request);
  // A reply can be lost: the same token must then give the same tasks (C64).
  if (made.ok() && chance_.OneIn(4)) {
    const auto again = Call<ecs::RunTaskResponse>("RunTask", request);
    for (int i = 0; again.ok() && i < made->tasks_size(); ++i) {
      if (again->tasks_size() != made->tasks_size() || again->tasks(i).task_arn() != made->tasks(i).task_arn()) {
        return absl::InternalError("RunTask: a repeated clientToken got other tasks");
      }
    }
  }
  if (!made.ok()) return Accept(made.status());
  if (made->tasks_size() != count) return absl::InternalError("RunTask: not as many tasks as asked for");
  for (const auto& task : made->tasks()) {
    if (!acknowledged_.tasks.emplace(task.task_arn(), now).second) return absl::InternalError("RunTask: an ARN twice");
  }
  return absl::OkStatus();
}

absl::Status Workload::StopATask() {
  if (acknowledged_.tasks.empty()) return absl::OkStatus();
  auto task = acknowledged_.tasks.begin();
  std::advance(task, static_cast<std::ptrdiff_t>(chance_.Below(acknowledged_.tasks.size())));
  return StopTask(task->first, task->second);
}

absl::Status Workload::StopTask(const std::string& arn, std::int64_t since) {
  const absl::Status status =
      Call<ecs::StopTaskResponse>("StopTask", absl::StrCat(R"({"cluster": "c", "task": ")", arn, "\"}")).status();
  // While the disk failed nobody could look whether its hour was over.
  if (absl::IsInvalidArgument(status) && Now() - since >= kRetentionMs) return absl::OkStatus();
  return Accept(status);
}

absl::Status Workload::UpdateAService() {
  const std::string& name = chance_.Pick(services_);
  std::string change;
  int desired = acknowledged_.desired[name];
  if (chance_.OneIn(3)) {
    change = absl::StrCat(R"("taskDefinition": ")", families_[chance_.Below(2)], R"(", "forceNewDeployment": true)");
  } else {
    desired = static_cast<int>(chance_.Below(8));
    change = absl::StrCat(R"("desiredCount": )", desired);
  }
  const absl::Status status =
      Call<ecs::UpdateServiceResponse>("UpdateService",
                                       absl::StrCat(R"({"cluster": "c", "service": ")", name, "\", ", change, "}"))
          .status();
  if (status.ok()) acknowledged_.desired[name] = desired;
  return Accept(status);
}

absl::Status Workload::Send() {
  const std::int64_t count = chance_.Between(1, 10);
  std::vector<std::string> entries;
  for (std::int64_t i = 0; i < count; ++i) {
    entries.push_back(absl::StrCat(R"({"Id": "m)", i, R"(", "MessageBody": "body )", acknowledged_.sent + i,
                                   R"(", "DelaySeconds": )", chance_.OneIn(4) ? chance_.Below(60) : 0, "}"));
  }
  const auto sent = Call<sqs::SendMessageBatchResponse>(
      "SendMessageBatch",
      absl::StrCat(R"({"QueueUrl": ")", queue_url_, R"(", "Entries": [)", absl::StrJoin(entries, ", "), "]}"));
  if (!sent.ok()) return Accept(sent.status());
  acknowledged_.sent += sent->successful_size();
  return absl::OkStatus();
}

absl::Status Workload::ReceiveAndDelete() {
  const auto received = Call<sqs::ReceiveMessageResponse>(
      "ReceiveMessage", absl::StrCat(R"({"QueueUrl": ")", queue_url_, R"(", "MaxNumberOfMessages": )",
                                     chance_.Between(1, 10), R"(, "WaitTimeSeconds": 0})"));
  if (!received.ok()) return Accept(received.status());
  for (const auto& message : received->messages()) {
    if (chance_.OneIn(3)) continue;  // forgotten: it comes back
    const absl::Status status =
        Call<sqs::DeleteMessageResponse>(
            "DeleteMessage",
            absl::StrCat(R"({"QueueUrl": ")", queue_url_, R"(", "ReceiptHandle": ")", message.receipt_handle(), "\"}"))
            .status();
    if (status.ok()) ++acknowledged_.deleted;
    ECSMI_RETURN_IF_ERROR(Accept(status));
  }
  return absl::OkStatus();
}

absl::Status Workload::Act() {
  switch (chance_.Below(14)) {
    case 0:
    case 1:
    case 2:
      return RunTasks();
    case 3:
      return StopATask();
    case 4:
    case 5:
      return UpdateAService();
    case 6:
      return Send();
    case 7:
      return ReceiveAndDelete();
    case 8:
      return chance_.OneIn(5) ? RegisterAgain() : absl::OkStatus();
    case 9:
      return Advance(chance_.Between(1, 999));
    default:
      return Advance(chance_.Between(1'000, 90'000));
  }
}

absl::Status Workload::CheckAcknowledged() {
  const std::int64_t now = Now();
  std::vector<std::string> arns;
  for (const auto& [arn, since] : acknowledged_.tasks) arns.push_back(arn);
  std::set<std::string> seen;
  for (std::size_t at = 0; at < arns.size(); at += kDescribeMax) {
    const std::vector<std::string> page(
        arns.begin() + static_cast<std::ptrdiff_t>(at),
        arns.begin() + static_cast<std::ptrdiff_t>(std::min(at + kDescribeMax, arns.size())));
    const auto described = Call<ecs::DescribeTasksResponse>(
        "DescribeTasks", absl::StrCat(R"({"cluster": "c", "tasks": [")", absl::StrJoin(page, "\", \""), "\"]}"));
    if (!described.ok()) return Accept(described.status());
    for (const auto& task : described->tasks()) {
      if (!seen.insert(task.task_arn()).second) return absl::InternalError("DescribeTasks: a task twice");
    }
  }
  for (const std::string& arn : arns) {
    if (seen.contains(arn)) continue;
    if (now - acknowledged_.tasks[arn] < kRetentionMs) {
      return absl::InternalError(absl::StrCat("an acknowledged task is lost: ", arn));
    }
    acknowledged_.tasks.erase(arn);  // stopped, and its hour is over
  }
  const auto services = Call<ecs::DescribeServicesResponse>(
      "DescribeServices",
      absl::StrCat(R"({"cluster": "c", "services": [")", absl::StrJoin(services_, "\", \""), "\"]}"));
  if (!services.ok()) return Accept(services.status());
  for (const auto& service : services->services()) {
    if (service.desired_count() != acknowledged_.desired[service.service_name()]) {
      return absl::InternalError(absl::StrCat("service ", service.service_name(), " has desired count ",
                                              service.desired_count(), ", not the acknowledged ",
                                              acknowledged_.desired[service.service_name()]));
    }
  }
  return absl::OkStatus();
}

absl::Status Workload::Quiet() {
  for (const std::string& name : services_) {
    ECSMI_RETURN_IF_ERROR(
        Call<ecs::UpdateServiceResponse>(
            "UpdateService", absl::StrCat(R"({"cluster": "c", "service": ")", name, R"(", "desiredCount": 0})"))
            .status());
    acknowledged_.desired[name] = 0;
  }
  for (const auto& [arn, since] : acknowledged_.tasks) {
    ECSMI_RETURN_IF_ERROR(StopTask(arn, since));
  }
  return absl::OkStatus();
}

absl::Status Workload::CheckBill() {
  constexpr std::int64_t kMinMs = 60'000;
  const absl::int128 per_micro_usd = absl::int128(3'600'000'000);
  const auto ms = [](const google::protobuf::Timestamp& t) { return t.seconds() * 1000 + t.nanos() / 1'000'000; };
  const std::int64_t now = Now();
  absl::int128 sum = 0;
  std::string token;
  do {
    ECSMI_ASSIGN_OR_RETURN(const emu::ListUsageResponse page,
                           Call<emu::ListUsageResponse>(
                               "ListUsage", token.empty() ? "{}" : absl::StrCat(R"({"nextToken": ")", token, "\"}")));
    for (const auto& interval : page.intervals()) {
      const std::int64_t ran = (interval.has_ended_at() ? ms(interval.ended_at()) : now) - ms(interval.started_at());
      sum += absl::int128(std::max(ran, kMinMs)) *
             (interval.on_demand_nano_usd_per_hour() + interval.fee_nano_usd_per_hour());
    }
    token = page.next_token();
  } while (!token.empty());
  for (const char* grouping : {"CLUSTER", "SERVICE", "CAPACITY_PROVIDER", "INSTANCE_TYPE"}) {
    ECSMI_ASSIGN_OR_RETURN(const emu::GetCostsResponse costs,
                           Call<emu::GetCostsResponse>("GetCosts", absl::StrCat(R"({"groupBy": ")", grouping, "\"}")));
    std::int64_t groups = 0;
    for (const auto& group : costs.groups()) groups += group.total_micro_usd();
    const absl::int128 off = absl::int128(costs.total().total_micro_usd()) * per_micro_usd - sum;
    if (groups != costs.total().total_micro_usd() || (off < 0 ? -off : off) * 2 > per_micro_usd) {
      return absl::InternalError(absl::StrCat("the bill by ", grouping, " is not the sum of its intervals"));
    }
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::sim
