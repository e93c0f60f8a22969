#pragma once

#include <cstdint>
#include <string>

namespace ecsmi::base {

// Appends the lowest `digits` hex digits of `value`, lower case, leading zeros kept.
inline void AppendHex(std::string& out, std::uint64_t value, unsigned digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  const std::size_t at = out.size();
  out.resize(at + digits);
  for (unsigned i = digits; i > 0; --i, value >>= 4) out[at + i - 1] = kDigits[value & 0xf];
}

}  // namespace ecsmi::base
