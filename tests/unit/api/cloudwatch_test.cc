#include "api/cloudwatch/cloudwatch.h"

#include <string>
#include <vector>

#include "builders/step_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using model::kMinuteMs;
using model::kSecondMs;
using testing::ApiWorld;
using ::testing::ElementsAre;
using testing::ExceptionName;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kValue[] = "InvalidParameterValueException";
constexpr char kCombination[] = "InvalidParameterCombinationException";
constexpr char kMissing[] = "MissingRequiredParameterException";
constexpr char kNotFound[] = "ResourceNotFound";

constexpr char kPlain[] =
    "metric_name: 'Depth' namespace: 'App' statistic: Maximum period: 60 evaluation_periods: 1 threshold: 5 "
    "comparison_operator: GreaterThanOrEqualToThreshold ";

constexpr char kDaily[] =
    "metric_name: 'Depth' namespace: 'App' statistic: Maximum period: 86400 evaluation_periods: 8 threshold: 5 "
    "comparison_operator: GreaterThanThreshold";

class CloudWatchTest : public ::testing::Test {
 protected:
  void PutAlarm(const std::string& name, const std::string& more = "") {
    const auto put = world_.Call(CheckPutMetricAlarm, PutMetricAlarm, "alarm_name: '" + name + "' " + kPlain + more);
    ASSERT_TRUE(put.ok()) << put.status();
  }
  void Put(const std::string& datum) {
    const auto put = world_.Call(CheckPutMetricData, PutMetricData,
                                 "namespace: 'App' metric_data {metric_name: 'Depth' " + datum + "}");
    ASSERT_TRUE(put.ok()) << put.status();
  }
  cw::DescribeAlarmsResponse Describe(const std::string& request = "") {
    const auto described = world_.Call(CheckDescribeAlarms, DescribeAlarms, request);
    EXPECT_TRUE(described.ok()) << described.status();
    return described.ok() ? *described : cw::DescribeAlarmsResponse();
  }
  cw::MetricAlarm Alarm(const std::string& name) { return Describe("alarm_names: '" + name + "'").metric_alarms(0); }
  std::vector<std::string> Names(const std::string& request) {
    std::vector<std::string> names;
    const cw::DescribeAlarmsResponse described = Describe(request);
    for (const cw::MetricAlarm& alarm : described.metric_alarms()) names.push_back(alarm.alarm_name());
    return names;
  }
  // Seconds since the epoch, `minutes` from now, as text format.
  std::string At(int minutes) { return "{seconds: " + std::to_string(world_.now / 1000 + minutes * 60) + "}"; }
  std::vector<cw::Datapoint> Statistics(const std::string& more, int from_minutes = -60) {
    const auto got = world_.Call(
        CheckGetMetricStatistics, GetMetricStatistics,
        "namespace: 'App' metric_name: 'Depth' start_time " + At(from_minutes) + " end_time " + At(1) + " " + more);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? std::vector<cw::Datapoint>(got->datapoints().begin(), got->datapoints().end())
                    : std::vector<cw::Datapoint>();
  }

  ApiWorld world_;
};

