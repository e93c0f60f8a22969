// WatchEvents as a door asks for it, over the real engine: what is told of services, alarms and scaling, and how a
// watch goes on over restarts.
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "builders/emulator.h"
#include "ecsmi/emulator/v1/event.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace ecsmi {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::Emulator;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

control::Settings Fast() {
  control::Settings settings;
  settings.clock = control::ClockMode::kVirtual;
  return settings;
}

class WatchEventsTest : public ::testing::Test {
 protected:
  explicit WatchEventsTest(control::Settings settings = Fast()) : emulator(std::move(settings)) {}

  void Call(const std::string& name, const std::string& text) {
    const auto* method = Emulator::FindMethod(name);
    ASSERT_NE(method, nullptr) << name;
    const auto request = Emulator::NewMessage(method->input_type());
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
    const auto response = Emulator::NewMessage(method->output_type());
    const absl::Status status = emulator.Call(*method, *request, response.get());
    ASSERT_TRUE(status.ok()) << name << ": " << status;
  }
  absl::StatusOr<emu::WatchEventsResponse> Watch(const std::string& text) {
    emu::WatchEventsRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text + " follow: false", &request)) << text;
    return emulator.Watch(request);
  }
  std::vector<emu::Event> Told(const std::string& text = "from: OLDEST") {
    const auto all = Watch(text);
    EXPECT_TRUE(all.ok()) << all.status();
    return {all->events().begin(), all->events().end()};
  }

  // A service behind a provider, as tools make one.
  void MakeService(int count) {
    Call("CreateCluster", "cluster_name: 'web'");
    Call("CreateCapacityProvider",
         "name: 'mi' cluster: 'web' managed_instances_provider { infrastructure_role_arn: "
         "'arn:aws:iam::123456789012:role/infra' instance_launch_template { ec2_instance_profile_arn: "
         "'arn:aws:iam::123456789012:instance-profile/ecs' network_configuration { subnets: 'subnet-0000000a' } } }");
    Call("RunUntilQuiescent", "");
    Call("RegisterTaskDefinition",
         "family: 'web' requires_compatibilities: MANAGED_INSTANCES network_mode: awsvpc cpu: '256' memory: '512' "
         "container_definitions { name: 'main' image: 'example/web:1' }");
    Call("CreateService",
         "cluster: 'web' service_name: 'api' task_definition: 'web' desired_count: " + std::to_string(count) +
             " capacity_provider_strategy { capacity_provider: 'mi' weight: 1 } "
             "network_configuration { awsvpc_configuration { subnets: 'subnet-0000000a' } }");
    Call("RunUntilQuiescent", "");
  }

  static std::string Text(const emu::Event& event, const std::string& member) {
    const auto at = event.detail().fields().find(member);
    return at == event.detail().fields().end() ? "" : at->second.string_value();
  }
  static std::vector<std::string> Of(const std::vector<emu::Event>& events, emu::EventKind::Value kind,
                                     const std::string& member) {
    std::vector<std::string> values;
    for (const emu::Event& event : events) {
      if (event.kind() == kind) values.push_back(Text(event, member));
    }
    return values;
  }

  Emulator emulator;
};

TEST_F(WatchEventsTest, AServiceIsToldByItsActionsAndDeployments) {
  MakeService(2);
  const std::vector<emu::Event> events = Told();
  EXPECT_THAT(Of(events, emu::EventKind::DEPLOYMENT, "eventName"),
              ElementsAre("SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"));
  EXPECT_THAT(Of(events, emu::EventKind::SERVICE_ACTION, "eventName"),
              ElementsAre("TASKS_STARTED", "SERVICE_STEADY_STATE"));
  EXPECT_THAT(Of(events, emu::EventKind::SERVICE, "status"), ElementsAre("ACTIVE"));
  for (const emu::Event& event : events) {
    SCOPED_TRACE(event.ShortDebugString());
    EXPECT_EQ(event.version(), "0");
    EXPECT_EQ(event.account(), "000000000000");
    EXPECT_EQ(event.resources_size(), 1);
    if (event.kind() == emu::EventKind::DEPLOYMENT) {
      // H55, H57: no cluster in it, so that a rule on detail.clusterArn does not match.
      EXPECT_THAT(Text(event, "deploymentId"), HasSubstr("ecs-svc/"));
      EXPECT_THAT(Text(event, "reason"), HasSubstr(Text(event, "deploymentId")));
      EXPECT_EQ(Text(event, "clusterArn"), "");
      EXPECT_EQ(event.resources(0), "arn:aws:ecs:us-east-1:000000000000:service/web/api");
      EXPECT_EQ(event.detail_type(), "ECS Deployment State Change");
    }
    if (event.kind() == emu::EventKind::SERVICE_ACTION) {
      // H53: no version in it.
      EXPECT_EQ(Text(event, "clusterArn"), "arn:aws:ecs:us-east-1:000000000000:cluster/web");
      EXPECT_EQ(Text(event, "eventType"), "INFO");
      EXPECT_FALSE(event.detail().fields().contains("version"));
      EXPECT_EQ(event.detail_type(), "ECS Service Action");
    }
  }
}

