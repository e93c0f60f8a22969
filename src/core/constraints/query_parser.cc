#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ecsmi/base/status.h"
#include "ecsmi/core/cluster_query.h"

namespace ecsmi::core {
namespace {

constexpr int kDepthMax = 50;  // of parentheses and negations: as deep as nobody writes them

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool IsWordEnd(char c) {
  return IsBlank(c) || c == '(' || c == ')';
}
// An argument ends before what joins terms or closes a list.
bool IsValueEnd(char c) {
  return IsBlank(c) || c == '(' || c == ')' || c == '&' || c == '|' || c == ',' || c == '[' || c == ']';
}

}  // namespace

// By recursive descent: or, and, not, parentheses, term.
class QueryParser {
 public:
  explicit QueryParser(std::string_view text) : text_(text) {}

  absl::StatusOr<ClusterQuery> Parse() {
    ECSMI_ASSIGN_OR_RETURN(const Part whole, ParseOr(0));
    SkipBlanks();
    if (at_ < text_.size()) return Expected("'and', 'or' or the end");
    query_.root_ = whole.node;
    return std::move(query_);
  }

 private:
  using Kind = ClusterQuery::Kind;
  using Operator = ClusterQuery::Operator;
  struct Part {
    std::uint32_t node = 0;
    bool compound = false;  // what parentheses may stand around (H61)
  };

