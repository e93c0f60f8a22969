#include "ctl/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "ctl/text.h"

namespace ecsmi::ctl {
namespace {

Table Services() {
  return {{{"CLUSTER", false, 7}, {"SERVICE", false, 7}, {"RUNNING", true}, {"WHAT"}},
          {{"shop", "web", "2/3", "IN_PROGRESS"}, {"shop", "a-service-with-a-long-name", "10/10", ""}}};
}

TEST(Table, AlignsColumnsTwoSpacesApartAndLeavesNoneAtTheEnd) {
  EXPECT_EQ(Print(Services(), {}),
            "CLUSTER  SERVICE                     RUNNING  WHAT\n"
            "shop     web                             2/3  IN_PROGRESS\n"
            "shop     a-service-with-a-long-name    10/10\n");
}

TEST(Table, ShrinksWhatMayShrinkToTheWidthOfTheTerminal) {
  EXPECT_EQ(Print(Services(), {.width = 45}),
            "CLUSTER  SERVICE         RUNNING  WHAT\n"
            "shop     web                 2/3  IN_PROGRESS\n"
            "shop     a-service-wit…    10/10\n");
  // Narrower than what may shrink allows: everything does.
  EXPECT_EQ(Print(Services(), {.width = 30}),
            "CLUST…  SERVI…  RUNNI…  WHAT\n"
            "shop    web        2/3  IN_PR…\n"
            "shop    a-ser…   10/10\n");
}

TEST(Table, NeverIsWiderThanAsked) {
  for (int width = 10; width < 60; ++width) {
    const std::string text = Print(Services(), {.width = width});
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      EXPECT_LE(WidthOf(line), width);
    }
  }
}

TEST(Table, PaintsOnlyWhenAskedAndPaintTakesNoRoom) {
  const Table table{{{"STATUS"}, {"N", true}}, {{{"RUNNING", Colour::kGood}, "1"}, {{"ALARM", Colour::kBad}, "22"}}};
  EXPECT_EQ(Print(table, {}), "STATUS    N\nRUNNING   1\nALARM    22\n");
  EXPECT_EQ(Print(table, {.colour = true}),
            "\033[2mSTATUS\033[0m    \033[2mN\033[0m\n"
            "\033[32mRUNNING\033[0m   1\n"
            "\033[31mALARM\033[0m    22\n");
}

TEST(Table, ForeignTextCannotReachTheTerminalRaw) {
  const Table table{{{"NAME"}}, {{"evil\033[2J\nname"}}};
  EXPECT_EQ(Print(table, {}), "NAME\nevil\\x1b[2J\\nname\n");
}

TEST(ColourOfStatus, SaysWhetherToWorry) {
  EXPECT_EQ(ColourOfStatus("RUNNING"), Colour::kGood);
  EXPECT_EQ(ColourOfStatus("PROVISIONING"), Colour::kBusy);
  EXPECT_EQ(ColourOfStatus("FAILED"), Colour::kBad);
  EXPECT_EQ(ColourOfStatus("STOPPED"), Colour::kFaint);
}

}  // namespace
}  // namespace ecsmi::ctl
