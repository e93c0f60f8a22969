#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/record.h"

namespace ecsmi::model {

// One aggregated datum: what CloudWatch keeps of all values put for a moment.
struct MetricPoint {
  TimeMs at = kUnset;  // start of its resolution interval
  double sum = 0;
  double minimum = 0;
  double maximum = 0;
  double samples = 0;
  static constexpr auto Fields() {
    using P = MetricPoint;
    return std::tuple(F("at", &P::at), F("sum", &P::sum), F("minimum", &P::minimum), F("maximum", &P::maximum),
                      F("samples", &P::samples));
  }
};

struct MetricDimension {
  std::string name;
  std::string value;
  friend bool operator==(const MetricDimension&, const MetricDimension&) = default;
  friend auto operator<=>(const MetricDimension&, const MetricDimension&) = default;
  static constexpr auto Fields() {
    return std::tuple(F("name", &MetricDimension::name), F("value", &MetricDimension::value));
  }
};

// One metric: namespace, name and sorted dimensions, with its newest points. One that the emulator itself measures has
// a source, and points only where the measurement changed (core::Series says how they are read).
struct Metric : RowBase {
  static constexpr TableId kTable = TableId::kMetric;
  std::string region;
  std::string metric_namespace;
  std::string name;
  std::vector<MetricDimension> dimensions;  // sorted by name
  std::string unit;
  std::vector<MetricPoint> points;  // by time; older ones are dropped once no alarm can look at them
  Serial source = kNoSerial;        // the queue or service measured; 0 = put by users
  TimeMs due_at = kNever;           // forgotten when it has had no data for that long
  static constexpr auto Fields() {
    using M = Metric;
    return std::tuple(F("region", &M::region), F("metric_namespace", &M::metric_namespace), F("name", &M::name),
                      F("dimensions", &M::dimensions), F("unit", &M::unit), F("points", &M::points),
                      F("source", &M::source), F("due_at", &M::due_at));
  }
};

enum class Statistic : std::uint8_t { kAverage = 1, kSum = 2, kMinimum = 3, kMaximum = 4, kSampleCount = 5 };
enum class Comparison : std::uint8_t {
  kGreaterThanOrEqualToThreshold = 1,
  kGreaterThanThreshold = 2,
  kLessThanThreshold = 3,
  kLessThanOrEqualToThreshold = 4,
};
enum class MissingData : std::uint8_t { kMissing = 0, kIgnore = 1, kBreaching = 2, kNotBreaching = 3 };
enum class AlarmState : std::uint8_t { kInsufficientData = 0, kOk = 1, kAlarm = 2 };

// One line of metric math: a metric's statistic or an expression over other lines.
struct MetricQuery {
  std::string id;
  std::string expression;  // empty = a metric's statistic
  std::string metric_namespace;
  std::string metric_name;
  std::vector<MetricDimension> dimensions;  // sorted by name
  Statistic statistic = Statistic::kAverage;
  std::int32_t period_seconds = 0;
  std::string unit;          // only data of this unit count; empty = of any
  bool return_data = false;  // the one that an alarm compares with its threshold
  friend bool operator==(const MetricQuery&, const MetricQuery&) = default;
  static constexpr auto Fields() {
    using Q = MetricQuery;
    return std::tuple(F("id", &Q::id), F("expression", &Q::expression), F("metric_namespace", &Q::metric_namespace),
                      F("metric_name", &Q::metric_name), F("dimensions", &Q::dimensions), F("statistic", &Q::statistic),
                      F("period_seconds", &Q::period_seconds), F("unit", &Q::unit), F("return_data", &Q::return_data));
  }
};

// Watches one metric, or what `queries` come to; then it has no metric of its own.
struct Alarm : RowBase {
  static constexpr TableId kTable = TableId::kAlarm;
  std::string region;
  std::string name;
  std::string metric_namespace;
  std::string metric_name;
  std::vector<MetricDimension> dimensions;  // sorted by name
  Statistic statistic = Statistic::kAverage;
  std::int32_t period_seconds = 60;
  std::int32_t evaluation_periods = 1;
  std::int32_t datapoints_to_alarm = 1;
  double threshold = 0;
  Comparison comparison = Comparison::kGreaterThanThreshold;
  MissingData missing_data = MissingData::kMissing;
  bool actions_enabled = true;
  std::vector<std::string> alarm_actions;  // ARNs
  std::vector<std::string> ok_actions;
  std::vector<std::string> insufficient_data_actions;
  AlarmState state = AlarmState::kInsufficientData;
  std::string state_reason;
  std::string state_reason_data;
  TimeMs state_updated_at = kUnset;
  TimeMs configuration_updated_at = kUnset;
  TimeMs evaluate_at = kNever;
  TimeMs evaluated_at = kUnset;
  bool input_unchanged = false;     // evaluations to come move no count if inputs stay as they are: background
  TimeMs transitioned_at = kUnset;  // state changed last; state_updated_at also moves when it is set anew
  Serial document = kNoSerial;      // cloudwatch.v1.PutMetricAlarmRequest: description, tags
  std::string unit;                 // only data of this unit count; empty = of any
  std::vector<MetricQuery> queries;
  static constexpr auto Fields() {
    using A = Alarm;
    return std::tuple(F("region", &A::region), F("name", &A::name), F("metric_namespace", &A::metric_namespace),
                      F("metric_name", &A::metric_name), F("dimensions", &A::dimensions), F("statistic", &A::statistic),
                      F("period_seconds", &A::period_seconds), F("evaluation_periods", &A::evaluation_periods),
                      F("datapoints_to_alarm", &A::datapoints_to_alarm), F("threshold", &A::threshold),
                      F("comparison", &A::comparison), F("missing_data", &A::missing_data),
                      F("actions_enabled", &A::actions_enabled), F("alarm_actions", &A::alarm_actions),
                      F("ok_actions", &A::ok_actions), F("insufficient_data_actions", &A::insufficient_data_actions),
                      F("state", &A::state), F("state_reason", &A::state_reason),
                      F("state_reason_data", &A::state_reason_data), F("state_updated_at", &A::state_updated_at),
                      F("configuration_updated_at", &A::configuration_updated_at), F("evaluate_at", &A::evaluate_at),
                      F("evaluated_at", &A::evaluated_at), F("input_unchanged", &A::input_unchanged),
                      F("transitioned_at", &A::transitioned_at), F("document", &A::document), F("unit", &A::unit),
                      F("queries", &A::queries));
  }
};

struct ScalableTarget : RowBase {
  static constexpr TableId kTable = TableId::kScalableTarget;
  std::string region;
  std::string resource_id;  // "service/<cluster>/<service>"
  std::string scalable_dimension = "ecs:service:DesiredCount";
  std::int32_t min_capacity = 0;
  std::int32_t max_capacity = 0;
  bool scale_in_suspended = false;
  bool scale_out_suspended = false;
  bool scheduled_suspended = false;
  TimeMs created_at = kUnset;
  // The cooldown clock (F24): what the last action did and until when it counts.
  TimeMs cooldown_until = kUnset;
  std::int32_t cooldown_added = 0;  // by scale-outs inside the running cooldown
  bool cooldown_is_scale_in = false;
  std::string role_arn;
  Serial document = kNoSerial;        // autoscaling.v1.RegisterScalableTargetRequest: tags, role
  std::int32_t cooldown_seconds = 0;  // of the policy that acted last; runs anew from the success of its activity
  Serial open_activity = kNoSerial;   // set the count and waits for the service to reach it
  static constexpr auto Fields() {
    using T = ScalableTarget;
    return std::tuple(
        F("region", &T::region), F("resource_id", &T::resource_id), F("scalable_dimension", &T::scalable_dimension),
        F("min_capacity", &T::min_capacity), F("max_capacity", &T::max_capacity),
        F("scale_in_suspended", &T::scale_in_suspended), F("scale_out_suspended", &T::scale_out_suspended),
        F("scheduled_suspended", &T::scheduled_suspended), F("created_at", &T::created_at),
        F("cooldown_until", &T::cooldown_until), F("cooldown_added", &T::cooldown_added),
        F("cooldown_is_scale_in", &T::cooldown_is_scale_in), F("role_arn", &T::role_arn), F("document", &T::document),
        F("cooldown_seconds", &T::cooldown_seconds), F("open_activity", &T::open_activity));
  }
};

enum class AdjustmentType : std::uint8_t { kChangeInCapacity = 1, kPercentChangeInCapacity = 2, kExactCapacity = 3 };

// Bounds are offsets from the alarm's threshold (F21); absent = infinite.
struct StepAdjustment {
  std::optional<double> lower;
  std::optional<double> upper;
  std::int32_t adjustment = 0;
  static constexpr auto Fields() {
    using S = StepAdjustment;
    return std::tuple(F("lower", &S::lower), F("upper", &S::upper), F("adjustment", &S::adjustment));
  }
};

struct ScalingPolicy : RowBase {
  static constexpr TableId kTable = TableId::kScalingPolicy;
  std::string region;
  std::string name;
  Serial target = kNoSerial;
  AdjustmentType adjustment_type = AdjustmentType::kChangeInCapacity;
  std::vector<StepAdjustment> steps;
  std::optional<std::int32_t> min_adjustment_magnitude;
  std::int32_t cooldown_seconds = 300;
  Statistic aggregation = Statistic::kAverage;
  TimeMs created_at = kUnset;
  // Target tracking (F30): keeps its metric near `target_value` by two alarms of its own. Users may delete these.
  bool tracks = false;
  double target_value = 0;
  std::int32_t scale_out_cooldown_seconds = 300;
  std::int32_t scale_in_cooldown_seconds = 300;
  bool scale_in_disabled = false;
  Serial high_alarm = kNoSerial;
  Serial low_alarm = kNoSerial;  // 0 while scale-in is disabled
  Serial document = kNoSerial;   // autoscaling.v1.TargetTrackingScalingPolicyConfiguration
  static constexpr auto Fields() {
    using P = ScalingPolicy;
    return std::tuple(
        F("region", &P::region), F("name", &P::name), F("target", &P::target),
        F("adjustment_type", &P::adjustment_type), F("steps", &P::steps),
        F("min_adjustment_magnitude", &P::min_adjustment_magnitude), F("cooldown_seconds", &P::cooldown_seconds),
        F("aggregation", &P::aggregation), F("created_at", &P::created_at), F("tracks", &P::tracks),
        F("target_value", &P::target_value), F("scale_out_cooldown_seconds", &P::scale_out_cooldown_seconds),
        F("scale_in_cooldown_seconds", &P::scale_in_cooldown_seconds), F("scale_in_disabled", &P::scale_in_disabled),
        F("high_alarm", &P::high_alarm), F("low_alarm", &P::low_alarm), F("document", &P::document));
  }
};

// New bounds for a target at moments of a schedule. Moments of the schedule are those shown to users; `due_at` is on
// the running axis, like all due times.
struct ScheduledAction : RowBase {
  static constexpr TableId kTable = TableId::kScheduledAction;
  std::string region;
  std::string name;  // unique in its target
  Serial target = kNoSerial;
  std::string schedule;      // at(…), rate(…) or cron(…)
  std::string timezone;      // an IANA name, as given; empty = UTC
  TimeMs start_at = kUnset;  // shown; no moment before it counts
  TimeMs end_at = kUnset;    // shown; nor after it
  std::optional<std::int32_t> min_capacity;
  std::optional<std::int32_t> max_capacity;
  TimeMs created_at = kUnset;
  TimeMs due_at = kNever;  // kNever: no moment is left
  static constexpr auto Fields() {
    using A = ScheduledAction;
    return std::tuple(F("region", &A::region), F("name", &A::name), F("target", &A::target),
                      F("schedule", &A::schedule), F("timezone", &A::timezone), F("start_at", &A::start_at),
                      F("end_at", &A::end_at), F("min_capacity", &A::min_capacity), F("max_capacity", &A::max_capacity),
                      F("created_at", &A::created_at), F("due_at", &A::due_at));
  }
};

enum class ActivityStatus : std::uint8_t {
  kPending = 1,
  kInProgress = 2,
  kSuccessful = 3,
  kOverridden = 4,
  kUnfulfilled = 5,
  kFailed = 6,
};

struct ScalingActivity : RowBase {
  static constexpr TableId kTable = TableId::kScalingActivity;
  std::string region;
  std::string resource_id;
  std::string description;
  std::string cause;
  ActivityStatus status = ActivityStatus::kInProgress;
  std::string status_message;
  TimeMs started_at = kUnset;
  TimeMs ended_at = kUnset;
  TimeMs due_at = kNever;          // retention: six weeks (F8)
  std::int32_t desired_count = 0;  // -1: it sets bounds and no count
  static constexpr auto Fields() {
    using A = ScalingActivity;
    return std::tuple(F("region", &A::region), F("resource_id", &A::resource_id), F("description", &A::description),
                      F("cause", &A::cause), F("status", &A::status), F("status_message", &A::status_message),
                      F("started_at", &A::started_at), F("ended_at", &A::ended_at), F("due_at", &A::due_at),
                      F("desired_count", &A::desired_count));
  }
};

}  // namespace ecsmi::model
