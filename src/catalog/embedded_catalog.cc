#include "catalog/embedded_catalog.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "catalog/csv.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/base/status.h"
#include "ecsmi/embedded/catalog_data.h"

namespace ecsmi::catalog {
namespace {

using model::InstanceType;
using ports::RegionCatalog;

constexpr std::string_view kHomeRegion = "us-east-1";
// Regions are kept once borrowed; well-formed names are many, regions are not.
constexpr std::size_t kBorrowedMax = 256;

// "us-east-1", "ap-northeast-3", "us-gov-west-1": letters in groups, a digit at the end.
bool IsRegionName(std::string_view name) {
  if (name.size() < 9 || name.size() > 25) return false;
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(name.data(), name.size()), '-');
  if (parts.size() < 3 || parts.front().size() != 2 || parts.back().size() != 1) return false;
  if (parts.back().front() < '1' || parts.back().front() > '9') return false;
  return std::all_of(parts.begin(), parts.end() - 1, [](const std::string& part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  });
}

template <typename T>
T Spelled(CsvTable::Row& row, std::string_view column, const std::map<std::string, T, std::less<>>& spellings) {
  const auto at = spellings.find(row.Text(column));
  if (at != spellings.end()) return at->second;
  row.Refuse(column, "is not one of the known spellings");
  return T{};
}

class FileCatalog final : public ports::Catalog {
 public:
  std::span<const InstanceType> types() const override { return types_; }
  const InstanceType* FindType(std::string_view name) const override {
    const auto at =
        std::lower_bound(types_.begin(), types_.end(), name,
                         [](const InstanceType& type, std::string_view wanted) { return type.name < wanted; });
    return at != types_.end() && at->name == name ? &*at : nullptr;
  }
  absl::StatusOr<const RegionCatalog*> Region(std::string_view region, bool strict) const override {
    if (const auto own = regions_.find(region); own != regions_.end()) return own->second.get();
    std::vector<std::string> known;
    for (const auto& [name, unused] : regions_) known.push_back(name);
    if (strict || !IsRegionName(region)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "region '", absl::string_view(region.data(), region.size()),
          strict ? "' has no data of its own; regions that have: " : "' is not well-formed; regions with data: ",
          absl::StrJoin(known, ", ")));
    }
    base::MutexLock lock(mutex_);
    if (const auto at = borrowed_.find(region); at != borrowed_.end()) return at->second.get();
    if (borrowed_.size() >= kBorrowedMax) {
      return absl::InvalidArgumentError(absl::StrCat("more than ", kBorrowedMax, " regions without data of their own"));
    }
    auto made = std::make_unique<RegionCatalog>(*regions_.at(std::string(kHomeRegion)));
    made->region = std::string(region);
    for (std::size_t i = 0; i < made->zones.size(); ++i) made->zones[i] = ZoneOf(region, i);
    return borrowed_.emplace(std::string(region), std::move(made)).first->second.get();
  }
  std::span<const ports::QuotaClass> quotas() const override { return quotas_; }
  std::span<const ports::FargatePrice> fargate_prices() const override { return fargate_; }
  std::string_view hash() const override { return hash_; }

  absl::Status Load(const std::map<std::string, std::string_view>& files);

 private:
  // Zones of a borrowed region: letters as AWS gives them, ids from the region's name.
  static ports::Zone ZoneOf(std::string_view region, std::size_t index) {
    const absl::string_view name(region.data(), region.size());
    return {absl::StrCat(name, "-az", index + 1), absl::StrCat(name, std::string(1, static_cast<char>('a' + index)))};
  }
  absl::Status LoadTypes(const CsvTable& table);
  absl::Status LoadPrices(const CsvTable& table);
  absl::Status LoadOfferings(const CsvTable& table);
  absl::Status LoadQuotas(const CsvTable& table);
  absl::Status LoadFargate(const CsvTable& table);
  void OrderRegions();

  std::vector<InstanceType> types_;
  std::map<std::string, std::unique_ptr<RegionCatalog>, std::less<>> regions_;
  std::vector<ports::QuotaClass> quotas_;
  std::vector<ports::FargatePrice> fargate_;
  std::string hash_;
  std::map<std::string, std::map<const InstanceType*, model::NanoUsdPerHour>> prices_;
  mutable base::Mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<RegionCatalog>, std::less<>> borrowed_ ABSL_GUARDED_BY(mutex_);
};

