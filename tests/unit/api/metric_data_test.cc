#include <string>
#include <vector>

#include "api/cloudwatch/cloudwatch.h"
#include "builders/step_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::ApiWorld;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kValue[] = "InvalidParameterValueException";
constexpr char kMissing[] = "MissingRequiredParameterException";
constexpr std::int64_t kStart = 1'767'225'600;

class MetricDataTest : public ::testing::Test {
 protected:
  MetricDataTest() {
    // Requests: 10 20 - 40; Errors: 1 - 3 0, minute by minute.
    for (const auto& [name, minute, value] : std::vector<std::tuple<std::string, int, int>>{{"Requests", 0, 10},
                                                                                            {"Requests", 1, 20},
                                                                                            {"Requests", 3, 40},
                                                                                            {"Errors", 0, 1},
                                                                                            {"Errors", 2, 3},
                                                                                            {"Errors", 3, 0}}) {
      const auto put =
          world_.Call(CheckPutMetricData, PutMetricData,
                      "namespace: 'App' metric_data {metric_name: '" + name + "' value: " + std::to_string(value) +
                          " timestamp {seconds: " + std::to_string(kStart + 60 * minute) + "}}");
      EXPECT_TRUE(put.ok()) << put.status();
    }
    world_.Advance(10 * model::kMinuteMs);
  }
  static std::string Metric(const std::string& id, const std::string& name, const std::string& more = "",
                            int period = 60) {
    return "metric_data_queries {id: '" + id + "' metric_stat {metric {namespace: 'App' metric_name: '" + name +
           "'} period: " + std::to_string(period) + " stat: 'Sum'} " + more + "} ";
  }
  static std::string Math(const std::string& id, const std::string& expression, const std::string& more = "") {
    return "metric_data_queries {id: '" + id + "' expression: \"" + expression + "\" " + more + "} ";
  }
  static std::string Times() {
    return "start_time {seconds: " + std::to_string(kStart) + "} end_time {seconds: " + std::to_string(kStart + 240) +
           "} ";
  }
  cw::GetMetricDataResponse Get(const std::string& queries, const std::string& more = "scan_by: TimestampAscending") {
    const auto got = world_.Call(CheckGetMetricData, GetMetricData, queries + Times() + more);
    EXPECT_TRUE(got.ok()) << queries << ": " << got.status();
    return got.ok() ? *got : cw::GetMetricDataResponse();
  }
  ApiWorld world_;
};

TEST_F(MetricDataTest, AnswersEachQueryThatReturnsData) {
  const auto got = Get(Metric("m1", "Requests") + Metric("m2", "Errors", "return_data: false") +
                       Math("e1", "100 * m2 / m1", "label: 'percent'"));
  ASSERT_THAT(got.metric_data_results(), SizeIs(2));
  EXPECT_EQ(got.metric_data_results(0).id(), "m1");
  EXPECT_EQ(got.metric_data_results(0).label(), "Requests");
  EXPECT_THAT(got.metric_data_results(0).values(), ElementsAre(10, 20, 40));
  EXPECT_EQ(got.metric_data_results(0).timestamps(2).seconds(), kStart + 180);
  EXPECT_EQ(got.metric_data_results(1).label(), "percent");
  EXPECT_THAT(got.metric_data_results(1).values(), ElementsAre(10, 0));
  EXPECT_EQ(got.metric_data_results(1).status_code(), cw::StatusCode::Complete);
}

TEST_F(MetricDataTest, TheNewestComesFirstUnlessAskedOtherwise) {
  EXPECT_THAT(Get(Metric("m", "Requests"), "").metric_data_results(0).values(), ElementsAre(40, 20, 10));
}

TEST_F(MetricDataTest, AListGivesAResultForEachOfItsSeries) {
  const auto got = Get(Metric("m1", "Requests", "return_data: false") + Metric("m2", "Errors", "return_data: false") +
                       Math("e", "FILL(METRICS(), 0)"));
  ASSERT_THAT(got.metric_data_results(), SizeIs(2));
  EXPECT_EQ(got.metric_data_results(1).id(), "e");
  EXPECT_EQ(got.metric_data_results(1).label(), "Errors");
  EXPECT_THAT(got.metric_data_results(1).values(), ElementsAre(1, 0, 3, 0));
}

