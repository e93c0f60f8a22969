#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/model/instance_type.h"
#include "ecsmi/model/money.h"

namespace ecsmi::ports {

// Index of a type in a region's price order: 0 is the cheapest. Ties broken by fewer vCPUs, then by name (B53).
using TypeOrdinal = std::uint16_t;

struct Zone {
  std::string id;    // "use1-az1"
  std::string name;  // "us-east-1a"
};

struct PricedType {
  const model::InstanceType* type = nullptr;  // owned by the catalogue
  model::NanoUsdPerHour on_demand = 0;
  std::uint64_t zones = 0;  // bit i = offered in RegionCatalog::zones[i]
};

// One region as the simulated EC2 offers it. Immutable, shared by all worlds.
struct RegionCatalog {
  std::string region;
  // Where types, zones and prices came from: equals `region`, or "us-east-1" when the region has none of its own. A
  // money answer then says `price_basis: borrowed:us-east-1`.
  std::string basis;
  std::string price_date;  // e.g. "2026-07"
  std::vector<Zone> zones;
  std::vector<PricedType> types;  // in price order; a TypeOrdinal indexes this
};

struct QuotaClass {
  std::string name;                // "standard"
  std::string quota_name;          // "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
  std::string quota_code;          // "L-1216C47A"
  std::int64_t default_vcpus = 0;  // of a new account
};

struct FargatePrice {
  std::string region;
  model::CpuArchitecture architecture = model::CpuArchitecture::kX86_64;
  model::NanoUsdPerHour per_vcpu = 0;
  model::NanoUsdPerHour per_gb = 0;
  std::string price_basis;
};

// The simulated EC2 catalogue: types, prices, zones, quotas and fees. Immutable after loading; any thread.
class Catalog {
 public:
  virtual ~Catalog() = default;

  // Every type, by name.
  virtual std::span<const model::InstanceType> types() const = 0;
  virtual const model::InstanceType* FindType(std::string_view name) const = 0;

  // The region's offer; regions without data of their own borrow us-east-1's, with zone names and ids rewritten to the
  // region (made once, kept). The reference lives as long as the catalogue. Any well-formed region name is accepted;
  // with `strict` only regions with own data. Errors: INVALID_ARGUMENT with the list of regions.
  virtual absl::StatusOr<const RegionCatalog*> Region(std::string_view region, bool strict) const = 0;

  virtual std::span<const QuotaClass> quotas() const = 0;
  virtual std::span<const FargatePrice> fargate_prices() const = 0;

  // Hash of all data, 16 hex digits: stored in every database, so that a world knows what it was priced with.
  virtual std::string_view hash() const = 0;
};

}  // namespace ecsmi::ports
