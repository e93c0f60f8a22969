#include <string>
#include <vector>

#include "builders/deployments_world.h"

namespace ecsmi {
namespace {

using ::testing::Contains;
using testing::DeploymentsWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
namespace pb = ::ecsmi::ecs::v1;
using Status = pb::ServiceDeploymentStatus;
using Monitor = pb::ServiceDeploymentRollbackMonitorsStatus;

constexpr model::DurationMs kMinute = model::kMinuteMs;
constexpr char kInvalid[] = "InvalidParameterException";
constexpr char kBreaker[] = "deployment_configuration {deployment_circuit_breaker {enable: true rollback: true}}";

model::ContainerBehavior FailsToStart() {
  model::ContainerBehavior behavior;
  behavior.fail = model::InjectedFailure::kStart;
  return behavior;
}

TEST(ServiceDeployments, ACreatedServiceHasOneThatSucceedsOnceItIsSteady) {
  DeploymentsWorld world;
  const model::Serial definition = world.AddServiceDefinition();
  world.Create("web", definition, 2);
  pb::ServiceDeployment shown = world.Newest();
  EXPECT_EQ(shown.status(), Status::IN_PROGRESS);
  EXPECT_THAT(shown.service_deployment_arn(),
              MatchesRegex("arn:aws:ecs:us-east-1:000000000000:service-deployment/default/web/[A-Za-z0-9_-]{21}"));
  EXPECT_EQ(shown.service_arn(), "arn:aws:ecs:us-east-1:000000000000:service/default/web");
  EXPECT_EQ(shown.cluster_arn(), "arn:aws:ecs:us-east-1:000000000000:cluster/default");
  EXPECT_EQ(shown.started_at().seconds(), world.now / 1000);
  EXPECT_FALSE(shown.has_finished_at());
  EXPECT_THAT(shown.source_service_revisions(), IsEmpty());
  EXPECT_EQ(shown.target_service_revision().requested_task_count(), 2);
  EXPECT_EQ(shown.target_service_revision().pending_task_count(), 2);
  EXPECT_EQ(shown.deployment_configuration().maximum_percent(), 200);
  EXPECT_EQ(shown.deployment_circuit_breaker().status(), Monitor::DISABLED);
  EXPECT_EQ(shown.alarms().status(), Monitor::DISABLED);

  const pb::Service service = world.Describe("web");
  EXPECT_EQ(service.current_service_deployment(), shown.service_deployment_arn());
  ASSERT_EQ(service.current_service_revisions_size(), 1);
  EXPECT_EQ(service.current_service_revisions(0).arn(), shown.target_service_revision().arn());
  EXPECT_EQ(service.current_service_revisions(0).requested_task_count(), 2);
  // Terraform looks for the digits of ecs-svc/<digits> in the revision's ARN.
  EXPECT_THAT(shown.target_service_revision().arn(),
              ::testing::EndsWith("service-revision/default/web/" + service.deployments(0).id().substr(8)));

  world.Advance(3 * kMinute);
  shown = world.Newest();
  EXPECT_EQ(shown.status(), Status::SUCCESSFUL);
  EXPECT_FALSE(shown.has_status_reason());
  EXPECT_TRUE(shown.has_finished_at());
  EXPECT_FALSE(shown.has_stopped_at());
  EXPECT_EQ(shown.target_service_revision().running_task_count(), 2);
  EXPECT_FALSE(shown.has_rollback());
}

TEST(ServiceDeployments, AnUpdateOfTheTaskSideMakesOneAndNoOtherDoes) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 2, "availability_zone_rebalancing: DISABLED");
  world.Advance(3 * kMinute);
  const std::string first = world.Newest().target_service_revision().arn();
  world.Update("desired_count: 3");
  EXPECT_EQ(world.Arns().size(), 1u);  // D6
  world.Advance(3 * kMinute);
  world.Update("force_new_deployment: true");
  EXPECT_EQ(world.Arns().size(), 2u);
  world.Advance(20'000);
  pb::ServiceDeployment shown = world.Newest();
  ASSERT_EQ(shown.source_service_revisions_size(), 1);
  EXPECT_EQ(shown.source_service_revisions(0).arn(), first);
  EXPECT_EQ(shown.source_service_revisions(0).running_task_count(), 3);
  EXPECT_NE(shown.target_service_revision().arn(), first);
  EXPECT_EQ(shown.target_service_revision().requested_task_count(), 3);
  EXPECT_EQ(world.Describe("web").current_service_revisions_size(), 2);
  world.Advance(10 * kMinute);
  shown = world.Newest();
  EXPECT_EQ(shown.status(), Status::SUCCESSFUL);
  EXPECT_EQ(shown.source_service_revisions(0).running_task_count(), 0);
  EXPECT_EQ(shown.target_service_revision().running_task_count(), 3);
  // What it ended with stays, whatever the service does later.
  world.Update("desired_count: 1");
  world.Advance(5 * kMinute);
  EXPECT_EQ(world.Newest().target_service_revision().running_task_count(), 3);
}

TEST(ServiceDeployments, ANewerOneStopsTheOneUnderWay) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 2);
  world.Advance(3 * kMinute);
  world.Update("force_new_deployment: true");
  world.Advance(5'000);
  world.Update("force_new_deployment: true");
  const pb::ServiceDeployment stopped = world.Newest(1);
  EXPECT_EQ(stopped.status(), Status::STOPPED);
  EXPECT_EQ(stopped.status_reason(), "Service deployment stopped because a newer one was started.");
  EXPECT_TRUE(stopped.has_stopped_at());
  EXPECT_EQ(world.Newest().source_service_revisions_size(), 2);
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Newest().status(), Status::SUCCESSFUL);
}

