#include "ecsmi/core/metric_math.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ecsmi::core {
namespace {

using Op = MathNode::Op;
using Number = std::optional<double>;

// --- Kinds: every expression is of one, whatever its data

// Lines by id, with the kinds of those an expression may name.
struct Names {
  std::map<std::string_view, std::size_t> lines;
  const std::vector<MathKind>* kinds = nullptr;
  std::size_t metrics = 0;
};

std::optional<MathKind> Wrong(const MathNode& node, std::string what, MathError* error) {
  *error = {node.position, std::move(what)};
  return std::nullopt;
}

std::optional<MathKind> KindOfNode(const MathNode& node, const Names& names, MathError* error);

std::optional<std::vector<MathKind>> KindsOf(const MathNode& node, const Names& names, MathError* error) {
  std::vector<MathKind> kinds;
  for (const MathNode& operand : node.operands) {
    const std::optional<MathKind> kind = KindOfNode(operand, names, error);
    if (!kind) return std::nullopt;
    kinds.push_back(*kind);
  }
  return kinds;
}

MathKind Widest(const std::vector<MathKind>& kinds) {
  return *std::max_element(kinds.begin(), kinds.end());
}

std::optional<MathKind> KindOfNode(const MathNode& node, const Names& names, MathError* error) {
  const std::optional<std::vector<MathKind>> kinds = KindsOf(node, names, error);
  if (!kinds) return std::nullopt;
  switch (node.op) {
    case Op::kNumber:
      return MathKind::kNumber;
    case Op::kName:
      return (*names.kinds)[names.lines.at(node.text)];
    case Op::kMetrics:
      if (names.metrics == 0) return Wrong(node, "METRICS finds no metric among the queries", error);
      return MathKind::kList;
    case Op::kArray:
      for (std::size_t i = 0; i < kinds->size(); ++i) {
        if ((*kinds)[i] == MathKind::kNumber) return Wrong(node.operands[i], "an array holds time series only", error);
      }
      return MathKind::kList;
    case Op::kNegate:
      return (*kinds)[0];
    case Op::kIf:
      if (Widest(*kinds) == MathKind::kList) return Wrong(node, "IF takes numbers and time series, no array", error);
      if (kinds->size() == 2 && Widest(*kinds) == MathKind::kNumber) {
        return Wrong(node, "IF with 2 operands takes a time series", error);
      }
      return Widest(*kinds);
    case Op::kFill:
      if ((*kinds)[0] == MathKind::kNumber) return Wrong(node, "FILL takes a time series or an array of them", error);
      if (kinds->size() == 2 && (*kinds)[1] != MathKind::kNumber) {
        return Wrong(node.operands[1], "FILL fills with a number, REPEAT or LINEAR", error);
      }
      return (*kinds)[0];
    case Op::kSum:
    case Op::kAverage:
    case Op::kMinimum:
    case Op::kMaximum:
      if ((*kinds)[0] == MathKind::kNumber) return Wrong(node, "a time series or an array of them is expected", error);
      return (*kinds)[0] == MathKind::kSeries ? MathKind::kNumber : MathKind::kSeries;
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
    case Op::kAnd:
    case Op::kOr:
      if ((*kinds)[0] == MathKind::kList && (*kinds)[1] == MathKind::kList) {
        return Wrong(node, "one side may be an array, not both", error);
      }
      return Widest(*kinds);
  }
  return std::nullopt;
}

// Calls `visit` with each name in the tree; false as soon as it says so.
template <typename Visit>
bool ForEachName(const MathNode& node, Visit&& visit) {
  if (node.op == Op::kName || node.op == Op::kMetrics) return visit(node);
  return std::all_of(node.operands.begin(), node.operands.end(),
                     [&](const MathNode& operand) { return ForEachName(operand, visit); });
}

// --- Values

Number Applied(Op op, const Number& a, const Number& b) {
  if (!a || !b) return std::nullopt;
  const auto truth = [](bool yes) { return yes ? 1.0 : 0.0; };
  double result = 0;
  switch (op) {
    case Op::kAdd:
      result = *a + *b;
      break;
    case Op::kSubtract:
      result = *a - *b;
      break;
    case Op::kMultiply:
      result = *a * *b;
      break;
    case Op::kDivide:
      if (*b == 0) return std::nullopt;
      result = *a / *b;
      break;
    case Op::kEqual:
      return truth(*a == *b);
    case Op::kNotEqual:
      return truth(*a != *b);
    case Op::kLess:
      return truth(*a < *b);
    case Op::kLessOrEqual:
      return truth(*a <= *b);
    case Op::kGreater:
      return truth(*a > *b);
    case Op::kGreaterOrEqual:
      return truth(*a >= *b);
    case Op::kAnd:
      return truth(*a != 0 && *b != 0);
    case Op::kOr:
      return truth(*a != 0 || *b != 0);
    case Op::kNumber:
    case Op::kName:
    case Op::kArray:
    case Op::kNegate:
    case Op::kIf:
    case Op::kFill:
    case Op::kSum:
    case Op::kAverage:
    case Op::kMinimum:
    case Op::kMaximum:
    case Op::kMetrics:
      break;
  }
  return std::isfinite(result) ? Number(result) : std::nullopt;
}

// One number of all that are there; nothing of nothing.
Number Reduced(Op op, const std::vector<Number>& values) {
  Number result;
  std::size_t count = 0;
  for (const Number& value : values) {
    if (!value) continue;
    ++count;
    if (!result) {
      result = value;
    } else if (op == Op::kMinimum) {
      result = std::min(*result, *value);
    } else if (op == Op::kMaximum) {
      result = std::max(*result, *value);
    } else {
      *result += *value;
    }
  }
  if (result && op == Op::kAverage) *result /= static_cast<double>(count);
  return result;
}

PeriodValues Filled(const PeriodValues& data, const std::string& how, const Number& value) {
  PeriodValues filled = data;
  std::optional<std::size_t> before;  // index of the last real one
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i]) {
      before = i;
      continue;
    }
    if (how.empty()) {
      filled[i] = value;
    } else if (how == "REPEAT") {
      if (before) filled[i] = data[*before];
    } else if (before) {
      const auto after = std::find_if(data.begin() + static_cast<std::ptrdiff_t>(i), data.end(),
                                      [](const Number& later) { return later.has_value(); });
      if (after == data.end()) continue;  // LINEAR goes between real ones only
      const auto gap = static_cast<double>(static_cast<std::size_t>(after - data.begin()) - *before);
      filled[i] = *data[*before] + (**after - *data[*before]) * static_cast<double>(i - *before) / gap;
    }
  }
  return filled;
}

