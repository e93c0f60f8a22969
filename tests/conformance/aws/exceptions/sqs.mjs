// SQS's exceptions: what raises each, its older name in the query protocol, and why the others never come.
import http from "node:http";

const send = (world, entries) => world.aws.sqs.sendMessageBatch({ QueueUrl: world.queue, Entries: entries });
const entry = (Id, MessageBody = "x") => ({ Id, MessageBody });

export async function prepare(world) {
  const { sqs } = world.aws;
  const make = async (QueueName) => (await sqs.createQueue({ QueueName })).QueueUrl;
  world.queue = await make("jobs");
  world.purged = await make("purged");
  await sqs.purgeQueue({ QueueUrl: world.purged });
  await sqs.deleteQueue({ QueueUrl: await make("gone") });
  await sqs.sendMessage({ QueueUrl: world.queue, MessageBody: "seen" });
  const received = await sqs.receiveMessage({ QueueUrl: world.queue });
  world.seen = received.Messages[0].ReceiptHandle;
  await sqs.changeMessageVisibility({ QueueUrl: world.queue, ReceiptHandle: world.seen, VisibilityTimeout: 0 });
  world.crowded = await make("crowded");
  world.idle = await make("idle");
}

// As many calls as a limit needs, faster than through the SDK's layers: `count` of them, 64 at a time.
async function many(world, operation, inputOf, count) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const call = (input) => new Promise((resolve, reject) => {
    const request = http.request(world.endpoint, { method: "POST", agent, headers: {
      "x-amz-target": `AmazonSQS.${operation}`, "content-type": "application/x-amz-json-1.0",
      authorization: `AWS4-HMAC-SHA256 Credential=${world.account}/20260101/us-east-1/sqs/aws4_request`,
    } }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${operation}: ${answer.statusCode}`))));
    });
    request.on("error", reject);
    request.end(JSON.stringify(input));
  });
  let next = 0;
  await Promise.all(Array.from({ length: 64 }, async () => {
    while (next < count) await call(inputOf(next++));
  }));
  agent.destroy();
}

// F69: 120,000 messages in flight in one queue.
async function crowd(world) {
  const full = Array.from({ length: 10 }, (_, i) => entry(`m${i}`));
  await many(world, "SendMessageBatch", () => ({ QueueUrl: world.crowded, Entries: full }), 12_000);
  await many(world, "ReceiveMessage",
    () => ({ QueueUrl: world.crowded, MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 }), 12_000);
  return world.aws.sqs.receiveMessage({ QueueUrl: world.crowded });
}

export const raised = {
  BatchEntryIdsNotDistinct: [[(world) => send(world, [entry("a"), entry("a")]), /^Id a repeated\.$/]],
  BatchRequestTooLong: [
    [(world) => send(world, [entry("a", "x".repeat(700_000)), entry("b", "x".repeat(700_000))]),
      /^Batch requests cannot be longer than 1048576 bytes/],
  ],
  EmptyBatchRequest: [
    [(world) => send(world, []), /^There should be at least one SendMessageBatchRequestEntry in the request\.$/],
    [(world) => world.aws.sqs.deleteMessageBatch({ QueueUrl: world.queue, Entries: [] }),
      /^There should be at least one DeleteMessageBatchRequestEntry in the request\.$/],
  ],
  InvalidAddress: [
    [(world) => world.aws.sqs.receiveMessage({ QueueUrl: `${world.endpoint}//jobs` }), /^The address .* is not valid/],
  ],
  InvalidAttributeName: [
    [(world) => world.aws.sqs.getQueueAttributes({ QueueUrl: world.queue, AttributeNames: ["Colour"] }),
      /^Unknown Attribute Colour\./],
    [(world) => world.aws.sqs.createQueue({ QueueName: "x", Attributes: { Colour: "red" } }),
      /^Unknown Attribute Colour\.$/],
  ],
  InvalidAttributeValue: [
    [(world) => world.aws.sqs.setQueueAttributes({ QueueUrl: world.queue, Attributes: { VisibilityTimeout: "long" } }),
      /^Invalid value for the parameter VisibilityTimeout\./],
  ],
  InvalidBatchEntryId: [
    [(world) => send(world, [entry("a b")]),
      /^A batch entry id can only contain alphanumeric characters, hyphens and underscores\./],
  ],
  InvalidMessageContents: [
    [(world) => world.aws.sqs.sendMessage({ QueueUrl: world.queue, MessageBody: "\u0001" }),
      /^MessageBody contains characters outside/],
  ],
  MessageNotInflight: [
    [(world) => world.aws.sqs.changeMessageVisibility({
      QueueUrl: world.queue, ReceiptHandle: world.seen, VisibilityTimeout: 30,
    }), /isn't in flight/],
  ],
  OverLimit: [[crowd, /^Too many messages are in flight in queue crowded: 120000/]],
  PurgeQueueInProgress: [
    [(world) => world.aws.sqs.purgeQueue({ QueueUrl: world.purged }),
      /^Only one PurgeQueue operation on purged is allowed every 60 seconds\.$/],
  ],
  QueueDeletedRecently: [
    [(world) => world.aws.sqs.createQueue({ QueueName: "gone" }),
      /^You must wait 60 seconds after deleting a queue before you can /],
  ],
  QueueDoesNotExist: [
    ({ aws }) => aws.sqs.getQueueUrl({ QueueName: "none" }),
    ({ aws, endpoint, account }) => aws.sqs.sendMessage({ QueueUrl: `${endpoint}/${account}/none`, MessageBody: "x" }),
    ({ aws, endpoint, account }) => aws.sqs.receiveMessage({ QueueUrl: `${endpoint}/${account}/gone` }),
    ({ aws, endpoint }) => aws.sqs.deleteQueue({ QueueUrl: `${endpoint}/999999999999/jobs` }),
  ].map((call) => [call, /^The specified queue does not exist\.$/]),
  QueueNameExists: [
    [({ aws }) => aws.sqs.createQueue({ QueueName: "jobs", Attributes: { VisibilityTimeout: "7" } }),
      /^A queue already exists with the same name and a different value for attribute VisibilityTimeout/],
  ],
  ReceiptHandleIsInvalid: [
    [({ aws, queue }) => aws.sqs.deleteMessage({ QueueUrl: queue, ReceiptHandle: "x" }),
      /^The input receipt handle "x" is not a valid receipt handle\.$/],
  ],
  TooManyEntriesInBatchRequest: [
    [(world) => send(world, Array.from({ length: 11 }, (_, i) => entry(`m${i}`))),
      /^Maximum number of entries per request are 10\. You have sent 11\.$/],
  ],
  UnsupportedOperation: [
    [({ aws }) => aws.sqs.createQueue({ QueueName: "orders.fifo", Attributes: { FifoQueue: "true" } }),
      /\(ecsmi: docs\/FIDELITY\.md#fifo-queues\)$/],
  ],
};

const kms = "queues are not encrypted here: KmsMasterKeyId is stored and echoed";

export const never = {
  InvalidIdFormat: "SQS has long answered ReceiptHandleIsInvalid instead",
  InvalidSecurity: "plain HTTP and any signature are taken",
  KmsAccessDenied: kms,
  KmsDisabled: kms,
  KmsInvalidKeyUsage: kms,
  KmsInvalidState: kms,
  KmsNotFound: kms,
  KmsOptInRequired: kms,
  KmsThrottled: kms,
  RequestThrottled: "it takes 4,096 long polls waiting in one world, and the door has 4,096 connections for all",
  ResourceNotFoundException: "only message move tasks may raise it, which are not emulated",
};
