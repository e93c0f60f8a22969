// Events: every change of status appears exactly once and in order, wherever commits end.
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "builders/seeds.h"
#include "builders/world_fixture.h"

namespace ecsmi {
namespace {

using control::Step;
using testing::BareWorld;

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 11}, {++count}), bound); }
};

// What a task's event shows that moves.
using TaskFace = std::tuple<model::TaskStatus, bool, std::uint32_t, std::int16_t, model::TimeMs>;
TaskFace FaceOf(const model::Task& row) {
  return {row.status, row.desired_stopped, row.version, row.exit_code, row.execution_stopped_at};
}
using Status = std::pair<int, int>;  // of any row: what its events are about
Status StatusOf(const model::Task& row) {
  return {static_cast<int>(row.status), row.desired_stopped};
}
Status StatusOf(const model::ContainerInstance& row) {
  return {static_cast<int>(row.stage), row.agent_connected};
}

// One thing told, without what depends on where commits end.
struct Told {
  std::uint64_t number = 0;
  model::TableId table{};
  model::Serial serial = model::kNoSerial;
  model::TimeMs at = 0;
  TaskFace task{};
  std::string extra;
  friend bool operator==(const Told&, const Told&) = default;
};

// A seeded story; `commit_odds`: of n steps one ends a commit.
class Story {
 public:
  Story(std::uint64_t seed, std::uint64_t commit_odds) : seed_(seed), odds_(commit_odds), chance_{seed} {}

