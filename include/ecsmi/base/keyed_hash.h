#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace ecsmi::base {

// 128 bits of key, or of output.
struct Key128 {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  friend bool operator==(const Key128&, const Key128&) = default;
};

// SipHash-2-4: the one source of chance in the project (design promise 2). Not a secret, but uniform and keyed, the
// same on every machine. There is no generator stream: what is drawn depends on the words hashed and on nothing before.
std::uint64_t KeyedHash64(const Key128& key, std::initializer_list<std::uint64_t> words);
// Two independent halves of the above.
Key128 KeyedHash128(const Key128& key, std::initializer_list<std::uint64_t> words);
// Of bytes, for content addresses and for deriving keys from names.
std::uint64_t KeyedHashBytes(const Key128& key, std::string_view bytes);
Key128 KeyedHash128Bytes(const Key128& key, std::string_view bytes);

// Uniform in [0, bound), by multiplication; bias below 2^-32 for the bounds used here. REQUIRES: bound > 0.
std::uint64_t Reduce(std::uint64_t hash, std::uint64_t bound);
// Uniform in (0, 1), never 0 or 1, so that logarithms of it are finite.
double UnitInterval(std::uint64_t hash);

}  // namespace ecsmi::base
