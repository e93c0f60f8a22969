#pragma once

#include <cstdint>
#include <cstdlib>

namespace ecsmi::testing {

// How many seeds a property runs over: `usually`, or what ECSMI_SEEDS says (the slow run of the same binary).
inline std::uint64_t Seeds(std::uint64_t usually) {
  const char* wanted = std::getenv("ECSMI_SEEDS");
  return wanted == nullptr ? usually : std::strtoull(wanted, nullptr, 10);
}

}  // namespace ecsmi::testing
