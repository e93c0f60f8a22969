#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/control/settings.h"
#include "ecsmi/core/placement.h"
#include "ecsmi/core/requirements.h"
#include "ecsmi/model/state.h"
#include "ecsmi/ports/catalog.h"

namespace ecsmi::control {

class RegionSet;

// A command that found nothing waits: until `row` (a queue) may have something for it, at the longest until
// `deadline` (running axis), and never longer than that many milliseconds of wall time (design: time). See World.
struct Park {
  model::Serial row = model::kNoSerial;
  model::TimeMs deadline = model::kUnset;
};

// From `from_ms` on the running axis, shown time is that much ahead: one segment per restart of a wall-clock world, so
// that the daemon's downtime shows in timestamps and yet no due time moves, and no timestamp once shown ever changes.
struct ShownSegment {
  model::TimeMs from_ms = 0;
  model::DurationMs offset_ms = 0;
  static constexpr auto Fields() {
    return std::tuple(model::F("from_ms", &ShownSegment::from_ms), model::F("offset_ms", &ShownSegment::offset_ms));
  }
};
// `segments` by from_ms; before the first, or without any, shown = running.
model::TimeMs ShownTime(const std::vector<ShownSegment>& segments, model::TimeMs running);
// The first running moment that is shown as `shown` or later: a moment within a downtime is the end of it.
model::TimeMs RunningTime(const std::vector<ShownSegment>& segments, model::TimeMs shown);

// What one step of a world may touch: its state, the moment, and what is shared. Lives on the strand for the length of
// the step. Everything random comes from `key` by keyed hash.
class Step {
 public:
  model::State& state;
  const model::TimeMs now;
  const std::string& account;  // 12 digits
  const base::Key128& key;     // of the world: PRF(seed, account)
  const Settings& settings;
  const ports::Catalog& catalog;
  RegionSet& regions;  // requirement indexes per region, made on first use
  core::PlacementIndex& placement;
  const ClockMode clock_mode;
  const double clock_speed;
  const std::vector<ShownSegment>& shown;

  // Notes which rows' durability an answer depends on (promise 1). Commands that say nothing wait for all the world has
  // done so far; one that calls SawOnly first and then Saw for each row or list it read waits for those alone.
  void SawOnly() { saw_all_ = false; }
  void Saw(model::CommitSeq seq) { saw_ = std::max(saw_, seq); }
  model::CommitSeq WaitSeq() const { return saw_all_ ? state.newest_seq() : saw_; }

  // Shown time of a moment on the running axis, as ms since the Unix epoch.
  model::TimeMs Shown(model::TimeMs running) const { return ShownTime(shown, running); }

  // World time that passes while an outside client waits or works for `host_ms` (design: time). A standing clock is the
  // client's to move: there it counts as world time.
  model::DurationMs OutsideMs(model::DurationMs host_ms) const {
    if (clock_mode == ClockMode::kVirtual || settings.world_waits) return host_ms;
    return static_cast<model::DurationMs>(static_cast<double>(host_ms) * clock_speed);
  }

  // Set by a command that wants to wait: it left its response empty; it is run again, or finished as it is when its
  // time is up. Those that wait for one row wait for the same thing, and get it first come, first
  // served. REQUIRES: may_park.
  std::optional<Park> park = std::nullopt;
  bool may_park = true;  // false: as many commands wait in this world as may

  bool saw_all_ = true;
  model::CommitSeq saw_ = 0;
};

}  // namespace ecsmi::control
