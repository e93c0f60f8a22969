#include <algorithm>
#include <ctime>
#include <iostream>
#include <memory>
#include <vector>

#include "builders/service_rows.h"
#include "ecsmi/core/reconcile.h"

namespace ecsmi {
namespace {

using control::Step;
using testing::BareWorld;

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 8}, {++count}), bound); }
};

// What a service has, by its tasks' rows alone.
struct Standing {
  std::int32_t healthy = 0;
  std::int32_t all = 0;
};
Standing StandingOf(BareWorld& world, model::Serial service) {
  Standing standing;
  world.state().ForEachIn<model::Task>(
      world.state().Get<model::Service>(service).tasks, &model::Task::in_service, [&](const model::Task& task) {
        if (task.desired_stopped || task.status > model::TaskStatus::kRunning) return;
        ++standing.all;
        if (task.status != model::TaskStatus::kRunning || task.health == model::HealthStatus::kUnhealthy) return;
        standing.healthy +=
            task.health == model::HealthStatus::kHealthy || task.started_at + model::kHealthyAfterMs <= world.now;
      });
  return standing;
}

class Story {
 public:
  explicit Story(std::uint64_t seed, bool quick = false) : chance_{seed}, seed_(seed), world_(SettingsOf(seed, quick)) {
    const model::Serial cluster = world_.AddCluster();
    const model::Serial provider = world_.AddProvider(cluster, 1 + static_cast<int>(chance_.Below(3)));
    for (int i = 0; i < 4; ++i) {
      model::ContainerBehavior behavior;
      if (i == 1) behavior.fail = model::InjectedFailure::kStart;
      if (i == 2) behavior.run_seconds = {model::DistributionKind::kExponential, 300, 0};
      definitions_.push_back(world_.AddDefinition({256, 512, 0, 1}, behavior));
    }
    const model::Serial checked = world_.AddDefinition({256, 512, 0, 1});
    world_.state().Update<model::TaskDefinition>(checked, [](auto& row) { row.containers[0].has_health_check = true; });
    definitions_.push_back(checked);
    for (int i = 0; i < 3; ++i) {
      testing::ServiceRow wanted;
      wanted.name = "s" + std::to_string(i);
      wanted.cluster = cluster;
      wanted.provider = provider;
      wanted.definition = definitions_[0];
      wanted.desired = static_cast<std::int32_t>(chance_.Below(8));
      wanted.minimum_healthy_percent = static_cast<std::int32_t>(25 * chance_.Below(5));
      wanted.maximum_percent = static_cast<std::int32_t>(100 + 25 * chance_.Below(5));
      wanted.breaker = chance_.Below(2) == 0;
      wanted.zone_rebalancing = chance_.Below(2) == 0;
      services_.push_back(world_.Do([&](Step& step) { return testing::AddService(step, wanted); }));
    }
  }

