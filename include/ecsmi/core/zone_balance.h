#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ecsmi/core/placement.h"

// Moving a service's tasks until its zones hold about equally many (D62-D65). Pure; any thread.
namespace ecsmi::core {

// Tasks of a service in one zone that may hold some, and how many of them may be stopped (C81).
struct ZoneTasks {
  std::uint8_t zone = 0;
  std::int32_t tasks = 0;
  std::int32_t stoppable = 0;
  friend bool operator==(const ZoneTasks&, const ZoneTasks&) = default;
};

// Of the zones a service may use, those it is spread over: the ones it uses, and others in their order until there are
// min(3, desired) (B56).
std::vector<ZoneTasks> SpreadZones(std::span<const ZoneTasks> zones, std::int32_t desired);

// Largest and smallest count differ by one at most (D65).
bool IsBalanced(std::span<const ZoneTasks> zones);

// How many tasks to start in each zone, at most `room` in all (bounded by maximumPercent), so that stopping as many
// afterwards, always in the zone with the most that may be stopped (D60), leaves the zones closer to each other; empty
// when they are balanced or nothing would help. Repeating start and stop ends: each round brings the counts closer.
// Cost: O(moves × zones).
std::vector<ZoneTasks> PlanZoneBalance(std::span<const ZoneTasks> zones, std::int32_t room);

// Zones, as a mask below `zones`, in which one of the types takes a task of the class.
std::uint64_t ZonesServed(std::span<const LaunchableType> types, std::uint64_t zones, const PlacementClass& wanted);

}  // namespace ecsmi::core
