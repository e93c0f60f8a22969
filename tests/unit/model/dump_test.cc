#include "ecsmi/model/dump.h"

#include <memory>
#include <string>

#include "ecsmi/model/codec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::model {
namespace {

using ::testing::HasSubstr;

Serial AddCluster(State& state, const std::string& name) {
  Cluster row;
  row.serial = state.NewSerial();
  row.region = "us-east-1";
  row.name = name;
  row.created_at = 1'767'225'600'000;
  return state.Insert(std::move(row)).serial;
}

TEST(Dump, ARowIsOneLineWithEveryStoredMember) {
  State state;
  AddCluster(state, "a");
  EXPECT_EQ(DumpAll(state),
            "{\"table\":\"cluster\",\"serial\":1,\"region\":\"us-east-1\",\"name\":\"a\",\"status\":1,"
            "\"created_at\":1767225600000,\"capacity_providers\":[],\"default_strategy\":[],\"document\":0}\n");
}

TEST(Dump, RowsComeByTableThenSerialWhateverTheOrderOfTheirMaking) {
  State one;
  const Serial first = AddCluster(one, "a");
  AddCluster(one, "b");
  one.Erase<Cluster>(first);
  AddCluster(one, "c");  // takes the place of "a" in memory
  const std::string text = DumpAll(one);
  EXPECT_LT(text.find("\"b\""), text.find("\"c\""));
  EXPECT_EQ(text.find("\"a\""), std::string::npos);
}

TEST(Dump, TextIsQuotedAndBytesThatAreNoneAreBase64) {
  State state;
  Document text;
  text.serial = state.NewSerial();
  text.bytes = "say \"hi\" \\ \xe2\x82\xac";
  state.Insert(text);
  Document bytes;
  bytes.serial = state.NewSerial();
  bytes.bytes = std::string("\x0a\xff", 2);
  state.Insert(bytes);
  EXPECT_EQ(DumpAll(state),
            "{\"table\":\"document\",\"serial\":1,\"bytes\":\"say \\\"hi\\\" \\\\ \xe2\x82\xac\"}\n"
            "{\"table\":\"document\",\"serial\":2,\"bytes_base64\":\"Cv8=\"}\n");
}

TEST(Dump, NestedListsOptionalsAndWideIntegersAreWritten) {
  State state;
  UsageShare share;
  share.serial = state.NewSerial();
  share.held.memory_mib_ms = absl::MakeInt128(1, 0);
  state.Insert(share);
  EXPECT_THAT(DumpAll(state), HasSubstr("\"held\":{\"cpu_unit_ms\":0,\"memory_mib_ms\":18446744073709551616,"));
}

TEST(Dump, PagesOfAnySizeJoinToTheWhole) {
  State state;
  for (int i = 0; i < 300; ++i) {
    AddCluster(state, "cluster-" + std::to_string(i));
    if (i % 3 == 0) {
      Subnet subnet;
      subnet.serial = state.NewSerial();
      subnet.region = "us-east-1";
      subnet.id = "subnet-" + std::to_string(i);
      state.Insert(subnet);
    }
    if (i % 7 == 0) {
      while (state.NewSerial() % 50 != 0) {
      }
    }
  }
  const std::string whole = DumpAll(state);
  for (const DumpLimits& limits : {DumpLimits{1, 1}, {500, 7}, {5'000, 100}, {1 << 20, 13}, {1, 100'000}}) {
    std::string joined;
    DumpPosition position;
    int pages = 0;
    for (bool done = false; !done; ++pages) {
      std::string page;
      done = DumpRows(state, limits, &position, &page);
      joined += page;
      ASSERT_LT(pages, 200'000);
    }
    EXPECT_EQ(joined, whole) << limits.bytes_max << " bytes, " << limits.work_max << " places";
  }
}

TEST(Dump, EveryTableHasAName) {
  State state;
  state.ForEachTable([&]<typename T>(const Table<T>&) { EXPECT_FALSE(TableName(T::kTable).empty()); });
}

}  // namespace
}  // namespace ecsmi::model
