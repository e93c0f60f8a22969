#include <algorithm>

#include "builders/service_world.h"

namespace ecsmi {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using testing::ServiceWorld;
namespace pb = ::ecsmi::ecs::v1;

constexpr model::DurationMs kMinute = model::kMinuteMs;

class DeploymentWorld : public ServiceWorld {
 public:
  using ServiceWorld::ServiceWorld;
  void Update(const std::string& text) {
    const auto response = Call(api::CheckUpdateService, api::UpdateService, "service: 'web' " + text);
    ASSERT_TRUE(response.ok()) << response.status();
  }
  // Healthy RUNNING tasks, and all that are RUNNING or pending, by the rows alone.
  struct Standing {
    int healthy = 0;
    int all = 0;
  };
  Standing Count(model::Serial service) {
    Standing standing;
    state().table<model::Task>().ForEach([&](const model::Task& task) {
      if (task.service != service || task.desired_stopped || task.status > model::TaskStatus::kRunning) return;
      ++standing.all;
      if (task.status != model::TaskStatus::kRunning || task.health == model::HealthStatus::kUnhealthy) return;
      standing.healthy += task.health == model::HealthStatus::kHealthy || task.started_at + 40'000 <= now;
    });
    return standing;
  }
  // Runs on in small steps and says how far the counts went.
  struct Extremes {
    int least_healthy = 1'000'000;
    int most = 0;
  };
  Extremes Watch(model::Serial service, model::DurationMs by) {
    Extremes seen;
    const model::TimeMs until = now + by;
    while (now < until) {
      const Standing standing = Count(service);
      seen.least_healthy = std::min(seen.least_healthy, standing.healthy);
      seen.most = std::max(seen.most, standing.all);
      Advance(500);
    }
    return seen;
  }
};

TEST(RollingUpdate, KeepsItsBounds) {
  struct Case {
    const char* percents;
    int lower;
    int upper;
  };
  for (const Case& c : {Case{"minimum_healthy_percent: 100 maximum_percent: 200", 4, 8},
                        Case{"minimum_healthy_percent: 50 maximum_percent: 100", 2, 4},
                        Case{"minimum_healthy_percent: 0 maximum_percent: 100", 0, 4},
                        Case{"minimum_healthy_percent: 100 maximum_percent: 125", 4, 5},
                        Case{"minimum_healthy_percent: 75 maximum_percent: 150", 3, 6}}) {
    SCOPED_TRACE(c.percents);
    DeploymentWorld world;
    const model::Serial service = world.Create("web", world.AddServiceDefinition(), 4,
                                               "deployment_configuration {" + std::string(c.percents) + "}");
    world.Advance(3 * kMinute);
    const model::Serial next = world.AddServiceDefinition();
    world.Update("task_definition: '" + world.NameOf(next) + "'");
    EXPECT_EQ(world.Describe("web").deployments_size(), 2);
    const auto seen = world.Watch(service, 15 * kMinute);
    EXPECT_GE(seen.least_healthy, c.lower);
    EXPECT_LE(seen.most, c.upper);
    EXPECT_EQ(seen.most, c.upper);
    const pb::Service shown = world.Describe("web");
    ASSERT_EQ(shown.deployments_size(), 1);
    EXPECT_EQ(shown.deployments(0).rollout_state(), pb::DeploymentRolloutState::COMPLETED);
    EXPECT_EQ(shown.running_count(), 4);
    for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) {
      EXPECT_EQ(task.definition, next);
    }
    EXPECT_THAT(world.Events("web").back(), HasSubstr("has reached a steady state."));
    EXPECT_THAT(world.Events("web")[world.Events("web").size() - 2], HasSubstr("deployment completed."));  // D33
  }
}

