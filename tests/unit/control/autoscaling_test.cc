#include <string>
#include <vector>

#include "builders/service_rows.h"
#include "builders/world_fixture.h"
#include "ecsmi/control/scaling.h"

// The story of the queue that scales a service, in virtual time; running counts are made of task rows by hand.
namespace ecsmi {
namespace {

using control::Step;
using model::ActivityStatus;
using model::AlarmState;
using model::kHourMs;
using model::kMinuteMs;
using model::kSecondMs;
using testing::BareWorld;

constexpr char kResource[] = "service/default/worker";

class AutoScalingTest : public ::testing::Test {
 protected:
  AutoScalingTest() {
    cluster_ = world_.AddCluster();
    definition_ = world_.AddDefinition({256, 512, 0, 1}, Busy());
    service_ = world_.Do([&](Step& step) {
      model::Service row;
      row.serial = step.state.NewSerial();
      row.cluster = cluster_;
      row.region = "us-east-1";
      row.name = "worker";
      return step.state.Insert(std::move(row)).serial;
    });
    queue_ = world_.Do([&](Step& step) {
      model::Queue row;
      row.serial = step.state.NewSerial();
      row.region = "us-east-1";
      row.name = "jobs";
      row.active_until = world_.now + 6 * kHourMs;
      return step.state.Insert(std::move(row)).serial;
    });
    SetDepth(0);
  }
  static model::ContainerBehavior Busy() {
    model::ContainerBehavior behavior;
    behavior.cpu_percent = {model::DistributionKind::kConstant, 40, 0};
    behavior.memory_percent = {model::DistributionKind::kUniform, 10, 30};
    return behavior;
  }

