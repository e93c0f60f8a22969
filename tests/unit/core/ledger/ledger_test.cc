#include "ecsmi/core/ledger.h"

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "ecsmi/base/keyed_hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using model::kHourMs;
using model::kMinuteMs;
using model::kSecondMs;
using ::testing::ElementsAre;

constexpr model::TimeMs kT0 = 1'767'225'600'000;

// Ten cents an hour, 12 % and 7.8 % of it.
UsageInterval ADimeFor(model::DurationMs ms) {
  return {kT0, kT0 + ms, 100'000'000, 12'000'000, 7'800'000};
}

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 11}, {++count}), bound); }
};

TEST(Ledger, BillsByTheMillisecondAndAMinuteAtLeast) {
  struct Case {
    model::DurationMs ran_ms;
    model::DurationMs billed_ms;
  };
  for (const Case& c : {Case{0, kMinuteMs},
                        {1, kMinuteMs},
                        {kMinuteMs - 1, kMinuteMs},
                        {kMinuteMs, kMinuteMs},
                        {kMinuteMs + 1, kMinuteMs + 1},
                        {kHourMs, kHourMs}}) {
    const Amounts amounts = CostOf(ADimeFor(c.ran_ms), {});
    EXPECT_EQ(amounts.on_demand, absl::int128(100'000'000) * c.billed_ms) << c.ran_ms;
    EXPECT_EQ(amounts.fee_launch, absl::int128(12'000'000) * c.billed_ms) << c.ran_ms;
    EXPECT_EQ(amounts.fee_current, absl::int128(7'800'000) * c.billed_ms) << c.ran_ms;
    EXPECT_EQ(amounts.instance_ms, c.ran_ms);
  }
}

TEST(Ledger, TheMinimumBelongsToTheStart) {
  const UsageInterval interval = ADimeFor(10 * kSecondMs);
  EXPECT_EQ(CostOf(interval, {kT0, kT0 + 1}).on_demand, absl::int128(100'000'000) * (50 * kSecondMs + 1));
  EXPECT_EQ(CostOf(interval, {kT0 + 1, kT0 + kHourMs}).on_demand, absl::int128(100'000'000) * (10 * kSecondMs - 1));
  EXPECT_EQ(CostOf(interval, {kT0 - kHourMs, kT0}).on_demand, 0);
  EXPECT_FALSE(Touches(interval, {kT0 - kHourMs, kT0}));
  EXPECT_TRUE(Touches(interval, {kT0, kT0 + 1}));
  EXPECT_TRUE(Touches(ADimeFor(0), {kT0, kT0 + 1}));
  EXPECT_FALSE(Touches(ADimeFor(0), {kT0 + 1, kT0 + 2}));
}

TEST(Ledger, AdjoiningPeriodsAddUpToBoth) {
  Chance chance{1};
  for (int i = 0; i < 2'000; ++i) {
    const UsageInterval interval = ADimeFor(static_cast<model::DurationMs>(chance.Below(3 * kMinuteMs)));
    const auto moment = [&] { return kT0 - kMinuteMs + static_cast<model::TimeMs>(chance.Below(5 * kMinuteMs)); };
    std::vector<model::TimeMs> cuts = {moment(), moment(), moment()};
    std::sort(cuts.begin(), cuts.end());
    Amounts sum = CostOf(interval, {cuts[0], cuts[1]});
    sum += CostOf(interval, {cuts[1], cuts[2]});
    EXPECT_EQ(sum, CostOf(interval, {cuts[0], cuts[2]})) << i;
  }
}

TEST(Ledger, ApportionsByLargestRemainderAndTiesGoToTheEarlier) {
  EXPECT_THAT(Apportion(10, std::vector<absl::int128>{1, 1, 1}), ElementsAre(4, 3, 3));
  EXPECT_THAT(Apportion(11, std::vector<absl::int128>{1, 1, 1}), ElementsAre(4, 4, 3));
  EXPECT_THAT(Apportion(7, std::vector<absl::int128>{0, 5}), ElementsAre(0, 7));
  EXPECT_THAT(Apportion(100, std::vector<absl::int128>{1, 2, 997}), ElementsAre(0, 0, 100));
  EXPECT_THAT(Apportion(0, std::vector<absl::int128>{3, 4}), ElementsAre(0, 0));
}