TEST(RollingUpdate, WithNoRoomToMoveSaysSoOnceAndAgainAfterSixHours) {
  DeploymentWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 2,
                                             "deployment_configuration {minimum_healthy_percent: 100 maximum_percent: "
                                             "100}");
  world.Advance(3 * kMinute);
  world.Update("force_new_deployment: true");
  world.Advance(kMinute);
  const std::string stuck =
      "(service web) was unable to stop or start tasks during a deployment because of the service deployment "
      "configuration. Update the minimumHealthyPercent or maximumPercent value and try again.";
  const auto said = [&] { return std::ranges::count(world.Events("web"), stuck); };
  EXPECT_EQ(said(), 1);  // D23, D24
  world.Advance(5 * model::kHourMs);
  EXPECT_EQ(said(), 1);  // D11
  world.Advance(kMinute * 60);
  EXPECT_EQ(said(), 2);
  world.Update("deployment_configuration {minimum_healthy_percent: 50}");
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Describe("web").deployments_size(), 1);
  EXPECT_EQ(world.TasksOf(service, model::TaskStatus::kRunning).size(), 2u);
}

TEST(RollingUpdate, ANewerDeploymentSupersedesTheOneUnderWay) {
  DeploymentWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 4);
  world.Advance(3 * kMinute);
  world.Update("force_new_deployment: true");
  world.Advance(5'000);
  const model::Serial last = world.AddServiceDefinition();
  world.Update("task_definition: '" + world.NameOf(last) + "'");
  EXPECT_LE(world.Count(service).all, 8);
  const auto seen = world.Watch(service, 10 * kMinute);
  EXPECT_GE(seen.least_healthy, 4);
  EXPECT_LE(seen.most, 8);
  ASSERT_EQ(world.Describe("web").deployments_size(), 1);
  for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) EXPECT_EQ(task.definition, last);
}

TEST(RollingUpdate, ATaskDefinitionThatIsDeregisteredKeepsItsServiceGoing) {
  DeploymentWorld world;
  const model::Serial definition = world.AddServiceDefinition();
  const model::Serial service = world.Create("web", definition, 2);
  world.Advance(3 * kMinute);
  world.Do([&](control::Step& step) {
    step.state.Update<model::TaskDefinition>(
        definition, [](model::TaskDefinition& row) { row.status = model::TaskDefinitionStatus::kInactive; });
    return 0;
  });
  world.SetDesired(service, 4);  // C2
  world.Advance(3 * kMinute);
  EXPECT_EQ(world.TasksOf(service, model::TaskStatus::kRunning).size(), 4u);
  world.Update("desired_count: 5");
  world.Advance(3 * kMinute);
  EXPECT_EQ(world.Describe("web").running_count(), 5);
}

model::ContainerBehavior FailsToStart() {
  model::ContainerBehavior behavior;
  behavior.fail = model::InjectedFailure::kStart;
  return behavior;
}

TEST(CircuitBreaker, FailsTheDeploymentAndRollsBack) {
  DeploymentWorld world;
  const model::Serial good = world.AddServiceDefinition();
  const model::Serial service = world.Create(
      "web", good, 2, "deployment_configuration {deployment_circuit_breaker {enable: true rollback: true}}");
  world.Advance(3 * kMinute);
  const std::string before = world.Describe("web").deployments(0).id();
  const model::Serial bad = world.AddServiceDefinition(FailsToStart());
  world.Update("task_definition: '" + world.NameOf(bad) + "'");
  const std::string failing = world.Describe("web").deployments(0).id();
  EXPECT_EQ(world.Watch(service, 10 * kMinute).least_healthy, 2);  // the old tasks never left
  const pb::Service shown = world.Describe("web");
  ASSERT_EQ(shown.deployments_size(), 1);
  EXPECT_EQ(shown.deployments(0).id(), before);
  EXPECT_EQ(shown.deployments(0).rollout_state(), pb::DeploymentRolloutState::COMPLETED);
  EXPECT_THAT(shown.task_definition(), HasSubstr(world.NameOf(good)));
  const auto events = world.Events("web");
  EXPECT_THAT(events, Contains("(service web) (deployment " + failing + ") deployment failed: tasks failed to start."));
  EXPECT_THAT(events, Contains("(service web) rolling back to deployment " + before + "."));  // D43
  EXPECT_THAT(events.back(), HasSubstr("has reached a steady state."));
}

