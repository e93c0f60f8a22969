#include <cctype>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ecsmi/core/metric_math.h"

// Metric math as text: recursive descent, one function per level of the grammar.
namespace ecsmi::core {
namespace {

using Op = MathNode::Op;

constexpr std::size_t kLengthMax = 2048;
constexpr int kDepthMax = 64;

bool IsNameStart(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool IsNamePart(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool IsDigit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
std::string Upper(std::string_view text) {
  return absl::AsciiStrToUpper({text.data(), text.size()});
}

struct Symbol {
  std::string_view text;
  Op op;
};
// Longer ones before those they begin with.
constexpr Symbol kComparisons[] = {{"==", Op::kEqual},          {"!=", Op::kNotEqual}, {"<=", Op::kLessOrEqual},
                                   {">=", Op::kGreaterOrEqual}, {"<", Op::kLess},      {">", Op::kGreater}};
constexpr Symbol kSums[] = {{"+", Op::kAdd}, {"-", Op::kSubtract}};
constexpr Symbol kProducts[] = {{"*", Op::kMultiply}, {"/", Op::kDivide}};
constexpr Symbol kConjunction[] = {{"&&", Op::kAnd}, {"AND", Op::kAnd}};
constexpr Symbol kDisjunction[] = {{"||", Op::kOr}, {"OR", Op::kOr}};

struct Function {
  std::string_view name;
  Op op;
};
constexpr Function kFunctions[] = {{"IF", Op::kIf},          {"FILL", Op::kFill},   {"SUM", Op::kSum},
                                   {"AVG", Op::kAverage},    {"MIN", Op::kMinimum}, {"MAX", Op::kMaximum},
                                   {"METRICS", Op::kMetrics}};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<MathNode> Whole(MathError* error) {
    MathNode node;
    if (text_.size() > kLengthMax) {
      Fail(kLengthMax, "the expression has more than 2048 characters");
    } else if (Disjunction(&node)) {
      SkipBlanks();
      if (at_ == text_.size()) return node;
      Fail(at_, absl::StrCat("unexpected '", Here(), "'"));
    }
    *error = std::move(error_);
    return std::nullopt;
  }

 private:
  bool Fail(std::size_t position, std::string what) {
    error_ = {position, std::move(what)};
    return false;
  }
  void SkipBlanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  std::string Here() const { return std::string(text_.substr(at_, 1)); }
  bool Take(std::string_view symbol) {
    SkipBlanks();
    const std::string_view rest = text_.substr(at_, symbol.size());
    if (IsNameStart(symbol.front())) {
      const bool whole = at_ + symbol.size() >= text_.size() || !IsNamePart(text_[at_ + symbol.size()]);
      if (!whole || Upper(rest) != symbol) return false;
    } else if (rest != symbol) {
      return false;
    }
    at_ += symbol.size();
    return true;
  }
  bool Expect(std::string_view symbol) {
    if (Take(symbol)) return true;
    return Fail(at_, at_ == text_.size()
                         ? absl::StrCat("'", absl::string_view(symbol.data(), symbol.size()), "' is missing at the end")
                         : absl::StrCat("'", absl::string_view(symbol.data(), symbol.size()), "' is expected, not '",
                                        Here(), "'"));
  }

  // operand (symbol operand)*, from the left.
  template <std::size_t N>
  bool Chain(const Symbol (&symbols)[N], bool (Parser::*operand)(MathNode*), MathNode* node) {
    if (!(this->*operand)(node)) return false;
    for (;;) {
      SkipBlanks();
      const std::size_t position = at_;
      const Symbol* found = nullptr;
      for (const Symbol& symbol : symbols) {
        if (found == nullptr && Take(symbol.text)) found = &symbol;
      }
      if (found == nullptr) return true;
      MathNode whole;
      whole.op = found->op;
      whole.position = position;
      whole.operands.push_back(std::move(*node));
      if (!(this->*operand)(&whole.operands.emplace_back())) return false;
      *node = std::move(whole);
    }
  }
  bool Disjunction(MathNode* node) { return Chain(kDisjunction, &Parser::Conjunction, node); }
  bool Conjunction(MathNode* node) { return Chain(kConjunction, &Parser::Comparison, node); }
  bool Comparison(MathNode* node) { return Chain(kComparisons, &Parser::Sum, node); }
  bool Sum(MathNode* node) { return Chain(kSums, &Parser::Product, node); }
  bool Product(MathNode* node) { return Chain(kProducts, &Parser::Unary, node); }

  bool Unary(MathNode* node) {
    SkipBlanks();
    if (++depth_ > kDepthMax) return Fail(at_, "the expression nests more than 64 deep");
    node->position = at_;
    bool parsed = false;
    if (Take("-")) {
      node->op = Op::kNegate;
      parsed = Unary(&node->operands.emplace_back());
    } else {
      parsed = Primary(node);
    }
    --depth_;
    return parsed;
  }

  bool Primary(MathNode* node) {
    if (at_ == text_.size()) return Fail(at_, "an operand is missing at the end");
    const char c = text_[at_];
    if (c == '(') {
      ++at_;
      return Disjunction(node) && Expect(")");
    }
    if (c == '[') {
      ++at_;
      node->op = Op::kArray;
      return Operands(node, "]");
    }
    if (IsDigit(c) || c == '.') return Number(node);
    if (IsNameStart(c)) return Name(node);
    return Fail(at_, absl::StrCat("an operand is expected, not '", Here(), "'"));
  }

  // operand (, operand)* and what closes them.
  bool Operands(MathNode* node, std::string_view close) {
    do {
      if (!Disjunction(&node->operands.emplace_back())) return false;
    } while (Take(","));
    return Expect(close);
  }

  bool Number(MathNode* node) {
    const std::size_t begin = at_;
    const auto digits = [&] {
      while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    };
    digits();
    if (at_ < text_.size() && text_[at_] == '.') ++at_;
    digits();
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      digits();
    }
    const std::string_view number = text_.substr(begin, at_ - begin);
    if (absl::SimpleAtod({number.data(), number.size()}, &node->number) && std::isfinite(node->number)) return true;
    return Fail(begin, absl::StrCat("'", std::string(number), "' is no number"));
  }

  bool Name(MathNode* node) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (Take("(")) return Call(node, name, begin);
    node->op = Op::kName;
    node->text = std::string(name);
    return true;
  }

