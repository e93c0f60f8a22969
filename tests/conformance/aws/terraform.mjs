// The calls that Terraform's AWS provider makes, and the states it waits for (clients.md §1): a queue-driven service on managed
// instances is created, planned again, changed, planned again and destroyed.
import assert from "node:assert/strict";

// The provider waits as StateChangeConf does: a status that is neither pending nor wanted is an error, so is a failure that the
// status's owner tells; nothing found is what a deletion waits for (target: []).
async function waitFor(clock, what, { pending, target }, refresh) {
  for (let polls = 1; ; ++polls) {
    const [found, status] = await refresh();
    const done = found === undefined ? target.length === 0 : target.includes(status);
    if (done) {
      if (clock.jumps) assert.equal(polls, 1, `${what} ended on poll ${polls}`);
      return found;
    }
    assert.ok(found !== undefined && pending.includes(status), `${what}: ${status} is neither pending nor wanted`);
    assert.ok(polls < 600, `${what} stays ${status}`);
    await clock.pass();
  }
}

// What the provider tries again until it works: errors of these classes with these words.
async function retry(clock, call, ...retried) {
  for (let tries = 0; ; ++tries) {
    try {
      return await call();
    } catch (error) {
      const again = retried.some(([name, words]) => error.name === name && error.message.includes(words ?? ""));
      if (!again || tries > 600) throw error;
    }
    await clock.pass();
  }
}

// Lists whose order the provider keeps; it reads all others as sets.
const ordered = new Set(["command", "entryPoint", "dependsOn"]);
function normal(value, key) {
  if (Array.isArray(value)) {
    const items = value.map((each) => normal(each, key));
    return ordered.has(key) ? items : items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  const given = (each) => each !== undefined && !(Array.isArray(each) && each.length === 0);  // both are null in its state
  return Object.fromEntries(Object.keys(value).sort().filter((name) => given(value[name]))
    .map((name) => [name, normal(value[name], name)]));
}
// What of `shown` was asked for, with the shape of `wanted`: a plan looks at that.
function part(wanted, shown) {
  if (wanted === null || typeof wanted !== "object" || shown === null || typeof shown !== "object") return shown;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(shown) || wanted.length !== shown.length) return shown;
    return wanted.map((each, i) => part(each, shown[i]));
  }
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, part(wanted[name], shown[name])]));
}
function planIsEmpty(what, wanted, shown) {
  const sorted = normal(wanted);
  assert.deepEqual(normal(part(sorted, normal(shown))), sorted, `a plan for ${what} would not be empty`);
}

const role = (name) => `arn:aws:iam::123456789012:role/${name}`;
const subnets = ["subnet-0000000b", "subnet-0000000a"];

// --- tags ---

// The provider takes away what is no longer wanted, then puts what is new or other, and reads the list.
async function updateTags(client, arn, before, after) {
  const gone = Object.keys(before).filter((key) => !(key in after));
  const put = Object.entries(after).filter(([key, value]) => before[key] !== value);
  if (gone.length > 0) await client.untagResource({ resourceArn: arn, tagKeys: gone });
  if (put.length > 0) await client.tagResource({ resourceArn: arn, tags: put.map(([key, value]) => ({ key, value })) });
  const { tags } = await client.listTagsForResource({ resourceArn: arn });
  assert.deepEqual(Object.fromEntries(tags.map(({ key, value }) => [key, value])), after, `tags of ${arn}`);
}

// --- aws_ecs_cluster ---

const cluster = {
  clusterName: "shop", tags: [{ key: "team", value: "shop" }], settings: [{ name: "containerInsights", value: "disabled" }],
};
const readCluster = async ({ ecs }) => (await ecs.describeClusters({
  clusters: [cluster.clusterName], include: ["CONFIGURATIONS", "SETTINGS", "TAGS"],
})).clusters[0];
const clusterIs = ({ ecs, clock }, what, states) => waitFor(clock, what, states, async () => {
  const found = await readCluster({ ecs });
  return [found, found?.status];
});
const clusterIsActive = (world) =>
  clusterIs(world, "the cluster", { pending: ["PROVISIONING"], target: ["ACTIVE"] });

