#include "core/placement/zone_shares.h"

#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_map.h"

namespace ecsmi::core::placement {
namespace {

constexpr std::size_t kSpreadMax = 3;  // B55

}  // namespace

ZoneSplitter::ZoneSplitter(std::span<const WaitingClass> waiting) : waiting_(waiting) {
  absl::flat_hash_map<model::Serial, std::size_t> known;
  for (const WaitingClass& mine : waiting) {
    std::size_t at = groups_.size();
    if (mine.group != model::kNoSerial) at = known.try_emplace(mine.group, at).first->second;
    if (at == groups_.size()) {
      groups_.emplace_back();
      groups_.back().by_zone.assign(mine.zone_counts.begin(), mine.zone_counts.end());
      groups_.back().by_zone.resize(64);
    }
    groups_[at].desired = std::max(groups_[at].desired, mine.group_desired);
    group_of_.push_back(at);
  }
}

std::vector<std::pair<std::uint8_t, std::int32_t>> ZoneSplitter::Split(std::size_t i, std::uint64_t usable) {
  Group& group = groups_[group_of_[i]];
  std::vector<std::uint8_t> zones;
  for (std::uint8_t zone = 0; zone < 64; ++zone) {
    if ((usable >> zone) & 1) zones.push_back(zone);
  }
  std::ranges::sort(zones, {},
                    [&](std::uint8_t zone) { return std::tuple(group.by_zone[zone] == 0, group.by_zone[zone], zone); });
  zones.resize(std::min({kSpreadMax, zones.size(), static_cast<std::size_t>(group.desired)}));
  std::ranges::sort(zones);

  // Water-filling: the highest level that the tasks reach everywhere, then one more each for the first zones.
  const auto poured = [&](std::int64_t level) {
    std::int64_t sum = 0;
    for (std::uint8_t zone : zones) sum += std::max<std::int64_t>(0, level - group.by_zone[zone]);
    return sum;
  };
  std::int64_t low = 0;
  std::int64_t high = waiting_[i].count + *std::ranges::max_element(group.by_zone) + 1;
  while (high - low > 1) {
    const std::int64_t middle = (low + high) / 2;
    (poured(middle) <= waiting_[i].count ? low : high) = middle;
  }
  std::int64_t extra = waiting_[i].count - poured(low);
  std::vector<std::pair<std::uint8_t, std::int32_t>> shares;
  for (std::uint8_t zone : zones) {
    std::int64_t share = std::max<std::int64_t>(0, low - group.by_zone[zone]);
    if (extra > 0 && group.by_zone[zone] <= low) {
      ++share;
      --extra;
    }
    if (share == 0) continue;
    group.by_zone[zone] += share;
    shares.emplace_back(zone, static_cast<std::int32_t>(share));
  }
  return shares;
}

}  // namespace ecsmi::core::placement
