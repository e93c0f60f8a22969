#include "ecsmi/core/metric_math.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr std::nullopt_t kNone = std::nullopt;

// a = 1 2 - 4, b = 10 - 30 0
MathValue Value(const std::string& expression) {
  const std::vector<MathLine> lines = {{"a", ""}, {"b", ""}, {"e", expression}};
  MathLineError error;
  const auto math = MetricMath::Compile(lines, &error);
  EXPECT_TRUE(math.has_value()) << expression << ": " << error.error.what;
  if (!math) return {};
  return math->Evaluate(std::vector<PeriodValues>{{1, 2, kNone, 4}, {10, kNone, 30, 0}, {}})[2];
}
PeriodValues Series(const std::string& expression) {
  const MathValue value = Value(expression);
  EXPECT_EQ(value.kind, MathKind::kSeries) << expression;
  return value.series.empty() ? PeriodValues() : value.series[0];
}
std::optional<double> Number(const std::string& expression) {
  const MathValue value = Value(expression);
  EXPECT_EQ(value.kind, MathKind::kNumber) << expression;
  return value.number;
}

TEST(MetricMath, CalculatesNumbersAsWritten) {
  const std::vector<std::pair<std::string, double>> cases = {
      {"1 + 2 * 3", 7},       {"(1 + 2) * 3", 9}, {"8 / 4 / 2", 1},  {"1 - 2 - 3", -4},
      {"-2 * -3", 6},         {"--2", 2},         {"1.5e2", 150},    {".5", 0.5},
      {"2 < 3", 1},           {"2 >= 3", 0},      {"1 + 1 == 2", 1}, {"1 != 1", 0},
      {"1 < 2 AND 3 < 4", 1}, {"0 || 2", 1},      {"1 && 0", 0},     {"IF(1 > 2, 5, 6)", 6},
      {"1 or 0 and 0", 1},    {"SUM(a)", 7},      {"max(b)", 30},    {"MIN(b)", 0},
      {"AVG(a)", 7.0 / 3},
  };
  for (const auto& [text, number] : cases) EXPECT_EQ(Number(text), number) << text;
  EXPECT_EQ(Number("1 / 0"), kNone);
  EXPECT_EQ(Number("SUM(a) / (1 - 1) + 3"), kNone);
}

TEST(MetricMath, CalculatesSeriesPeriodByPeriod) {
  EXPECT_THAT(Series("a + b"), ElementsAre(Eq(11), kNone, kNone, Eq(4)));
  EXPECT_THAT(Series("a * 2"), ElementsAre(Eq(2), Eq(4), kNone, Eq(8)));
  EXPECT_THAT(Series("1 / b"), ElementsAre(Eq(0.1), kNone, Eq(1.0 / 30), kNone));
  EXPECT_THAT(Series("-a"), ElementsAre(Eq(-1), Eq(-2), kNone, Eq(-4)));
  EXPECT_THAT(Series("a > 1"), ElementsAre(Eq(0), Eq(1), kNone, Eq(1)));
}

TEST(MetricMath, FillsWhatIsMissing) {
  EXPECT_THAT(Series("FILL(a, 0)"), ElementsAre(Eq(1), Eq(2), Eq(0), Eq(4)));
  EXPECT_THAT(Series("FILL(a, REPEAT)"), ElementsAre(Eq(1), Eq(2), Eq(2), Eq(4)));
  EXPECT_THAT(Series("FILL(a, linear)"), ElementsAre(Eq(1), Eq(2), Eq(3), Eq(4)));
  EXPECT_THAT(Series("FILL(IF(a > 2, a), REPEAT)"), ElementsAre(kNone, kNone, kNone, Eq(4)));
}

TEST(MetricMath, ChoosesPeriodByPeriod) {
  EXPECT_THAT(Series("IF(a > 1, b, a)"), ElementsAre(Eq(1), kNone, kNone, Eq(0)));
  EXPECT_THAT(Series("IF(a, 7)"), ElementsAre(Eq(7), Eq(7), kNone, Eq(7)));
  EXPECT_THAT(Series("IF(1 > 0, a, b)"), ElementsAre(Eq(1), Eq(2), kNone, Eq(4)));
}

