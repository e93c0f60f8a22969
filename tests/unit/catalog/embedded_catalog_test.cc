#include "catalog/embedded_catalog.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "catalog/region_names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::catalog {
namespace {

using ::testing::HasSubstr;

// What is built in, read from the source tree again.
std::map<std::string, std::string> BuiltInFiles() {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(ECSMI_SOURCE_DIR "/src/catalog/data")) {
    if (entry.path().extension() != ".csv") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    files[entry.path().filename()] = bytes.str();
  }
  return files;
}

absl::StatusOr<std::unique_ptr<ports::Catalog>> Load(const std::map<std::string, std::string>& files) {
  std::map<std::string, std::string_view> views;
  for (const auto& [name, bytes] : files) views.emplace(name, bytes);
  return LoadCatalog(views);
}

const ports::Catalog& BuiltIn() {
  static const std::unique_ptr<ports::Catalog> catalog = [] {
    auto loaded = LoadEmbeddedCatalog();
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return *std::move(loaded);
  }();
  return *catalog;
}

// Nano-dollars; -1 when the region does not have the type.
std::int64_t PriceOf(std::string_view region, std::string_view type) {
  for (const ports::PricedType& priced : (*BuiltIn().Region(region, true))->types) {
    if (priced.type->name == type) return priced.on_demand;
  }
  return -1;
}

