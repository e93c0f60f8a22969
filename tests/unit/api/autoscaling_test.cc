#include "api/autoscaling/autoscaling.h"

#include <map>
#include <string>
#include <vector>

#include "api/autoscaling/target_tags.h"
#include "api/cloudwatch/cloudwatch.h"
#include "builders/step_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::ApiWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kValidation[] = "ValidationException";
constexpr char kNotFound[] = "ObjectNotFoundException";
constexpr char kTarget[] =
    "service_namespace: ecs resource_id: 'service/default/worker' scalable_dimension: ecs_service_DesiredCount ";
constexpr char kSteps[] =
    "step_scaling_policy_configuration {adjustment_type: ChangeInCapacity "
    "step_adjustments {metric_interval_lower_bound: 0 scaling_adjustment: 1}} ";

class AutoScalingApiTest : public ::testing::Test {
 protected:
  AutoScalingApiTest() {
    cluster_ = world_.AddCluster();
    service_ = AddService("worker");
  }
  model::Serial AddService(const std::string& name) {
    return world_.Do([&](control::Step& step) {
      model::Service row;
      row.serial = step.state.NewSerial();
      row.cluster = cluster_;
      row.region = "us-east-1";
      row.name = name;
      return step.state.Insert(std::move(row)).serial;
    });
  }
  std::string Register(const std::string& more, const std::string& target = kTarget) {
    const auto made = world_.Call(CheckRegisterScalableTarget, RegisterScalableTarget, target + more);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->scalable_target_arn() : "";
  }
  std::string PutPolicy(const std::string& name, const std::string& more = kSteps) {
    const auto made =
        world_.Call(CheckPutScalingPolicy, PutScalingPolicy, kTarget + ("policy_name: '" + name + "' ") + more);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->policy_arn() : "";
  }
  aas::DescribeScalableTargetsResponse Targets(const std::string& more = "") {
    const auto got =
        world_.Call(CheckDescribeScalableTargets, DescribeScalableTargets, "service_namespace: ecs " + more);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : aas::DescribeScalableTargetsResponse();
  }
  aas::DescribeScalingPoliciesResponse Policies(const std::string& more = "") {
    const auto got =
        world_.Call(CheckDescribeScalingPolicies, DescribeScalingPolicies, "service_namespace: ecs " + more);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : aas::DescribeScalingPoliciesResponse();
  }
  aas::DescribeScalingActivitiesResponse Activities(const std::string& more = "") {
    const auto got =
        world_.Call(CheckDescribeScalingActivities, DescribeScalingActivities, "service_namespace: ecs " + more);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : aas::DescribeScalingActivitiesResponse();
  }
  std::int32_t Desired() { return world_.state().Get<model::Service>(service_).desired_count; }

  ApiWorld world_;
  model::Serial cluster_ = model::kNoSerial;
  model::Serial service_ = model::kNoSerial;
};

TEST_F(AutoScalingApiTest, RegisteringReadsBackAndOmittedFieldsStay) {  // F1, F2, F5
  const std::string arn = Register("min_capacity: 0 max_capacity: 10");
  EXPECT_THAT(
      arn,
      MatchesRegex("arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/[0-9a-z]{36}"));  // H42
  EXPECT_EQ(Register("max_capacity: 4 suspended_state {dynamic_scaling_in_suspended: true}"), arn);
  EXPECT_EQ(Register("suspended_state {dynamic_scaling_out_suspended: true}"), arn);
  ASSERT_THAT(Targets().scalable_targets(), SizeIs(1));
  const aas::ScalableTarget target = Targets().scalable_targets(0);
  EXPECT_EQ(target.resource_id(), "service/default/worker");
  EXPECT_EQ(target.scalable_target_arn(), arn);
  EXPECT_EQ(target.min_capacity(), 0);
  EXPECT_EQ(target.max_capacity(), 4);
  EXPECT_TRUE(target.suspended_state().dynamic_scaling_in_suspended());
  EXPECT_TRUE(target.suspended_state().dynamic_scaling_out_suspended());
  EXPECT_FALSE(target.suspended_state().scheduled_scaling_suspended());
  EXPECT_THAT(target.role_arn(), HasSubstr("AWSServiceRoleForApplicationAutoScaling_ECSService"));
  EXPECT_EQ(target.creation_time().seconds(), world_.now / 1000);
}