TEST_F(CloudWatchTest, ANewAlarmHasInsufficientDataAndIsDescribedAsPut) {  // F50
  PutAlarm("deep",
           "alarm_description: 'too deep' actions_enabled: false alarm_actions: 'arn:aws:sns:us-east-1:1:x' "
           "ok_actions: 'arn:aws:sns:us-east-1:1:y' insufficient_data_actions: 'arn:aws:sns:us-east-1:1:z' "
           "dimensions {name: 'b' value: '2'} dimensions {name: 'a' value: '1'} unit: Count datapoints_to_alarm: 1 "
           "treat_missing_data: 'notBreaching' tags {key: 'k' value: 'v'}");
  const cw::MetricAlarm alarm = Alarm("deep");
  EXPECT_EQ(alarm.alarm_arn(), "arn:aws:cloudwatch:us-east-1:000000000000:alarm:deep");  // H42
  EXPECT_EQ(alarm.alarm_description(), "too deep");
  EXPECT_FALSE(alarm.actions_enabled());
  EXPECT_THAT(alarm.alarm_actions(), ElementsAre("arn:aws:sns:us-east-1:1:x"));
  EXPECT_THAT(alarm.ok_actions(), ElementsAre("arn:aws:sns:us-east-1:1:y"));
  EXPECT_THAT(alarm.insufficient_data_actions(), ElementsAre("arn:aws:sns:us-east-1:1:z"));
  EXPECT_EQ(alarm.state_value(), cw::StateValue::INSUFFICIENT_DATA);
  EXPECT_EQ(alarm.state_reason(), "Unchecked: Initial alarm creation");
  EXPECT_EQ(alarm.metric_name(), "Depth");
  EXPECT_EQ(alarm.namespace_(), "App");
  EXPECT_EQ(alarm.statistic(), cw::Statistic::Maximum);
  EXPECT_EQ(alarm.dimensions_size(), 2);
  EXPECT_EQ(alarm.period(), 60);
  EXPECT_EQ(alarm.unit(), cw::StandardUnit::Count);
  EXPECT_EQ(alarm.evaluation_periods(), 1);
  EXPECT_EQ(alarm.datapoints_to_alarm(), 1);
  EXPECT_EQ(alarm.threshold(), 5);
  EXPECT_EQ(alarm.comparison_operator(), cw::ComparisonOperator::GreaterThanOrEqualToThreshold);
  EXPECT_EQ(alarm.treat_missing_data(), "notBreaching");
  EXPECT_EQ(alarm.alarm_configuration_updated_timestamp().seconds(), world_.now / 1000);
}

TEST_F(CloudWatchTest, AnAlarmFollowsItsMetricAndPuttingItAgainKeepsItsState) {  // F50, F54
  PutAlarm("deep");
  Put("value: 7");
  world_.Advance(70 * kSecondMs);
  EXPECT_EQ(Alarm("deep").state_value(), cw::StateValue::ALARM);
  EXPECT_THAT(Alarm("deep").state_reason(), HasSubstr("1 out of the last 1 datapoint [7.0 (01/01/26 00:00:00)] was "
                                                      "greater than or equal to the threshold (5.0)"));
  EXPECT_THAT(Alarm("deep").state_reason_data(), HasSubstr("\"recentDatapoints\":[7.0]"));
  PutAlarm("deep", "alarm_description: 'again'");
  EXPECT_EQ(Alarm("deep").state_value(), cw::StateValue::ALARM);
  EXPECT_EQ(Alarm("deep").alarm_description(), "again");
  EXPECT_FALSE(Alarm("deep").has_treat_missing_data());
  Put("value: 1");
  world_.Advance(60 * kSecondMs);
  EXPECT_EQ(Alarm("deep").state_value(), cw::StateValue::OK);
  // The metric stops: the last points are looked at for a while (F58), then there is nothing to tell by.
  world_.Advance(10 * kMinuteMs);
  EXPECT_EQ(Alarm("deep").state_value(), cw::StateValue::INSUFFICIENT_DATA);
  EXPECT_EQ(Alarm("deep").state_reason(), "Insufficient Data: 1 datapoint was unknown.");
}

TEST_F(CloudWatchTest, AnAlarmWithAUnitSeesOnlyDataOfThatUnit) {
  PutAlarm("seconds", "unit: Seconds");
  PutAlarm("none", "unit: None");
  Put("value: 7");
  world_.Advance(70 * kSecondMs);
  EXPECT_EQ(Alarm("seconds").state_value(), cw::StateValue::INSUFFICIENT_DATA);
  EXPECT_EQ(Alarm("none").state_value(), cw::StateValue::ALARM);
}