TEST(EmbeddedCatalog, HoldsAllRows) {
  const auto types = BuiltIn().types();
  EXPECT_EQ(types.size(), 1'345u);
  EXPECT_EQ(std::count_if(types.begin(), types.end(), [](const auto& t) { return t.managed_instances_supported; }),
            1'077);
  EXPECT_EQ(std::count_if(types.begin(), types.end(), [](const auto& t) { return t.gpu_fraction_milli > 0; }), 5);
  EXPECT_EQ(BuiltIn().quotas().size(), 10u);
  EXPECT_EQ(BuiltIn().fargate_prices().size(), 14u);  // Windows left out
  EXPECT_EQ((*BuiltIn().Region("us-east-1", true))->types.size(), 1'345u);
  EXPECT_TRUE(std::is_sorted(types.begin(), types.end(), [](const auto& a, const auto& b) { return a.name < b.name; }));
}

// B40-B44: more than one vCPU, neither nano nor micro.
TEST(EmbeddedCatalog, SupportsOnlyWhatManagedInstancesLaunch) {
  for (const model::InstanceType& type : BuiltIn().types()) {
    if (!type.managed_instances_supported) continue;
    EXPECT_GT(type.vcpus, 1) << type.name;
    EXPECT_EQ(type.name.find(".nano"), std::string::npos) << type.name;
    EXPECT_EQ(type.name.find(".micro"), std::string::npos) << type.name;
  }
  for (const char* name : {"m5.large", "t3.medium", "g4dn.xlarge", "u7i-12tb.224xlarge", "gr6f.4xlarge"}) {
    ASSERT_NE(BuiltIn().FindType(name), nullptr) << name;
    EXPECT_TRUE(BuiltIn().FindType(name)->managed_instances_supported) << name;
  }
  for (const char* name : {"t2.medium", "c4.large", "p3.2xlarge", "f2.6xlarge", "vt1.3xlarge"}) {
    const model::InstanceType* type = BuiltIn().FindType(name);
    EXPECT_TRUE(type == nullptr || !type->managed_instances_supported) << name;
  }
  EXPECT_EQ(BuiltIn().FindType("m5.larg"), nullptr);
  EXPECT_EQ(BuiltIn().FindType(""), nullptr);
}

TEST(EmbeddedCatalog, HasTheKnownPrices) {
  const struct {
    const char* type;
    std::int64_t nano;
  } cases[] = {{"m5.large", 96'000'000},     {"m6i.large", 96'000'000},    {"m6g.large", 77'000'000},
               {"m7g.large", 81'600'000},    {"m7i.large", 100'800'000},   {"c6i.large", 85'000'000},
               {"c7g.large", 72'500'000},    {"r5a.large", 113'000'000},   {"r6i.large", 126'000'000},
               {"t3.medium", 41'600'000},    {"g4dn.xlarge", 526'000'000}, {"g6.xlarge", 804'800'000},
               {"g5.xlarge", 1'006'000'000}, {"g6e.xlarge", 1'861'000'000}};
  for (const auto& c : cases) EXPECT_EQ(PriceOf("us-east-1", c.type), c.nano) << c.type;
  EXPECT_EQ((*BuiltIn().Region("us-east-1", true))->price_date, "2026-07");
  EXPECT_EQ((*BuiltIn().Region("eu-west-1", true))->price_date, "2026-02");
}

TEST(EmbeddedCatalog, CountsAFractionOfAGpuAsNoGpu) {
  const model::InstanceType& half = *BuiltIn().FindType("gr6f.4xlarge");
  EXPECT_EQ(half.gpu_count, 0);
  EXPECT_EQ(half.gpu_fraction_milli, 500);
  EXPECT_EQ(half.accelerator_count, 1);
  const model::InstanceType& whole = *BuiltIn().FindType("g4dn.12xlarge");
  EXPECT_EQ(whole.gpu_count, 4);
  EXPECT_EQ(whole.gpu_fraction_milli, 0);
  EXPECT_EQ(whole.fee_current_ppm, 78'000);
}

// B76: without trunking, interfaces less the primary one.
TEST(EmbeddedCatalog, KnowsHowManyAwsvpcTasksATypeTakes) {
  EXPECT_EQ(BuiltIn().FindType("c5.large")->awsvpc_task_limit, 10);
  const model::InstanceType& untrunked = *BuiltIn().FindType("g4dn.xlarge");
  EXPECT_EQ(untrunked.awsvpc_task_limit, untrunked.max_enis - 1);
}

// B53.
TEST(EmbeddedCatalog, OrdersEachRegionByPriceVcpusName) {
  for (const char* name :
       {"us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1", "ap-northeast-1"}) {
    const auto region = BuiltIn().Region(name, true);
    ASSERT_TRUE(region.ok()) << region.status();
    EXPECT_EQ((*region)->region, name);
    EXPECT_EQ((*region)->basis, name);
    const auto key = [](const ports::PricedType& t) { return std::tie(t.on_demand, t.type->vcpus, t.type->name); };
    const auto& types = (*region)->types;
    EXPECT_GT(types.size(), 700u) << name;
    for (std::size_t i = 0; i < types.size(); ++i) {
      EXPECT_TRUE(i == 0 || key(types[i - 1]) < key(types[i])) << name << " " << i;
      EXPECT_NE(types[i].zones, 0u) << name;
      EXPECT_EQ(types[i].zones >> (*region)->zones.size(), 0u) << name;
      EXPECT_EQ(types[i].type, BuiltIn().FindType(types[i].type->name));
    }
  }
}

TEST(EmbeddedCatalog, NamesZonesInTheOrderOfTheirIdsPoorOnesLast) {
  const auto& zones = (*BuiltIn().Region("us-east-1", true))->zones;
  ASSERT_EQ(zones.size(), 6u);
  EXPECT_EQ(zones[0].id, "use1-az1");
  EXPECT_EQ(zones[0].name, "us-east-1a");
  EXPECT_EQ(zones[2].id, "use1-az4");
  EXPECT_EQ(zones[2].name, "us-east-1c");
  EXPECT_EQ(zones[4].id, "use1-az6");
  EXPECT_EQ(zones[5].id, "use1-az3") << "58 of 1,345 types";
  EXPECT_EQ(zones[5].name, "us-east-1f");
  const auto& tokyo = (*BuiltIn().Region("ap-northeast-1", true))->zones;
  ASSERT_EQ(tokyo.size(), 3u);
  EXPECT_EQ(tokyo[2].id, "apne1-az4");
  EXPECT_EQ(tokyo[2].name, "ap-northeast-1c");
  const ZoneIdOrder before;
  EXPECT_TRUE(before("use1-az2", "use1-az10"));
  EXPECT_FALSE(before("use1-az10", "use1-az2"));
}

TEST(EmbeddedCatalog, LendsUsEast1ToRegionsWithoutData) {
  const auto home = BuiltIn().Region("us-east-1", true);
  const auto borrowed = BuiltIn().Region("ap-southeast-2", false);
  ASSERT_TRUE(borrowed.ok()) << borrowed.status();
  EXPECT_EQ((*borrowed)->region, "ap-southeast-2");
  EXPECT_EQ((*borrowed)->basis, "us-east-1");
  EXPECT_EQ((*borrowed)->price_date, "2026-07");
  EXPECT_EQ((*borrowed)->types.size(), (*home)->types.size());
  EXPECT_EQ((*borrowed)->zones[0].id, "apse2-az1");
  EXPECT_EQ((*borrowed)->zones[1].name, "ap-southeast-2b");
  EXPECT_EQ(*BuiltIn().Region("ap-southeast-2", false), *borrowed) << "made once";
  const auto refused = BuiltIn().Region("ap-southeast-2", true);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("ap-northeast-1, ap-southeast-1, eu-central-1"));
}

TEST(EmbeddedCatalog, AcceptsWellFormedRegionNamesOnly) {
  for (const char* name : {"us-gov-west-1", "ca-central-1", "eusc-de-east-1", "mx-central-1", "us-isob-east-1"}) {
    EXPECT_TRUE(IsRegionName(name)) << name;
  }
  for (const char* name : {"", "useast1", "us-east-0", "us-east-1a", "us-east-", "us--east-1", "US-east-1", "us-1",
                           "us-east-1 ", "u-east-1", "europe-west-1", "us-east-11", "us-e*st-1"}) {
    EXPECT_FALSE(IsRegionName(name)) << name;
    EXPECT_EQ(BuiltIn().Region(name, false).status().code(), absl::StatusCode::kInvalidArgument) << name;
  }
  const std::map<std::string, std::string> short_names = {
      {"us-east-1", "use1"},       {"ap-northeast-3", "apne3"}, {"us-gov-west-1", "usgw1"}, {"ca-central-1", "cac1"},
      {"cn-northwest-1", "cnnw1"}, {"eu-south-2", "eus2"},      {"me-central-1", "mec1"}};
  for (const auto& [region, name] : short_names) EXPECT_EQ(ShortRegionName(region), name);
}

TEST(EmbeddedCatalog, KeepsABoundedNumberOfBorrowedRegions) {
  const auto catalog = Load(BuiltInFiles());
  ASSERT_TRUE(catalog.ok());
  int accepted = 0;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      const std::string name = std::string("zz-") + a + b + "aa-1";
      accepted += (*catalog)->Region(name, false).ok();
    }
  }
  EXPECT_EQ(accepted, 256);
  EXPECT_TRUE((*catalog)->Region("zz-aaaa-1", false).ok()) << "one that is kept stays";
  EXPECT_TRUE((*catalog)->Region("eu-west-1", false).ok());
}

TEST(EmbeddedCatalog, LendsFromManyThreads) {
  const auto catalog = Load(BuiltInFiles());
  ASSERT_TRUE(catalog.ok());
  std::vector<std::thread> threads;
  std::vector<const ports::RegionCatalog*> seen(8);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([&, i] { seen[i] = *(*catalog)->Region("sa-east-1", false); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto* region : seen) EXPECT_EQ(region, seen[0]);
}

TEST(EmbeddedCatalog, HashesEveryFileAndItsName) {
  const std::string hash(BuiltIn().hash());
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
  const auto files = BuiltInFiles();
  ASSERT_EQ(files.size(), 7u);
  EXPECT_EQ((*Load(files))->hash(), hash) << "the bytes built in are those of the source tree";
  for (const auto& [name, bytes] : files) {
    auto changed = files;
    changed[name] = bytes + "\n";
    if (name.find("management_fee") == std::string::npos)
      changed[name] = "\"" + bytes.substr(0, bytes.find(',')) + "\"" + bytes.substr(bytes.find(','));
    const auto catalog = Load(changed);
    ASSERT_TRUE(catalog.ok()) << catalog.status();
    EXPECT_NE((*catalog)->hash(), hash) << name;
  }
}

}  // namespace
}  // namespace ecsmi::catalog
