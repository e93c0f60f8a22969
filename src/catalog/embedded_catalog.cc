#include "catalog/embedded_catalog.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "catalog/columns.h"
#include "catalog/csv.h"
#include "catalog/region_names.h"
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

constexpr std::int64_t kCountMax = 10'000;                              // devices, interfaces, tasks of one type
constexpr std::int64_t kMemoryMaxMib = std::int64_t{64} * 1024 * 1024;  // 64 TiB; the largest type has half
constexpr std::int64_t kStorageMaxGb = 10'000'000;
constexpr std::int64_t kEbsMaxMbps = 10'000'000;

// The month of a price, "2026-07" of "list-2026-07"; empty for a price that was inferred from a sibling's, nullopt for
// anything else.
std::optional<std::string> PriceMonth(std::string_view basis) {
  if (basis == "same-vcpu-sibling") return "";
  constexpr std::string_view kPattern = "list-dddd-dd";
  if (basis.size() != kPattern.size()) return std::nullopt;
  for (std::size_t i = 0; i < basis.size(); ++i) {
    const bool digit = i >= 5 && kPattern[i] == 'd';
    if (digit ? basis[i] < '0' || basis[i] > '9' : basis[i] != kPattern[i]) return std::nullopt;
  }
  return std::string(basis.substr(5));
}

template <typename T>
T Spelled(CsvTable::Row& row, std::string_view column, const std::map<std::string, T, std::less<>>& spellings) {
  const auto at = spellings.find(row.Text(column));
  if (at != spellings.end()) return at->second;
  row.Refuse(column, "is not one of the known spellings");
  return T{};
}

std::map<std::string, model::CpuArchitecture, std::less<>> Architectures() {
  return {{"x86_64", model::CpuArchitecture::kX86_64}, {"arm64", model::CpuArchitecture::kArm64}};
}

