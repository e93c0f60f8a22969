#pragma once

#include <cstdint>
#include <string>

#include "ecsmi/model/money.h"

namespace ecsmi::model {

enum class CpuArchitecture : std::uint8_t { kUnspecified = 0, kX86_64 = 1, kArm64 = 2 };
enum class CpuManufacturer : std::uint8_t { kIntel = 0, kAmd = 1, kAmazonWebServices = 2 };
enum class InstanceGeneration : std::uint8_t { kCurrent = 0, kPrevious = 1 };
enum class LocalStorageType : std::uint8_t { kNone = 0, kHdd = 1, kSsd = 2 };
enum class AcceleratorType : std::uint8_t { kNone = 0, kGpu = 1, kFpga = 2, kInference = 3, kMedia = 4 };
enum class AcceleratorManufacturer : std::uint8_t {
  kNone = 0,
  kNvidia = 1,
  kAmd = 2,
  kAmazonWebServices = 3,
  kXilinx = 4,
  kHabana = 5,
};

// One EC2 instance type, hardware totals as EC2 describes them. Immutable; owned by the catalogue. Prices are per
// region and live in RegionCatalog. Source: catalogue data (see src/catalog/data/README.md for provenance of each
// column).
struct InstanceType {
  std::string name;    // "m7g.large"
  std::string family;  // "m7g"
  InstanceGeneration generation = InstanceGeneration::kCurrent;
  CpuArchitecture architecture = CpuArchitecture::kX86_64;
  CpuManufacturer cpu_manufacturer = CpuManufacturer::kIntel;
  bool bare_metal = false;
  bool burstable = false;
  bool hibernation_supported = false;  // not in the data: false for all, so that B14 refuses rather than guesses
  bool spot_supported = false;
  bool managed_instances_supported = false;  // B40-B44
  std::int32_t vcpus = 0;
  std::int64_t memory_mib = 0;  // nominal
  std::int32_t gpu_count = 0;   // whole devices; a fraction type (g6f, gr6f) has 0 here and gpu_fraction_milli > 0
  std::int32_t gpu_fraction_milli = 0;
  std::string gpu_name;
  std::int64_t gpu_memory_mib = 0;  // sum over devices
  std::int32_t accelerator_count = 0;
  AcceleratorType accelerator_type = AcceleratorType::kNone;
  AcceleratorManufacturer accelerator_manufacturer = AcceleratorManufacturer::kNone;
  std::string accelerator_name;  // lower-case slug as the data has it: "t4", "l4", "a10g"
  std::int64_t accelerator_memory_mib = 0;
  std::int64_t local_storage_gb = 0;
  LocalStorageType local_storage_type = LocalStorageType::kNone;
  double network_gbps = 0;  // baseline (B16)
  std::int32_t max_enis = 0;
  std::int32_t awsvpc_task_limit = 0;  // with trunking where the type has it, else max_enis - 1 (B76)
  std::int64_t ebs_baseline_mbps = 0;  // 0 = unknown
  std::string quota_class;             // key of the quota table: "standard", "g-vt"
  std::int32_t fee_current_ppm = 0;    // management fee of today, parts per million of On-Demand
};

}  // namespace ecsmi::model
