#include "catalog/csv.h"

#include <cstdint>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::catalog {
namespace {

using ::testing::HasSubstr;

std::string AsText(absl::string_view text) {
  return std::string(text);
}

CsvTable Table(std::string_view text) {
  auto table = CsvTable::Parse("t.csv", text);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : CsvTable();
}

TEST(Csv, ReadsQuotesCarriageReturnsAndAMissingLastNewline) {
  const CsvTable table = Table("a,b\r\n\"x, \"\"y\"\"\",1\r\n,\"\"");
  ASSERT_EQ(table.rows(), 2u);
  CsvTable::Row first = table.row(0);
  EXPECT_EQ(first.Name("a"), "x, \"y\"");
  EXPECT_EQ(first.Integer("b", {.min = 1, .max = 1}), 1);
  EXPECT_TRUE(first.status.ok());
  CsvTable::Row second = table.row(1);
  EXPECT_EQ(second.Text("a"), "");
  EXPECT_EQ(second.IntegerOrEmpty("b", {.min = 1, .max = 1}), 0);
  EXPECT_TRUE(second.status.ok());
}

TEST(Csv, RefusesBrokenTablesAndNamesTheLine) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"", "t.csv line 1: no header"},
      {"a,a\n", "t.csv line 1: column 'a' is empty or stands twice"},
      {"a,\n", "t.csv line 1: column '' is empty"},
      {"a,b\n1,2\n1\n", "t.csv line 3: 1 cells, the header has 2"},
      {"a,b\n1,2,3\n", "t.csv line 2: 3 cells"},
      {"a,b\n1,2\n\n", "t.csv line 3: 1 cells"},
      {"a,b\n1,\"2\n", "t.csv line 2: cell 2, value '2': a quote is not closed"},
      {"a,b\n\"1\"2,3\n", "t.csv line 2: cell 1, value '1': something follows the closing quote"},
      {"a,b\n1,2\"3\"\n", "t.csv line 2: cell 2, value '2': a quote stands inside"},
  };
  for (const auto& c : cases) {
    const auto table = CsvTable::Parse("t.csv", c.text);
    ASSERT_FALSE(table.ok()) << c.text;
    EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(AsText(table.status().message()), HasSubstr(c.message));
  }
}

TEST(Csv, ReadsDecimalsExactly) {
  const struct {
    const char* text;
    std::int64_t nano;
  } cases[] = {
      {"0", 0},
      {"0.096", 96'000'000},
      {"0.000000001", 1},
      {"12", 12'000'000'000},
      {"407.68", 407'680'000'000},
      {"9223372036.854775807", std::numeric_limits<std::int64_t>::max()},
  };
  for (const auto& c : cases) {
    const std::string text = std::string("v\n") + c.text;
    const CsvTable table = Table(text);
    CsvTable::Row row = table.row(0);
    EXPECT_EQ(row.Decimal("v", 9), c.nano) << c.text;
    EXPECT_TRUE(row.status.ok()) << row.status;
  }
}

TEST(Csv, RefusesWhatIsNoDecimal) {
  for (const char* value : {"\"\"", ".", "1.", ".5", "-1", "+1", "1e3", " 1", "1 ", "1.2.3", "0x10", "nan", "inf",
                            "0.0000000001", "9223372036.854775808", "99999999999999999", "100000000000000000000"}) {
    const CsvTable table = Table(std::string("v\n") + value);
    CsvTable::Row row = table.row(0);
    EXPECT_EQ(row.Decimal("v", 9), 0) << value;
    EXPECT_THAT(AsText(row.status.message()), HasSubstr("t.csv line 2: column v, value '")) << value;
  }
}

TEST(Csv, RefusesWhatIsNoRealIntegerOrBoolean) {
  for (const char* value : {"\"\"", "-1", "inf", "nan", "1e3", " 1", "1.", "x"}) {
    const CsvTable table = Table(std::string("v\n") + value);
    CsvTable::Row real = table.row(0);
    EXPECT_EQ(real.Real("v"), 0) << value;
    EXPECT_FALSE(real.status.ok()) << value;
  }
  for (const char* value : {"\"\"", "-1", "+1", "1.0", "11", "4294967297", "99999999999999999999", "0x1", " 1"}) {
    const CsvTable table = Table(std::string("v\n") + value);
    CsvTable::Row integer = table.row(0);
    EXPECT_EQ(integer.Integer("v", {.min = 0, .max = 10}), 0) << value;
    EXPECT_THAT(AsText(integer.status.message()), HasSubstr("is no whole number from 0 to 10")) << value;
  }
  for (const char* value : {"\"\"", "True", "1", "yes"}) {
    const CsvTable table = Table(std::string("v\n") + value);
    CsvTable::Row boolean = table.row(0);
    boolean.Boolean("v");
    EXPECT_THAT(AsText(boolean.status.message()), HasSubstr("neither true nor false")) << value;
  }
}

TEST(Csv, KeepsTheFirstFailureOfARow) {
  const CsvTable table = Table("a,b\nx,y\n");
  CsvTable::Row row = table.row(0);
  row.Boolean("a");
  row.Boolean("b");
  row.Text("c");
  EXPECT_THAT(AsText(row.status.message()), HasSubstr("column a, value 'x'"));
}

TEST(Csv, NamesTheFirstColumnThatNobodyKnows) {
  const CsvTable table = Table("a,c,b,d\n1,2,3,4\n");
  const std::string_view some[] = {"a", "b"};
  EXPECT_THAT(AsText(table.CheckColumns(some).message()), HasSubstr("t.csv line 1: column 'c' is not a known one"));
  const std::string_view all[] = {"d", "c", "b", "a", "e"};
  EXPECT_TRUE(table.CheckColumns(all).ok());
}

TEST(Csv, RefusesAColumnThatIsNotThere) {
  const CsvTable table = Table("a\n1\n");
  CsvTable::Row row = table.row(0);
  row.Name("b");
  EXPECT_THAT(AsText(row.status.message()), HasSubstr("t.csv line 2: column b, value '': there is no such column"));
}

}  // namespace
}  // namespace ecsmi::catalog