// --- aws_ecs_capacity_provider ---

const managedInstances = (memory, infrastructureOptimization) => ({
  infrastructureRoleArn: role("ecsInfrastructureRole"),
  instanceLaunchTemplate: {
    ec2InstanceProfileArn: "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
    networkConfiguration: { subnets, securityGroups: ["sg-0000000b", "sg-0000000a"] },
    storageConfiguration: { storageSizeGiB: 50 },
    monitoring: "DETAILED",
    instanceRequirements: {
      vCpuCount: { min: 2, max: 8 },
      memoryMiB: { min: memory },
      memoryGiBPerVCpu: { min: 1.5, max: 8.25 },
      cpuManufacturers: ["intel", "amd", "amazon-web-services"],
      instanceGenerations: ["current"],
      burstablePerformance: "excluded",
      bareMetal: "excluded",
      localStorage: "included",
      excludedInstanceTypes: ["c5*", "m5.large"],
      onDemandMaxPricePercentageOverLowestPrice: 80,
      networkInterfaceCount: { min: 1 },
    },
  },
  propagateTags: "CAPACITY_PROVIDER",
  ...(infrastructureOptimization ? { infrastructureOptimization } : {}),
});
const readProvider = async ({ ecs, arns }, name) => {
  const { capacityProviders } = await ecs.describeCapacityProviders({ capacityProviders: [arns[name]], include: ["TAGS"] });
  assert.ok(capacityProviders.length <= 1);
  return capacityProviders[0]?.status === "INACTIVE" ? undefined : capacityProviders[0];
};
// The blocks that the provider has no default for must read back exactly: what was not given must not appear.
async function planProvider(world, name, wanted, tags) {
  const shown = await readProvider(world, name);
  planIsEmpty(name, { name, cluster: "shop", tags }, shown);
  const computed = structuredClone(wanted);
  computed.instanceLaunchTemplate.capacityOptionType ??= "ON_DEMAND";
  assert.deepEqual(normal(shown.managedInstancesProvider), normal(computed), `a plan for ${name} would not be empty`);
}
async function createProvider(world, name, wanted, tags) {
  const made = await world.ecs.createCapacityProvider({ name, cluster: "shop", managedInstancesProvider: wanted, tags });
  world.arns[name] = made.capacityProvider.capacityProviderArn;
  await planProvider(world, name, wanted, tags);
}
async function updateProvider(world, name, wanted, tags) {
  const { capacityOptionType, ...template } = wanted.instanceLaunchTemplate;
  await retry(world.clock, () => world.ecs.updateCapacityProvider({
    name, cluster: "shop", managedInstancesProvider: { ...wanted, instanceLaunchTemplate: template },
  }), ["UpdateInProgressException"]);
  const states = { pending: ["UPDATE_IN_PROGRESS"], target: ["UPDATE_COMPLETE"] };
  await waitFor(world.clock, `${name}'s update`, states, async () => {
    const shown = await readProvider(world, name);
    assert.notEqual(shown.updateStatus, "UPDATE_FAILED", shown.updateStatusReason);
    return [shown, shown.updateStatus];
  });
  await planProvider(world, name, wanted, tags);
}
async function deleteProvider(world, name) {
  await world.ecs.deleteCapacityProvider({ capacityProvider: world.arns[name] });
  await waitFor(world.clock, `${name}'s deletion`, { pending: ["ACTIVE", "DEPROVISIONING"], target: [] }, async () => {
    const shown = await readProvider(world, name);
    if (shown?.updateStatus === "DELETE_FAILED") throw new Error(shown.updateStatusReason);
    return [shown, shown?.status];
  });
}

// --- aws_ecs_cluster_capacity_providers ---