TEST_F(CloudWatchTest, AHighResolutionAlarmLooksEveryTenSeconds) {  // F54
  const auto put = world_.Call(CheckPutMetricAlarm, PutMetricAlarm,
                               "alarm_name: 'fast' metric_name: 'Depth' namespace: 'App' statistic: Maximum period: 10 "
                               "evaluation_periods: 1 threshold: 5 comparison_operator: GreaterThanThreshold");
  ASSERT_TRUE(put.ok());
  Put("value: 7 storage_resolution: 1");
  world_.Advance(16 * kSecondMs);
  EXPECT_EQ(Alarm("fast").state_value(), cw::StateValue::ALARM);
}

TEST_F(CloudWatchTest, PutMetricAlarmRefusesBadInput) {
  const std::string name = "alarm_name: 'a' ";
  const auto without = [&](const std::string& field) {
    std::string text = name;
    for (const std::string part :
         {"metric_name: 'Depth'", "namespace: 'App'", "statistic: Maximum", "period: 60", "evaluation_periods: 1",
          "threshold: 5", "comparison_operator: GreaterThanOrEqualToThreshold"}) {
      if (part.rfind(field, 0) != 0) text += part + " ";
    }
    return text;
  };
  std::string six;
  for (int i = 0; i < 6; ++i) six += "alarm_actions: 'arn:aws:sns:r:1:x' ";
  world_.ExpectRefused(
      CheckPutMetricAlarm, PutMetricAlarm,
      {
          {kPlain, kMissing, {"AlarmName"}},
          {"alarm_name: '" + std::string(256, 'x') + "' " + kPlain, kValue, {"AlarmName", "256", "255"}},
          {without("metric_name"), kMissing, {"MetricName"}},
          {without("namespace"), kMissing, {"Namespace"}},
          {without("statistic"), kMissing, {"Statistic"}},
          {without("period"), kMissing, {"Period"}},
          {without("evaluation_periods"), kMissing, {"EvaluationPeriods"}},
          {without("threshold"), kMissing, {"Threshold"}},
          {without("comparison_operator"), kMissing, {"ComparisonOperator"}},
          {without("namespace") + "namespace: ':x'", kValue, {"Namespace", ":x", "colon"}},
          {without("period") + "period: 45", kValue, {"Period", "45"}},  // F51
          {without("period") + "period: 90", kValue, {"90"}},
          {without("period") + "period: 0", kValue, {"Period"}},
          {without("evaluation_periods") + "evaluation_periods: 1441", kValue, {"a day", "86400", "86460"}},
          {name + kDaily, kValue, {"7 days", "604800"}},
          {without("evaluation_periods") + "evaluation_periods: 0", kValue, {"EvaluationPeriods"}},
          {name + kPlain + "datapoints_to_alarm: 2", kValue, {"DatapointsToAlarm", "2"}},
          {name + kPlain + "datapoints_to_alarm: 0", kValue, {"DatapointsToAlarm", "0"}},
          {name + kPlain + "treat_missing_data: 'Breaching'", kValue, {"TreatMissingData", "'Breaching'"}},
          {name + kPlain + "alarm_description: '" + std::string(1025, 'x') + "'", kValue, {"AlarmDescription", "1024"}},
          {name + kPlain + six, kValue, {"AlarmActions", "6", "5"}},
          {name + kPlain + "ok_actions: 'mail'", kValue, {"OKActions", "mail", "ARN"}},
          {name + kPlain + "insufficient_data_actions: ''", kMissing, {"InsufficientDataActions"}},
          {name + kPlain + "dimensions {name: 'a'}", kMissing, {"Dimensions[0].Value"}},
          {name + kPlain + "dimensions {name: 'a' value: 'b'} dimensions {name: 'a' value: 'c'}", kValue, {"'a'"}},
          {name + kPlain + "tags {value: 'v'}", kMissing, {"Tags.member.1.Key"}},
          {name + kPlain + "unit: 99", kValue, {"Unit", "99"}},
          // Not emulated, by name (promise 6).
          {name + kPlain + "extended_statistic: 'p99'", kValue, {"ExtendedStatistic", "#percentile-statistics"}},
          {name + kPlain + "threshold_metric_id: 'm'", kValue, {"ThresholdMetricId", "#anomaly-detection"}},
          {without("comparison_operator") + "comparison_operator: GreaterThanUpperThreshold", kValue, {"#anomaly"}},
          {name + kPlain + "evaluation_interval: 60", kValue, {"EvaluationInterval", "#promql-alarms"}},
          {name + kPlain + "evaluation_window {wall_clock_window {}}", kValue, {"EvaluationWindow", "#alarm-windows"}},
          {name + kPlain + "warm_up_configuration {}", kValue, {"WarmUpConfiguration", "#alarm-windows"}},
          {name + kPlain + "action_configuration {}", kValue, {"ActionConfiguration", "#alarm-actions"}},
      });
}

