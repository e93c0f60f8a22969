#include "ecsmi/core/zone_balance.h"

#include <algorithm>
#include <cstddef>

#include "core/placement/bin_problem.h"

namespace ecsmi::core {
namespace {

constexpr std::size_t kSpreadMax = 3;  // B56

std::size_t Fewest(std::span<const ZoneTasks> zones) {
  return static_cast<std::size_t>(std::ranges::min_element(zones, {}, &ZoneTasks::tasks) - zones.begin());
}
std::size_t Most(std::span<const ZoneTasks> zones) {
  return static_cast<std::size_t>(std::ranges::max_element(zones, {}, &ZoneTasks::tasks) - zones.begin());
}

// How far apart the counts are: falls with every move from more to fewer by two or more.
std::int64_t Spread(std::span<const ZoneTasks> zones) {
  std::int64_t sum = 0;
  for (const ZoneTasks& zone : zones) sum += std::int64_t{zone.tasks} * zone.tasks;
  return sum;
}

// Up to `moves` starts in the emptiest zones, as if each came from the fullest.
std::vector<std::int32_t> Starts(std::vector<ZoneTasks> zones, std::int32_t moves) {
  std::vector<std::int32_t> starts(zones.size());
  for (std::int32_t n = 0; n < moves; ++n) {
    const std::size_t to = Fewest(zones);
    const std::size_t from = Most(zones);
    if (zones[from].tasks - zones[to].tasks <= 1) break;
    ++starts[to];
    ++zones[to].tasks;
    --zones[from].tasks;
  }
  return starts;
}

// The zones after the starts, and after as many stops where most may be stopped.
std::vector<ZoneTasks> After(std::vector<ZoneTasks> zones, std::span<const std::int32_t> starts) {
  std::int32_t moves = 0;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    zones[i].tasks += starts[i];
    zones[i].stoppable += starts[i];
    moves += starts[i];
  }
  for (; moves > 0; --moves) {
    const auto from = std::ranges::max_element(zones, {}, &ZoneTasks::stoppable);
    --from->tasks;
    --from->stoppable;
  }
  return zones;
}

}  // namespace

std::vector<ZoneTasks> SpreadZones(std::span<const ZoneTasks> zones, std::int32_t desired) {
  std::vector<ZoneTasks> spread;
  for (const ZoneTasks& zone : zones) {
    if (zone.tasks > 0) spread.push_back(zone);
  }
  const std::size_t wanted = std::min(kSpreadMax, static_cast<std::size_t>(std::max(desired, 0)));
  for (const ZoneTasks& zone : zones) {
    if (zone.tasks == 0 && spread.size() < wanted) spread.push_back(zone);
  }
  std::ranges::sort(spread, {}, &ZoneTasks::zone);
  return spread;
}

bool IsBalanced(std::span<const ZoneTasks> zones) {
  return zones.empty() || zones[Most(zones)].tasks - zones[Fewest(zones)].tasks <= 1;
}

std::vector<ZoneTasks> PlanZoneBalance(std::span<const ZoneTasks> zones, std::int32_t room) {
  std::vector<ZoneTasks> plan;
  if (IsBalanced(zones)) return plan;
  const std::vector<ZoneTasks> before(zones.begin(), zones.end());
  // Where protected tasks make the stops go wrong, fewer at a time may still go right.
  for (std::int32_t moves = room; moves > 0; moves = moves > 1 ? 1 : 0) {
    const std::vector<std::int32_t> starts = Starts(before, moves);
    if (Spread(After(before, starts)) >= Spread(before)) continue;
    for (std::size_t i = 0; i < starts.size(); ++i) {
      if (starts[i] > 0) plan.push_back({.zone = before[i].zone, .tasks = starts[i], .stoppable = 0});
    }
    return plan;
  }
  return plan;
}

std::uint64_t ZonesServed(std::span<const LaunchableType> types, std::uint64_t zones, const PlacementClass& wanted) {
  std::uint64_t served = 0;
  for (std::uint8_t zone = 0; zone < 64; ++zone) {
    const std::uint64_t bit = std::uint64_t{1} << zone;
    if ((zones & wanted.zones & bit) == 0) continue;
    const auto serves = [&](const LaunchableType& type) { return placement::Serves(type, zone, wanted); };
    if (std::ranges::any_of(types, serves)) served |= bit;
  }
  return served;
}

}  // namespace ecsmi::core