  model::Serial AddTarget(std::int32_t min, std::int32_t max) {
    return target_ = world_.Do([&](Step& step) {
      model::ScalableTarget row;
      row.serial = step.state.NewSerial();
      row.region = "us-east-1";
      row.resource_id = kResource;
      row.min_capacity = min;
      row.max_capacity = max;
      return step.state.Insert(std::move(row)).serial;
    });
  }
  std::string AddPolicy(const std::string& name, std::vector<model::StepAdjustment> steps,
                        std::int32_t cooldown_seconds,
                        model::AdjustmentType type = model::AdjustmentType::kChangeInCapacity) {
    return world_.Do([&](Step& step) {
      model::ScalingPolicy row;
      row.serial = step.state.NewSerial();
      row.region = "us-east-1";
      row.name = name;
      row.target = target_;
      row.adjustment_type = type;
      row.steps = std::move(steps);
      row.cooldown_seconds = cooldown_seconds;
      row.aggregation = model::Statistic::kMaximum;
      return control::ScalingPolicyArn(step, step.state.Insert(std::move(row)));
    });
  }
  model::Alarm QueueAlarm(const std::string& name, model::Comparison comparison, double threshold,
                          const std::string& action) {
    model::Alarm row;
    row.region = "us-east-1";
    row.name = name;
    row.metric_namespace = "AWS/SQS";
    row.metric_name = "ApproximateNumberOfMessagesVisible";
    row.dimensions = {{"QueueName", "jobs"}};
    row.statistic = model::Statistic::kMaximum;
    row.threshold = threshold;
    row.comparison = comparison;
    row.alarm_actions = {action};
    return row;
  }
  model::Serial Add(model::Alarm row) {
    return world_.Do([&](Step& step) {
      row.serial = step.state.NewSerial();
      return step.state.Insert(std::move(row)).serial;
    });
  }
  // The demo's policies: 1-10 → 1, 11-20 → 2, 21-30 → 3, 31+ → 4, and one less a minute when empty.
  void AddDemoPolicies(std::int32_t cooldown_seconds = 60) {
    AddTarget(0, 4);
    const std::string out = AddPolicy("out", {{0, 10, 1}, {10, 20, 2}, {20, 30, 3}, {30, {}, 4}}, cooldown_seconds,
                                      model::AdjustmentType::kExactCapacity);
    const std::string in = AddPolicy("in", {{{}, 0, -1}}, cooldown_seconds);
    high_ = Add(QueueAlarm("high", model::Comparison::kGreaterThanOrEqualToThreshold, 1, out));
    low_ = Add(QueueAlarm("low", model::Comparison::kLessThanOrEqualToThreshold, 0, in));
  }
  // What counting its messages would give.
  void SetDepth(std::uint32_t messages) {
    world_.Do([&](Step& step) {
      step.state.Update<model::Queue>(queue_, [&](model::Queue& row) { row.visible = messages; });
      step.state.dirty_queues().insert(queue_);
      return 0;
    });
  }
  void SetRunning(int tasks) {
    world_.Do([&](Step& step) {
      while (static_cast<int>(running_.size()) < tasks) {
        model::Task row;
        row.serial = step.state.NewSerial();
        row.cluster = cluster_;
        row.service = service_;
        row.definition = definition_;
        row.resources = {256, 512, 0, 1};
        row.status = model::TaskStatus::kRunning;
        running_.push_back(step.state.Insert(std::move(row)).serial);
      }
      while (static_cast<int>(running_.size()) > tasks) {
        step.state.Erase<model::Task>(running_.back());
        running_.pop_back();
      }
      return 0;
    });
  }
  // Time passes while the service runs as many tasks as are desired.
  void Follow(model::DurationMs by) {
    for (const model::TimeMs until = world_.now + by; world_.now < until;) {
      world_.Advance(5 * kSecondMs);
      SetRunning(Desired());
    }
  }
  std::int32_t Desired() { return world_.state().Get<model::Service>(service_).desired_count; }
  void SetDesired(std::int32_t count) {
    world_.Do([&](Step& step) {
      step.state.Update<model::Service>(service_, [&](model::Service& row) { row.desired_count = count; });
      return 0;
    });
  }
  AlarmState StateOf(model::Serial alarm) { return world_.state().Get<model::Alarm>(alarm).state; }
  bool Quiescent() {
    model::DueItem item;
    return !world_.state().PeekForegroundDue(&item);
  }
  // Fires what is due as RunUntilQuiescent does; how much time passed.
  model::DurationMs Quiesce() {
    const model::TimeMs from = world_.now;
    model::DueItem item;
    while (!Quiescent() && world_.state().PeekDue(&item)) world_.Advance(item.at - world_.now);
    return world_.now - from;
  }
  std::vector<model::ScalingActivity> Activities() {
    std::vector<model::ScalingActivity> rows;
    world_.state().table<model::ScalingActivity>().ForEach([&](const auto& row) { rows.push_back(row); });
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.serial < b.serial; });
    return rows;
  }
  // Steps that changed a row during `by`.
  int WritesDuring(model::DurationMs by) {
    world_.state().TakeChanges(world_.now);
    const model::TimeMs until = world_.now + by;
    int writes = 0;
    model::DueItem item;
    while (world_.state().PeekDue(&item) && item.at <= until) {
      world_.Advance(item.at - world_.now);
      writes += world_.state().TakeChanges(world_.now).empty() ? 0 : 1;
    }
    world_.now = until;
    return writes;
  }
  void ExpectSettled() {
    world_.state().TakeChanges(world_.now);
    Step step = world_.NewStep();
    control::Settle(step);
    EXPECT_TRUE(world_.state().TakeChanges(world_.now).empty());
  }

  BareWorld world_;
  model::Serial cluster_ = model::kNoSerial;
  model::Serial definition_ = model::kNoSerial;
  model::Serial service_ = model::kNoSerial;
  model::Serial queue_ = model::kNoSerial;
  model::Serial target_ = model::kNoSerial;
  model::Serial high_ = model::kNoSerial;
  model::Serial low_ = model::kNoSerial;
  std::vector<model::Serial> running_;
};

