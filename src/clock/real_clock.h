#pragma once

#include "ecsmi/ports/clock.h"

namespace ecsmi::clock {

// The operating system's clocks: the only place that asks them.
class RealClock final : public ports::HostClock {
 public:
  model::TimeMs WallMs() const override;
  std::int64_t SteadyMs() const override;
};

}  // namespace ecsmi::clock
