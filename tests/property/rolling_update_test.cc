// A service of ten thousand tasks rolls in virtual time, its bounds checked at every event.
#include <ctime>
#include <iostream>

#include "builders/service_rows.h"
#include "ecsmi/core/reconcile.h"

namespace ecsmi {
namespace {

using control::Step;
using model::TaskClass;
using testing::BareWorld;

constexpr std::int32_t kTasks = 10'000;

class Rolling {
 public:
  Rolling(std::int32_t minimum_healthy_percent, std::int32_t maximum_percent)
      : bounds_(core::BoundsOf(kTasks, minimum_healthy_percent, maximum_percent)), world_(WithoutLimits()) {
    const model::Serial cluster = world_.AddCluster();
    testing::ServiceRow wanted;
    wanted.cluster = cluster;
    wanted.provider = world_.AddProvider(cluster, 3);
    wanted.definition = first_ = AddDefinition();
    wanted.desired = kTasks;
    wanted.minimum_healthy_percent = minimum_healthy_percent;
    wanted.maximum_percent = maximum_percent;
    wanted.breaker = true;
    service_ = world_.Do([&](Step& step) { return testing::AddService(step, wanted); });
    world_.Advance(10 * model::kMinuteMs);
    next_ = AddDefinition();
    world_.state().TakeChanges(world_.now);
  }

  // Rolls to the next definition. `break_at`: how many tasks run it when every further one begins to fail its health
  // check; none = 0. CPU seconds.
  double Roll(std::uint32_t break_at) {
    EXPECT_EQ(Row().running_tasks, static_cast<std::uint32_t>(kTasks));
    const std::clock_t began = std::clock();
    world_.Do([&](Step& step) {
      testing::Deploy(step, service_, next_);
      return 0;
    });
    const model::Serial deployment = Row().primary;
    const model::TimeMs until = world_.now + 30 * model::kMinuteMs;
    model::DueItem item;
    while (world_.state().PeekDue(&item) && item.at <= until) {
      world_.state().PopDue(item);
      world_.now = std::max(world_.now, item.at);
      Step step = world_.NewStep();
      control::Fire(step, item);
      control::Settle(step);
      Check();
      if (::testing::Test::HasFatalFailure()) break;
      if (++events_ % 512 == 0) world_.state().TakeChanges(world_.now);
      const auto* row = world_.state().Find<model::Deployment>(deployment);
      if (break_at > 0 && row != nullptr && row->running_tasks >= break_at) {
        break_at = 0;
        world_.state().Update<model::TaskDefinition>(next_, [](model::TaskDefinition& definition) {
          definition.containers[0].behavior.fail = model::InjectedFailure::kHealth;
        });
      }
    }
    return static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  }

  const model::Service& Row() { return world_.state().Get<model::Service>(service_); }
  const model::ServiceDeployment& Newest() {
    return world_.state().Get<model::ServiceDeployment>(Row().service_deployment);
  }
  // The definition that all RUNNING tasks have; 0 when they differ.
  model::Serial RunningDefinition() {
    model::Serial definition = model::kNoSerial;
    bool differ = false;
    world_.state().table<model::Task>().ForEach([&](const model::Task& task) {
      if (task.status != model::TaskStatus::kRunning || task.desired_stopped) return;
      differ = differ || (definition != model::kNoSerial && definition != task.definition);
      definition = task.definition;
    });
    return differ ? model::kNoSerial : definition;
  }
  std::uint64_t events() const { return events_; }
  model::Serial first() const { return first_; }
  model::Serial next() const { return next_; }

 private:
  static control::Settings WithoutLimits() {
    control::Settings settings;
    settings.limits = false;
    return settings;
  }
  model::Serial AddDefinition() {
    const model::Serial definition = world_.AddDefinition({256, 512, 0, 1});
    world_.state().Update<model::TaskDefinition>(
        definition, [](model::TaskDefinition& row) { row.containers[0].has_health_check = true; });
    return definition;
  }

  // By the tallies, which are right by other properties; by the tasks' rows every so often.
  void Check() {
    std::int32_t healthy = 0;
    std::int32_t all = 0;
    world_.state().ForEachIn<model::Deployment>(
        Row().deployments, &model::Deployment::in_service, [&](const model::Deployment& row) {
          model::DeploymentTally& tally = *world_.state().TallyOf(row.serial);
          tally.AdvanceTo(world_.now);
          healthy += static_cast<std::int32_t>(tally.count(TaskClass::kHealthy));
          all += static_cast<std::int32_t>(row.running_tasks + row.pending_tasks);
        });
    ASSERT_GE(healthy, bounds_.lower) << "event " << events_;
    ASSERT_LE(all, bounds_.upper) << "event " << events_;
    if (events_ % 16'384 != 0) return;
    std::int32_t healthy_rows = 0;
    std::int32_t all_rows = 0;
    world_.state().table<model::Task>().ForEach([&](const model::Task& task) {
      if (task.status > model::TaskStatus::kRunning) return;
      ++all_rows;
      healthy_rows += task.status == model::TaskStatus::kRunning && task.health == model::HealthStatus::kHealthy;
    });
    ASSERT_EQ(healthy_rows, healthy);
    ASSERT_EQ(all_rows, all);
  }

  const core::DeploymentBounds bounds_;
  BareWorld world_;
  model::Serial service_ = model::kNoSerial;
  model::Serial first_ = model::kNoSerial;
  model::Serial next_ = model::kNoSerial;
  std::uint64_t events_ = 0;
};

struct Percents {
  std::int32_t minimum_healthy;
  std::int32_t maximum;
};
constexpr Percents kPercents[] = {{100, 200}, {50, 100}};
// A fifth of a second on a quiet machine; printed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kCpuSecondsMax = 20.0;  // what it takes under a sanitizer says nothing
#else
constexpr double kCpuSecondsMax = 1.0;
#endif

TEST(RollingUpdate, OfTenThousandTasksKeepsItsBoundsAtEveryEvent) {
  for (const Percents& percents : kPercents) {
    Rolling rolling(percents.minimum_healthy, percents.maximum);
    const double seconds = rolling.Roll(/*break_at=*/0);
    std::cout << percents.minimum_healthy << "/" << percents.maximum << ": " << rolling.events() << " events, "
              << seconds << " s of CPU\n";
    EXPECT_EQ(rolling.Row().running_tasks, static_cast<std::uint32_t>(kTasks));
    EXPECT_EQ(rolling.RunningDefinition(), rolling.next());
    EXPECT_EQ(rolling.Newest().status, model::ServiceDeploymentStatus::kSuccessful);
    EXPECT_LT(seconds, kCpuSecondsMax);
  }
}

TEST(RollingUpdate, OfTenThousandTasksGoesBackWithinItsBoundsWhenTheBreakerTrips) {
  for (const Percents& percents : kPercents) {
    Rolling rolling(percents.minimum_healthy, percents.maximum);
    const double seconds = rolling.Roll(/*break_at=*/kTasks / 4);
    std::cout << percents.minimum_healthy << "/" << percents.maximum << ", back from the middle: " << rolling.events()
              << " events, " << seconds << " s of CPU\n";
    EXPECT_EQ(rolling.Row().running_tasks, static_cast<std::uint32_t>(kTasks));
    EXPECT_EQ(rolling.RunningDefinition(), rolling.first());
    EXPECT_EQ(rolling.Newest().status, model::ServiceDeploymentStatus::kRollbackSuccessful);
    EXPECT_EQ(rolling.Newest().breaker_threshold, 200);  // D40
    EXPECT_LT(seconds, kCpuSecondsMax);
  }
}

}  // namespace
}  // namespace ecsmi
