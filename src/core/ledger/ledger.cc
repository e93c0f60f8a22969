#include "ecsmi/core/ledger.h"

#include <algorithm>

#include "ecsmi/base/check.h"

namespace ecsmi::core {

Amounts& Amounts::operator+=(const Amounts& other) {
  on_demand += other.on_demand;
  fee_launch += other.fee_launch;
  fee_current += other.fee_current;
  instance_ms += other.instance_ms;
  return *this;
}

bool Touches(const UsageInterval& interval, const Period& period) {
  const bool starts_inside = interval.started_at >= period.start && interval.started_at < period.end;
  return starts_inside || (interval.started_at < period.end && interval.ended_at > period.start);
}

Amounts CostOf(const UsageInterval& interval, const Period& period) {
  ECSMI_CHECK(interval.started_at <= interval.ended_at);
  const model::TimeMs from = std::max(interval.started_at, period.start);
  const model::TimeMs to = std::min(interval.ended_at, period.end);
  const model::DurationMs run = std::max<model::DurationMs>(0, to - from);
  model::DurationMs billed = run;
  if (interval.started_at >= period.start && interval.started_at < period.end) {
    billed += std::max<model::DurationMs>(0, kBilledMinMs - (interval.ended_at - interval.started_at));
  }
  Amounts amounts;
  amounts.on_demand = absl::int128(interval.on_demand) * billed;
  amounts.fee_launch = absl::int128(interval.fee_launch) * billed;
  amounts.fee_current = absl::int128(interval.fee_current) * billed;
  amounts.instance_ms = run;
  return amounts;
}

model::HeldTime HeldBy(const model::Resources& task, const model::Resources& registered, model::DurationMs held_ms) {
  // part/whole fractions compared crosswise; a resource the instance has none of cannot be the largest.
  struct Fraction {
    std::int64_t part = 0;
    std::int64_t whole = 1;
    bool operator<(const Fraction& other) const {
      return absl::int128(part) * other.whole < absl::int128(other.part) * whole;
    }
  };
  const auto fraction = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? Fraction{part, whole} : Fraction{};
  };
  const Fraction cpu = fraction(task.cpu_units, registered.cpu_units);
  const Fraction memory = fraction(task.memory_mib, registered.memory_mib);
  const Fraction gpus = fraction(task.gpus, registered.gpus);
  model::HeldTime held;
  if (!(cpu < memory) && !(cpu < gpus)) {
    held.cpu_unit_ms = cpu.part * held_ms;
  } else if (!(memory < gpus)) {
    held.memory_mib_ms = memory.part * held_ms;
  } else {
    held.gpu_ms = gpus.part * held_ms;
  }
  return held;
}

namespace {
absl::int128 Whole(std::int64_t capacity) {
  return std::max<std::int64_t>(1, capacity);
}
}  // namespace

absl::int128 WeightOf(const model::HeldTime& held, const model::Resources& registered) {
  const absl::int128 cpu = Whole(registered.cpu_units);
  const absl::int128 memory = Whole(registered.memory_mib);
  const absl::int128 gpus = Whole(registered.gpus);
  return held.cpu_unit_ms * memory * gpus + held.memory_mib_ms * cpu * gpus + held.gpu_ms * cpu * memory;
}

absl::int128 FullWeight(const model::Resources& registered, model::DurationMs ms) {
  return Whole(registered.cpu_units) * Whole(registered.memory_mib) * Whole(registered.gpus) * ms;
}

void Ledger::AddTo(std::string_view group, const Amounts& amounts, bool dedicated) {
  auto at = groups_.find(group);
  if (at == groups_.end()) at = groups_.emplace(std::string(group), Group{}).first;
  at->second.amounts += amounts;
  if (dedicated) at->second.dedicated += amounts;
}

void Ledger::Add(const UsageInterval& interval, std::string_view group, bool dedicated) {
  if (!Touches(interval, period_)) return;
  const Amounts amounts = CostOf(interval, period_);
  ++interval_count_;
  total_ += amounts;
  if (dedicated) dedicated_ += amounts;
  AddTo(group, amounts, dedicated);
}

void Ledger::AddShared(const UsageInterval& interval, std::span<const Holder> holders,
                       const model::Resources& registered, bool dedicated, std::string_view unused) {
  // Holders of one group are one: the order in which they come must not decide who gets a remainder.
  std::map<std::string_view, absl::int128> by_group;
  absl::int128 held = 0;
  for (const Holder& holder : holders) {
    const absl::int128 weight = WeightOf(holder.held, registered);
    by_group[holder.group] += weight;
    held += weight;
  }
  const absl::int128 full = FullWeight(registered, interval.ended_at - interval.started_at);
  if (held == 0) return Add(interval, unused, dedicated);
  if (held < full && !dedicated) by_group[unused] += full - held;
  if (!Touches(interval, period_)) return;

  const Amounts amounts = CostOf(interval, period_);
  ++interval_count_;
  total_ += amounts;
  if (dedicated) dedicated_ += amounts;
  std::vector<absl::int128> weights;
  weights.reserve(by_group.size());
  for (const auto& [group, weight] : by_group) weights.push_back(weight);
  const auto on_demand = Apportion(amounts.on_demand, weights);
  const auto fee_launch = Apportion(amounts.fee_launch, weights);
  const auto fee_current = Apportion(amounts.fee_current, weights);
  const auto instance_ms = Apportion(amounts.instance_ms, weights);
  std::size_t i = 0;
  for (const auto& [group, weight] : by_group) {
    AddTo(group, {on_demand[i], fee_launch[i], fee_current[i], instance_ms[i]}, dedicated);
    ++i;
  }
}

}  // namespace ecsmi::core