TEST_F(WatchEventsTest, AFailingDeploymentIsToldAsFailed) {
  MakeService(1);
  Call("RegisterTaskDefinition",
       "family: 'bad' requires_compatibilities: MANAGED_INSTANCES network_mode: awsvpc cpu: '256' memory: '512' "
       "container_definitions { name: 'main' image: 'registry.invalid/web:1' }");
  Call("UpdateService",
       "cluster: 'web' service: 'api' task_definition: 'bad' deployment_configuration { deployment_circuit_breaker { "
       "enable: true rollback: true } }");
  Call("AdvanceClock", "by { seconds: 7200 }");
  const std::vector<emu::Event> events = Told("from: OLDEST kinds: DEPLOYMENT");
  EXPECT_THAT(
      Of(events, emu::EventKind::DEPLOYMENT, "eventName"),
      ElementsAre("SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_IN_PROGRESS",
                  "SERVICE_DEPLOYMENT_FAILED", "SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"));
  EXPECT_EQ(Text(events[3], "eventType"), "ERROR");
  EXPECT_EQ(Text(events[3], "reason"), "ECS deployment circuit breaker: task failed to start.");
  EXPECT_EQ(Text(events[4], "reason"),
            "ECS deployment circuit breaker: rolling back to deploymentId " + Text(events[4], "deploymentId") + ".");
}

TEST_F(WatchEventsTest, AnAlarmIsToldWithTheStateBeforeAndScalingWithItsCount) {
  MakeService(1);
  Call("RegisterScalableTarget",
       "service_namespace: ecs resource_id: 'service/web/api' scalable_dimension: ecs_service_DesiredCount "
       "min_capacity: 2 max_capacity: 4");
  Call("PutMetricAlarm",
       "alarm_name: 'busy' metric_name: 'Load' namespace: 'App' statistic: Average period: 60 evaluation_periods: 1 "
       "threshold: 5 comparison_operator: GreaterThanThreshold alarm_description: 'too much'");
  Call("SetAlarmState", "alarm_name: 'busy' state_value: ALARM state_reason: 'by hand'");
  Call("RunUntilQuiescent", "");
  const std::vector<emu::Event> events = Told();
  std::vector<const emu::Event*> alarms;
  for (const emu::Event& event : events) {
    if (event.kind() == emu::EventKind::ALARM) alarms.push_back(&event);
  }
  ASSERT_FALSE(alarms.empty());
  EXPECT_EQ(alarms[0]->source(), "aws.cloudwatch");
  EXPECT_EQ(alarms[0]->detail_type(), "CloudWatch Alarm State Change");
  const auto& detail = alarms[0]->detail().fields();
  EXPECT_EQ(detail.at("alarmName").string_value(), "busy");
  EXPECT_EQ(detail.at("state").struct_value().fields().at("value").string_value(), "ALARM");
  EXPECT_EQ(detail.at("state").struct_value().fields().at("reason").string_value(), "by hand");
  EXPECT_EQ(detail.at("previousState").struct_value().fields().at("value").string_value(), "INSUFFICIENT_DATA");
  EXPECT_EQ(detail.at("configuration").struct_value().fields().at("description").string_value(), "too much");
  EXPECT_THAT(Of(events, emu::EventKind::SCALING_ACTIVITY, "statusCode"), ElementsAre("InProgress", "Successful"));
  EXPECT_THAT(Of(events, emu::EventKind::SERVICE_ACTION, "eventName"), Contains("SERVICE_DESIRED_COUNT_UPDATED"));
}