TEST_F(AutoScalingApiTest, ACountOutsideTheBoundsIsMovedIntoThem) {  // F2
  Register("min_capacity: 3 max_capacity: 10");
  EXPECT_EQ(Desired(), 3);
  const aas::ScalingActivity raised = Activities().scaling_activities(0);
  EXPECT_EQ(raised.description(), "Setting desired count to 3.");
  EXPECT_EQ(raised.cause(), "minimum capacity was set to 3");
  EXPECT_EQ(raised.status_code(), aas::ScalingActivityStatusCode::InProgress);
  EXPECT_FALSE(raised.has_end_time());
  Register("min_capacity: 0 max_capacity: 2");
  EXPECT_EQ(Desired(), 2);
  ASSERT_THAT(Activities().scaling_activities(), SizeIs(2));
  EXPECT_EQ(Activities().scaling_activities(0).cause(), "maximum capacity was set to 2");  // newest first
  EXPECT_EQ(Activities().scaling_activities(1).status_code(), aas::ScalingActivityStatusCode::Overridden);  // F8
  Register("");  // names neither bound, and the count is within them
  EXPECT_THAT(Activities().scaling_activities(), SizeIs(2));
}

TEST_F(AutoScalingApiTest, RegisterRefusesBadInput) {
  const std::string dimension = "scalable_dimension: ecs_service_DesiredCount ";
  world_.ExpectRefused(
      CheckRegisterScalableTarget, RegisterScalableTarget,
      {
          {"resource_id: 'service/a/b' " + dimension, kValidation, {"serviceNamespace", "null"}},
          {"service_namespace: dynamodb", kValidation, {"dynamodb", "#scalable-resources"}},
          {"service_namespace: ecs " + dimension, kValidation, {"resourceId", "null"}},
          {"service_namespace: ecs resource_id: 'worker' " + dimension, kValidation, {"'worker'", "service/<cluster"}},
          {"service_namespace: ecs resource_id: 'service/a/b/c' " + dimension, kValidation, {"service/a/b/c"}},
          {"service_namespace: ecs resource_id: '" + std::string(1601, 'x') + "' " + dimension, kValidation, {"1600"}},
          {"service_namespace: ecs resource_id: 'service/a/b'", kValidation, {"scalableDimension", "null"}},
          {"service_namespace: ecs resource_id: 'service/a/b' scalable_dimension: rds_cluster_ReadReplicaCount",
           kValidation,
           {"rds:cluster:ReadReplicaCount"}},
          {kTarget + std::string("min_capacity: -1 max_capacity: 1"), kValidation, {"minCapacity", "-1"}},
          {kTarget + std::string("min_capacity: 0 max_capacity: -1"), kValidation, {"maxCapacity", "-1"}},
          {kTarget + std::string("min_capacity: 2 max_capacity: 1"), kValidation, {"Maximum capacity", "2", "1"}},
          {kTarget + std::string("min_capacity: 0"), kValidation, {"maxCapacity is not given"}},
          {kTarget + std::string("max_capacity: 0"), kValidation, {"minCapacity is not given"}},
          {"service_namespace: ecs resource_id: 'service/default/nobody' min_capacity: 0 max_capacity: 1 " + dimension,
           kValidation,
           {"ECS service doesn't exist: service/default/nobody"}},  // F4
          {kTarget + std::string("role_arn: ''"), kValidation, {"roleARN"}},
          {kTarget + std::string("tags {key: '' value: 'v'}"), kValidation, {"tags"}},
          {"service_namespace: 99", kValidation, {"ServiceNamespace", "99"}},
      });
}

TEST_F(AutoScalingApiTest, TagsOfATargetComeGoAndReadBack) {
  const std::string arn =
      "resource_arn: '" + Register("min_capacity: 0 max_capacity: 1 tags {key: 'a' value: '1'}") + "' ";
  const auto tags = [&] {
    const auto got = world_.Call(CheckListTagsOfTarget, ListTagsOfTarget, arn);
    return std::map<std::string, std::string>(got->tags().begin(), got->tags().end());
  };
  using Tags = std::map<std::string, std::string>;
  EXPECT_EQ(tags(), (Tags{{"a", "1"}}));
  ASSERT_TRUE(
      world_.Call(CheckTagTarget, TagTarget, arn + "tags {key: 'b' value: '2'} tags {key: 'a' value: '3'}").ok());
  EXPECT_EQ(tags(), (Tags{{"a", "3"}, {"b", "2"}}));
  ASSERT_TRUE(world_.Call(CheckUntagTarget, UntagTarget, arn + "tag_keys: 'a' tag_keys: 'never there'").ok());
  EXPECT_EQ(tags(), (Tags{{"b", "2"}}));
  std::string many;
  for (int i = 0; i < 50; ++i) many += "tags {key: 'k" + std::to_string(i) + "' value: ''} ";
  const std::string gone =
      "resource_arn: 'arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/gone' ";
  world_.ExpectRefused(CheckTagTarget, TagTarget,
                       {{"", kValidation, {"resourceARN"}},
                        {"resource_arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/c'", kValidation, {"pattern"}},
                        {arn + "tags {key: '' value: 'v'}", kValidation, {"tags"}},
                        {arn + "tags {key: 'aws:x' value: 'v'}", kValidation, {"aws:"}},
                        {arn + many, "TooManyTagsException", {"51"}},
                        {gone, "ResourceNotFoundException", {"gone"}}});
  world_.ExpectRefused(CheckUntagTarget, UntagTarget,
                       {{arn + "tag_keys: ''", kValidation, {"tagKeys[0]"}}, {gone, "ResourceNotFoundException", {}}});
  world_.ExpectRefused(CheckListTagsOfTarget, ListTagsOfTarget,
                       {{"resource_arn: 'x'", kValidation, {"resourceARN"}}, {gone, "ResourceNotFoundException", {}}});
}

