// The SDK's four waiters, on a clock that jumps and on one that runs.
import assert from "node:assert/strict";
import { awsvpc, definition } from "./worlds.mjs";

// In which order a status may be seen; none is seen again after a later one.
const orders = {
  tasksRunning: ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"],
  tasksStopped: ["RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"],
  servicesStable: ["ACTIVE"],
  servicesInactive: ["ACTIVE", "DRAINING", "INACTIVE"],
};

// `aws` is a world with a cluster "web", which has a default strategy. On an auto clock each waiter ends on its first
// poll; on a wall clock it has to come back, as on AWS, sees statuses in their order, and ends.
export async function waiters(sdk, aws, mode) {
  const polls = [];  // of the waiter that is on: the statuses that each poll saw
  aws.ecs.middlewareStack.add((next) => async (args) => {
    const answer = await next(args);
    polls.push((answer.output.tasks ?? answer.output.services ?? []).map((each) => each.lastStatus ?? each.status));
    return answer;
  }, { step: "initialize", name: "count-polls" });
  const wait = async (name, input) => {
    polls.length = 0;
    // Every quarter of a second on a clock sixty times as fast is every fifteen of the world's.
    const delays = mode === "wall" ? { minDelay: 0.25, maxDelay: 0.25 } : {};
    const run = sdk.ecs[`waitUntil${name[0].toUpperCase()}${name.slice(1)}`];
    const result = await run({ client: aws.ecs, maxWaitTime: 60, ...delays }, input);
    assert.equal(result.state, "SUCCESS", name);
    const seen = polls.map((statuses) => Math.min(...statuses.map((status) => orders[name].indexOf(status))));
    assert.ok(!seen.includes(-1) && !seen.includes(Infinity), `${name} saw ${JSON.stringify(polls)}`);
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b), `${name} saw ${JSON.stringify(polls)}`);
    if (mode === "wall") {
      assert.ok(polls.length > 1, `${name} ended on its first poll: ${JSON.stringify(polls)}`);
    } else {
      assert.equal(polls.length, 1, `${name} saw ${JSON.stringify(polls)}`);
    }
  };

  await aws.ecs.registerTaskDefinition(definition("web"));
  const run = await aws.ecs.runTask({ cluster: "web", taskDefinition: "web", count: 3, ...awsvpc });
  const tasks = { cluster: "web", tasks: run.tasks.map((task) => task.taskArn) };
  await wait("tasksRunning", tasks);
  for (const task of tasks.tasks) await aws.ecs.stopTask({ cluster: "web", task });
  await wait("tasksStopped", tasks);
  await aws.ecs.createService({ cluster: "web", serviceName: "s", taskDefinition: "web", desiredCount: 3, ...awsvpc });
  const services = { cluster: "web", services: ["s"] };
  await wait("servicesStable", services);
  await aws.ecs.registerTaskDefinition(definition("web"));
  await aws.ecs.updateService({ cluster: "web", service: "s", taskDefinition: "web:2" });
  await wait("servicesStable", services);  // a roll ends with one deployment
  await aws.ecs.deleteService({ cluster: "web", service: "s", force: true });
  await wait("servicesInactive", services);
}
