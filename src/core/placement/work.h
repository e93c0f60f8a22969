#pragma once

#include <cstdint>

namespace ecsmi::core::placement {

// What a search may still spend, in elementary operations (about a nanosecond each). A counter, not a clock, so that
// equal problems get equal plans on every machine.
struct Work {
  std::int64_t left = 0;
  void Spend(std::int64_t operations) { left -= operations; }
  bool Done() const { return left <= 0; }
};

}  // namespace ecsmi::core::placement
