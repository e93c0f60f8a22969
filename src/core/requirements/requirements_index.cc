#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "absl/numeric/int128.h"
#include "ecsmi/base/check.h"
#include "ecsmi/core/requirements.h"

namespace ecsmi::core {
namespace {

using model::Inclusion;
using model::InstanceRequirements;
using model::InstanceType;
using ports::TypeOrdinal;

// Types by one numeric attribute: for each distinct value the set of types at or below it, so that a range is
// prefix(max) minus prefix(just below min).
template <typename T>
class Ladder {
 public:
  void Add(TypeOrdinal type, T value) { values_[value].Set(type); }
  void Seal() {
    TypeSet so_far;
    for (auto& [value, types] : values_) {
      so_far |= types;
      steps_.push_back({value, so_far});
    }
    values_.clear();
  }
  // Types whose value holds. Absent bounds are open (B2).
  TypeSet Within(const model::Range<T>& range, const TypeSet& all) const {
    TypeSet upto = all;
    if (range.max) {
      const auto at = std::upper_bound(steps_.begin(), steps_.end(), *range.max,
                                       [](T value, const Step& step) { return value < step.value; });
      upto = at == steps_.begin() ? TypeSet{} : std::prev(at)->types;
    }
    if (!range.min) return upto;
    const auto at = std::lower_bound(steps_.begin(), steps_.end(), *range.min,
                                     [](const Step& step, T value) { return step.value < value; });
    return at == steps_.begin() ? upto : upto.AndNot(std::prev(at)->types);
  }

 private:
  struct Step {
    T value;
    TypeSet types;
  };
  std::map<T, TypeSet> values_;
  std::vector<Step> steps_;
};

// B24: any accelerator attribute but "a count of at most 0" asks for an accelerator. Both together contradict each
// other, and nothing matches (B1).
bool AsksForAccelerator(const InstanceRequirements& r) {
  const bool at_most_none = r.accelerator_count.max && *r.accelerator_count.max == 0;
  return (r.accelerator_count.Given() && !at_most_none) || !r.accelerator_types.empty() ||
         !r.accelerator_manufacturers.empty() || !r.accelerator_names.empty() || r.accelerator_total_memory_mib.Given();
}

// B32: from here on the percentage means "no protection", by itself and not by arithmetic.
constexpr std::int32_t kPriceProtectionOff = 999'999;

bool StartsWithClass(const InstanceType& type, std::string_view letters) {
  return type.family.size() >= 2 && letters.find(type.family[0]) != std::string_view::npos && type.family[1] >= '0' &&
         type.family[1] <= '9';
}

}  // namespace

struct RequirementsIndex::Tables {
  TypeSet all, supported, default_pool, fraction, accelerated, has_storage, hibernate, metal, burstable, current_cmr,
      current;
  std::map<model::CpuManufacturer, TypeSet> manufacturers;
  std::map<model::InstanceGeneration, TypeSet> generations;
  std::map<model::LocalStorageType, TypeSet> storage_types;
  std::map<model::AcceleratorType, TypeSet> accelerator_types;
  std::map<model::AcceleratorManufacturer, TypeSet> accelerator_manufacturers;
  std::map<std::string, TypeSet> accelerator_names;
  Ladder<std::int32_t> vcpus, enis, accelerator_count;
  Ladder<std::int64_t> memory, ebs, accelerator_memory;
  Ladder<double> memory_per_vcpu, network, storage;
  std::vector<std::pair<std::string, TypeOrdinal>> names;  // sorted: a literal prefix is one run of it

  TypeSet Named(const std::vector<std::string>& patterns) const {
    TypeSet result;
    for (const std::string& pattern : patterns) {
      const std::string prefix = pattern.substr(0, pattern.find('*'));
      for (auto at = std::lower_bound(names.begin(), names.end(), std::pair(prefix, TypeOrdinal{0}));
           at != names.end() && at->first.compare(0, prefix.size(), prefix) == 0; ++at) {
        if (!result.Has(at->second) && MatchesPattern(pattern, at->first)) result.Set(at->second);
      }
    }
    return result;
  }

  template <typename Map, typename Keys>
  static TypeSet AnyOf(const Map& map, const Keys& keys) {
    TypeSet result;
    for (const auto& key : keys) {
      if (const auto at = map.find(key); at != map.end()) result |= at->second;
    }
    return result;
  }

