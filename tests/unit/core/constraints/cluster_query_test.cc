#include "ecsmi/core/cluster_query.h"

#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

// An instance as the language sees it.
std::vector<std::string> ValuesOf(const QueryTopic& topic) {
  static const std::map<std::string, std::vector<std::string>> attributes = {
      {"color", {"red"}}, {"size", {"10"}}, {"flag", {""}}, {"ecs.instance-type", {"m5.large"}}};
  switch (topic.subject) {
    case QuerySubject::kAttribute: {
      const auto at = attributes.find(topic.name);
      return at == attributes.end() ? std::vector<std::string>() : at->second;
    }
    case QuerySubject::kAgentConnected:
      return {"true"};
    case QuerySubject::kAgentVersion:
      return {"1.100.0"};
    case QuerySubject::kEc2InstanceId:
      return {"i-0123456789abcdef0"};
    case QuerySubject::kRegisteredAt:
      return {"2026-01-01T00:00:00+00:00"};
    case QuerySubject::kRunningTasksCount:
      return {"3"};
    case QuerySubject::kTaskGroup:
      return {"service:web", "family:batch"};
  }
  return {};
}

bool Matches(const std::string& expression) {
  const auto query = ClusterQuery::Parse(expression);
  EXPECT_TRUE(query.ok()) << expression << ": " << query.status();
  return query.ok() && query->Matches(ValuesOf);
}

// H60: subjects, operators in both spellings, arguments.
TEST(ClusterQuery, ComparesWhatItIsAbout) {
  for (const char* holds : {
           "attribute:color == red",
           "attribute:color equals red",
           "attribute:color==red",
           "attribute:color != blue",
           "attribute:color not_equals blue",
           "attribute:size > 9",
           "attribute:size greater_than 9",
           "attribute:size >= 10",
           "attribute:size greater_than_equal 10.0",
           "attribute:size < 100",
           "attribute:size less_than 100",
           "attribute:size <= 10",
           "attribute:size less_than_equal 10",
           "attribute:color > blue",
           "attribute:flag exists",
           "attribute:none !exists",
           "attribute:none not_exists",
           "attribute:none != red",
           "attribute:none !in [red]",
           "attribute:color in [blue, red]",
           "attribute:color in[blue,red]",
           "attribute:color !in [blue, green]",
           "attribute:color not_in [blue]",
           "attribute:color =~ r.d",
           "attribute:color matches r.*",
           "attribute:color !~ b.*",
           "attribute:color not_matches re",
           "agentConnected == true",
           "agentVersion >= 1.20.5",
           "agentVersion < 2",
           "ec2InstanceId == i-0123456789abcdef0",
           "ec2InstanceId in [i-1, i-0123456789abcdef0]",
           "registeredAt >= 2025-06-18T22:28:28+00:00",
           "registeredAt == 2026-01-01T01:00:00+01:00",
           "registeredAt < 1800000000",
           "runningTasksCount > 2",
           "runningTasksCount == 3",
           "task:group == service:web",
           "task:group == family:batch",
           "task:group != service:db",
           "task:group =~ service:.*",
       }) {
    EXPECT_TRUE(Matches(holds)) << holds;
  }
  for (const char* fails :
       {"attribute:color == blue", "attribute:none == red", "attribute:none exists", "attribute:flag !exists",
        "attribute:color =~ re", "attribute:size > 10", "attribute:size > 9a", "attribute:color in [blue]",
        "agentVersion > 1.100", "agentConnected == false", "registeredAt > 2026-01-02T00:00:00Z",
        "registeredAt > yesterday", "runningTasksCount < 3", "task:group == service:db", "task:group != service:web"}) {
    EXPECT_FALSE(Matches(fails)) << fails;
  }
}