TEST(Ledger, ApportionsAmountsWhoseProductNeedsMoreThan128Bits) {
  const absl::int128 whole = (absl::int128(1) << 120) + 12345;
  const absl::int128 weight = absl::int128(1) << 122;
  const std::vector<absl::int128> parts = Apportion(whole, std::vector<absl::int128>{weight, weight, 2 * weight});
  EXPECT_EQ(parts[0] + parts[1] + parts[2], whole);
  EXPECT_EQ(parts[0], whole / 4);
  EXPECT_EQ(parts[2], whole / 2 + 1) << "its remainder is the largest";
}

TEST(Ledger, PartsAddUpExactlyAndAreOffByLessThanOne) {
  Chance chance{2};
  for (int i = 0; i < 500; ++i) {
    std::vector<absl::int128> weights(1 + chance.Below(8));
    absl::int128 sum = 0;
    for (absl::int128& weight : weights) sum += weight = static_cast<std::int64_t>(chance.Below(1'000'000));
    if (sum == 0) continue;
    const absl::int128 whole = static_cast<std::int64_t>(chance.Below(1'000'000'000'000));
    const std::vector<absl::int128> parts = Apportion(whole, weights);
    absl::int128 all = 0;
    for (std::size_t k = 0; k < parts.size(); ++k) {
      all += parts[k];
      const absl::int128 error = parts[k] * sum - whole * weights[k];
      EXPECT_TRUE(error > -sum && error < sum) << i;
    }
    EXPECT_EQ(all, whole) << i;
  }
}

