#pragma once

#include <cstdint>

#include "absl/numeric/int128.h"

namespace ecsmi::model {

// Prices are integers: nano-dollars per hour (AWS quotes at most nine decimals).
using NanoUsdPerHour = std::int64_t;
// Amounts are exact numerators: nano-dollars per hour × milliseconds. One dollar = 3.6e15. Divided once, when shown.
using NanoUsdHourMs = absl::int128;
inline constexpr std::int64_t kNanoPerUsd = 1'000'000'000;
inline constexpr std::int64_t kMsPerHour = 3'600'000;

}  // namespace ecsmi::model
