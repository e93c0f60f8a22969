#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ecsmi/model/instance_requirements.h"
#include "ecsmi/ports/catalog.h"

namespace ecsmi::core {

// A set of a region's types: bit = TypeOrdinal, so that the lowest set bit is the cheapest member. At most 2,048 types.
class TypeSet {
 public:
  static constexpr std::size_t kWords = 32;
  void Set(ports::TypeOrdinal type) { words_[type / 64] |= std::uint64_t{1} << (type % 64); }
  void Clear(ports::TypeOrdinal type) { words_[type / 64] &= ~(std::uint64_t{1} << (type % 64)); }
  bool Has(ports::TypeOrdinal type) const { return (words_[type / 64] >> (type % 64)) & 1; }
  bool Empty() const;
  std::size_t Count() const;
  // The cheapest member at or after `from`; kNone when there is none.
  static constexpr ports::TypeOrdinal kNone = 0xffff;
  ports::TypeOrdinal First(ports::TypeOrdinal from = 0) const;
  TypeSet& operator&=(const TypeSet& other);
  TypeSet& operator|=(const TypeSet& other);
  TypeSet AndNot(const TypeSet& other) const;
  friend bool operator==(const TypeSet&, const TypeSet&) = default;

 private:
  std::array<std::uint64_t, kWords> words_{};
};

// Why a type does not match, in the order in which attributes are examined. Each value names one AWS attribute (or our
// default pool, B52a); kCount is the number of reasons.
enum class MismatchReason : std::uint8_t {
  kNotSupportedByManagedInstances,
  kDefaultPool,
  kVcpuCount,
  kMemoryMib,
  kMemoryGibPerVcpu,
  kCpuManufacturers,
  kAllowedInstanceTypes,
  kExcludedInstanceTypes,
  kInstanceGenerations,
  kBareMetal,
  kBurstablePerformance,
  kRequireHibernateSupport,
  kNetworkInterfaceCount,
  kNetworkBandwidthGbps,
  kBaselineEbsBandwidthMbps,
  kLocalStorage,
  kLocalStorageTypes,
  kTotalLocalStorageGb,
  kAcceleratorTypes,
  kAcceleratorCount,
  kAcceleratorManufacturers,
  kAcceleratorNames,
  kAcceleratorTotalMemoryMib,
  kGpuFraction,
  kPriceProtection,
  kCount,
};
// The AWS member the reason is about: "vCpuCount", "burstablePerformance"; ours in words: "managed instances support".
std::string_view MismatchAttribute(MismatchReason reason);

struct MatchOptions {
  // Price protection when the request gives no percentage: 0 = none (B35), else EC2's default, e.g. 20.
  int default_price_protection_percent = 0;
};

struct RequirementsMatch {
  TypeSet types;
  // How many types each reason ruled out first, by MismatchReason.
  std::array<std::int32_t, static_cast<std::size_t>(MismatchReason::kCount)> ruled_out{};
};

// Bitmaps over one region's types: a match is a handful of ANDs over 32 words. Built once per region; immutable; any
// thread.
class RequirementsIndex {
 public:
  explicit RequirementsIndex(const ports::RegionCatalog& region);

  // Types that satisfy `requirements` (nullptr = the default pool of B52a: M, C, R families, current generation, not
  // burstable, not bare metal, no accelerators). Pure. Rules: B1-B24, B30-B35, B40-B44.
  RequirementsMatch Match(const model::InstanceRequirements* requirements, const MatchOptions& options) const;

  // Every reason that rules out `type`, in order of examination; empty when it matches.
  std::vector<MismatchReason> Explain(const model::InstanceRequirements* requirements, const MatchOptions& options,
                                      ports::TypeOrdinal type) const;

  // The type's place in the region's price order; TypeSet::kNone when the region does not offer it.
  ports::TypeOrdinal OrdinalOf(std::string_view type_name) const;

  const ports::RegionCatalog& region() const { return region_; }

 private:
  // Private representation is the room's own business; see src/core/requirements/.
  struct Tables;
  const ports::RegionCatalog& region_;
  std::shared_ptr<const Tables> tables_;
};

// '*' matches any run of characters anywhere (B7); everything else itself. Linear time in pattern × name.
bool MatchesPattern(std::string_view pattern, std::string_view name);

}  // namespace ecsmi::core