TEST_F(MetricDataTest, QueriesMayHaveDifferentPeriods) {
  const auto got = Get(Metric("m1", "Requests") + Metric("m2", "Requests", "", 120) + Math("e", "m2 / 2"));
  EXPECT_THAT(got.metric_data_results(1).values(), ElementsAre(30, 40));
  EXPECT_THAT(got.metric_data_results(2).values(), ElementsAre(15, 20));
}

TEST_F(MetricDataTest, PagesHoldEveryDatapointOnce) {
  const std::string queries = Metric("m1", "Requests") + Metric("none", "Nobody") + Metric("m2", "Errors");
  std::vector<double> all;
  std::string token;
  int pages = 0;
  do {
    const auto page = Get(queries, "scan_by: TimestampAscending max_datapoints: 2 " +
                                       (token.empty() ? "" : "next_token: '" + token + "'"));
    for (const auto& result : page.metric_data_results())
      all.insert(all.end(), result.values().begin(), result.values().end());
    if (++pages == 1) {
      ASSERT_THAT(page.metric_data_results(), SizeIs(1));
      EXPECT_EQ(page.metric_data_results(0).status_code(), cw::StatusCode::PartialData);
    }
    token = page.next_token();
  } while (!token.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(all, ElementsAre(10, 20, 40, 1, 3, 0));
}

TEST_F(MetricDataTest, RefusesBadInput) {
  std::string many;
  for (int i = 0; i < 501; ++i) many += Metric("m" + std::to_string(i), "x");
  const std::string one = Metric("m", "Requests");
  world_.ExpectRefused(
      CheckGetMetricData, GetMetricData,
      {
          {Times(), kMissing, {"MetricDataQueries"}},
          {many + Times(), kValue, {"501", "500"}},
          {one, kMissing, {"StartTime"}},
          {one + "start_time {seconds: 5}", kMissing, {"EndTime"}},
          {one + "start_time {seconds: 5} end_time {seconds: 5}",
           "InvalidParameterCombinationException",
           {"StartTime"}},
          {one + "start_time {seconds: 5} end_time {seconds: 99999999}",
           "InvalidParameterCombinationException",
           {"100800"}},
          {one + Times() + "max_datapoints: 0", kValue, {"MaxDatapoints"}},
          {one + Times() + "next_token: 'x'", "InvalidNextToken", {}},
          {one + Times() + "label_options {timezone: '+0000'}", kValue, {"LabelOptions", "#metric-labels"}},
          {Metric("m", "x", "label: '${MAX}'") + Times(), kValue, {"dynamic labels", "#metric-labels"}},
          {"metric_data_queries {id: ''} " + Times(), kMissing, {"Id"}},
          {Metric("1m", "x") + Times(), kValue, {"'1m'", "lower-case"}},
          {one + one + Times(), kValue, {"not unique", "'m'"}},
          {"metric_data_queries {id: 'm'} " + Times(), kValue, {"neither"}},
          {Metric("m", "x", "account_id: '1'") + Times(), kValue, {"AccountId", "#linked-accounts"}},
          {Metric("m", "x", "", 61) + Times(), kValue, {"Period", "61"}},
          {"metric_data_queries {id: 'm' metric_stat {metric {namespace: 'App' metric_name: 'x'} period: 60 stat: "
           "'p99'}} " +
               Times(),
           kValue,
           {"'p99'", "#percentile-statistics"}},
          {one + Math("e", "m +") + Times(), kValue, {"Error in expression 'e' at position 3"}},
          {one + Math("e", "other") + Times(), kValue, {"'other'"}},
          {one + Math("e", "1 + 1") + Times(), kValue, {"'e'", "names no metric"}},
          {one + Math("e", "AVG(m)") + Times(), kValue, {"'e'", "time series, not a number"}},
          {one + Metric("n", "x", "", 300) + Math("e", "m + n") + Times(), kValue, {"60 and 300", "#metric-math"}},
          {one + Math("e", "m", "period: 300") + Times(), kValue, {"Period 300", "#metric-math"}},
      });
}

// --- Alarms on metric math

constexpr char kRule[] = "comparison_operator: GreaterThanThreshold threshold: 5 evaluation_periods: 1 ";

TEST_F(MetricDataTest, AnAlarmWatchesWhatItsQueriesComeTo) {
  const std::string metrics =
      "metrics {id: 'm' return_data: false metric_stat {metric {namespace: 'App' metric_name: 'Load'} period: 60 stat: "
      "'Sum'}} metrics {id: 'e' expression: 'FILL(m, 0) * 2' label: 'twice'} ";
  const auto put = world_.Call(CheckPutMetricAlarm, PutMetricAlarm, "alarm_name: 'math' " + metrics + kRule);
  ASSERT_TRUE(put.ok()) << put.status();
  const auto state = [&] {
    const auto got = world_.Call(CheckDescribeAlarms, DescribeAlarms, std::string(""));
    EXPECT_FALSE(got->metric_alarms(0).has_metric_name());
    EXPECT_EQ(got->metric_alarms(0).metrics(1).label(), "twice");
    return got->metric_alarms(0).state_value();
  };
  // AWS lists only alarms on the metric itself here.
  const auto of_metric = world_.Call(CheckDescribeAlarmsForMetric, DescribeAlarmsForMetric,
                                     std::string("namespace: 'App' metric_name: 'Load'"));
  EXPECT_THAT(of_metric->metric_alarms(), SizeIs(0));
  world_.Advance(2 * model::kMinuteMs);
  EXPECT_EQ(state(), cw::StateValue::OK);  // 0: what is missing is filled
  ASSERT_TRUE(world_
                  .Call(CheckPutMetricData, PutMetricData,
                        std::string("namespace: 'App' metric_data {metric_name: 'Load' value: 3}"))
                  .ok());
  world_.Advance(70 * model::kSecondMs);
  EXPECT_EQ(state(), cw::StateValue::ALARM);
  world_.Advance(2 * model::kMinuteMs);
  EXPECT_EQ(state(), cw::StateValue::OK);
}

TEST_F(MetricDataTest, AnAlarmRefusesQueriesThatAreNotOneSeries) {
  const std::string name = "alarm_name: 'math' ";
  const auto metric = [](const std::string& id, const std::string& more, int period = 60) {
    return "metrics {id: '" + id + "' " + more +
           " metric_stat {metric {namespace: 'App' metric_name: 'x'} period: " + std::to_string(period) +
           " stat: 'Sum'}} ";
  };
  std::string many;
  for (int i = 0; i < 21; ++i) many += metric("m" + std::to_string(i), "return_data: false");
  world_.ExpectRefused(
      CheckPutMetricAlarm, PutMetricAlarm,
      {
          {name + kRule + metric("m", "") + "metric_name: 'x'", "InvalidParameterCombinationException", {"Metrics"}},
          {name + kRule + many, kValue, {"21", "20"}},
          {name + kRule + metric("m", "return_data: false"), kValue, {"Exactly one", "none"}},
          {name + kRule + metric("m", "") + metric("n", ""), kValue, {"'m' and 'n'"}},
          {name + kRule + metric("m", "return_data: false") + "metrics {id: 'e' expression: 'SUM(m)'}",
           kValue,
           {"one time series"}},
          {name + kRule + metric("m", "return_data: false") + metric("n", "return_data: false", 300) +
               "metrics {id: 'e' expression: 'm'}",
           kValue,
           {"60 and 300", "#metric-math"}},
          {name + metric("m", "", 86400) +
               "comparison_operator: GreaterThanThreshold threshold: 5 evaluation_periods: 8",
           kValue,
           {"7 days"}},
      });
}

}  // namespace
}  // namespace ecsmi::api