TEST(CircuitBreaker, WithoutACompletedDeploymentStaysFailedAndStartsNothingMore) {
  DeploymentWorld world;
  const model::Serial service =
      world.Create("web", world.AddServiceDefinition(FailsToStart()), 2,
                   "deployment_configuration {deployment_circuit_breaker {enable: true rollback: true}}");
  world.Advance(20 * kMinute);
  const pb::Service shown = world.Describe("web");
  ASSERT_EQ(shown.deployments_size(), 1);
  EXPECT_EQ(shown.deployments(0).rollout_state(), pb::DeploymentRolloutState::FAILED);
  EXPECT_EQ(shown.deployments(0).rollout_state_reason(), "ECS deployment circuit breaker: tasks failed to start.");
  EXPECT_GE(shown.deployments(0).failed_tasks(), 3);            // D40
  EXPECT_EQ(shown.running_count() + shown.pending_count(), 0);  // D28
  std::uint32_t tasks = world.state().Get<model::Service>(service).tasks.count;
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.state().Get<model::Service>(service).tasks.count, tasks);
  // A newer deployment starts afresh.
  world.Update("task_definition: '" + world.NameOf(world.AddServiceDefinition()) + "'");
  world.Advance(3 * kMinute);
  EXPECT_EQ(world.Describe("web").running_count(), 2);
}

TEST(CircuitBreaker, DoesNotCountTasksThatWaitForCapacity) {
  control::Settings settings;
  settings.quotas = {{"standard", 0}};
  DeploymentWorld world(settings);
  world.Create("web", world.AddServiceDefinition(), 5,
               "deployment_configuration {deployment_circuit_breaker {enable: true rollback: false}}");
  world.Advance(20 * kMinute);
  EXPECT_EQ(world.Describe("web").deployments(0).rollout_state(), pb::DeploymentRolloutState::IN_PROGRESS);  // D44
  const auto events = world.Events("web");
  const auto refusals = std::ranges::count_if(events, [](const std::string& event) {
    return event.find(
               "was unable to place a task. Reason: ResourceInitializationError: Unable to launch instance(s) "
               "for capacity provider mi-") != std::string::npos &&
           event.find("VcpuLimitExceeded: You have requested more vCPU capacity") != std::string::npos;
  });
  EXPECT_GE(refusals, 3);  // B80, G27: at most every five minutes
  EXPECT_LE(refusals, 4);
}

TEST(Throttle, StretchesRetriesUntilATaskRuns) {
  DeploymentWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(FailsToStart()), 1);
  world.Advance(2 * model::kHourMs);
  const auto events = world.Events("web");
  EXPECT_THAT(events, Contains("(service web) is unable to consistently start tasks successfully."));  // D45
  const auto starts = std::ranges::count_if(
      events, [](const std::string& event) { return event.find("has started") != std::string::npos; });
  EXPECT_GE(starts, 8);
  EXPECT_LE(starts, 20);  // every 15 minutes in the end
  EXPECT_GE(world.Describe("web").deployments(0).failed_tasks(), starts - 1);
  world.Update("task_definition: '" + world.NameOf(world.AddServiceDefinition()) + "'");
  world.Advance(3 * kMinute);
  EXPECT_EQ(world.Describe("web").running_count(), 1);  // another definition is tried at once
  EXPECT_EQ(world.state().Get<model::Service>(service).start_failures, 0);
}

TEST(Throttle, ATaskThatExitsAtOnceIsStartedOnceASecondWithoutLatencies) {
  control::Settings settings;
  settings.latency = control::LatencyTable::None();
  DeploymentWorld world(settings);
  model::ContainerBehavior exits;
  exits.run_seconds = {model::DistributionKind::kConstant, 0, 0};
  const model::Serial service = world.Create("web", world.AddServiceDefinition(exits), 1);
  const std::uint32_t before = world.state().Get<model::Service>(service).tasks.count;
  world.Advance(kMinute);
  EXPECT_EQ(world.state().Get<model::Service>(service).tasks.count - before, 60u);
}

