#include "ecsmi/core/requirements.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "catalog/embedded_catalog.h"
#include "gtest/gtest.h"

// Random requirements, answered by the index and by a plain scan that reads the rules one type at a time. The scan
// shares no code with the index: patterns are matched by recursion, sets are vectors.

namespace ecsmi::core {
namespace {

using model::AcceleratorManufacturer;
using model::AcceleratorType;
using model::Inclusion;
using model::InstanceGeneration;
using model::InstanceRequirements;
using model::InstanceType;
using model::LocalStorageType;
using ports::TypeOrdinal;
using Why = MismatchReason;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  bool OneIn(std::size_t n) { return Below(n) == 0; }
  template <typename T>
  T Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }
  template <typename T>
  std::vector<T> Some(const std::vector<T>& from) {
    std::vector<T> some;
    for (std::size_t left = 1 + Below(3); left > 0; --left) some.push_back(Pick(from));
    return some;
  }

 private:
  std::mt19937_64 engine_;
};

// '*' matches any run (B7), by the definition.
bool Covers(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') return Covers(pattern.substr(1), name) || (!name.empty() && Covers(pattern, name.substr(1)));
  return !name.empty() && pattern[0] == name[0] && Covers(pattern.substr(1), name.substr(1));
}
bool AnyCovers(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) { return Covers(p, name); });
}

template <typename T>
bool OneOf(const std::vector<T>& list, const T& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}
template <typename T>
bool Inside(const model::Range<T>& range, T value) {
  return (!range.min || *range.min <= value) && (!range.max || value <= *range.max);
}
bool Passes(Inclusion given, Inclusion by_default, bool has) {
  const Inclusion rule = given == Inclusion::kUnspecified ? by_default : given;
  return rule == Inclusion::kRequired ? has : rule == Inclusion::kExcluded ? !has : true;
}
bool WantsAccelerator(const InstanceRequirements& r) {
  const bool count = r.accelerator_count.min || (r.accelerator_count.max && *r.accelerator_count.max > 0);
  const bool zero = r.accelerator_count.max && *r.accelerator_count.max == 0;
  return (count && !zero) || !r.accelerator_types.empty() || !r.accelerator_manufacturers.empty() ||
         !r.accelerator_names.empty() || r.accelerator_total_memory_mib.min || r.accelerator_total_memory_mib.max;
}
bool IsCmr(const InstanceType& t) {
  return (t.family[0] == 'c' || t.family[0] == 'm' || t.family[0] == 'r') && std::isdigit(t.family[1]) != 0;
}

