#pragma once

#include <cstdint>

#include "ecsmi/model/time.h"

namespace ecsmi::ports {

// The host's clocks, the only way to them. Thread-safe.
class HostClock {
 public:
  virtual ~HostClock() = default;
  // Milliseconds since the Unix epoch; may jump.
  virtual model::TimeMs WallMs() const = 0;
  // Milliseconds since some start; never goes back.
  virtual std::int64_t SteadyMs() const = 0;
};

}  // namespace ecsmi::ports
