#include "ctl/top_frame.h"

#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "ctl/text.h"

namespace ecsmi::ctl {
namespace {

Table Numbers(const std::string& title, int rows) {
  Table table{{{title, false, 4}}, {}};
  for (int i = 1; i <= rows; ++i) table.rows.push_back({title + " " + std::to_string(i)});
  return table;
}

TEST(Draw, ShowsSectionsThatHaveRowsBelowTheHead) {
  const Frame frame{{"head"}, {Numbers("A", 2), Numbers("B", 0), Numbers("C", 1)}, ""};
  EXPECT_EQ(Draw(frame, 80, 0, false), "head\n\nA\nA 1\nA 2\n\nC\nC 1\n");
}

TEST(Draw, FillsTheScreenWithTheFootOnItsLastLine) {
  const Frame frame{{"head"}, {Numbers("A", 1)}, "q leaves"};
  EXPECT_EQ(Draw(frame, 80, 7, false), "head\n\nA\nA 1\n\n\nq leaves\n");
}

TEST(Draw, CutsTheLongestSectionsAndSaysWhatIsMissing) {
  const Frame frame{{"head"}, {Numbers("A", 9), Numbers("B", 2)}, "foot"};
  EXPECT_EQ(Draw(frame, 80, 12, false), "head\n\nA\nA 1\nA 2\nA 3\n… 6 more\n\nB\nB 1\nB 2\nfoot\n");
}

TEST(Draw, NeverOutgrowsTheScreen) {
  const Frame frame{{std::string(200, 'h'), "second"},
                    {Numbers("AAAAAAAA", 50), Numbers("B", 7), Numbers("C", 100), Numbers("D", 1)},
                    "foot"};
  for (int rows = 1; rows < 60; ++rows) {
    const std::string text = Draw(frame, 20, rows, false);
    std::vector<std::string> lines = absl::StrSplit(text, '\n');
    ASSERT_EQ(lines.back(), "");
    lines.pop_back();
    EXPECT_EQ(static_cast<int>(lines.size()), rows);
    for (const std::string& line : lines) EXPECT_LE(WidthOf(line), 20);
  }
}

}  // namespace
}  // namespace ecsmi::ctl
