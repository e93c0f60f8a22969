#include "ecsmi/core/metric_math.h"

#include <string>
#include <utility>
#include <vector>

#include "builders/seeds.h"
#include "ecsmi/base/keyed_hash.h"
#include "gtest/gtest.h"

// Metric math over seeds: a printed expression parses to one of the same text and the same value.
namespace ecsmi {
namespace {

using core::MathNode;
using Op = MathNode::Op;

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  int Below(int bound) {
    return static_cast<int>(base::Reduce(base::KeyedHash64({seed, 13}, {++count}), static_cast<std::uint64_t>(bound)));
  }
};

MathNode Leaf(Op op, std::string text = {}) {
  MathNode node;
  node.op = op;
  node.text = std::move(text);
  return node;
}
MathNode Over(Op op, std::vector<MathNode> operands) {
  MathNode node;
  node.op = op;
  node.operands = std::move(operands);
  return node;
}

// An expression that comes to a series.
MathNode Series(Chance& chance, int depth);
// One that comes to a number.
MathNode Number(Chance& chance, int depth) {
  if (depth == 0 || chance.Below(3) == 0) {
    MathNode node = Leaf(Op::kNumber);
    node.number = chance.Below(1000) / (1.0 + chance.Below(7));
    return node;
  }
  constexpr Op kReductions[] = {Op::kSum, Op::kAverage, Op::kMinimum, Op::kMaximum};
  return Over(kReductions[chance.Below(4)], {Series(chance, depth - 1)});
}
MathNode Any(Chance& chance, int depth) {
  return chance.Below(2) == 0 ? Series(chance, depth) : Number(chance, depth);
}
MathNode Series(Chance& chance, int depth) {
  if (depth == 0) return Leaf(Op::kName, chance.Below(2) == 0 ? "a" : "b");
  switch (chance.Below(7)) {
    case 0:
      return Over(Op::kNegate, {Series(chance, depth - 1)});
    case 1:
      return Over(Op::kIf, {Any(chance, depth - 1), Series(chance, depth - 1), Any(chance, depth - 1)});
    case 2: {
      MathNode fill = Over(Op::kFill, {Series(chance, depth - 1)});
      constexpr const char* kWords[] = {"REPEAT", "LINEAR"};
      const int how = chance.Below(3);
      if (how < 2) fill.text = kWords[how];
      if (how == 2) fill.operands.push_back(Number(chance, depth - 1));
      return fill;
    }
    case 3:
      return Over(Op::kSum, {Over(Op::kArray, {Series(chance, depth - 1), Series(chance, depth - 1)})});
    case 4:
      return Over(Op::kMaximum, {Leaf(Op::kMetrics)});
    default: {
      constexpr Op kOps[] = {Op::kAdd,  Op::kSubtract,    Op::kMultiply, Op::kDivide,         Op::kEqual, Op::kNotEqual,
                             Op::kLess, Op::kLessOrEqual, Op::kGreater,  Op::kGreaterOrEqual, Op::kAnd,   Op::kOr};
      return Over(kOps[chance.Below(12)], {Series(chance, depth - 1), Any(chance, depth - 1)});
    }
  }
}

core::PeriodValues ValueOf(const std::string& expression, const std::vector<core::PeriodValues>& data) {
  const std::vector<core::MathLine> lines = {{"a", ""}, {"b", ""}, {"e", expression}};
  core::MathLineError error;
  const auto math = core::MetricMath::Compile(lines, &error);
  EXPECT_TRUE(math.has_value()) << expression << " at " << error.error.position << ": " << error.error.what;
  return math ? math->Evaluate(data)[2].series[0] : core::PeriodValues();
}

TEST(MetricMathProperty, APrintedExpressionParsesToTheSameValue) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(200); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    const std::string printed = core::PrintExpression(Series(chance, 1 + chance.Below(4)));
    if (printed.size() > 2048) continue;
    core::MathError error;
    const auto parsed = core::ParseExpression(printed, &error);
    ASSERT_TRUE(parsed.has_value()) << printed << ": " << error.what;
    EXPECT_EQ(core::PrintExpression(*parsed), printed);
    std::vector<core::PeriodValues> data(3);
    for (int line = 0; line < 2; ++line) {
      for (int i = 0; i < 6; ++i) {
        data[static_cast<std::size_t>(line)].push_back(chance.Below(4) == 0 ? std::optional<double>()
                                                                            : chance.Below(100) - 50.0);
      }
    }
    // Without the outermost parentheses and with blanks it is the same expression still.
    EXPECT_EQ(ValueOf(printed, data), ValueOf("  ( " + printed + " ) ", data));
  }
}

}  // namespace
}  // namespace ecsmi
