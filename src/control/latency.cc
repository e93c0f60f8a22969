#include "ecsmi/control/lifecycle.h"
#include "ecsmi/control/settings.h"

namespace ecsmi::control {

using model::kSecondMs;

// Figures: behaviour C55 and C56 (one CPU and one GPU timeline, observed), E8 (spread of the launch), E46-E47
// (removal), A61 (39 s for a provider's deletion is the upper end), B63 (batching). All assumed but for those two
// timelines.
LatencyTable LatencyTable::Aws() {
  LatencyTable table;
  table.provider_change = {2 * kSecondMs, 3 * kSecondMs};
  table.batch_quiet = {2 * kSecondMs, 0};
  table.batch_max = {10 * kSecondMs, 0};
  table.instance_pending = {8 * kSecondMs, 6 * kSecondMs};
  table.agent_boot = {12 * kSecondMs, 5 * kSecondMs};
  table.registering = {3 * kSecondMs, 2 * kSecondMs};
  table.shutting_down_cpu = {15 * kSecondMs, 0};
  table.shutting_down_gpu = {180 * kSecondMs, 0};
  table.eni_attach = {3 * kSecondMs, 2 * kSecondMs};
  table.pull_cpu = {18 * kSecondMs, 6 * kSecondMs};
  table.pull_gpu = {160 * kSecondMs, 20 * kSecondMs};
  table.start = {2 * kSecondMs, 2 * kSecondMs};
  table.stop = {2 * kSecondMs, 2 * kSecondMs};
  table.eni_detach = {4 * kSecondMs, 2 * kSecondMs};
  table.idle_wait = {60 * kSecondMs, 0};
  table.launch_retry = {37 * kSecondMs, 5 * kSecondMs};
  return table;
}

// The wait of an idle instance and the pause after a refused launch stay: they are policy, not latency.
LatencyTable LatencyTable::None() {
  LatencyTable table;
  table.idle_wait = {60 * kSecondMs, 0};
  table.launch_retry = {37 * kSecondMs, 0};
  return table;
}

model::DurationMs DrawDelay(const Step& step, const StageDelay& delay, model::Serial serial, std::uint64_t stage,
                            std::uint64_t attempt) {
  if (delay.jitter_ms == 0) return delay.base_ms;
  const std::uint64_t hash = base::KeyedHash64(step.key, {serial, stage, attempt});
  return delay.base_ms +
         static_cast<model::DurationMs>(base::Reduce(hash, static_cast<std::uint64_t>(delay.jitter_ms) + 1));
}

}  // namespace ecsmi::control