  absl::Status Expected(std::string_view what) const { return ExpectedAt(at_, what); }
  absl::Status ExpectedAt(std::size_t at, std::string_view what) const {
    const std::string_view rest = text_.substr(at);
    const std::string found = rest.empty() ? "the expression ends"
                                           : absl::StrCat("'", std::string(rest.substr(0, 20)), "' is not understood");
    return absl::InvalidArgumentError(
        absl::StrCat("at position ", at + 1, ": ", found, "; expected ", std::string(what)));
  }

  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  bool TakeSign(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  // A word that ends where it ends.
  bool TakeWord(std::string_view word) {
    const std::size_t end = at_ + word.size();
    if (!text_.substr(at_).starts_with(word) || (end < text_.size() && !IsWordEnd(text_[end]))) return false;
    at_ = end;
    return true;
  }
  std::string_view TakeUntil(bool (*ends)(char)) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::uint32_t Add(ClusterQuery::Node node) {
    query_.nodes_.push_back(std::move(node));
    return static_cast<std::uint32_t>(query_.nodes_.size() - 1);
  }

  Part Join(Kind kind, std::uint32_t left, std::uint32_t right) {
    ClusterQuery::Node node;
    node.kind = kind;
    node.left = left;
    node.right = right;
    return {Add(std::move(node)), true};
  }

  absl::StatusOr<Part> ParseOr(int depth) {
    ECSMI_ASSIGN_OR_RETURN(Part left, ParseAnd(depth));
    for (;;) {
      SkipBlanks();
      if (!TakeSign("||") && !TakeWord("or")) return left;
      ECSMI_ASSIGN_OR_RETURN(const Part right, ParseAnd(depth));
      left = Join(Kind::kOr, left.node, right.node);
    }
  }
  absl::StatusOr<Part> ParseAnd(int depth) {
    ECSMI_ASSIGN_OR_RETURN(Part left, ParseNot(depth));
    for (;;) {
      SkipBlanks();
      if (!TakeSign("&&") && !TakeWord("and")) return left;
      ECSMI_ASSIGN_OR_RETURN(const Part right, ParseNot(depth));
      left = Join(Kind::kAnd, left.node, right.node);
    }
  }
  // `negated`: behind a negation, where parentheses may stand around one term too.
  absl::StatusOr<Part> ParseNot(int depth, bool negated = false) {
    SkipBlanks();
    if (depth > kDepthMax) return Expected(absl::StrCat("at most ", kDepthMax, " levels"));
    if (TakeSign("!") || TakeWord("not")) {
      ECSMI_ASSIGN_OR_RETURN(const Part part, ParseNot(depth + 1, true));
      return Join(Kind::kNot, part.node, part.node);
    }
    if (!TakeSign("(")) return ParseTerm();
    const std::size_t open = at_ - 1;
    ECSMI_ASSIGN_OR_RETURN(const Part part, ParseOr(depth + 1));
    SkipBlanks();
    if (!TakeSign(")")) return Expected("')'");
    if (!part.compound && !negated) {
      return ExpectedAt(open, "parentheses around terms that are joined, or behind 'not', alone");
    }
    return part;
  }
  absl::StatusOr<Part> ParseTerm() {
    ClusterQuery::Node term;
    term.position = at_ + 1;
    ECSMI_RETURN_IF_ERROR(ParseTopic(term.topic));
    SkipBlanks();
    const std::size_t place = at_;
    if (!ParseOperator(term)) {
      return ExpectedAt(place, "an operator: ==, !=, >, >=, <, <=, exists, !exists, in, !in, =~ or !~");
    }
    SkipBlanks();
    ECSMI_RETURN_IF_ERROR(ParseArguments(term));
    return Part{Add(std::move(term)), false};
  }

  absl::Status ParseTopic(QueryTopic& topic) {
    const std::size_t place = at_;
    // An operator may follow without a blank.
    const std::string_view word =
        TakeUntil([](char c) { return IsWordEnd(c) || c == '=' || c == '!' || c == '<' || c == '>'; });
    constexpr std::string_view kAttribute = "attribute:";
    if (word.starts_with(kAttribute)) {
      topic = {QuerySubject::kAttribute, std::string(word.substr(kAttribute.size()))};
      if (!topic.name.empty()) return absl::OkStatus();
      return Expected("the name of an attribute");
    }
    constexpr std::array kTopics = {
        std::pair<std::string_view, QuerySubject>{"agentConnected", QuerySubject::kAgentConnected},
        std::pair<std::string_view, QuerySubject>{"agentVersion", QuerySubject::kAgentVersion},
        std::pair<std::string_view, QuerySubject>{"ec2InstanceId", QuerySubject::kEc2InstanceId},
        std::pair<std::string_view, QuerySubject>{"registeredAt", QuerySubject::kRegisteredAt},
        std::pair<std::string_view, QuerySubject>{"runningTasksCount", QuerySubject::kRunningTasksCount},
        std::pair<std::string_view, QuerySubject>{"task:group", QuerySubject::kTaskGroup},
    };
    const auto known = std::ranges::find(kTopics, word, &std::pair<std::string_view, QuerySubject>::first);
    if (known == kTopics.end()) {
      return ExpectedAt(place,
                        "a subject: attribute:<name>, agentConnected, agentVersion, ec2InstanceId, registeredAt, "
                        "runningTasksCount or task:group");
    }
    topic.subject = known->second;
    return absl::OkStatus();
  }

  bool ParseOperator(ClusterQuery::Node& term) {
    struct Spelling {
      std::string_view text;
      bool word;
      Operator op;
      bool negated;
    };
    // Longer ones before those they begin with.
    static constexpr std::array kSpellings = {
        Spelling{"==", false, Operator::kEqual, false},
        Spelling{"=~", false, Operator::kMatches, false},
        Spelling{"!=", false, Operator::kEqual, true},
        Spelling{"!~", false, Operator::kMatches, true},
        Spelling{">=", false, Operator::kGreaterOrEqual, false},
        Spelling{"<=", false, Operator::kLessOrEqual, false},
        Spelling{">", false, Operator::kGreater, false},
        Spelling{"<", false, Operator::kLess, false},
        Spelling{"equals", true, Operator::kEqual, false},
        Spelling{"not_equals", true, Operator::kEqual, true},
        Spelling{"greater_than_equal", true, Operator::kGreaterOrEqual, false},
        Spelling{"greater_than", true, Operator::kGreater, false},
        Spelling{"less_than_equal", true, Operator::kLessOrEqual, false},
        Spelling{"less_than", true, Operator::kLess, false},
        Spelling{"exists", true, Operator::kExists, false},
        Spelling{"!exists", true, Operator::kExists, true},
        Spelling{"not_exists", true, Operator::kExists, true},
        Spelling{"in", true, Operator::kIn, false},
        Spelling{"!in", true, Operator::kIn, true},
        Spelling{"not_in", true, Operator::kIn, true},
        Spelling{"matches", true, Operator::kMatches, false},
        Spelling{"not_matches", true, Operator::kMatches, true},
    };
    for (const Spelling& spelling : kSpellings) {
      // A list may follow its word without a blank.
      const std::size_t begin = at_;
      const bool taken = !spelling.word ? TakeSign(spelling.text)
                                        : TakeWord(spelling.text) || (spelling.op == Operator::kIn &&
                                                                      TakeSign(std::string(spelling.text) + "["));
      if (!taken) continue;
      if (at_ > begin && text_[at_ - 1] == '[') --at_;
      term.op = spelling.op;
      term.negated = spelling.negated;
      return true;
    }
    return false;
  }

  absl::Status ParseArguments(ClusterQuery::Node& term) {
    if (term.op == Operator::kExists) return absl::OkStatus();
    if (term.op == Operator::kIn) return ParseList(term.arguments);
    const std::size_t place = at_;
    // Signs of a regular expression may be those that end another value.
    const std::string_view value = TakeUntil(term.op == Operator::kMatches ? IsBlank : IsValueEnd);
    if (value.empty()) return ExpectedAt(place, "a value");
    if (term.op == Operator::kMatches) {
      // But a parenthesis that was opened before it ends it.
      std::string_view regex = value;
      while (regex.size() > 1 && regex.back() == ')' && regex[regex.size() - 2] != '\\') regex.remove_suffix(1);
      at_ = place + regex.size();
      std::size_t wrong = 0;
      if (!term.regex.Parse(regex, &wrong)) {
        return ExpectedAt(place + wrong,
                          "a regular expression of letters, digits, '-', '_', ':', '.', '*', '+', '?' and '\\'");
      }
      return absl::OkStatus();
    }
    term.arguments.emplace_back(value);
    return absl::OkStatus();
  }
  absl::Status ParseList(std::vector<std::string>& values) {
    if (!TakeSign("[")) return Expected("a list: [a, b]");
    for (;;) {
      SkipBlanks();
      const std::size_t place = at_;
      const std::string_view value = TakeUntil(IsValueEnd);
      if (value.empty()) return ExpectedAt(place, "a value");
      values.emplace_back(value);
      SkipBlanks();
      if (TakeSign("]")) return absl::OkStatus();
      if (!TakeSign(",")) return Expected("',' or ']'");
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  ClusterQuery query_;
};

absl::StatusOr<ClusterQuery> ClusterQuery::Parse(std::string_view expression) {
  return QueryParser(expression).Parse();
}

}  // namespace ecsmi::core