TEST_F(AutoScalingApiTest, RegisterRefusesBoundsThatDoNotFitThoseThatStay) {
  Register("min_capacity: 2 max_capacity: 4");
  world_.ExpectRefused(
      CheckRegisterScalableTarget, RegisterScalableTarget,
      {{kTarget + std::string("max_capacity: 1"), kValidation, {"maxCapacity is 1", "minCapacity is 2"}}});
}

TEST_F(AutoScalingApiTest, DeregisteringDeletesThePolicies) {  // F4
  Register("min_capacity: 0 max_capacity: 4");
  PutPolicy("out");
  ASSERT_TRUE(world_.Call(CheckDeregisterScalableTarget, DeregisterScalableTarget, kTarget).ok());
  EXPECT_THAT(Targets().scalable_targets(), SizeIs(0));
  EXPECT_THAT(Policies().scaling_policies(), SizeIs(0));
  world_.ExpectRefused(
      CheckDeregisterScalableTarget, DeregisterScalableTarget,
      {
          {kTarget,
           kNotFound,
           {"No scalable target found for service namespace: ecs, resource ID: service/default/worker, scalable "
            "dimension: ecs:service:DesiredCount"}},
          {"service_namespace: ecs", kValidation, {"resourceId"}},
      });
}

TEST_F(AutoScalingApiTest, TargetsAreDescribedByIdAndInPages) {
  AddService("other");
  Register("min_capacity: 0 max_capacity: 1");
  Register("min_capacity: 0 max_capacity: 1",
           "service_namespace: ecs resource_id: 'service/default/other' scalable_dimension: ecs_service_DesiredCount ");
  EXPECT_THAT(
      Targets("resource_ids: 'service/default/other' resource_ids: 'service/default/nobody'").scalable_targets(),
      SizeIs(1));
  const auto first = Targets("max_results: 1");
  ASSERT_THAT(first.scalable_targets(), SizeIs(1));
  const auto second = Targets("max_results: 1 next_token: '" + first.next_token() + "'");
  EXPECT_EQ(second.scalable_targets(0).resource_id(), "service/default/other");
  EXPECT_FALSE(second.has_next_token());
  world_.ExpectRefused(
      CheckDescribeScalableTargets, DescribeScalableTargets,
      {
          {"", kValidation, {"serviceNamespace"}},
          {"service_namespace: ecs resource_ids: 'x'", kValidation, {"resourceIds[0]", "'x'"}},
          {"service_namespace: ecs scalable_dimension: ecs_service_DesiredCount", kValidation, {"resourceIds"}},
          {"service_namespace: ecs max_results: 0", kValidation, {"maxResults", "0", "50"}},
          {"service_namespace: ecs max_results: 51", kValidation, {"51"}},
          {"service_namespace: ecs next_token: 'x'", "InvalidNextTokenException", {"Invalid token"}},
      });
}

