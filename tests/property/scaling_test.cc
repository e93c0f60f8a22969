#include "ecsmi/control/scaling.h"

#include <memory>
#include <string>
#include <vector>

#include "builders/service_rows.h"
#include "ecsmi/control/queues.h"

// A queue scales a service of simulated workers, over seeds: whatever the cooldowns, steps and latencies, the queue is
// drained, the service goes back to its minimum, and nothing in between depends on more than the rows.
namespace ecsmi {
namespace {

using control::Step;
using model::kHourMs;
using model::kMinuteMs;
using testing::BareWorld;

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 11}, {++count}), bound); }
};

class Story {
 public:
  explicit Story(std::uint64_t seed) : chance_{seed}, seed_(seed), world_(SettingsOf(seed)) {
    const model::Serial cluster = world_.AddCluster();
    model::ContainerBehavior worker;
    worker.queue = "jobs";
    worker.seconds_per_message = {model::DistributionKind::kUniform, 1, static_cast<double>(2 + chance_.Below(40))};
    worker.cpu_percent = {model::DistributionKind::kConstant, 30, 0};
    testing::ServiceRow wanted;
    wanted.name = "worker";
    wanted.cluster = cluster;
    wanted.provider = world_.AddProvider(cluster, 2);
    wanted.definition = world_.AddDefinition({256, 512, 0, 1}, worker);
    wanted.minimum_healthy_percent = 0;
    service_ = world_.Do([&](Step& step) { return testing::AddService(step, wanted); });
    queue_ = world_.Do([&](Step& step) {
      model::Queue row;
      row.serial = step.state.NewSerial();
      row.region = "us-east-1";
      row.name = "jobs";
      row.created_at = row.modified_at = step.now;
      return control::CreateQueue(step, std::move(row)).serial;
    });
    min_ = static_cast<std::int32_t>(chance_.Below(2));
    world_.Do([&](Step& step) {
      model::ScalableTarget target;
      target.serial = step.state.NewSerial();
      target.region = "us-east-1";
      target.resource_id = "service/default/worker";
      target.min_capacity = min_;
      target.max_capacity = min_ + 1 + static_cast<std::int32_t>(chance_.Below(6));
      const model::Serial serial = step.state.Insert(std::move(target)).serial;
      AddPolicy(step, serial, "out", {{0, 10, 1}, {10, {}, 3}}, model::Comparison::kGreaterThanOrEqualToThreshold, 1);
      AddPolicy(step, serial, "in", {{{}, 0, -1}}, model::Comparison::kLessThanOrEqualToThreshold, 0);
      if (chance_.Below(2) == 0) AddTracker(step, serial);
      control::MoveIntoBounds(step, serial);
      return 0;
    });
  }

