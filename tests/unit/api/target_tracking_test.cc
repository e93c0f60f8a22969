#include <string>
#include <vector>

#include "builders/scaled_world.h"
#include "ecsmi/control/scaling.h"
#include "gmock/gmock.h"

namespace ecsmi::api {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kValidation[] = "ValidationException";
constexpr char kCpu[] = "predefined_metric_specification {predefined_metric_type: ECSServiceAverageCPUUtilization} ";

class TargetTrackingTest : public testing::ScaledWorldTest {
 protected:
  static std::string Request(const std::string& configuration, const std::string& name = "cpu") {
    return std::string(testing::kWorkerTarget) + "policy_name: '" + name +
           "' policy_type: TargetTrackingScaling target_tracking_scaling_policy_configuration {" + configuration + "}";
  }
  aas::PutScalingPolicyResponse Put(const std::string& configuration, const std::string& name = "cpu") {
    return Must(CheckPutScalingPolicy, PutScalingPolicy, Request(configuration, name));
  }
  aas::ScalingPolicy Policy() {
    return Must(CheckDescribeScalingPolicies, DescribeScalingPolicies, "service_namespace: ecs").scaling_policies(0);
  }
  std::vector<cw::MetricAlarm> Alarms() {
    const auto got = Must(CheckDescribeAlarms, DescribeAlarms, "");
    return {got.metric_alarms().begin(), got.metric_alarms().end()};
  }
};

TEST_F(TargetTrackingTest, MakesAndOwnsTwoAlarms) {  // F31, F36
  const auto made = Put(std::string(kCpu) + "target_value: 70");
  ASSERT_THAT(made.alarms(), SizeIs(2));
  EXPECT_THAT(made.alarms(0).alarm_name(),
              MatchesRegex("TargetTracking-service/default/worker-AlarmHigh-[0-9a-f-]{36}"));
  const std::vector<cw::MetricAlarm> alarms = Alarms();
  ASSERT_THAT(alarms, SizeIs(2));
  const cw::MetricAlarm& high = alarms[0];
  EXPECT_EQ(high.alarm_name(), made.alarms(0).alarm_name());
  EXPECT_EQ(high.alarm_arn(), made.alarms(0).alarm_arn());
  EXPECT_EQ(high.alarm_description(),
            "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy " + made.policy_arn() + ".");
  ASSERT_THAT(high.alarm_actions(), SizeIs(1));
  EXPECT_THAT(high.alarm_actions(0), ::testing::StartsWith(made.policy_arn() + ":createdBy/"));
  EXPECT_EQ(high.namespace_(), "AWS/ECS");
  EXPECT_EQ(high.metric_name(), "CPUUtilization");
  EXPECT_EQ(high.statistic(), cw::Statistic::Average);
  EXPECT_EQ(high.unit(), cw::StandardUnit::Percent);
  EXPECT_EQ(high.dimensions(0).value() + "/" + high.dimensions(1).value(), "default/worker");
  EXPECT_EQ(high.period(), 60);
  EXPECT_EQ(high.evaluation_periods(), 3);
  EXPECT_EQ(high.threshold(), 70);
  EXPECT_EQ(high.comparison_operator(), cw::ComparisonOperator::GreaterThanThreshold);
  EXPECT_EQ(high.treat_missing_data(), "missing");
  const cw::MetricAlarm& low = alarms[1];
  EXPECT_THAT(low.alarm_name(), MatchesRegex("TargetTracking-service/default/worker-AlarmLow-[0-9a-f-]{36}"));
  EXPECT_EQ(low.evaluation_periods(), 15);
  EXPECT_EQ(low.threshold(), 63);
  EXPECT_EQ(low.comparison_operator(), cw::ComparisonOperator::LessThanThreshold);
}

TEST_F(TargetTrackingTest, ReadsBackWhatWasPut) {
  Put(std::string(kCpu) + "target_value: 70 scale_out_cooldown: 0 disable_scale_in: true");
  const aas::ScalingPolicy shown = Policy();
  EXPECT_EQ(shown.policy_type(), aas::PolicyType::TargetTrackingScaling);
  EXPECT_FALSE(shown.has_step_scaling_policy_configuration());
  const auto& configuration = shown.target_tracking_scaling_policy_configuration();
  EXPECT_EQ(configuration.target_value(), 70);
  EXPECT_EQ(configuration.scale_out_cooldown(), 0);
  EXPECT_FALSE(configuration.has_scale_in_cooldown());
  EXPECT_THAT(shown.alarms(), SizeIs(1));  // no low side (F32)
}

TEST_F(TargetTrackingTest, UpdatingKeepsTheAlarmsAndTheirStateAndMakesThoseThatWereDeleted) {
  const auto made = Put(std::string(kCpu) + "target_value: 70");
  Must(CheckDeleteAlarms, DeleteAlarms, "alarm_names: '" + made.alarms(1).alarm_name() + "'");
  EXPECT_THAT(Policy().alarms(), SizeIs(1));
  const auto again = Put(std::string(kCpu) + "target_value: 80");
  EXPECT_EQ(again.policy_arn(), made.policy_arn());
  ASSERT_THAT(again.alarms(), SizeIs(2));
  EXPECT_EQ(again.alarms(0).alarm_name(), made.alarms(0).alarm_name());
  EXPECT_NE(again.alarms(1).alarm_name(), made.alarms(1).alarm_name());
  EXPECT_EQ(Alarms()[0].threshold(), 80);
  EXPECT_EQ(Alarms()[1].threshold(), 72);
  Put(std::string(kCpu) + "target_value: 80 disable_scale_in: true");
  EXPECT_THAT(Alarms(), SizeIs(1));
}

TEST_F(TargetTrackingTest, TheAlarmsGoWithThePolicyAndWithTheTarget) {
  Put(std::string(kCpu) + "target_value: 70");
  Must(CheckDeleteScalingPolicy, DeleteScalingPolicy, std::string(testing::kWorkerTarget) + "policy_name: 'cpu'");
  EXPECT_THAT(Alarms(), SizeIs(0));
  Put(std::string(kCpu) + "target_value: 70");
  Put(std::string(kCpu) + "target_value: 50", "other");
  Must(CheckDeregisterScalableTarget, DeregisterScalableTarget, testing::kWorkerTarget);
  EXPECT_THAT(Alarms(), SizeIs(0));
}

TEST_F(TargetTrackingTest, WatchesACustomizedMetricOrMetricMath) {  // F33, F35
  Put("target_value: 10 customized_metric_specification {metric_name: 'Load' namespace: 'App' statistic: Maximum unit: "
      "'Count' dimensions {name: 'a' value: 'b'}}");
  EXPECT_EQ(Alarms()[0].metric_name(), "Load");
  EXPECT_EQ(Alarms()[0].statistic(), cw::Statistic::Maximum);
  EXPECT_EQ(Alarms()[0].unit(), cw::StandardUnit::Count);
  Put("target_value: 10 customized_metric_specification {metrics {id: 'm' return_data: false metric_stat {metric "
      "{namespace: 'App' metric_name: 'Backlog'} stat: 'Sum'}} metrics {id: 'e' expression: 'm / 2' label: 'half'}}");
  const cw::MetricAlarm alarm = Alarms()[0];
  EXPECT_FALSE(alarm.has_metric_name());
  ASSERT_THAT(alarm.metrics(), SizeIs(2));
  EXPECT_EQ(alarm.metrics(0).metric_stat().period(), 60);
  EXPECT_EQ(alarm.metrics(1).expression(), "m / 2");
}

TEST_F(TargetTrackingTest, AUsersAlarmWithTheBareArnMovesNothing) {
  const auto made = Put(std::string(kCpu) + "target_value: 70");
  world_.Do([&](control::Step& step) {
    EXPECT_EQ(control::PolicyOfArn(step, "us-east-1", made.policy_arn()), model::kNoSerial);
    EXPECT_NE(control::PolicyOfArn(step, "us-east-1", Alarms()[0].alarm_actions(0)), model::kNoSerial);
    return 0;
  });
}

TEST_F(TargetTrackingTest, RefusesBadInput) {
  const auto custom = [](const std::string& inside) {
    return Request("target_value: 1 customized_metric_specification {" + inside + "}");
  };
  const auto predefined = [](const std::string& type) {
    return Request("target_value: 1 predefined_metric_specification {predefined_metric_type: " + type + "}");
  };
  const std::string metric = "metric_stat {metric {namespace: 'App' metric_name: 'x'} stat: 'Sum'} ";
  world_.ExpectRefused(
      CheckPutScalingPolicy, PutScalingPolicy,
      {
          {std::string(testing::kWorkerTarget) + "policy_name: 'p' policy_type: TargetTrackingScaling",
           kValidation,
           {"targetTrackingScalingPolicyConfiguration", "null"}},
          {std::string(testing::kWorkerTarget) + "policy_name: 'p' target_tracking_scaling_policy_configuration {}",
           kValidation,
           {"policyType TargetTrackingScaling"}},
          {Request(kCpu) + " step_scaling_policy_configuration {}", kValidation, {"targetValue", "null"}},
          {Request(std::string(kCpu) + "target_value: 1") + " step_scaling_policy_configuration {}",
           kValidation,
           {"stepScalingPolicyConfiguration", "StepScaling only"}},
          {Request(std::string(kCpu) + "target_value: 0"), kValidation, {"targetValue is 0"}},
          {Request(std::string(kCpu) + "target_value: -1"), kValidation, {"targetValue is -1"}},
          {Request(std::string(kCpu) + "target_value: 1 scale_out_cooldown: -1"), kValidation, {"scaleOutCooldown"}},
          {Request(std::string(kCpu) + "target_value: 1 scale_in_cooldown: -2"),
           kValidation,
           {"scaleInCooldown", "-2"}},
          {Request("target_value: 1"), kValidation, {"Exactly one", "none is"}},
          {Request(std::string(kCpu) + "target_value: 1 customized_metric_specification {}"),
           kValidation,
           {"Exactly one", "both are"}},
          {Request("target_value: 1 predefined_metric_specification {}"),
           kValidation,
           {"predefinedMetricType", "null"}},
          {predefined("ALBRequestCountPerTarget"), kValidation, {"ALBRequestCountPerTarget", "#target-tracking"}},
          {predefined("ECSServiceAverageCPUUtilizationHighResolution"),
           kValidation,
           {"HighResolution", "#target-tracking"}},
          {predefined("RDSReaderAverageCPUUtilization"), kValidation, {"RDSReader", "no metric of ECS services"}},
          {predefined("ECSServiceAverageCPUUtilization resource_label: 'x'"), kValidation, {"resourceLabel"}},
          {custom("namespace: 'App' statistic: Sum"), kValidation, {"metricName", "null"}},
          {custom("metric_name: 'x' statistic: Sum"), kValidation, {"namespace", "null"}},
          {custom("metric_name: 'x' namespace: 'App'"), kValidation, {"statistic", "null"}},
          {custom("metric_name: 'x' namespace: ':App' statistic: Sum"), kValidation, {"colon"}},
          {custom("metric_name: 'x' namespace: 'App' statistic: Sum unit: 'Bananas'"), kValidation, {"'Bananas'"}},
          {custom("metric_name: 'x' namespace: 'App' statistic: Sum dimensions {name: 'a'}"), kValidation, {"Value"}},
          {custom("metric_name: 'x' metrics {id: 'm' " + metric + "}"), kValidation, {"metrics goes without"}},
          {custom("metrics {id: 'M' " + metric + "}"), kValidation, {"'M'", "lower-case"}},
          {custom("metrics {id: 'm'}"), kValidation, {"Expression and MetricStat", "neither"}},
          {custom("metrics {id: 'm' " + metric + "} metrics {id: 'e' expression: 'm +'}"),
           kValidation,
           {"Error in expression 'e' at position 3"}},
          {custom("metrics {id: 'm' " + metric + "} metrics {id: 'e' expression: 'm * 2'}"),
           kValidation,
           {"Exactly one", "'m' and 'e'"}},
          {custom("metrics {id: 'm' return_data: false " + metric + "} metrics {id: 'e' expression: 'SUM(m)'}"),
           kValidation,
           {"'e'", "one time series"}},
      });
}

TEST_F(TargetTrackingTest, APolicyKeepsItsType) {
  Put(std::string(kCpu) + "target_value: 70");
  world_.ExpectRefused(CheckPutScalingPolicy, PutScalingPolicy,
                       {{std::string(testing::kWorkerTarget) +
                             "policy_name: 'cpu' policy_type: StepScaling step_scaling_policy_configuration "
                             "{adjustment_type: ChangeInCapacity step_adjustments {metric_interval_lower_bound: 0 "
                             "scaling_adjustment: 1}}",
                         kValidation,
                         {"'cpu' is TargetTrackingScaling", "cannot be changed"}}});
}

}  // namespace
}  // namespace ecsmi::api
