#pragma once

#include <cstdint>
#include <limits>

namespace ecsmi::model {

// Milliseconds since the Unix epoch on a world's running axis: it stands still while the daemon is down. The one axis
// of every record and decision; what users are shown is `shown` time (model/world_clock.h), mapped at the API's edge.
using TimeMs = std::int64_t;
using DurationMs = std::int64_t;

inline constexpr TimeMs kNever = std::numeric_limits<TimeMs>::max();  // a due time that never comes
inline constexpr TimeMs kUnset = 0;                                   // a moment that has not happened
inline constexpr DurationMs kSecondMs = 1000;
inline constexpr DurationMs kMinuteMs = 60 * kSecondMs;
inline constexpr DurationMs kHourMs = 60 * kMinuteMs;
inline constexpr DurationMs kDayMs = 24 * kHourMs;

}  // namespace ecsmi::model
