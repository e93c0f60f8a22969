// Which worlds a daemon has, from outside any of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "api/emulator/emulator.h"
#include "builders/api_engine.h"
#include "ecsmi/emulator/v1/emulator_service.pb.h"

namespace ecsmi {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using testing::ApiEngine;
using ::testing::ElementsAre;

constexpr char kOperation[] = "ecsmi.emulator.v1.EmulatorService/ListWorlds";
constexpr char kNobody[] = "999999999999";

void MakeCluster(ApiEngine& engine, const std::string& account, const std::string& name) {
  ASSERT_TRUE(
      engine.Call(account, "ecsmi.ecs.v1.EcsService/CreateCluster", "cluster_name: '" + name + "'").status.ok());
}

std::vector<std::string> AccountsOf(const emu::ListWorldsResponse& page) {
  std::vector<std::string> accounts;
  for (const emu::WorldSummary& world : page.worlds()) accounts.push_back(world.account());
  return accounts;
}

emu::ListWorldsResponse List(ApiEngine& engine, const std::string& request = "") {
  const ApiEngine::Answer answer = engine.Call(kNobody, kOperation, request);
  EXPECT_TRUE(answer.status.ok()) << answer.status;
  return static_cast<const emu::ListWorldsResponse&>(*answer.response);
}

TEST(ListWorlds, ShowsEachWorldThatHasSomethingWithItsOwnClockAndCountsAndMakesNone) {
  ApiEngine engine;
  EXPECT_TRUE(AccountsOf(List(engine)).empty());
  MakeCluster(engine, "222222222222", "a");
  MakeCluster(engine, "111111111111", "a");
  MakeCluster(engine, "111111111111", "b");
  ASSERT_TRUE(engine.Call("333333333333", "ecsmi.sqs.v1.SqsService/CreateQueue", "queue_name: 'q'").status.ok());
  ASSERT_TRUE(
      engine.Call("222222222222", "ecsmi.emulator.v1.EmulatorService/AdvanceClock", "by { seconds: 90 }").status.ok());
  // One that only has a clock is empty.
  ASSERT_TRUE(
      engine.Call("444444444444", "ecsmi.emulator.v1.EmulatorService/AdvanceClock", "by { seconds: 5 }").status.ok());
  const emu::ListWorldsResponse page = List(engine);
  ASSERT_THAT(AccountsOf(page), ElementsAre("111111111111", "222222222222", "333333333333"));
  EXPECT_FALSE(page.has_next_token());
  EXPECT_EQ(page.worlds(0).clusters(), 2);
  EXPECT_EQ(page.worlds(1).clusters(), 1);
  EXPECT_EQ(page.worlds(2).clusters(), 0);
  EXPECT_EQ(page.worlds(2).queues(), 1);
  EXPECT_EQ(page.worlds(1).clock().mode(), emu::ClockMode::VIRTUAL);
  EXPECT_EQ(page.worlds(1).clock().now().seconds() - page.worlds(0).clock().now().seconds(), 90);
  EXPECT_THAT(engine.StoredAccounts(), ::testing::Not(::testing::Contains(kNobody)));
}

TEST(ListWorlds, AResetWorldIsEmptyAgain) {
  ApiEngine engine;
  MakeCluster(engine, "111111111111", "a");
  ASSERT_TRUE(engine.Call("111111111111", "ecsmi.emulator.v1.EmulatorService/ResetWorld", "").status.ok());
  EXPECT_TRUE(AccountsOf(List(engine)).empty());
}

TEST(ListWorlds, PagesHaveEveryWorldOnceAndForeignTokensAreRefused) {
  ApiEngine engine;
  std::vector<std::string> wanted;
  for (int i = 1; i <= 7; ++i) {
    wanted.push_back("00000000000" + std::to_string(i));
    MakeCluster(engine, wanted.back(), "a");
  }
  std::vector<std::string> seen;
  std::string token;
  for (int pages = 0; pages < 10; ++pages) {
    const emu::ListWorldsResponse page =
        List(engine, "max_results: 3" + (token.empty() ? "" : " next_token: '" + token + "'"));
    for (const std::string& account : AccountsOf(page)) seen.push_back(account);
    if (!page.has_next_token()) break;
    token = page.next_token();
  }
  EXPECT_EQ(seen, wanted);
  for (const char* request : {"next_token: 'x'", "next_token: ''", "max_results: 0", "max_results: 1001"}) {
    SCOPED_TRACE(request);
    EXPECT_EQ(api::ExceptionOf(engine.Call(kNobody, kOperation, request).status).name, "InvalidParameterException");
  }
}

// A key that is bound to worlds does not learn of others.
TEST(ListWorlds, ShowsOnlyWhatTheCallerMayTouch) {
  ApiEngine engine;
  MakeCluster(engine, "111111111111", "a");
  MakeCluster(engine, "222222222222", "a");
  api::CallContext context;
  context.may_touch = [](std::string_view account) { return account == "222222222222"; };
  emu::ListWorldsResponse response;
  std::promise<absl::Status> done;
  api::ListWorlds(*engine.operator->(), context, emu::ListWorldsRequest(), &response,
                  [&](absl::Status status) { done.set_value(std::move(status)); });
  ASSERT_TRUE(done.get_future().get().ok());
  EXPECT_THAT(AccountsOf(response), ElementsAre("222222222222"));
}

TEST(GetClock, SaysWhetherAnythingIsUnderWay) {
  ApiEngine engine;
  const auto quiescent = [&] {
    const auto answer = engine.Call(kNobody, "ecsmi.emulator.v1.EmulatorService/GetClock", "");
    return static_cast<const emu::GetClockResponse&>(*answer.response).quiescent();
  };
  EXPECT_TRUE(quiescent());
  MakeCluster(engine, kNobody, "a");
  ASSERT_TRUE(engine
                  .Call(kNobody, "ecsmi.ecs.v1.EcsService/CreateCapacityProvider",
                        "name: 'mi' cluster: 'a' managed_instances_provider { infrastructure_role_arn: "
                        "'arn:aws:iam::999999999999:role/r' instance_launch_template { ec2_instance_profile_arn: "
                        "'arn:aws:iam::999999999999:instance-profile/p' network_configuration { subnets: "
                        "'subnet-0000000a' } } }")
                  .status.ok());
  EXPECT_FALSE(quiescent());
  ASSERT_TRUE(engine.Call(kNobody, "ecsmi.emulator.v1.EmulatorService/RunUntilQuiescent", "").status.ok());
  EXPECT_TRUE(quiescent());
}

}  // namespace
}  // namespace ecsmi