async function putProviders(world, capacityProviders, defaultCapacityProviderStrategy) {
  await retry(world.clock, () => world.ecs.putClusterCapacityProviders({
    cluster: "shop", capacityProviders, defaultCapacityProviderStrategy,
  }), ["ClientException", "Cluster was not ACTIVE"], ["ResourceInUseException"], ["UpdateInProgressException"],
  // What a user's depends_on cannot express, and the provider's issue 45693 asks for.
  ["InvalidParameterException", "is not in an ACTIVE state"]);
  await clusterIsActive(world);
}
async function planProviders(world, capacityProviders, defaultCapacityProviderStrategy) {
  planIsEmpty("the cluster's providers", { capacityProviders, defaultCapacityProviderStrategy }, await readCluster(world));
}

// --- aws_ecs_task_definition ---

const taskDefinition = (version) => ({
  family: "worker",
  networkMode: "awsvpc",
  requiresCompatibilities: ["MANAGED_INSTANCES"],
  cpu: "1024",
  memory: "2048",
  executionRoleArn: role("execution"),
  taskRoleArn: role("task"),
  runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
  volumes: [{ name: "scratch" }],
  containerDefinitions: [
    {
      name: "main", image: `example/worker:${version}`, essential: true, cpu: 512, memory: 1024, memoryReservation: 512,
      entryPoint: ["sh", "-c"], command: ["work --forever"],
      environment: [{ name: "ZONE", value: "b" }, { name: "QUEUE", value: "jobs" }],
      portMappings: [{ containerPort: 8080, protocol: "tcp" }],
      mountPoints: [{ sourceVolume: "scratch", containerPath: "/scratch" }],
      logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/ecs/worker", "awslogs-region": "us-east-1" } },
      dependsOn: [{ containerName: "proxy", condition: "START" }],
    },
    { name: "proxy", image: "example/proxy:1", essential: false, memory: 128 },
  ],
  tags: [{ key: "version", value: version }],
});
async function registerDefinition(world, version) {
  const made = await world.ecs.registerTaskDefinition(taskDefinition(version));
  const arn = made.taskDefinition.taskDefinitionArn;
  const shown = await world.ecs.describeTaskDefinition({ taskDefinition: arn, include: ["TAGS"] });
  assert.equal(shown.taskDefinition.status, "ACTIVE");
  const { tags, ...rest } = taskDefinition(version);
  planIsEmpty("the task definition", { ...rest, tags }, { ...shown.taskDefinition, tags: shown.tags });
  return arn;
}

// --- aws_ecs_service ---

const service = (definition, desiredCount) => ({
  serviceName: "worker",
  cluster: "shop",
  taskDefinition: definition,
  desiredCount,
  schedulingStrategy: "REPLICA",
  capacityProviderStrategy: [{ capacityProvider: "mi", weight: 1, base: 1 }],
  deploymentConfiguration: {
    maximumPercent: 200, minimumHealthyPercent: 50, deploymentCircuitBreaker: { enable: true, rollback: true },
  },
  networkConfiguration: {
    awsvpcConfiguration: { subnets, securityGroups: ["sg-0000000a"], assignPublicIp: "DISABLED" },
  },
  enableECSManagedTags: false,
  enableExecuteCommand: false,
  tags: [{ key: "team", value: "shop" }],
});
const readService = async ({ ecs, arns }, include = ["TAGS"]) => {
  const { services, failures } = await ecs.describeServices({ cluster: "shop", services: [arns.service], include });
  assert.deepEqual(failures, []);
  return services[0];
};
const serviceIs = (world, what, states, statusOf = (each) => each.status) =>
  waitFor(world.clock, what, states, async () => {
    const found = await readService(world, undefined);
    return [found, statusOf(found)];
  });
const serviceIsStable = (world) =>
  serviceIs(world, "a stable service", { pending: ["INACTIVE", "DRAINING", "tfPENDING"], target: ["tfSTABLE"] }, (found) => {
    if (found.status !== "ACTIVE") return found.status;
    return found.deployments.length === 1 && found.desiredCount === found.runningCount ? "tfSTABLE" : "tfPENDING";
  });
