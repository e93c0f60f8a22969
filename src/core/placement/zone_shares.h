#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "ecsmi/core/placement.h"

namespace ecsmi::core::placement {

// Splits waiting classes over zones: evenly on top of what the group has (B50, B55), over at most min(3, zones,
// desired) zones, those the group uses already first (B56). Classes of one group count together.
class ZoneSplitter {
 public:
  explicit ZoneSplitter(std::span<const WaitingClass> waiting);

  // Tasks of waiting[i] per zone of `usable`, which is not empty; zones without tasks are left out. Call in order of i.
  std::vector<std::pair<std::uint8_t, std::int32_t>> Split(std::size_t i, std::uint64_t usable);

 private:
  struct Group {
    std::vector<std::int64_t> by_zone;
    std::int32_t desired = 1;
  };
  std::span<const WaitingClass> waiting_;
  std::vector<Group> groups_;
  std::vector<std::size_t> group_of_;  // per waiting class
};

}  // namespace ecsmi::core::placement
