#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "builders/world_fixture.h"
#include "clock/real_clock.h"
#include "control/waiting_commands.h"
#include "ecsmi/control/queues.h"
#include "store/sqlite_store.h"

namespace ecsmi {
namespace {

using control::Engine;
using control::Step;

constexpr char kAccount[] = "000000000000";

// A host clock that moves when told.
class StandingClock final : public ports::HostClock {
 public:
  model::TimeMs WallMs() const override { return 1'767'225'600'000; }
  std::int64_t SteadyMs() const override { return steady_ms_.load(); }
  void Move(std::int64_t by_ms) { steady_ms_ += by_ms; }

 private:
  std::atomic<std::int64_t> steady_ms_{1'000};
};

struct Answer {
  absl::Status status;
  std::size_t messages = 0;
};

// A receive that waits, as the API's does.
class Poll final : public control::Command {
 public:
  Poll(std::int32_t wait_seconds, std::promise<Answer> answer, const std::atomic<bool>* gone)
      : wait_seconds_(wait_seconds), answer_(std::move(answer)), gone_(gone) {}
  absl::Status Run(Step& step) override {
    const auto* queue = step.state.Find<model::Queue>(step.state.FindQueue("us-east-1", "jobs"));
    if (queue == nullptr || queue->deleted) return absl::NotFoundError("no queue");
    messages_ = control::ReceiveMessages(step, {.queue = queue->serial, .count_max = 10}).size();
    if (messages_ == 0 && step.may_park) {
      step.park = control::Park{queue->serial, step.now + wait_seconds_ * model::kSecondMs};
    }
    return absl::OkStatus();
  }
  bool Abandoned() const override { return gone_ != nullptr && gone_->load(); }
  void Finish(absl::Status status) override { answer_.set_value({std::move(status), messages_}); }

 private:
  const std::int32_t wait_seconds_;
  std::promise<Answer> answer_;
  const std::atomic<bool>* const gone_;
  std::size_t messages_ = 0;
};

control::Settings Clocked(control::ClockMode mode, double speed = 1.0) {
  control::Settings settings;
  settings.clock = mode;
  settings.speed = speed;
  return settings;
}

class LongPoll : public ::testing::Test {
 protected:
  LongPoll() { Start(Clocked(control::ClockMode::kVirtual), clock_); }
  ~LongPoll() override { engine_.reset(); }

  void Start(control::Settings settings, ports::HostClock& clock) {
    engine_.reset();
    store_ = *store::OpenSqliteStore({.durability = store::Durability::kMemory});
    engine_ = std::make_unique<Engine>(std::move(settings), *store_, testing::TestCatalog(), clock);
    ASSERT_TRUE(engine_->Start().ok());
    Do([](Step& step) {
      model::Queue queue;
      queue.region = "us-east-1";
      queue.name = "jobs";
      control::CreateQueue(step, std::move(queue));
    });
  }
  void Do(std::function<void(Step&)> run) {
    std::promise<absl::Status> done;
    std::future<absl::Status> status = done.get_future();
    engine_->Submit(kAccount, std::make_unique<testing::FunctionCommand>(
                                  [&](Step& step) {
                                    run(step);
                                    return absl::OkStatus();
                                  },
                                  [&](absl::Status result) { done.set_value(std::move(result)); }));
    EXPECT_TRUE(status.get().ok());
  }
  // Everything handed in before has been done once a further command is.
  void Settled() {
    Do([](Step&) {});
  }
  void Send(std::int32_t delay_seconds = 0) {
    Do([&](Step& step) {
      control::SendMessage(
          step, {.queue = step.state.FindQueue("us-east-1", "jobs"), .body = "b", .delay_seconds = delay_seconds});
    });
  }
  std::future<Answer> StartPoll(std::int32_t seconds = 20, const std::atomic<bool>* gone = nullptr) {
    std::promise<Answer> promise;
    std::future<Answer> answer = promise.get_future();
    engine_->Submit(kAccount, std::make_unique<Poll>(seconds, std::move(promise), gone));
    Settled();
    return answer;
  }
  void Advance(model::DurationMs by) {
    std::promise<absl::Status> done;
    Engine::AdvanceOptions options;
    options.by_ms = by;
    engine_->Advance(kAccount, std::move(options),
                     [&](const absl::StatusOr<control::AdvanceResult>& result) { done.set_value(result.status()); });
    EXPECT_TRUE(done.get_future().get().ok());
  }
  static bool IsOpen(const std::future<Answer>& answer) {
    return answer.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
  }
  static void ExpectMessages(std::future<Answer>& answer, std::size_t messages) {
    const Answer got = answer.get();
    EXPECT_TRUE(got.status.ok()) << got.status;
    EXPECT_EQ(got.messages, messages);
  }

