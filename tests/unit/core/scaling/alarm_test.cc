#include <string>
#include <vector>

#include "ecsmi/core/scaling.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using model::Alarm;
using model::AlarmState;
using model::MissingData;

// F57's notation, oldest first: 0 fine, X breaching, - missing.
std::vector<std::optional<double>> Data(const std::string& picture) {
  std::vector<std::optional<double>> data;
  for (char c : picture) {
    data.push_back(c == '-' ? std::nullopt : std::optional<double>(c == 'X' ? 10.0 : 0.0));
  }
  return data;
}

Alarm OutOf(std::int32_t needed, std::int32_t periods, MissingData missing, AlarmState state) {
  Alarm alarm;
  alarm.evaluation_periods = periods;
  alarm.datapoints_to_alarm = needed;
  alarm.missing_data = missing;
  alarm.state = state;
  alarm.threshold = 5;
  alarm.comparison = model::Comparison::kGreaterThanOrEqualToThreshold;
  return alarm;
}

// One letter per treatment, missing ignore breaching notBreaching: A alarm, O ok, I insufficient data, K keeps.
struct Vector {
  std::int32_t needed;
  const char* picture;
  const char* expected;
};

TEST(EvaluateAlarm, AnswersEveryVectorOfTheGuideUnderAllFourTreatments) {  // T21, F57, F58
  const std::vector<Vector> vectors = {
      {3, "0-X-X", "OOOO"}, {3, "0----", "OOOO"}, {3, "-----", "IKAO"}, {3, "0XX-X", "AAAA"},
      {3, "--X--", "AKAO"}, {2, "0-X-X", "AAAA"}, {2, "00X0X", "AAAA"}, {2, "0-X--", "OOAO"},
      {2, "----0", "OOAO"}, {2, "---X-", "AKAO"}, {3, "----X", "KKAO"},  // F58: too early to tell
      {3, "---X-", "KKAO"}, {3, "0-X--", "OOOO"},  // "missing" never alarms where "breaching" does not
      {3, "--XXX", "AAAA"}, {3, "XXX00", "OOOO"}, {3, "XXX--", "AAAA"},
  };
  const std::vector<MissingData> treatments = {MissingData::kMissing, MissingData::kIgnore, MissingData::kBreaching,
                                               MissingData::kNotBreaching};
  for (const Vector& vector : vectors) {
    for (std::size_t i = 0; i < treatments.size(); ++i) {
      for (AlarmState state : {AlarmState::kOk, AlarmState::kAlarm, AlarmState::kInsufficientData}) {
        SCOPED_TRACE(std::string(vector.picture) + " " + std::to_string(vector.needed) + " of 3, treatment " +
                     std::to_string(i));
        const AlarmVerdict verdict = EvaluateAlarm(OutOf(vector.needed, 3, treatments[i], state), Data(vector.picture));
        const char expected = vector.expected[i];
        EXPECT_EQ(verdict.state, expected == 'A'   ? AlarmState::kAlarm
                                 : expected == 'O' ? AlarmState::kOk
                                 : expected == 'I' ? AlarmState::kInsufficientData
                                                   : state);
      }
    }
  }
}

TEST(EvaluateAlarm, TheNewestRealPointsDecideAndAreReported) {  // F56
  const AlarmVerdict verdict = EvaluateAlarm(OutOf(3, 3, MissingData::kMissing, AlarmState::kOk), Data("0XX-X"));
  EXPECT_EQ(verdict.decided_by, (std::vector<std::size_t>{1, 2, 4}));
  EXPECT_EQ(verdict.filled, 0u);
}

TEST(EvaluateAlarm, ComparesAsItsOperatorSays) {  // F53
  using model::Comparison;
  struct Case {
    Comparison comparison;
    bool below, equal, above;
  };
  for (const Case& c : {Case{Comparison::kGreaterThanOrEqualToThreshold, false, true, true},
                        Case{Comparison::kGreaterThanThreshold, false, false, true},
                        Case{Comparison::kLessThanThreshold, true, false, false},
                        Case{Comparison::kLessThanOrEqualToThreshold, true, true, false}}) {
    Alarm alarm;
    alarm.threshold = 5;
    alarm.comparison = c.comparison;
    EXPECT_EQ(Breaches(alarm, 4), c.below);
    EXPECT_EQ(Breaches(alarm, 5), c.equal);
    EXPECT_EQ(Breaches(alarm, 6), c.above);
  }
}