  // Random wishes and mishaps, then quiet; the hash at the end.
  std::uint64_t Run(bool reload_midway) {
    for (int round = 0; round < 40; ++round) {
      Wish();
      DisturbAnInstance();
      RunFor(static_cast<model::DurationMs>(chance_.Below(120'000)));
      if (reload_midway && round == 20) Reload();
      world_.state().TakeChanges(world_.now);
      Step step = world_.NewStep();
      control::Settle(step);
      EXPECT_TRUE(world_.state().TakeChanges(world_.now).empty()) << "seed " << seed_ << " round " << round;
    }
    // Mishaps end: every service reaches what it was asked for, unless it cannot move by its own percentages.
    for (model::Serial service : services_) {
      world_.Do([&](Step& step) {
        step.state.Update<model::Service>(service, [](model::Service& row) {
          row.minimum_healthy_percent = 50;
          row.maximum_percent = 200;
        });
        testing::Deploy(step, service, definitions_[0]);
        return 0;
      });
    }
    RunFor(40 * model::kMinuteMs);
    for (model::Serial service : services_) {
      const auto& row = world_.state().Get<model::Service>(service);
      const auto& primary = world_.state().Get<model::Deployment>(row.primary);
      EXPECT_EQ(primary.rollout, model::RolloutState::kCompleted) << "seed " << seed_ << " " << row.name;
      EXPECT_EQ(static_cast<std::int32_t>(primary.running_tasks), row.desired_count) << "seed " << seed_;
      EXPECT_EQ(row.running_tasks + row.pending_tasks, primary.running_tasks);
      EXPECT_NE(row.steady_announced_at, model::kUnset);
      EXPECT_EQ(row.deployments.count, 1u);
      EXPECT_EQ(row.due_at, model::kNever);
      const auto& newest = world_.state().Get<model::ServiceDeployment>(row.service_deployment);
      EXPECT_EQ(newest.status, model::ServiceDeploymentStatus::kSuccessful) << "seed " << seed_;
      EXPECT_EQ(newest.target.running, row.desired_count) << "seed " << seed_;
      world_.state().ForEachIn<model::ServiceDeployment>(
          row.service_deployments, &model::ServiceDeployment::in_service,
          [&](const model::ServiceDeployment& each) { EXPECT_TRUE(each.IsOver()) << "seed " << seed_; });
    }
    world_.state().TakeChanges(world_.now);
    return world_.state().state_hash();
  }

 private:
  static control::Settings SettingsOf(std::uint64_t seed, bool quick) {
    control::Settings settings;
    settings.seed = seed;
    if (quick) settings.latency = control::LatencyTable::None();
    return settings;
  }

  void Wish() {
    const model::Serial service = services_[chance_.Below(services_.size())];
    switch (chance_.Below(6)) {
      case 0:
        world_.Do([&](Step& step) {
          testing::Deploy(step, service, definitions_[chance_.Below(definitions_.size())]);
          return 0;
        });
        break;
      case 1:
        world_.Do([&](Step& step) {
          const auto desired = static_cast<std::int32_t>(chance_.Below(10));
          step.state.Update<model::Service>(service, [&](model::Service& row) { row.desired_count = desired; });
          return 0;
        });
        break;
      case 2:
      case 3:
        OnRandomTask(service, [&](Step& step, model::Serial task) {
          control::StopTask(step, task, model::StopCode::kUserInitiated, "Task stopped by user");
        });
        break;
      case 4:
        OnRandomTask(service, [&](Step& step, model::Serial task) {
          if (step.state.Get<model::Task>(task).status != model::TaskStatus::kRunning) return;
          step.state.Update<model::Task>(task, [](model::Task& row) { row.health = model::HealthStatus::kUnhealthy; });
        });
        break;
      default:
        OnRandomTask(service, [&](Step& step, model::Serial task) {
          const model::TimeMs until = step.now + static_cast<model::DurationMs>(chance_.Below(600'000));
          step.state.Update<model::Task>(task, [&](model::Task& row) { row.protected_until = until; });
        });
        break;
    }
  }

  // Drains an instance, takes it back, or ends it with all it holds.
  void DisturbAnInstance() {
    if (chance_.Below(4) != 0) return;
    std::vector<model::Serial> instances;
    world_.state().table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
      if (row.stage == model::InstanceStage::kActive || row.stage == model::InstanceStage::kDraining) {
        instances.push_back(row.serial);
      }
    });
    if (instances.empty()) return;
    std::sort(instances.begin(), instances.end());
    const model::Serial instance = instances[chance_.Below(instances.size())];
    const bool removes = chance_.Below(4) == 0;
    world_.Do([&](Step& step) {
      const bool drains = step.state.Get<model::ContainerInstance>(instance).stage == model::InstanceStage::kActive;
      if (removes) {
        control::RemoveInstance(step, instance, "removed", "instance removed");
      } else if (drains) {
        control::DrainInstance(step, instance);
      } else {
        control::ReactivateInstance(step, instance);
      }
      return 0;
    });
  }

  template <typename Act>
  void OnRandomTask(model::Serial service, Act&& act) {
    std::vector<model::Serial> tasks;
    world_.state().ForEachIn<model::Task>(world_.state().Get<model::Service>(service).tasks, &model::Task::in_service,
                                          [&](const model::Task& task) {
                                            if (!task.desired_stopped) tasks.push_back(task.serial);
                                          });
    if (tasks.empty()) return;
    std::sort(tasks.begin(), tasks.end());  // lists may differ in order after a reload
    const model::Serial task = tasks[chance_.Below(tasks.size())];
    world_.Do([&](Step& step) {
      act(step, task);
      return 0;
    });
  }

  // Fires one item after the other and looks at every service after each: the scheduler itself never goes beyond a
  // bound.
  void RunFor(model::DurationMs by) {
    const model::TimeMs until = world_.now + by;
    model::DueItem item;
    while (world_.state().PeekDue(&item) && item.at <= until) {
      std::vector<Standing> before;
      for (model::Serial service : services_) before.push_back(StandingOf(world_, service));
      world_.state().PopDue(item);
      world_.now = std::max(world_.now, item.at);
      Step step = world_.NewStep();
      control::Fire(step, item);
      std::vector<Standing> fired;
      for (model::Serial service : services_) fired.push_back(StandingOf(world_, service));
      control::Settle(step);
      for (std::size_t i = 0; i < services_.size(); ++i) CheckBounds(services_[i], fired[i]);
    }
    world_.now = until;
  }

  void CheckBounds(model::Serial service, const Standing& before) {
    const auto& row = world_.state().Get<model::Service>(service);
    const core::DeploymentBounds bounds =
        core::BoundsOf(row.desired_count, row.minimum_healthy_percent, row.maximum_percent);
    const Standing after = StandingOf(world_, service);
    ASSERT_GE(after.healthy, std::min(before.healthy, bounds.lower)) << "seed " << seed_ << " " << row.name;
    ASSERT_LE(after.all, std::max({before.all, bounds.upper, row.desired_count}))
        << "seed " << seed_ << " " << row.name;
  }

  // Rows out, rows in: nothing derived may matter.
  void Reload() {
    world_.state().TakeChanges(world_.now);
    auto fresh = std::make_unique<model::State>();
    model::WorldHeader header;
    header.seq = world_.state().seq();
    header.next_serial = world_.state().next_serial();
    header.state_hash = world_.state().state_hash();
    ASSERT_TRUE(testing::CopyRows(world_.state(), *fresh).ok());
    world_.Reset(std::move(fresh));
    ASSERT_TRUE(world_.state().FinishLoad(header).ok()) << "seed " << seed_;
    Step step = world_.NewStep();
    control::Settle(step);
    EXPECT_TRUE(world_.state().TakeChanges(world_.now).empty()) << "seed " << seed_ << ": a reload moved something";
  }

  Chance chance_;
  const std::uint64_t seed_;
  BareWorld world_;
  std::vector<model::Serial> definitions_;
  std::vector<model::Serial> services_;
};

TEST(Services, KeepTheirBoundsAtEveryEventAndConvergeOnceMishapsEnd) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) Story(seed).Run(false);
}

TEST(Services, DoSoWithoutLatenciesToo) {
  for (std::uint64_t seed = 101; seed <= 110; ++seed) Story(seed, /*quick=*/true).Run(false);
}

TEST(Services, AReloadMidwayMakesNoDifference) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const std::uint64_t once = Story(seed).Run(false);
    EXPECT_EQ(once, Story(seed).Run(true)) << "seed " << seed;
  }
}