TEST(Health, AnUnhealthyTaskIsReplacedFirstAndThenStopped) {
  DeploymentWorld world;
  const model::Serial definition = world.AddServiceDefinition({}, /*health_check=*/true);
  const model::Serial service = world.Create("web", definition, 2);
  world.Advance(3 * kMinute);
  ASSERT_EQ(world.Describe("web").running_count(), 2);
  const model::Serial sick = world.TasksOf(service, model::TaskStatus::kRunning)[0].serial;
  world.Do([&](control::Step& step) {
    step.state.Update<model::Task>(sick, [](model::Task& row) { row.health = model::HealthStatus::kUnhealthy; });
    return 0;
  });
  EXPECT_EQ(world.Describe("web").running_count(), 2);  // D26: still there
  EXPECT_EQ(world.Describe("web").pending_count(), 1);
  world.Advance(3 * kMinute);
  const model::Task& gone = world.state().Get<model::Task>(sick);
  EXPECT_EQ(gone.status, model::TaskStatus::kStopped);
  EXPECT_EQ(world.state().DocumentBytes(gone.stopped_reason), "Task failed container health checks");  // C49a
  EXPECT_EQ(world.Describe("web").running_count(), 2);
  EXPECT_EQ(world.Describe("web").deployments(0).rollout_state(), pb::DeploymentRolloutState::COMPLETED);
}

TEST(ProvisioningLimit, ServicesShareFiveHundredPlacesPerCluster) {
  control::Settings settings;
  settings.quotas = {{"standard", 64}};
  DeploymentWorld world(settings);
  world.Create("web", world.AddServiceDefinition(), 600);
  EXPECT_EQ(world.Describe("web").pending_count(), 500);  // C44
  EXPECT_THAT(world.Events("web"),
              Contains("(service web) was unable to place tasks in your cluster because the tasks provisioning "
                       "capacity limit was exceeded."));
  world.Advance(5 * kMinute);
  const pb::Service shown = world.Describe("web");
  EXPECT_EQ(shown.running_count() + shown.pending_count(), 600);  // room came as tasks were placed
  EXPECT_GT(shown.running_count(), 100);
}

TEST(SteadyState, IsSaidAgainEverySixHoursAndKeepsNoWorldBusy) {
  DeploymentWorld world;
  world.Create("web", world.AddServiceDefinition(), 1);
  world.Advance(3 * kMinute);
  model::DueItem due;
  EXPECT_FALSE(world.state().PeekForegroundDue(&due));
  const auto said = [&] {
    return std::ranges::count(world.Events("web"), "(service web) has reached a steady state.");
  };
  EXPECT_EQ(said(), 1);
  world.Advance(6 * model::kHourMs);
  EXPECT_EQ(said(), 2);  // D54
}

TEST(Events, AtMostAHundredAreKeptNewestFirst) {
  DeploymentWorld world;
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 0);
  for (int i = 0; i < 120; ++i) world.SetDesired(service, i % 2 + 1);
  const pb::Service shown = world.Describe("web");
  EXPECT_EQ(shown.events_size(), 100);  // D11
  EXPECT_THAT(shown.events(0).message(), MatchesRegex(".*has started 1 tasks:.*"));
  EXPECT_GE(shown.events(0).created_at().seconds(), shown.events(99).created_at().seconds());
  EXPECT_THAT(shown.events(0).id(), MatchesRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
  EXPECT_THAT(world.Events("web"), Not(Contains(HasSubstr("deployment completed"))));  // the oldest went
}

TEST(Strategy, BaseAndWeightsCountOverTheWholeService) {
  DeploymentWorld world;
  const std::string first = world.state().Get<model::CapacityProvider>(world.provider).name;
  const model::Serial second = world.AddProvider(world.cluster, 2);
  const std::string other = world.state().Get<model::CapacityProvider>(second).name;
  world.state().Update<model::Cluster>(world.cluster,
                                       [&](model::Cluster& row) { row.capacity_providers.push_back(other); });
  const model::Serial service = world.Create("web", world.AddServiceDefinition(), 4,
                                             "capacity_provider_strategy {capacity_provider: '" + first +
                                                 "' weight: 1 base: 2} capacity_provider_strategy {capacity_provider: "
                                                 "'" +
                                                 other + "' weight: 3}");
  for (int desired = 5; desired <= 10; ++desired) world.SetDesired(service, desired);
  world.Advance(3 * kMinute);
  int on_first = 0;
  for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) {
    on_first += task.provider == world.provider;
  }
  EXPECT_EQ(on_first, 4);  // A78, T12
}

}  // namespace
}  // namespace ecsmi
