#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "control/simulation.h"
#include "ecsmi/control/scaling.h"

// Metrics. Those of queues and services are measured at the end of each minute (F55), but only a measurement that
// differs from the last is written: an idle one costs nothing. A datum bears the start of the minute it was taken in.
namespace ecsmi::control {
namespace {

using model::kMinuteMs;
using model::Metric;
using model::MetricPoint;
using model::TimeMs;

constexpr model::DurationMs kKeptMs = 3 * model::kHourMs;
constexpr model::DurationMs kForgottenMs = 15 * model::kDayMs;  // a metric without new data is listed that long
constexpr char kSqs[] = "AWS/SQS";
constexpr char kEcs[] = "AWS/ECS";

struct Measurement {
  const char* metric_namespace = "";
  const char* name = "";
  const char* unit = "";
  std::optional<double> value;  // none = nothing is emitted
};
using Measurements = std::vector<Measurement>;

TimeMs MinuteOf(TimeMs at) {
  return at - at % kMinuteMs;
}
TimeMs NextMinute(TimeMs at) {
  return MinuteOf(at) + kMinuteMs;
}

// --- What is measured

bool Emits(const model::Queue& queue, TimeMs now) {
  return !queue.deleted && (queue.messages.count > 0 || now < queue.active_until);
}
Measurements Measure(const model::Queue& queue, TimeMs now) {
  const auto count = [&](std::uint32_t messages) {
    return Emits(queue, now) ? std::optional<double>(messages) : std::nullopt;
  };
  return {{kSqs, "ApproximateNumberOfMessagesVisible", "Count", count(queue.visible)},
          {kSqs, "ApproximateNumberOfMessagesNotVisible", "Count", count(queue.in_flight)},
          {kSqs, "ApproximateNumberOfMessagesDelayed", "Count", count(queue.delayed)}};
}
// None without running tasks (F55, assumed).
Measurements Measure(const model::Service& service, TimeMs) {
  const auto percent = [](std::int64_t used, std::int64_t reserved) {
    return reserved > 0 ? std::optional<double>(static_cast<double>(used) / static_cast<double>(reserved) / 1000.0)
                        : std::nullopt;
  };
  return {{kEcs, "CPUUtilization", "Percent", percent(service.cpu_used, service.cpu_reserved)},
          {kEcs, "MemoryUtilization", "Percent", percent(service.memory_used, service.memory_reserved)}};
}

MetricId IdOf(const Step&, const model::Queue& queue, const Measurement& what) {
  return {queue.region, what.metric_namespace, what.name, {{"QueueName", queue.name}}};
}
MetricId IdOf(const Step& step, const model::Service& service, const Measurement& what) {
  return {service.region,
          what.metric_namespace,
          what.name,
          {{"ClusterName", step.state.Get<model::Cluster>(service.cluster).name}, {"ServiceName", service.name}}};
}

std::string KeyOf(const MetricId& id) {
  return model::MetricKey(id.region, id.metric_namespace, id.name, id.dimensions);
}

// --- What is recorded

std::optional<double> Recorded(const Metric& metric) {
  if (metric.points.empty() || metric.points.back().samples <= 0) return std::nullopt;
  return metric.points.back().sum;
}
MetricPoint PointAt(TimeMs at, std::optional<double> value) {
  if (!value) return {at, 0, 0, 0, 0};
  return {at, *value, *value, *value, 1};
}

// Drops what no window can reach. Of changes, the newest one before the window still tells the value within.
void DropOld(Metric& metric, TimeMs before) {
  auto keep = std::lower_bound(metric.points.begin(), metric.points.end(), before,
                               [](const MetricPoint& point, TimeMs at) { return point.at < at; });
  if (metric.source != model::kNoSerial && keep != metric.points.begin()) --keep;
  metric.points.erase(metric.points.begin(), keep);
}

const Metric* FindMetric(const Step& step, const MetricId& id) {
  return step.state.Find<Metric>(step.state.FindMetric(KeyOf(id)));
}

// The metric's row, made when missing; one of an earlier queue or service of the same name is taken over.
const Metric& EnsureMetric(Step& step, const MetricId& id, std::string_view unit, model::Serial source) {
  if (const Metric* known = FindMetric(step, id)) {
    if (known->source == source) return *known;
    return step.state.Update<Metric>(known->serial, [&](Metric& row) {
      row.source = source;
      if (source != model::kNoSerial) row.due_at = model::kNever;
    });
  }
  Metric row;
  row.serial = step.state.NewSerial();
  row.region = id.region;
  row.metric_namespace = id.metric_namespace;
  row.name = id.name;
  row.dimensions = id.dimensions;
  row.unit = std::string(unit);
  row.source = source;
  return step.state.Insert(std::move(row));
}

// Looks at a source whose state changed: true when one of its metrics has to be measured at the end of this minute.
// Alarms on what changed look again at once: what they will see decides whether the world is quiescent.
template <typename Source>
bool Changed(Step& step, const Source& source) {
  bool changed = false;
  for (const Measurement& what : Measure(source, step.now)) {
    const MetricId id = IdOf(step, source, what);
    const Metric* metric = FindMetric(step, id);
    const bool mine = metric != nullptr && metric->source == source.serial;
    if (!what.value && !mine) continue;
    const Metric& row = mine ? *metric : EnsureMetric(step, id, what.unit, source.serial);
    const bool differs = Recorded(row) != what.value;
    changed = changed || differs;
    // With a look due at the end of this minute it may be as it was again, after alarms saw it otherwise.
    if (!differs && source.metric_due_at > NextMinute(step.now)) continue;
    for (model::Serial alarm : model::ScalingLinks::Members(step.state.scaling().alarms_by_metric, KeyOf(id))) {
      step.state.scaling().dirty_alarms.insert(alarm);
    }
  }
  return changed;
}

// Writes what changed since the last measurement; `step.now` is the end of the minute measured.
template <typename Source>
void Record(Step& step, const Source& source) {
  for (const Measurement& what : Measure(source, step.now)) {
    const MetricId id = IdOf(step, source, what);
    const Metric* metric = FindMetric(step, id);
    if (metric == nullptr || metric->source != source.serial || Recorded(*metric) == what.value) continue;
    const model::DurationMs kept = KeptFor(step, id);
    step.state.Update<Metric>(metric->serial, [&](Metric& row) {
      row.points.push_back(PointAt(step.now - kMinuteMs, what.value));
      row.due_at = what.value ? model::kNever : step.now + kForgottenMs;
      DropOld(row, step.now - kept);
    });
  }
}

// The next look at a queue: the end of this minute when something changed, else when it falls silent.
TimeMs NextLook(const model::Queue& queue, bool changed, TimeMs now) {
  if (changed) return NextMinute(now);
  const bool falls_silent = Emits(queue, now) && queue.messages.count == 0 && queue.active_until != model::kNever;
  return falls_silent ? NextMinute(queue.active_until - 1) : model::kNever;
}

}  // namespace

void SettleQueueMetrics(Step& step, model::Serial serial) {
  const auto* queue = step.state.Find<model::Queue>(serial);
  if (queue == nullptr) return;
  const TimeMs next = NextLook(*queue, Changed(step, *queue), step.now);
  // A look that comes too early costs less than moving it with every call on the queue.
  if (next >= queue->metric_due_at) return;
  step.state.Update<model::Queue>(serial, [&](model::Queue& row) { row.metric_due_at = next; });
}

void FireQueueMetrics(Step& step, model::Serial serial) {
  if (step.state.Get<model::Queue>(serial).metric_due_at > step.now) return;
  Record(step, step.state.Get<model::Queue>(serial));
  const TimeMs next = NextLook(step.state.Get<model::Queue>(serial), false, step.now);
  step.state.Update<model::Queue>(serial, [&](model::Queue& row) { row.metric_due_at = next; });
}

void SettleServiceMetrics(Step& step, model::Serial serial) {
  const auto* service = step.state.Find<model::Service>(serial);
  if (service == nullptr || !Changed(step, *service)) return;
  const TimeMs next = NextMinute(step.now);
  if (service->metric_due_at == next) return;
  step.state.Update<model::Service>(serial, [&](model::Service& row) { row.metric_due_at = next; });
}

void FireServiceMetrics(Step& step, model::Serial serial) {
  const auto* service = step.state.Find<model::Service>(serial);  // its other due time may have been its last
  if (service == nullptr || service->metric_due_at > step.now) return;
  Record(step, *service);
  step.state.Update<model::Service>(serial, [](model::Service& row) { row.metric_due_at = model::kNever; });
}

void FireMetric(Step& step, model::Serial serial) {
  const Metric& metric = step.state.Get<Metric>(serial);
  if (metric.due_at > step.now) return;
  const TimeMs forgotten = metric.points.empty() ? step.now : metric.points.back().at + kForgottenMs;
  if (forgotten <= step.now) return step.state.Erase<Metric>(serial);
  step.state.Update<Metric>(serial, [&](Metric& row) { row.due_at = forgotten; });
}

model::DurationMs KeptFor(const Step& step, const MetricId& id) {
  model::DurationMs kept = kKeptMs;
  for (model::Serial serial : model::ScalingLinks::Members(step.state.scaling().alarms_by_metric, KeyOf(id))) {
    const auto& alarm = step.state.Get<model::Alarm>(serial);
    const auto range = static_cast<model::DurationMs>(core::EvaluationRange(alarm));
    kept = std::max(kept, (range + 1) * alarm.period_seconds * model::kSecondMs);
  }
  return kept;
}

void PutMetricPoint(Step& step, const MetricId& id, std::string_view unit, const MetricPoint& point) {
  const model::Serial serial = EnsureMetric(step, id, unit, model::kNoSerial).serial;
  const model::DurationMs kept = KeptFor(step, id);
  step.state.Update<Metric>(serial, [&](Metric& row) {
    const auto at = std::lower_bound(row.points.begin(), row.points.end(), point.at,
                                     [](const MetricPoint& known, TimeMs when) { return known.at < when; });
    if (at == row.points.end() || at->at != point.at) {
      row.points.insert(at, point);
    } else {
      at->minimum = std::min(at->minimum, point.minimum);
      at->maximum = std::max(at->maximum, point.maximum);
      at->sum += point.sum;
      at->samples += point.samples;
    }
    DropOld(row, step.now - kept);
    if (row.due_at == model::kNever) row.due_at = step.now + kForgottenMs;
  });
}

core::Series SeriesOf(const Step& step, const MetricId& id, std::string_view unit) {
  core::Series series;
  const Metric* metric = FindMetric(step, id);
  if (metric == nullptr || (!unit.empty() && unit != metric->unit)) return series;
  series.points = metric->points;
  series.sampled = metric->source != model::kNoSerial;
  if (!series.sampled) return series;
  Measurements live;
  if (const auto* queue = step.state.Find<model::Queue>(metric->source)) live = Measure(*queue, step.now);
  if (const auto* service = step.state.Find<model::Service>(metric->source)) live = Measure(*service, step.now);
  for (const Measurement& what : live) {
    if (what.name != metric->name || what.value == Recorded(*metric)) continue;
    series.live = PointAt(MinuteOf(step.now), what.value);
  }
  return series;
}

}  // namespace ecsmi::control