TEST_F(AutoScalingApiTest, APolicyReadsBackWithDefaultsAndItsAlarms) {  // F20, F26, H42
  Register("min_capacity: 0 max_capacity: 4");
  const std::string arn = PutPolicy("out");
  EXPECT_THAT(arn, MatchesRegex("arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:[0-9a-f-]{36}:resource/ecs/"
                                "service/default/worker:policyName/out"));
  ASSERT_TRUE(world_
                  .Call(CheckPutMetricAlarm, PutMetricAlarm,
                        "alarm_name: 'deep' metric_name: 'm' namespace: 'n' statistic: Sum period: 60 threshold: 1 "
                        "evaluation_periods: 1 comparison_operator: GreaterThanThreshold alarm_actions: '" +
                            arn + "'")
                  .ok());
  const aas::ScalingPolicy policy = Policies().scaling_policies(0);
  EXPECT_EQ(policy.policy_arn(), arn);
  EXPECT_EQ(policy.policy_type(), aas::PolicyType::StepScaling);
  EXPECT_EQ(policy.step_scaling_policy_configuration().cooldown(), 300);
  EXPECT_EQ(policy.step_scaling_policy_configuration().metric_aggregation_type(), aas::MetricAggregationType::Average);
  EXPECT_FALSE(policy.step_scaling_policy_configuration().step_adjustments(0).has_metric_interval_upper_bound());
  ASSERT_THAT(policy.alarms(), SizeIs(1));
  EXPECT_EQ(policy.alarms(0).alarm_name(), "deep");
  // Put again: the ARN stays, a configuration given replaces the old one.
  EXPECT_EQ(PutPolicy("out", ""), arn);
  EXPECT_EQ(
      PutPolicy("out",
                "policy_type: StepScaling step_scaling_policy_configuration {adjustment_type: "
                "PercentChangeInCapacity min_adjustment_magnitude: 2 cooldown: 0 metric_aggregation_type: Maximum "
                "step_adjustments {metric_interval_upper_bound: 0 scaling_adjustment: -10}}"),
      arn);
  const aas::StepScalingPolicyConfiguration changed =
      Policies().scaling_policies(0).step_scaling_policy_configuration();
  EXPECT_EQ(changed.adjustment_type(), aas::AdjustmentType::PercentChangeInCapacity);
  EXPECT_EQ(changed.min_adjustment_magnitude(), 2);
  EXPECT_EQ(changed.cooldown(), 0);
  EXPECT_EQ(changed.step_adjustments(0).scaling_adjustment(), -10);
}

TEST_F(AutoScalingApiTest, PutScalingPolicyRefusesBadInput) {
  Register("min_capacity: 0 max_capacity: 4");
  const std::string head = kTarget + std::string("policy_name: 'p' ");
  const auto steps = [&](const std::string& inside) {
    return head + "step_scaling_policy_configuration {" + inside + "}";
  };
  const auto change = [&](const std::string& inside) { return steps("adjustment_type: ChangeInCapacity " + inside); };
  const auto step = [](const std::string& bounds) {
    return "step_adjustments {scaling_adjustment: 1 " + bounds + "} ";
  };
  const std::string up = step("metric_interval_lower_bound: 0");
  std::string many;
  for (int i = 0; i < 21; ++i) many += up;
  world_.ExpectRefused(
      CheckPutScalingPolicy, PutScalingPolicy,
      {
          {kTarget, kValidation, {"policyName", "null"}},
          {kTarget + ("policy_name: '" + std::string(257, 'x') + "'"), kValidation, {"policyName", "256"}},
          {kTarget + std::string("policy_name: 'a\\nb'"), kValidation, {"policyName", "printable"}},
          {head, kValidation, {"stepScalingPolicyConfiguration", "null"}},
          {"policy_name: 'p' service_namespace: ecs resource_id: 'service/default/nobody' scalable_dimension: "
           "ecs_service_DesiredCount",
           kNotFound,
           {"No scalable target found", "service/default/nobody"}},
          {head + "policy_type: PredictiveScaling", kValidation, {"PredictiveScaling", "#predictive-scaling"}},
          {steps(up), kValidation, {"adjustmentType", "null"}},
          {change(""), kValidation, {"stepAdjustments", "empty"}},
          {change(many), "LimitExceededException", {"21", "20"}},  // F11
          {change("step_adjustments {metric_interval_lower_bound: 0}"), kValidation, {"[0].scalingAdjustment"}},
          {change(step("")), kValidation, {"[0]", "neither"}},  // F22
          {change(step("metric_interval_lower_bound: 5 metric_interval_upper_bound: 5")), kValidation, {"5", "less"}},
          {change(up + up), kValidation, {"[0] and [1] overlap"}},
          {change(step("metric_interval_lower_bound: 0 metric_interval_upper_bound: 10") +
                  step("metric_interval_lower_bound: 11")),
           kValidation,
           {"gap", "10", "11"}},
          {change(step("metric_interval_lower_bound: -5 metric_interval_upper_bound: 0")), kValidation, {"-5"}},
          {change(step("metric_interval_lower_bound: 0 metric_interval_upper_bound: 5")),
           kValidation,
           {"positive", "5"}},
          {change(up + "min_adjustment_magnitude: 1"), kValidation, {"minAdjustmentMagnitude", "Percent"}},
          {steps("adjustment_type: PercentChangeInCapacity min_adjustment_magnitude: 0 " + up), kValidation, {"0"}},
          {change(up + "cooldown: -1"), kValidation, {"cooldown", "-1"}},
          {steps("adjustment_type: ExactCapacity step_adjustments {metric_interval_lower_bound: 0 "
                 "scaling_adjustment: -1}"),
           kValidation,
           {"ExactCapacity", "-1"}},
      });
}

