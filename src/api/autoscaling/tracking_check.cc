#include "api/autoscaling/tracking_check.h"

#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "api/autoscaling/target_check.h"
#include "api/check.h"
#include "api/cloudwatch/metric_check.h"
#include "api/cloudwatch/query_check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

namespace aas = ::ecsmi::autoscaling::v1;
namespace cw = ::ecsmi::cloudwatch::v1;

constexpr char kField[] = "targetTrackingScalingPolicyConfiguration";
constexpr double kTargetMin = 8.515920e-109;
constexpr double kTargetMax = 1.174271e+108;
constexpr std::int32_t kPeriodSeconds = 60;  // F31

// A refusal in CloudWatch's words as this service's exception.
absl::Status AsValidation(const absl::Status& status) {
  if (status.ok()) return status;
  return ValidationError(std::string(status.message()));
}

// F33
absl::Status CheckPredefined(const aas::PredefinedMetricSpecification& metric) {
  const std::string path = Say(kField, ".predefinedMetricSpecification");
  const auto type = metric.predefined_metric_type();
  if (type == aas::MetricType::UNSPECIFIED) return MustNotBeNull(Say(path, ".predefinedMetricType"));
  const std::string name = aas::MetricType::Value_Name(type);
  if (type == aas::MetricType::ECSServiceAverageCPUUtilizationHighResolution ||
      type == aas::MetricType::ECSServiceAverageMemoryUtilizationHighResolution) {
    return Ours(AwsException::kValidation,
                Say(path, ".predefinedMetricType is '", name,
                    "': services are measured once a minute here; use the form without HighResolution"),
                "target-tracking");
  }
  if (type == aas::MetricType::ALBRequestCountPerTarget) {
    return Ours(AwsException::kValidation,
                Say(path, ".predefinedMetricType is '", name,
                    "': load balancers are not emulated; use a customizedMetricSpecification"),
                "target-tracking");
  }
  if (type != aas::MetricType::ECSServiceAverageCPUUtilization &&
      type != aas::MetricType::ECSServiceAverageMemoryUtilization) {
    return ValidationError(Say(path, ".predefinedMetricType is '", name,
                               "', which is no metric of ECS services: there are ECSServiceAverageCPUUtilization and "
                               "ECSServiceAverageMemoryUtilization"));
  }
  if (!metric.has_resource_label()) return absl::OkStatus();
  return ValidationError(Say(path, ".resourceLabel goes with ALBRequestCountPerTarget only"));
}

// The queries as CloudWatch would be given them.
QueryList QueriesOf(const aas::CustomizedMetricSpecification& metric) {
  QueryList queries;
  for (const aas::TargetTrackingMetricDataQuery& given : metric.metrics()) {
    cw::MetricDataQuery* query = queries.Add();
    if (given.has_id()) query->set_id(given.id());
    if (given.has_expression()) query->set_expression(given.expression());
    if (given.has_label()) query->set_label(given.label());
    if (given.has_return_data()) query->set_return_data(given.return_data());
    if (!given.has_metric_stat()) continue;
    cw::MetricStat* stat = query->mutable_metric_stat();
    stat->set_period(kPeriodSeconds);
    if (given.metric_stat().has_stat()) stat->set_stat(given.metric_stat().stat());
    if (given.metric_stat().has_unit()) stat->set_unit(UnitValue(given.metric_stat().unit()));
    const aas::TargetTrackingMetric& watched = given.metric_stat().metric();
    if (watched.has_metric_name()) stat->mutable_metric()->set_metric_name(watched.metric_name());
    if (watched.has_namespace_()) stat->mutable_metric()->set_namespace_(watched.namespace_());
    for (const aas::TargetTrackingMetricDimension& dimension : watched.dimensions()) {
      cw::Dimension* added = stat->mutable_metric()->add_dimensions();
      added->set_name(dimension.name());
      added->set_value(dimension.value());
    }
  }
  return queries;
}

google::protobuf::RepeatedPtrField<cw::Dimension> DimensionsOf(const aas::CustomizedMetricSpecification& metric) {
  google::protobuf::RepeatedPtrField<cw::Dimension> dimensions;
  for (const aas::MetricDimension& given : metric.dimensions()) {
    cw::Dimension* added = dimensions.Add();
    added->set_name(given.name());
    added->set_value(given.value());
  }
  return dimensions;
}

absl::Status CheckUnit(const std::string& path, bool given, const std::string& unit) {
  if (!given || UnitValue(unit) != cw::StandardUnit::UNSPECIFIED) return absl::OkStatus();
  return ValidationError(Say(path, " is '", unit, "', which is no unit of CloudWatch"));
}

