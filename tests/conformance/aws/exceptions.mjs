// exceptions.mjs CLIENTS ENDPOINT GUARDED BROKEN: every exception that the SDK models arrives as its class, or is known never to.
// ENDPOINT has a virtual clock. GUARDED has an auth file by which AKIDTEAM / right may touch the world "team" alone. The
// disk of BROKEN fails each time we print "break", once: the driver sees to it and says so on stdin.
import assert from "node:assert/strict";
import readline from "node:readline/promises";
import { connect, emulator, load } from "./clients.mjs";
import * as cloudwatch from "./exceptions/cloudwatch.mjs";
import * as ecs from "./exceptions/ecs.mjs";
import * as scaling from "./exceptions/scaling.mjs";
import * as sqs from "./exceptions/sqs.mjs";

const [, , folder, endpoint, guarded, broken] = process.argv;
const sdk = load(folder);
const tables = { ecs, sqs, scaling, cloudwatch };
const queryCompatible = ["sqs", "cloudwatch"];

const worldOf = (account, at) => ({
  endpoint: at,
  account,
  aws: connect(sdk, at, account),
  settle: () => emulator(at, account, "RunUntilQuiescent", { limit: 7200 }),
});

// The classes of its own that a service's package exports, without the one that all of them extend.
function modelled(service) {
  const classes = Object.values(sdk[service]).filter((each) => typeof each === "function" && each.prototype instanceof Error);
  return classes.filter((each) => !classes.some((other) => other.prototype instanceof each)).map((each) => each.name);
}

// A row of a table: class, name, text, and status, fault and older name as the service's model has them.
async function check(service, name, [call, message, more], world) {
  const what = `${service} ${name}`;
  const error = await call(world).then(() => assert.fail(`${what}: ${call} was accepted`), (failure) => failure);
  assert.ok(error instanceof sdk[service][name], `${what}: ${error.name} ${error.message} by ${call}`);
  assert.equal(error.name, name, what);
  assert.match(error.message, message, what);
  assert.ok(more === undefined || more(error), `${what}: ${JSON.stringify(error)}`);
  assert.ok(error.$metadata.requestId || error.$metadata.httpStatusCode === 403, what);
  const face = { status: 400, ...faces[what] };
  assert.equal(error.$metadata.httpStatusCode, face.status, what);
  assert.equal(error.$fault, face.status < 500 ? "client" : "server", what);
  if (queryCompatible.includes(service)) assert.equal(error.Error?.Code, face.code ?? name, what);
}

// All that is wrong is told at once.
const wrong = [];
const expect = (service, name, row, world) => check(service, name, row, world).catch((error) => wrong.push(error.message));

// HTTP statuses that are not 400 (H2), and codes of the query protocol that are not the class's name.
const faces = {
  "ecs AccessDeniedException": { status: 403 },
  "ecs ServerException": { status: 500 },
  "scaling InternalServiceException": { status: 500 },
  "scaling ResourceNotFoundException": { status: 404 },
  "cloudwatch InternalServiceFault": { status: 500, code: "InternalServiceError" },
  "cloudwatch InvalidFormatFault": { code: "InvalidFormat" },
  "cloudwatch InvalidParameterCombinationException": { code: "InvalidParameterCombination" },
  "cloudwatch InvalidParameterValueException": { code: "InvalidParameterValue" },
  "cloudwatch LimitExceededFault": { code: "LimitExceeded" },
  "cloudwatch MissingRequiredParameterException": { code: "MissingParameter" },
  "cloudwatch ResourceNotFound": { status: 404 },
  "sqs InvalidAddress": { status: 404 },
  "sqs OverLimit": { status: 403 },
  "sqs PurgeQueueInProgress": { status: 403, code: "AWS.SimpleQueueService.PurgeQueueInProgress" },
  "sqs QueueDoesNotExist": { code: "AWS.SimpleQueueService.NonExistentQueue" },
  "sqs QueueNameExists": { code: "QueueAlreadyExists" },
  "sqs ReceiptHandleIsInvalid": { status: 404 },
  ...Object.fromEntries(["BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest", "InvalidBatchEntryId",
    "MessageNotInflight", "QueueDeletedRecently", "TooManyEntriesInBatchRequest", "UnsupportedOperation",
  ].map((name) => [`sqs ${name}`, { code: `AWS.SimpleQueueService.${name}` }])),
};

// What the daemon itself must be at fault for.
const serverFaults = { ecs: "ServerException", scaling: "InternalServiceException", cloudwatch: "InternalServiceFault" };

async function breakTheDisk() {
  const worlds = {};
  for (const [index, service] of Object.keys(serverFaults).entries()) {
    worlds[service] = worldOf(String(200000000001 + index), broken);
    await worlds[service].aws.ecs.createCluster({ clusterName: "kept" });
    await tables[service].prepareBroken?.(worlds[service]);
  }
  const driver = readline.createInterface({ input: process.stdin });
  const lines = driver[Symbol.asyncIterator]();
  for (const [service, name] of Object.entries(serverFaults)) {
    console.log("break");
    await lines.next();
    await expect(service, name, tables[service].raised[name][0], { broken: worlds[service].aws });
  }
  driver.close();
}

let checked = 0;
for (const [index, [service, table]] of Object.entries(tables).entries()) {
  const known = [...Object.keys(table.raised), ...Object.keys(table.never)].sort();
  assert.deepEqual(known, modelled(service).sort(), `${service}: the SDK's exceptions are those of the tables`);
  const world = worldOf(String(100000000001 + index), endpoint);
  world.guarded = connect(sdk, `${guarded}/w/other`, "AKIDTEAM", "right");
  await table.prepare(world);
  for (const [name, rows] of Object.entries(table.raised)) {
    if (serverFaults[service] === name) continue;
    for (const row of rows) {
      await expect(service, name, row, world);
      ++checked;
    }
  }
}
await breakTheDisk();
assert.equal(wrong.length, 0, `${wrong.length} of them are wrong:\n${wrong.join("\n")}`);
console.log(JSON.stringify({ exceptions: checked + Object.keys(serverFaults).length }));
