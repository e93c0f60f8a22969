#include "ecsmi/core/cluster_query.h"

#include <algorithm>
#include <compare>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"

namespace ecsmi::core {
namespace {

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  return absl::SimpleAtod(View(text), &value) ? std::optional(value) : std::nullopt;
}

// Milliseconds of an ISO date and time, or of seconds since the epoch.
std::optional<double> Moment(std::string_view text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, View(text), &time, &error))
    return static_cast<double>(absl::ToUnixMillis(time));
  if (const std::optional<double> seconds = Number(text)) return *seconds * 1000;
  return std::nullopt;
}

// "1.10.0" is newer than "1.9".
std::partial_ordering CompareVersions(std::string_view left, std::string_view right) {
  const std::vector<std::string> a = absl::StrSplit(View(left), '.');
  const std::vector<std::string> b = absl::StrSplit(View(right), '.');
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::optional<double> x = i < a.size() ? Number(a[i]) : 0;
    const std::optional<double> y = i < b.size() ? Number(b[i]) : 0;
    if (!x || !y) return std::partial_ordering::unordered;
    if (*x != *y) return *x <=> *y;
  }
  return std::partial_ordering::equivalent;
}

// Numbers and moments by size, versions part by part, other values by their characters.
std::partial_ordering Compare(QuerySubject subject, const std::string& value, const std::string& argument) {
  if (subject == QuerySubject::kAgentVersion) return CompareVersions(value, argument);
  if (subject == QuerySubject::kRegisteredAt) {
    const std::optional<double> at = Moment(value);
    const std::optional<double> wanted = Moment(argument);
    return at && wanted ? *at <=> *wanted : std::partial_ordering::unordered;
  }
  const std::optional<double> left = Number(value);
  const std::optional<double> right = Number(argument);
  if (left && right) return *left <=> *right;
  return value <=> argument;
}

bool Equal(QuerySubject subject, const std::string& value, const std::string& argument) {
  return value == argument || (subject == QuerySubject::kRegisteredAt && Compare(subject, value, argument) == 0);
}

}  // namespace

bool ClusterQuery::Fits(const Node& term, const std::string& value) {
  const QuerySubject subject = term.topic.subject;
  switch (term.op) {
    case Operator::kExists:
      return true;
    case Operator::kEqual:
    case Operator::kIn:
      return std::ranges::any_of(term.arguments,
                                 [&](const std::string& argument) { return Equal(subject, value, argument); });
    case Operator::kMatches:
      return term.regex.Covers(value);
    case Operator::kGreater:
      return Compare(subject, value, term.arguments.front()) > 0;
    case Operator::kGreaterOrEqual:
      return Compare(subject, value, term.arguments.front()) >= 0;
    case Operator::kLess:
      return Compare(subject, value, term.arguments.front()) < 0;
    case Operator::kLessOrEqual:
      return Compare(subject, value, term.arguments.front()) <= 0;
  }
  return false;
}

bool ClusterQuery::Holds(std::uint32_t at, const ValuesOf& values) const {
  const Node& node = nodes_[at];
  switch (node.kind) {
    case Kind::kAnd:
      return Holds(node.left, values) && Holds(node.right, values);
    case Kind::kOr:
      return Holds(node.left, values) || Holds(node.right, values);
    case Kind::kNot:
      return !Holds(node.left, values);
    case Kind::kTerm:
      break;
  }
  const std::vector<std::string> found = values(node.topic);
  return std::ranges::any_of(found, [&](const std::string& value) { return Fits(node, value); }) != node.negated;
}

void ClusterQuery::CollectConjuncts(std::uint32_t at, std::vector<ClusterQuery>& found) const {
  const Node& node = nodes_[at];
  if (node.kind == Kind::kAnd) {
    CollectConjuncts(node.left, found);
    return CollectConjuncts(node.right, found);
  }
  ClusterQuery part = *this;
  part.root_ = at;
  found.push_back(std::move(part));
}
std::vector<ClusterQuery> ClusterQuery::Conjuncts() const {
  std::vector<ClusterQuery> found;
  CollectConjuncts(root_, found);
  return found;
}

void ClusterQuery::CollectMentions(std::uint32_t at, std::vector<Mention>& found) const {
  const Node& node = nodes_[at];
  if (node.kind == Kind::kTerm) return found.push_back({node.topic, node.position});
  CollectMentions(node.left, found);
  if (node.kind != Kind::kNot) CollectMentions(node.right, found);
}
std::vector<ClusterQuery::Mention> ClusterQuery::Mentions() const {
  std::vector<Mention> found;
  CollectMentions(root_, found);
  return found;
}

}  // namespace ecsmi::core