TEST(ServiceDeployments, TheCircuitBreakerRollsBackAndSaysWhy) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 2, kBreaker);
  world.Advance(3 * kMinute);
  const std::string good = world.Newest().target_service_revision().arn();
  world.Roll(world.AddServiceDefinition(FailsToStart()));
  EXPECT_EQ(world.Newest().deployment_circuit_breaker().status(), Monitor::MONITORING);
  EXPECT_EQ(world.Newest().deployment_circuit_breaker().threshold(), 3);  // D40
  std::vector<int> seen;
  for (int i = 0; i < 600; ++i) {
    const int status = world.Newest().status();
    if (seen.empty() || seen.back() != status) seen.push_back(status);
    world.Advance(1'000);
  }
  EXPECT_THAT(seen, ElementsAre(Status::IN_PROGRESS, Status::ROLLBACK_IN_PROGRESS, Status::ROLLBACK_SUCCESSFUL));
  const pb::ServiceDeployment shown = world.Newest();
  EXPECT_EQ(shown.status_reason(),
            "Service deployment rolled back because the circuit breaker threshold was exceeded.");
  EXPECT_EQ(shown.rollback().reason(), shown.status_reason());
  EXPECT_EQ(shown.rollback().service_revision_arn(), good);
  EXPECT_GT(shown.rollback().started_at().seconds(), shown.started_at().seconds());
  EXPECT_LE(shown.rollback().started_at().seconds(), shown.finished_at().seconds());
  EXPECT_EQ(shown.deployment_circuit_breaker().status(), Monitor::TRIGGERED);
  EXPECT_EQ(shown.deployment_circuit_breaker().failure_count(), 3);
  EXPECT_EQ(shown.target_service_revision().running_task_count(), 0);
  EXPECT_EQ(shown.source_service_revisions(0).running_task_count(), 2);
  EXPECT_EQ(world.Arns().size(), 2u);  // the way back is no deployment of its own
}

TEST(ServiceDeployments, WithoutACandidateTheRollbackFails) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(FailsToStart()), 2, kBreaker);
  world.Advance(20 * kMinute);
  const pb::ServiceDeployment shown = world.Newest();
  EXPECT_EQ(shown.status(), Status::ROLLBACK_FAILED);
  EXPECT_EQ(shown.status_reason(), "No rollback candidate was found to run the rollback.");
}

