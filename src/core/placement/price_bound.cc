#include "core/placement/price_bound.h"

#include <algorithm>
#include <limits>

namespace ecsmi::core::placement {

absl::int128 PriceBound(const BinProblem& problem, std::span<const std::int32_t> counts, std::span<const Money> values,
                        std::span<const Money> limits) {
  absl::int128 worth = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) worth += absl::int128(values[k]) * counts[k];
  if (worth == 0) return 0;
  absl::int128 bound = std::numeric_limits<absl::int128>::max();
  for (std::size_t t = 0; t < limits.size(); ++t) {
    // No value is above the dearest price (38 bits), so that this stays below 2^127 up to 2^51 tasks.
    if (limits[t] > 0) bound = std::min(bound, worth * problem.types()[t].scaled_price / limits[t]);
  }
  return bound == std::numeric_limits<absl::int128>::max() ? absl::int128(0) : bound;
}

}  // namespace ecsmi::core::placement