TEST_F(AutoScalingApiTest, ATargetHasAtMostFiftyPolicies) {  // F11
  Register("min_capacity: 0 max_capacity: 4");
  for (int i = 0; i < 50; ++i) PutPolicy("p" + std::to_string(i));
  world_.ExpectRefused(CheckPutScalingPolicy, PutScalingPolicy,
                       {{kTarget + (std::string("policy_name: 'q' ") + kSteps),
                         "LimitExceededException",
                         {"50", "service/default/worker"}}});
  EXPECT_EQ(PutPolicy("p7"), Policies("policy_names: 'p7'").scaling_policies(0).policy_arn());
}

TEST_F(AutoScalingApiTest, PoliciesAreFoundByNameAndTargetAndDeleted) {
  Register("min_capacity: 0 max_capacity: 4");
  PutPolicy("a");
  PutPolicy("b");
  EXPECT_THAT(Policies("policy_names: 'b'").scaling_policies(), SizeIs(1));
  EXPECT_THAT(Policies("resource_id: 'service/default/other'").scaling_policies(), SizeIs(0));
  const auto first = Policies("max_results: 1");
  EXPECT_EQ(Policies("max_results: 1 next_token: '" + first.next_token() + "'").scaling_policies(0).policy_name(), "b");
  ASSERT_TRUE(
      world_.Call(CheckDeleteScalingPolicy, DeleteScalingPolicy, kTarget + std::string("policy_name: 'a'")).ok());
  EXPECT_THAT(Policies().scaling_policies(), SizeIs(1));
  world_.ExpectRefused(CheckDeleteScalingPolicy, DeleteScalingPolicy,
                       {
                           {kTarget + std::string("policy_name: 'a'"), kNotFound, {"policy name: a"}},
                           {kTarget, kValidation, {"policyName"}},
                           {"policy_name: 'a' service_namespace: ecs", kValidation, {"resourceId"}},
                       });
  world_.ExpectRefused(
      CheckDescribeScalingPolicies, DescribeScalingPolicies,
      {
          {"", kValidation, {"serviceNamespace"}},
          {"service_namespace: ecs policy_names: ''", kValidation, {"policyNames[0]"}},
          {"service_namespace: ecs resource_id: 'x'", kValidation, {"'x'"}},
          {"service_namespace: ecs scalable_dimension: ecs_service_DesiredCount", kValidation, {"resourceId"}},
          {"service_namespace: ecs max_results: 51", kValidation, {"51"}},
          {"service_namespace: ecs next_token: 'x'", "InvalidNextTokenException", {"Invalid token"}},
      });
}

TEST_F(AutoScalingApiTest, ActivitiesComeNewestFirstAndInPages) {
  Register("min_capacity: 1 max_capacity: 10");
  for (int min = 2; min <= 4; ++min) Register("min_capacity: " + std::to_string(min));
  const auto first = Activities("resource_id: 'service/default/worker' max_results: 3");
  ASSERT_THAT(first.scaling_activities(), SizeIs(3));
  EXPECT_EQ(first.scaling_activities(0).description(), "Setting desired count to 4.");
  const auto second = Activities("max_results: 3 next_token: '" + first.next_token() + "'");
  ASSERT_THAT(second.scaling_activities(), SizeIs(1));
  EXPECT_EQ(second.scaling_activities(0).description(), "Setting desired count to 1.");
  EXPECT_THAT(Activities("resource_id: 'service/default/other'").scaling_activities(), SizeIs(0));
  world_.ExpectRefused(
      CheckDescribeScalingActivities, DescribeScalingActivities,
      {
          {"", kValidation, {"serviceNamespace"}},
          {"service_namespace: ecs resource_id: 'x'", kValidation, {"'x'"}},
          {"service_namespace: ecs scalable_dimension: ecs_service_DesiredCount", kValidation, {"resourceId"}},
          {"service_namespace: ecs max_results: 0", kValidation, {"0"}},
          {"service_namespace: ecs next_token: 'x'", "InvalidNextTokenException", {"Invalid token"}},
          {"service_namespace: ecs include_not_scaled_activities: true", kValidation, {"#not-scaled-activities"}},
      });
}

}  // namespace
}  // namespace ecsmi::api
