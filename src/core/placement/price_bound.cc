#include "core/placement/price_bound.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <vector>

#include "absl/numeric/int128.h"
#include "core/placement/resource_prices.h"

namespace ecsmi::core::placement {
namespace {

using Prices = std::array<std::int64_t, 4>;

// An instance's price takes this many bits, so that the price of one MiB still has some.
constexpr int kPriceBits = 40;

absl::int128 Worth(const Prices& prices, const model::Resources& of, std::int32_t gpus) {
  return absl::int128(prices[0]) * of.cpu_units + absl::int128(prices[1]) * of.memory_mib +
         absl::int128(prices[2]) * gpus + absl::int128(prices[3]) * of.eni_slots;
}

}  // namespace

model::NanoUsdPerHour AggregateBound(const BinProblem& problem) {
  model::NanoUsdPerHour dearest = 1;
  for (const LaunchableType& type : problem.types()) dearest = std::max(dearest, type.price);
  const int shift = std::max(0, kPriceBits - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(dearest))));
  const auto scale = static_cast<double>(std::int64_t{1} << shift);

  std::array<Prices, 3> prices{};
  const std::array<Vector4, 3> fitted = FitPrices(problem);
  for (std::size_t a = 0; a < prices.size(); ++a) {
    for (std::size_t c = 0; c < 4; ++c) {
      prices[a][c] = static_cast<std::int64_t>(std::clamp(fitted[a][c] * scale, 0.0, 0x1p60));
    }
  }
  // A task is worth what it takes of the type on which that is worth the least, hence on no type more than it takes.
  absl::int128 sum = 0;
  for (std::size_t i = 0; i < problem.class_count(); ++i) {
    const PlacementClass& wanted = *problem.class_at(i).wanted;
    absl::int128 value = std::numeric_limits<std::int64_t>::max();
    for (std::size_t t = 0; t < problem.types().size(); ++t) {
      if (!problem.Served(i, t)) continue;
      const LaunchableType& type = problem.types()[t];
      const std::int32_t gpus = wanted.all_gpus ? type.usable.gpus : wanted.need.gpus;
      value = std::min(value, Worth(prices[static_cast<std::size_t>(type.architecture)], wanted.need, gpus));
    }
    sum += value * problem.class_at(i).count;
  }
  absl::int128 bound = std::numeric_limits<absl::int128>::max();
  for (const LaunchableType& type : problem.types()) {
    const absl::int128 worth =
        Worth(prices[static_cast<std::size_t>(type.architecture)], type.usable, type.usable.gpus);
    if (worth > 0) bound = std::min(bound, sum * type.price / worth);
  }
  return static_cast<model::NanoUsdPerHour>(sum == 0 ? 0 : bound >> shift);
}

}  // namespace ecsmi::core::placement
