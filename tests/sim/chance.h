#pragma once

#include <cstdint>

#include "ecsmi/base/keyed_hash.h"

namespace ecsmi::sim {

// The seed's draws, in order. A run draws from nothing else, so a seed repeats it.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : key_{seed, 0x73696d} {}
  // Uniform in [0, bound). REQUIRES: bound > 0.
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64(key_, {++count_}), bound); }
  std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(high - low + 1)));
  }
  // True once in `n`.
  bool OneIn(std::uint64_t n) { return Below(n) == 0; }
  template <typename List>
  const auto& Pick(const List& list) {
    return list[Below(list.size())];
  }

 private:
  const base::Key128 key_;
  std::uint64_t count_ = 0;
};

}  // namespace ecsmi::sim
