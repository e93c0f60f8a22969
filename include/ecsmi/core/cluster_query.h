#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ecsmi::core {

// What a term of the cluster query language is about (H60).
enum class QuerySubject : std::uint8_t {
  kAttribute = 1,  // attribute:<name>
  kAgentConnected = 2,
  kAgentVersion = 3,
  kEc2InstanceId = 4,
  kRegisteredAt = 5,
  kRunningTasksCount = 6,
  kTaskGroup = 7,  // task:group
};
struct QueryTopic {
  QuerySubject subject = QuerySubject::kAttribute;
  std::string name;  // of the attribute
  friend bool operator==(const QueryTopic&, const QueryTopic&) = default;
};

// The part of Java's regular expressions that names of types, zones and the like call for: letters, digits, '-', '_',
// '.', and '*', '+' or '?' behind one of them; a backslash takes the next sign as it is. It covers the whole value.
class QueryRegex {
 public:
  // False when `text` is another kind of expression; `*at` is then where.
  bool Parse(std::string_view text, std::size_t* at);
  bool Covers(std::string_view value) const;

 private:
  struct Item {
    char character = 0;  // when not `any`
    bool any = false;
    bool optional = false;
    bool repeated = false;
  };
  std::vector<Item> items_;
};

// An expression of the cluster query language: placement constraints and ListContainerInstances' filter. Terms
// `subject operator argument` with the operators ==, !=, >, >=, <, <=, exists, !exists, in, !in, =~ and !~ or their
// words (equals, not_equals, greater_than, …, matches, not_matches), joined by &&, ||, ! or and, or, not, with
// parentheses around what is joined (H60, H61). Immutable once parsed; any thread.
class ClusterQuery {
 public:
  // Errors: INVALID_ARGUMENT that says at which character, counted from 1, what was expected. Cost: linear.
  static absl::StatusOr<ClusterQuery> Parse(std::string_view expression);

  // The values that a thing has for a topic: none where it is not there, several for task:group.
  using ValuesOf = std::function<std::vector<std::string>(const QueryTopic&)>;
  // Whether the thing matches. A term about what is not there is false; its negated form (!=, !in, !~, !exists) true.
  // With several values a term holds when it does for one of them.
  bool Matches(const ValuesOf& values) const { return Holds(root_, values); }

  // The parts that all have to hold: the expression itself, unless `and` joins it.
  std::vector<ClusterQuery> Conjuncts() const;
  // What its terms are about, in the order of the expression, and where each begins.
  struct Mention {
    QueryTopic topic;
    std::size_t position = 0;  // from 1
  };
  std::vector<Mention> Mentions() const;

 private:
  friend class QueryParser;
  enum class Kind : std::uint8_t { kTerm, kAnd, kOr, kNot };
  enum class Operator : std::uint8_t { kEqual, kGreater, kGreaterOrEqual, kLess, kLessOrEqual, kExists, kIn, kMatches };
  struct Node {
    Kind kind = Kind::kTerm;
    std::uint32_t left = 0;  // of kAnd, kOr and kNot
    std::uint32_t right = 0;
    // Of a term.
    QueryTopic topic;
    Operator op = Operator::kEqual;
    bool negated = false;
    std::vector<std::string> arguments;
    QueryRegex regex;
    std::size_t position = 0;
  };
  bool Holds(std::uint32_t at, const ValuesOf& values) const;
  static bool Fits(const Node& term, const std::string& value);
  void CollectConjuncts(std::uint32_t at, std::vector<ClusterQuery>& found) const;
  void CollectMentions(std::uint32_t at, std::vector<Mention>& found) const;

  std::vector<Node> nodes_;
  std::uint32_t root_ = 0;
};

}  // namespace ecsmi::core
