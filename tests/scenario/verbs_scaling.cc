#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "builders/message_path.h"
#include "ecsmi/base/status.h"
#include "scenario/setters.h"
#include "scenario/verb_tables.h"

namespace ecsmi::scenario {
namespace {

using google::protobuf::Message;
using testing::GetPath;
using testing::SetPath;

// "0..:+1", "..0:-1", "0..10:2": interval from the threshold, and what to do in it.
absl::Status Step(Stage&, Message* request, const std::string& value) {
  const std::string list = "StepScalingPolicyConfiguration.StepAdjustments";
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos) return absl::InvalidArgumentError(value + " is no lower..upper:adjustment");
  const auto [lower, upper] = Ends(value.substr(0, colon));
  ECSMI_ASSIGN_OR_RETURN(const std::string at, NextOf(*request, list));
  if (!lower.empty()) ECSMI_RETURN_IF_ERROR(SetPath(request, at + "MetricIntervalLowerBound", lower));
  if (!upper.empty()) ECSMI_RETURN_IF_ERROR(SetPath(request, at + "MetricIntervalUpperBound", upper));
  return SetPath(request, at + "ScalingAdjustment", value.substr(value[colon + 1] == '+' ? colon + 2 : colon + 1));
}
std::map<std::string, Setter> AlarmOptions() {
  const auto dimension = [](const std::string& space, const std::string& name, const std::string& metric) {
    return [=](Stage&, Message* request, const std::string& value) -> absl::Status {
      ECSMI_RETURN_IF_ERROR(SetPath(request, "Namespace", space));
      ECSMI_ASSIGN_OR_RETURN(const std::string given, GetPath(*request, "MetricName"));
      if (given == "absent") ECSMI_RETURN_IF_ERROR(SetPath(request, "MetricName", metric));
      if (name == "ServiceName") {
        ECSMI_RETURN_IF_ERROR(SetPath(request, "Dimensions", "{\"Name\":\"ClusterName\",\"Value\":\"default\"}"));
      }
      return SetPath(request, "Dimensions", absl::StrCat("{\"Name\":\"", name, "\",\"Value\":\"", value, "\"}"));
    };
  };
  return {
      {"queue", dimension("AWS/SQS", "QueueName", "ApproximateNumberOfMessagesVisible")},
      {"service", dimension("AWS/ECS", "ServiceName", "CPUUtilization")},
      {"metric", To("MetricName")},
      {"namespace", To("Namespace")},
      {"when",  // ">=1"
       [](Stage&, Message* request, const std::string& value) -> absl::Status {
         const std::map<std::string, std::string> operators = {{">=", "GreaterThanOrEqualToThreshold"},
                                                               {">", "GreaterThanThreshold"},
                                                               {"<", "LessThanThreshold"},
                                                               {"<=", "LessThanOrEqualToThreshold"}};
         const std::size_t digits = value.find_first_not_of("<>=");
         const auto found = operators.find(value.substr(0, digits));
         if (found == operators.end()) return absl::InvalidArgumentError("when is an operator and a threshold: >=1");
         ECSMI_RETURN_IF_ERROR(SetPath(request, "ComparisonOperator", found->second));
         return SetPath(request, "Threshold", value.substr(digits));
       }},
      {"period", To("Period")},
      {"periods", To("EvaluationPeriods")},
      {"datapoints", To("DatapointsToAlarm")},
      {"statistic", To("Statistic")},
      {"missing", To("TreatMissingData")},
      {"policy",
       [](Stage& stage, Message* request, const std::string& value) -> absl::Status {
         ECSMI_ASSIGN_OR_RETURN(const std::string arn, stage.Expand(absl::StrCat("${policy.", value, "}")));
         return SetPath(request, "AlarmActions", arn);
       }},
  };
}
}  // namespace

VerbTable ScalingVerbs() {
  const std::string step = "StepScalingPolicyConfiguration.";
  const std::string track = "TargetTrackingScalingPolicyConfiguration.";
  const std::string customized = track + "CustomizedMetricSpecification.";
  const std::vector<std::pair<std::string, std::string>> target = {{"ServiceNamespace", "ecs"},
                                                                   {"ScalableDimension", "ecs:service:DesiredCount"}};
  return {
      {"scalable-target",
       {"RegisterScalableTarget",
        {Behind("ResourceId", "service/default/")},
        {{"min", To("MinCapacity")}, {"max", To("MaxCapacity")}},
        target,
        "",
        ""}},
      {"delete-scalable-target",
       {"DeregisterScalableTarget", {Behind("ResourceId", "service/default/")}, {}, target, "", ""}},
      {"step-policy",
       {"PutScalingPolicy",
        {To("PolicyName")},
        {{"service", Behind("ResourceId", "service/default/")},
         {"step", Step},
         {"type", To(step + "AdjustmentType")},
         {"cooldown", To(step + "Cooldown")},
         {"minimum", To(step + "MinAdjustmentMagnitude")},
         {"aggregation", To(step + "MetricAggregationType")}},
        {{"ServiceNamespace", "ecs"},
         {"ScalableDimension", "ecs:service:DesiredCount"},
         {"PolicyType", "StepScaling"},
         {step + "AdjustmentType", "ChangeInCapacity"}},
        "policy",
        "PolicyARN"}},
      {"target-tracking",
       {"PutScalingPolicy",
        {To("PolicyName")},
        {{"service", Behind("ResourceId", "service/default/")},
         {"target", To(track + "TargetValue")},
         {"out", To(track + "ScaleOutCooldown")},
         {"in", To(track + "ScaleInCooldown")},
         {"disable-scale-in", To(track + "DisableScaleIn")},
         {"predefined", To(track + "PredefinedMetricSpecification.PredefinedMetricType")},
         {"namespace", To(customized + "Namespace")},
         {"metric", To(customized + "MetricName")},
         {"statistic", To(customized + "Statistic")}},
        {{"ServiceNamespace", "ecs"},
         {"ScalableDimension", "ecs:service:DesiredCount"},
         {"PolicyType", "TargetTrackingScaling"}},
        "policy",
        "PolicyARN"}},
      {"delete-policy",
       {"DeleteScalingPolicy",
        {To("PolicyName")},
        {{"service", Behind("ResourceId", "service/default/")}},
        target,
        "",
        ""}},
      {"scheduled-action",
       {"PutScheduledAction",
        {To("ScheduledActionName")},
        {{"service", Behind("ResourceId", "service/default/")},
         {"schedule", To("Schedule")},
         {"timezone", To("Timezone")},
         {"min", To("ScalableTargetAction.MinCapacity")},
         {"max", To("ScalableTargetAction.MaxCapacity")}},
        target,
        "",
        ""}},
      {"delete-scheduled-action",
       {"DeleteScheduledAction",
        {To("ScheduledActionName")},
        {{"service", Behind("ResourceId", "service/default/")}},
        target,
        "",
        ""}},
      {"alarm",
       {"PutMetricAlarm",
        {To("AlarmName")},
        AlarmOptions(),
        {{"period", "60"}, {"periods", "1"}, {"statistic", "Maximum"}},
        "",
        ""}},
      {"delete-alarm", {"DeleteAlarms", {To("AlarmNames")}, {}, {}, "", ""}},
      {"metric",
       {"PutMetricData",
        {To("Namespace"), To("MetricData[0].MetricName")},
        {{"value", To("MetricData[0].Value")}, {"dimensions", Tags("MetricData[0].Dimensions", "Name", "Value")}},
        {},
        "",
        ""}},
  };
}

}  // namespace ecsmi::scenario
