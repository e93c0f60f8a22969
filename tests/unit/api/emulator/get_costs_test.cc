#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/emulator/emulator.h"
#include "builders/step_fixture.h"
#include "ecsmi/core/ledger.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
using testing::ApiWorld;
using testing::BadInput;
using testing::Parse;

constexpr emu::CostGrouping::Value kGroupings[] = {emu::CostGrouping::CLUSTER, emu::CostGrouping::SERVICE,
                                                   emu::CostGrouping::CAPACITY_PROVIDER,
                                                   emu::CostGrouping::INSTANCE_TYPE};

emu::GetCostsResponse Costs(ApiWorld& world, const emu::GetCostsRequest& request) {
  auto answer = world.Call(CheckGetCosts, GetCosts, request);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? *answer : emu::GetCostsResponse();
}
emu::GetCostsResponse CostsBy(ApiWorld& world, emu::CostGrouping::Value group_by) {
  emu::GetCostsRequest request;
  request.set_group_by(group_by);
  return Costs(world, request);
}

void StopTask(ApiWorld& world, model::Serial task) {
  world.Do([&](Step& step) {
    control::StopTask(step, task, model::StopCode::kUserInitiated, "Task stopped by user");
    return 0;
  });
}

TEST(GetCosts, AWorldWithoutInstancesCostsNothing) {
  ApiWorld world;
  for (const auto group_by : kGroupings) {
    const emu::GetCostsResponse answer = CostsBy(world, group_by);
    EXPECT_EQ(answer.groups_size(), 0);
    EXPECT_EQ(answer.total().total_usd(), "0.000000");
    EXPECT_EQ(answer.interval_count(), 0);
    EXPECT_EQ(answer.fee_schedule(), "launch");
    EXPECT_FALSE(answer.has_other_fee_schedule());
    EXPECT_EQ(answer.price_basis(), "us-east-1");
    EXPECT_FALSE(answer.price_date().empty());
  }
}

// G1-G4: the whole instance is billed, 12 % on top; a GPU type's fee of today is lower, so both totals are shown.
TEST(GetCosts, AGpuInstanceIsBilledWholeAndShowsBothFeeSchedules) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster("gpu");
  model::InstanceRequirements wanted;
  wanted.vcpu_count.min = 4;
  wanted.memory_mib.min = 0;
  wanted.allowed_instance_types = {"g4dn.xlarge"};
  wanted.accelerator_types = {model::AcceleratorType::kGpu};
  const model::Serial provider = world.AddProvider(cluster, 1, &wanted);
  const model::Serial definition = world.AddDefinition({1024, 1024, 1, 1});
  world.Do([&](Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); });
  world.Advance(model::kHourMs);
  model::TimeMs running_at = 0;
  world.state().table<model::ContainerInstance>().ForEach([&](const auto& row) { running_at = row.running_at; });
  world.Advance(running_at + 2 * model::kHourMs - world.now);  // two hours of EC2 running

  const emu::GetCostsResponse answer = CostsBy(world, emu::CostGrouping::INSTANCE_TYPE);
  ASSERT_EQ(answer.groups_size(), 1);
  EXPECT_EQ(answer.groups(0).key(), "g4dn.xlarge");
  EXPECT_EQ(answer.total().on_demand_usd(), "1.052000");  // G11: 0.526 $/h
  EXPECT_EQ(answer.total().fee_usd(), "0.126240");
  EXPECT_EQ(answer.total().total_usd(), "1.178240");
  EXPECT_EQ(answer.total().instance_ms(), 2 * model::kHourMs);
  EXPECT_EQ(answer.other_fee_schedule(), "current");
  EXPECT_LT(answer.total().other_total_micro_usd(), answer.total().total_micro_usd());
  EXPECT_EQ(answer.interval_count(), 1);
  EXPECT_EQ(answer.start().seconds(), running_at / 1000);
  EXPECT_EQ(answer.end().seconds(), world.now / 1000);

  world.settings().fee_current = true;
  const emu::GetCostsResponse current = CostsBy(world, emu::CostGrouping::INSTANCE_TYPE);
  EXPECT_EQ(current.fee_schedule(), "current");
  EXPECT_EQ(current.other_fee_schedule(), "launch");
  EXPECT_EQ(current.total().total_usd(), answer.total().other_total_usd());
  EXPECT_EQ(current.total().other_total_usd(), answer.total().total_usd());
}