  TypeSet By(Inclusion wanted, Inclusion by_default, const TypeSet& having) const {
    switch (wanted == Inclusion::kUnspecified ? by_default : wanted) {
      case Inclusion::kRequired:
        return having;
      case Inclusion::kExcluded:
        return all.AndNot(having);
      case Inclusion::kUnspecified:
      case Inclusion::kIncluded:
        break;
    }
    return all;
  }

  // Every attribute's own set, in the order of MismatchReason; price protection, which depends on the others, not here.
  template <typename Visit>
  void ForEachAttribute(const InstanceRequirements* given, Visit&& visit) const {
    visit(MismatchReason::kNotSupportedByManagedInstances, supported);
    if (given == nullptr) {
      visit(MismatchReason::kDefaultPool, default_pool);
      return;
    }
    const InstanceRequirements& r = *given;
    // What is absent rules nothing out and is not looked at: most requests give three or four of the twenty.
    const auto range = [&](MismatchReason reason, const auto& ladder, const auto& given_range) {
      if (given_range.Given()) visit(reason, ladder.Within(given_range, all));
    };
    range(MismatchReason::kVcpuCount, vcpus, r.vcpu_count);
    range(MismatchReason::kMemoryMib, memory, r.memory_mib);
    range(MismatchReason::kMemoryGibPerVcpu, memory_per_vcpu, r.memory_gib_per_vcpu);
    if (!r.cpu_manufacturers.empty()) {
      visit(MismatchReason::kCpuManufacturers, AnyOf(manufacturers, r.cpu_manufacturers));
    }
    TypeSet whole = all.AndNot(fraction);
    if (!r.allowed_instance_types.empty()) {
      const TypeSet allowed = Named(r.allowed_instance_types);
      visit(MismatchReason::kAllowedInstanceTypes, allowed);
      whole |= allowed;
    }
    if (!r.excluded_instance_types.empty()) {
      visit(MismatchReason::kExcludedInstanceTypes, all.AndNot(Named(r.excluded_instance_types)));
    }
    if (!r.instance_generations.empty()) {
      visit(MismatchReason::kInstanceGenerations, AnyOf(generations, r.instance_generations));
    }
    visit(MismatchReason::kBareMetal, By(r.bare_metal, Inclusion::kExcluded, metal));
    visit(MismatchReason::kBurstablePerformance, By(r.burstable_performance, Inclusion::kExcluded, burstable));
    if (r.require_hibernate_support) visit(MismatchReason::kRequireHibernateSupport, hibernate);
    range(MismatchReason::kNetworkInterfaceCount, enis, r.network_interface_count);
    range(MismatchReason::kNetworkBandwidthGbps, network, r.network_bandwidth_gbps);
    range(MismatchReason::kBaselineEbsBandwidthMbps, ebs, r.baseline_ebs_bandwidth_mbps);
    if (r.local_storage != Inclusion::kUnspecified) {
      visit(MismatchReason::kLocalStorage, By(r.local_storage, Inclusion::kIncluded, has_storage));
    }
    if (!r.local_storage_types.empty()) {
      // A type without storage passes unless storage is required (B18).
      visit(MismatchReason::kLocalStorageTypes, [&] {
        TypeSet set = AnyOf(storage_types, r.local_storage_types);
        set |= all.AndNot(has_storage);
        return set;
      }());
    }
    range(MismatchReason::kTotalLocalStorageGb, storage, r.total_local_storage_gb);  // B19: min > 0 asks for some
    if (!r.accelerator_types.empty()) {
      visit(MismatchReason::kAcceleratorTypes, AnyOf(accelerator_types, r.accelerator_types));
    }
    if (r.accelerator_count.Given()) {
      TypeSet set = accelerator_count.Within(r.accelerator_count, all);
      if (AsksForAccelerator(r)) set &= accelerated;
      visit(MismatchReason::kAcceleratorCount, set);
    }
    if (!r.accelerator_manufacturers.empty()) {
      visit(MismatchReason::kAcceleratorManufacturers, AnyOf(accelerator_manufacturers, r.accelerator_manufacturers));
    }
    if (!r.accelerator_names.empty()) {
      visit(MismatchReason::kAcceleratorNames, AnyOf(accelerator_names, r.accelerator_names));
    }
    if (r.accelerator_total_memory_mib.Given()) {
      TypeSet set = accelerator_memory.Within(r.accelerator_total_memory_mib, all);
      set &= accelerated;
      visit(MismatchReason::kAcceleratorTotalMemoryMib, set);
    }
    // A fraction of a GPU is no GPU: such types come only when named (design: the simulated world).
    visit(MismatchReason::kGpuFraction, whole);
  }