TEST_F(CloudWatchTest, DescribeAlarmsFiltersAndPages) {
  for (const char* name : {"web-high", "web-low", "db-high"}) PutAlarm(name);
  PutAlarm("acts", "alarm_actions: 'arn:aws:sns:us-east-1:1:x'");
  EXPECT_THAT(Names(""), ElementsAre("web-high", "web-low", "db-high", "acts"));
  EXPECT_THAT(Names("alarm_name_prefix: 'web'"), ElementsAre("web-high", "web-low"));
  EXPECT_THAT(Names("alarm_names: 'db-high' alarm_names: 'nobody' alarm_names: 'db-high'"), ElementsAre("db-high"));
  EXPECT_THAT(Names("action_prefix: 'arn:aws:sns'"), ElementsAre("acts"));
  EXPECT_THAT(Names("state_value: OK"), SizeIs(0));
  EXPECT_THAT(Names("state_value: INSUFFICIENT_DATA"), SizeIs(4));
  EXPECT_THAT(Names("alarm_types: CompositeAlarm"), SizeIs(0));
  const cw::DescribeAlarmsResponse first = Describe("max_records: 3");
  EXPECT_EQ(first.metric_alarms_size(), 3);
  EXPECT_THAT(Names("max_records: 3 next_token: '" + first.next_token() + "'"), ElementsAre("acts"));
  world_.context.region = "eu-west-1";
  EXPECT_THAT(Names(""), SizeIs(0));
}

TEST_F(CloudWatchTest, DescribeAlarmsRefusesBadInput) {
  std::string many;
  for (int i = 0; i < 101; ++i) many += "alarm_names: 'a' ";
  world_.ExpectRefused(CheckDescribeAlarms, DescribeAlarms,
                       {
                           {many, kValue, {"AlarmNames", "101", "100"}},
                           {"alarm_names: ''", kMissing, {"AlarmNames.member.1"}},
                           {"alarm_name_prefix: ''", kMissing, {"AlarmNamePrefix"}},
                           {"alarm_names: 'a' alarm_name_prefix: 'b'", kCombination, {"AlarmNamePrefix"}},
                           {"max_records: 0", kValue, {"MaxRecords", "0", "100"}},
                           {"max_records: 101", kValue, {"101"}},
                           {"next_token: 'x'", "InvalidNextToken", {"Invalid token"}},
                           {"state_value: 9", kValue, {"StateValue", "9"}},
                           {"children_of_alarm_name: 'x'", kValue, {"ChildrenOfAlarmName", "#composite-alarms"}},
                           {"parents_of_alarm_name: 'x'", kValue, {"ParentsOfAlarmName", "#composite-alarms"}},
                       });
}