TEST(GetCosts, ADedicatedTaskPaysForTheWholeInstanceAndTheAnswerShowsIt) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster("c");
  const model::Serial provider = world.AddProvider(cluster, 1);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  const model::Serial task = world.Do([&](Step& step) {
    control::NewTask wanted = world.ATask(cluster, provider, definition);
    wanted.dedicated = true;
    return control::CreateTask(step, wanted);
  });
  world.Advance(model::kHourMs);
  StopTask(world, task);
  world.Advance(4 * model::kHourMs);  // instance and task are forgotten, the bill is not
  ASSERT_EQ(world.state().table<model::ContainerInstance>().size(), 0u);
  const emu::GetCostsResponse answer = CostsBy(world, emu::CostGrouping::SERVICE);
  ASSERT_EQ(answer.groups_size(), 1);
  EXPECT_EQ(answer.groups(0).key(), "standalone tasks");
  EXPECT_GT(answer.total().total_micro_usd(), 0);
  EXPECT_EQ(answer.groups(0).dedicated_usd(), answer.total().total_usd());
}

TEST(GetCosts, OtherRegionsAreNamedNotAdded) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster("c");
  const model::Serial provider = world.AddProvider(cluster, 1);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  world.Do([&](Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); });
  world.Advance(model::kHourMs);
  world.context.region = "eu-west-1";
  const emu::GetCostsResponse answer = CostsBy(world, emu::CostGrouping::CLUSTER);
  EXPECT_EQ(answer.total().total_micro_usd(), 0);
  EXPECT_THAT(answer.other_regions(), ::testing::ElementsAre("us-east-1"));
}

TEST(GetCosts, RefusesEmptyFutureAndMalformedRanges) {
  ApiWorld world;
  world.ExpectRefused(
      CheckGetCosts, GetCosts,
      std::vector<BadInput>{
          {"start {seconds: 10} end {seconds: 10}", "InvalidParameterException", {"end is 10", "start"}},
          {"start {seconds: 11} end {seconds: 10}", "InvalidParameterException", {"end is 10", "11"}},
          {"start {seconds: 4000000000}", "InvalidParameterException", {"start is 4000000000", "now"}},
          {"start {seconds: 400000000000}", "InvalidParameterException", {"start.seconds", "400000000000"}},
          {"end {nanos: -1}", "InvalidParameterException", {"end.nanos", "-1"}},
          {"group_by: 9", "InvalidParameterException", {"groupBy"}},
      });
}

// What an instance costs, worked out from what was seen of it; nothing of the ledger is used.
struct Seen {
  model::TimeMs running_at = 0;
  model::TimeMs ended_at = 0;  // 0 = runs
  std::int64_t on_demand = 0;
  std::int64_t fee = 0;
};
absl::uint128 Numerator(const Seen& seen, model::TimeMs now) {
  const model::TimeMs ended = seen.ended_at == 0 ? now : seen.ended_at;
  const auto ms = static_cast<std::uint64_t>(ended - seen.running_at);
  return absl::uint128(static_cast<std::uint64_t>(seen.on_demand + seen.fee)) * (ms < 60'000 ? 60'000 : ms);
}

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 5}, {++count}), bound); }
};

void ExpectSums(ApiWorld& world, const std::map<model::Serial, Seen>& instances) {
  absl::uint128 exact = 0;
  std::int64_t intervals = 0;
  for (const auto& [serial, seen] : instances) {
    if (seen.running_at == 0) continue;
    exact += Numerator(seen, world.now);
    ++intervals;
  }
  constexpr std::uint64_t kMicro = 3'600'000'000;  // a micro-dollar in nano-dollars per hour × ms
  for (const auto group_by : kGroupings) {
    const emu::GetCostsResponse answer = CostsBy(world, group_by);
    const absl::uint128 shown = absl::uint128(static_cast<std::uint64_t>(answer.total().total_micro_usd())) * kMicro;
    EXPECT_LE(shown > exact ? shown - exact : exact - shown, absl::uint128(kMicro / 2));
    EXPECT_EQ(answer.interval_count(), intervals);
    std::int64_t on_demand = 0;
    std::int64_t fee = 0;
    std::int64_t total = 0;
    std::int64_t ms = 0;
    for (const emu::CostGroup& group : answer.groups()) {
      EXPECT_EQ(group.on_demand_micro_usd() + group.fee_micro_usd(), group.total_micro_usd());
      on_demand += group.on_demand_micro_usd();
      fee += group.fee_micro_usd();
      total += group.total_micro_usd();
      ms += group.instance_ms();
    }
    EXPECT_EQ(on_demand, answer.total().on_demand_micro_usd());
    EXPECT_EQ(fee, answer.total().fee_micro_usd());
    EXPECT_EQ(total, answer.total().total_micro_usd());
    EXPECT_EQ(ms, answer.total().instance_ms());
  }
}