// What the provider (6.x) does when an apply made a new deployment: it finds the service deployment whose target
// revision's ARN has the digits of the PRIMARY's id, and polls that.
const serviceDeploymentIs = async (world, target) => {
  const { ecs } = world;
  const primary = (await readService(world)).deployments.find((each) => each.status === "PRIMARY");
  const operationTime = new Date(primary.createdAt.getTime() - 1000);
  const listed = await ecs.listServiceDeployments({ cluster: "shop", service: "worker",
    createdAt: { after: operationTime } });
  const mine = listed.serviceDeployments.find((each) =>
    each.targetServiceRevisionArn.includes(primary.id.split("/")[1]));
  assert.ok(mine, "the PRIMARY's service deployment is listed");
  const arn = mine.serviceDeploymentArn;
  await waitFor(world.clock, "the service deployment's end",
    { pending: ["PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"], target: [target] }, async () => {
      const { serviceDeployments: [found] } = await ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
      return [found, found.status];
    });
  return arn;
};
async function planService(world, wanted) {
  const shown = await readService(world);
  const { cluster: clusterName, ...rest } = wanted;
  planIsEmpty("the service", rest, shown);
  assert.equal(shown.clusterArn.split("/").at(-1), clusterName);
  // Blocks without a default of the provider's: to see one that was not given is a change to it.
  for (const block of ["loadBalancers", "serviceRegistries", "placementConstraints", "placementStrategy"]) {
    assert.deepEqual(shown[block] ?? [], [], block);
  }
  assert.ok(["NONE", undefined].includes(shown.propagateTags), shown.propagateTags);
}

// --- aws_sqs_queue, aws_appautoscaling_target, aws_appautoscaling_policy, aws_cloudwatch_metric_alarm ---

const attributes = (visibility) => ({
  DelaySeconds: "0", MaximumMessageSize: "262144", MessageRetentionPeriod: "345600", ReceiveMessageWaitTimeSeconds: "10",
  VisibilityTimeout: visibility, SqsManagedSseEnabled: "true",
});
async function planQueue({ sqs, arns }, wanted, tags) {
  planIsEmpty("the queue", wanted,
    (await sqs.getQueueAttributes({ QueueUrl: arns.queue, AttributeNames: ["All"] })).Attributes);
  assert.deepEqual((await sqs.listQueueTags({ QueueUrl: arns.queue })).Tags, tags);
}
const scaled = {
  ServiceNamespace: "ecs", ResourceId: "service/shop/worker", ScalableDimension: "ecs:service:DesiredCount",
};
async function planTarget({ scaling }, wanted) {
  planIsEmpty("the target", wanted, (await scaling.describeScalableTargets({
    ServiceNamespace: "ecs", ResourceIds: [scaled.ResourceId], ScalableDimension: scaled.ScalableDimension,
  })).ScalableTargets[0]);
}
const policy = (cooldown) => ({
  ...scaled, PolicyName: "up", PolicyType: "StepScaling",
  StepScalingPolicyConfiguration: {
    AdjustmentType: "ChangeInCapacity", Cooldown: cooldown, MetricAggregationType: "Maximum",
    StepAdjustments: [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10.5, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: 10.5, ScalingAdjustment: 2 },
    ],
  },
});
async function putPolicy(world, wanted) {
  // The provider tries both again: roles and targets take their time on AWS.
  const made = await retry(world.clock, () => world.scaling.putScalingPolicy(wanted),
    ["FailedResourceAccessException"], ["ObjectNotFoundException"]);
  planIsEmpty("the policy", wanted, (await world.scaling.describeScalingPolicies({
    ...scaled, PolicyNames: [wanted.PolicyName],
  })).ScalingPolicies[0]);
  return made.PolicyARN;
}
const alarm = (threshold, action) => ({
  AlarmName: "backlog", AlarmDescription: "messages wait", Namespace: "AWS/SQS",
  MetricName: "ApproximateNumberOfMessagesVisible", Dimensions: [{ Name: "QueueName", Value: "jobs" }], Statistic: "Maximum",
  Period: 60, EvaluationPeriods: 2, DatapointsToAlarm: 1, Threshold: threshold, TreatMissingData: "notBreaching",
  ComparisonOperator: "GreaterThanOrEqualToThreshold", ActionsEnabled: true, AlarmActions: [action],
});
async function putAlarm({ cloudwatch }, wanted) {
  await cloudwatch.putMetricAlarm(wanted);
  const shown = (await cloudwatch.describeAlarms({ AlarmNames: [wanted.AlarmName] })).MetricAlarms[0];
  planIsEmpty("the alarm", wanted, shown);
  assert.deepEqual([shown.OKActions ?? [], shown.InsufficientDataActions ?? []], [[], []]);
}