class Evaluator {
 public:
  Evaluator(const Names& names, const std::vector<MathValue>& values, const std::vector<std::string>& ids,
            const std::vector<bool>& is_metric, std::size_t periods)
      : names_(names), values_(values), ids_(ids), is_metric_(is_metric), periods_(periods) {}

  MathValue Of(const MathNode& node) const {
    if (node.op == Op::kName) return values_[names_.lines.at(node.text)];
    if (node.op == Op::kMetrics) return Metrics(node.text);
    std::vector<MathValue> operands;
    operands.reserve(node.operands.size());
    for (const MathNode& operand : node.operands) operands.push_back(Of(operand));
    switch (node.op) {
      case Op::kNumber:
        return OfNumber(node.number);
      case Op::kArray:
        return Joined(operands);
      case Op::kNegate:
        return Combined(Op::kSubtract, OfNumber(0), operands[0]);
      case Op::kIf:
        return Chosen(operands);
      case Op::kFill: {
        MathValue filled = operands[0];
        for (PeriodValues& series : filled.series) {
          series = Filled(series, node.text, node.text.empty() ? operands[1].number : Number());
        }
        return filled;
      }
      case Op::kSum:
      case Op::kAverage:
      case Op::kMinimum:
      case Op::kMaximum:
        return Aggregated(node.op, operands[0]);
      case Op::kName:
      case Op::kMetrics:
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
      case Op::kEqual:
      case Op::kNotEqual:
      case Op::kLess:
      case Op::kLessOrEqual:
      case Op::kGreater:
      case Op::kGreaterOrEqual:
      case Op::kAnd:
      case Op::kOr:
        break;
    }
    return Combined(node.op, operands[0], operands[1]);
  }

 private:
  static MathValue OfNumber(double number) {
    MathValue value;
    value.number = number;
    return value;
  }
  static MathValue OfSeries(PeriodValues series) {
    MathValue value;
    value.kind = MathKind::kSeries;
    value.series.push_back(std::move(series));
    return value;
  }
  // A value's number in one period; of a list that of its member.
  static Number At(const MathValue& value, std::size_t member, std::size_t period) {
    if (value.kind == MathKind::kNumber) return value.number;
    return value.series[value.kind == MathKind::kList ? member : 0][period];
  }