  // Types within `percent` of the cheapest baseline (B30-B34). Prices compare per vCPU, or per accelerator when the
  // request asks for some; by cross-multiplication, so no rounding decides.
  TypeSet PriceProtected(const ports::RegionCatalog& region, const TypeSet& matching, bool per_accelerator,
                         std::int32_t percent) const {
    const auto unit = [&](TypeOrdinal type) {
      const InstanceType& t = *region.types[type].type;
      return absl::int128(per_accelerator ? std::max(1, t.accelerator_count) : t.vcpus);
    };
    TypeSet baseline_pool = matching;
    baseline_pool &= current_cmr;
    if (baseline_pool.Empty()) {
      baseline_pool = matching;
      baseline_pool &= current;
    }
    if (baseline_pool.Empty()) baseline_pool = matching;
    TypeOrdinal best = TypeSet::kNone;
    for (TypeOrdinal at = baseline_pool.First(); at != TypeSet::kNone;
         at = baseline_pool.First(static_cast<TypeOrdinal>(at + 1))) {
      if (best == TypeSet::kNone || region.types[at].on_demand * unit(best) < region.types[best].on_demand * unit(at)) {
        best = at;
      }
    }
    TypeSet result;
    for (TypeOrdinal at = matching.First(); at != TypeSet::kNone;
         at = matching.First(static_cast<TypeOrdinal>(at + 1))) {
      const absl::int128 price = absl::int128(region.types[at].on_demand) * unit(best) * 100;
      const absl::int128 limit = absl::int128(region.types[best].on_demand) * unit(at) * (100 + absl::int128(percent));
      if (price <= limit) result.Set(at);
    }
    return result;
  }
};

RequirementsIndex::RequirementsIndex(const ports::RegionCatalog& region) : region_(region) {
  auto tables = std::make_shared<Tables>();
  Tables& t = *tables;
  ECSMI_CHECK(region.types.size() <= TypeSet::kWords * 64);
  for (std::size_t i = 0; i < region.types.size(); ++i) {
    const auto at = static_cast<TypeOrdinal>(i);
    const InstanceType& type = *region.types[i].type;
    t.all.Set(at);
    if (type.managed_instances_supported) t.supported.Set(at);
    if (type.gpu_fraction_milli > 0) t.fraction.Set(at);
    if (type.accelerator_count > 0) t.accelerated.Set(at);
    if (type.local_storage_gb > 0) t.has_storage.Set(at);
    if (type.hibernation_supported) t.hibernate.Set(at);
    if (type.bare_metal) t.metal.Set(at);
    if (type.burstable) t.burstable.Set(at);
    const bool current = type.generation == model::InstanceGeneration::kCurrent;
    if (current) t.current.Set(at);
    if (current && StartsWithClass(type, "cmr")) t.current_cmr.Set(at);
    if (current && StartsWithClass(type, "cmr") && !type.bare_metal && !type.burstable && type.accelerator_count == 0) {
      t.default_pool.Set(at);
    }
    t.manufacturers[type.cpu_manufacturer].Set(at);
    t.generations[type.generation].Set(at);
    t.storage_types[type.local_storage_type].Set(at);
    t.accelerator_types[type.accelerator_type].Set(at);
    t.accelerator_manufacturers[type.accelerator_manufacturer].Set(at);
    if (!type.accelerator_name.empty()) t.accelerator_names[type.accelerator_name].Set(at);
    t.vcpus.Add(at, type.vcpus);
    t.memory.Add(at, type.memory_mib);
    t.memory_per_vcpu.Add(at, static_cast<double>(type.memory_mib) / 1024.0 / type.vcpus);
    t.enis.Add(at, type.max_enis);
    t.network.Add(at, type.network_gbps);
    t.ebs.Add(at, type.ebs_baseline_mbps);
    t.storage.Add(at, static_cast<double>(type.local_storage_gb));
    t.accelerator_count.Add(at, type.accelerator_count);
    t.accelerator_memory.Add(at, type.accelerator_memory_mib);
    t.names.emplace_back(type.name, at);
  }
  t.vcpus.Seal();
  t.memory.Seal();
  t.memory_per_vcpu.Seal();
  t.enis.Seal();
  t.network.Seal();
  t.ebs.Seal();
  t.storage.Seal();
  t.accelerator_count.Seal();
  t.accelerator_memory.Seal();
  std::sort(t.names.begin(), t.names.end());
  tables_ = std::move(tables);
}

RequirementsMatch RequirementsIndex::Match(const InstanceRequirements* requirements,
                                           const MatchOptions& options) const {
  RequirementsMatch match;
  match.types = tables_->all;
  std::size_t left = match.types.Count();
  auto narrow = [&](MismatchReason reason, const TypeSet& types) {
    match.types &= types;
    const std::size_t now = match.types.Count();
    match.ruled_out[static_cast<std::size_t>(reason)] += static_cast<std::int32_t>(left - now);
    left = now;
  };
  tables_->ForEachAttribute(requirements, narrow);
  std::int32_t percent = options.default_price_protection_percent;
  if (requirements != nullptr && requirements->on_demand_max_price_percentage_over_lowest_price) {
    percent = *requirements->on_demand_max_price_percentage_over_lowest_price;
  } else if (percent == 0) {
    return match;
  }
  if (!match.types.Empty() && percent < kPriceProtectionOff) {
    const bool per_accelerator = requirements != nullptr && AsksForAccelerator(*requirements);
    narrow(MismatchReason::kPriceProtection, tables_->PriceProtected(region_, match.types, per_accelerator, percent));
  }
  return match;
}

ports::TypeOrdinal RequirementsIndex::OrdinalOf(std::string_view type_name) const {
  const auto at = std::ranges::lower_bound(tables_->names, type_name, {},
                                           [](const auto& entry) { return std::string_view(entry.first); });
  return at == tables_->names.end() || at->first != type_name ? TypeSet::kNone : at->second;
}

std::vector<MismatchReason> RequirementsIndex::Explain(const InstanceRequirements* requirements,
                                                       const MatchOptions& options, TypeOrdinal type) const {
  std::vector<MismatchReason> reasons;
  tables_->ForEachAttribute(requirements, [&](MismatchReason reason, const TypeSet& types) {
    if (!types.Has(type)) reasons.push_back(reason);
  });
  // Only a type that matches otherwise can be ruled out by price alone.
  if (reasons.empty() && !Match(requirements, options).types.Has(type)) {
    reasons.push_back(MismatchReason::kPriceProtection);
  }
  return reasons;
}

std::string_view MismatchAttribute(MismatchReason reason) {
  switch (reason) {
    case MismatchReason::kNotSupportedByManagedInstances:
      return "managed instances support";
    case MismatchReason::kDefaultPool:
      return "default pool";
    case MismatchReason::kVcpuCount:
      return "vCpuCount";
    case MismatchReason::kMemoryMib:
      return "memoryMiB";
    case MismatchReason::kMemoryGibPerVcpu:
      return "memoryGiBPerVCpu";
    case MismatchReason::kCpuManufacturers:
      return "cpuManufacturers";
    case MismatchReason::kAllowedInstanceTypes:
      return "allowedInstanceTypes";
    case MismatchReason::kExcludedInstanceTypes:
      return "excludedInstanceTypes";
    case MismatchReason::kInstanceGenerations:
      return "instanceGenerations";
    case MismatchReason::kBareMetal:
      return "bareMetal";
    case MismatchReason::kBurstablePerformance:
      return "burstablePerformance";
    case MismatchReason::kRequireHibernateSupport:
      return "requireHibernateSupport";
    case MismatchReason::kNetworkInterfaceCount:
      return "networkInterfaceCount";
    case MismatchReason::kNetworkBandwidthGbps:
      return "networkBandwidthGbps";
    case MismatchReason::kBaselineEbsBandwidthMbps:
      return "baselineEbsBandwidthMbps";
    case MismatchReason::kLocalStorage:
      return "localStorage";
    case MismatchReason::kLocalStorageTypes:
      return "localStorageTypes";
    case MismatchReason::kTotalLocalStorageGb:
      return "totalLocalStorageGB";
    case MismatchReason::kAcceleratorTypes:
      return "acceleratorTypes";
    case MismatchReason::kAcceleratorCount:
      return "acceleratorCount";
    case MismatchReason::kAcceleratorManufacturers:
      return "acceleratorManufacturers";
    case MismatchReason::kAcceleratorNames:
      return "acceleratorNames";
    case MismatchReason::kAcceleratorTotalMemoryMib:
      return "acceleratorTotalMemoryMiB";
    case MismatchReason::kGpuFraction:
      return "GPU fraction";
    case MismatchReason::kPriceProtection:
      return "onDemandMaxPricePercentageOverLowestPrice";
    case MismatchReason::kCount:
      break;
  }
  return "";
}

}  // namespace ecsmi::core