constexpr model::TimeMs kStart = 1'767'225'600'000;
constexpr model::DurationMs kMinute = model::kMinuteMs;

model::MetricPoint Point(int minute, double value, double samples = 1) {
  return {kStart + minute * kMinute, value * samples, value, value, samples};
}

TEST(Series, ChangePointsHoldForEveryMinuteUntilTheNext) {
  const std::vector<model::MetricPoint> points = {Point(2, 7), Point(5, 1), Point(6, 0, 0)};
  const Series series{points, /*sampled=*/true, std::nullopt};
  EXPECT_EQ(Aggregate(series, kStart, kStart + 2 * kMinute).samples, 0);
  const model::MetricPoint first = Aggregate(series, kStart, kStart + 5 * kMinute);
  EXPECT_EQ(first.samples, 3);
  EXPECT_EQ(first.sum, 21);
  const model::MetricPoint both = Aggregate(series, kStart + 4 * kMinute, kStart + 60 * kMinute);
  EXPECT_EQ(both.samples, 2);  // minute 4 and 5: from 6 on nothing is measured
  EXPECT_EQ(both.maximum, 7);
  EXPECT_EQ(both.minimum, 1);
  // A period within one minute sees the datum only when the minute begins in it.
  EXPECT_EQ(Aggregate(series, kStart + 2 * kMinute + 10'000, kStart + 2 * kMinute + 20'000).samples, 0);
  EXPECT_EQ(Aggregate(series, kStart + 2 * kMinute, kStart + 2 * kMinute + 10'000).samples, 1);
  EXPECT_EQ(LastChange(series), kStart + 6 * kMinute);
}

TEST(Series, WhatIsLiveFollowsTheRecordedPoints) {
  const std::vector<model::MetricPoint> points = {Point(0, 3)};
  Series series{points, true, Point(2, 9)};
  EXPECT_EQ(Aggregate(series, kStart, kStart + 2 * kMinute).maximum, 3);
  EXPECT_EQ(Aggregate(series, kStart, kStart + 4 * kMinute).sum, 2 * 3 + 2 * 9);
  EXPECT_EQ(LastChange(series), kStart + 2 * kMinute);
}

TEST(Series, PutPointsStandForThemselves) {
  const std::vector<model::MetricPoint> points = {Point(0, 3), Point(1, 5, 2)};
  const Series series{points, false, std::nullopt};
  const model::MetricPoint all = Aggregate(series, kStart, kStart + 10 * kMinute);
  EXPECT_EQ(all.samples, 3);
  EXPECT_EQ(StatisticOf(all, model::Statistic::kAverage), 13.0 / 3.0);
  EXPECT_EQ(StatisticOf(all, model::Statistic::kSum), 13);
  EXPECT_EQ(StatisticOf(all, model::Statistic::kMaximum), 5);
  EXPECT_EQ(StatisticOf(all, model::Statistic::kMinimum), 3);
  EXPECT_EQ(StatisticOf(all, model::Statistic::kSampleCount), 3);
  EXPECT_EQ(Aggregate(series, kStart + 2 * kMinute, kStart + 10 * kMinute).samples, 0);
}

TEST(EvaluationData, IsOnePerPeriodAndTwoPeriodsLonger) {  // F54, F56
  const std::vector<model::MetricPoint> points = {Point(0, 1), Point(7, 4)};
  const Series series{points, true, std::nullopt};
  Alarm alarm;
  alarm.period_seconds = 300;
  alarm.evaluation_periods = 1;
  alarm.statistic = model::Statistic::kMaximum;
  const auto data = EvaluationData(alarm, AlarmInput{{series}, {}}, kStart + 10 * kMinute);
  ASSERT_EQ(data.size(), 3u);
  EXPECT_FALSE(data[0]);
  EXPECT_EQ(data[1], 1);
  EXPECT_EQ(data[2], 4);
}

}  // namespace
}  // namespace ecsmi::core