TEST_F(CloudWatchTest, AlarmsOfAMetricAreFoundByIt) {
  PutAlarm("here", "dimensions {name: 'q' value: '1'}");
  PutAlarm("elsewhere");
  const auto found = world_.Call(
      CheckDescribeAlarmsForMetric, DescribeAlarmsForMetric,
      "metric_name: 'Depth' namespace: 'App' dimensions {name: 'q' value: '1'} statistic: Maximum period: 60");
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->metric_alarms_size(), 1);
  EXPECT_EQ(found->metric_alarms(0).alarm_name(), "here");
  world_.ExpectRefused(CheckDescribeAlarmsForMetric, DescribeAlarmsForMetric,
                       {
                           {"namespace: 'App'", kMissing, {"MetricName"}},
                           {"metric_name: 'Depth'", kMissing, {"Namespace"}},
                           {"metric_name: 'Depth' namespace: 'App' period: 0", kValue, {"Period", "0"}},
                           {"metric_name: 'Depth' namespace: 'App' extended_statistic: 'p9'", kValue, {"#percentile"}},
                       });
}

TEST_F(CloudWatchTest, DeleteAlarmsPassesOverNamesNobodyKnowsUnlessThatAreAll) {
  PutAlarm("a");
  PutAlarm("b");
  ASSERT_TRUE(
      world_.Call(CheckDeleteAlarms, DeleteAlarms, "alarm_names: 'a' alarm_names: 'nobody' alarm_names: 'a'").ok());
  EXPECT_THAT(Names(""), ElementsAre("b"));
  world_.ExpectRefused(CheckDeleteAlarms, DeleteAlarms,
                       {
                           {"", kMissing, {"AlarmNames"}},
                           {"alarm_names: 'nobody'", kNotFound, {"nobody"}},
                           {"alarm_names: ''", kMissing, {"AlarmNames.member.1"}},
                       });
}

TEST_F(CloudWatchTest, ActionsAreDisabledAndEnabled) {
  PutAlarm("a");
  ASSERT_TRUE(world_.Call(CheckDisableAlarmActions, DisableAlarmActions, "alarm_names: 'a' alarm_names: 'x'").ok());
  EXPECT_FALSE(Alarm("a").actions_enabled());
  ASSERT_TRUE(world_.Call(CheckEnableAlarmActions, EnableAlarmActions, "alarm_names: 'a'").ok());
  EXPECT_TRUE(Alarm("a").actions_enabled());
  world_.ExpectRefused(CheckDisableAlarmActions, DisableAlarmActions, {{"", kMissing, {"AlarmNames"}}});
  world_.ExpectRefused(CheckEnableAlarmActions, EnableAlarmActions, {{"", kMissing, {"AlarmNames"}}});
}

TEST_F(CloudWatchTest, AStateSetByHandLastsUntilTheNextEvaluation) {  // F27
  PutAlarm("a");
  ASSERT_TRUE(world_
                  .Call(CheckSetAlarmState, SetAlarmState,
                        "alarm_name: 'a' state_value: ALARM state_reason: 'drill' "
                        "state_reason_data: '{\"recentDatapoints\": [9.5]}'")
                  .ok());
  EXPECT_EQ(Alarm("a").state_value(), cw::StateValue::ALARM);
  EXPECT_EQ(Alarm("a").state_reason(), "drill");
  world_.Advance(70 * kSecondMs);
  EXPECT_EQ(Alarm("a").state_value(), cw::StateValue::INSUFFICIENT_DATA);
  world_.ExpectRefused(
      CheckSetAlarmState, SetAlarmState,
      {
          {"state_value: OK state_reason: 'x'", kMissing, {"AlarmName"}},
          {"alarm_name: 'a' state_reason: 'x'", kMissing, {"StateValue"}},
          {"alarm_name: 'a' state_value: OK", kMissing, {"StateReason"}},
          {"alarm_name: 'nobody' state_value: OK state_reason: 'x'", kNotFound, {"nobody"}},
          {"alarm_name: 'a' state_value: OK state_reason: '" + std::string(1024, 'x') + "'", kValue, {"1023"}},
          {"alarm_name: 'a' state_value: OK state_reason: 'x' state_reason_data: '{'", "InvalidFormatFault", {"JSON"}},
      });
}

