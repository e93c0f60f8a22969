#include <map>
#include <string>

#include "catalog/embedded_catalog.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::catalog {
namespace {

using ::testing::HasSubstr;

// One good type in one region: the smallest catalogue that loads.
std::map<std::string, std::string> SmallFiles() {
  return {
      {"instance_types.csv",
       "instance_type,family,generation,vcpus,memory_mib,cpu_architecture,cpu_manufacturer,bare_metal,burstable,"
       "gpu_count,gpu_name,gpu_partition_fraction,gpu_memory_mib_total,accelerator_count,accelerator_type,"
       "accelerator_manufacturer,accelerator_name,accelerator_total_memory_mib,local_storage_gb,local_storage_type,"
       "network_gbps,max_enis,awsvpc_task_limit_trunked,ebs_baseline_mbps,spot_supported,quota_class,"
       "managed_instances_supported,management_fee_fraction\n"
       "m5.large,m5,previous,2,8192,x86_64,intel,false,false,0,,,,0,,,,,0,,0.75,3,10,650,true,standard,true,0.12\n"},
      {"prices.csv",
       "instance_type,region,on_demand_usd_per_hour,price_basis\nm5.large,us-east-1,0.096,list-2026-07\n"},
      {"zone_offerings.csv", "region,instance_type,zone_ids\nus-east-1,m5.large,use1-az1 use1-az2\n"},
      {"quotas.csv", "quota_class,quota_name,on_demand_quota_code,default_on_demand_vcpus\nstandard,S,L-1,5\n"},
      {"fargate_prices.csv",
       "region,architecture,os,usd_per_vcpu_hour,usd_per_gb_hour,price_basis\n"
       "us-east-1,x86_64,linux,0.04048,0.004445,list\n"},
  };
}

absl::StatusOr<std::unique_ptr<ports::Catalog>> Load(const std::map<std::string, std::string>& files) {
  std::map<std::string, std::string_view> views;
  for (const auto& [name, bytes] : files) views.emplace(name, bytes);
  return LoadCatalog(views);
}

TEST(LoadCatalog, LoadsTheSmallCatalogue) {
  const auto catalog = Load(SmallFiles());
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  const auto region = (*catalog)->Region("us-east-1", true);
  ASSERT_TRUE(region.ok());
  ASSERT_EQ((*region)->types.size(), 1u);
  EXPECT_EQ((*region)->types[0].on_demand, 96'000'000);
  EXPECT_EQ((*region)->types[0].zones, 3u);
}

TEST(LoadCatalog, MissesNoFile) {
  for (const auto& [name, unused] : SmallFiles()) {
    auto files = SmallFiles();
    files.erase(name);
    const auto catalog = Load(files);
    EXPECT_EQ(catalog.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(catalog.status().message()), HasSubstr(name));
  }
}

// Each row changes one good cell of the small catalogue (`from` → `to` in `file`).
TEST(LoadCatalog, RefusesABadCellAndNamesIt) {
  const struct {
    const char* file;
    const char* from;
    const char* to;
    const char* message;
  } cases[] = {
      {"instance_types.csv", "m5.large,m5,", ",m5,", "line 2: column instance_type, value '': may not be empty"},
      {"instance_types.csv", "m5.large,m5,", "m5.large,m6,", "column family, value 'm6'"},
      {"instance_types.csv", "m5.large,m5,", "m5.,m5,", "column family"},
      {"instance_types.csv", "previous", "Previous", "column generation, value 'Previous'"},
      {"instance_types.csv", "previous", "", "column generation, value ''"},
      {"instance_types.csv", ",2,8192", ",0,8192", "column vcpus, value '0': is no whole number from 1 to 2000"},
      {"instance_types.csv", ",2,8192", ",4294967298,8192", "column vcpus, value '4294967298'"},
      {"instance_types.csv", ",2,8192", ",,8192", "column vcpus, value ''"},
      {"instance_types.csv", "8192", "8192.0", "column memory_mib, value '8192.0'"},
      {"instance_types.csv", "8192", "8", "column memory_mib, value '8'"},
      {"instance_types.csv", "x86_64", "i386", "column cpu_architecture, value 'i386'"},
      {"instance_types.csv", "intel", "via", "column cpu_manufacturer, value 'via'"},
      {"instance_types.csv", "intel,false", "intel,no", "column bare_metal, value 'no'"},
      {"instance_types.csv", "intel,false,false", "intel,false,", "column burstable, value ''"},
      {"instance_types.csv", "false,0,,,,0", "false,1,,,,0", "column gpu_name"},
      {"instance_types.csv", "false,0,,,,0", "false,1,T4,1.5,,0", "column gpu_partition_fraction, value '1.5'"},
      {"instance_types.csv", "false,0,,,,0", "false,1,T4,0.0001,,0", "column gpu_partition_fraction, value '0.0001'"},
      {"instance_types.csv", "false,0,,,,0", "false,0,,,,1", "column accelerator_count, value '1'"},
      {"instance_types.csv", ",0,,,,,0,", ",1,gpu,,t4,,0,", "column accelerator_manufacturer"},
      {"instance_types.csv", ",0,,,,,0,", ",1,gpu,nvidia,,,0,", "column accelerator_name"},
      {"instance_types.csv", ",0,,,,,0,", ",0,gpu,,,,0,", "column accelerator_count"},
      {"instance_types.csv", ",0,,0.75", ",75,,0.75", "column local_storage_type"},
      {"instance_types.csv", ",0,,0.75", ",0,ssd,0.75", "column local_storage_type, value 'ssd'"},
      {"instance_types.csv", ",0,,0.75", ",0,tape,0.75", "column local_storage_type, value 'tape'"},
      {"instance_types.csv", "0.75", "inf", "column network_gbps, value 'inf'"},
      {"instance_types.csv", ",3,10,", ",0,10,", "column max_enis, value '0'"},
      {"instance_types.csv", ",3,10,", ",3,-1,", "column awsvpc_task_limit_trunked, value '-1'"},
      {"instance_types.csv", "650", "0", "column ebs_baseline_mbps, value '0'"},
      {"instance_types.csv", "standard", "", "column quota_class, value ''"},
      {"instance_types.csv", "standard", "odd", "column quota_class, value 'odd': is not in quotas.csv"},
      {"instance_types.csv", "0.12\n", "1.2\n", "column management_fee_fraction, value '1.2'"},
      {"instance_types.csv", "0.12\n",
       "0.12\nm5.large,m5,previous,2,8192,x86_64,intel,false,false,0,,,,0,,,,,0,,0.75,"
       "3,10,650,true,standard,true,0.12\n",
       "type 'm5.large' stands twice"},
      {"instance_types.csv", "vcpus,", "hypervisor,", "line 2: column vcpus, value '': there is no such column"},
      {"instance_types.csv", "vcpus,", "cpus,", "line 1: column 'cpus' is not a known one"},
      {"prices.csv", "price_basis", "basis", "line 1: column 'basis' is not a known one"},
      {"prices.csv", "m5.large", "m5.larg", "prices.csv line 2: column instance_type, value 'm5.larg'"},
      {"prices.csv", "us-east-1", "useast1", "column region, value 'useast1'"},
      {"prices.csv", "us-east-1", "us-east-2", "no prices for us-east-1"},
      {"prices.csv", "0.096", "0", "column on_demand_usd_per_hour, value '0': must be above 0"},
      {"prices.csv", "0.096", "0.0960000001", "column on_demand_usd_per_hour, value '0.0960000001'"},
      {"prices.csv", "0.096", "-0.096", "column on_demand_usd_per_hour, value '-0.096'"},
      {"prices.csv", "0.096", "99999999999999999", "column on_demand_usd_per_hour"},
      {"prices.csv", "list-2026-07", "guess", "column price_basis, value 'guess'"},
      {"prices.csv", "list-2026-07", "list-2026-7x", "column price_basis, value 'list-2026-7x'"},
      {"prices.csv", "list-2026-07\n", "list-2026-07\nm5.large,us-east-1,0.096,list-2026-07\n",
       "line 3: column instance_type, value 'm5.large': has two prices"},
      {"prices.csv", "list-2026-07\n", "list-2026-07\nm5.large,us-east-2,0.096,list-2026-07\n",
       "region 'us-east-2' has no offers"},
      {"zone_offerings.csv", "us-east-1", "us-east-2", "column region, value 'us-east-2': has no prices"},
      {"zone_offerings.csv", "m5.large", "m5.larg", "column instance_type, value 'm5.larg'"},
      {"zone_offerings.csv", "use1-az1 use1-az2", "", "column zone_ids, value ''"},
      {"zone_offerings.csv", "use1-az1 ", "use1-az ", "column zone_ids, value 'use1-az use1-az2'"},
      {"zone_offerings.csv", "use1-az1 ", "use1-az1  ", "column zone_ids"},
      {"zone_offerings.csv", "az2\n", "az2\nus-east-1,m5.large,use1-az3\n", "line 3: column instance_type"},
      {"quotas.csv", "L-1,5", "L-1,", "column default_on_demand_vcpus, value ''"},
      {"quotas.csv", "L-1,5", ",5", "column on_demand_quota_code, value ''"},
      {"quotas.csv", "L-1,5\n", "L-1,5\nstandard,S,L-1,5\n", "line 3: column quota_class, value 'standard'"},
      {"fargate_prices.csv", "x86_64", "x86", "column architecture, value 'x86'"},
      {"fargate_prices.csv", "linux", "", "column os, value ''"},
      {"fargate_prices.csv", "linux", "beos", "column os, value 'beos'"},
      {"fargate_prices.csv", "0.04048", "", "column usd_per_vcpu_hour, value ''"},
      {"fargate_prices.csv", "0.004445", "0", "column usd_per_gb_hour, value '0'"},
      {"fargate_prices.csv", "us-east-1", "home", "column region, value 'home'"},
      {"fargate_prices.csv", "list\n", "list\nus-east-1,x86_64,linux,1,1,list\n", "line 3: column region"},
  };
  for (const auto& c : cases) {
    auto files = SmallFiles();
    std::string& text = files.at(c.file);
    const std::size_t at = text.find(c.from);
    ASSERT_NE(at, std::string::npos) << c.file << " " << c.from;
    text.replace(at, std::string(c.from).size(), c.to);
    const auto catalog = Load(files);
    ASSERT_FALSE(catalog.ok()) << c.file << ": " << c.from << " -> " << c.to;
    EXPECT_EQ(catalog.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(catalog.status().message()), HasSubstr(c.message));
    EXPECT_THAT(std::string(catalog.status().message()), HasSubstr(c.file));
  }
}

TEST(LoadCatalog, LeavesOutTypesThatNobodyOffersOrPrices) {
  auto files = SmallFiles();
  std::string& types = files.at("instance_types.csv");
  const std::string row = types.substr(types.find("\nm5.large,m5,") + 1);
  for (const char* size : {"xlarge", "metal"}) types += "m5." + std::string(size) + row.substr(8);
  files.at("prices.csv") += "m5.xlarge,us-east-1,0.192,list-2026-07\n";  // priced, not offered
  files.at("zone_offerings.csv") += "us-east-1,m5.metal,use1-az1\n";     // offered, not priced
  const auto catalog = Load(files);
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  EXPECT_EQ((*catalog)->types().size(), 3u);
  const auto& offered = (*(*catalog)->Region("us-east-1", true))->types;
  ASSERT_EQ(offered.size(), 1u);
  EXPECT_EQ(offered[0].type->name, "m5.large");
}

}  // namespace
}  // namespace ecsmi::catalog