  // The hash at the end.
  std::uint64_t Run(bool reload_midway) {
    for (int round = 0; round < 30; ++round) {
      world_.Do([&](Step& step) {
        for (std::uint64_t n = chance_.Below(3) == 0 ? chance_.Below(40) : 0; n > 0; --n) {
          control::SendMessage(step, {.queue = queue_, .body = "job"});
        }
        return 0;
      });
      world_.Advance(static_cast<model::DurationMs>(chance_.Below(240'000)));
      if (reload_midway && round == 15) Reload();
      ExpectSettled(round);
      const std::int32_t desired = world_.state().Get<model::Service>(service_).desired_count;
      EXPECT_GE(desired, min_) << "seed " << seed_;
      EXPECT_LE(desired, min_ + 6) << "seed " << seed_;
    }
    // Nothing new comes: all is done within the day, and then nothing moves but in the background.
    const model::TimeMs quiet = world_.now;
    model::DueItem item;
    while (world_.state().PeekForegroundDue(&item) && world_.now < quiet + 24 * kHourMs) {
      world_.state().PeekDue(&item);
      world_.Advance(item.at - world_.now);
    }
    EXPECT_LT(world_.now, quiet + 24 * kHourMs) << "seed " << seed_ << " is never quiescent";
    EXPECT_EQ(world_.state().Get<model::Queue>(queue_).messages.count, 0u) << "seed " << seed_;
    const auto& service = world_.state().Get<model::Service>(service_);
    EXPECT_EQ(service.desired_count, min_) << "seed " << seed_;
    EXPECT_EQ(static_cast<std::int32_t>(service.running_tasks), min_) << "seed " << seed_;
    world_.state().table<model::ScalableTarget>().ForEach(
        [&](const model::ScalableTarget& target) { EXPECT_EQ(target.open_activity, model::kNoSerial) << seed_; });
    ExpectSettled(-1);
    world_.state().TakeChanges(world_.now);
    return world_.state().state_hash();
  }

 private:
  static control::Settings SettingsOf(std::uint64_t seed) {
    control::Settings settings;
    settings.seed = seed;
    if (seed % 3 == 0) settings.latency = control::LatencyTable::None();
    return settings;
  }
  // CPU tracking beside the step policies, as CDK's queue construct has it (F41); workers use 30 %.
  void AddTracker(Step& step, model::Serial target) {
    model::ScalingPolicy policy;
    policy.serial = step.state.NewSerial();
    policy.region = "us-east-1";
    policy.name = "cpu";
    policy.target = target;
    policy.tracks = true;
    policy.target_value = static_cast<double>(30 + chance_.Below(31));
    policy.scale_in_cooldown_seconds = static_cast<std::int32_t>(60 * chance_.Below(5));
    policy.scale_in_disabled = chance_.Below(3) == 0;
    const model::ScalingPolicy made = step.state.Insert(std::move(policy));
    for (const bool low : {false, true}) {
      if (low && made.scale_in_disabled) continue;
      model::Alarm alarm;
      alarm.serial = step.state.NewSerial();
      alarm.region = "us-east-1";
      alarm.name = low ? "cpu-low" : "cpu-high";
      alarm.metric_namespace = "AWS/ECS";
      alarm.metric_name = "CPUUtilization";
      alarm.dimensions = {{"ClusterName", "default"}, {"ServiceName", "worker"}};
      alarm.evaluation_periods = alarm.datapoints_to_alarm = low ? 15 : 3;
      alarm.threshold = low ? core::LowThreshold(made.target_value) : made.target_value;
      alarm.comparison = low ? model::Comparison::kLessThanThreshold : model::Comparison::kGreaterThanThreshold;
      alarm.alarm_actions = {control::PolicyActionArn(step, made)};
      step.state.Insert(std::move(alarm));
    }
  }
  void AddPolicy(Step& step, model::Serial target, const std::string& name, std::vector<model::StepAdjustment> steps,
                 model::Comparison comparison, double threshold) {
    model::ScalingPolicy policy;
    policy.serial = step.state.NewSerial();
    policy.region = "us-east-1";
    policy.name = name;
    policy.target = target;
    policy.steps = std::move(steps);
    policy.cooldown_seconds = static_cast<std::int32_t>(60 * chance_.Below(5));
    policy.aggregation = model::Statistic::kMaximum;
    const std::string arn = control::ScalingPolicyArn(step, step.state.Insert(std::move(policy)));
    model::Alarm alarm;
    alarm.serial = step.state.NewSerial();
    alarm.region = "us-east-1";
    alarm.name = name;
    alarm.metric_namespace = "AWS/SQS";
    alarm.metric_name = "ApproximateNumberOfMessagesVisible";
    alarm.dimensions = {{"QueueName", "jobs"}};
    alarm.statistic = model::Statistic::kMaximum;
    alarm.period_seconds = static_cast<std::int32_t>(60 * (1 + chance_.Below(5)));
    alarm.evaluation_periods = static_cast<std::int32_t>(1 + chance_.Below(3));
    alarm.datapoints_to_alarm =
        static_cast<std::int32_t>(1 + chance_.Below(static_cast<std::uint64_t>(alarm.evaluation_periods)));
    alarm.threshold = threshold;
    alarm.comparison = comparison;
    alarm.alarm_actions = {arn};
    step.state.Insert(std::move(alarm));
  }
  void ExpectSettled(int round) {
    world_.state().TakeChanges(world_.now);
    Step step = world_.NewStep();
    control::Settle(step);
    EXPECT_TRUE(world_.state().TakeChanges(world_.now).empty()) << "seed " << seed_ << " round " << round;
  }
  // Rows out, rows in: nothing derived may matter.
  void Reload() {
    world_.state().TakeChanges(world_.now);
    auto fresh = std::make_unique<model::State>();
    model::WorldHeader header;
    header.seq = world_.state().seq();
    header.next_serial = world_.state().next_serial();
    header.state_hash = world_.state().state_hash();
    EXPECT_TRUE(testing::CopyRows(world_.state(), *fresh).ok());
    world_.Reset(std::move(fresh));
    EXPECT_TRUE(world_.state().FinishLoad(header).ok()) << "seed " << seed_;
  }

  Chance chance_;
  std::uint64_t seed_;
  BareWorld world_;
  model::Serial service_ = model::kNoSerial;
  model::Serial queue_ = model::kNoSerial;
  std::int32_t min_ = 0;
};

TEST(Scaling, DrainsTheQueueAndComesBackToTheMinimumOverManySeeds) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) Story(seed).Run(false);
}

TEST(Scaling, SameSeedGivesTheSameStateAndAReloadMidwayMakesNoDifference) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const std::uint64_t once = Story(seed).Run(false);
    EXPECT_EQ(once, Story(seed).Run(false)) << "seed " << seed;
    EXPECT_EQ(once, Story(seed).Run(true)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ecsmi