TEST_F(CloudWatchTest, DataAreAddedUpPerMinute) {
  world_.Advance(10 * kMinuteMs);
  Put("value: 4 timestamp " + At(-5));
  Put("values: 1 values: 2 counts: 3 counts: 1 timestamp " + At(-5));
  Put("statistic_values {sample_count: 2 sum: 20 minimum: 9 maximum: 11} timestamp " + At(-3));
  const auto points = Statistics(
      "period: 60 statistics: Sum statistics: SampleCount statistics: Minimum "
      "statistics: Maximum statistics: Average");
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_EQ(points[0].sum(), 9);
  EXPECT_EQ(points[0].sample_count(), 5);
  EXPECT_EQ(points[0].minimum(), 1);
  EXPECT_EQ(points[0].maximum(), 4);
  EXPECT_EQ(points[0].unit(), cw::StandardUnit::None);
  EXPECT_EQ(points[1].average(), 10);
  const auto whole = Statistics("period: 3600 statistics: Sum");
  ASSERT_THAT(whole, SizeIs(1));
  EXPECT_EQ(whole[0].sum(), 29);
  EXPECT_FALSE(whole[0].has_average());
  EXPECT_THAT(Statistics("period: 60 statistics: Sum unit: Bytes"), SizeIs(0));
  // What is older than three hours is let go with the next put.
  world_.Advance(4 * 60 * kMinuteMs);
  Put("value: 1");
  EXPECT_THAT(Statistics("period: 60 statistics: Sum", -600), SizeIs(1));
}

TEST_F(CloudWatchTest, PutMetricDataRefusesBadInput) {
  Put("value: 1 unit: Seconds");
  const auto datum = [](const std::string& inside) {
    return "namespace: 'App' metric_data {metric_name: 'm' " + inside + "}";
  };
  std::string values;
  for (int i = 0; i < 151; ++i) values += "values: 1 ";
  world_.ExpectRefused(
      CheckPutMetricData, PutMetricData,
      {
          {"metric_data {metric_name: 'm' value: 1}", kMissing, {"Namespace"}},
          {"namespace: 'AWS/SQS' metric_data {metric_name: 'm' value: 1}", kValue, {"AWS/SQS"}},
          {"namespace: 'App'", kMissing, {"MetricData"}},
          {"namespace: 'App' metric_data {value: 1}", kMissing, {"MetricData.member.1.MetricName"}},
          {datum(""), kMissing, {"MetricData.member.1.Value"}},
          {datum("value: 1 values: 2"), kCombination, {"mutually exclusive"}},
          {datum("value: 1e40"), kValue, {"1e+40"}},
          {datum("value: nan"), kValue, {"finite"}},
          {datum(values), kValue, {"Values", "151", "150"}},
          {datum("values: 1 values: 2 counts: 1"), kCombination, {"Counts", "2", "1"}},
          {datum("values: 1 counts: 0"), kValue, {"Counts[0]"}},
          {datum("statistic_values {sum: 1 minimum: 1 maximum: 1}"), kMissing, {"SampleCount"}},
          {datum("statistic_values {sample_count: 1 minimum: 1 maximum: 1}"), kMissing, {"Sum"}},
          {datum("statistic_values {sample_count: 0 sum: 1 minimum: 1 maximum: 1}"), kValue, {"SampleCount"}},
          {datum("statistic_values {sample_count: 1 sum: 1 minimum: 2 maximum: 1}"), kValue, {"Maximum", "Minimum"}},
          {datum("value: 1 storage_resolution: 5"), kValue, {"StorageResolution", "5"}},
          {datum("value: 1 timestamp {seconds: -5}"), kValue, {"Timestamp"}},
          {datum("value: 1 timestamp {nanos: -1}"), kValue, {"Timestamp"}},
          {datum("value: 1 timestamp " + At(121)), kValue, {"Timestamp", "two hours"}},
          {datum("value: 1 timestamp " + At(-15 * 1440)), kValue, {"Timestamp", "two weeks"}},
          {datum("value: 1 timestamp " + At(-181)), kValue, {"180 minutes", "#metric-retention"}},
          {datum("value: 1 dimensions {name: ''}"), kMissing, {"Dimensions[0].Name"}},
          {"namespace: 'App' metric_data {metric_name: 'Depth' value: 1 unit: Bytes}",
           kValue,
           {"Unit", "Bytes", "Seconds", "#metric-units"}},
          {"namespace: 'App' entity_metric_data {}", kValue, {"EntityMetricData", "#metric-entities"}},
      });
}