TEST_F(AutoScalingTest, ADeepQueueScalesOutWithinTwoMinutesAndAnEmptyOneBackToZero) {
  AddDemoPolicies();
  EXPECT_TRUE(Quiescent());
  SetDepth(35);
  EXPECT_FALSE(Quiescent());
  world_.Advance(2 * kMinuteMs);
  EXPECT_EQ(StateOf(high_), AlarmState::kAlarm);
  EXPECT_EQ(Desired(), 4);
  ASSERT_EQ(Activities().size(), 1u);
  const model::ScalingActivity out = Activities()[0];
  EXPECT_EQ(out.description, "Setting desired count to 4.");
  EXPECT_EQ(out.cause, "monitor alarm high in state ALARM triggered policy out");
  EXPECT_EQ(out.status, ActivityStatus::kInProgress);
  EXPECT_EQ(out.status_message, "Successfully set desired count to 4. Waiting for change to be fulfilled by ecs.");
  // Its tasks are long in coming; nothing is multiplied meanwhile (F10).
  EXPECT_TRUE(Quiescent());
  world_.Advance(4 * kMinuteMs);
  EXPECT_EQ(Desired(), 4);
  SetRunning(4);
  EXPECT_EQ(Activities()[0].status, ActivityStatus::kSuccessful);  // F8
  EXPECT_EQ(Activities()[0].status_message,
            "Successfully set desired count to 4. Change successfully fulfilled by ecs.");
  EXPECT_TRUE(Quiescent());  // ALARM lasts, but the count is where the policy leads

  SetDepth(0);
  EXPECT_FALSE(Quiescent());
  std::vector<std::int32_t> counts;
  Follow(10 * kSecondMs);
  for (int minute = 0; minute < 6; ++minute) {  // F25: repeated -1 steps, once a minute
    Follow(kMinuteMs);
    counts.push_back(Desired());
  }
  EXPECT_EQ(counts, (std::vector<std::int32_t>{3, 2, 1, 0, 0, 0}));
  EXPECT_EQ(StateOf(high_), AlarmState::kOk);
  EXPECT_EQ(StateOf(low_), AlarmState::kAlarm);
  EXPECT_TRUE(Quiescent());
  EXPECT_EQ(Activities().back().description, "Setting desired count to 0.");
  ExpectSettled();
}

TEST_F(AutoScalingTest, WhatIsQuiescentCostsNothingForADayOnceTheQueueIsSilent) {  // promise 3
  AddDemoPolicies();
  SetDepth(35);
  Quiesce();
  SetRunning(4);
  SetDepth(0);
  Follow(8 * kMinuteMs);
  EXPECT_EQ(Desired(), 0);
  EXPECT_TRUE(Quiescent());
  EXPECT_EQ(WritesDuring(5 * kHourMs), 0);
  // F55: the queue falls silent after six hours; the alarms run out of data, in the background.
  EXPECT_LE(WritesDuring(2 * kHourMs), 6);
  EXPECT_EQ(StateOf(low_), AlarmState::kInsufficientData);
  EXPECT_EQ(WritesDuring(24 * kHourMs), 0);
  EXPECT_TRUE(Quiescent());
}

TEST_F(AutoScalingTest, MeasurementsAreWrittenOnceAMinuteAndOnlyWhenTheyChange) {  // F55
  const auto points = [&] {
    std::vector<model::MetricPoint> found;
    world_.state().table<model::Metric>().ForEach([&](const model::Metric& row) {
      if (row.name == "ApproximateNumberOfMessagesVisible") found = row.points;
    });
    return found;
  };
  const model::TimeMs start = world_.now;
  world_.Advance(10 * kSecondMs);
  for (std::uint32_t depth = 1; depth <= 5; ++depth) {
    SetDepth(depth);
    world_.Advance(5 * kSecondMs);
  }
  EXPECT_TRUE(points().empty());
  world_.Advance(60 * kMinuteMs);
  ASSERT_EQ(points().size(), 1u);
  EXPECT_EQ(points()[0].at, start);  // the minute it was taken in
  EXPECT_EQ(points()[0].sum, 5);
  SetDepth(6);
  SetDepth(5);  // as it was
  world_.Advance(2 * kMinuteMs);
  EXPECT_EQ(points().size(), 1u);
  // Old changes go, but what still holds at the window's begin stays.
  for (std::uint32_t i = 0; i < 300; ++i) {
    SetDepth(i % 2);
    world_.Advance(kMinuteMs);
  }
  EXPECT_LE(points().size(), 182u);
}

