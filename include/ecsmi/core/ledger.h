#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ecsmi/model/money.h"
#include "ecsmi/model/resources.h"
#include "ecsmi/model/time.h"
#include "ecsmi/model/usage.h"

// What instances cost: usage intervals × prices, in integers. Pure; any thread. Amounts are exact numerators (money.h)
// until ShowCosts divides them once. Rules: G1, G2, G6, G7 (assumed: the 60 s minimum, and that it is per launch).
namespace ecsmi::core {

// An interval shorter than this is billed as if it lasted this long (G2).
inline constexpr model::DurationMs kBilledMinMs = model::kMinuteMs;

// [start, end) on the running axis.
struct Period {
  model::TimeMs start = model::kUnset;
  model::TimeMs end = model::kNever;
};

// One instance from EC2 running to shutting-down, or to now while it runs. REQUIRES: started_at <= ended_at.
struct UsageInterval {
  model::TimeMs started_at = model::kUnset;
  model::TimeMs ended_at = model::kUnset;
  model::NanoUsdPerHour on_demand = 0;
  model::NanoUsdPerHour fee_launch = 0;
  model::NanoUsdPerHour fee_current = 0;
};

struct Amounts {
  model::NanoUsdHourMs on_demand = 0;
  model::NanoUsdHourMs fee_launch = 0;
  model::NanoUsdHourMs fee_current = 0;
  absl::int128 instance_ms = 0;  // run, the minimum not counted
  Amounts& operator+=(const Amounts& other);
  friend bool operator==(const Amounts&, const Amounts&) = default;
};

// True when some of the interval, or the launch that its minimum belongs to, lies in the period.
bool Touches(const UsageInterval& interval, const Period& period);
// The part of the interval's cost that falls in the period. What the minimum adds belongs to the moment of the start,
// so that the costs of adjoining periods add up to the cost of both.
Amounts CostOf(const UsageInterval& interval, const Period& period);

// Splits `whole` by `weights` in integers that add up to it exactly, by largest remainder; ties go to the earlier one.
// REQUIRES: whole and weights >= 0, their sum > 0 and < 2^125.
std::vector<absl::int128> Apportion(absl::int128 whole, std::span<const absl::int128> weights);

// The resource of which a task holds its largest fraction, and how long: the exact form of "share × ms". Equal
// fractions count as CPU, then memory.
model::HeldTime HeldBy(const model::Resources& task, const model::Resources& registered, model::DurationMs held_ms);
// Held time as a number that can be compared with others of the same instance, FullWeight being all of it for `ms`.
absl::int128 WeightOf(const model::HeldTime& held, const model::Resources& registered);
absl::int128 FullWeight(const model::Resources& registered, model::DurationMs ms);

// Costs by group, and in all. Groups are kept by name, so that the order of adding does not matter.
class Ledger {
 public:
  explicit Ledger(Period period) : period_(period) {}

  // The whole interval belongs to one group.
  void Add(const UsageInterval& interval, std::string_view group, bool dedicated);
  // An instance shared by those who held parts of it; what nobody held goes to `unused`. A dedicated instance that was
  // held at all is its holders' entirely: nobody else could have used the rest. When holders' largest fractions exceed
  // the whole (one is big in CPU, the other in memory), they share all of it. Over a period, a holder's part of an
  // interval's cost is its part of the interval's whole life.
  struct Holder {
    std::string group;
    model::HeldTime held;
  };
  void AddShared(const UsageInterval& interval, std::span<const Holder> holders, const model::Resources& registered,
                 bool dedicated, std::string_view unused);

  struct Group {
    Amounts amounts;
    Amounts dedicated;  // the part of `amounts` that is of dedicated instances
  };
  const std::map<std::string, Group, std::less<>>& groups() const { return groups_; }
  const Amounts& total() const { return total_; }
  const Amounts& dedicated() const { return dedicated_; }
  std::int64_t interval_count() const { return interval_count_; }

 private:
  void AddTo(std::string_view group, const Amounts& amounts, bool dedicated);

  const Period period_;
  std::map<std::string, Group, std::less<>> groups_;
  Amounts total_;
  Amounts dedicated_;
  std::int64_t interval_count_ = 0;
};

// A numerator in whole micro-dollars, half-even.
std::int64_t MicroUsd(model::NanoUsdHourMs amount);
// "12.345678".
std::string UsdText(std::int64_t micro_usd);

// What is shown of a group: micro-dollars; on_demand + fee = total.
struct ShownCost {
  std::string group;
  std::int64_t on_demand_micro_usd = 0;
  std::int64_t fee_micro_usd = 0;
  std::int64_t total_micro_usd = 0;
  std::int64_t dedicated_micro_usd = 0;    // of the total
  std::int64_t other_total_micro_usd = 0;  // under the other fee schedule
  std::int64_t instance_ms = 0;
};
struct ShownCosts {
  std::vector<ShownCost> groups;  // dearest first, then by name
  ShownCost total;
  bool schedules_differ = false;  // the two fee schedules give different amounts
};
// Divides once: the total half-even, everything below it by largest remainder, so that columns and rows add up.
ShownCosts ShowCosts(const Ledger& ledger, bool fee_current);

}  // namespace ecsmi::core
