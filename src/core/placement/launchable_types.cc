#include "ecsmi/core/launchable_types.h"

#include "absl/numeric/int128.h"
#include "ecsmi/core/usable_resources.h"

namespace ecsmi::core {
namespace {
constexpr std::int64_t kLaunchFeePpm = 120'000;
constexpr std::int64_t kMillion = 1'000'000;
}  // namespace

model::NanoUsdPerHour FeePerHour(const ports::PricedType& type, bool fee_current) {
  const absl::int128 product =
      absl::int128(type.on_demand) * (fee_current ? type.type->fee_current_ppm : kLaunchFeePpm);
  const absl::int128 quotient = product / kMillion;
  const absl::int128 rest = product % kMillion;
  const bool up = rest > kMillion / 2 || (rest == kMillion / 2 && quotient % 2 == 1);
  return static_cast<model::NanoUsdPerHour>(quotient) + (up ? 1 : 0);
}

std::vector<LaunchableType> LaunchableTypes(const ports::RegionCatalog& region, const TypeSet& allowed,
                                            bool fee_current) {
  std::vector<LaunchableType> types;
  for (ports::TypeOrdinal at = allowed.First(); at != TypeSet::kNone;
       at = allowed.First(static_cast<ports::TypeOrdinal>(at + 1))) {
    const ports::PricedType& priced = region.types[at];
    types.push_back({.ordinal = at,
                     .usable = UsableResources(*priced.type),
                     .architecture = priced.type->architecture,
                     .price = priced.on_demand + FeePerHour(priced, fee_current),
                     .vcpus = priced.type->vcpus,
                     .zones = priced.zones});
  }
  return types;
}

}  // namespace ecsmi::core