// Promise 3: what a roll costs grows with its tasks, not with their square.
struct Roll {
  double cpu_seconds = 0;
  std::uint64_t events = 0;
};
Roll RollTasks(std::int32_t tasks, bool latencies) {
  control::Settings settings;
  settings.limits = false;
  if (!latencies) settings.latency = control::LatencyTable::None();
  BareWorld world(settings);
  const model::Serial cluster = world.AddCluster();
  testing::ServiceRow wanted;
  wanted.cluster = cluster;
  wanted.provider = world.AddProvider(cluster, 3);
  wanted.definition = world.AddDefinition({256, 512, 0, 1});
  wanted.desired = tasks;
  const model::Serial service = world.Do([&](Step& step) { return testing::AddService(step, wanted); });
  world.Advance(10 * model::kMinuteMs);
  EXPECT_EQ(world.state().Get<model::Service>(service).running_tasks, static_cast<std::uint32_t>(tasks));
  const model::Serial next = world.AddDefinition({256, 512, 0, 1});
  world.state().TakeChanges(world.now);

  Roll roll;
  const std::clock_t began = std::clock();
  world.Do([&](Step& step) {
    testing::Deploy(step, service, next);
    return 0;
  });
  const model::TimeMs until = world.now + 10 * model::kMinuteMs;
  model::DueItem item;
  while (world.state().PeekDue(&item) && item.at <= until) {
    world.state().PopDue(item);
    world.now = std::max(world.now, item.at);
    Step step = world.NewStep();
    control::Fire(step, item);
    control::Settle(step);
    ++roll.events;
    if (roll.events % 512 == 0) world.state().TakeChanges(world.now);
  }
  roll.cpu_seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  const auto& row = world.state().Get<model::Service>(service);
  EXPECT_EQ(row.running_tasks, static_cast<std::uint32_t>(tasks));
  EXPECT_EQ(row.deployments.count, 1u);
  EXPECT_EQ(world.state().Get<model::Deployment>(row.primary).definition, next);
  return roll;
}

TEST(Services, RollTenThousandTasksInSeconds) {
  for (const bool latencies : {false, true}) {
    const Roll small = RollTasks(1'000, latencies);
    const Roll large = RollTasks(10'000, latencies);
    std::cout << (latencies ? "with" : "without") << " latencies: 1,000 tasks " << small.events << " events "
              << small.cpu_seconds << " s, 10,000 tasks " << large.events << " events " << large.cpu_seconds << " s\n";
    EXPECT_LT(large.cpu_seconds, 20.0);  // loose: the figure is for the eye, the bound for the square
  }
}

}  // namespace
}  // namespace ecsmi
