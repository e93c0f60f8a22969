// Reads of an account that has no world: answered as an empty world would, and nothing is made for them (design:
// worlds).
#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "builders/api_engine.h"
#include "ecsmi/ecs/v1/ecs_service.pb.h"
#include "ecsmi/emulator/v1/emulator_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/api/bad_input/base_requests.h"

namespace ecsmi {
namespace {

using testing::ApiEngine;
using testing::BaseRequest;
using testing::BaseRequests;

constexpr char kMade[] = "111111111111";
constexpr char kNone[] = "222222222222";

// Of those that are emulated.
std::vector<BaseRequest> Reads(const api::Registry& registry) {
  std::vector<BaseRequest> reads;
  for (const BaseRequest& base : BaseRequests()) {
    const std::string operation = base.operation;
    const std::size_t slash = operation.find('/');
    if (registry.Find(operation.substr(0, slash), operation.substr(slash + 1)) == nullptr) continue;
    if (!api::Registry::IsReading(operation.substr(slash + 1))) continue;
    const std::string arn = "arn:aws:ecs:us-east-1:000000000000:";
    reads.push_back({base.operation, absl::StrReplaceAll(base.text, {{"$TASK", "0123456789abcdef0123456789abcdef"},
                                                                     {"$INSTANCE", "0123456789abcdef0123456789abcdef"},
                                                                     {"$QUEUE", "http://sqs.localhost/000000000000/q"},
                                                                     {"$CLUSTER_ARN", arn + "cluster/c"}})});
  }
  return reads;
}

// Without what differs from account to account: its number, and the seal of a page token.
std::string Comparable(const google::protobuf::Message& answer) {
  const std::string text = absl::StrReplaceAll(answer.DebugString(), {{kNone, kMade}});
  return std::regex_replace(text, std::regex("next_token: \"[0-9a-f]+\""), "next_token");
}

TEST(Reads, OfAnAccountWithoutWorldMakeNone) {
  control::Settings settings;
  settings.max_worlds = 1;
  ApiEngine engine(settings);
  ASSERT_TRUE(engine.Call(kMade, "ecsmi.emulator.v1.EmulatorService/ResetWorld", "").status.ok());
  ASSERT_THAT(engine.StoredAccounts(), ::testing::ElementsAre(kMade));
  ASSERT_GT(Reads(engine.registry()).size(), 20u);
  for (const BaseRequest& read : Reads(engine.registry())) {
    SCOPED_TRACE(read.operation);
    const auto call = [&](const char* account) {
      return engine.Call(account, read.operation, absl::StrReplaceAll(read.text, {{"$ACCOUNT", account}}));
    };
    const ApiEngine::Answer empty = call(kMade);
    const ApiEngine::Answer none = call(kNone);
    EXPECT_EQ(none.status, empty.status);
    // These tell how often a world was written.
    const std::string_view operation = read.operation;
    if (operation.ends_with("/GetInfo") || operation.ends_with("/DumpWorld")) continue;
    EXPECT_EQ(Comparable(*none.response), Comparable(*empty.response));
  }
  EXPECT_THAT(engine.StoredAccounts(), ::testing::ElementsAre(kMade));
  // Nor were any counted: the one place is taken, by the world that was made.
  const absl::Status full = engine.Call(kNone, "ecsmi.ecs.v1.EcsService/CreateCluster", "").status;
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted) << full;
}

TEST(Reads, SayWhatIsMissing) {
  ApiEngine engine;
  const auto clusters = engine.Call(kNone, "ecsmi.ecs.v1.EcsService/DescribeClusters", "clusters: 'c'");
  ASSERT_TRUE(clusters.status.ok());
  const auto& shown = static_cast<const ecsmi::ecs::v1::DescribeClustersResponse&>(*clusters.response);
  ASSERT_EQ(shown.failures_size(), 1);
  EXPECT_EQ(shown.failures(0).reason(), "MISSING");
  const auto tasks = engine.Call(kNone, "ecsmi.ecs.v1.EcsService/ListTasks", "");
  EXPECT_EQ(api::ExceptionOf(tasks.status).name, "ClusterNotFoundException");
  EXPECT_TRUE(engine.StoredAccounts().empty());
}

// What a step answered is dated by it; what never reached one, by the world's clock.
TEST(ReplyNotes, AreDatedByTheWorldTheySaw) {
  ApiEngine engine;
  constexpr model::TimeMs kEpoch = 1'767'225'600'000;
  EXPECT_EQ(engine.Call(kNone, "ecsmi.ecs.v1.EcsService/ListClusters", "").answered_at_ms, kEpoch);
  ASSERT_TRUE(engine.Call(kMade, "ecsmi.emulator.v1.EmulatorService/AdvanceClock", "by { seconds: 90 }").status.ok());
  EXPECT_EQ(engine.Call(kMade, "ecsmi.ecs.v1.EcsService/ListClusters", "").answered_at_ms, kEpoch + 90'000);
  EXPECT_EQ(engine->ShownNow(kMade), kEpoch + 90'000);
  EXPECT_EQ(engine->ShownNow(kNone), kEpoch);
}

// Promise 6: named in the reply, counted over all worlds.
TEST(Warnings, AreCounted) {
  ApiEngine engine;
  const auto given = [&] {
    const auto info = engine.Call(kNone, "ecsmi.emulator.v1.EmulatorService/GetInfo", "");
    return static_cast<const ecsmi::emulator::v1::GetInfoResponse&>(*info.response).warnings_given();
  };
  EXPECT_EQ(given(), 0);
  for (const char* account : {kMade, kNone}) {
    ASSERT_TRUE(engine
                    .Call(account, "ecsmi.ecs.v1.EcsService/CreateCluster",
                          "cluster_name: 'c' service_connect_defaults { namespace: 'n' }")
                    .status.ok());
  }
  EXPECT_EQ(given(), 2);
}

}  // namespace
}  // namespace ecsmi
