#pragma once

#include <span>
#include <string_view>

namespace ecsmi::catalog {

// Every column the data files may have, whether read or kept for people. The loader demands those that it reads.
inline constexpr std::string_view kTypeColumns[] = {"instance_type",
                                                    "family",
                                                    "generation",
                                                    "vcpus",
                                                    "memory_mib",
                                                    "cpu_architecture",
                                                    "cpu_manufacturer",
                                                    "bare_metal",
                                                    "burstable",
                                                    "hypervisor",
                                                    "gpu_count",
                                                    "gpu_manufacturer",
                                                    "gpu_name",
                                                    "gpu_partition_fraction",
                                                    "gpu_memory_mib_total",
                                                    "accelerator_count",
                                                    "accelerator_type",
                                                    "accelerator_manufacturer",
                                                    "accelerator_name",
                                                    "accelerator_total_memory_mib",
                                                    "local_storage_gb",
                                                    "local_storage_type",
                                                    "network_gbps",
                                                    "network_gbps_peak",
                                                    "network_cards",
                                                    "max_enis",
                                                    "ipv4_per_eni",
                                                    "trunking_eni_limit",
                                                    "awsvpc_task_limit_trunked",
                                                    "ebs_baseline_mbps",
                                                    "ebs_max_mbps",
                                                    "sustained_clock_ghz",
                                                    "spot_supported",
                                                    "quota_class",
                                                    "managed_instances_supported",
                                                    "management_fee_fraction",
                                                    "on_demand_usd_per_hour",
                                                    "price_basis"};
inline constexpr std::string_view kPriceColumns[] = {"instance_type", "region", "on_demand_usd_per_hour",
                                                     "price_basis"};
inline constexpr std::string_view kOfferingColumns[] = {"region", "instance_type", "zone_ids"};
inline constexpr std::string_view kQuotaColumns[] = {
    "quota_class",     "quota_name",         "on_demand_quota_code", "default_on_demand_vcpus",
    "spot_quota_code", "default_spot_vcpus", "family_prefixes",      "adjustable"};
inline constexpr std::string_view kFargateColumns[] = {"region",
                                                       "architecture",
                                                       "os",
                                                       "usd_per_vcpu_hour",
                                                       "usd_per_gb_hour",
                                                       "usd_os_licence_per_vcpu_hour",
                                                       "usd_per_ephemeral_gb_hour",
                                                       "usd_spot_per_vcpu_hour",
                                                       "usd_spot_per_gb_hour",
                                                       "price_basis",
                                                       "spot_as_of"};

struct FileColumns {
  const char* file;
  std::span<const std::string_view> columns;
};
// The files a catalogue must have.
inline constexpr FileColumns kCatalogFiles[] = {{"instance_types.csv", kTypeColumns},
                                                {"prices.csv", kPriceColumns},
                                                {"zone_offerings.csv", kOfferingColumns},
                                                {"quotas.csv", kQuotaColumns},
                                                {"fargate_prices.csv", kFargateColumns}};

}  // namespace ecsmi::catalog
