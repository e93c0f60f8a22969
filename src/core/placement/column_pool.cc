#include "core/placement/column_pool.h"

#include <algorithm>

#include "absl/numeric/int128.h"

namespace ecsmi::core::placement {

ColumnPool::ColumnPool(const BinProblem& problem, std::span<const std::int32_t> left) {
  for (std::uint32_t k = 0; k < problem.kind_count(); ++k) {
    if (left[k] <= 0) {
      Append(problem.kinds()[k].alone, {});
      continue;
    }
    // The least price per task.
    std::uint32_t best = kNone;
    std::int32_t best_count = 0;
    for (std::uint32_t t = 0; t < problem.type_count(); ++t) {
      const BinType& type = problem.types()[t];
      if (!problem.Served(k, t) || (type.has_gpus && !problem.kinds()[k].entitled)) continue;
      const auto fit = std::ranges::lower_bound(type.fits, k, {}, &Fit::kind);
      if (fit == type.fits.end() || fit->kind != k) continue;
      const std::int32_t count = std::min(fit->most, left[k]);
      if (best == kNone ||
          absl::int128(type.scaled_price) * best_count < absl::int128(problem.types()[best].scaled_price) * count) {
        best = t;
        best_count = count;
      }
    }
    const Share unit{k, best_count};
    Append(best, {&unit, 1});
  }
}

void ColumnPool::Append(std::uint32_t type, std::span<const Share> tasks) {
  types_.push_back(type);
  shares_.insert(shares_.end(), tasks.begin(), tasks.end());
  begins_.push_back(shares_.size());
}

bool ColumnPool::Add(std::uint32_t type, std::span<const Share> added) {
  std::uint64_t hash = type;
  for (const Share& share : added) {
    hash =
        (hash ^ ((std::uint64_t{share.kind} << 32) + static_cast<std::uint32_t>(share.count))) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29;
  }
  std::vector<std::size_t>& alike = known_[hash];
  for (const std::size_t column : alike) {
    if (types_[column] == type && std::ranges::equal(tasks(column), added)) return false;
  }
  alike.push_back(size());
  Append(type, added);
  return true;
}

}  // namespace ecsmi::core::placement