absl::Status FileCatalog::LoadTypes(const CsvTable& table) {
  const std::map<std::string, model::InstanceGeneration, std::less<>> generations = {
      {"current", model::InstanceGeneration::kCurrent}, {"previous", model::InstanceGeneration::kPrevious}};
  const std::map<std::string, model::CpuArchitecture, std::less<>> architectures = {
      {"x86_64", model::CpuArchitecture::kX86_64}, {"arm64", model::CpuArchitecture::kArm64}};
  const std::map<std::string, model::CpuManufacturer, std::less<>> manufacturers = {
      {"intel", model::CpuManufacturer::kIntel},
      {"amd", model::CpuManufacturer::kAmd},
      {"amazon-web-services", model::CpuManufacturer::kAmazonWebServices}};
  const std::map<std::string, model::LocalStorageType, std::less<>> storages = {{"", model::LocalStorageType::kNone},
                                                                                {"hdd", model::LocalStorageType::kHdd},
                                                                                {"ssd", model::LocalStorageType::kSsd}};
  const std::map<std::string, model::AcceleratorType, std::less<>> accelerators = {
      {"", model::AcceleratorType::kNone},
      {"gpu", model::AcceleratorType::kGpu},
      {"fpga", model::AcceleratorType::kFpga},
      {"inference", model::AcceleratorType::kInference},
      {"media", model::AcceleratorType::kMedia}};
  const std::map<std::string, model::AcceleratorManufacturer, std::less<>> makers = {
      {"", model::AcceleratorManufacturer::kNone},
      {"nvidia", model::AcceleratorManufacturer::kNvidia},
      {"amd", model::AcceleratorManufacturer::kAmd},
      {"amazon-web-services", model::AcceleratorManufacturer::kAmazonWebServices},
      {"xilinx", model::AcceleratorManufacturer::kXilinx},
      {"habana", model::AcceleratorManufacturer::kHabana}};
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CsvTable::Row row = table.row(i);
    InstanceType type;
    type.name = row.Name("instance_type");
    type.family = row.Name("family");
    if (type.name.find(type.family + ".") != 0) row.Refuse("family", "is not what stands before the dot");
    type.generation = Spelled(row, "generation", generations);
    type.architecture = Spelled(row, "cpu_architecture", architectures);
    type.cpu_manufacturer = Spelled(row, "cpu_manufacturer", manufacturers);
    type.bare_metal = row.Boolean("bare_metal");
    type.burstable = row.Boolean("burstable");
    type.spot_supported = row.Boolean("spot_supported");
    type.managed_instances_supported = row.Boolean("managed_instances_supported");
    type.vcpus = static_cast<std::int32_t>(row.Integer("vcpus"));
    if (type.vcpus < 1 || type.vcpus > 2'000) row.Refuse("vcpus", "is not between 1 and 2,000");
    type.memory_mib = row.Integer("memory_mib");
    if (type.memory_mib < 256 || type.memory_mib > 64 * 1024 * 1024) row.Refuse("memory_mib", "is not a memory size");
    type.gpu_fraction_milli = static_cast<std::int32_t>(row.Decimal("gpu_partition_fraction", 3));
    if (type.gpu_fraction_milli == 1000) type.gpu_fraction_milli = 0;  // a whole device is no fraction
    type.gpu_count = type.gpu_fraction_milli > 0 ? 0 : static_cast<std::int32_t>(row.Integer("gpu_count"));
    type.gpu_name = row.Text("gpu_name");
    type.gpu_memory_mib = row.Integer("gpu_memory_mib_total");
    type.accelerator_count = static_cast<std::int32_t>(row.Integer("accelerator_count"));
    type.accelerator_type = Spelled(row, "accelerator_type", accelerators);
    type.accelerator_manufacturer = Spelled(row, "accelerator_manufacturer", makers);
    if ((type.accelerator_count > 0) != (type.accelerator_type != model::AcceleratorType::kNone)) {
      row.Refuse("accelerator_count", "and accelerator_type contradict each other");
    }
    type.accelerator_name = row.Text("accelerator_name");
    type.accelerator_memory_mib = row.Integer("accelerator_total_memory_mib");
    type.local_storage_gb = row.Integer("local_storage_gb");
    type.local_storage_type = Spelled(row, "local_storage_type", storages);
    type.network_gbps = row.Real("network_gbps");
    type.max_enis = static_cast<std::int32_t>(row.Integer("max_enis"));
    type.awsvpc_task_limit = static_cast<std::int32_t>(row.Integer("awsvpc_task_limit_trunked"));
    if (type.awsvpc_task_limit == 0) type.awsvpc_task_limit = std::max(0, type.max_enis - 1);
    type.ebs_baseline_mbps = row.Integer("ebs_baseline_mbps");
    type.quota_class = row.Text("quota_class");
    type.fee_current_ppm = static_cast<std::int32_t>(row.Decimal("management_fee_fraction", 6));
    ECSMI_RETURN_IF_ERROR(row.status);
    types_.push_back(std::move(type));
  }
  std::sort(types_.begin(), types_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (std::size_t i = 1; i < types_.size(); ++i) {
    if (types_[i].name == types_[i - 1].name) {
      return absl::InvalidArgumentError(absl::StrCat("instance_types.csv: type '", types_[i].name, "' stands twice"));
    }
  }
  if (types_.size() > 2'048) return absl::InvalidArgumentError("instance_types.csv: more types than a type set holds");
  return absl::OkStatus();
}

absl::Status FileCatalog::LoadPrices(const CsvTable& table) {
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CsvTable::Row row = table.row(i);
    const InstanceType* type = FindType(row.Name("instance_type"));
    if (type == nullptr) row.Refuse("instance_type", "has a price but is no type");
    const std::string region = row.Name("region");
    if (!IsRegionName(region)) row.Refuse("region", "is no region name");
    const model::NanoUsdPerHour price = row.Decimal("on_demand_usd_per_hour", 9);
    if (price <= 0) row.Refuse("on_demand_usd_per_hour", "must be above 0");
    ECSMI_RETURN_IF_ERROR(row.status);
    if (!prices_[region].emplace(type, price).second) {
      row.Refuse("instance_type", "has two prices in this region");
      return row.status;
    }
    auto& made = regions_[region];
    if (made == nullptr) {
      made = std::make_unique<RegionCatalog>();
      made->region = made->basis = region;
      made->price_date = region == kHomeRegion ? "2026-07" : "2026-02";
    }
  }
  if (!regions_.contains(kHomeRegion)) return absl::InvalidArgumentError("prices.csv: no prices for us-east-1");
  return absl::OkStatus();
}

absl::Status FileCatalog::LoadOfferings(const CsvTable& table) {
  std::map<std::string, std::set<std::string>> zone_ids;
  std::vector<std::tuple<std::string, const InstanceType*, std::vector<std::string>>> offers;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CsvTable::Row row = table.row(i);
    const std::string region = row.Name("region");
    if (!regions_.contains(region)) row.Refuse("region", "has no prices");
    const InstanceType* type = FindType(row.Name("instance_type"));
    if (type == nullptr) row.Refuse("instance_type", "is offered but is no type");
    std::vector<std::string> ids = absl::StrSplit(row.Name("zone_ids"), ' ');
    for (const std::string& id : ids) {
      if (id.find("-az") == std::string::npos) row.Refuse("zone_ids", "holds something that is no zone id");
    }
    ECSMI_RETURN_IF_ERROR(row.status);
    zone_ids[region].insert(ids.begin(), ids.end());
    offers.emplace_back(region, type, std::move(ids));
  }
  for (auto& [region, ids] : zone_ids) {
    auto& zones = regions_.at(region)->zones;
    for (const std::string& id : ids) {
      zones.push_back({id, absl::StrCat(region, std::string(1, static_cast<char>('a' + zones.size())))});
    }
    if (zones.size() > 26)
      return absl::InvalidArgumentError(absl::StrCat("zone_offerings.csv: too many zones in ", region));
  }
  for (const auto& [region, type, ids] : offers) {
    const auto price = prices_.at(region).find(type);
    if (price == prices_.at(region).end()) continue;  // offered, but nobody published a price: not to be had here
    RegionCatalog& catalog = *regions_.at(region);
    ports::PricedType priced{type, price->second, 0};
    for (std::size_t z = 0; z < catalog.zones.size(); ++z) {
      if (std::find(ids.begin(), ids.end(), catalog.zones[z].id) != ids.end()) priced.zones |= std::uint64_t{1} << z;
    }
    catalog.types.push_back(priced);
  }
  return absl::OkStatus();
}