TEST_F(CloudWatchTest, MetricsAreListedByNamespaceNameAndDimension) {
  Put("value: 1");
  Put("value: 1 dimensions {name: 'q' value: '1'}");
  const auto count = [&](const std::string& request) {
    const auto listed = world_.Call(CheckListMetrics, ListMetrics, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? listed->metrics_size() : -1;
  };
  EXPECT_EQ(count(""), 2);
  EXPECT_EQ(count("namespace: 'App' metric_name: 'Depth'"), 2);
  EXPECT_EQ(count("namespace: 'Other'"), 0);
  EXPECT_EQ(count("metric_name: 'Other'"), 0);
  EXPECT_EQ(count("dimensions {name: 'q'}"), 1);
  EXPECT_EQ(count("dimensions {name: 'q' value: '2'}"), 0);
  EXPECT_EQ(count("recently_active: PT3H"), 2);
  world_.Advance(4 * 60 * kMinuteMs);
  EXPECT_EQ(count("recently_active: PT3H"), 0);
  EXPECT_EQ(count(""), 2);
  world_.Advance(15 * model::kDayMs);
  EXPECT_EQ(count(""), 0);
  world_.ExpectRefused(CheckListMetrics, ListMetrics,
                       {
                           {"namespace: ''", kMissing, {"Namespace"}},
                           {"metric_name: ''", kMissing, {"MetricName"}},
                           {"dimensions {}", kMissing, {"Dimensions.member.1.Name"}},
                           {"next_token: 'x'", kValue, {"NextToken"}},
                           {"owning_account: '1'", kValue, {"OwningAccount", "#linked-accounts"}},
                       });
}

TEST_F(CloudWatchTest, GetMetricStatisticsRefusesBadInput) {
  const auto with = [&](const std::string& more) {
    return "namespace: 'App' metric_name: 'm' start_time " + At(-10) + " " + more;
  };
  const std::string end = "end_time " + At(0) + " ";
  world_.ExpectRefused(
      CheckGetMetricStatistics, GetMetricStatistics,
      {
          {"metric_name: 'm'", kMissing, {"Namespace"}},
          {"namespace: 'App'", kMissing, {"MetricName"}},
          {"namespace: 'App' metric_name: 'm'", kMissing, {"StartTime"}},
          {with(""), kMissing, {"EndTime"}},
          {with(end), kMissing, {"Period"}},
          {with(end + "period: 60"), kMissing, {"Statistics"}},
          {with(end + "period: 45 statistics: Sum"), kValue, {"Period", "45"}},
          {with(end + "period: 60 extended_statistics: 'p9'"), kValue, {"ExtendedStatistics", "#percentile"}},
          {with("end_time " + At(-11) + " period: 60 statistics: Sum"), kCombination, {"StartTime", "EndTime"}},
          {with("end_time " + At(1440) + " period: 60 statistics: Sum"), kCombination, {"1450", "1440"}},
          {with(end + "period: 60 statistics: 17"), kValue, {"Statistics[0]", "17"}},
      });
}

}  // namespace
}  // namespace ecsmi::api