// All reasons but price, in the order of the enum.
std::vector<Why> ScanReasons(const InstanceRequirements* given, const InstanceType& t) {
  std::vector<Why> reasons;
  const auto need = [&](bool holds, Why reason) {
    if (!holds) reasons.push_back(reason);
  };
  need(t.managed_instances_supported, Why::kNotSupportedByManagedInstances);
  if (given == nullptr) {
    need(IsCmr(t) && t.generation == InstanceGeneration::kCurrent && !t.burstable && !t.bare_metal &&
             t.accelerator_count == 0,
         Why::kDefaultPool);
    return reasons;
  }
  const InstanceRequirements& r = *given;
  const bool wants = WantsAccelerator(r);
  const bool has = t.accelerator_count > 0;
  need(Inside(r.vcpu_count, t.vcpus), Why::kVcpuCount);
  need(Inside(r.memory_mib, t.memory_mib), Why::kMemoryMib);
  need(Inside(r.memory_gib_per_vcpu, static_cast<double>(t.memory_mib) / 1024.0 / t.vcpus), Why::kMemoryGibPerVcpu);
  need(OneOf(r.cpu_manufacturers, t.cpu_manufacturer), Why::kCpuManufacturers);
  need(r.allowed_instance_types.empty() || AnyCovers(r.allowed_instance_types, t.name), Why::kAllowedInstanceTypes);
  need(!AnyCovers(r.excluded_instance_types, t.name), Why::kExcludedInstanceTypes);
  need(OneOf(r.instance_generations, t.generation), Why::kInstanceGenerations);
  need(Passes(r.bare_metal, Inclusion::kExcluded, t.bare_metal), Why::kBareMetal);
  need(Passes(r.burstable_performance, Inclusion::kExcluded, t.burstable), Why::kBurstablePerformance);
  need(!r.require_hibernate_support || t.hibernation_supported, Why::kRequireHibernateSupport);
  need(Inside(r.network_interface_count, t.max_enis), Why::kNetworkInterfaceCount);
  need(Inside(r.network_bandwidth_gbps, t.network_gbps), Why::kNetworkBandwidthGbps);
  need(Inside(r.baseline_ebs_bandwidth_mbps, t.ebs_baseline_mbps), Why::kBaselineEbsBandwidthMbps);
  need(Passes(r.local_storage, Inclusion::kIncluded, t.local_storage_gb > 0), Why::kLocalStorage);
  need(t.local_storage_gb == 0 || OneOf(r.local_storage_types, t.local_storage_type), Why::kLocalStorageTypes);
  need(Inside(r.total_local_storage_gb, static_cast<double>(t.local_storage_gb)), Why::kTotalLocalStorageGb);
  need(OneOf(r.accelerator_types, t.accelerator_type), Why::kAcceleratorTypes);
  if (r.accelerator_count.Given()) {
    need(Inside(r.accelerator_count, t.accelerator_count) && (has || !wants), Why::kAcceleratorCount);
  }
  need(OneOf(r.accelerator_manufacturers, t.accelerator_manufacturer), Why::kAcceleratorManufacturers);
  need(OneOf(r.accelerator_names, t.accelerator_name), Why::kAcceleratorNames);
  if (r.accelerator_total_memory_mib.Given()) {
    need(has && Inside(r.accelerator_total_memory_mib, t.accelerator_memory_mib), Why::kAcceleratorTotalMemoryMib);
  }
  need(t.gpu_fraction_milli == 0 || (!r.allowed_instance_types.empty() && AnyCovers(r.allowed_instance_types, t.name)),
       Why::kGpuFraction);
  return reasons;
}

// Reasons of every type of the region, price included (B30-B35).
std::vector<std::vector<Why>> Scan(const ports::RegionCatalog& region, const InstanceRequirements* r,
                                   const MatchOptions& options) {
  std::vector<std::vector<Why>> all;
  for (const ports::PricedType& priced : region.types) all.push_back(ScanReasons(r, *priced.type));
  std::optional<int> percent;
  if (options.default_price_protection_percent > 0) percent = options.default_price_protection_percent;
  if (r != nullptr && r->on_demand_max_price_percentage_over_lowest_price) {
    percent = r->on_demand_max_price_percentage_over_lowest_price;
  }
  if (!percent || *percent >= 999'999) return all;
  const bool per_accelerator = r != nullptr && WantsAccelerator(*r);
  const auto units = [&](std::size_t i) -> absl::int128 {
    const InstanceType& t = *region.types[i].type;
    return per_accelerator ? t.accelerator_count : t.vcpus;
  };
  // Three pools in order of preference (B31); the cheapest of the first that is not empty is the baseline.
  std::optional<std::size_t> baseline;
  for (int pool = 0; pool < 3 && !baseline; ++pool) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const InstanceType& t = *region.types[i].type;
      const bool current = t.generation == InstanceGeneration::kCurrent;
      if (!all[i].empty() || (pool == 0 && !(current && IsCmr(t))) || (pool == 1 && !current)) continue;
      if (!baseline || absl::int128(region.types[i].on_demand) * units(*baseline) <
                           absl::int128(region.types[*baseline].on_demand) * units(i)) {
        baseline = i;
      }
    }
  }
  if (!baseline) return all;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].empty() && absl::int128(region.types[i].on_demand) * 100 * units(*baseline) >
                              absl::int128(region.types[*baseline].on_demand) * (100 + *percent) * units(i)) {
      all[i].push_back(Why::kPriceProtection);
    }
  }
  return all;
}