TEST(Ledger, ATaskHoldsTheResourceItTakesTheLargestFractionOf) {
  const model::Resources instance{4096, 16'000, 2, 10};
  struct Case {
    const char* what;
    model::Resources task;
    model::HeldTime held;
  };
  const std::vector<Case> cases = {
      {"half the CPU, a quarter of the memory", {2048, 4000, 0, 1}, {2048 * 100, 0, 0}},
      {"a quarter of the CPU, half the memory", {1024, 8000, 0, 1}, {0, 8000 * 100, 0}},
      {"a GPU of two", {1024, 4000, 1, 1}, {0, 0, 100}},
      {"equal fractions count as CPU", {2048, 8000, 1, 1}, {2048 * 100, 0, 0}},
      {"nothing", {0, 0, 0, 1}, {}},
  };
  for (const Case& c : cases) EXPECT_EQ(HeldBy(c.task, instance, 100), c.held) << c.what;
  EXPECT_EQ(HeldBy({256, 0, 1, 0}, {1024, 2048, 0, 4}, 10), (model::HeldTime{2560, 0, 0}))
      << "a resource the instance has none of is no fraction";
}

TEST(Ledger, SharesFollowHeldTimeAndTheRestIsUnused) {
  const model::Resources instance{4096, 16'000, 0, 10};
  const UsageInterval interval = ADimeFor(kHourMs);
  Ledger ledger({});
  const std::vector<Ledger::Holder> holders = {
      {"c/a", HeldBy({1024, 1000, 0, 1}, instance, kHourMs)},      // a quarter for the whole hour
      {"c/b", HeldBy({2048, 1000, 0, 1}, instance, kHourMs / 2)},  // a half for half of it
  };
  ledger.AddShared(interval, holders, instance, false, "unused");
  const absl::int128 whole = absl::int128(100'000'000) * kHourMs;
  EXPECT_EQ(ledger.groups().at("c/a").amounts.on_demand, whole / 4);
  EXPECT_EQ(ledger.groups().at("c/b").amounts.on_demand, whole / 4);
  EXPECT_EQ(ledger.groups().at("unused").amounts.on_demand, whole / 2);
  EXPECT_EQ(ledger.total().on_demand, whole);
}

TEST(Ledger, ADedicatedInstanceIsItsHoldersEntirelyUnlessNobodyHeldIt) {
  const model::Resources instance{4096, 16'000, 0, 10};
  Ledger ledger({});
  ledger.AddShared(ADimeFor(kHourMs), std::vector<Ledger::Holder>{{"c/a", HeldBy({512, 0, 0, 1}, instance, kMinuteMs)}},
                   instance, true, "unused");
  ledger.AddShared(ADimeFor(kHourMs), {}, instance, true, "unused");
  const absl::int128 whole = absl::int128(100'000'000) * kHourMs;
  EXPECT_EQ(ledger.groups().at("c/a").amounts.on_demand, whole);
  EXPECT_EQ(ledger.groups().at("c/a").dedicated.on_demand, whole);
  EXPECT_EQ(ledger.groups().at("unused").amounts.on_demand, whole);
  EXPECT_EQ(ledger.dedicated().on_demand, 2 * whole);
}

TEST(Ledger, HoldersOfMoreThanTheWholeShareAllOfIt) {
  const model::Resources instance{4096, 16'000, 0, 10};
  Ledger ledger({});
  const std::vector<Ledger::Holder> holders = {{"c/cpu", HeldBy({4096, 0, 0, 1}, instance, kHourMs)},
                                               {"c/memory", HeldBy({0, 16'000, 0, 1}, instance, kHourMs)}};
  ledger.AddShared(ADimeFor(kHourMs), holders, instance, false, "unused");
  EXPECT_FALSE(ledger.groups().contains("unused"));
  EXPECT_EQ(ledger.groups().at("c/cpu").amounts, ledger.groups().at("c/memory").amounts);
}

TEST(Ledger, RoundsMicroDollarsHalfToEven) {
  constexpr std::int64_t kMicro = 3'600'000'000;
  EXPECT_EQ(MicroUsd(0), 0);
  EXPECT_EQ(MicroUsd(kMicro / 2 - 1), 0);
  EXPECT_EQ(MicroUsd(kMicro / 2), 0);
  EXPECT_EQ(MicroUsd(kMicro / 2 + 1), 1);
  EXPECT_EQ(MicroUsd(kMicro + kMicro / 2), 2);
  EXPECT_EQ(MicroUsd(2 * kMicro + kMicro / 2), 2);
  EXPECT_EQ(UsdText(1'234'000'056), "1234.000056");
  EXPECT_EQ(UsdText(7), "0.000007");
}

TEST(Ledger, WhatIsShownAddsUpInRowsAndColumns) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    const model::Resources instance{4096, 16'000, 1, 10};
    Ledger ledger({kT0, kT0 + kHourMs});
    for (std::uint64_t n = 1 + chance.Below(20); n > 0; --n) {
      const auto price = static_cast<std::int64_t>(1 + chance.Below(100'000'000'000));
      UsageInterval interval{kT0 - kHourMs + static_cast<model::TimeMs>(chance.Below(2 * kHourMs)), 0, price,
                             price * 12 / 100, price * 7 / 100};
      interval.ended_at = interval.started_at + static_cast<model::DurationMs>(chance.Below(kHourMs));
      std::vector<Ledger::Holder> holders(chance.Below(4));
      for (Ledger::Holder& holder : holders) {
        holder.group = "c/" + std::to_string(chance.Below(5));
        holder.held =
            HeldBy({static_cast<std::int32_t>(chance.Below(4097)), static_cast<std::int32_t>(chance.Below(16'001)),
                    static_cast<std::int16_t>(chance.Below(2)), 1},
                   instance, static_cast<model::DurationMs>(chance.Below(kHourMs)));
      }
      ledger.AddShared(interval, holders, instance, chance.Below(3) == 0, "unused");
    }
    for (const bool current : {false, true}) {
      const ShownCosts shown = ShowCosts(ledger, current);
      ShownCost sum;
      Amounts exact;
      for (const auto& [name, group] : ledger.groups()) exact += group.amounts;
      EXPECT_EQ(exact, ledger.total());
      for (const ShownCost& group : shown.groups) {
        EXPECT_EQ(group.on_demand_micro_usd + group.fee_micro_usd, group.total_micro_usd);
        EXPECT_LE(group.dedicated_micro_usd, group.total_micro_usd);
        sum.on_demand_micro_usd += group.on_demand_micro_usd;
        sum.fee_micro_usd += group.fee_micro_usd;
        sum.total_micro_usd += group.total_micro_usd;
        sum.dedicated_micro_usd += group.dedicated_micro_usd;
        sum.other_total_micro_usd += group.other_total_micro_usd;
        sum.instance_ms += group.instance_ms;
      }
      EXPECT_EQ(sum.on_demand_micro_usd, shown.total.on_demand_micro_usd);
      EXPECT_EQ(sum.fee_micro_usd, shown.total.fee_micro_usd);
      EXPECT_EQ(sum.total_micro_usd, shown.total.total_micro_usd);
      EXPECT_EQ(sum.dedicated_micro_usd, shown.total.dedicated_micro_usd);
      EXPECT_EQ(sum.other_total_micro_usd, shown.total.other_total_micro_usd);
      EXPECT_EQ(sum.instance_ms, shown.total.instance_ms);
      EXPECT_EQ(shown.total.total_micro_usd,
                MicroUsd(exact.on_demand + (current ? exact.fee_current : exact.fee_launch)));
      EXPECT_EQ(shown.total.other_total_micro_usd, ShowCosts(ledger, !current).total.total_micro_usd);
    }
  }
}

}  // namespace
}  // namespace ecsmi::core