// H61: `and` binds closer than `or`, `not` closer than both.
TEST(ClusterQuery, JoinsNegatesAndGroups) {
  const std::string yes = "attribute:color == red";
  const std::string no = "attribute:color == blue";
  EXPECT_TRUE(Matches(yes + " and " + yes));
  EXPECT_FALSE(Matches(yes + " && " + no));
  EXPECT_TRUE(Matches(no + " or " + yes));
  EXPECT_TRUE(Matches(no + " || " + yes));
  EXPECT_TRUE(Matches(yes + " or " + yes + " and " + no));
  EXPECT_FALSE(Matches("(" + yes + " or " + yes + ") and " + no));
  EXPECT_TRUE(Matches("not " + no));
  EXPECT_TRUE(Matches("!(" + no + ")"));
  EXPECT_TRUE(Matches("not(" + yes + " and " + no + ")"));
  EXPECT_FALSE(Matches("not " + no + " and " + no));
  EXPECT_TRUE(Matches("((" + yes + " and " + yes + ") or (" + no + " and " + no + "))"));
  EXPECT_TRUE(Matches("(attribute:color =~ r.* and attribute:color =~ .*d)"));
  EXPECT_TRUE(Matches(yes + "&&" + yes + "||" + no));
}

TEST(ClusterQuery, SaysWhereItStoppedToUnderstand) {
  const struct {
    std::string expression;
    const char* words;
  } cases[] = {
      {"", "at position 1: the expression ends; expected a subject"},
      {"  ", "at position 3: the expression ends"},
      {"color == red", "at position 1: 'color == red' is not understood; expected a subject"},
      {"attribute: == red", "at position 11: "},
      {"attribute:color", "at position 16: the expression ends; expected an operator"},
      {"attribute:color = red", "at position 17: '= red' is not understood; expected an operator"},
      {"attribute:color ==", "at position 19: the expression ends; expected a value"},
      {"attribute:color == red attribute:size == 1", "at position 24: 'attribute:size == 1' is not understood"},
      {"attribute:color == red and", "at position 27: the expression ends; expected a subject"},
      {"attribute:color == red or or attribute:size == 1", "at position 27: "},
      {"attribute:color in red", "at position 20: 'red' is not understood; expected a list"},
      {"attribute:color in [red", "at position 24: the expression ends; expected ',' or ']'"},
      {"attribute:color in []", "at position 21: ']' is not understood; expected a value"},
      {"attribute:color in [red,]", "at position 25: "},
      {"(attribute:color == red)", "at position 1: '(attribute:color == ' is not understood; expected parentheses"},
      {"(attribute:color == red and attribute:size == 1", "at position 48: the expression ends; expected ')'"},
      {"attribute:color == red)", "at position 23: ')' is not understood"},
      {"attribute:color =~ r[ed]", "at position 21: '[ed]' is not understood; expected a regular expression"},
      {"attribute:color =~ r\\", "at position 21: "},
      {std::string(200, '(') + "attribute:color == red", "at most 50 levels"},
      {"attribute:color = = red", "at position 17: "},
  };
  for (const auto& c : cases) {
    const auto query = ClusterQuery::Parse(c.expression);
    ASSERT_EQ(query.status().code(), absl::StatusCode::kInvalidArgument) << c.expression;
    EXPECT_NE(std::string(query.status().message()).find(c.words), std::string::npos)
        << c.expression << ": " << query.status();
  }
}

TEST(ClusterQuery, TellsItsPartsAndWhatTheyAreAbout) {
  const auto query =
      ClusterQuery::Parse("attribute:a == 1 and (attribute:b == 2 or agentConnected == true) and not task:group == x");
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->Conjuncts().size(), 3U);
  const std::vector<ClusterQuery::Mention> mentions = query->Mentions();
  ASSERT_EQ(mentions.size(), 4U);
  EXPECT_EQ(mentions[1].topic, (QueryTopic{QuerySubject::kAttribute, "b"}));
  EXPECT_EQ(mentions[1].position, 23U);
  EXPECT_EQ(mentions[3].topic.subject, QuerySubject::kTaskGroup);
}

}  // namespace
}  // namespace ecsmi::core
