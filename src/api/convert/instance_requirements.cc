#include "api/convert/instance_requirements.h"

#include <algorithm>
#include <string>

#include "api/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr int kTypesMax = 400;            // B6
constexpr std::size_t kTypeNameMax = 30;  // B6

// `source` has optional min and max; both non-negative and in order.
template <typename T, typename Source>
absl::Status ToRange(const std::string& field, const Source& source, model::Range<T>& range) {
  if (source.has_min()) range.min = static_cast<T>(source.min());
  if (source.has_max()) range.max = static_cast<T>(source.max());
  if (range.min && *range.min < 0)
    return InvalidParameter(Say(field, ".min is ", *range.min, "; it must not be negative"));
  if (range.max && *range.max < 0)
    return InvalidParameter(Say(field, ".max is ", *range.max, "; it must not be negative"));
  if (range.min && range.max && *range.min > *range.max) {
    return InvalidParameter(Say(field, ".min is ", *range.min, ", above ", field, ".max, which is ", *range.max));
  }
  return absl::OkStatus();
}

absl::Status ToPatterns(const std::string& field, const google::protobuf::RepeatedPtrField<std::string>& source,
                        std::vector<std::string>& patterns) {
  ECSMI_RETURN_IF_ERROR(CheckCount(field, source.size(), kTypesMax));
  for (int i = 0; i < source.size(); ++i) {
    const std::string& pattern = source[i];
    const bool good =
        !pattern.empty() && pattern.size() <= kTypeNameMax && std::all_of(pattern.begin(), pattern.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '*' ||
                 c == '-';
        });
    if (!good) {
      return InvalidParameter(Say(field, "[", i, "] '", pattern, "' must have 1 to ", kTypeNameMax,
                                  " characters: letters, digits, '.', '*' and '-'"));
    }
    patterns.push_back(pattern);
  }
  return absl::OkStatus();
}

// The three enums of this shape (bareMetal, burstablePerformance, localStorage) have equal values.
template <typename Enum>
model::Inclusion ToInclusion(typename Enum::Value value) {
  if (value == Enum::included) return model::Inclusion::kIncluded;
  if (value == Enum::required) return model::Inclusion::kRequired;
  if (value == Enum::excluded) return model::Inclusion::kExcluded;
  return model::Inclusion::kUnspecified;
}

model::CpuManufacturer ToCpuManufacturer(int value) {
  if (value == pb::CpuManufacturer::intel) return model::CpuManufacturer::kIntel;
  if (value == pb::CpuManufacturer::amd) return model::CpuManufacturer::kAmd;
  return model::CpuManufacturer::kAmazonWebServices;
}
model::AcceleratorType ToAcceleratorType(int value) {
  if (value == pb::AcceleratorType::gpu) return model::AcceleratorType::kGpu;
  if (value == pb::AcceleratorType::fpga) return model::AcceleratorType::kFpga;
  return model::AcceleratorType::kInference;
}
model::AcceleratorManufacturer ToAcceleratorManufacturer(int value) {
  if (value == pb::AcceleratorManufacturer::nvidia) return model::AcceleratorManufacturer::kNvidia;
  if (value == pb::AcceleratorManufacturer::amd) return model::AcceleratorManufacturer::kAmd;
  if (value == pb::AcceleratorManufacturer::xilinx) return model::AcceleratorManufacturer::kXilinx;
  if (value == pb::AcceleratorManufacturer::habana) return model::AcceleratorManufacturer::kHabana;
  return model::AcceleratorManufacturer::kAmazonWebServices;
}

// Numbers and ranges.
absl::Status ConvertRanges(const std::string& at, const pb::InstanceRequirementsRequest& request,
                           model::InstanceRequirements& result) {
  if (!request.v_cpu_count().has_min()) return InvalidParameter(Say(at, "vCpuCount.min is required"));
  if (!request.memory_mib().has_min()) return InvalidParameter(Say(at, "memoryMiB.min is required"));
  ECSMI_RETURN_IF_ERROR(ToRange(at + "vCpuCount", request.v_cpu_count(), result.vcpu_count));
  ECSMI_RETURN_IF_ERROR(ToRange(at + "memoryMiB", request.memory_mib(), result.memory_mib));
  ECSMI_RETURN_IF_ERROR(ToRange(at + "memoryGiBPerVCpu", request.memory_gib_per_v_cpu(), result.memory_gib_per_vcpu));
  ECSMI_RETURN_IF_ERROR(
      ToRange(at + "networkInterfaceCount", request.network_interface_count(), result.network_interface_count));
  ECSMI_RETURN_IF_ERROR(
      ToRange(at + "networkBandwidthGbps", request.network_bandwidth_gbps(), result.network_bandwidth_gbps));
  ECSMI_RETURN_IF_ERROR(ToRange(at + "baselineEbsBandwidthMbps", request.baseline_ebs_bandwidth_mbps(),
                                result.baseline_ebs_bandwidth_mbps));
  ECSMI_RETURN_IF_ERROR(
      ToRange(at + "totalLocalStorageGB", request.total_local_storage_gb(), result.total_local_storage_gb));
  ECSMI_RETURN_IF_ERROR(ToRange(at + "acceleratorCount", request.accelerator_count(), result.accelerator_count));
  ECSMI_RETURN_IF_ERROR(ToRange(at + "acceleratorTotalMemoryMiB", request.accelerator_total_memory_mib(),
                                result.accelerator_total_memory_mib));
  if (request.has_on_demand_max_price_percentage_over_lowest_price()) {
    const std::int32_t percent = request.on_demand_max_price_percentage_over_lowest_price();
    if (percent < 0) {
      return InvalidParameter(
          Say(at, "onDemandMaxPricePercentageOverLowestPrice is ", percent, "; it must not be negative"));
    }
    result.on_demand_max_price_percentage_over_lowest_price = percent;
  }
  return absl::OkStatus();
}