TEST_F(AutoScalingTest, AServicesUseIsTheMeanOfItsRunningTasksAndNoneWithoutThem) {  // F55
  model::Serial cpu = model::kNoSerial;
  SetRunning(2);
  world_.Advance(2 * kMinuteMs);
  const auto find = [&](const std::string& name) {
    const model::Metric* found = nullptr;
    world_.state().table<model::Metric>().ForEach([&](const model::Metric& row) {
      if (row.name == name) found = &row;
    });
    return found;
  };
  ASSERT_NE(find("CPUUtilization"), nullptr);
  cpu = find("CPUUtilization")->serial;
  EXPECT_EQ(find("CPUUtilization")->points.back().sum, 40);
  EXPECT_EQ(find("MemoryUtilization")->points.back().sum, 20);
  EXPECT_EQ(find("CPUUtilization")->dimensions.front().value, "default");
  SetRunning(3);
  world_.Advance(2 * kMinuteMs);
  EXPECT_EQ(find("CPUUtilization")->points.size(), 1u);  // the same
  SetRunning(0);
  world_.Advance(2 * kMinuteMs);
  EXPECT_EQ(world_.state().Get<model::Metric>(cpu).points.back().samples, 0);
  // Fifteen days without data and it is forgotten.
  world_.Advance(16 * model::kDayMs);
  EXPECT_EQ(world_.state().Find<model::Metric>(cpu), nullptr);
}

TEST_F(AutoScalingTest, ScaleInWaitsUntilTheHighMinuteHasLeftTheWindow) {  // F44, F54
  AddTarget(0, 2);
  const std::string in = AddPolicy("in", {{{}, 0, -1}}, 0);
  model::Alarm alarm = QueueAlarm("low", model::Comparison::kLessThanOrEqualToThreshold, 0, in);
  alarm.period_seconds = 300;
  const model::Serial low = Add(alarm);
  SetDepth(3);
  SetRunning(1);
  SetDesired(1);
  world_.Advance(10 * kMinuteMs);
  EXPECT_EQ(StateOf(low), AlarmState::kOk);
  SetDepth(0);
  EXPECT_FALSE(Quiescent());  // it would act within its window if nothing changes
  world_.Advance(4 * kMinuteMs);
  EXPECT_EQ(Desired(), 1);
  world_.Advance(2 * kMinuteMs);
  EXPECT_EQ(Desired(), 0);
}

TEST_F(AutoScalingTest, TheCooldownRunsFromTheSuccessOfTheActivity) {  // F24, T23
  AddTarget(0, 100);
  const std::string out = AddPolicy("out", {{0, 10, 2}, {10, {}, 3}}, 300);
  Add(QueueAlarm("high", model::Comparison::kGreaterThanOrEqualToThreshold, 1, out));
  SetDepth(5);
  world_.Advance(65 * kSecondMs);
  EXPECT_EQ(Desired(), 2);
  SetRunning(2);
  SetDepth(20);
  world_.Advance(kMinuteMs);
  EXPECT_EQ(Desired(), 3);  // 2 added, then a step of 3 → 1 more
  SetRunning(3);
  EXPECT_FALSE(Quiescent());  // when the cooldown has run out the step acts again
  SetDepth(5);
  world_.Advance(4 * kMinuteMs);
  EXPECT_EQ(Desired(), 3);
  world_.Advance(2 * kMinuteMs);
  EXPECT_EQ(Desired(), 5);
}

TEST_F(AutoScalingTest, ADeploymentInProgressHoldsScaleInUntilItIsDone) {  // F6
  const model::Serial provider = world_.AddProvider(cluster_);
  model::ContainerBehavior slow;
  slow.pull_seconds = {model::DistributionKind::kConstant, 1200, 0};
  const model::Serial slow_definition = world_.AddDefinition({256, 512, 0, 1}, slow);
  world_.Do([&](Step& step) {
    step.state.Update<model::Service>(service_, [&](model::Service& row) {
      row.desired_count = 2;
      row.strategy = {{.provider_name = "mi", .provider = provider, .weight = 1, .base = 0}};
    });
    testing::Deploy(step, service_, definition_);
    return 0;
  });
  const auto rollout = [&] {
    return world_.state().Get<model::Deployment>(world_.state().Get<model::Service>(service_).primary).rollout;
  };
  world_.Advance(10 * kMinuteMs);
  EXPECT_EQ(rollout(), model::RolloutState::kCompleted);
  AddTarget(1, 4);
  const std::string in = AddPolicy("in", {{{}, 0, -1}}, 0);
  world_.Do([&](Step& step) {
    testing::Deploy(step, service_, slow_definition);
    return 0;
  });
  const model::Serial low = Add(QueueAlarm("low", model::Comparison::kLessThanOrEqualToThreshold, 0, in));
  world_.Advance(15 * kMinuteMs);
  EXPECT_EQ(rollout(), model::RolloutState::kInProgress);
  EXPECT_EQ(StateOf(low), AlarmState::kAlarm);
  EXPECT_EQ(Desired(), 2);
  EXPECT_TRUE(world_.state().Get<model::Alarm>(low).input_unchanged);
  world_.Advance(10 * kMinuteMs);
  EXPECT_EQ(rollout(), model::RolloutState::kCompleted);
  EXPECT_EQ(Desired(), 1);
  EXPECT_EQ(world_.state().Get<model::Service>(service_).running_tasks, 1u);
}