// Zone ids in the order in which they get letters: by number, those that offer less than half of what the best one
// does behind the others. Subnets take zones in this order: use1-az3 has 58 of 1,345 types, and a user with three
// subnets means three zones that work. AWS gives letters per account.
std::vector<std::string> LetteredZones(std::vector<std::string> ids,
                                       const std::map<std::string, std::size_t>& offered) {
  std::size_t most = 0;
  for (const std::string& id : ids) most = std::max(most, offered.at(id));
  std::stable_partition(ids.begin(), ids.end(), [&](const std::string& id) { return 2 * offered.at(id) >= most; });
  return ids;
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
  // Zones of a borrowed region: letters as AWS gives them, ids from the region's name in AWS's short form.
  static ports::Zone ZoneOf(std::string_view region, std::size_t index) {
    const absl::string_view name(region.data(), region.size());
    return {absl::StrCat(ShortRegionName(region), "-az", index + 1),
            absl::StrCat(name, std::string(1, static_cast<char>('a' + index)))};
  }
  bool HasQuota(std::string_view name) const {
    return std::any_of(quotas_.begin(), quotas_.end(), [&](const auto& quota) { return quota.name == name; });
  }
  // In this order: types name quotas, prices and offers name types.
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
  const std::map<std::string, model::CpuArchitecture, std::less<>> architectures = Architectures();
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
    if (type.name.find(type.family + ".") != 0 || type.name.size() == type.family.size() + 1)
      row.Refuse("family", "is not what stands before the dot");
    type.generation = Spelled(row, "generation", generations);
    type.architecture = Spelled(row, "cpu_architecture", architectures);
    type.cpu_manufacturer = Spelled(row, "cpu_manufacturer", manufacturers);
    type.bare_metal = row.Boolean("bare_metal");
    type.burstable = row.Boolean("burstable");
    type.spot_supported = row.Boolean("spot_supported");
    type.managed_instances_supported = row.Boolean("managed_instances_supported");
    type.vcpus = static_cast<std::int32_t>(row.Integer("vcpus", {.min = 1, .max = 2'000}));
    type.memory_mib = row.Integer("memory_mib", {.min = 256, .max = kMemoryMaxMib});
    type.gpu_count = static_cast<std::int32_t>(row.Integer("gpu_count", {.min = 0, .max = kCountMax}));
    type.gpu_name = row.Text("gpu_name");
    type.gpu_memory_mib = row.IntegerOrEmpty("gpu_memory_mib_total", {.min = 0, .max = kMemoryMaxMib});
    if ((type.gpu_count > 0) == type.gpu_name.empty()) row.Refuse("gpu_name", "and gpu_count contradict each other");
    if (!row.Text("gpu_partition_fraction").empty()) {
      const std::int64_t fraction_milli = row.Decimal("gpu_partition_fraction", 3);
      if (fraction_milli < 1 || fraction_milli > 1000 || type.gpu_count < 1) {
        row.Refuse("gpu_partition_fraction", "is no part of a GPU");
      }
      if (fraction_milli != 1000) {  // 1 is a whole device; a part of one counts as none
        type.gpu_fraction_milli = static_cast<std::int32_t>(fraction_milli);
        type.gpu_count = 0;
      }
    }
    type.accelerator_count = static_cast<std::int32_t>(row.Integer("accelerator_count", {.min = 0, .max = kCountMax}));
    type.accelerator_type = Spelled(row, "accelerator_type", accelerators);
    type.accelerator_manufacturer = Spelled(row, "accelerator_manufacturer", makers);
    if ((type.accelerator_count > 0) != (type.accelerator_type != model::AcceleratorType::kNone)) {
      row.Refuse("accelerator_count", "and accelerator_type contradict each other");
    }
    type.accelerator_name = row.Text("accelerator_name");
    if ((type.accelerator_count > 0) == type.accelerator_name.empty()) {
      row.Refuse("accelerator_name", "and accelerator_count contradict each other");
    }
    if ((type.accelerator_count > 0) != (type.accelerator_manufacturer != model::AcceleratorManufacturer::kNone)) {
      row.Refuse("accelerator_manufacturer", "and accelerator_count contradict each other");
    }
    type.accelerator_memory_mib = row.IntegerOrEmpty("accelerator_total_memory_mib", {.min = 0, .max = kMemoryMaxMib});
    type.local_storage_gb = row.Integer("local_storage_gb", {.min = 0, .max = kStorageMaxGb});
    type.local_storage_type = Spelled(row, "local_storage_type", storages);
    if ((type.local_storage_gb > 0) != (type.local_storage_type != model::LocalStorageType::kNone)) {
      row.Refuse("local_storage_type", "and local_storage_gb contradict each other");
    }
    type.network_gbps = row.Real("network_gbps");
    type.max_enis = static_cast<std::int32_t>(row.Integer("max_enis", {.min = 1, .max = kCountMax}));
    type.awsvpc_task_limit =
        static_cast<std::int32_t>(row.Integer("awsvpc_task_limit_trunked", {.min = 0, .max = kCountMax}));
    if (type.awsvpc_task_limit == 0) type.awsvpc_task_limit = std::max(0, type.max_enis - 1);
    type.ebs_baseline_mbps = row.IntegerOrEmpty("ebs_baseline_mbps", {.min = 1, .max = kEbsMaxMbps});
    type.quota_class = row.Name("quota_class");
    if (!HasQuota(type.quota_class)) row.Refuse("quota_class", "is not in quotas.csv");
    const std::int64_t fee_ppm = row.Decimal("management_fee_fraction", 6);
    if (fee_ppm > 1'000'000) row.Refuse("management_fee_fraction", "is above 1");
    type.fee_current_ppm = static_cast<std::int32_t>(fee_ppm);
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
    const std::optional<std::string> month = PriceMonth(row.Name("price_basis"));
    if (!month) row.Refuse("price_basis", "is neither list-YYYY-MM nor same-vcpu-sibling");
    ECSMI_RETURN_IF_ERROR(row.status);
    if (!prices_[region].emplace(type, price).second) {
      row.Refuse("instance_type", "has two prices in this region");
      return row.status;
    }
    auto& made = regions_[region];
    if (made == nullptr) {
      made = std::make_unique<RegionCatalog>();
      made->region = made->basis = region;
    }
    made->price_date = std::max(made->price_date, *month);  // of the newest list prices among them
  }
  if (!regions_.contains(kHomeRegion)) return absl::InvalidArgumentError("prices.csv: no prices for us-east-1");
  return absl::OkStatus();
}

absl::Status FileCatalog::LoadOfferings(const CsvTable& table) {
  std::map<std::string, std::set<std::string, ZoneIdOrder>> zone_ids;
  std::set<std::pair<std::string, const InstanceType*>> seen;
  std::vector<std::tuple<std::string, const InstanceType*, std::vector<std::string>>> offers;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CsvTable::Row row = table.row(i);
    const std::string region = row.Name("region");
    if (!regions_.contains(region)) row.Refuse("region", "has no prices");
    const InstanceType* type = FindType(row.Name("instance_type"));
    if (type == nullptr) row.Refuse("instance_type", "is offered but is no type");
    std::vector<std::string> ids = absl::StrSplit(row.Name("zone_ids"), ' ');
    for (const std::string& id : ids) {
      if (!IsZoneId(id)) row.Refuse("zone_ids", "holds something that is no zone id");
    }
    if (!seen.emplace(region, type).second) row.Refuse("instance_type", "is offered twice in this region");
    ECSMI_RETURN_IF_ERROR(row.status);
    zone_ids[region].insert(ids.begin(), ids.end());
    offers.emplace_back(region, type, std::move(ids));
  }
  std::map<std::string, std::size_t> offered;  // types by zone id
  for (const auto& [region, type, ids] : offers) {
    for (const std::string& id : ids) ++offered[id];
  }
  for (auto& [region, ids] : zone_ids) {
    auto& zones = regions_.at(region)->zones;
    for (const std::string& id : LetteredZones({ids.begin(), ids.end()}, offered)) {
      zones.push_back({id, absl::StrCat(region, std::string(1, static_cast<char>('a' + zones.size())))});
    }
    if (zones.size() > 26)
      return absl::InvalidArgumentError(absl::StrCat("zone_offerings.csv: too many zones in ", region));
  }
  for (const auto& [region, type, ids] : offers) {
    const auto price = prices_.at(region).find(type);
    if (price == prices_.at(region).end()) continue;  // offered, but nobody published a price: not to be had here
    RegionCatalog& catalog = *regions_.at(region);
    ports::PricedType priced{.type = type, .on_demand = price->second, .zones = 0};
    for (std::size_t z = 0; z < catalog.zones.size(); ++z) {
      if (std::find(ids.begin(), ids.end(), catalog.zones[z].id) != ids.end()) priced.zones |= std::uint64_t{1} << z;
    }
    catalog.types.push_back(priced);
  }
  for (const auto& [name, region] : regions_) {
    if (region->types.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("prices.csv: region '", name, "' has no offers in zone_offerings.csv"));
    }
  }
  prices_.clear();  // now in the regions
  return absl::OkStatus();
}

