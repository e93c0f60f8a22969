#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ecsmi/core/metric_math.h"
#include "ecsmi/model/scaling.h"

// What alarms and scaling policies decide. Pure: equal inputs give equal answers; any thread; nothing fails.
namespace ecsmi::core {

// --- Metrics ---------------------------------------------------------------------------------------------------------

// A metric's points, by time. Views; the owner outlives it.
//   put by users: each point stands for its own interval alone.
//   sampled: the metric is measured once a minute and has a point only where the measurement changed: a point holds for
//   every minute from its own on, until the next; `samples` 0 = nothing is measured from there on (F55).
struct Series {
  std::span<const model::MetricPoint> points;
  bool sampled = false;
  // Sampled only: what would be measured now, from the minute `live->at` on; in no point yet.
  std::optional<model::MetricPoint> live;
};

// All data of [from, to) as one; `samples` is 0 when there are none. Cost: O(points).
model::MetricPoint Aggregate(const Series& series, model::TimeMs from, model::TimeMs to);
// One statistic of a point. REQUIRES: point.samples > 0.
double StatisticOf(const model::MetricPoint& point, model::Statistic statistic);
// From this moment on nothing in the series changes any more: windows that begin here or later all look alike.
model::TimeMs LastChange(const Series& series);

// --- Alarms ----------------------------------------------------------------------------------------------------------

// Periods an evaluation looks at: N and two more (F56; the two are assumed).
inline std::size_t EvaluationRange(const model::Alarm& alarm) {
  return static_cast<std::size_t>(alarm.evaluation_periods) + 2;
}
// What an alarm looks at: the data of its metric, or of each of its queries that names one, in their order, and then
// the math over them.
struct AlarmInput {
  std::vector<Series> series;
  std::optional<MetricMath> math;
};
// The statistic, or what the math comes to, of each period of the evaluation range that ends at `end`, oldest first;
// nullopt where data are missing. REQUIRES: the alarm has a period, and the input is its.
std::vector<std::optional<double>> EvaluationData(const model::Alarm& alarm, const AlarmInput& input,
                                                  model::TimeMs end);
model::TimeMs LastChange(const AlarmInput& input);
// One statistic of each of `count` periods from `from` on.
std::vector<std::optional<double>> PeriodData(const Series& series, model::Statistic statistic, model::TimeMs from,
                                              model::DurationMs period, std::size_t count);

// True when the value is on the alarming side of the threshold (F53).
bool Breaches(const model::Alarm& alarm, double value);

struct AlarmVerdict {
  model::AlarmState state = model::AlarmState::kInsufficientData;
  std::vector<std::size_t> decided_by;  // indexes into the data: the real points that counted, oldest first
  std::size_t filled = 0;               // missing points the treatment stood in for
};
// The state by F56-F58. `data`: oldest first, one per period of the evaluation range. "keep" is alarm.state.
AlarmVerdict EvaluateAlarm(const model::Alarm& alarm, std::span<const std::optional<double>> data);

// --- Step scaling ----------------------------------------------------------------------------------------------------

// What a policy aggregates the alarm's newest points to (F27); nullopt without points.
std::optional<double> PolicyValue(const model::ScalingPolicy& policy, std::span<const double> newest);

// The step that `value` falls into (F21); nullptr when into none. `comparison` is the alarm's: at exactly the threshold
// an alarm on "greater" reads bounds as [lower, upper), one on "less" as (lower, upper] (assumed).
const model::StepAdjustment* StepFor(const model::ScalingPolicy& policy, model::Comparison comparison, double threshold,
                                     double value);

// `base` after an adjustment, not yet clamped to the target (F20, F23).
std::int64_t Adjusted(const model::ScalingPolicy& policy, std::int64_t base, std::int32_t adjustment);

// --- Target tracking -------------------------------------------------------------------------------------------------

// The alarm below the target fires at nine tenths of it (F31).
double LowThreshold(double target_value);
// Tasks with which the metric would be at its target, in proportion, rounded up: ceil(base × metric / target) (F31,
// assumed). From zero this is zero (F34). REQUIRES: target_value > 0.
std::int64_t TrackedCapacity(std::int64_t base, double metric, double target_value);

// --- All policies of a target ----------------------------------------------------------------------------------------

// A policy whose alarm acts now: the step it fell into, or what its metric shows.
struct FiredPolicy {
  const model::ScalingPolicy* policy = nullptr;
  std::int32_t adjustment = 0;
  double metric = 0;      // target tracking
  bool low_side = false;  // target tracking: the alarm below the target acts, not the one above
};
struct ScalingInput {
  const model::ScalableTarget* target = nullptr;
  std::int32_t running = 0;  // where scaling starts from (F10)
  std::int32_t desired = 0;
  bool deployment_in_progress = false;
  model::TimeMs now = model::kUnset;
  std::size_t trackers = 0;  // target tracking policies that may scale in: they do so together (F11)
};
enum class Hold : std::uint8_t {
  kNone = 0,        // it acts
  kNoStep = 1,      // nothing fired
  kNoChange = 2,    // the count is already what the policies lead to
  kCooldown = 3,    // a scale-in waits (F24)
  kDeployment = 4,  // a scale-in waits (F6)
  kSuspended = 5,   // F5
  kTracker = 6,  // a scale-in waits for another target tracking policy (F11), or its own policy has disabled it (F32)
};
struct ScalingPlan {
  Hold hold = Hold::kNoStep;
  std::int32_t desired = 0;  // what to set; meaningful when `hold` is kNone
  bool scale_in = false;
  std::int32_t added = 0;   // by the scale-outs of this cooldown, this one included
  std::size_t winner = 0;   // index into `fired`
  std::int64_t base = 0;    // what the winner's adjustment starts from …
  std::int64_t wanted = 0;  // … and leads to, before the target's bounds
  bool Acts() const { return hold == Hold::kNone; }
};
// Which policy wins and whether it may act: the largest capacity wins (F7), bounds (F3), suspension (F5), deployments
// hold scale-in (F6), cooldown (F24, F32), target tracking policies scale in together (F11). A scale-out never lowers a
// count, a scale-in never raises one, but for the bounds.
ScalingPlan PlanScaling(const ScalingInput& input, std::span<const FiredPolicy> fired);

}  // namespace ecsmi::core
