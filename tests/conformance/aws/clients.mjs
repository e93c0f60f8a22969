// The SDK's clients for one world of a daemon. The SDK lies in the build folder, not beside this file.
import { createRequire } from "node:module";

export function load(folder) {
  const require = createRequire(`${folder}/`);
  return {
    ecs: require("@aws-sdk/client-ecs"),
    sqs: require("@aws-sdk/client-sqs"),
    scaling: require("@aws-sdk/client-application-auto-scaling"),
    cloudwatch: require("@aws-sdk/client-cloudwatch"),
  };
}

export function connect(sdk, endpoint, accessKeyId, secretAccessKey = "any") {
  const options = { endpoint, region: "us-east-1", credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  return {
    ecs: new sdk.ecs.ECS(options),
    sqs: new sdk.sqs.SQS(options),
    scaling: new sdk.scaling.ApplicationAutoScaling(options),
    cloudwatch: new sdk.cloudwatch.CloudWatch(options),
  };
}

// An operation of our own service, as any AWS JSON client would call it.
export async function emulator(endpoint, account, operation, input) {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `EcsmiEmulator.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/ecsmi/aws4_request, ` +
        "SignedHeaders=host, Signature=00",
    },
    body: JSON.stringify(input),
  });
  const body = await answer.json();
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${JSON.stringify(body)}`);
  return body;
}
