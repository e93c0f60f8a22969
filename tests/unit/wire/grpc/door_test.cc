// The door in process, over an engine whose store does as told.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "builders/engine_fixture.h"
#include "builders/scripted_store.h"
#include "ecsmi/api/conflict.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/ecs/v1/ecs_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"
#include "wire/grpc/call.h"
#include "wire/grpc/server.h"

namespace ecsmi::wire {
namespace {

namespace ecs = ::ecsmi::ecs::v1;
namespace health = ::grpc::health::v1;
using ServingStatus = health::HealthCheckResponse;

class DoorTest : public ::testing::Test {
 protected:
  void Open(int calls_max) {
    api::RegisterAll(registry);
    ASSERT_TRUE(engine.Start().ok());
    auto started = GrpcServer::Start({.listen = "127.0.0.1:0", .calls_max = calls_max}, registry, *engine);
    ASSERT_TRUE(started.ok()) << started.status();
    door = *std::move(started);
    channel = grpc::CreateChannel(door->address(), grpc::InsecureChannelCredentials());
    stub = ecs::EcsService::NewStub(channel);
  }
  void TearDown() override {
    if (door != nullptr) door->Shutdown(1'000);
    engine->Stop();
  }

  struct Call {
    grpc::ClientContext context;
    ecs::CreateClusterRequest request;
    ecs::CreateClusterResponse response;
    std::promise<grpc::Status> promise;
    std::future<grpc::Status> answer = promise.get_future();
  };
  std::shared_ptr<Call> Create(const std::string& name, int deadline_ms = 60'000) {
    auto call = std::make_shared<Call>();
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(deadline_ms));
    call->request.set_cluster_name(name);
    stub->async()->CreateCluster(&call->context, &call->request, &call->response,
                                 [call](grpc::Status status) { call->promise.set_value(std::move(status)); });
    return call;
  }

