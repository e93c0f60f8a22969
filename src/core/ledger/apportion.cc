#include <algorithm>
#include <numeric>

#include "ecsmi/base/check.h"
#include "ecsmi/core/ledger.h"

namespace ecsmi::core {
namespace {

struct Quotient {
  absl::int128 quotient = 0;
  absl::int128 rest = 0;
};

// a × b / c without the 256 bits the product may need: a's bits from the top, doubling the result so far. As b <= c
// the quotient never exceeds a.
// REQUIRES: 0 <= a, 0 <= b <= c, 0 < c < 2^125.
Quotient MulDiv(absl::int128 a, absl::int128 b, absl::int128 c) {
  Quotient result;
  for (int bit = 126; bit >= 0; --bit) {
    result.quotient *= 2;
    result.rest *= 2;
    if (((a >> bit) & 1) != 0) result.rest += b;
    while (result.rest >= c) {
      result.rest -= c;
      result.quotient += 1;
    }
  }
  return result;
}

}  // namespace

std::vector<absl::int128> Apportion(absl::int128 whole, std::span<const absl::int128> weights) {
  absl::int128 sum = 0;
  for (absl::int128 weight : weights) {
    ECSMI_CHECK(weight >= 0);
    sum += weight;
  }
  ECSMI_CHECK(whole >= 0 && sum > 0 && sum < (absl::int128(1) << 125));
  std::vector<absl::int128> parts;
  std::vector<absl::int128> rests;
  absl::int128 left = whole;
  for (absl::int128 weight : weights) {
    const Quotient part = MulDiv(whole, weight, sum);
    parts.push_back(part.quotient);
    rests.push_back(part.rest);
    left -= part.quotient;
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rests[a] > rests[b]; });
  // Fewer units are left than parts have a rest.
  for (std::size_t i = 0; left > 0; ++i, left -= 1) parts[order[i]] += 1;
  return parts;
}

}  // namespace ecsmi::core