// Combinations that AWS refuses.
absl::Status CheckCombinations(const std::string& at, const pb::InstanceRequirementsRequest& request) {
  if (request.allowed_instance_types_size() > 0 && request.excluded_instance_types_size() > 0) {  // B6
    return InvalidParameter(
        Say(at, "allowedInstanceTypes and ", at, "excludedInstanceTypes exclude each other; give one of them"));
  }
  if (request.allowed_instance_types_size() > 0 && request.instance_generations_size() > 0) {  // B10
    return InvalidParameter(Say(at, "instanceGenerations cannot be combined with ", at,
                                "allowedInstanceTypes, whose names give the generation; give one of them"));
  }
  const bool none_wanted = request.accelerator_count().has_max() && request.accelerator_count().max() == 0;
  if (request.has_accelerator_count() && !none_wanted && request.accelerator_types_size() == 0) {  // B20a
    return InvalidParameter(Say(at, "acceleratorCount needs ", at, "acceleratorTypes, which is missing"));
  }
  if (request.has_spot_max_price_percentage_over_lowest_price() &&
      request.has_max_spot_price_as_percentage_of_optimal_on_demand_price()) {  // 0.3
    return InvalidParameter(Say(at, "spotMaxPricePercentageOverLowestPrice and ", at,
                                "maxSpotPriceAsPercentageOfOptimalOnDemandPrice exclude each other; give one of them"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<model::InstanceRequirements> ToRequirements(std::string_view field,
                                                           const pb::InstanceRequirementsRequest& request) {
  const std::string at = Say(field, ".");
  model::InstanceRequirements result;
  ECSMI_RETURN_IF_ERROR(CheckCombinations(at, request));
  ECSMI_RETURN_IF_ERROR(ConvertRanges(at, request, result));
  ECSMI_RETURN_IF_ERROR(
      ToPatterns(at + "allowedInstanceTypes", request.allowed_instance_types(), result.allowed_instance_types));
  ECSMI_RETURN_IF_ERROR(
      ToPatterns(at + "excludedInstanceTypes", request.excluded_instance_types(), result.excluded_instance_types));
  for (int value : request.cpu_manufacturers()) result.cpu_manufacturers.push_back(ToCpuManufacturer(value));
  for (int value : request.instance_generations()) {
    result.instance_generations.push_back(value == pb::InstanceGeneration::current
                                              ? model::InstanceGeneration::kCurrent
                                              : model::InstanceGeneration::kPrevious);
  }
  result.bare_metal = ToInclusion<pb::BareMetal>(request.bare_metal());
  result.burstable_performance = ToInclusion<pb::BurstablePerformance>(request.burstable_performance());
  result.local_storage = ToInclusion<pb::LocalStorage>(request.local_storage());
  result.require_hibernate_support = request.require_hibernate_support();
  for (int value : request.local_storage_types()) {
    result.local_storage_types.push_back(value == pb::LocalStorageType::hdd ? model::LocalStorageType::kHdd
                                                                            : model::LocalStorageType::kSsd);
  }
  for (int value : request.accelerator_types()) result.accelerator_types.push_back(ToAcceleratorType(value));
  for (int value : request.accelerator_manufacturers()) {
    result.accelerator_manufacturers.push_back(ToAcceleratorManufacturer(value));
  }
  for (int value : request.accelerator_names()) {
    result.accelerator_names.push_back(AwsName(*pb::AcceleratorName::Value_descriptor()->FindValueByNumber(value)));
  }
  return result;
}

absl::Status CheckNoSpot(std::string_view field, const pb::InstanceRequirementsRequest& request) {
  constexpr char kInstead[] = "Leave it out; onDemandMaxPricePercentageOverLowestPrice limits On-Demand prices.";
  if (request.has_spot_max_price_percentage_over_lowest_price()) {
    return SpotRefused(
        Say(field, ".spotMaxPricePercentageOverLowestPrice ", request.spot_max_price_percentage_over_lowest_price()),
        kInstead);
  }
  if (request.has_max_spot_price_as_percentage_of_optimal_on_demand_price()) {
    return SpotRefused(Say(field, ".maxSpotPriceAsPercentageOfOptimalOnDemandPrice ",
                           request.max_spot_price_as_percentage_of_optimal_on_demand_price()),
                       kInstead);
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
