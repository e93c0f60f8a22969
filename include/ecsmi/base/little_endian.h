#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace ecsmi::base {

// The eight bytes at `from` as a number, low byte first, on any machine; one load where that is the machine's order.
inline std::uint64_t LoadLittle64(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

}  // namespace ecsmi::base
