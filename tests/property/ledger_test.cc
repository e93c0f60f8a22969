#include "ecsmi/core/ledger.h"

#include <algorithm>
#include <string>
#include <vector>

#include "builders/seeds.h"
#include "ecsmi/base/keyed_hash.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 13}, {++count}), bound); }
};

struct Paid {
  UsageInterval interval;
  std::string type;
  bool dedicated = false;
  model::Resources registered;
  std::vector<Ledger::Holder> holders;
};

std::vector<Paid> SomeIntervals(Chance& chance) {
  std::vector<Paid> all;
  for (std::uint64_t i = 0; i <= chance.Below(30); ++i) {
    Paid paid;
    paid.interval.started_at = 1'000'000 + static_cast<model::TimeMs>(chance.Below(7'200'000));
    // Many are shorter than the minimum.
    const model::DurationMs length =
        static_cast<model::DurationMs>(chance.Below(chance.Below(2) == 0 ? 90'000 : 9'000'000));
    paid.interval.ended_at = paid.interval.started_at + length;
    paid.interval.on_demand = static_cast<model::NanoUsdPerHour>(1 + chance.Below(40'000'000'000));
    paid.interval.fee_launch = paid.interval.on_demand * 12 / 100;
    paid.interval.fee_current = paid.interval.on_demand * static_cast<std::int64_t>(1 + chance.Below(12)) / 100;
    paid.type = "type-" + std::to_string(chance.Below(4));
    paid.dedicated = chance.Below(5) == 0;
    paid.registered = {.cpu_units = 4096, .memory_mib = 15'764, .gpus = 0, .eni_slots = 10};
    for (std::uint64_t n = chance.Below(4); n > 0; --n) {
      const model::Resources task = {.cpu_units = static_cast<std::int32_t>(1 + chance.Below(4096)),
                                     .memory_mib = static_cast<std::int32_t>(1 + chance.Below(15'764)),
                                     .gpus = 0,
                                     .eni_slots = 1};
      const auto held = static_cast<model::DurationMs>(chance.Below(static_cast<std::uint64_t>(length) + 1));
      paid.holders.push_back({"service-" + std::to_string(chance.Below(3)), HeldBy(task, paid.registered, held)});
    }
    all.push_back(std::move(paid));
  }
  return all;
}

Amounts Sum(const Ledger& ledger) {
  Amounts sum;
  for (const auto& [name, group] : ledger.groups()) sum += group.amounts;
  return sum;
}

void AddByType(Ledger& ledger, const Paid& paid) {
  ledger.Add(paid.interval, paid.type, paid.dedicated);
}
void AddByService(Ledger& ledger, const Paid& paid) {
  ledger.AddShared(paid.interval, paid.holders, paid.registered, paid.dedicated, "unused");
}

TEST(LedgerProperty, TheTotalIsTheSumOfItsPartsHoweverItIsGrouped) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(100); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    const std::vector<Paid> all = SomeIntervals(chance);
    Ledger by_type({});
    Ledger by_service({});
    Amounts plain;  // the rule said plainly: G2, G7
    for (const Paid& paid : all) {
      AddByType(by_type, paid);
      AddByService(by_service, paid);
      const absl::int128 ms = paid.interval.ended_at - paid.interval.started_at;
      const absl::int128 billed = std::max(ms, absl::int128(model::kMinuteMs));
      plain.on_demand += billed * paid.interval.on_demand;
      plain.fee_launch += billed * paid.interval.fee_launch;
      plain.fee_current += billed * paid.interval.fee_current;
      plain.instance_ms += ms;
    }
    ASSERT_EQ(by_type.total(), plain);
    ASSERT_EQ(by_service.total(), plain);
    ASSERT_EQ(Sum(by_type), plain);
    ASSERT_EQ(Sum(by_service), plain);
    for (const bool fee_current : {false, true}) {
      const ShownCosts shown = ShowCosts(by_service, fee_current);
      ShownCost sum;
      for (const ShownCost& group : shown.groups) {
        ASSERT_EQ(group.on_demand_micro_usd + group.fee_micro_usd, group.total_micro_usd);
        ASSERT_LE(group.dedicated_micro_usd, group.total_micro_usd);
        sum.on_demand_micro_usd += group.on_demand_micro_usd;
        sum.fee_micro_usd += group.fee_micro_usd;
        sum.total_micro_usd += group.total_micro_usd;
      }
      ASSERT_EQ(sum.on_demand_micro_usd, shown.total.on_demand_micro_usd);
      ASSERT_EQ(sum.fee_micro_usd, shown.total.fee_micro_usd);
      ASSERT_EQ(sum.total_micro_usd, shown.total.total_micro_usd);
    }
  }
}

TEST(LedgerProperty, AdjoiningPeriodsAddUpToTheWhole) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(100); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    const std::vector<Paid> all = SomeIntervals(chance);
    std::vector<model::TimeMs> cuts = {model::kUnset, model::kNever};
    for (std::uint64_t i = chance.Below(6); i > 0; --i) {
      cuts.push_back(1'000'000 + static_cast<model::TimeMs>(chance.Below(20'000'000)));
    }
    std::ranges::sort(cuts);
    for (const auto add : {AddByType, AddByService}) {
      Ledger whole({});
      for (const Paid& paid : all) add(whole, paid);
      Amounts parts;
      for (std::size_t i = 1; i < cuts.size(); ++i) {
        Ledger part({.start = cuts[i - 1], .end = cuts[i]});
        for (const Paid& paid : all) add(part, paid);
        ASSERT_EQ(Sum(part), part.total());
        parts += part.total();
      }
      ASSERT_EQ(parts, whole.total());
    }
  }
}

TEST(LedgerProperty, TheOrderOfAddingDoesNotMatter) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(100); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    std::vector<Paid> all = SomeIntervals(chance);
    Ledger first({});
    for (const Paid& paid : all) AddByService(first, paid);
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[chance.Below(i)]);
    Ledger second({});
    for (const Paid& paid : all) AddByService(second, paid);
    ASSERT_EQ(first.groups().size(), second.groups().size());
    for (const auto& [name, group] : first.groups()) {
      const auto other = second.groups().find(name);
      ASSERT_NE(other, second.groups().end()) << name;
      ASSERT_EQ(group.amounts, other->second.amounts) << name;
      ASSERT_EQ(group.dedicated, other->second.dedicated) << name;
    }
  }
}

}  // namespace
}  // namespace ecsmi::core