  std::vector<Told> Run() {
    const model::Serial cluster = world_.AddCluster();
    const model::Serial provider = world_.AddProvider(cluster, 2);
    std::vector<model::Serial> definitions;
    for (int i = 0; i < 3; ++i) {
      model::ContainerBehavior behavior;
      if (i > 0) behavior.run_seconds = {model::DistributionKind::kExponential, 60, 0};
      if (i == 2) behavior.fail = model::InjectedFailure::kPull;
      definitions.push_back(world_.AddDefinition({512, 1024, 0, 1}, behavior));
    }
    std::vector<model::Serial> tasks;
    for (int round = 0; round < 25; ++round) {
      Do([&](Step& step) {
        for (std::uint64_t n = chance_.Below(4); n > 0; --n) {
          tasks.push_back(control::CreateTask(step, world_.ATask(cluster, provider, definitions[chance_.Below(3)])));
        }
      });
      if (!tasks.empty() && chance_.Below(2) == 0) {
        const model::Serial victim = tasks[chance_.Below(tasks.size())];
        Do([&](Step& step) {
          if (step.state.Find<model::Task>(victim) == nullptr) return;
          control::StopTask(step, victim, model::StopCode::kUserInitiated, "Task stopped by user");
        });
      }
      Advance(static_cast<model::DurationMs>(chance_.Below(120'000)));
    }
    Advance(3 * model::kHourMs);
    Commit();
    return std::move(told_);
  }

 private:
  template <typename Run>
  void Do(Run&& run) {
    Step step = world_.NewStep();
    run(step);
    control::Settle(step);
    Observe();
    Fire(world_.now);
  }
  void Advance(model::DurationMs by) {
    const model::TimeMs until = world_.now + by;
    Fire(until);
    world_.now = until;
  }
  void Fire(model::TimeMs until) {
    model::DueItem item;
    while (world_.state().PeekDue(&item) && item.at <= until) {
      world_.state().PopDue(item);
      world_.now = std::max(world_.now, item.at);
      Step step = world_.NewStep();
      control::Fire(step, item);
      control::Settle(step);
      Observe();
    }
  }

  // After each step: what rows look like now, by themselves.
  void Observe() {
    ObserveTable<model::Task>();
    ObserveTable<model::ContainerInstance>();
    // Its own chance: the story is the same wherever commits end.
    if (base::Reduce(base::KeyedHash64({seed_, 12}, {++steps_}), odds_) == 0) Commit();
  }
  template <typename T>
  void ObserveTable() {
    world_.state().template table<T>().ForEach([&](const T& row) {
      if constexpr (std::is_same_v<T, model::ContainerInstance>) {
        if (row.stage < model::InstanceStage::kRegistering) return;
      }
      std::vector<Status>& seen = seen_[{T::kTable, row.serial}];
      if (seen.empty() || seen.back() != StatusOf(row)) seen.push_back(StatusOf(row));
    });
  }

  void Commit() {
    const model::ChangeSet changes = world_.state().TakeChanges(world_.now);
    // As a watcher reads it.
    model::ChangeSet parsed;
    ASSERT_TRUE(model::ParseSegment(model::EncodeSegment(changes), &parsed));
    for (std::size_t i = 0; i < parsed.told.size(); ++i) {
      const model::Told& it = parsed.told[i];
      if (it.erased) continue;
      Told told{parsed.told_first + i, it.table, it.serial, it.at, {}, std::string(parsed.ExtraOf(it))};
      std::vector<Status>& heard = heard_[{it.table, it.serial}];
      if (it.table == model::TableId::kTask) {
        model::Task row;
        ASSERT_TRUE(model::DecodeRow(BytesOf(parsed, it), row)) << "seed " << seed_;
        told.task = FaceOf(row);
        ASSERT_TRUE(heard.empty() || heard.back() != StatusOf(row)) << "seed " << seed_ << ": told twice";
        ASSERT_LT(std::exchange(versions_[it.serial], row.version), row.version) << "seed " << seed_;
        heard.push_back(StatusOf(row));
      } else if (it.table == model::TableId::kContainerInstance) {
        model::InstanceFacts facts;
        ASSERT_TRUE(model::DecodeRow(told.extra, facts));
        model::ContainerInstance row;
        facts.PutInto(row);
        // Its room is told too: between two of those its status is the same.
        if (heard.empty() || heard.back() != StatusOf(row)) heard.push_back(StatusOf(row));
      }
      told_.push_back(std::move(told));
    }
    // Nothing that could be seen between two steps was left out. What a step passes through is told beyond that.
    for (const auto& [key, seen] : seen_) {
      std::size_t at = 0;
      for (const Status& status : heard_[key]) at += at < seen.size() && seen[at] == status ? 1u : 0u;
      ASSERT_EQ(at, seen.size()) << "seed " << seed_ << " table " << static_cast<int>(key.first) << " row "
                                 << key.second << ": a change was not told";
      ASSERT_EQ(heard_[key].back(), seen.back()) << "seed " << seed_;
    }
  }
  static std::string_view BytesOf(const model::ChangeSet& changes, const model::Told& told) {
    if (told.image_size > 0) return changes.ImageOf(told);
    for (const model::RowChange& row : changes.rows) {
      if (row.table == told.table && row.serial == told.serial) return changes.BytesOf(row);
    }
    return {};
  }

  const std::uint64_t seed_;
  const std::uint64_t odds_;
  Chance chance_;
  std::uint64_t steps_ = 0;
  BareWorld world_;
  std::map<std::pair<model::TableId, model::Serial>, std::vector<Status>> seen_;
  std::map<std::pair<model::TableId, model::Serial>, std::vector<Status>> heard_;
  std::map<model::Serial, std::uint32_t> versions_;
  std::vector<Told> told_;
};

TEST(Events, EveryChangeOfStatusIsToldOnceAndInOrderWhereverCommitsEnd) {
  for (std::uint64_t seed = 1; seed <= testing::Seeds(15); ++seed) {
    const std::vector<Told> each = Story(seed, 1).Run();
    ASSERT_FALSE(::testing::Test::HasFatalFailure());
    ASSERT_GT(each.size(), 100u);
    for (std::size_t i = 1; i < each.size(); ++i) {
      ASSERT_LT(each[i - 1].number, each[i].number);
      ASSERT_LE(each[i - 1].at, each[i].at);
    }
    for (const std::uint64_t odds : {3u, 40u, 1'000'000u}) {
      const std::vector<Told> fewer = Story(seed, odds).Run();
      ASSERT_FALSE(::testing::Test::HasFatalFailure());
      EXPECT_EQ(each, fewer) << "seed " << seed << ", a commit every " << odds << " steps";
    }
  }
}

}  // namespace
}  // namespace ecsmi