TEST(GetCosts, GroupsAddUpToTheTotalAndToEveryInstanceOverRandomHistories) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Chance chance{seed};
    ApiWorld world;
    const std::vector<model::Serial> clusters = {world.AddCluster("a"), world.AddCluster("b")};
    std::vector<model::Serial> providers;
    std::vector<model::Serial> services;
    for (int i = 0; i < 4; ++i) {
      providers.push_back(world.AddProvider(clusters[static_cast<std::size_t>(i / 2)], 1 + i));
      world.state().Update<model::CapacityProvider>(providers.back(), [&](auto& row) {
        row.scale_in_after_seconds = static_cast<std::int32_t>(chance.Below(120));
      });
    }
    std::map<model::Serial, Seen> instances;
    std::vector<model::Serial> tasks;
    for (int round = 0; round < 40; ++round) {
      world.Do([&](Step& step) {
        for (std::uint64_t n = chance.Below(5); n > 0; --n) {
          const std::size_t at = chance.Below(4);
          const model::Serial definition =
              world.AddDefinition({static_cast<std::int32_t>(128 << chance.Below(5)),
                                   static_cast<std::int32_t>(256 << chance.Below(6)), 0, 1});
          control::NewTask task = world.ATask(clusters[at / 2], providers[at], definition);
          task.dedicated = chance.Below(6) == 0;
          tasks.push_back(control::CreateTask(step, task));
        }
        return 0;
      });
      for (std::uint64_t n = chance.Below(4); n > 0 && !tasks.empty(); --n) {
        const model::Serial victim = tasks[chance.Below(tasks.size())];
        if (world.state().Find<model::Task>(victim) != nullptr) StopTask(world, victim);
      }
      world.Advance(static_cast<model::DurationMs>(chance.Below(200'000)));
      world.state().table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
        instances[row.serial] = {row.running_at, row.billing_ended_at, row.on_demand, row.fee_launch};
      });
      if (round % 8 == 7) ExpectSums(world, instances);
    }
  }
}

// A day cut in pieces costs what the day costs, to the rounding of the pieces.
TEST(GetCosts, ARangeClipsIntervalsAndPiecesAddUp) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster("c");
  const model::Serial provider = world.AddProvider(cluster, 1);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  const model::TimeMs began = world.now;
  const model::Serial task =
      world.Do([&](Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); });
  world.Advance(10 * model::kHourMs);
  StopTask(world, task);
  world.Advance(14 * model::kHourMs);
  std::int64_t pieces = 0;
  for (int hour = 0; hour < 24; ++hour) {
    emu::GetCostsRequest request;
    *request.mutable_start() = ToTimestamp(began + hour * model::kHourMs);
    *request.mutable_end() = ToTimestamp(began + (hour + 1) * model::kHourMs);
    const emu::GetCostsResponse answer = Costs(world, request);
    pieces += answer.total().total_micro_usd();
    EXPECT_EQ(answer.interval_count(), hour <= 10 ? 1 : 0) << hour;
    if (hour > 0 && hour < 10) {
      EXPECT_EQ(answer.total().instance_ms(), model::kHourMs);
    }
  }
  EXPECT_NEAR(static_cast<double>(pieces),
              static_cast<double>(CostsBy(world, emu::CostGrouping::CLUSTER).total().total_micro_usd()), 12.0);
}

}  // namespace
}  // namespace ecsmi::api