  bool Call(MathNode* node, std::string_view name, std::size_t begin) {
    const std::string upper = Upper(name);
    const Function* known = nullptr;
    for (const Function& function : kFunctions) {
      if (function.name == upper) known = &function;
    }
    if (known == nullptr) {
      return Fail(begin, absl::StrCat("the function ", upper,
                                      " is not emulated; there are IF, FILL, SUM, AVG, MIN, MAX and METRICS"));
    }
    node->op = known->op;
    if (known->op == Op::kMetrics) return MetricsArgument(node);
    if (known->op == Op::kFill) return FillArguments(node);
    if (!Operands(node, ")")) return false;
    const std::size_t given = node->operands.size();
    const bool fits = known->op == Op::kIf ? given == 2 || given == 3 : given == 1;
    if (fits) return true;
    return Fail(
        begin, absl::StrCat(upper, " takes ", known->op == Op::kIf ? "2 or 3 operands" : "1 operand", ", not ", given));
  }

  // METRICS() or METRICS("text")
  bool MetricsArgument(MathNode* node) {
    if (Take(")")) return true;
    SkipBlanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'') return Fail(at_, "METRICS takes nothing or a text in quotes");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return Fail(at_, "the text in quotes does not end");
    node->text = std::string(text_.substr(at_ + 1, end - at_ - 1));
    if (node->text.empty()) return Fail(at_, "METRICS takes nothing or a text that is not empty");
    at_ = end + 1;
    return Expect(")");
  }

  // FILL(series, number), FILL(series, REPEAT), FILL(series, LINEAR)
  bool FillArguments(MathNode* node) {
    if (!Disjunction(&node->operands.emplace_back()) || !Expect(",")) return false;
    for (const std::string_view word : {"REPEAT", "LINEAR"}) {
      if (!Take(word)) continue;
      node->text = std::string(word);
      return Expect(")");
    }
    return Disjunction(&node->operands.emplace_back()) && Expect(")");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  MathError error_;
};

std::string_view SymbolOf(Op op) {
  for (const Symbol& symbol : kComparisons) {
    if (symbol.op == op) return symbol.text;
  }
  for (const auto& [text, of] : {kSums[0], kSums[1], kProducts[0], kProducts[1], kConjunction[0], kDisjunction[0]}) {
    if (of == op) return text;
  }
  return {};
}

// As short as reads back the same.
std::string NumberText(double value) {
  for (int digits = 6; digits < 17; ++digits) {
    std::string text = absl::StrFormat("%.*g", digits, value);
    double back = 0;
    if (absl::SimpleAtod(text, &back) && back == value) return text;
  }
  return absl::StrFormat("%.17g", value);
}

}  // namespace

std::optional<MathNode> ParseExpression(std::string_view text, MathError* error) {
  return Parser(text).Whole(error);
}

std::string PrintExpression(const MathNode& node) {
  const auto list = [&] {
    std::string text;
    for (const MathNode& operand : node.operands) {
      absl::StrAppend(&text, text.empty() ? "" : ", ", PrintExpression(operand));
    }
    return text;
  };
  switch (node.op) {
    case Op::kNumber:
      return NumberText(node.number);
    case Op::kName:
      return node.text;
    case Op::kArray:
      return absl::StrCat("[", list(), "]");
    case Op::kNegate:
      return absl::StrCat("(-", list(), ")");
    case Op::kMetrics: {
      if (node.text.empty()) return "METRICS()";
      const char* quote = node.text.find('"') == std::string::npos ? "\"" : "'";
      return absl::StrCat("METRICS(", quote, node.text, quote, ")");
    }
    case Op::kFill:
      return absl::StrCat("FILL(", list(), node.text.empty() ? "" : ", ", node.text, ")");
    case Op::kIf:
    case Op::kSum:
    case Op::kAverage:
    case Op::kMinimum:
    case Op::kMaximum:
      for (const Function& function : kFunctions) {
        if (function.op != node.op) continue;
        return absl::StrCat(absl::string_view(function.name.data(), function.name.size()), "(", list(), ")");
      }
      return {};
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
  const std::string_view symbol = SymbolOf(node.op);
  return absl::StrCat("(", PrintExpression(node.operands[0]), " ", absl::string_view(symbol.data(), symbol.size()), " ",
                      PrintExpression(node.operands[1]), ")");
}

}  // namespace ecsmi::core
