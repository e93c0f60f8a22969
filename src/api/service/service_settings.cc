#include "api/service/service_settings.h"

#include <string>

#include "api/check.h"
#include "api/limits.h"
#include "api/region.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/core/constraints.h"

namespace ecsmi::api {
namespace {

constexpr int kConstraintsMax = 10;
constexpr std::size_t kExpressionMax = 2'000;  // H25
constexpr std::int32_t kPercentMax = 200;      // D20: AWS's console and guides know 100 to 200
constexpr std::int32_t kThresholdMax = 10'000;
constexpr int kDeploymentAlarmsMax = 100;   // not documented
constexpr std::size_t kAlarmNameMax = 255;  // CloudWatch's

absl::Status NotEmulated(std::string_view field, std::string_view anchor) {
  return Ours(AwsException::kUnsupportedFeature, Say(field, " is not emulated; leave it out"), anchor);
}

absl::Status CheckBreaker(const pb::DeploymentCircuitBreaker& breaker) {
  constexpr char kPath[] = "deploymentConfiguration.deploymentCircuitBreaker";
  if (!breaker.has_enable()) return InvalidParameter(Say(kPath, ".enable is required"));
  if (!breaker.has_rollback()) return InvalidParameter(Say(kPath, ".rollback is required"));
  if (!breaker.has_threshold_configuration()) return absl::OkStatus();
  const pb::ThresholdConfiguration& threshold = breaker.threshold_configuration();
  if (!threshold.has_type()) return InvalidParameter(Say(kPath, ".thresholdConfiguration.type is required"));
  if (!threshold.has_value()) return InvalidParameter(Say(kPath, ".thresholdConfiguration.value is required"));
  const bool count = threshold.type() == pb::ThresholdType::COUNT;
  return CheckRange(Say(kPath, ".thresholdConfiguration.value"), threshold.value(), 1, count ? kThresholdMax : 100);
}

// Alarms may be made after the service: whether there are such is not asked (assumed).
absl::Status CheckAlarms(const pb::DeploymentAlarms& alarms) {
  constexpr char kPath[] = "deploymentConfiguration.alarms.alarmNames";
  if (alarms.enable() && alarms.alarm_names().empty()) {
    return InvalidParameter(Say(kPath, " is empty; alarms that are enabled need at least one name"));
  }
  ECSMI_RETURN_IF_ERROR(CheckCount(kPath, alarms.alarm_names_size(), kDeploymentAlarmsMax));
  for (int i = 0; i < alarms.alarm_names_size(); ++i) {
    const std::string& name = alarms.alarm_names(i);
    const std::string path = Say(kPath, "[", i, "]");
    ECSMI_RETURN_IF_ERROR(CheckRequired(path, name));
    if (name.size() > kAlarmNameMax) {
      return InvalidParameter(Say(path, " has ", name.size(), " characters; at most ", kAlarmNameMax, " are allowed"));
    }
  }
  return absl::OkStatus();
}

// Fields the two requests share by name; the messages have no common type.
template <typename Request>
absl::Status CheckShared(const Request& request) {
  if (!request.placement_strategy().empty()) {  // C66
    return Ours(AwsException::kInvalidParameter,
                "placementStrategy is not supported with managed instances capacity providers.",
                "placement-constraints");
  }
  if (!request.load_balancers().empty()) return NotEmulated("loadBalancers", "load-balancers");
  if (!request.service_registries().empty()) return NotEmulated("serviceRegistries", "service-discovery");
  if (!request.volume_configurations().empty()) return NotEmulated("volumeConfigurations", "volumes");
  if (!request.vpc_lattice_configurations().empty()) return NotEmulated("vpcLatticeConfigurations", "vpc-lattice");
  if (!request.gateway_connectors().empty()) return NotEmulated("gatewayConnectors", "gateway-connectors");
  if (request.has_monitoring()) return NotEmulated("monitoring", "service-monitoring");
  if (request.service_connect_configuration().enabled()) {
    return Ours(AwsException::kUnsupportedFeature,
                "serviceConnectConfiguration.enabled true is not emulated; set it to false or leave it out",
                "service-connect");
  }
  if (!request.platform_version().empty() && request.platform_version() != "LATEST") {
    return Ours(AwsException::kInvalidParameter,
                Say("platformVersion '", request.platform_version(), "' is for Fargate; managed instances have none"),
                "launch-types");
  }
  if (request.has_deployment_controller() &&
      request.deployment_controller().type() != pb::DeploymentControllerType::ECS) {
    const auto& values = *pb::DeploymentControllerType::Value_descriptor();
    const auto* value = values.FindValueByNumber(request.deployment_controller().type());
    if (!request.deployment_controller().has_type()) return InvalidParameter("deploymentController.type is required");
    return Ours(AwsException::kUnsupportedFeature,
                Say("deploymentController.type ", AwsName(*value), " is not emulated; services here deploy with ECS"),
                "deployment-controllers");
  }
  if (request.has_health_check_grace_period_seconds()) {
    ECSMI_RETURN_IF_ERROR(
        CheckRange("healthCheckGracePeriodSeconds", request.health_check_grace_period_seconds(), 0, 2'147'483'647));
  }
  ECSMI_RETURN_IF_ERROR(CheckDeploymentConfiguration(request.deployment_configuration()));
  ECSMI_RETURN_IF_ERROR(CheckConstraints(request.placement_constraints()));
  return CheckStrategy("capacityProviderStrategy", request.capacity_provider_strategy());
}

}  // namespace

absl::Status CheckDeploymentConfiguration(const pb::DeploymentConfiguration& configuration) {
  if (configuration.has_strategy() && configuration.strategy() != pb::DeploymentStrategy::ROLLING) {
    const auto* value = pb::DeploymentStrategy::Value_descriptor()->FindValueByNumber(configuration.strategy());
    return Ours(AwsException::kUnsupportedFeature,
                Say("deploymentConfiguration.strategy ", AwsName(*value), " is not emulated; ROLLING is"),
                "deployment-strategies");
  }
  if (configuration.bake_time_in_minutes() != 0) {
    return NotEmulated("deploymentConfiguration.bakeTimeInMinutes", "deployment-strategies");
  }
  if (!configuration.lifecycle_hooks().empty()) {
    return NotEmulated("deploymentConfiguration.lifecycleHooks", "deployment-strategies");
  }
  if (configuration.has_linear_configuration()) {
    return NotEmulated("deploymentConfiguration.linearConfiguration", "deployment-strategies");
  }
  if (configuration.has_canary_configuration()) {
    return NotEmulated("deploymentConfiguration.canaryConfiguration", "deployment-strategies");
  }
  if (configuration.early_success_criteria().enable()) {
    return NotEmulated("deploymentConfiguration.earlySuccessCriteria", "deployment-strategies");
  }
  ECSMI_RETURN_IF_ERROR(CheckAlarms(configuration.alarms()));
  if (configuration.has_minimum_healthy_percent()) {
    ECSMI_RETURN_IF_ERROR(
        CheckRange("deploymentConfiguration.minimumHealthyPercent", configuration.minimum_healthy_percent(), 0, 100));
  }
  if (configuration.has_maximum_percent()) {
    ECSMI_RETURN_IF_ERROR(
        CheckRange("deploymentConfiguration.maximumPercent", configuration.maximum_percent(), 100, kPercentMax));
  }
  return configuration.has_deployment_circuit_breaker() ? CheckBreaker(configuration.deployment_circuit_breaker())
                                                        : absl::OkStatus();
}

absl::Status CheckConstraints(const google::protobuf::RepeatedPtrField<pb::PlacementConstraint>& constraints) {
  ECSMI_RETURN_IF_ERROR(CheckCount("placementConstraints", constraints.size(), kConstraintsMax));
  for (int i = 0; i < constraints.size(); ++i) {
    const std::string path = Say("placementConstraints[", i, "]");
    const bool member_of = constraints[i].type() == pb::PlacementConstraintType::memberOf;
    if (!constraints[i].has_type()) return InvalidParameter(Say(path, ".type can not be blank."));
    if (member_of) ECSMI_RETURN_IF_ERROR(CheckRequired(path + ".expression", constraints[i].expression()));
    if (!member_of && !constraints[i].expression().empty()) {
      return InvalidParameter(
          Say(path, ".expression '", constraints[i].expression(), "' is for memberOf; distinctInstance takes none"));
    }
    if (constraints[i].expression().size() > kExpressionMax) {
      return InvalidParameter(Say(path, ".expression has ", constraints[i].expression().size(), " characters; at most ",
                                  kExpressionMax, " are allowed"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckEmulated(const pb::CreateServiceRequest& request) {
  if (request.has_launch_type() && !request.capacity_provider_strategy().empty()) {  // A81
    return InvalidParameter(
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.");
  }
  if (request.has_launch_type()) {
    const auto* value = pb::LaunchType::Value_descriptor()->FindValueByNumber(request.launch_type());
    return Ours(AwsException::kUnsupportedFeature,
                Say("launchType ", AwsName(*value), " is not emulated; give a capacityProviderStrategy that names a ",
                    "managed instances capacity provider"),
                "launch-types");
  }
  if (request.scheduling_strategy() == pb::SchedulingStrategy::DAEMON) {
    if (request.has_desired_count()) {  // D66
      return InvalidParameter(
          "The daemon scheduling strategy does not support a desired count for services. Remove the desired count "
          "value and try again");
    }
    return Ours(AwsException::kInvalidParameter,
                "schedulingStrategy DAEMON is not supported with managed instances capacity providers", "daemons");
  }
  if (!request.role().empty()) return NotEmulated("role, which only classic load balancers need,", "load-balancers");
  return CheckShared(request);
}

absl::Status CheckEmulated(const pb::UpdateServiceRequest& request) {
  return CheckShared(request);
}

absl::Status CheckDesiredCount(std::int64_t count) {
  if (count < 0) return InvalidParameter("desiredCount cannot be a negative number.");
  return absl::OkStatus();
}

absl::Status CheckServiceLimits(const control::Step& step, std::int64_t desired_count) {
  if (!step.settings.limits || desired_count <= kTasksPerServiceMax) return absl::OkStatus();
  return InvalidParameter(
      Say("desiredCount is ", desired_count, "; a service has at most ", kTasksPerServiceMax, " tasks"));
}

absl::Status CompileConstraints(const control::Step& step, std::string_view region,
                                const google::protobuf::RepeatedPtrField<pb::PlacementConstraint>& constraints) {
  ECSMI_ASSIGN_OR_RETURN(const control::RegionView view, FindRegion(step, region));
  for (int i = 0; i < constraints.size(); ++i) {
    if (constraints[i].type() != pb::PlacementConstraintType::memberOf) continue;
    const auto effect = core::CompileConstraint(constraints[i].expression(), *view.catalog);
    if (effect.ok()) continue;
    return Ours(AwsException::kInvalidParameter,
                Say("placementConstraints[", i, "].expression '", constraints[i].expression(),
                    "': ", effect.status().message()),
                "placement-constraints");
  }
  return absl::OkStatus();
}

void SetDeploymentConfiguration(const pb::DeploymentConfiguration& configuration, model::Service& row,
                                pb::DeploymentConfiguration& shown) {
  if (configuration.has_minimum_healthy_percent())
    row.minimum_healthy_percent = configuration.minimum_healthy_percent();
  if (configuration.has_maximum_percent()) row.maximum_percent = configuration.maximum_percent();
  shown.set_minimum_healthy_percent(row.minimum_healthy_percent);
  shown.set_maximum_percent(row.maximum_percent);
  shown.set_strategy(pb::DeploymentStrategy::ROLLING);
  if (configuration.has_alarms()) {
    *shown.mutable_alarms() = configuration.alarms();
    row.alarms_enabled = configuration.alarms().enable();
    row.alarms_rollback = configuration.alarms().rollback();
    row.alarm_names.assign(configuration.alarms().alarm_names().begin(), configuration.alarms().alarm_names().end());
  }
  pb::DeploymentCircuitBreaker& breaker = *shown.mutable_deployment_circuit_breaker();
  if (configuration.has_deployment_circuit_breaker()) {
    breaker = configuration.deployment_circuit_breaker();
    row.breaker_enabled = breaker.enable();
    row.breaker_rollback = breaker.rollback();
    row.breaker_reset_on_healthy = !breaker.has_reset_on_healthy_task() || breaker.reset_on_healthy_task();
    row.breaker_threshold_type = model::ThresholdType::kBoundedPercent;
    row.breaker_threshold = 50;  // D42
    if (breaker.has_threshold_configuration()) {
      row.breaker_threshold = breaker.threshold_configuration().value();
      const pb::ThresholdType::Value type = breaker.threshold_configuration().type();
      if (type == pb::ThresholdType::COUNT) row.breaker_threshold_type = model::ThresholdType::kCount;
      if (type == pb::ThresholdType::UNBOUNDED_PERCENT) {
        row.breaker_threshold_type = model::ThresholdType::kUnboundedPercent;
      }
    }
  }
  breaker.set_enable(row.breaker_enabled);
  breaker.set_rollback(row.breaker_rollback);
}

void SetConstraints(const google::protobuf::RepeatedPtrField<pb::PlacementConstraint>& constraints,
                    model::Service& row) {
  row.distinct_instance = false;
  row.placement_constraints.clear();
  for (const pb::PlacementConstraint& constraint : constraints) {
    if (constraint.type() == pb::PlacementConstraintType::memberOf) {
      row.placement_constraints.push_back(constraint.expression());
    } else {
      row.distinct_instance = true;
    }
  }
}

void SetPropagation(pb::PropagateTags::Value propagate, model::Service& row) {
  row.propagate_service_tags = propagate == pb::PropagateTags::SERVICE;
  row.propagate_definition_tags = propagate == pb::PropagateTags::TASK_DEFINITION;
}

}  // namespace ecsmi::api
