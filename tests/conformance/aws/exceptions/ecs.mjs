// ECS's exceptions: which call of ours raises each, in AWS's words where clients match them (clients.md's table of
// errors), and why the others never come.
import { awsvpc, definition, provider } from "../worlds.mjs";

const token = "0123456789abcdef";
const service = (cluster, serviceName, more = {}) => ({
  cluster, serviceName, taskDefinition: "web", desiredCount: 0, ...awsvpc, ...more,
});
const strategy = (...names) => ({ capacityProviderStrategy: names.map((capacityProvider) => ({ capacityProvider })) });

// A cluster with an ACTIVE provider of its own, which is its default strategy.
async function cluster({ aws, settle }, name, scaleInAfter) {
  await aws.ecs.createCluster({ clusterName: name });
  await aws.ecs.createCapacityProvider(provider(`mi-${name}`, name, { infrastructureOptimization: { scaleInAfter } }));
  await settle();
  await aws.ecs.putClusterCapacityProviders({
    cluster: name, capacityProviders: [`mi-${name}`],
    defaultCapacityProviderStrategy: [{ capacityProvider: `mi-${name}`, weight: 1 }],
  });
}

export async function prepare(world) {
  const { ecs } = world.aws;
  await ecs.registerTaskDefinition(definition("web"));
  for (const name of ["services", "tasks", "hosts", "providers"]) await cluster(world, name, name === "hosts" ? -1 : 0);
  await ecs.createService(service("services", "idle"));
  await ecs.createService(service("services", "busy", { desiredCount: 1 }));
  await ecs.createService(service("services", "gone"));
  await ecs.deleteService({ cluster: "services", service: "gone" });
  await ecs.runTask({ cluster: "tasks", taskDefinition: "web", clientToken: token, ...awsvpc });
  const { tasks: [passing] } = await ecs.runTask({ cluster: "hosts", taskDefinition: "web", ...awsvpc });
  await world.settle();
  await ecs.stopTask({ cluster: "hosts", task: passing.taskArn });
  await world.settle();
  await ecs.createCluster({ clusterName: "crowded" });
  for (let i = 0; i < 20; ++i) await ecs.createCapacityProvider(provider(`crowd-${i}`, "crowded"));
  await world.settle();
  await ecs.createCluster({ clusterName: "weightless" });
  await ecs.createCapacityProvider(provider("mi-weightless", "weightless"));
  await world.settle();
  await ecs.putClusterCapacityProviders({
    cluster: "weightless", capacityProviders: ["mi-weightless"],
    defaultCapacityProviderStrategy: [{ capacityProvider: "mi-weightless", weight: 0 }],
  });
  await ecs.createCluster({ clusterName: "new" });
  await ecs.createCapacityProvider(provider("mi-new", "new"));  // stays PROVISIONING
}

const register = (family, container, more = {}) => ({ aws }) => aws.ecs.registerTaskDefinition({
  family, containerDefinitions: [container], ...more,
});

