// auth.mjs CLIENTS ENDPOINT: a door with an auth file that knows AKIDTEAM / right for the world "team".
import assert from "node:assert/strict";
import { connect, load } from "./clients.mjs";

const [, , folder, endpoint] = process.argv;
const sdk = load(folder);
const refusal = async (key, secret) => connect(sdk, endpoint, key, secret).ecs.listClusters({}).then(
  () => "accepted", (error) => `${error.name} ${error.$metadata.httpStatusCode}`);

assert.equal(await refusal("AKIDTEAM", "right"), "accepted");
assert.equal(await refusal("AKIDTEAM", "wrong"), "InvalidSignatureException 403");
assert.equal(await refusal("AKIDOTHER", "right"), "UnrecognizedClientException 403");
const unsigned = await fetch(endpoint, { method: "POST", body: "{}",
  headers: { "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters" } });
assert.equal(unsigned.status, 403);
