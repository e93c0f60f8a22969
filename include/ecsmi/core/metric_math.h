#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// CloudWatch's metric math. Pure; any thread.
//
// Values are numbers, time series (one optional number per period, all of one length) and lists of time series.
// Arithmetic and comparison work number by number, a plain number against each; a period without a number on either
// side, or with a division by zero, has none (assumed).
namespace ecsmi::core {

using PeriodValues = std::vector<std::optional<double>>;

// Where an expression is wrong: `position` counts characters from 0; and why.
struct MathError {
  std::size_t position = 0;
  std::string what;
};

enum class MathKind : std::uint8_t { kNumber, kSeries, kList };

struct MathNode {
  enum class Op : std::uint8_t {
    kNumber,
    kName,   // a line's id
    kArray,  // [a, b]
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kAnd,
    kOr,
    kIf,    // IF(condition, then) or IF(condition, then, else)
    kFill,  // FILL(series, number); `text` REPEAT or LINEAR instead of the second
    kSum,
    kAverage,
    kMinimum,
    kMaximum,
    kMetrics,  // METRICS() or METRICS("text")
  };
  Op op = Op::kNumber;
  double number = 0;
  std::string text;
  std::vector<MathNode> operands;
  std::size_t position = 0;
};

// Grammar, weakest first: OR ||, AND &&, == != < <= > >=, + -, * /, unary -. Names of functions and of AND, OR, REPEAT,
// LINEAR in any case. nullopt: `error` says why. Cost: O(length); at most 2,048 characters and 64 levels.
std::optional<MathNode> ParseExpression(std::string_view text, MathError* error);
// An expression of the same tree.
std::string PrintExpression(const MathNode& node);

// One line of a request: a metric (no expression) or an expression over other lines.
struct MathLine {
  std::string id;
  std::string expression;
};
struct MathLineError {
  std::size_t line = 0;
  MathError error;
};

inline constexpr std::size_t kNoLine = static_cast<std::size_t>(-1);

// What a line comes to. A number has `number`, unless it is one of no data; a series one member of `series`, a list
// one for each of the lines `origins` (kNoLine: of none).
struct MathValue {
  MathKind kind = MathKind::kNumber;
  std::optional<double> number;
  std::vector<PeriodValues> series;
  std::vector<std::size_t> origins;
};

// Lines that name each other, parsed and checked: every name is a line, none depends on itself, every operand has the
// kind its place asks for.
class MetricMath {
 public:
  // REQUIRES: ids are distinct.
  static std::optional<MetricMath> Compile(std::span<const MathLine> lines, MathLineError* error);

  MathKind KindOf(std::size_t line) const { return kinds_[line]; }
  // The metrics a line needs, itself if it is one; in line order.
  std::vector<std::size_t> MetricsOf(std::size_t line) const;
  // The value of each line. `metrics`: one entry per line, empty for expressions; all others have equal lengths.
  // Cost: O(nodes × periods).
  std::vector<MathValue> Evaluate(std::span<const PeriodValues> metrics) const;

 private:
  struct Line {
    std::string id;
    std::optional<MathNode> expression;
    std::vector<std::size_t> needs;  // lines it names
  };
  std::vector<Line> lines_;
  std::vector<MathKind> kinds_;
  std::vector<std::size_t> order_;  // needs before those that need them
};

}  // namespace ecsmi::core
