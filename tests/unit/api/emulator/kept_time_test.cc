// What a clock has shown it does not take back, whether the daemon stops or is killed (docs/decisions/0007).
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "builders/capacity_provider_requests.h"
#include "builders/emulator.h"
#include "google/protobuf/text_format.h"

namespace ecsmi {
namespace {

class KeptTime : public ::testing::Test {
 protected:
  void Open(double speed) {
    control::Settings settings;
    settings.clock = control::ClockMode::kAuto;
    settings.speed = speed;
    emulator = std::make_unique<testing::Emulator>(settings);
    Call("CreateCluster", "cluster_name: 'c'");
  }
  // From here on the clock is ahead of the host's.
  void MakeAProvider() { Call("CreateCapacityProvider", testing::CreateText()); }

  void Call(const std::string& operation, const std::string& text) {
    const auto* method = testing::Emulator::FindMethod(operation);
    auto request = testing::Emulator::NewMessage(method->input_type());
    auto response = testing::Emulator::NewMessage(method->output_type());
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
    const absl::Status status = emulator->Call(*method, *request, response.get());
    ASSERT_TRUE(status.ok()) << status;
  }
  // The time that an answer tells.
  std::int64_t Told() {
    emulator->context.notes = std::make_shared<api::ReplyNotes>();
    Call("ListClusters", "");
    return emulator->context.notes->answered_at_ms.value_or(0);
  }
  model::CommitSeq Commits() { return emulator->store().NewestSeq(testing::Emulator::kWorld); }
  void Kill() { emulator->Reopen(emulator->store().AsOf(testing::Emulator::kWorld, Commits())); }

  std::unique_ptr<testing::Emulator> emulator;
};

TEST_F(KeptTime, AfterAKillNoAnswerIsEarlierThanOneBefore) {
  for (const double speed : {1.0, 60.0, 0.5}) {
    Open(speed);
    MakeAProvider();
    for (const std::int64_t pass_ms : {0, 1, 4'000, 7'000, 30'000, 3'600'000, 20}) {
      // The first answer renews the lease; the second may go within it, without a commit that would tell its moment.
      emulator->Pass(10);
      Told();
      emulator->Pass(pass_ms);
      const std::int64_t before = Told();
      Kill();
      const std::int64_t after = Told();
      EXPECT_GE(after, before) << speed << " after " << pass_ms;
      EXPECT_LE(after, before + static_cast<std::int64_t>(10'001 * std::max(speed, 1.0))) << "too far ahead";
    }
  }
}

TEST_F(KeptTime, AStopKeepsTheMomentItself) {
  for (const double speed : {1.0, 60.0}) {
    Open(speed);
    MakeAProvider();
    for (const std::int64_t pass_ms : {0, 7'000, 3'600'000}) {
      emulator->Pass(pass_ms);
      const std::int64_t before = Told();
      emulator->Reopen();
      EXPECT_EQ(Told(), before) << speed << " after " << pass_ms;
    }
  }
}

// What a stop keeps is running time: an hour in which nothing was written has happened.
TEST_F(KeptTime, AnIdleHourBeforeAStopHasHappened) {
  Open(1.0);
  MakeAProvider();
  model::TimeMs before = 0, after = 0;
  emulator->Pass(3'600'000);
  emulator->Inspect([&](control::Step& step) { before = step.now; });
  emulator->Reopen();
  emulator->Inspect([&](control::Step& step) { after = step.now; });
  EXPECT_EQ(after, before);
}

TEST_F(KeptTime, ReadsOfAnIdleWorldCostACommitNowAndThen) {
  Open(1.0);
  MakeAProvider();
  Told();
  const model::CommitSeq before = Commits();
  for (int i = 0; i < 1'000; ++i) {
    emulator->Pass(20);
    Told();
  }
  EXPECT_LE(Commits(), before + 3);
}

TEST_F(KeptTime, AtTheHostsPaceReadsCostNone) {
  Open(1.0);
  Told();
  const model::CommitSeq before = Commits();
  for (int i = 0; i < 100; ++i) {
    emulator->Pass(60'000);
    Told();
  }
  EXPECT_EQ(Commits(), before);
  const std::int64_t told = Told();
  Kill();
  EXPECT_EQ(Told(), told);
}

}  // namespace
}  // namespace ecsmi