absl::Status CheckCustomized(const aas::CustomizedMetricSpecification& metric) {
  const std::string path = Say(kField, ".customizedMetricSpecification");
  if (metric.metrics_size() > 0) {
    if (metric.has_metric_name() || metric.has_namespace_() || metric.dimensions_size() > 0 || metric.has_unit() ||
        metric.statistic() != aas::MetricStatistic::UNSPECIFIED) {
      return ValidationError(Say(path, ".metrics goes without metricName, namespace, dimensions, statistic and unit"));
    }
    for (int i = 0; i < metric.metrics_size(); ++i) {
      const aas::TargetTrackingMetricStat& stat = metric.metrics(i).metric_stat();
      ECSMI_RETURN_IF_ERROR(CheckUnit(Say(path, ".metrics[", i, "].metricStat.unit"), stat.has_unit(), stat.unit()));
    }
    return AsValidation(CheckAlarmQueries(Say(path, ".metrics"), QueriesOf(metric)).status());
  }
  if (!metric.has_metric_name()) return MustNotBeNull(Say(path, ".metricName"));
  if (!metric.has_namespace_()) return MustNotBeNull(Say(path, ".namespace"));
  if (metric.statistic() == aas::MetricStatistic::UNSPECIFIED) return MustNotBeNull(Say(path, ".statistic"));
  ECSMI_RETURN_IF_ERROR(AsValidation(CheckLength(Say(path, ".metricName"), metric.metric_name(), 1, 255)));
  ECSMI_RETURN_IF_ERROR(AsValidation(CheckNamespace(metric.namespace_())));
  ECSMI_RETURN_IF_ERROR(AsValidation(CheckDimensions(Say(path, ".dimensions"), DimensionsOf(metric))));
  return CheckUnit(Say(path, ".unit"), metric.has_unit(), metric.unit());
}

cw::Statistic::Value StatisticOf(aas::MetricStatistic::Value statistic) {
  cw::Statistic::Value value = cw::Statistic::UNSPECIFIED;
  cw::Statistic::Value_Parse(aas::MetricStatistic::Value_Name(statistic), &value);
  return value;
}

}  // namespace

absl::Status CheckTrackingConfiguration(const aas::TargetTrackingScalingPolicyConfiguration& configuration) {
  if (!configuration.has_target_value()) return MustNotBeNull(Say(kField, ".targetValue"));
  if (!(configuration.target_value() >= kTargetMin && configuration.target_value() <= kTargetMax)) {
    return ValidationError(Say(kField, ".targetValue is ", configuration.target_value(),
                               "; it must be between 8.515920e-109 and 1.174271e+108"));
  }
  for (const auto& [given, field, value] :
       {std::tuple(configuration.has_scale_out_cooldown(), "scaleOutCooldown", configuration.scale_out_cooldown()),
        {configuration.has_scale_in_cooldown(), "scaleInCooldown", configuration.scale_in_cooldown()}}) {
    if (given && value < 0) {
      return ValidationError(Say(kField, ".", field, " is ", value, "; it must not be negative"));
    }
  }
  if (configuration.has_predefined_metric_specification() == configuration.has_customized_metric_specification()) {
    return ValidationError(Say("Exactly one of ", kField, ".predefinedMetricSpecification and ", kField,
                               ".customizedMetricSpecification must be given; ",
                               configuration.has_predefined_metric_specification() ? "both are" : "none is"));
  }
  return configuration.has_predefined_metric_specification()
             ? CheckPredefined(configuration.predefined_metric_specification())
             : CheckCustomized(configuration.customized_metric_specification());
}

void ConfigureTracking(const aas::TargetTrackingScalingPolicyConfiguration& configuration, model::ScalingPolicy& row) {
  constexpr std::int32_t kCooldownSeconds = 300;  // F32
  row.tracks = true;
  row.target_value = configuration.target_value();
  row.scale_out_cooldown_seconds =
      configuration.has_scale_out_cooldown() ? configuration.scale_out_cooldown() : kCooldownSeconds;
  row.scale_in_cooldown_seconds =
      configuration.has_scale_in_cooldown() ? configuration.scale_in_cooldown() : kCooldownSeconds;
  row.scale_in_disabled = configuration.disable_scale_in();
}

cw::PutMetricAlarmRequest TrackedMetric(const aas::TargetTrackingScalingPolicyConfiguration& configuration,
                                        const model::ScalableTarget& target) {
  cw::PutMetricAlarmRequest alarm;
  if (configuration.has_predefined_metric_specification()) {
    const bool cpu = configuration.predefined_metric_specification().predefined_metric_type() ==
                     aas::MetricType::ECSServiceAverageCPUUtilization;
    alarm.set_namespace_("AWS/ECS");
    alarm.set_metric_name(cpu ? "CPUUtilization" : "MemoryUtilization");
    alarm.set_statistic(cw::Statistic::Average);
    alarm.set_unit(cw::StandardUnit::Percent);
    // "service/<cluster>/<service>" (F1)
    const std::vector<std::string> names = absl::StrSplit(target.resource_id, '/');
    for (const auto& [name, value] : {std::pair("ClusterName", names[1]), {"ServiceName", names[2]}}) {
      cw::Dimension* added = alarm.add_dimensions();
      added->set_name(name);
      added->set_value(value);
    }
  } else {
    const aas::CustomizedMetricSpecification& metric = configuration.customized_metric_specification();
    if (metric.metrics_size() > 0) {
      *alarm.mutable_metrics() = QueriesOf(metric);
      return alarm;
    }
    alarm.set_namespace_(metric.namespace_());
    alarm.set_metric_name(metric.metric_name());
    alarm.set_statistic(StatisticOf(metric.statistic()));
    if (metric.has_unit()) alarm.set_unit(UnitValue(metric.unit()));
    *alarm.mutable_dimensions() = DimensionsOf(metric);
  }
  alarm.set_period(kPeriodSeconds);
  return alarm;
}

}  // namespace ecsmi::api