// A name of the catalogue, whole or with stars in it, now and then misspelt.
std::string RandomPattern(Dice& dice, const ports::RegionCatalog& region) {
  const InstanceType& type = *dice.Pick(region.types).type;
  std::string name = type.name;
  switch (dice.Below(6)) {
    case 0:
      return name;
    case 1:
      return absl::StrCat(type.family, ".*");
    case 2:
      return absl::StrCat(type.family.substr(0, 1 + dice.Below(type.family.size())), "*");
    case 3:
      return absl::StrCat("*", name.substr(dice.Below(name.size())));
    case 4:
      for (int stars = 0; stars < 2; ++stars) name[dice.Below(name.size())] = '*';
      return name;
    default:
      name.erase(dice.Below(name.size()), 1);
      return name;
  }
}

template <typename T, typename Value>
model::Range<T> RandomRange(Dice& dice, const ports::RegionCatalog& region, Value value) {
  model::Range<T> range;
  const auto bound = [&] {
    const T exact = static_cast<T>(value(*dice.Pick(region.types).type));
    return static_cast<T>(dice.OneIn(4) ? exact + T{1} : exact);
  };
  if (!dice.OneIn(3)) range.min = bound();
  if (!dice.OneIn(3)) range.max = bound();
  if (range.min && range.max && *range.min > *range.max && !dice.OneIn(8)) std::swap(range.min, range.max);
  return range;
}

