// Both doors agree: one history of random requests, valid and not, through the gRPC door of one daemon and through the
// JSON of another one's AWS door. Answers, errors, notes and in the end all rows must be equal. Equal seeds give equal
// histories; ECSMI_SEEDS runs more of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "builders/random_message.h"
#include "builders/seeds.h"
#include "conformance/doors/history.h"
#include "conformance/doors/two_doors.h"
#include "ecsmi/base/log.h"
#include "google/protobuf/util/message_differencer.h"

namespace ecsmi::testing {
namespace {

constexpr int kCallsPerSeed = 400;

// How often each operation was taken.
using Taken = std::map<std::string, int>;

std::string Told(const DoorAnswer& answer) {
  std::string told = answer.error.empty() ? "ok\n" : answer.error + ": " + answer.message + "\n";
  for (const auto& [name, value] : answer.notes) told += name + ": " + value + "\n";
  return answer.error.empty() ? told + answer.response->DebugString() : told;
}

// True when all was equal.
bool Play(TwoDoors& doors, std::uint64_t seed, Taken* taken) {
  const std::string account = std::to_string(200'000'000'000 + seed);
  History history(seed, account, doors.registry());
  for (int i = 0; i < kCallsPerSeed; ++i) {
    const History::Call call = history.Next();
    const DoorAnswer over_grpc = doors.OverGrpc(account, *call.operation, *call.request);
    const DoorAnswer over_json = doors.OverJson(account, *call.operation, *call.request);
    const std::string one = Told(over_grpc);
    if (one != Told(over_json)) {
      ADD_FAILURE() << "seed " << seed << ", call " << i << ": " << call.operation->target << "\n"
                    << call.request->DebugString() << "--- over gRPC\n"
                    << one << "--- over JSON\n"
                    << Told(over_json);
      return false;
    }
    if (!over_grpc.error.empty()) {
      EXPECT_NE(over_grpc.error, "ServerException") << call.request->DebugString();
      continue;
    }
    ++(*taken)[call.operation->target];
    history.Learn(*over_grpc.response);
  }
  const std::string one = doors.GrpcDump(account);
  EXPECT_GT(one.size(), 10'000U) << "hardly anything was made";
  EXPECT_TRUE(one == doors.JsonDump(account)) << "seed " << seed << "\n--- over gRPC\n"
                                              << one << "--- over JSON\n"
                                              << doors.JsonDump(account);
  return !::testing::Test::HasFailure();
}

TEST(BothDoors, AnswerAlikeAndLeaveTheSameRows) {
  base::ConfigureLog(base::LogFormat::kText, base::LogLevel::kOff);  // a line per refusal
  TwoDoors doors;
  Taken taken;
  const std::uint64_t seeds = Seeds(24);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    if (!Play(doors, seed, &taken)) return;
  }
  // A history of refusals would agree about nothing.
  int calls = 0;
  std::set<std::string> services;
  for (const auto& [target, times] : taken) {
    calls += times;
    services.insert(target.substr(0, target.find('.')));
  }
  EXPECT_GE(calls, static_cast<int>(seeds) * kCallsPerSeed * 2 / 5);
  const History any(1, "", doors.registry());
  for (const wire::Operation* operation : any.emulated()) {
    EXPECT_TRUE(taken.contains(operation->target)) << "never taken: " << operation->target;
  }
  EXPECT_EQ(services.size(), 5U) << "four services and the clock";
  std::printf("%d of %d calls were taken, of %zu operations\n", calls, static_cast<int>(seeds) * kCallsPerSeed,
              taken.size());
}

}  // namespace
}  // namespace ecsmi::testing
