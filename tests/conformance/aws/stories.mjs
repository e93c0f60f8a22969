// stories.mjs CLIENTS ENDPOINT MODE STORY…: runs each story in an account of its own and prints a line for it.
import assert from "node:assert/strict";
import { connect, emulator, load } from "./clients.mjs";
import { terraform } from "./terraform.mjs";
import { waiters } from "./waiters.mjs";
import { awsvpc, definition, provider } from "./worlds.mjs";

const [, , folder, endpoint, mode, ...names] = process.argv;
const sdk = load(folder);

// Time passes by itself on auto and wall clocks.
async function settle(account) {
  if (mode === "virtual") await emulator(endpoint, account, "RunUntilQuiescent", { limit: 7200 });
}
// Polls until `look` answers something; a wall clock needs a while.
async function until(account, what, look) {
  for (let tries = 0; tries < (mode === "wall" ? 600 : 30); ++tries) {
    await settle(account);
    const seen = await look();
    if (seen) return seen;
    if (mode === "wall") await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not come`);
}

async function cluster(aws, account) {
  await aws.ecs.createCluster({ clusterName: "web" });
  await aws.ecs.createCapacityProvider(provider("mi", "web"));
  await until(account, "an ACTIVE provider", async () => {
    const shown = await aws.ecs.describeCapacityProviders({ capacityProviders: ["mi"] });
    return shown.capacityProviders[0].status === "ACTIVE";
  });
  await aws.ecs.putClusterCapacityProviders({
    cluster: "web",
    capacityProviders: ["mi"],
    defaultCapacityProviderStrategy: [{ capacityProvider: "mi", weight: 1 }],
  });
}

const stories = {
  // Create, read back unchanged, run, stop, delete.
  async lifecycle(aws, account) {
    await cluster(aws, account);
    const wanted = provider("mi", "web").managedInstancesProvider;
    const shown = (await aws.ecs.describeCapacityProviders({ capacityProviders: ["mi"], include: ["TAGS"] }))
      .capacityProviders[0];
    assert.equal(shown.cluster, "web");
    assert.equal(shown.managedInstancesProvider.instanceLaunchTemplate.capacityOptionType, "ON_DEMAND");
    assert.equal(shown.managedInstancesProvider.infrastructureOptimization.scaleInAfter, 0);
    assert.deepEqual(shown.managedInstancesProvider.instanceLaunchTemplate.networkConfiguration.subnets,
      wanted.instanceLaunchTemplate.networkConfiguration.subnets);
    const made = await aws.ecs.registerTaskDefinition(definition("web"));
    assert.equal(made.taskDefinition.revision, 1);
    const run = await aws.ecs.runTask({ cluster: "web", taskDefinition: "web", count: 2, ...awsvpc });
    assert.deepEqual(run.failures, []);
    const tasks = run.tasks.map((task) => task.taskArn);
    await until(account, "RUNNING tasks", async () => (await aws.ecs.describeTasks({ cluster: "web", tasks })).tasks
      .every((task) => task.lastStatus === "RUNNING"));
    const hosts = await aws.ecs.listContainerInstances({ cluster: "web" });
    assert.equal(hosts.containerInstanceArns.length, 2);  // two subnets, two zones
    for (const task of tasks) await aws.ecs.stopTask({ cluster: "web", task });
    await until(account, "an empty cluster", async () =>
      (await aws.ecs.listContainerInstances({ cluster: "web" })).containerInstanceArns.length === 0);
    await aws.ecs.putClusterCapacityProviders({
      cluster: "web", capacityProviders: [], defaultCapacityProviderStrategy: [],
    });
    await aws.ecs.deleteCapacityProvider({ capacityProvider: "mi", cluster: "web" });
    await until(account, "a deleted provider", async () => {
      const left = await aws.ecs.describeCapacityProviders({ capacityProviders: ["mi"] });
      return left.capacityProviders.length === 0 || left.capacityProviders[0].status === "INACTIVE";
    });
    assert.equal((await aws.ecs.deleteCluster({ cluster: "web" })).cluster.status, "INACTIVE");
  },

  // Settings, attributes, a filter, a task on a named instance, protection, a drain, a deregistration.
  async instances(aws, account) {
    const { ecs } = aws;
    await ecs.putAccountSettingDefault({ name: "containerInsights", value: "enhanced" });
    await cluster(aws, account);
    const { clusters } = await ecs.describeClusters({ clusters: ["web"], include: ["SETTINGS"] });
    assert.deepEqual(clusters[0].settings, [{ name: "containerInsights", value: "enhanced" }]);
    const names = [];
    for await (const page of sdk.ecs.paginateListAccountSettings({ client: ecs }, { effectiveSettings: true })) {
      for (const each of page.settings) names.push(each.name);
    }
    assert.equal(names.length, 11);
    await ecs.registerTaskDefinition(definition("web"));
    await ecs.createService({ cluster: "web", serviceName: "web", taskDefinition: "web", desiredCount: 2, ...awsvpc });
    const tasksOfService = () => until(account, "two running tasks", async () => {
      const { taskArns } = await ecs.listTasks({ cluster: "web", serviceName: "web" });
      if (taskArns.length !== 2) return undefined;
      const { tasks } = await ecs.describeTasks({ cluster: "web", tasks: taskArns });
      return tasks.every((task) => task.lastStatus === "RUNNING") && tasks;
    });
    const [first] = await tasksOfService();
    const host = first.containerInstanceArn;
    await ecs.putAttributes({ cluster: "web", attributes: [{ name: "stack", value: "blue", targetId: host }] });
    const filter = "attribute:stack == blue and runningTasksCount >= 1";
    assert.deepEqual((await ecs.listContainerInstances({ cluster: "web", filter })).containerInstanceArns, [host]);
    await assert.rejects(ecs.listContainerInstances({ cluster: "web", filter: "attribute:stack = blue" }),
      { name: "InvalidParameterException", message: /at position 17/ });
    const started = await ecs.startTask({
      cluster: "web", taskDefinition: "web", containerInstances: [host, "0".repeat(32)], ...awsvpc,
    });
    assert.deepEqual(started.failures.map((failure) => failure.reason), ["MISSING"]);
    const tasks = [started.tasks[0].taskArn];
    const own = async () => (await ecs.describeTasks({ cluster: "web", tasks })).tasks[0];
    await until(account, "the task on the named instance", async () => (await own()).lastStatus === "RUNNING");
    const guarded = await ecs.updateTaskProtection({ cluster: "web", tasks: [first.taskArn, ...tasks], protectionEnabled: true });
    assert.deepEqual(guarded.failures.map((failure) => failure.reason), ["TASK_NOT_VALID"]);
    assert.ok(guarded.protectedTasks[0].expirationDate > new Date(0));
    await ecs.updateTaskProtection({ cluster: "web", tasks: [first.taskArn], protectionEnabled: false });
    const drained = await ecs.updateContainerInstancesState({ cluster: "web", containerInstances: [host], status: "DRAINING" });
    assert.equal(drained.containerInstances[0].status, "DRAINING");
    await until(account, "tasks elsewhere", async () =>
      (await tasksOfService()).every((task) => task.containerInstanceArn !== host));
    assert.equal((await own()).lastStatus, "RUNNING");
    await assert.rejects(ecs.deregisterContainerInstance({ cluster: "web", containerInstance: host }),
      { name: "InvalidParameterException", message: "Found running tasks on the instance." });
    await ecs.deregisterContainerInstance({ cluster: "web", containerInstance: host, force: true });
    assert.equal((await own()).stoppedReason, "Container instance deregistration forced by user");
    await ecs.deregisterTaskDefinition({ taskDefinition: "web:1" });
    const deleted = await ecs.deleteTaskDefinitions({ taskDefinitions: ["web:1", "web:7"] });
    assert.equal(deleted.taskDefinitions[0].status, "DELETE_IN_PROGRESS");
    assert.match(deleted.failures[0].reason, /does not exist. Specify a valid account, family, revision/);
  },

  async waiters(aws, account) {
    await cluster(aws, account);
    await waiters(sdk, aws, mode);
  },

  async terraform(aws, account) {
    await terraform(aws, {
      jumps: mode === "auto",
      pass: () => (mode === "wall" ? new Promise((resolve) => setTimeout(resolve, 50)) : settle(account)),
    });
  },

  // A circuit breaker ends a deployment whose tasks never start: their image cannot be pulled (D41).
  async failing_service(aws, account) {
    await cluster(aws, account);
    await aws.ecs.registerTaskDefinition(definition("bad", {}, { image: "registry.invalid/app:1" }));
    await aws.ecs.createService({
      cluster: "web", serviceName: "bad", taskDefinition: "bad", desiredCount: 10, ...awsvpc,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    const failed = await until(account, "a failed deployment", async () => {
      const service = (await aws.ecs.describeServices({ cluster: "web", services: ["bad"] })).services[0];
      return service.deployments[0].rolloutState === "FAILED" && service;
    });
    assert.ok(failed.deployments[0].failedTasks >= 5);
    assert.ok(failed.events.length > 0);
  },

  async pages(aws, account) {
    await cluster(aws, account);
    await aws.ecs.registerTaskDefinition(definition("web"));
    await Promise.all(Array.from({ length: 100 }, () =>
      aws.ecs.runTask({ cluster: "web", taskDefinition: "web", count: 10, ...awsvpc })));
    const arns = new Set();
    let pages = 0;
    for await (const page of sdk.ecs.paginateListTasks({ client: aws.ecs, pageSize: 100 }, { cluster: "web" })) {
      ++pages;
      for (const arn of page.taskArns) arns.add(arn);
    }
    assert.equal(arns.size, 1000);
    assert.ok(pages >= 10);
    const shown = await aws.ecs.describeTasks({ cluster: "web", tasks: [...arns].slice(0, 100) });
    assert.equal(shown.tasks.length, 100);
  },

  // What the SDK does not send.
  async wire(aws, account) {
    const post = (headers, body) => fetch(endpoint, { method: "POST", headers, body });
    const target = { "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters" };
    for (const body of ["{", "[1]", '{"maxResults":1e99}', '{"nextToken":"\ud800"}', "\u0000", '{"a":'.repeat(500)]) {
      const answer = await post(target, body);
      assert.equal(answer.status, 400, body.slice(0, 40));
      assert.ok((await answer.json()).__type);
    }
    const unknown = await post({ "x-amz-target": "AmazonEC2ContainerServiceV20141113.Fly" }, "{}");
    assert.equal((await unknown.json()).__type, "UnknownOperationException");
    const foreign = await post({ "x-amz-target": "DynamoDB_20120810.ListTables" }, "{}");
    assert.match((await foreign.json()).message, /AWS_ENDPOINT_URL_ECS/);
    const page = await fetch(endpoint, { method: "POST", headers: { ...target, origin: "http://evil.example" }, body: "{}" });
    assert.equal(page.status, 403);
    assert.equal((await (await fetch(`${endpoint}/healthz`)).json()).status, "ok");
    const metrics = await (await fetch(`${endpoint}/metrics`)).text();
    for (const line of [/^ecsmi_serving 1$/m, /^ecsmi_commit_rows_total [1-9]/m, /^process_resident_memory_bytes [1-9]/m,
      /^ecsmi_call_failures_total\{door="http",exception="SerializationException",operation="\w+",service="ecs"\} [1-9]/m]) {
      assert.match(metrics, line);
    }
    const noted = await post(target, '{"colour":"red"}');
    assert.match(noted.headers.get("x-ecsmi-warning"), /colour/);
    assert.ok(noted.headers.get("x-ecsmi-time"));
    // The same world by its path.
    await fetch(`${endpoint}/w/${account}/`, { method: "POST",
      headers: { "x-amz-target": "AmazonEC2ContainerServiceV20141113.CreateCluster" }, body: '{"clusterName":"path"}' });
    assert.equal((await aws.ecs.describeClusters({ clusters: ["path"] })).clusters.length, 1);
  },

  // Nothing runs while the queue is empty; messages come, instances appear, the queue is drained, everything goes.
  async queue(aws, account) {
    const queue = await scaled(aws, account, {
      "ecsmi.queue": "jobs", "ecsmi.seconds-per-message": "20", "ecsmi.batch": "1",
    });
    for (let i = 0; i < 35; ++i) await aws.sqs.sendMessage({ QueueUrl: queue, MessageBody: `take ${i}` });
    await drained(aws, account, queue);
    const activities = await aws.scaling.describeScalingActivities({ ServiceNamespace: "ecs" });
    const counts = activities.ScalingActivities.map((each) => Number(/desired count to (\d+)/.exec(each.Description)?.[1]));
    assert.ok(Math.max(...counts) >= 1, JSON.stringify(counts));
    assert.equal(counts[0], 0);
  },

  // The tasks stand for nothing here: a process outside holds and deletes the messages.
  async queue_with_outside_worker(aws, account) {
    const queue = await scaled(aws, account, {});
    for (let i = 0; i < 12; ++i) await aws.sqs.sendMessage({ QueueUrl: queue, MessageBody: `take ${i}` });
    const service = (await aws.ecs.describeServices({ cluster: "web", services: ["worker"] })).services[0];
    assert.ok(service.desiredCount >= 1, `desired ${service.desiredCount}`);
    assert.equal(service.runningCount, service.desiredCount);
    let taken = 0;
    while (true) {
      const { Messages = [] } = await aws.sqs.receiveMessage({ QueueUrl: queue, MaxNumberOfMessages: 3 });
      if (Messages.length === 0) break;
      for (const message of Messages) {
        assert.match(message.Body, /^take \d+$/);
        await aws.sqs.deleteMessage({ QueueUrl: queue, ReceiptHandle: message.ReceiptHandle });
        ++taken;
      }
    }
    assert.equal(taken, 12);
    await drained(aws, account, queue);
  },
};

async function scaled(aws, account, labels) {
  await cluster(aws, account);
  await aws.ecs.registerTaskDefinition(definition("worker", labels));
  const queue = (await aws.sqs.createQueue({ QueueName: "jobs" })).QueueUrl;
  assert.equal(queue, `${endpoint}/${account}/jobs`);
  await aws.ecs.createService({ cluster: "web", serviceName: "worker", taskDefinition: "worker", desiredCount: 0,
    ...awsvpc });
  const target = { ServiceNamespace: "ecs", ResourceId: "service/web/worker", ScalableDimension: "ecs:service:DesiredCount" };
  await aws.scaling.registerScalableTarget({ ...target, MinCapacity: 0, MaxCapacity: 4 });
  const policy = async (PolicyName, StepAdjustments) => (await aws.scaling.putScalingPolicy({
    ...target, PolicyName, PolicyType: "StepScaling",
    StepScalingPolicyConfiguration: { AdjustmentType: "ExactCapacity", Cooldown: 60, StepAdjustments },
  })).PolicyARN;
  const up = await policy("up", [1, 2, 3, 4].map((count, i) => ({
    MetricIntervalLowerBound: i * 10, MetricIntervalUpperBound: i < 3 ? (i + 1) * 10 : undefined,
    ScalingAdjustment: count,
  })));
  const down = await policy("down", [{ MetricIntervalUpperBound: 0, ScalingAdjustment: 0 }]);
  const alarm = (AlarmName, MetricName, ComparisonOperator, EvaluationPeriods, action) => aws.cloudwatch.putMetricAlarm({
    AlarmName, Namespace: "AWS/SQS", MetricName, Dimensions: [{ Name: "QueueName", Value: "jobs" }],
    Statistic: "Maximum", Period: 60, EvaluationPeriods, Threshold: 1, ComparisonOperator, AlarmActions: [action],
  });
  await alarm("messages", "ApproximateNumberOfMessagesVisible", "GreaterThanOrEqualToThreshold", 1, up);
  await alarm("empty", "ApproximateNumberOfMessagesVisible", "LessThanThreshold", 3, down);
  const cpu = await aws.scaling.putScalingPolicy({
    ...target, PolicyName: "cpu", PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 50, DisableScaleIn: true,
      PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" } },
  });
  assert.match(cpu.Alarms[0].AlarmName, /^TargetTracking-service\/web\/worker-AlarmHigh-/);
  await aws.scaling.putScheduledAction({ ...target, ScheduledActionName: "new-year", Schedule: "cron(0 0 1 1 ? *)",
    Timezone: "Europe/Berlin", ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 4 } });
  const { ScheduledActions } = await aws.scaling.describeScheduledActions({ ServiceNamespace: "ecs" });
  assert.equal(ScheduledActions[0].Timezone, "Europe/Berlin");
  const metric = { Namespace: "AWS/SQS", MetricName: "ApproximateNumberOfMessagesVisible",
    Dimensions: [{ Name: "QueueName", Value: "jobs" }] };
  const { MetricDataResults } = await aws.cloudwatch.getMetricData({
    StartTime: new Date(0), EndTime: new Date(), MetricDataQueries: [
      { Id: "m", ReturnData: false, MetricStat: { Metric: metric, Period: 86400, Stat: "Maximum" } },
      { Id: "e", Expression: "FILL(m, 0) / 2" },
    ],
  });
  assert.equal(MetricDataResults[0].StatusCode, "Complete");
  return queue;
}

async function drained(aws, account, queue) {
  await until(account, "an end of everything", async () => {
    const { Attributes } = await aws.sqs.getQueueAttributes({ QueueUrl: queue, AttributeNames: ["All"] });
    const left = Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
    const service = (await aws.ecs.describeServices({ cluster: "web", services: ["worker"] })).services[0];
    const hosts = (await aws.ecs.listContainerInstances({ cluster: "web" })).containerInstanceArns.length;
    return left === 0 && service.desiredCount === 0 && service.runningCount === 0 && hosts === 0;
  });
}

for (const [index, name] of names.entries()) {
  const account = String(100000000001 + index);
  await stories[name](connect(sdk, endpoint, account), account);
  console.log(JSON.stringify({ story: name }));
}
