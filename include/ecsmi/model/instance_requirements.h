#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/codec.h"
#include "ecsmi/model/instance_type.h"

namespace ecsmi::model {

// Inclusive bounds; absent = unbounded (B2).
template <typename T>
struct Range {
  std::optional<T> min;
  std::optional<T> max;
  friend bool operator==(const Range&, const Range&) = default;
  bool Given() const { return min.has_value() || max.has_value(); }
  bool Holds(T value) const { return (!min || value >= *min) && (!max || value <= *max); }
};

enum class Inclusion : std::uint8_t { kUnspecified = 0, kIncluded = 1, kRequired = 2, kExcluded = 3 };

// What a managed instances provider asks of its instances: ECS's InstanceRequirementsRequest, checked and typed. An
// absent (empty, unspecified) attribute means AWS's default for it. All given attributes must hold; values within one
// are alternatives (B1). Spot price attributes never get here except under --spot-settings=on-demand, where they are
// echoed from the document and not acted on.
struct InstanceRequirements {
  Range<std::int32_t> vcpu_count;                             // B3; min required on the wire
  Range<std::int64_t> memory_mib;                             // B3; min required on the wire
  Range<double> memory_gib_per_vcpu;                          // B4
  std::vector<CpuManufacturer> cpu_manufacturers;             // B5
  std::vector<std::string> allowed_instance_types;            // patterns with '*' (B6-B8)
  std::vector<std::string> excluded_instance_types;           // patterns with '*'
  std::vector<InstanceGeneration> instance_generations;       // B11
  Inclusion bare_metal = Inclusion::kUnspecified;             // default excluded (B13)
  Inclusion burstable_performance = Inclusion::kUnspecified;  // default excluded (B12)
  bool require_hibernate_support = false;                     // B14
  Range<std::int32_t> network_interface_count;                // B15
  Range<double> network_bandwidth_gbps;                       // B16
  Range<std::int64_t> baseline_ebs_bandwidth_mbps;            // B17
  Inclusion local_storage = Inclusion::kUnspecified;          // default included (B18)
  std::vector<LocalStorageType> local_storage_types;          // B18
  Range<double> total_local_storage_gb;                       // B19
  std::vector<AcceleratorType> accelerator_types;             // B20
  Range<std::int32_t> accelerator_count;                      // B20; max 0 excludes accelerated types
  std::vector<AcceleratorManufacturer> accelerator_manufacturers;
  std::vector<std::string> accelerator_names;                                    // B21: slugs as in InstanceType
  Range<std::int64_t> accelerator_total_memory_mib;                              // B22
  std::optional<std::int32_t> on_demand_max_price_percentage_over_lowest_price;  // B30
  friend bool operator==(const InstanceRequirements&, const InstanceRequirements&) = default;
  static constexpr auto Fields() {
    using R = InstanceRequirements;
    return std::tuple(
        F("vcpu_count", &R::vcpu_count), F("memory_mib", &R::memory_mib),
        F("memory_gib_per_vcpu", &R::memory_gib_per_vcpu), F("cpu_manufacturers", &R::cpu_manufacturers),
        F("allowed_instance_types", &R::allowed_instance_types),
        F("excluded_instance_types", &R::excluded_instance_types), F("instance_generations", &R::instance_generations),
        F("bare_metal", &R::bare_metal), F("burstable_performance", &R::burstable_performance),
        F("require_hibernate_support", &R::require_hibernate_support),
        F("network_interface_count", &R::network_interface_count),
        F("network_bandwidth_gbps", &R::network_bandwidth_gbps),
        F("baseline_ebs_bandwidth_mbps", &R::baseline_ebs_bandwidth_mbps), F("local_storage", &R::local_storage),
        F("local_storage_types", &R::local_storage_types), F("total_local_storage_gb", &R::total_local_storage_gb),
        F("accelerator_types", &R::accelerator_types), F("accelerator_count", &R::accelerator_count),
        F("accelerator_manufacturers", &R::accelerator_manufacturers), F("accelerator_names", &R::accelerator_names),
        F("accelerator_total_memory_mib", &R::accelerator_total_memory_mib),
        F("on_demand_max_price_percentage_over_lowest_price", &R::on_demand_max_price_percentage_over_lowest_price));
  }
};

}  // namespace ecsmi::model
