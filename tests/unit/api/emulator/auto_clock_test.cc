// An auto clock: whoever reads after a command sees the world at rest (design: time).
#include <gtest/gtest.h>

#include <string>

#include "builders/capacity_provider_requests.h"
#include "builders/emulator.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"

namespace ecsmi {
namespace {

control::Settings Auto() {
  control::Settings settings;
  settings.clock = control::ClockMode::kAuto;
  return settings;
}

class AutoClock : public ::testing::Test {
 protected:
  explicit AutoClock(control::Settings settings = Auto()) : emulator_(std::move(settings)) {}

  // The answer as protobuf's JSON.
  std::string Call(const std::string& operation, const std::string& text) {
    const auto* method = testing::Emulator::FindMethod(operation);
    auto request = testing::Emulator::NewMessage(method->input_type());
    auto response = testing::Emulator::NewMessage(method->output_type());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
    const absl::Status status = emulator_.Call(*method, *request, response.get());
    if (!status.ok()) return std::string(status.message());
    std::string json;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(*response, &json).ok());
    return json;
  }
  void MakeCluster() {
    Call("CreateCluster", "cluster_name: 'c'");
    Call("CreateCapacityProvider", testing::CreateText());
    Call(
        "PutClusterCapacityProviders",
        "cluster: 'c' capacity_providers: 'mi' default_capacity_provider_strategy {capacity_provider: 'mi' weight: 1}");
    Call("RegisterTaskDefinition",
         "family: 'f' network_mode: awsvpc requires_compatibilities: MANAGED_INSTANCES cpu: '256' memory: '512' "
         "container_definitions {name: 'main' image: 'example/app:1'}");
  }
  std::string RunTask() {
    return Call("RunTask",
                "cluster: 'c' task_definition: 'f' network_configuration {awsvpc_configuration {subnets: "
                "'subnet-0000000a'}}");
  }
  static std::string Between(const std::string& text, const std::string& from) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) return "";
    return text.substr(at + from.size(), text.find('"', at + from.size()) - at - from.size());
  }

  // The task's own: those of its containers come before it.
  static std::string Status(const std::string& json) {
    const std::size_t at = json.rfind("\"lastStatus\"");
    return at == std::string::npos ? json : Between(json.substr(at), ":\"");
  }

  testing::Emulator emulator_;
};

TEST_F(AutoClock, TheFirstPollAfterRunTaskFindsItRunning) {
  MakeCluster();
  const std::string answer = RunTask();
  EXPECT_EQ(Status(answer), "PROVISIONING") << answer;
  const std::string polled = Call("DescribeTasks", "cluster: 'c' tasks: '" + Between(answer, "\"taskArn\":\"") + "'");
  EXPECT_EQ(Status(polled), "RUNNING") << polled;
  // It took the world about a minute, and no host time.
  EXPECT_NE(Between(polled, "\"startedAt\":\""), Between(polled, "\"createdAt\":\""));
}

TEST_F(AutoClock, GoesOnWithHostTimeWhenNothingIsUnderWay) {
  MakeCluster();
  const std::string before = Between(Call("GetClock", ""), "\"now\":\"");
  emulator_.Pass(5'000);
  const std::string after = Between(Call("GetClock", ""), "\"now\":\"");
  EXPECT_EQ(before.substr(0, 17), after.substr(0, 17));
  EXPECT_NE(before, after);
  EXPECT_EQ(Between(Call("GetClock", ""), "\"mode\":\""), "AUTO");
}

TEST_F(AutoClock, PausesWhileAnOutsideClientHoldsAMessage) {
  MakeCluster();
  const std::string url = Between(Call("CreateQueue", "queue_name: 'jobs'"), "\"QueueUrl\":\"");
  Call("SendMessage", "queue_url: '" + url + "' message_body: 'work'");
  const std::string received = Call("ReceiveMessage", "queue_url: '" + url + "' visibility_timeout: 30");
  const std::string handle = Between(received, "\"ReceiptHandle\":\"");
  ASSERT_FALSE(handle.empty()) << received;
  const std::string task = Between(RunTask(), "\"taskArn\":\"");
  const auto status = [&] { return Status(Call("DescribeTasks", "cluster: 'c' tasks: '" + task + "'")); };
  EXPECT_EQ(status(), "PROVISIONING");
  Call("DeleteMessage", "queue_url: '" + url + "' receipt_handle: '" + handle + "'");
  EXPECT_EQ(status(), "RUNNING");
}

TEST_F(AutoClock, AHeldMessageIsBackAfterItsTimeoutOfHostTime) {
  const std::string url = Between(Call("CreateQueue", "queue_name: 'jobs'"), "\"QueueUrl\":\"");
  Call("SendMessage", "queue_url: '" + url + "' message_body: 'work'");
  const std::string receive = "queue_url: '" + url + "' visibility_timeout: 30";
  EXPECT_NE(Between(Call("ReceiveMessage", receive), "\"MessageId\":\""), "");
  emulator_.Pass(29'000);
  EXPECT_EQ(Between(Call("ReceiveMessage", receive), "\"MessageId\":\""), "");
  emulator_.Pass(1'000);
  EXPECT_NE(Between(Call("ReceiveMessage", receive), "\"MessageId\":\""), "");
}

class ShortJumps : public AutoClock {
 protected:
  ShortJumps()
      : AutoClock([] {
          control::Settings settings = Auto();
          settings.auto_limit_ms = 10'000;
          return settings;
        }()) {}
};

TEST_F(ShortJumps, EachCommandGoesAtMostTheLimitAhead) {
  MakeCluster();
  const std::string task = Between(RunTask(), "\"taskArn\":\"");
  int polls = 1;
  while (Status(Call("DescribeTasks", "cluster: 'c' tasks: '" + task + "'")) != "RUNNING") {
    ASSERT_LT(++polls, 20);
  }
  EXPECT_GT(polls, 3);  // 45 to 70 s from nothing
}

}  // namespace
}  // namespace ecsmi