  testing::ScriptedStore store;
  testing::RunningEngine engine{store};
  api::Registry registry;
  std::unique_ptr<GrpcServer> door;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<ecs::EcsService::Stub> stub;
};

TEST_F(DoorTest, OneCallTooManyIsToldToSlowDownWhileOthersGoOn) {
  Open(2);
  store.Hold();
  const auto first = Create("one");
  const auto second = Create("two");
  store.AwaitHeld();
  // Whichever comes third is refused at once, the two before it wait for the disk.
  grpc::Status refused;
  do {
    refused = Create("three", 1'000)->answer.get();
  } while (refused.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(refused.error_details().find("ThrottlingException"), std::string::npos);
  EXPECT_TRUE(testing::IsOpen(first->answer));
  store.Release();
  EXPECT_TRUE(first->answer.get().ok());
  EXPECT_TRUE(second->answer.get().ok());
  EXPECT_TRUE(Create("four")->answer.get().ok());
}

TEST_F(DoorTest, ACallThatRanOutOfTimeOrWasCancelledGivesItsPlaceBack) {
  Open(1);
  for (const bool cancel : {false, true}) {
    store.Hold();
    const auto call = Create(cancel ? "cancelled" : "late", cancel ? 60'000 : 300);
    store.AwaitHeld();
    if (cancel) call->context.TryCancel();
    EXPECT_EQ(call->answer.get().error_code(),
              cancel ? grpc::StatusCode::CANCELLED : grpc::StatusCode::DEADLINE_EXCEEDED);
    store.Release();
    // The place is free once the engine has finished the call; until then the next one is refused.
    grpc::Status next;
    do {
      next = Create("next")->answer.get();
    } while (next.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_TRUE(next.ok()) << next.error_message();
    // Begun before the caller left, so done all the same.
    EXPECT_EQ(engine.Look("000000000000").clusters, cancel ? 3u : 2u);
  }
}

TEST_F(DoorTest, AShutdownFinishesWhatIsUnderWay) {
  Open(10);
  store.Hold();
  const auto call = Create("one");
  store.AwaitHeld();
  std::thread shutdown([this] { door->Shutdown(60'000); });
  while (channel->GetState(true) == GRPC_CHANNEL_READY) std::this_thread::yield();
  store.Release();
  shutdown.join();
  EXPECT_TRUE(call->answer.get().ok());
}

TEST_F(DoorTest, AWatchSeesTroubleComeAndGo) {
  Open(10);
  ASSERT_TRUE(Create("one")->answer.get().ok());
  const auto health_stub = health::Health::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = health_stub->Watch(&context, {});
  health::HealthCheckResponse status;
  ASSERT_TRUE(stream->Read(&status));
  EXPECT_EQ(status.status(), ServingStatus::SERVING);
  store.Break(absl::UnavailableError("the disk refuses"));
  store.FailCommits(absl::UnavailableError("the disk refuses"));
  const auto call = Create("two");
  ASSERT_TRUE(stream->Read(&status));
  EXPECT_EQ(status.status(), ServingStatus::NOT_SERVING);
  store.Recover();
  ASSERT_TRUE(stream->Read(&status));
  EXPECT_EQ(status.status(), ServingStatus::SERVING);
  const grpc::Status lost = call->answer.get();
  EXPECT_EQ(lost.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_NE(lost.error_details().find("ServerException"), std::string::npos);
  EXPECT_EQ(lost.error_message().find("written"), std::string::npos) << "our own text left the daemon";
  context.TryCancel();
  EXPECT_FALSE(stream->Read(&status));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(DoorTest, EveryAnswerTellsTheTimeOfItsWorld) {
  Open(10);
  const auto time_of = [](const Call& call) {
    const auto& metadata = call.context.GetServerInitialMetadata();
    const auto at = metadata.find("x-ecsmi-time");
    return at == metadata.end() ? "" : std::string(at->second.data(), at->second.size());
  };
  const auto made = Create("one");
  EXPECT_TRUE(made->answer.get().ok());
  EXPECT_EQ(time_of(*made), "2026-01-01T00:00:00.000Z");
  ASSERT_TRUE(engine.Advance("000000000000", {.by_ms = 1'500}).get().ok());
  // Refused before it came to the world, which has its time all the same.
  const auto refused = Create("not a name");
  EXPECT_FALSE(refused->answer.get().ok());
  EXPECT_EQ(time_of(*refused), "2026-01-01T00:00:01.500Z");
}

TEST(ErrorInfo, NamesTheServiceWhoseErrorItIs) {
  const struct {
    const char* service;
    const char* domain;
  } kCases[] = {
      {"ecsmi.ecs.v1.EcsService", "ecs.amazonaws.com"},
      {"ecsmi.sqs.v1.SqsService", "sqs.amazonaws.com"},
      {"ecsmi.cloudwatch.v1.CloudWatchService", "monitoring.amazonaws.com"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService", "application-autoscaling.amazonaws.com"},
      {"ecsmi.emulator.v1.EmulatorService", "ecsmi"},
  };
  for (const auto& [service, domain] : kCases) {
    const grpc::Status status = ToGrpcStatus(api::InvalidParameter("no"), service);
    const std::string& details = status.error_details();
    // Field 2 of ErrorInfo, which ends the details: its length, then the domain.
    const std::string field = std::string("\x12") + static_cast<char>(std::string(domain).size()) + domain;
    EXPECT_TRUE(details.ends_with(field)) << service;
    EXPECT_NE(details.find("InvalidParameterException"), std::string::npos) << service;
  }
}

TEST_F(DoorTest, ATakenPortIsRefused) {
  Open(10);
  const auto second = GrpcServer::Start({.listen = door->address()}, registry, *engine);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

// C64: what AWS puts beside the message stands in google.rpc.ErrorInfo's metadata, an entry of key (1) and value (2).
TEST(ToGrpcStatus, CarriesTheResourceIdsOfAConflict) {
  const std::vector<std::string> ids = {"arn:a", "arn:b"};
  const std::string entry =
      "\x0a\x0bresourceIds\x12\x0b"
      "arn:a,arn:b";
  const grpc::Status conflict = ToGrpcStatus(api::ConflictError("used", ids), "ecsmi.ecs.v1.EcsService");
  EXPECT_EQ(conflict.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_NE(conflict.error_details().find(entry), std::string::npos);
  EXPECT_EQ(ToGrpcStatus(api::ConflictError("used", {}), "ecsmi.ecs.v1.EcsService").error_details().find("resourceIds"),
            std::string::npos);
}

}  // namespace
}  // namespace ecsmi::wire
