#include "ctl/text.h"

#include <gtest/gtest.h>

namespace ecsmi::ctl {
namespace {

TEST(Safe, WritesOutWhatCouldMoveTheCursorHideOrReorder) {
  const std::pair<std::string, std::string> cases[] = {
      {"plain, ümlaut, 日本, …", "plain, ümlaut, 日本, …"},
      {"\033[2J\033]0;title\007", "\\x1b[2J\\x1b]0;title\\x07"},
      {"a\nb\tc\rd", "a\\nb\\tc\\x0dd"},
      {std::string("nul\0!", 5), "nul\\x00!"},
      {"del\x7f", "del\\x7f"},
      {"c1 \xc2\x9b"
       "31m",
       "c1 \\x9b31m"},
      {"right \xe2\x80\xae left", "right \\u{202e} left"},
      {"zero\xe2\x80\x8bwidth \xef\xbb\xbf", "zero\\u{200b}width \\u{feff}"},
      {"bad \xff \xc3", "bad \\xff \\xc3"},
      {"overlong \xc0\xaf, surrogate \xed\xa0\x80", "overlong \\xc0\\xaf, surrogate \\xed\\xa0\\x80"},
  };
  for (const auto& [text, wanted] : cases) {
    EXPECT_EQ(Safe(text), wanted);
    EXPECT_EQ(Safe(Safe(text)), wanted);
  }
}

TEST(WidthOf, CountsColumnsNotBytes) {
  EXPECT_EQ(WidthOf(""), 0);
  EXPECT_EQ(WidthOf("abc"), 3);
  EXPECT_EQ(WidthOf("3 × m7g · …"), 11);
  EXPECT_EQ(WidthOf("日本"), 4);
  EXPECT_EQ(WidthOf("e\xcc\x81"), 1);  // e and a combining accent
}

TEST(Cut, NeverIsWiderThanAskedAndSaysThatItCut) {
  EXPECT_EQ(Cut("abc", 3), "abc");
  EXPECT_EQ(Cut("abcd", 3), "ab…");
  EXPECT_EQ(Cut("日本語", 4), "日…");
  EXPECT_EQ(Cut("日本語", 3), "日…");
  EXPECT_EQ(Cut("abcd", 1), "…");
}

TEST(Wrap, BreaksBetweenWords) {
  EXPECT_EQ(Wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(Wrap("incomprehensibilities are long", 10),
            (std::vector<std::string>{"incomprehensibilities", "are long"}));
  EXPECT_EQ(Wrap("", 10), std::vector<std::string>{""});
}

TEST(Span, IsAsCoarseAsAReaderNeeds) {
  EXPECT_EQ(Span(absl::Seconds(0)), "0 s");
  EXPECT_EQ(Span(absl::Milliseconds(12'900)), "12 s");
  EXPECT_EQ(Span(absl::Seconds(119)), "119 s");
  EXPECT_EQ(Span(absl::Seconds(120)), "2 min");
  EXPECT_EQ(Span(absl::Minutes(119)), "119 min");
  EXPECT_EQ(Span(absl::Hours(47)), "47 h");
  EXPECT_EQ(Span(absl::Hours(24 * 9)), "9 d");
  EXPECT_EQ(Span(absl::Seconds(-5)), "0 s");
}

TEST(Moment, IsUtcWithMillisecondsWhereThereAreAny) {
  EXPECT_EQ(Moment(absl::FromUnixSeconds(1'767'225'600)), "2026-01-01T00:00:00Z");
  EXPECT_EQ(Moment(absl::FromUnixMillis(1'767'225'600'250)), "2026-01-01T00:00:00.250Z");
}

TEST(Names, AreTakenFromArnsAndUrls) {
  const std::string task = "arn:aws:ecs:us-east-1:000000000000:task/shop/3f2a1b0c";
  EXPECT_EQ(LastPart(task), "3f2a1b0c");
  EXPECT_EQ(ClusterOf(task), "shop");
  EXPECT_EQ(ClusterOf("arn:aws:ecs:us-east-1:000000000000:cluster/shop"), "shop");
  EXPECT_EQ(LastPart("arn:aws:sqs:us-east-1:000000000000:jobs"), "jobs");
  EXPECT_EQ(LastPart("http://127.0.0.1:4566/000000000000/jobs"), "jobs");
  EXPECT_EQ(LastPart("jobs"), "jobs");
  EXPECT_EQ(ClusterOf("jobs"), "");
}

TEST(ShortLength, IsTheLeastThatTellsIdsApart) {
  EXPECT_EQ(ShortLength({"3f2a11", "77b1aa"}, 4), 4u);
  EXPECT_EQ(ShortLength({"3f2a11", "3f2a1c", "77b1aa"}, 4), 6u);
  EXPECT_EQ(ShortLength({"3f2a11", "3f2a11"}, 4), 6u);  // equal ones cannot be
  EXPECT_EQ(ShortLength({}, 4), 4u);
  EXPECT_EQ(ShortLength({"3f"}, 4), 4u);
}

TEST(Amounts, ReadWell) {
  EXPECT_EQ(Usd(85'050'000), "0.0851");
  EXPECT_EQ(Mebibytes(512), "512 MiB");
  EXPECT_EQ(Mebibytes(16'384), "16 GiB");
  EXPECT_EQ(Mebibytes(1'536), "1.5 GiB");
  EXPECT_EQ(Mebibytes(1'700), "1700 MiB");
  EXPECT_EQ(Count(1, "task"), "1 task");
  EXPECT_EQ(Count(0, "task"), "0 tasks");
}

}  // namespace
}  // namespace ecsmi::ctl