absl::Status FileCatalog::LoadQuotas(const CsvTable& table) {
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CsvTable::Row row = table.row(i);
    ports::QuotaClass quota;
    quota.name = row.Name("quota_class");
    quota.quota_name = row.Name("quota_name");
    quota.quota_code = row.Name("on_demand_quota_code");
    quota.default_vcpus = row.Integer("default_on_demand_vcpus");
    ECSMI_RETURN_IF_ERROR(row.status);
    quotas_.push_back(std::move(quota));
  }
  return absl::OkStatus();
}

absl::Status FileCatalog::LoadFargate(const CsvTable& table) {
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CsvTable::Row row = table.row(i);
    if (row.Name("os") != "linux") continue;
    ports::FargatePrice price;
    price.region = row.Name("region");
    price.architecture =
        row.Name("architecture") == "arm64" ? model::CpuArchitecture::kArm64 : model::CpuArchitecture::kX86_64;
    price.per_vcpu = row.Decimal("usd_per_vcpu_hour", 9);
    price.per_gb = row.Decimal("usd_per_gb_hour", 9);
    price.price_basis = row.Name("price_basis");
    ECSMI_RETURN_IF_ERROR(row.status);
    fargate_.push_back(std::move(price));
  }
  return absl::OkStatus();
}

void FileCatalog::OrderRegions() {
  for (auto& [name, region] : regions_) {
    std::sort(region->types.begin(), region->types.end(), [](const ports::PricedType& a, const ports::PricedType& b) {
      if (a.on_demand != b.on_demand) return a.on_demand < b.on_demand;
      if (a.type->vcpus != b.type->vcpus) return a.type->vcpus < b.type->vcpus;
      return a.type->name < b.type->name;
    });
  }
}

