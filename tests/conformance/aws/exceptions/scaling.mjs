// Application Auto Scaling's exceptions: what raises each, and why the others never come.
import { awsvpc, definition, provider } from "../worlds.mjs";

const target = (service) => ({
  ServiceNamespace: "ecs", ResourceId: `service/scaled/${service}`, ScalableDimension: "ecs:service:DesiredCount",
});
const steps = (count) => ({
  AdjustmentType: "ExactCapacity",
  StepAdjustments: Array.from({ length: count }, (_, i) => ({
    MetricIntervalLowerBound: i, ...(i < count - 1 ? { MetricIntervalUpperBound: i + 1 } : {}), ScalingAdjustment: i,
  })),
});
const policy = (service, count) => ({
  ...target(service), PolicyName: "p", PolicyType: "StepScaling", StepScalingPolicyConfiguration: steps(count),
});

// A service at rest in a world of its own.
export async function service({ aws, settle }) {
  await aws.ecs.registerTaskDefinition(definition("scaled"));
  await aws.ecs.createCluster({ clusterName: "scaled" });
  await aws.ecs.createCapacityProvider(provider("mi-scaled", "scaled"));
  await settle();
  await aws.ecs.createService({ cluster: "scaled", serviceName: "s", taskDefinition: "scaled", desiredCount: 0, ...awsvpc,
    capacityProviderStrategy: [{ capacityProvider: "mi-scaled" }] });
}
export async function prepare(world) {
  await service(world);
  await world.aws.scaling.registerScalableTarget({ ...target("s"), MinCapacity: 0, MaxCapacity: 4 });
}
export const prepareBroken = service;

export const raised = {
  InternalServiceException: [
    [({ broken }) => broken.scaling.registerScalableTarget({ ...target("s"), MinCapacity: 0, MaxCapacity: 4 }),
      /^An internal error occurred\.$/],
  ],
  InvalidNextTokenException: [
    ({ aws }) => aws.scaling.describeScalableTargets({ ServiceNamespace: "ecs", NextToken: "x" }),
    ({ aws }) => aws.scaling.describeScalingPolicies({ ServiceNamespace: "ecs", NextToken: "x" }),
    ({ aws }) => aws.scaling.describeScalingActivities({ ServiceNamespace: "ecs", NextToken: "x" }),
  ].map((call) => [call, /^Invalid token$/]),
  LimitExceededException: [
    [({ aws }) => aws.scaling.putScalingPolicy(policy("s", 21)), /stepAdjustments has 21 entries; at most 20 are allowed$/],
  ],
  ObjectNotFoundException: [
    [({ aws }) => aws.scaling.putScalingPolicy(policy("none", 1)),
      /^No scalable target found for service namespace: ecs, resource ID: service\/scaled\/none/],
    [({ aws }) => aws.scaling.deregisterScalableTarget(target("none")), /^No scalable target found/],
    [({ aws }) => aws.scaling.deleteScalingPolicy({ ...target("s"), PolicyName: "none" }), /^No scaling policy found/],
  ],
  ResourceNotFoundException: [
    [({ aws }) => aws.scaling.listTagsForResource({
      ResourceARN: "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/none",
    }), /^The resource doesn't exist: arn:/],
  ],
  TooManyTagsException: [
    [async ({ aws }) => {
      const { ScalableTargets: [{ ScalableTargetARN: ResourceARN }] } =
        await aws.scaling.describeScalableTargets({ ServiceNamespace: "ecs" });
      const tags = (first, count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${first + i}`, "v"]));
      await aws.scaling.tagResource({ ResourceARN, Tags: tags(0, 50) });
      return aws.scaling.tagResource({ ResourceARN, Tags: tags(50, 1) });
    }, /51 tags; at most 50/],
  ],
  ValidationException: [
    [({ aws }) => aws.scaling.registerScalableTarget({ ...target("none"), MinCapacity: 0, MaxCapacity: 1 }),
      /^ECS service doesn't exist: service\/scaled\/none$/],
    [({ aws }) => aws.scaling.registerScalableTarget({ ...target("s"), MinCapacity: 5, MaxCapacity: 1 }), /apacity/],
    [({ aws }) => aws.scaling.putScalingPolicy({ ...policy("s", 1), PolicyType: "TargetTrackingScaling" }),
      /^stepScalingPolicyConfiguration goes with policyType StepScaling only$/],
  ],
};

export const never = {
  ConcurrentUpdateException: "the calls of a world are served one after the other",
  FailedResourceAccessException: "no role stands between a policy and its alarms",
};
