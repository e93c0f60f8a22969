#include "wire/call/throttle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "ecsmi/ecs/v1/ecs_service.pb.h"

namespace ecsmi::wire {
namespace {

constexpr char kEcs[] = "ecsmi.ecs.v1.EcsService";

class HandClock final : public ports::HostClock {
 public:
  model::TimeMs WallMs() const override { return 0; }
  std::int64_t SteadyMs() const override { return now_ms; }
  std::int64_t now_ms = 5'000;
};

// Taken before the first refusal.
int TakeAll(const BucketRate& rate, std::int64_t now_ms, TokenBucket* bucket) {
  int taken = 0;
  while (TakeToken(rate, now_ms, bucket)) ++taken;
  return taken;
}

TEST(TokenBucket, GivesItsBurstAndThenItsRate) {
  const BucketRate rate{20, 10};
  TokenBucket bucket = FullBucket(rate, 1'000);
  EXPECT_EQ(TakeAll(rate, 1'000, &bucket), 20);
  EXPECT_EQ(TakeAll(rate, 1'099, &bucket), 0);
  EXPECT_EQ(TakeAll(rate, 1'100, &bucket), 1);
  EXPECT_EQ(TakeAll(rate, 2'100, &bucket), 10);
  EXPECT_EQ(TakeAll(rate, 1'000'000'000'000, &bucket), 20) << "never more than its burst";
}

TEST(TokenBucket, LosesNoPartOfATokenHoweverOftenItIsAsked) {
  const BucketRate rate{100, 40};
  TokenBucket often = FullBucket(rate, 0);
  EXPECT_EQ(TakeAll(rate, 0, &often), 100);
  int taken = 0;
  for (std::int64_t now_ms = 1; now_ms <= 1'000; ++now_ms) taken += TakeAll(rate, now_ms, &often);
  EXPECT_EQ(taken, 40);
}

TEST(TokenBucket, AClockThatWentBackRefillsNothing) {
  const BucketRate rate{5, 1};
  TokenBucket bucket = FullBucket(rate, 10'000);
  EXPECT_EQ(TakeAll(rate, 10'000, &bucket), 5);
  EXPECT_EQ(TakeAll(rate, 2'000, &bucket), 0);
  EXPECT_EQ(TakeAll(rate, 11'000, &bucket), 1);
}

TEST(CallGroups, EveryOperationOfEcsHasOne) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(kEcs);
  ASSERT_NE(service, nullptr);
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string& method = service->method(i)->name();
    const auto group = GroupOf(kEcs, method);
    ASSERT_TRUE(group) << method;
    if (*group == CallGroup::kNone) continue;
    EXPECT_GT(RateOf(*group).burst, 0) << method;
    EXPECT_GT(RateOf(*group).per_second, 0) << method;
  }
  EXPECT_EQ(GroupOf("ecsmi.sqs.v1.SqsService", "SendMessage"), CallGroup::kNone);
  EXPECT_EQ(GroupOf("ecsmi.emulator.v1.EmulatorService", "AdvanceClock"), CallGroup::kNone);
}

TEST(CallGroups, HaveTheirRates) {
  const auto rate = [](const char* method) {
    const BucketRate its = RateOf(*GroupOf(kEcs, method));
    return std::pair(its.burst, its.per_second);
  };
  using Rate = std::pair<std::int64_t, std::int64_t>;
  EXPECT_EQ(rate("CreateCluster"), Rate(20, 1));
  EXPECT_EQ(rate("DescribeClusters"), Rate(50, 20));
  EXPECT_EQ(rate("RegisterTaskDefinition"), Rate(20, 1));
  EXPECT_EQ(rate("ListTaskDefinitions"), Rate(50, 20));
  EXPECT_EQ(rate("DeleteTaskDefinitions"), Rate(5, 1));
  EXPECT_EQ(rate("UpdateCapacityProvider"), Rate(10, 1));
  EXPECT_EQ(rate("DescribeCapacityProviders"), Rate(50, 20));
  EXPECT_EQ(rate("TagResource"), Rate(20, 10));
  EXPECT_EQ(rate("RunTask"), Rate(100, 40));
  EXPECT_EQ(rate("DescribeTasks"), Rate(100, 20));
  EXPECT_EQ(rate("UpdateService"), Rate(50, 5));
  EXPECT_EQ(rate("ListServices"), Rate(100, 20));
  EXPECT_EQ(rate("ListServiceDeployments"), Rate(50, 20));
  EXPECT_EQ(rate("UpdateTaskProtection"), Rate(200, 80));
}

int Admitted(Throttle& throttle, const char* account, const char* region, const char* method) {
  int admitted = 0;
  while (admitted < 1'000 && throttle.Admit(account, region, kEcs, method)) ++admitted;
  return admitted;
}

TEST(Throttle, CountsByAccountRegionAndGroup) {
  HandClock clock;
  Throttle throttle(clock);
  EXPECT_EQ(Admitted(throttle, "111122223333", "us-east-1", "CreateCluster"), 20);
  EXPECT_EQ(Admitted(throttle, "111122223333", "us-east-1", "DeleteCluster"), 0) << "one group, one bucket";
  EXPECT_EQ(Admitted(throttle, "111122223333", "us-east-1", "ListClusters"), 50);
  EXPECT_EQ(Admitted(throttle, "111122223333", "eu-west-1", "CreateCluster"), 20);
  EXPECT_EQ(Admitted(throttle, "444455556666", "us-east-1", "CreateCluster"), 20);
  EXPECT_TRUE(throttle.Admit("111122223333", "us-east-1", "ecsmi.sqs.v1.SqsService", "SendMessage"));
  clock.now_ms += 3'000;
  EXPECT_EQ(Admitted(throttle, "111122223333", "us-east-1", "DeleteCluster"), 3);
}

TEST(Throttle, RemembersOnlyWhatIsNotFull) {
  HandClock clock;
  Throttle throttle(clock);
  for (int i = 0; i < 100'000; ++i) {
    clock.now_ms += 10;
    EXPECT_TRUE(throttle.Admit("111122223333", "region-" + std::to_string(i), kEcs, "CreateCluster"));
  }
  EXPECT_LE(throttle.buckets(), 1'024U);
}

}  // namespace
}  // namespace ecsmi::wire