TEST_F(AutoScalingTest, AnAlarmWithoutEffectNeverKeepsTheWorldFromBeingQuiescent) {
  Add(QueueAlarm("mail", model::Comparison::kGreaterThanThreshold, 0, "arn:aws:sns:us-east-1:000000000000:mail"));
  SetDepth(3);
  EXPECT_TRUE(Quiescent());
  world_.Advance(2 * kMinuteMs);
  model::Serial mail = world_.state().FindAlarm("us-east-1", "mail");
  EXPECT_EQ(StateOf(mail), AlarmState::kAlarm);
  EXPECT_EQ(world_.state().Get<model::Alarm>(mail).state_reason,
            "Threshold Crossed: 1 out of the last 1 datapoint [3.0 (01/01/26 00:00:00)] was greater than the threshold "
            "(0.0) (minimum 1 datapoint for OK -> ALARM transition).");
}

TEST_F(AutoScalingTest, AServiceThatIsGoneIsNotScaled) {
  AddDemoPolicies();
  SetDepth(35);
  world_.Do([&](Step& step) {
    step.state.Update<model::Service>(service_,
                                      [](model::Service& row) { row.status = model::ServiceStatus::kInactive; });
    return 0;
  });
  EXPECT_TRUE(Quiescent());
  world_.Advance(5 * kMinuteMs);
  EXPECT_EQ(Desired(), 0);
  EXPECT_TRUE(Activities().empty());
}

TEST_F(AutoScalingTest, ADeletedQueueCeasesToBeMeasured) {
  AddDemoPolicies();
  SetDepth(35);
  world_.Advance(2 * kMinuteMs);
  SetDepth(0);
  world_.Do([&](Step& step) {
    step.state.Update<model::Queue>(queue_, [](model::Queue& row) { row.deleted = true; });
    step.state.dirty_queues().insert(queue_);
    return 0;
  });
  world_.Advance(kMinuteMs);
  world_.Do([&](Step& step) {
    step.state.Erase<model::Queue>(queue_);
    return 0;
  });
  world_.Advance(10 * kMinuteMs);
  EXPECT_EQ(StateOf(high_), AlarmState::kInsufficientData);
  EXPECT_EQ(StateOf(low_), AlarmState::kInsufficientData);
}

TEST_F(AutoScalingTest, ActivitiesAreKeptSixWeeks) {  // F8
  AddDemoPolicies();
  SetDepth(1);
  world_.Advance(2 * kMinuteMs);
  ASSERT_EQ(Activities().size(), 1u);
  world_.Advance(41 * model::kDayMs);
  EXPECT_EQ(Activities().size(), 1u);
  world_.Advance(2 * model::kDayMs);
  EXPECT_TRUE(Activities().empty());
}

TEST_F(AutoScalingTest, AForcedStateActsOnItsDataAndLastsUntilTheNextEvaluation) {  // F27
  AddDemoPolicies();
  world_.Advance(2 * kMinuteMs + 10 * kSecondMs);
  EXPECT_EQ(StateOf(high_), AlarmState::kOk);
  const auto force = [&](std::vector<double> newest) {
    world_.Do([&](Step& step) {
      control::ForceAlarmState(step, high_, {AlarmState::kAlarm, "by hand", "", std::move(newest)});
      return 0;
    });
  };
  force({});
  EXPECT_EQ(StateOf(high_), AlarmState::kAlarm);
  EXPECT_EQ(Desired(), 0);  // without data no step is chosen
  world_.Advance(kMinuteMs);
  EXPECT_EQ(StateOf(high_), AlarmState::kOk);
  force({25});
  EXPECT_EQ(Desired(), 3);
}

}  // namespace
}  // namespace ecsmi
