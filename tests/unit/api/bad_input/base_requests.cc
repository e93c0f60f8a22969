#include "unit/api/bad_input/base_requests.h"

#include "builders/capacity_provider_requests.h"

namespace ecsmi::testing {
namespace {

constexpr const char* kDefinition =
    "family: 'web' requires_compatibilities: MANAGED_INSTANCES network_mode: awsvpc cpu: '256' memory: '512' "
    "container_definitions {name: 'main' image: 'example/web:1' essential: true cpu: 128 memory: 256 "
    "command: 'serve' port_mappings {container_port: 80} environment {name: 'A' value: 'b'} "
    "health_check {command: 'CMD' command: 'true' interval: 30 timeout: 5 retries: 3 start_period: 0} "
    "docker_labels {key: 'ecsmi.cpu-percent' value: '10'}} tags {key: 'k' value: 'v'}";
constexpr const char* kNetwork =
    "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a' security_groups: 'sg-0000000a'}} ";

constexpr const char* kAlarm =
    "metric_name: 'Depth' namespace: 'App' statistic: Maximum period: 60 evaluation_periods: 1 threshold: 5 "
    "comparison_operator: GreaterThanOrEqualToThreshold dimensions {name: 'QueueName' value: 'q'}";
constexpr const char* kTarget =
    "service_namespace: ecs resource_id: 'service/c/svc' scalable_dimension: ecs_service_DesiredCount ";

}  // namespace

const std::vector<BaseRequest>& BaseRequests() {
  static const std::string network = kNetwork;
  static const std::string alarm = kAlarm;
  static const std::string target = kTarget;
  static const std::vector<BaseRequest> requests = {
      {"ecsmi.ecs.v1.EcsService/CreateCluster",
       "cluster_name: 'd' tags {key: 'k' value: 'v'} settings {name: containerInsights value: 'enabled'} "
       "capacity_providers: 'FARGATE' default_capacity_provider_strategy {capacity_provider: 'FARGATE' weight: 1}"},
      {"ecsmi.ecs.v1.EcsService/DescribeClusters", "clusters: 'c' include: TAGS"},
      {"ecsmi.ecs.v1.EcsService/ListClusters", "max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/UpdateCluster",
       "cluster: 'c' settings {name: containerInsights value: 'enabled'} service_connect_defaults {namespace: 'n'}"},
      {"ecsmi.ecs.v1.EcsService/UpdateClusterSettings",
       "cluster: 'c' settings {name: containerInsights value: 'enabled'}"},
      {"ecsmi.ecs.v1.EcsService/DeleteCluster", "cluster: 'empty'"},
      {"ecsmi.ecs.v1.EcsService/PutClusterCapacityProviders",
       "cluster: 'c' capacity_providers: 'mi' default_capacity_provider_strategy {capacity_provider: 'mi' weight: 1}"},
      {"ecsmi.ecs.v1.EcsService/CreateCapacityProvider",
       CreateText({.name = "other",
                   .requirements = "memory_mib {min: 512 max: 65536} v_cpu_count {min: 1 max: 8} "
                                   "cpu_manufacturers: intel allowed_instance_types: 'm5.*' ",
                   .optimization = "propagate_tags: CAPACITY_PROVIDER "
                                   "infrastructure_optimization {scale_in_after: 60} ",
                   .rest = "tags {key: 'k' value: 'v'} "})},
      {"ecsmi.ecs.v1.EcsService/DescribeCapacityProviders", "capacity_providers: 'mi' include: TAGS"},
      {"ecsmi.ecs.v1.EcsService/UpdateCapacityProvider",
       "name: 'mi' cluster: 'c' managed_instances_provider {infrastructure_role_arn: "
       "'arn:aws:iam::123456789012:role/ecsInfrastructureRole' instance_launch_template {} "
       "infrastructure_optimization {scale_in_after: 60}}"},
      {"ecsmi.ecs.v1.EcsService/DeleteCapacityProvider", "capacity_provider: 'mi' cluster: 'c'"},
      {"ecsmi.ecs.v1.EcsService/RegisterTaskDefinition", kDefinition},
      {"ecsmi.ecs.v1.EcsService/DescribeTaskDefinition", "task_definition: 'web:1' include: TAGS"},
      {"ecsmi.ecs.v1.EcsService/ListTaskDefinitions", "family_prefix: 'web' status: ACTIVE sort: ASC max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/ListTaskDefinitionFamilies", "family_prefix: 'web' max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/DeregisterTaskDefinition", "task_definition: 'web:1'"},
      {"ecsmi.ecs.v1.EcsService/DeleteTaskDefinitions", "task_definitions: 'old:1'"},
      {"ecsmi.ecs.v1.EcsService/RunTask",
       "cluster: 'c' task_definition: 'web' count: 1 capacity_provider_strategy {capacity_provider: 'mi' weight: 1} " +
           network +
           "started_by: 'me' group: 'g' client_token: 't' tags {key: 'k' value: 'v'} "
           "overrides {cpu: '512' container_overrides {name: 'main' command: 'true'}} "
           "placement_constraints {type: distinctInstance}"},
      {"ecsmi.ecs.v1.EcsService/StopTask", "cluster: 'c' task: '$TASK' reason: 'enough'"},
      {"ecsmi.ecs.v1.EcsService/DescribeTasks", "cluster: 'c' tasks: '$TASK' include: TAGS"},
      {"ecsmi.ecs.v1.EcsService/ListTasks", "cluster: 'c' family: 'web' desired_status: RUNNING max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/DescribeContainerInstances",
       "cluster: 'c' container_instances: '$INSTANCE' include: TAGS"},
      {"ecsmi.ecs.v1.EcsService/ListContainerInstances",
       "cluster: 'c' status: ACTIVE filter: 'runningTasksCount >= 0' max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/UpdateContainerInstancesState",
       "cluster: 'c' container_instances: '$INSTANCE' status: DRAINING"},
      {"ecsmi.ecs.v1.EcsService/DeregisterContainerInstance",
       "cluster: 'c' container_instance: '$INSTANCE' force: true"},
      {"ecsmi.ecs.v1.EcsService/CreateService",
       "cluster: 'c' service_name: 's' task_definition: 'web' desired_count: 1 "
       "capacity_provider_strategy {capacity_provider: 'mi' weight: 1} " +
           network},
      {"ecsmi.ecs.v1.EcsService/UpdateService", "cluster: 'c' service: 'svc' desired_count: 2"},
      {"ecsmi.ecs.v1.EcsService/DeleteService", "cluster: 'c' service: 'svc' force: true"},
      {"ecsmi.ecs.v1.EcsService/DescribeServices", "cluster: 'c' services: 'svc' include: TAGS"},
      {"ecsmi.ecs.v1.EcsService/ListServices", "cluster: 'c' max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/ListServiceDeployments",
       "cluster: 'c' service: 'svc' status: IN_PROGRESS created_at {after {seconds: 1}} max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/DescribeServiceDeployments", "service_deployment_arns: '$DEPLOYMENT'"},
      {"ecsmi.ecs.v1.EcsService/DescribeServiceRevisions", "service_revision_arns: '$REVISION'"},
      {"ecsmi.ecs.v1.EcsService/StopServiceDeployment", "service_deployment_arn: '$DEPLOYMENT' stop_type: ROLLBACK"},
      {"ecsmi.ecs.v1.EcsService/TagResource", "resource_arn: '$TASK' tags {key: 'k' value: 'v'}"},
      {"ecsmi.ecs.v1.EcsService/UntagResource", "resource_arn: '$TASK' tag_keys: 'k'"},
      {"ecsmi.ecs.v1.EcsService/ListTagsForResource", "resource_arn: '$TASK'"},
      {"ecsmi.ecs.v1.EcsService/ListServicesByNamespace", "namespace: 'n' max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/PutAccountSetting",
       "name: containerInsights value: 'enabled' principal_arn: 'arn:aws:iam::$ACCOUNT:user/me'"},
      {"ecsmi.ecs.v1.EcsService/PutAccountSettingDefault", "name: containerInsights value: 'enhanced'"},
      {"ecsmi.ecs.v1.EcsService/DeleteAccountSetting",
       "name: containerInsights principal_arn: 'arn:aws:iam::$ACCOUNT:user/me'"},
      {"ecsmi.ecs.v1.EcsService/ListAccountSettings",
       "effective_settings: true principal_arn: 'arn:aws:iam::$ACCOUNT:user/me' max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/PutAttributes",
       "cluster: 'c' attributes {name: 'stack' value: 'blue' target_type: container_instance target_id: '$INSTANCE'}"},
      {"ecsmi.ecs.v1.EcsService/DeleteAttributes",
       "cluster: 'c' attributes {name: 'stack' target_type: container_instance target_id: '$INSTANCE'}"},
      {"ecsmi.ecs.v1.EcsService/ListAttributes",
       "cluster: 'c' target_type: container_instance attribute_name: 'ecs.os-type' attribute_value: 'linux' "
       "max_results: 10"},
      {"ecsmi.ecs.v1.EcsService/UpdateTaskProtection",
       "cluster: 'c' tasks: '$TASK' protection_enabled: true expires_in_minutes: 60"},
      {"ecsmi.ecs.v1.EcsService/GetTaskProtection", "cluster: 'c' tasks: '$TASK'"},
      {"ecsmi.ecs.v1.EcsService/StartTask", "cluster: 'c' container_instances: '$INSTANCE' task_definition: 'web' " +
                                                network +
                                                "started_by: 'me' group: 'g' tags {key: 'k' value: 'v'} "
                                                "overrides {container_overrides {name: 'main' command: 'true'}}"},
      {"ecsmi.emulator.v1.EmulatorService/GetInfo", ""},
      {"ecsmi.emulator.v1.EmulatorService/ListWorlds", "max_results: 10"},
      {"ecsmi.emulator.v1.EmulatorService/GetClock", ""},
      {"ecsmi.emulator.v1.EmulatorService/SetClock", "mode: VIRTUAL speed: 1"},
      {"ecsmi.emulator.v1.EmulatorService/AdvanceClock", "by {seconds: 60}"},
      {"ecsmi.emulator.v1.EmulatorService/RunUntilQuiescent", "limit {seconds: 600}"},
      {"ecsmi.emulator.v1.EmulatorService/ResetWorld", ""},
      {"ecsmi.emulator.v1.EmulatorService/ListInstanceTypes",
       "max_results: 5 include_rejected: true instance_requirements {v_cpu_count {min: 1} memory_mib {min: 512}}"},
      {"ecsmi.emulator.v1.EmulatorService/GetCosts", "group_by: SERVICE"},
      {"ecsmi.emulator.v1.EmulatorService/ListUsage", ""},
      {"ecsmi.emulator.v1.EmulatorService/PlanCapacity",
       R"(tasks { group: "web" count: 3 arch: "x86_64" cpu_units: 512 memory_mib: 1024 eni_slots: 1 }
          instance_types { name: "a" arch: "x86_64" cpu_units: 2048 memory_mib: 4096 eni_slots: 3
                           price_microusd_per_hour: 100000 }
          region: "us-east-1" availability_zones: 2)"},
      {"ecsmi.emulator.v1.EmulatorService/ExplainInstanceTypes",
       "max_results: 5 refused_by: 'vCpuCount' instance_types: 'm*' "
       "instance_requirements {v_cpu_count {min: 1} memory_mib {min: 512}}"},
      {"ecsmi.emulator.v1.EmulatorService/ExplainTask", "cluster: 'c' task: '$TASK'"},
      {"ecsmi.emulator.v1.EmulatorService/ExplainInstance", "cluster: 'c' container_instance: '$INSTANCE'"},
      {"ecsmi.emulator.v1.EmulatorService/ExplainService", "cluster: 'c' service: 'svc'"},
      {"ecsmi.emulator.v1.EmulatorService/PutBehavior",
       "rule {name: 'r' service: 's' family: 'f' container: 'c' image: 'i' isolation: 'task' "
       "behavior {key: 'ecsmi.run-seconds' value: '30'}}"},
      {"ecsmi.emulator.v1.EmulatorService/ListBehaviors", "max_results: 10"},
      {"ecsmi.emulator.v1.EmulatorService/DeleteBehaviors", "all: true"},
      {"ecsmi.emulator.v1.EmulatorService/DumpWorld", ""},
      {"ecsmi.sqs.v1.SqsService/CreateQueue",
       "queue_name: 'other' attributes {key: 'VisibilityTimeout' value: '30'} tags {key: 'k' value: 'v'}"},
      {"ecsmi.sqs.v1.SqsService/DeleteQueue", "queue_url: '$QUEUE'"},
      {"ecsmi.sqs.v1.SqsService/PurgeQueue", "queue_url: '$QUEUE'"},
      {"ecsmi.sqs.v1.SqsService/SetQueueAttributes",
       "queue_url: '$QUEUE' attributes {key: 'VisibilityTimeout' value: '60'}"},
      {"ecsmi.sqs.v1.SqsService/GetQueueAttributes", "queue_url: '$QUEUE' attribute_names: All"},
      {"ecsmi.sqs.v1.SqsService/GetQueueUrl", "queue_name: 'q'"},
      {"ecsmi.sqs.v1.SqsService/ListQueues", "queue_name_prefix: 'q' max_results: 10"},
      {"ecsmi.sqs.v1.SqsService/ListDeadLetterSourceQueues", "queue_url: '$QUEUE' max_results: 10"},
      {"ecsmi.sqs.v1.SqsService/TagQueue", "queue_url: '$QUEUE' tags {key: 'k' value: 'v'}"},
      {"ecsmi.sqs.v1.SqsService/UntagQueue", "queue_url: '$QUEUE' tag_keys: 'k'"},
      {"ecsmi.sqs.v1.SqsService/ListQueueTags", "queue_url: '$QUEUE'"},
      {"ecsmi.sqs.v1.SqsService/SendMessage",
       "queue_url: '$QUEUE' message_body: 'hello' delay_seconds: 1 "
       "message_attributes {key: 'a' value {data_type: 'String' string_value: 'b'}}"},
      {"ecsmi.sqs.v1.SqsService/SendMessageBatch",
       "queue_url: '$QUEUE' entries {id: 'one' message_body: 'hello' delay_seconds: 1}"},
      {"ecsmi.sqs.v1.SqsService/ReceiveMessage",
       "queue_url: '$QUEUE' max_number_of_messages: 1 visibility_timeout: 30 message_system_attribute_names: All"},
      {"ecsmi.sqs.v1.SqsService/DeleteMessage", "queue_url: '$QUEUE' receipt_handle: '$RECEIPT'"},
      {"ecsmi.sqs.v1.SqsService/DeleteMessageBatch",
       "queue_url: '$QUEUE' entries {id: 'one' receipt_handle: '$RECEIPT'}"},
      {"ecsmi.sqs.v1.SqsService/ChangeMessageVisibility",
       "queue_url: '$QUEUE' receipt_handle: '$RECEIPT' visibility_timeout: 60"},
      {"ecsmi.sqs.v1.SqsService/ChangeMessageVisibilityBatch",
       "queue_url: '$QUEUE' entries {id: 'one' receipt_handle: '$RECEIPT' visibility_timeout: 60}"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/PutMetricData",
       "namespace: 'App' metric_data {metric_name: 'Depth' value: 3 unit: Count "
       "dimensions {name: 'QueueName' value: 'q'}}"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/GetMetricStatistics",
       "namespace: 'App' metric_name: 'Depth' period: 60 statistics: Average start_time {seconds: 1767225600} "
       "end_time {seconds: 1767229200} dimensions {name: 'QueueName' value: 'q'}"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/GetMetricData",
       "metric_data_queries {id: 'm' return_data: false metric_stat {metric {namespace: 'App' metric_name: 'Depth' "
       "dimensions {name: 'QueueName' value: 'q'}} period: 60 stat: 'Average' unit: Count}} "
       "metric_data_queries {id: 'e' expression: 'FILL(m, 0) / 2' label: 'half'} start_time {seconds: 1767225600} "
       "end_time {seconds: 1767229200} scan_by: TimestampAscending max_datapoints: 100"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/ListMetrics",
       "namespace: 'App' metric_name: 'Depth' dimensions {name: 'QueueName' value: 'q'}"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/PutMetricAlarm", "alarm_name: 'other' " + alarm},
      {"ecsmi.cloudwatch.v1.CloudWatchService/DescribeAlarms", "alarm_names: 'a' state_value: OK max_records: 10"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/DescribeAlarmsForMetric", "metric_name: 'Depth' namespace: 'App'"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/DeleteAlarms", "alarm_names: 'a'"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/EnableAlarmActions", "alarm_names: 'a'"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/DisableAlarmActions", "alarm_names: 'a'"},
      {"ecsmi.cloudwatch.v1.CloudWatchService/SetAlarmState",
       "alarm_name: 'a' state_value: ALARM state_reason: 'because'"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/RegisterScalableTarget",
       target + "min_capacity: 0 max_capacity: 5 tags {key: 'k' value: 'v'} suspended_state "
                "{scheduled_scaling_suspended: true}"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/DeregisterScalableTarget", target},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/DescribeScalableTargets",
       "service_namespace: ecs resource_ids: 'service/c/svc' max_results: 10"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/PutScalingPolicy",
       target +
           "policy_name: 'p2' policy_type: StepScaling step_scaling_policy_configuration {adjustment_type: "
           "ChangeInCapacity cooldown: 60 step_adjustments {metric_interval_lower_bound: 0 scaling_adjustment: 1}}"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/DeleteScalingPolicy", target + "policy_name: 'p'"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/DescribeScalingPolicies",
       "service_namespace: ecs policy_names: 'p' resource_id: 'service/c/svc' max_results: 10"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/TagResource",
       "resource_arn: '$TARGET' tags {key: 'k' value: 'w'}"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/UntagResource", "resource_arn: '$TARGET' tag_keys: 'k'"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/ListTagsForResource", "resource_arn: '$TARGET'"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/PutScheduledAction",
       target +
           "scheduled_action_name: 'night' schedule: 'cron(0 22 ? * MON-FRI *)' timezone: 'UTC' start_time {seconds: "
           "4070908800} end_time {seconds: 4102444800} scalable_target_action {min_capacity: 0 max_capacity: 3}"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/DeleteScheduledAction",
       target + "scheduled_action_name: 'day'"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/DescribeScheduledActions",
       "service_namespace: ecs scheduled_action_names: 'day' resource_id: 'service/c/svc' max_results: 10"},
      {"ecsmi.autoscaling.v1.ApplicationAutoScalingService/DescribeScalingActivities",
       "service_namespace: ecs resource_id: 'service/c/svc' max_results: 10"},
  };
  return requests;
}

}  // namespace ecsmi::testing
