#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/regions.h"
#include "ecsmi/control/events.h"

namespace ecsmi::control {

using RowKey = std::pair<model::TableId, model::Serial>;

// A small state with the rows that occurrences refer to, copied from the world's or, where they are gone there, from
// what the log says they were. One thread at a time.
class EventRows final : public EventScene {
 public:
  EventRows(std::string account, const Settings& settings, const ports::Catalog& catalog, RegionSet& regions);
  const Step& step() const override { return step_; }

  // Copies what the occurrences refer to: from `live`, where times are shown as `shown` says, else what `gone` knows of
  // (nullptr = nothing). Returns what neither has, each once. May be called again when more is known.
  using Gone = std::function<const std::string*(const RowKey&)>;
  std::vector<RowKey> Gather(std::span<const Occurrence> occurrences, const model::State& live,
                             const std::vector<ShownSegment>& shown, const Gone& gone);
  // Documents that nobody knows any more are shown empty.
  void FillGaps(std::span<const RowKey> missing);

 private:
  class Gathering;
  const std::string account_;
  const base::Key128 key_;
  std::vector<ShownSegment> shown_;
  model::State state_;
  core::PlacementIndex placement_;
  const Step step_;
};

}  // namespace ecsmi::control