  StandingClock clock_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(LongPoll, EndsWhenAMessageArrivesFirstComeFirstServed) {
  auto first = StartPoll();  // F67
  auto second = StartPoll();
  EXPECT_TRUE(IsOpen(first));
  Send();
  ExpectMessages(first, 1);
  Settled();
  EXPECT_TRUE(IsOpen(second));
  Send();
  ExpectMessages(second, 1);
}

TEST_F(LongPoll, EndsEmptyWhenItsTimeInTheWorldIsOver) {
  auto poll = StartPoll(20);
  Advance(19'999);
  Settled();
  EXPECT_TRUE(IsOpen(poll));
  Advance(1);
  ExpectMessages(poll, 0);
}

TEST_F(LongPoll, GetsWhatArrivesWithinItsTimeAndNothingLater) {
  auto early = StartPoll(10);
  auto late = StartPoll(20);
  Send(15);
  Advance(60'000);  // in one go: each is still answered as of its own moment
  ExpectMessages(early, 0);
  ExpectMessages(late, 1);
  auto exact = StartPoll(20);
  Send(20);
  Advance(20'000);
  ExpectMessages(exact, 1);
}

TEST_F(LongPoll, EndsAfterAsMuchWallTimeThoughTheWorldStandsStill) {
  auto poll = StartPoll(20);
  clock_.Move(19'999);
  Settled();
  Settled();
  EXPECT_TRUE(IsOpen(poll));
  clock_.Move(1);
  Settled();
  ExpectMessages(poll, 0);
}

TEST_F(LongPoll, OfAWallClockWorldIsEndedByTheTimer) {
  clock::RealClock clock;
  Start(Clocked(control::ClockMode::kWall, 1'000), clock);
  std::promise<Answer> promise;
  std::future<Answer> answer = promise.get_future();
  engine_->Submit(kAccount, std::make_unique<Poll>(20, std::move(promise), nullptr));
  ExpectMessages(answer, 0);
  engine_.reset();
}

TEST_F(LongPoll, OfAStandingWorldIsEndedByTheTimerToo) {
  clock::RealClock clock;
  Start(Clocked(control::ClockMode::kVirtual), clock);
  std::promise<Answer> promise;
  std::future<Answer> answer = promise.get_future();
  engine_->Submit(kAccount, std::make_unique<Poll>(1, std::move(promise), nullptr));
  ExpectMessages(answer, 0);
  engine_.reset();
}

TEST_F(LongPoll, EndsEmptyWhenTheEngineStopsAndNoneWaitsAfterwards) {
  auto poll = StartPoll();
  engine_->StopWaiting();
  ExpectMessages(poll, 0);
  auto next = StartPoll();
  ExpectMessages(next, 0);
  auto open = StartPoll();
  engine_->Stop();
  ExpectMessages(open, 0);
}

TEST_F(LongPoll, EndsEmptyWhenTheWorldIsReset) {
  auto poll = StartPoll();
  std::promise<absl::Status> done;
  engine_->ResetWorld(kAccount, [&](absl::Status status) { done.set_value(std::move(status)); });
  EXPECT_TRUE(done.get_future().get().ok());
  ExpectMessages(poll, 0);
}

TEST_F(LongPoll, LearnsAtOnceThatItsQueueIsGone) {
  auto poll = StartPoll();
  Do([](Step& step) { control::DeleteQueue(step, step.state.FindQueue("us-east-1", "jobs")); });
  EXPECT_TRUE(absl::IsNotFound(poll.get().status));
}

TEST_F(LongPoll, OfAClientThatWentAwayTakesNoMessage) {
  std::atomic<bool> gone{false};
  auto poll = StartPoll(20, &gone);
  auto behind = StartPoll(20);
  gone = true;
  Send();
  EXPECT_TRUE(absl::IsCancelled(poll.get().status));
  ExpectMessages(behind, 1);
}

TEST_F(LongPoll, IsWokenByAMessageThatComesBackOrIsMoved) {
  Send();
  auto first = StartPoll();
  ExpectMessages(first, 1);
  auto second = StartPoll(20);
  auto third = StartPoll(40);
  Advance(30'000);  // hidden for 30 s
  ExpectMessages(second, 0);
  ExpectMessages(third, 1);
}

TEST(WaitingCommands, AreBoundedAndMakeRoomWhenClientsHaveGone) {
  control::WaitingCommands waiting;
  std::atomic<bool> gone{false};
  std::vector<std::future<Answer>> answers;
  while (waiting.HasRoom()) {
    std::promise<Answer> promise;
    answers.push_back(promise.get_future());
    ASSERT_LT(answers.size(), 10'000u);
    waiting.Add({.command = std::make_unique<Poll>(20, std::move(promise), answers.size() % 2 == 0 ? &gone : nullptr),
                 .row = 1 + answers.size() % 3,
                 .deadline = static_cast<model::TimeMs>(answers.size())});
  }
  gone = true;
  EXPECT_TRUE(waiting.HasRoom());
  EXPECT_TRUE(absl::IsCancelled(answers[1].get().status));
  EXPECT_EQ(waiting.FirstDeadline(), 1);
  std::size_t left = 0;
  while (waiting.TakeEnded(model::kNever, 0)) ++left;
  EXPECT_EQ(left, answers.size() / 2);
  EXPECT_TRUE(waiting.empty());
}

}  // namespace
}  // namespace ecsmi