// --- the story ---

// `aws`: an empty world. `clock`: {jumps, pass()}: on one that jumps each wait ends on its first poll.
export async function terraform(aws, clock) {
  const world = { ...aws, clock, arns: {} };
  const { ecs, sqs, scaling, cloudwatch, arns } = world;
  const tags = [{ key: "owner", value: "shop" }];

  // apply
  await ecs.createCluster(cluster);
  planIsEmpty("the cluster", cluster, await clusterIsActive(world));
  const first = managedInstances(4096, { scaleInAfter: 0 });
  await createProvider(world, "mi", first, tags);
  const least = managedInstances(2048);
  for (const name of ["storageConfiguration", "monitoring", "instanceRequirements"]) delete least.instanceLaunchTemplate[name];
  delete least.propagateTags;
  await createProvider(world, "least", least, []);
  const strategy = [{ capacityProvider: "mi", weight: 1, base: 0 }];
  await putProviders(world, ["least", "mi", "FARGATE"], strategy);
  await planProviders(world, ["FARGATE", "mi", "least"], strategy);
  const one = await registerDefinition(world, "1");
  const made = await ecs.createService({ ...service(one, 2), clientToken: "terraform-20260101000000000000000001" });
  arns.service = made.service.serviceArn;
  await serviceIs(world, "an ACTIVE service", { pending: ["INACTIVE", "DRAINING"], target: ["ACTIVE"] });
  await planService(world, service(one, 2));
  await serviceIsStable(world);  // wait_for_steady_state
  await serviceDeploymentIs(world, "SUCCESSFUL");
  arns.queue = (await sqs.createQueue({ QueueName: "jobs", Attributes: attributes("45"), tags: { team: "shop" } })).QueueUrl;
  await planQueue(world, attributes("45"), { team: "shop" });
  const target = { ...scaled, MinCapacity: 1, MaxCapacity: 5 };
  await retry(clock, () => scaling.registerScalableTarget(target),
    ["ValidationException", "Unable to assume IAM role"], ["ValidationException", "ECS service doesn't exist"]);
  await planTarget(world, target);
  const { ScalableTargets: [{ ScalableTargetARN: ResourceARN }] } =
    await scaling.describeScalableTargets({ ServiceNamespace: "ecs", ResourceIds: [scaled.ResourceId] });
  assert.deepEqual((await scaling.listTagsForResource({ ResourceARN })).Tags ?? {}, {});
  arns.policy = await putPolicy(world, policy(60));
  await putAlarm(world, alarm(1, arns.policy));

  // apply again, with changes
  await updateProvider(world, "mi", managedInstances(8192, { scaleInAfter: -1 }), tags);
  await updateProvider(world, "mi", managedInstances(8192, { scaleInAfter: 300 }), tags);
  await putProviders(world, ["mi", "least"], strategy);
  await planProviders(world, ["least", "mi"], strategy);
  const two = await registerDefinition(world, "2");
  await ecs.updateService({ cluster: "shop", service: arns.service, desiredCount: 3, taskDefinition: two,
    forceNewDeployment: false });
  await serviceDeploymentIs(world, "SUCCESSFUL");
  await serviceIsStable(world);
  await planService(world, service(two, 3));
  await ecs.deregisterTaskDefinition({ taskDefinition: one });
  assert.equal((await ecs.describeTaskDefinition({ taskDefinition: one })).taskDefinition.status, "INACTIVE");
  await sqs.setQueueAttributes({ QueueUrl: arns.queue, Attributes: attributes("60") });
  await planQueue(world, attributes("60"), { team: "shop" });
  await scaling.registerScalableTarget({ ...target, MaxCapacity: 8 });
  await planTarget(world, { ...target, MaxCapacity: 8 });
  assert.equal(await putPolicy(world, policy(90)), arns.policy);
  await putAlarm(world, alarm(5, arns.policy));

  arns.cluster = (await readCluster(world)).clusterArn;
  for (const arn of [arns.cluster, arns.service]) {
    await updateTags(ecs, arn, { team: "shop" }, { owner: "ann", stage: "" });
    await updateTags(ecs, arn, { owner: "ann", stage: "" }, { team: "shop" });
  }
  await updateTags(ecs, arns.mi, { owner: "shop" }, { owner: "ann" });
  assert.deepEqual((await readProvider(world, "mi")).tags, [{ key: "owner", value: "ann" }]);
  await updateTags(ecs, two, { version: "2" }, { version: "two", stable: "yes" });
  await planService(world, service(two, 3));  // the service's tags are those it had
  await scaling.tagResource({ ResourceARN, Tags: { team: "shop", owner: "ann" } });
  await scaling.untagResource({ ResourceARN, TagKeys: ["owner"] });
  assert.deepEqual((await scaling.listTagsForResource({ ResourceARN })).Tags, { team: "shop" });
  await assert.rejects(ecs.listTagsForResource({ resourceArn: "arn:aws:ecs:us-east-1:123456789012:service/worker" }),
    { name: "InvalidParameterException" });

  // What stands in the way is told in the words that the provider looks for.
  await assert.rejects(ecs.deleteCluster({ cluster: "shop" }), { name: "ClusterContainsServicesException" });
  await assert.rejects(deleteProvider(world, "mi"), /capacity provider cannot be deleted because it is/);
  assert.equal((await readProvider(world, "mi")).status, "ACTIVE");

  // destroy
  await cloudwatch.deleteAlarms({ AlarmNames: ["backlog"] });
  assert.deepEqual((await cloudwatch.describeAlarms({ AlarmNames: ["backlog"] })).MetricAlarms, []);
  await scaling.deleteScalingPolicy({ ...scaled, PolicyName: "up" });
  await scaling.deregisterScalableTarget(scaled);
  assert.deepEqual((await scaling.describeScalableTargets({ ...scaled, ResourceIds: [scaled.ResourceId] })).ScalableTargets, []);
  await sqs.deleteQueue({ QueueUrl: arns.queue });
  await assert.rejects(sqs.getQueueAttributes({ QueueUrl: arns.queue, AttributeNames: ["All"] }), { name: "QueueDoesNotExist" });
  await ecs.updateService({ cluster: "shop", service: arns.service, desiredCount: 0 });
  await retry(clock, () => ecs.deleteService({ cluster: "shop", service: arns.service, force: false }),
    ["InvalidParameterException", "The service cannot be stopped while deployments are active."]);
  await serviceIs(world, "the service's end", { pending: ["ACTIVE", "DRAINING"], target: ["INACTIVE"] });
  await ecs.deregisterTaskDefinition({ taskDefinition: two });
  await putProviders(world, [], []);
  await deleteProvider(world, "mi");
  await deleteProvider(world, "least");
  await assert.rejects(ecs.deleteCapacityProvider({ capacityProvider: arns.mi }),
    { name: "ClientException", message: /capacity provider does not exist/ });
  await retry(clock, () => ecs.deleteCluster({ cluster: "shop" }), ...["ContainerInstances", "Services", "Tasks"].map(
    (left) => [`ClusterContains${left}Exception`]), ["UpdateInProgressException"]);
  await clusterIs(world, "the cluster's end", { pending: ["ACTIVE", "DEPROVISIONING"], target: ["INACTIVE"] });
  // The provider looks for this when the tags of what it deletes are asked for.
  await assert.rejects(ecs.listTagsForResource({ resourceArn: arns.cluster }),
    { name: "InvalidParameterException", message: /The specified cluster is inactive. Specify an active cluster and try again./ });
}