TEST(ServiceDeployments, WithoutRollbackAFailedOneIsStopped) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(FailsToStart()), 2,
               "deployment_configuration {deployment_circuit_breaker {enable: true rollback: false}}");
  world.Advance(20 * kMinute);
  const pb::ServiceDeployment shown = world.Newest();
  EXPECT_EQ(shown.status(), Status::STOPPED);
  EXPECT_EQ(shown.status_reason(), "Service deployment stopped because the circuit breaker threshold was exceeded.");
  EXPECT_TRUE(shown.has_stopped_at());
}

TEST(ServiceDeployments, ThresholdsOfEveryFormAreShownAndTrip) {
  struct Case {
    const char* threshold;
    int desired;
    int expected;
  };
  for (const Case& c : {Case{"", 8, 4}, Case{"threshold_configuration {type: COUNT value: 2}", 8, 2},
                        Case{"threshold_configuration {type: COUNT value: 1}", 1, 1},
                        Case{"threshold_configuration {type: BOUNDED_PERCENT value: 10}", 8, 3},
                        Case{"threshold_configuration {type: BOUNDED_PERCENT value: 100}", 8, 8},
                        Case{"threshold_configuration {type: UNBOUNDED_PERCENT value: 10}", 8, 1},
                        Case{"threshold_configuration {type: UNBOUNDED_PERCENT value: 100}", 8, 8}}) {  // D42
    SCOPED_TRACE(c.threshold);
    DeploymentsWorld world;
    world.Create("web", world.AddServiceDefinition(FailsToStart()), c.desired,
                 "deployment_configuration {deployment_circuit_breaker {enable: true rollback: false " +
                     std::string(c.threshold) + "}}");
    EXPECT_EQ(world.Newest().deployment_circuit_breaker().threshold(), c.expected);
    world.Advance(30 * kMinute);
    EXPECT_EQ(world.Newest().deployment_circuit_breaker().status(), Monitor::TRIGGERED);
    EXPECT_EQ(world.Newest().deployment_circuit_breaker().threshold(), c.expected);
    EXPECT_GE(world.Newest().deployment_circuit_breaker().failure_count(), c.expected);
  }
}

TEST(StopServiceDeployment, RollsBackToWhatCompletedLast) {
  for (const char* type : {"", "stop_type: ROLLBACK"}) {  // D72
    DeploymentsWorld world;
    const model::Serial good = world.AddServiceDefinition();
    const model::Serial service = world.Create("web", good, 2);
    world.Advance(3 * kMinute);
    world.Roll(world.AddServiceDefinition());
    while (world.Newest().target_service_revision().running_task_count() == 0) world.Advance(1'000);
    const std::string arn = world.Newest().service_deployment_arn();
    EXPECT_TRUE(world.Stop(arn, type).ok());
    pb::ServiceDeployment shown = world.Newest();
    EXPECT_EQ(shown.status(), Status::ROLLBACK_IN_PROGRESS);
    EXPECT_EQ(shown.rollback().service_revision_arn(), shown.source_service_revisions(0).arn());
    EXPECT_TRUE(world.Stop(arn).ok());  // it goes on
    world.Advance(10 * kMinute);
    shown = world.Newest();
    EXPECT_EQ(shown.status(), Status::ROLLBACK_SUCCESSFUL);
    EXPECT_EQ(shown.status_reason(), "Service deployment rolled back because a rollback was requested.");
    EXPECT_FALSE(shown.has_stopped_at());
    for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) {
      EXPECT_EQ(task.definition, good);
    }
    EXPECT_EQ(world.Describe("web").running_count(), 2);
    EXPECT_EQ(world.Describe("web").deployments_size(), 1);
    const absl::Status again = world.Stop(arn);
    EXPECT_EQ(testing::ExceptionName(again), "ConflictException");
  }
}