absl::Status FileCatalog::LoadQuotas(const CsvTable& table) {
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CsvTable::Row row = table.row(i);
    ports::QuotaClass quota;
    quota.name = row.Name("quota_class");
    quota.quota_name = row.Name("quota_name");
    quota.quota_code = row.Name("on_demand_quota_code");
    quota.default_vcpus = row.Integer("default_on_demand_vcpus", {.min = 0, .max = 1'000'000});
    if (HasQuota(quota.name)) row.Refuse("quota_class", "stands twice");
    ECSMI_RETURN_IF_ERROR(row.status);
    quotas_.push_back(std::move(quota));
  }
  return absl::OkStatus();
}

absl::Status FileCatalog::LoadFargate(const CsvTable& table) {
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CsvTable::Row row = table.row(i);
    ports::FargatePrice price;
    price.region = row.Name("region");
    if (!IsRegionName(price.region)) row.Refuse("region", "is no region name");
    price.architecture = Spelled(row, "architecture", Architectures());
    const std::string system = row.Name("os");
    if (system != "linux" && system != "windows") row.Refuse("os", "is neither linux nor windows");
    price.per_vcpu = row.Decimal("usd_per_vcpu_hour", 9);
    if (price.per_vcpu <= 0) row.Refuse("usd_per_vcpu_hour", "must be above 0");
    price.per_gb = row.Decimal("usd_per_gb_hour", 9);
    if (price.per_gb <= 0) row.Refuse("usd_per_gb_hour", "must be above 0");
    price.price_basis = row.Name("price_basis");
    const bool again = std::any_of(fargate_.begin(), fargate_.end(), [&](const ports::FargatePrice& other) {
      return other.region == price.region && other.architecture == price.architecture;
    });
    if (system == "linux" && again) row.Refuse("region", "has two prices for this architecture");
    ECSMI_RETURN_IF_ERROR(row.status);
    if (system == "linux") fargate_.push_back(std::move(price));
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
  for (const auto& [name, columns] : kCatalogFiles) {
    const auto at = files.find(name);
    if (at == files.end()) return absl::InvalidArgumentError(absl::StrCat("the catalogue has no file ", name));
    ECSMI_ASSIGN_OR_RETURN(CsvTable table, CsvTable::Parse(name, at->second));
    ECSMI_RETURN_IF_ERROR(table.CheckColumns(columns));
    tables.emplace(name, std::move(table));
  }
  // Also of files that nothing reads yet, and of their names: a hash stands for the whole data folder.
  for (const auto& [name, bytes] : files) {
    chain = base::KeyedHash128Bytes(base::KeyedHash128Bytes(chain, name), bytes);
  }
  hash_ = absl::StrFormat("%016x", chain.lo);
  ECSMI_RETURN_IF_ERROR(LoadQuotas(tables.at("quotas.csv")));
  ECSMI_RETURN_IF_ERROR(LoadTypes(tables.at("instance_types.csv")));
  ECSMI_RETURN_IF_ERROR(LoadPrices(tables.at("prices.csv")));
  ECSMI_RETURN_IF_ERROR(LoadOfferings(tables.at("zone_offerings.csv")));
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