absl::Status FileCatalog::Load(const std::map<std::string, std::string_view>& files) {
  std::map<std::string, CsvTable> tables;
  base::Key128 chain{1, 2};
  for (const char* name :
       {"instance_types.csv", "prices.csv", "zone_offerings.csv", "quotas.csv", "fargate_prices.csv"}) {
    const auto at = files.find(name);
    if (at == files.end()) return absl::InvalidArgumentError(absl::StrCat("the catalogue has no file ", name));
    ECSMI_ASSIGN_OR_RETURN(CsvTable table, CsvTable::Parse(name, at->second));
    tables.emplace(name, std::move(table));
    chain = base::KeyedHash128Bytes(chain, at->second);
  }
  hash_ = absl::StrFormat("%016x", chain.lo);
  ECSMI_RETURN_IF_ERROR(LoadTypes(tables.at("instance_types.csv")));
  ECSMI_RETURN_IF_ERROR(LoadPrices(tables.at("prices.csv")));
  ECSMI_RETURN_IF_ERROR(LoadOfferings(tables.at("zone_offerings.csv")));
  ECSMI_RETURN_IF_ERROR(LoadQuotas(tables.at("quotas.csv")));
  ECSMI_RETURN_IF_ERROR(LoadFargate(tables.at("fargate_prices.csv")));
  OrderRegions();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ports::Catalog>> LoadCatalog(const std::map<std::string, std::string_view>& files) {
  auto catalog = std::make_unique<FileCatalog>();
  ECSMI_RETURN_IF_ERROR(catalog->Load(files));
  return std::unique_ptr<ports::Catalog>(std::move(catalog));
}

absl::StatusOr<std::unique_ptr<ports::Catalog>> LoadEmbeddedCatalog() {
  std::map<std::string, std::string_view> files;
  for (const embedded::EmbeddedFile& file : embedded::catalog_data()) files.emplace(file.name, file.bytes);
  return LoadCatalog(files);
}

}  // namespace ecsmi::catalog