TEST(StopServiceDeployment, AbortLeavesThingsAsTheyAre) {
  DeploymentsWorld world;
  const model::Serial good = world.AddServiceDefinition();
  const model::Serial service = world.Create("web", good, 4);
  world.Advance(3 * kMinute);
  world.Roll(world.AddServiceDefinition());
  world.Advance(10'000);
  EXPECT_TRUE(world.Stop(world.Newest().service_deployment_arn(), "stop_type: ABORT").ok());
  const pb::ServiceDeployment shown = world.Newest();
  EXPECT_EQ(shown.status(), Status::STOPPED);
  EXPECT_EQ(shown.status_reason(), "Service deployment stopped because a stop was requested.");
  EXPECT_TRUE(shown.has_stopped_at());
  EXPECT_EQ(world.Describe("web").deployments(0).rollout_state(), pb::DeploymentRolloutState::FAILED);
  const std::uint32_t tasks = world.state().Get<model::Service>(service).tasks.count;
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.state().Get<model::Service>(service).tasks.count, tasks);  // D28: nothing more is started
  EXPECT_EQ(world.Describe("web").running_count(), 4);
  // A newer deployment takes over.
  world.Roll(good);
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Newest().status(), Status::SUCCESSFUL);
}

TEST(StopServiceDeployment, WithNothingToGoBackToFails) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 2);
  EXPECT_TRUE(world.Stop(world.Newest().service_deployment_arn()).ok());
  EXPECT_EQ(world.Newest().status(), Status::ROLLBACK_FAILED);
}

TEST(StopServiceDeployment, RefusesBadInputAndChangesNothing) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 1);
  world.Advance(5 * kMinute);
  const std::string arn = world.Newest().service_deployment_arn();
  const std::string prefix = "arn:aws:ecs:us-east-1:000000000000:service-deployment/default/web/";
  const std::string unknown = "ServiceDeploymentNotFoundException";
  world.ExpectRefused(
      api::CheckStopServiceDeployment, api::StopServiceDeployment,
      {{"", kInvalid, {"serviceDeploymentArn"}},
       {"service_deployment_arn: 'web'", kInvalid, {"serviceDeploymentArn", "'web'"}},
       {"service_deployment_arn: 'arn:aws:ecs:us-east-1:000000000000:service/default/web'", kInvalid, {"service"}},
       {"service_deployment_arn: 'arn:aws:ecs:us-east-1:000000000000:service-deployment/web/x'", kInvalid, {"web/x"}},
       {"service_deployment_arn: '" + prefix + "AAAAAAAAAAAAAAAAAAAAA'", unknown, {"was not found"}},
       {"service_deployment_arn: '" + prefix + "x'", unknown, {"was not found"}},
       {"service_deployment_arn: '" + std::string(arn).replace(arn.find("/web/"), 5, "/api/") + "'", unknown, {}},
       {"service_deployment_arn: '" + std::string(arn).replace(arn.find("us-east-1"), 9, "us-west-2") + "'",
        unknown,
        {}},
       {"service_deployment_arn: '" + arn + "'", "ConflictException", {"finished"}}});
}

TEST(ListServiceDeployments, FiltersByStatusAndTimeAndPages) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 0);
  std::vector<std::int64_t> created = {world.now / 1000};
  for (int i = 0; i < 24; ++i) {
    world.Advance(kMinute);
    world.Update("force_new_deployment: true");
    created.push_back(world.now / 1000);
  }
  const std::vector<std::string> all = world.Arns("max_results: 100");
  EXPECT_EQ(all.size(), 25u);
  pb::ListServiceDeploymentsResponse page = world.List();
  EXPECT_EQ(page.service_deployments_size(), 20);                                 // D71
  EXPECT_EQ(page.service_deployments(0).created_at().seconds(), created.back());  // newest first
  page = world.List("next_token: '" + page.next_token() + "'");
  EXPECT_EQ(page.service_deployments_size(), 5);
  EXPECT_FALSE(page.has_next_token());
  EXPECT_EQ(page.service_deployments(4).service_deployment_arn(), all.back());

  const auto at = [&](int i) { return "{seconds: " + std::to_string(created[static_cast<std::size_t>(i)]) + "}"; };
  EXPECT_EQ(world.Arns("created_at {after: " + at(20) + "}").size(), 4u);
  EXPECT_EQ(world.Arns("created_at {before: " + at(20) + "}").size(), 20u);
  EXPECT_EQ(world.Arns("created_at {after: " + at(3) + " before: " + at(5) + "}").size(), 1u);
  EXPECT_EQ(world.Arns("status: SUCCESSFUL max_results: 100").size(), 25u);
  EXPECT_THAT(world.Arns("status: IN_PROGRESS status: STOPPED"), IsEmpty());
  world.Update("desired_count: 1 force_new_deployment: true");
  EXPECT_EQ(world.Arns("status: IN_PROGRESS status: STOPPED").size(), 1u);
  EXPECT_EQ(world.Arns("status: IN_PROGRESS status: SUCCESSFUL max_results: 100").size(), 26u);
}