// Exception → [what the client does, the answer's text].
export const raised = {
  AccessDeniedException: [
    [({ guarded }) => guarded.ecs.listClusters({}), /^the key AKIDTEAM may not touch account \d{12}$/],
  ],
  ClientException: [
    [({ aws }) => aws.ecs.describeTaskDefinition({ taskDefinition: "none" }), /^Unable to describe task definition\.$/],
    [({ aws }) => aws.ecs.deregisterTaskDefinition({ taskDefinition: "web" }), /^Revision is missing\.$/],
    [({ aws }) => aws.ecs.runTask({ cluster: "tasks", taskDefinition: "none", ...awsvpc }), /^TaskDefinition not found\.$/],
    [({ aws }) => aws.ecs.describeContainerInstances({ cluster: "hosts", containerInstances: [] }),
      /^Container Instances cannot be empty\.$/],
    [({ aws }) => aws.ecs.deleteCapacityProvider({ capacityProvider: "none" }),
      /^The specified capacity provider does not exist\. Specify a valid name or ARN and try again\.$/],
    [register("x", { name: "main" }), /^Container\.image should not be null or empty\.$/],
    [register("x", { image: "busybox" }), /^Container\.name should not be null or empty\.$/],
    [register("x", { name: "main", image: "busybox" }),
      /^Invalid setting for container 'main'\. At least one of 'memory' or 'memoryReservation' must be specified\.$/],
    [register("x", { name: "main", image: "busybox" },
      { requiresCompatibilities: ["FARGATE"], networkMode: "bridge", cpu: "256", memory: "512" }),
    /^Fargate only supports network mode 'awsvpc'\.$/],
  ],
  ClusterContainsCapacityProviderException: [
    [({ aws }) => aws.ecs.deleteCluster({ cluster: "providers" }), /^The Cluster cannot be deleted while it contains Cap/],
  ],
  ClusterContainsContainerInstancesException: [
    [({ aws }) => aws.ecs.deleteCluster({ cluster: "hosts" }),
      /^The Cluster cannot be deleted while Container Instances are active or draining\.$/],
  ],
  ClusterContainsServicesException: [
    [({ aws }) => aws.ecs.deleteCluster({ cluster: "services" }),
      /^The Cluster cannot be deleted while Services are active\.$/],
  ],
  ClusterContainsTasksException: [
    [({ aws }) => aws.ecs.deleteCluster({ cluster: "tasks" }), /^The Cluster cannot be deleted while Tasks are active\.$/],
  ],
  ClusterNotFoundException: [
    ({ aws }) => aws.ecs.runTask({ cluster: "none", taskDefinition: "web", ...awsvpc }),
    ({ aws }) => aws.ecs.stopTask({ cluster: "none", task: "0".repeat(32) }),
    ({ aws }) => aws.ecs.describeTasks({ cluster: "none", tasks: ["x"] }),
    ({ aws }) => aws.ecs.listTasks({ cluster: "none" }),
    ({ aws }) => aws.ecs.createService(service("none", "s")),
    ({ aws }) => aws.ecs.updateService({ cluster: "none", service: "s" }),
    ({ aws }) => aws.ecs.deleteService({ cluster: "none", service: "s" }),
    ({ aws }) => aws.ecs.describeServices({ cluster: "none", services: ["s"] }),
    ({ aws }) => aws.ecs.listServices({ cluster: "none" }),
    ({ aws }) => aws.ecs.listContainerInstances({ cluster: "none" }),
    ({ aws }) => aws.ecs.describeContainerInstances({ cluster: "none", containerInstances: ["x"] }),
    ({ aws }) => aws.ecs.createCapacityProvider(provider("x", "none")),
    ({ aws }) => aws.ecs.putClusterCapacityProviders({
      cluster: "none", capacityProviders: [], defaultCapacityProviderStrategy: [],
    }),
    ({ aws }) => aws.ecs.deleteCluster({ cluster: "none" }),
  ].map((call) => [call, /^Cluster not found\.$/]),
  ConflictException: [
    [({ aws }) => aws.ecs.runTask({ cluster: "tasks", taskDefinition: "web", count: 2, clientToken: token, ...awsvpc }),
      /clientToken/, (error) => error.resourceIds.length === 1 && error.resourceIds[0].startsWith("arn:aws:ecs:")],
  ],
  InvalidParameterException: [
    [({ aws }) => aws.ecs.putAccountSetting({ name: "unknown", value: "enabled" }), /^unknown should be one of \[.*\]/],
    [({ aws }) => aws.ecs.listTagsForResource({ resourceArn: "arn:aws:ecs:us-east-1:000000000000:service/web" }),
      /^The specified service was not found\.|^Long arn format must be used for tagging operations$/],
    [({ aws }) => aws.ecs.deleteService({ cluster: "services", service: "busy" }),
      /^The service cannot be stopped while it is scaled above 0\.$/],
    [({ aws }) => aws.ecs.createService(service("services", "idle", { desiredCount: 3 })),
      /^Creation of service was not idempotent\.$/],
    [({ aws }) => aws.ecs.createService(service("services", "x", { desiredCount: -1 })),
      /^desiredCount cannot be a negative number\.$/],
    [({ aws }) => aws.ecs.runTask({
      cluster: "tasks", taskDefinition: "web", launchType: "EC2", ...strategy("mi-tasks"), ...awsvpc,
    }),
      /^Specifying both a launch type and capacity provider strategy is not supported\. Remove one and try again\.$/],
    [({ aws }) => aws.ecs.runTask({ cluster: "tasks", taskDefinition: "web" }),
      /^Network Configuration must be provided when networkMode 'awsvpc' is specified\.$/],
    [({ aws }) => aws.ecs.createService(service("services", "x", {
      networkConfiguration: { awsvpcConfiguration: { subnets: [] } },
    })), /^subnets can not be empty\.$/],
    [({ aws }) => aws.ecs.createService(service("services", "x", {
      networkConfiguration: { awsvpcConfiguration: { subnets: ["nonsense"] } },
    })), /^Error retrieving subnet information for \[nonsense\]: .*\(ErrorCode: InvalidSubnetID\.NotFound\)/],
    [({ aws }) => aws.ecs.createService(service("services", "x", {
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0000000a"], securityGroups: ["nonsense"] } },
    })), /^Error retrieving security group information for \[nonsense\]: .*\(ErrorCode: InvalidGroup\.NotFound\)/],
    [({ aws }) => aws.ecs.runTask({ cluster: "tasks", taskDefinition: "web", launchType: "SOMEWHERE", ...awsvpc }),
      /launch ?type should be one of \[/i],
    [({ aws }) => aws.ecs.describeTaskDefinition({ taskDefinition: "web:foo" }), /^Invalid revision number\. Number: foo$/],
    [({ aws }) => aws.ecs.describeTasks({ cluster: "tasks", tasks: [] }), /^Tasks cannot be empty\.$/],
    [({ aws }) => aws.ecs.stopTask({ cluster: "tasks", task: "0".repeat(32) }), /^The referenced task was not found\.$/],
    [({ aws }) => aws.ecs.stopTask({ cluster: "tasks", task: "no task" }), /^Task Identifier is invalid/],
    [({ aws }) => aws.ecs.putClusterCapacityProviders({
      cluster: "new", capacityProviders: ["mi-new"], defaultCapacityProviderStrategy: [],
    }), /^The specified capacity provider 'mi-new' is not in an ACTIVE state\. Specify a valid capacity provider and try again\.$/],
    [({ aws }) => aws.ecs.putClusterCapacityProviders({
      cluster: "crowded", capacityProviders: [...Array.from({ length: 20 }, (_, i) => `crowd-${i}`), "FARGATE"],
      defaultCapacityProviderStrategy: [],
    }), /^The maximum number of capacity providers per cluster has been exceeded\.$/],
    [({ aws }) => aws.ecs.runTask({ cluster: "tasks", taskDefinition: "web", ...strategy("none"), ...awsvpc }),
      /^The specified capacity provider was not found\. Specify a valid capacity provider and try again/],
    [({ aws }) => aws.ecs.runTask({ cluster: "tasks", taskDefinition: "web", ...strategy("mi-hosts"), ...awsvpc }),
      /^The specified capacity provider strategy cannot contain a capacity provider that is not associated with/],
    [({ aws }) => aws.ecs.runTask({ cluster: "weightless", taskDefinition: "web", ...awsvpc }),
      /^There are no capacity providers with a weight value greater than zero/],
  ],
  LimitExceededException: [
    [({ aws }) => aws.ecs.createCapacityProvider(provider("one-more", "crowded")),
      /^The maximum number of capacity providers per cluster has been exceeded\.$/],
  ],
  AttributeLimitExceededException: [
    [async ({ aws }) => {
      const { containerInstanceArns: [targetId] } = await aws.ecs.listContainerInstances({ cluster: "services" });
      const attributes = (first, count) => Array.from({ length: count }, (_, i) => ({ name: `a${first + i}`, targetId }));
      await aws.ecs.putAttributes({ cluster: "services", attributes: attributes(0, 10) });
      return aws.ecs.putAttributes({ cluster: "services", attributes: attributes(10, 1) });
    }, /^You can apply up to 10 custom attributes for each resource\.$/],
  ],
  NamespaceNotFoundException: [
    [({ aws }) => aws.ecs.listServicesByNamespace({ namespace: "none" }), /^The specified namespace wasn't found/],
  ],
  ResourceNotFoundException: [
    [async ({ aws }) => {
      const { clusters: [{ clusterArn }] } = await aws.ecs.describeClusters({ clusters: ["services"] });
      return aws.ecs.tagResource({
        resourceArn: `${clusterArn.replace(":cluster/", ":service/")}/none`, tags: [{ key: "a", value: "b" }],
      });
    }, /^The specified resource wasn't found\.$/],
  ],
  TargetNotFoundException: [
    [({ aws }) => aws.ecs.deleteAttributes({
      cluster: "services", attributes: [{ name: "a", targetType: "container-instance", targetId: "0".repeat(32) }],
    }), /^The specified target wasn't found/],
  ],
  ServerException: [
    [({ broken }) => broken.ecs.createCluster({ clusterName: "x" }), /^An internal error occurred\.$/],
  ],
  ServiceDeploymentNotFoundException: [
    [({ aws }) => aws.ecs.stopServiceDeployment({ serviceDeploymentArn:
      "arn:aws:ecs:us-east-1:000000000000:service-deployment/services/idle/AAAAAAAAAAAAAAAAAAAAA" }), /was not found/],
  ],
  ServiceNotActiveException: [
    [({ aws }) => aws.ecs.updateService({ cluster: "services", service: "gone" }), /^Service was not ACTIVE\.$/],
  ],
  ServiceNotFoundException: [
    ({ aws }) => aws.ecs.updateService({ cluster: "services", service: "none" }),
    ({ aws }) => aws.ecs.deleteService({ cluster: "services", service: "none" }),
    ({ aws }) => aws.ecs.deleteService({ cluster: "services", service: "gone" }),
    ({ aws }) => aws.ecs.listTasks({ cluster: "services", serviceName: "none" }),
    ({ aws }) => aws.ecs.listServiceDeployments({ cluster: "services", service: "none" }),
  ].map((call) => [call, /^Service not found\.$/]),
  UnsupportedFeatureException: [
    [({ aws }) => aws.ecs.runTask({ cluster: "tasks", taskDefinition: "web", launchType: "FARGATE", ...awsvpc }),
      /\(ecsmi: docs\/FIDELITY\.md#launch-types\)$/],
    [({ aws }) => aws.ecs.createCapacityProvider({
      name: "asg", autoScalingGroupProvider: { autoScalingGroupArn: "arn:aws:autoscaling:us-east-1:123456789012:x" },
    }), /\(ecsmi: docs\/FIDELITY\.md#auto-scaling-group-providers\)$/],
  ],
  UpdateInProgressException: [
    [({ aws }) => aws.ecs.updateCapacityProvider(provider("mi-new", "new")), /'mi-new'/],
  ],
};

const operations = (...names) => `only ${names.join(", ")} may raise it, which are not emulated`;
const daemons = "daemons are not emulated";
const fargate = "Fargate is not emulated: what asks for it is refused as UnsupportedFeatureException";

export const never = {
  BlockedException: "no account is ever blocked here",
  DaemonNotActiveException: daemons,
  DaemonNotFoundException: daemons,
  GatewayNotFoundException: "gateways are not emulated",
  MissingVersionException: operations("UpdateContainerAgent"),
  NoUpdateAvailableException: operations("UpdateContainerAgent"),
  PlatformTaskDefinitionIncompatibilityException: fargate,
  PlatformUnknownException: fargate,
  ResourceInUseException: "PutClusterCapacityProviders never takes a managed instances provider off, and no service uses Fargate",
  TargetNotConnectedException: operations("ExecuteCommand"),
  TaskSetNotFoundException: operations("UpdateTaskSet", "DeleteTaskSet", "UpdateServicePrimaryTaskSet"),
};