  MathValue Metrics(const std::string& part) const {
    MathValue all;
    all.kind = MathKind::kList;
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (!is_metric_[i] || ids_[i].find(part) == std::string::npos) continue;
      all.series.push_back(values_[i].series[0]);
      all.origins.push_back(i);
    }
    return all;
  }

  static MathValue Joined(const std::vector<MathValue>& parts) {
    MathValue all;
    all.kind = MathKind::kList;
    for (const MathValue& part : parts) {
      for (std::size_t i = 0; i < part.series.size(); ++i) {
        all.series.push_back(part.series[i]);
        all.origins.push_back(part.origins.empty() ? kNoLine : part.origins[i]);
      }
    }
    return all;
  }

  MathValue Combined(Op op, const MathValue& a, const MathValue& b) const {
    if (a.kind == MathKind::kNumber && b.kind == MathKind::kNumber) {
      MathValue value;
      value.number = Applied(op, a.number, b.number);
      return value;
    }
    const MathValue& wide = a.kind >= b.kind ? a : b;
    MathValue value = wide;
    for (std::size_t member = 0; member < value.series.size(); ++member) {
      for (std::size_t i = 0; i < periods_; ++i) {
        value.series[member][i] = Applied(op, At(a, member, i), At(b, member, i));
      }
    }
    return value;
  }

  MathValue Chosen(const std::vector<MathValue>& operands) const {
    const auto chosen = [&](std::size_t i) -> Number {
      const Number condition = At(operands[0], 0, i);
      if (!condition) return std::nullopt;
      if (*condition != 0) return At(operands[1], 0, i);
      return operands.size() == 3 ? At(operands[2], 0, i) : std::nullopt;
    };
    const bool plain = std::all_of(operands.begin(), operands.end(),
                                   [](const MathValue& value) { return value.kind == MathKind::kNumber; });
    if (plain) {
      MathValue value;
      value.number = chosen(0);
      return value;
    }
    PeriodValues series(periods_);
    for (std::size_t i = 0; i < periods_; ++i) series[i] = chosen(i);
    return OfSeries(std::move(series));
  }

  MathValue Aggregated(Op op, const MathValue& of) const {
    if (of.kind == MathKind::kSeries) {
      MathValue value;
      value.number = Reduced(op, of.series[0]);
      return value;
    }
    PeriodValues across(periods_);
    for (std::size_t i = 0; i < periods_; ++i) {
      std::vector<Number> values;
      for (const PeriodValues& series : of.series) values.push_back(series[i]);
      across[i] = Reduced(op, values);
    }
    return OfSeries(std::move(across));
  }

  const Names& names_;
  const std::vector<MathValue>& values_;
  const std::vector<std::string>& ids_;
  const std::vector<bool>& is_metric_;
  std::size_t periods_;
};

}  // namespace

std::optional<MetricMath> MetricMath::Compile(std::span<const MathLine> lines, MathLineError* error) {
  MetricMath math;
  Names names;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    names.lines[lines[i].id] = i;
    Line& line = math.lines_.emplace_back();
    line.id = lines[i].id;
    if (lines[i].expression.empty()) {
      ++names.metrics;
      continue;
    }
    error->line = i;
    line.expression = ParseExpression(lines[i].expression, &error->error);
    if (!line.expression) return std::nullopt;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!math.lines_[i].expression) continue;
    error->line = i;
    const bool known = ForEachName(*math.lines_[i].expression, [&](const MathNode& name) {
      std::vector<std::size_t>& needs = math.lines_[i].needs;
      if (name.op == Op::kMetrics) {
        bool any = false;
        for (std::size_t of = 0; of < lines.size(); ++of) {
          if (!lines[of].expression.empty() || lines[of].id.find(name.text) == std::string::npos) continue;
          needs.push_back(of);
          any = true;
        }
        if (!any) error->error = {name.position, "METRICS finds no metric among the queries"};
        return any;
      }
      const auto at = names.lines.find(name.text);
      if (at == names.lines.end()) {
        error->error = {name.position, absl::StrCat("there is no query with the Id '", name.text, "'")};
        return false;
      }
      needs.push_back(at->second);
      return true;
    });
    if (!known) return std::nullopt;
  }
  // Lines whose needs are all there, again and again; what is left goes in circles.
  std::vector<bool> done(lines.size());
  math.kinds_.resize(lines.size(), MathKind::kSeries);
  names.kinds = &math.kinds_;
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto& needs = math.lines_[i].needs;
      if (done[i] || !std::all_of(needs.begin(), needs.end(), [&](std::size_t need) { return done[need]; })) continue;
      if (math.lines_[i].expression) {
        error->line = i;
        const std::optional<MathKind> kind = KindOfNode(*math.lines_[i].expression, names, &error->error);
        if (!kind) return std::nullopt;
        math.kinds_[i] = *kind;
      }
      done[i] = moved = true;
      math.order_.push_back(i);
    }
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (done[i]) continue;
    *error = {i, {0, "the expression depends on itself"}};
    return std::nullopt;
  }
  return math;
}

std::vector<std::size_t> MetricMath::MetricsOf(std::size_t line) const {
  std::vector<bool> wanted(lines_.size());
  wanted[line] = true;
  for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
    if (!wanted[*at]) continue;
    for (std::size_t need : lines_[*at].needs) wanted[need] = true;
  }
  std::vector<std::size_t> metrics;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (wanted[i] && !lines_[i].expression) metrics.push_back(i);
  }
  return metrics;
}

std::vector<MathValue> MetricMath::Evaluate(std::span<const PeriodValues> metrics) const {
  Names names;
  std::vector<std::string> ids;
  std::vector<bool> is_metric;
  std::size_t periods = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    names.lines[lines_[i].id] = i;
    ids.push_back(lines_[i].id);
    is_metric.push_back(!lines_[i].expression);
    if (!lines_[i].expression) periods = metrics[i].size();
  }
  std::vector<MathValue> values(lines_.size());
  const Evaluator evaluator(names, values, ids, is_metric, periods);
  for (std::size_t line : order_) {
    if (lines_[line].expression) {
      values[line] = evaluator.Of(*lines_[line].expression);
    } else {
      values[line].kind = MathKind::kSeries;
      values[line].series.push_back(metrics[line]);
    }
  }
  return values;
}

}  // namespace ecsmi::core