TEST(MetricMath, AggregatesAcrossSeriesWhatIsThere) {
  EXPECT_THAT(Series("SUM([a, b])"), ElementsAre(Eq(11), Eq(2), Eq(30), Eq(4)));
  EXPECT_THAT(Series("MAX(METRICS())"), ElementsAre(Eq(10), Eq(2), Eq(30), Eq(4)));
  EXPECT_THAT(Series("AVG(METRICS('b'))"), ElementsAre(Eq(10), kNone, Eq(30), Eq(0)));
  const MathValue list = Value("FILL(METRICS(), 9) / 10");
  EXPECT_EQ(list.kind, MathKind::kList);
  EXPECT_THAT(list.series[1], ElementsAre(Eq(1), Eq(0.9), Eq(3), Eq(0)));
  EXPECT_THAT(list.origins, ElementsAre(0u, 1u));
}

TEST(MetricMath, LinesMayNameLinesInAnyOrder) {
  const std::vector<MathLine> lines = {{"e2", "e1 * 2"}, {"e1", "m + 1"}, {"m", ""}, {"n", ""}};
  MathLineError error;
  const auto math = MetricMath::Compile(lines, &error);
  ASSERT_TRUE(math.has_value());
  EXPECT_THAT(math->Evaluate(std::vector<PeriodValues>{{}, {}, {3}, {5}})[0].series[0], ElementsAre(Eq(8)));
  EXPECT_THAT(math->MetricsOf(0), ElementsAre(2u));
}

TEST(MetricMath, RefusesWithPositionAndReason) {
  struct Case {
    std::string expression;
    std::size_t position;
    std::string what;
  };
  const std::vector<Case> cases = {
      {"a +", 3, "operand is missing"},
      {" ", 1, "operand is missing"},
      {"a b", 2, "unexpected 'b'"},
      {"(a", 2, "')' is missing at the end"},
      {"a + 1e999", 4, "no number"},
      {"1..2", 2, "unexpected"},
      {"a $ b", 2, "unexpected '$'"},
      {"nobody + 1", 0, "no query with the Id 'nobody'"},
      {"RATE(a)", 0, "RATE is not emulated"},
      {"SUM(a, b)", 0, "takes 1 operand, not 2"},
      {"1 + SUM(2)", 4, "time series"},
      {"FILL(1, 2)", 0, "FILL takes"},
      {"FILL(a, b)", 8, "REPEAT or LINEAR"},
      {"FILL(a)", 6, "',' is expected"},
      {"IF(a)", 0, "2 or 3 operands"},
      {"IF([a, b], 1, 2)", 0, "no array"},
      {"[a, 1]", 4, "time series only"},
      {"[a] + [b]", 4, "not both"},
      {"METRICS('zzz')", 0, "finds no metric"},
      {"METRICS(a)", 8, "in quotes"},
      {"METRICS('a", 8, "does not end"},
      {"e + 1", 0, "depends on itself"},
      {std::string(200, '(') + "a", 64, "64 deep"},
      {std::string(200, '-') + "a", 64, "64 deep"},
      {std::string(3000, ' ') + "a", 2048, "2048 characters"},
  };
  for (const Case& c : cases) {
    const std::vector<MathLine> lines = {{"a", ""}, {"b", ""}, {"e", c.expression}};
    MathLineError error;
    EXPECT_FALSE(MetricMath::Compile(lines, &error).has_value()) << c.expression;
    EXPECT_EQ(error.line, 2u) << c.expression;
    EXPECT_EQ(error.error.position, c.position) << c.expression << ": " << error.error.what;
    EXPECT_THAT(error.error.what, HasSubstr(c.what)) << c.expression;
  }
}

TEST(PrintExpression, IsReadBackAsTheSame) {
  for (const auto& [text, printed] : std::vector<std::pair<std::string, std::string>>{
           {"a+b*2", "(a + (b * 2))"},
           {"IF(a>1 AND b, -a)", "IF(((a > 1) && b), (-a))"},
           {"fill( METRICS('x\"') , repeat)", "FILL(METRICS('x\"'), REPEAT)"},
           {"[a,0.1]", "[a, 0.1]"}}) {
    MathError error;
    const auto node = ParseExpression(text, &error);
    ASSERT_TRUE(node.has_value()) << error.what;
    EXPECT_EQ(PrintExpression(*node), printed);
    EXPECT_EQ(PrintExpression(*ParseExpression(printed, &error)), printed);
  }
}

}  // namespace
}  // namespace ecsmi::core