TEST_F(WatchEventsTest, FiltersNarrowAndTheTokenMovesOnAllTheSame) {
  MakeService(2);
  const std::vector<emu::Event> all = Told();
  EXPECT_EQ(Told("from: OLDEST clusters: 'web'").size(), all.size());
  EXPECT_THAT(Told("from: OLDEST clusters: 'arn:aws:ecs:us-east-1:000000000000:cluster/other'"), IsEmpty());
  for (const emu::Event& event : Told("from: OLDEST services: 'arn:aws:ecs:us-east-1:000000000000:service/web/api'")) {
    EXPECT_NE(event.kind(), emu::EventKind::CONTAINER_INSTANCE);
    EXPECT_NE(event.kind(), emu::EventKind::CLUSTER);
  }
  const auto none = Watch("from: OLDEST tasks: '00000000000000000000000000000000'");
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->events_size(), 0);
  EXPECT_THAT(Told("resume_token: '" + none->resume_token() + "'"), IsEmpty());
  emulator.context.region = "eu-west-1";
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(WatchEventsTest, RefusesWhatItCannotDo) {
  MakeService(1);
  const std::string token = Watch("from: OLDEST")->resume_token();
  const struct {
    std::string request;
    std::string words;
  } kTable[] = {
      {"resume_token: 'nonsense'", "Invalid token"},
      {"resume_token: ''", "Invalid token"},
      {"resume_token: '" + token + "' from: OLDEST", "from cannot be given beside resumeToken"},
      {"clusters: 'a b'", "clusters[0] 'a b'"},
      {"clusters: 'web' clusters: ''", "clusters[1] ''"},
      {"services: 'arn:aws:ecs:us-east-1:000000000000:cluster/web'", "services[0]"},
      {"tasks: '*'", "tasks[0] '*'"},
      {"kinds: 77", "kinds[0]"},
      {"from: 9", "from"},
  };
  for (const auto& row : kTable) {
    const auto refused = Watch(row.request);
    ASSERT_FALSE(refused.ok()) << row.request;
    EXPECT_EQ(api::ExceptionOf(refused.status()).name, "InvalidParameterException") << row.request;
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(row.words));
  }
  emulator.context.account = "111111111111";
  EXPECT_EQ(api::ExceptionOf(Watch("resume_token: '" + token + "'").status()).name, "InvalidParameterException");
}

TEST_F(WatchEventsTest, APlaceTheWorldHasNotReachedIsOutOfRange) {
  MakeService(1);
  const std::string token = Watch("from: OLDEST")->resume_token();
  emulator.Reopen(std::make_unique<testing::MemoryStore>());  // the database was thrown away
  const absl::Status status = Watch("resume_token: '" + token + "'").status();
  EXPECT_EQ(api::ExceptionOf(status).name, "TrimmedDataAccessException");
  EXPECT_EQ(api::ExceptionOf(status).code, absl::StatusCode::kOutOfRange);
}

// The daemon is killed after any commit and comes back; a client goes on from any event it got: it hears all that is
// kept exactly once.
TEST_F(WatchEventsTest, NothingIsLostOrDoubledOverKillsAndResumes) {
  MakeService(3);
  Call("UpdateService", "cluster: 'web' service: 'api' desired_count: 1");
  Call("RunUntilQuiescent", "");
  const std::vector<emu::Event> all = Told();
  ASSERT_GT(all.size(), 25u);
  std::set<std::string> ids;
  for (const emu::Event& event : all) EXPECT_TRUE(ids.insert(event.id()).second);
  const model::CommitSeq newest = emulator.store().NewestSeq(Emulator::kWorld);
  const auto whole = emulator.store().AsOf(Emulator::kWorld, newest);
  for (model::CommitSeq seq = 1; seq <= newest; seq += 1 + newest / 12) {
    emulator.Reopen(whole->AsOf(Emulator::kWorld, seq));
    const std::vector<emu::Event> until = Told();
    ASSERT_LE(until.size(), all.size());
    for (std::size_t i = 0; i < until.size(); ++i) {
      EXPECT_EQ(until[i].DebugString(), all[i].DebugString()) << i;
    }
    if (until.empty()) continue;
    const std::string token = until[until.size() / 2].resume_token();
    emulator.Reopen(whole->AsOf(Emulator::kWorld, newest));
    const std::vector<emu::Event> rest = Told("resume_token: '" + token + "'");
    ASSERT_EQ(rest.size(), all.size() - until.size() / 2 - 1);
    for (std::size_t i = 0; i < rest.size(); ++i) EXPECT_EQ(rest[i].id(), all[until.size() / 2 + 1 + i].id());
  }
}

}  // namespace
}  // namespace ecsmi