TEST(ListServiceDeployments, RefusesBadInputAndChangesNothing) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 1);
  world.ExpectRefused(api::CheckListServiceDeployments, api::ListServiceDeployments,
                      {{"", kInvalid, {"service"}},
                       {"service: 'web' cluster: 'gone'", "ClusterNotFoundException", {"Cluster not found."}},
                       {"service: 'gone'", "ServiceNotFoundException", {"Service not found."}},
                       {"service: 'a b'", kInvalid, {"a b"}},
                       {"service: 'web' max_results: 0", kInvalid, {"maxResults", "0"}},
                       {"service: 'web' max_results: 101", kInvalid, {"maxResults", "101"}},
                       {"service: 'web' status: 77", kInvalid, {"status"}},
                       {"service: 'web' next_token: 'x'", kInvalid, {"Invalid token"}}});
}

TEST(DescribeServiceDeployments, NamesWhatIsMissing) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 1);
  const std::string arn = world.Newest().service_deployment_arn();
  const std::string gone = "arn:aws:ecs:us-east-1:000000000000:service-deployment/default/web/AAAAAAAAAAAAAAAAAAAAA";
  const auto shown = world.Call(api::CheckDescribeServiceDeployments, api::DescribeServiceDeployments,
                                "service_deployment_arns: '" + arn + "' service_deployment_arns: '" + gone + "'");
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->service_deployments_size(), 1);
  ASSERT_EQ(shown->failures_size(), 1);
  EXPECT_EQ(shown->failures(0).arn(), gone);
  EXPECT_EQ(shown->failures(0).reason(), "MISSING");
  std::string many;
  for (int i = 0; i < 21; ++i) many += "service_deployment_arns: '" + arn + "' ";
  world.ExpectRefused(api::CheckDescribeServiceDeployments, api::DescribeServiceDeployments,
                      {{"", kInvalid, {"serviceDeploymentArns cannot be empty."}},
                       {many, kInvalid, {"serviceDeploymentArns", "21", "20"}},
                       {"service_deployment_arns: 'x'", kInvalid, {"serviceDeploymentArns[0]", "'x'"}}});
}

