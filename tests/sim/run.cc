#include "sim/run.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "builders/emulator.h"
#include "sim/audit.h"
#include "sim/chance.h"
#include "sim/workload.h"

namespace ecsmi::sim {
namespace {

// What a seed switches on.
struct Faults {
  bool disk = false;     // commits fail now and then, and so do the attempts to settle
  bool crashes = false;  // the process is killed between two steps: what was acknowledged must be there
  bool restarts = false;
};

constexpr std::int64_t kQuietMs = 4 * 3'600'000;  // enough for every retry, idle wait and retention

}  // namespace

RunResult Run(const RunOptions& options) {
  RunResult result;
  Chance chance(options.seed);
  control::Settings settings;
  settings.seed = options.seed;
  const bool aws = chance.OneIn(2);
  settings.latency = aws ? control::LatencyTable::Aws() : control::LatencyTable::None();
  settings.latency_name = aws ? "aws" : "none";
  const bool quotas = chance.OneIn(4);
  if (quotas) settings.quotas = {{"standard", chance.Between(4, 24)}};
  settings.limits = !chance.OneIn(3);
  const Faults faults{chance.OneIn(4), chance.OneIn(3), chance.OneIn(3)};
  result.repeatable = !faults.disk;
  result.story = absl::StrCat("latency ", settings.latency_name, quotas ? ", quotas" : "",
                              settings.limits ? "" : ", no limits", faults.disk ? ", failing disk" : "",
                              faults.crashes ? ", crashes" : "", faults.restarts ? ", restarts" : "");

  testing::Emulator emulator(settings);
  Workload workload(emulator, chance);
  const auto fail = [&](const absl::Status& status) {
    if (!status.ok() && result.failure.empty()) result.failure = status.ToString();
    return !status.ok();
  };
  const auto audit = [&] {
    std::string wrong;
    emulator.Inspect([&](control::Step& step) { wrong = Audit(step); });
    if (!wrong.empty() && result.failure.empty()) result.failure = wrong;
    return !wrong.empty();
  };
  const auto finish = [&]() -> RunResult& {
    result.calls = workload.calls();
    result.refused = workload.refused();
    return result;
  };

  if (fail(workload.SetUp())) return finish();
  for (result.event = 1; result.event <= options.events; ++result.event) {
    if (faults.disk && chance.OneIn(20)) {
      workload.set_tolerant(true);
      emulator.store().Fail(1, static_cast<int>(chance.Below(3)));
    }
    if (faults.crashes && chance.OneIn(25)) {
      // Killed somewhere in the middle of an advance that nobody got an answer to.
      const model::CommitSeq acknowledged = emulator.store().NewestSeq(testing::Emulator::kWorld);
      if (fail(workload.Advance(chance.Between(1'000, 120'000)))) return finish();
      const model::CommitSeq newest = emulator.store().NewestSeq(testing::Emulator::kWorld);
      const model::CommitSeq at = acknowledged + chance.Below(newest - acknowledged + 1);
      emulator.Reopen(emulator.store().AsOf(testing::Emulator::kWorld, at));
    } else if (faults.restarts && chance.OneIn(25)) {
      emulator.Reopen();
    } else if (fail(workload.Act())) {
      return finish();
    }
    if (audit()) return finish();
    if (result.event % 10 == 0 && fail(workload.CheckAcknowledged())) return finish();
    workload.set_tolerant(false);
    emulator.store().Fail(0, 0);
  }

  if (fail(workload.CheckBill()) || fail(workload.Quiet()) || fail(workload.Advance(kQuietMs)) || audit())
    return finish();
  std::string left;
  emulator.Inspect([&](control::Step& step) { left = Leftovers(step); });
  if (!left.empty()) {
    result.failure = absl::StrCat("after four quiet hours: ", left);
    return finish();
  }
  if (fail(workload.CheckBill())) return finish();
  std::int64_t sent = 0;
  emulator.Inspect([&](control::Step& step) {
    step.state.table<model::Queue>().ForEach([&](const model::Queue& queue) { sent += queue.messages_sent; });
  });
  if (sent != workload.acknowledged().sent) {
    result.failure = absl::StrCat(workload.acknowledged().sent, " messages were acknowledged, ", sent, " were kept");
    return finish();
  }
  // A second settle, and rows out and in again, change nothing.
  const model::CommitSeq rested = emulator.store().NewestSeq(testing::Emulator::kWorld);
  emulator.Reopen();
  emulator.Inspect([](control::Step&) {});
  if (emulator.store().NewestSeq(testing::Emulator::kWorld) != rested) {
    result.failure = "a world at rest changed when it was opened again";
  }
  result.dump = emulator.store().Dump(testing::Emulator::kWorld);
  return finish();
}

}  // namespace ecsmi::sim