// 1 to 8 attributes at random. Bounds and names come from real types, so that edges are hit.
InstanceRequirements RandomRequirements(Dice& dice, const ports::RegionCatalog& region) {
  const std::vector<Inclusion> inclusions = {Inclusion::kIncluded, Inclusion::kRequired, Inclusion::kExcluded};
  InstanceRequirements r;
  for (std::size_t left = 1 + dice.Below(8); left > 0; --left) {
    switch (dice.Below(21)) {
      case 0:
        r.vcpu_count = RandomRange<std::int32_t>(dice, region, [](auto& t) { return t.vcpus; });
        break;
      case 1:
        r.memory_mib = RandomRange<std::int64_t>(dice, region, [](auto& t) { return t.memory_mib; });
        break;
      case 2:
        r.memory_gib_per_vcpu = RandomRange<double>(
            dice, region, [](auto& t) { return static_cast<double>(t.memory_mib) / 1024.0 / t.vcpus; });
        break;
      case 3:
        r.cpu_manufacturers = dice.Some<model::CpuManufacturer>(
            {model::CpuManufacturer::kIntel, model::CpuManufacturer::kAmd, model::CpuManufacturer::kAmazonWebServices});
        break;
      case 4:
        for (std::size_t n = 1 + dice.Below(4); n > 0; --n) {
          r.allowed_instance_types.push_back(RandomPattern(dice, region));
        }
        break;
      case 5:
        for (std::size_t n = 1 + dice.Below(4); n > 0; --n) {
          r.excluded_instance_types.push_back(RandomPattern(dice, region));
        }
        break;
      case 6:
        r.instance_generations =
            dice.Some<InstanceGeneration>({InstanceGeneration::kCurrent, InstanceGeneration::kPrevious});
        break;
      case 7:
        r.bare_metal = dice.Pick(inclusions);
        break;
      case 8:
        r.burstable_performance = dice.Pick(inclusions);
        break;
      case 9:
        r.require_hibernate_support = dice.OneIn(4);
        break;
      case 10:
        r.network_interface_count = RandomRange<std::int32_t>(dice, region, [](auto& t) { return t.max_enis; });
        break;
      case 11:
        r.network_bandwidth_gbps = RandomRange<double>(dice, region, [](auto& t) { return t.network_gbps; });
        break;
      case 12:
        r.baseline_ebs_bandwidth_mbps =
            RandomRange<std::int64_t>(dice, region, [](auto& t) { return t.ebs_baseline_mbps; });
        break;
      case 13:
        r.local_storage = dice.Pick(inclusions);
        break;
      case 14:
        r.local_storage_types = dice.Some<LocalStorageType>({LocalStorageType::kHdd, LocalStorageType::kSsd});
        break;
      case 15:
        r.total_local_storage_gb = RandomRange<double>(dice, region, [](auto& t) { return t.local_storage_gb; });
        break;
      case 16:
        r.accelerator_types = dice.Some<AcceleratorType>(
            {AcceleratorType::kGpu, AcceleratorType::kGpu, AcceleratorType::kFpga, AcceleratorType::kInference});
        break;
      case 17:
        r.accelerator_count = RandomRange<std::int32_t>(dice, region, [](auto& t) { return t.accelerator_count; });
        break;
      case 18:
        r.accelerator_manufacturers = dice.Some<AcceleratorManufacturer>(
            {AcceleratorManufacturer::kNvidia, AcceleratorManufacturer::kAmd, AcceleratorManufacturer::kHabana,
             AcceleratorManufacturer::kAmazonWebServices});
        break;
      case 19:
        r.accelerator_names = dice.Some<std::string>({"t4", "a10g", "a100", "l4", "inferentia", "vu9p"});
        break;
      default:
        r.accelerator_total_memory_mib =
            RandomRange<std::int64_t>(dice, region, [](auto& t) { return t.accelerator_memory_mib; });
        break;
    }
  }
  if (dice.OneIn(3)) r.on_demand_max_price_percentage_over_lowest_price = dice.Pick<int>({0, 5, 20, 53, 100, 999'999});
  return r;
}

std::uint64_t Seed() {
  const char* given = std::getenv("ECSMI_SEED");
  return given == nullptr ? 20'260'701 : std::strtoull(given, nullptr, 10);
}

std::string Words(const std::vector<Why>& reasons) {
  return absl::StrJoin(reasons, ", ", [](std::string* out, Why reason) {
    const std::string_view word = MismatchAttribute(reason);
    out->append(word.data(), word.size());
  });
}

// The index and the scan agree on the set, on the count of first reasons, and (for a sample of types) on every reason.
void Compare(const RequirementsIndex& index, const InstanceRequirements* r, const MatchOptions& options, Dice& dice,
             std::size_t* matched) {
  const ports::RegionCatalog& region = index.region();
  const RequirementsMatch match = index.Match(r, options);
  const std::vector<std::vector<Why>> scanned = Scan(region, r, options);
  decltype(match.ruled_out) first{};
  for (std::size_t i = 0; i < scanned.size(); ++i) {
    ASSERT_EQ(match.types.Has(static_cast<TypeOrdinal>(i)), scanned[i].empty())
        << region.types[i].type->name << ": the scan says [" << Words(scanned[i]) << "]";
    if (!scanned[i].empty()) ++first[static_cast<std::size_t>(scanned[i].front())];
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    ASSERT_EQ(match.ruled_out[i], first[i]) << MismatchAttribute(static_cast<Why>(i));
  }
  for (int sample = 0; sample < 20; ++sample) {
    const std::size_t i = dice.Below(scanned.size());
    ASSERT_EQ(Words(index.Explain(r, options, static_cast<TypeOrdinal>(i))), Words(scanned[i]))
        << region.types[i].type->name;
  }
  *matched += match.types.Empty() ? 0u : 1u;
}

TEST(RequirementsProperty, IndexAnswersLikeAPlainScan) {
  const std::uint64_t seed = Seed();
  RecordProperty("seed", std::to_string(seed));
  Dice dice(seed);
  const auto catalog = catalog::LoadEmbeddedCatalog();
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  std::size_t matched = 0;
  constexpr std::size_t kQueries = 1'000;
  for (const char* name : {"us-east-1", "eu-west-1"}) {
    const RequirementsIndex index(**(*catalog)->Region(name, true));
    for (std::size_t query = 0; query < kQueries / 2; ++query) {
      SCOPED_TRACE(absl::StrCat("ECSMI_SEED=", seed, " region ", name, " query ", query));
      const InstanceRequirements r = RandomRequirements(dice, index.region());
      const MatchOptions options{.default_price_protection_percent = dice.OneIn(4) ? 20 : 0};
      Compare(index, &r, options, dice, &matched);
      if (HasFatalFailure()) return;
    }
    for (int percent : {0, 20}) {
      SCOPED_TRACE(absl::StrCat("ECSMI_SEED=", seed, " region ", name, " default pool, percent ", percent));
      Compare(index, nullptr, {.default_price_protection_percent = percent}, dice, &matched);
      if (HasFatalFailure()) return;
    }
  }
  // Not all for nothing: a good part of the queries found something.
  EXPECT_GT(matched, kQueries / 4) << "ECSMI_SEED=" << seed;
}

}  // namespace
}  // namespace ecsmi::core