TEST(DescribeServiceRevisions, AreImmutableSnapshots) {
  DeploymentsWorld world;
  const auto in_vpc = [&] {
    const model::Serial definition = world.AddServiceDefinition();
    world.state().Update<model::TaskDefinition>(
        definition, [](model::TaskDefinition& row) { row.network_mode = model::NetworkMode::kAwsvpc; });
    return definition;
  };
  const model::Serial first = in_vpc();
  world.Create("web", first, 1, "network_configuration {awsvpc_configuration {subnets: 'subnet-00000000'}} ");
  const std::string arn = world.Newest().target_service_revision().arn();
  const pb::ServiceRevision before = world.Revision(arn);
  EXPECT_EQ(before.service_revision_arn(), arn);
  EXPECT_EQ(before.service_arn(), world.Describe("web").service_arn());
  EXPECT_THAT(before.task_definition(), HasSubstr(world.NameOf(first)));
  EXPECT_EQ(before.capacity_provider_strategy_size(), 1);
  EXPECT_EQ(before.network_configuration().awsvpc_configuration().subnets(0), "subnet-00000000");
  EXPECT_EQ(before.created_at().seconds(), world.now / 1000);
  world.Advance(3 * kMinute);
  world.Roll(in_vpc());
  world.Advance(10 * kMinute);
  EXPECT_EQ(world.Revision(arn).SerializeAsString(), before.SerializeAsString());
  const std::string gone = "arn:aws:ecs:us-east-1:000000000000:service-revision/default/web/1234567890123456789";
  const auto missing = world.Call(api::CheckDescribeServiceRevisions, api::DescribeServiceRevisions,
                                  "service_revision_arns: '" + gone + "'");
  ASSERT_TRUE(missing.ok()) << missing.status();
  ASSERT_EQ(missing->failures_size(), 1);
  EXPECT_EQ(missing->failures(0).reason(), "MISSING");
  world.ExpectRefused(
      api::CheckDescribeServiceRevisions, api::DescribeServiceRevisions,
      {{"", kInvalid, {"serviceRevisionArns cannot be empty."}},
       {"service_revision_arns: '" + world.Newest().service_deployment_arn() + "'", kInvalid, {"service-revision"}}});
}

TEST(ServiceDeployments, AreKeptNinetyDaysAndRevisionsAsLongAsTheyAreNamed) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 0);
  world.Advance(kMinute);
  const std::string first = world.Newest().service_deployment_arn();
  const std::string revision = world.Newest().target_service_revision().arn();
  world.Advance(80 * model::kDayMs);
  world.Update("force_new_deployment: true");
  world.Advance(9 * model::kDayMs);
  EXPECT_EQ(world.Arns().size(), 2u);
  world.Advance(2 * model::kDayMs);
  EXPECT_THAT(world.Arns(), Not(Contains(first)));
  EXPECT_EQ(world.Arns().size(), 1u);
  EXPECT_EQ(world.Newest().source_service_revisions(0).arn(), revision);
  world.Revision(revision);  // still named by the newer one
  world.Advance(90 * model::kDayMs);
  EXPECT_THAT(world.Arns(), IsEmpty());
  EXPECT_EQ(world.state().table<model::ServiceRevision>().size(), 1u);  // the PRIMARY's
  EXPECT_FALSE(world.Describe("web").has_current_service_deployment());
}

TEST(ServiceDeployments, GoWithTheirServiceAndTheServiceADayAfterItsDeletion) {
  DeploymentsWorld world;
  world.Create("web", world.AddServiceDefinition(), 2);
  world.Advance(3 * kMinute);
  world.Update("force_new_deployment: true");
  const std::string arn = world.Newest().service_deployment_arn();
  const auto deleted = world.Call(api::CheckDeleteService, api::DeleteService, "service: 'web' force: true");
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(world.DescribeOne(arn).status(), Status::STOPPED);
  world.Advance(5 * kMinute);
  EXPECT_EQ(world.Describe("web").status(), "INACTIVE");
  EXPECT_EQ(world.state().table<model::ServiceDeployment>().size(), 0u);
  EXPECT_EQ(world.state().table<model::ServiceRevision>().size(), 1u);
  world.Advance(23 * model::kHourMs);
  EXPECT_EQ(world.Describe("web").status(), "INACTIVE");
  world.Advance(2 * model::kHourMs);
  for (const std::size_t rows :
       {world.state().table<model::Service>().size(), world.state().table<model::Deployment>().size(),
        world.state().table<model::ServiceEvent>().size(), world.state().table<model::ServiceRevision>().size(),
        world.state().table<model::Task>().size()}) {
    EXPECT_EQ(rows, 0u);
  }
  const auto gone = world.Call(api::CheckDescribeServices, api::DescribeServices, "services: 'web'");
  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(gone->failures_size(), 1);
}

}  // namespace
}  // namespace ecsmi
