// A program of a user: it runs against the endpoint in the environment, with the ARNs of two custom models as arguments.
// It writes what it saw as one JSON object.
import {
  BedrockClient,
  CreateCustomModelCommand,
  CreateCustomModelDeploymentCommand,
  DeleteCustomModelCommand,
  DeleteCustomModelDeploymentCommand,
  GetCustomModelCommand,
  GetCustomModelDeploymentCommand,
  ListCustomModelsCommand,
  ListGuardrailsCommand,
  ListTagsForResourceCommand,
  UpdateCustomModelDeploymentCommand,
} from "@aws-sdk/client-bedrock";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const [first, second] = process.argv.slice(2);
const bedrock = new BedrockClient();
const runtime = new BedrockRuntimeClient({ requestHandler: new NodeHttpHandler() });
const messages = [{ role: "user", content: [{ text: "Sag Grüße 👋." }] }];
const seen = {};

const created = await bedrock.send(
  new CreateCustomModelDeploymentCommand({ modelDeploymentName: "support-bot", modelArn: first }),
);
const customModelDeploymentIdentifier = (seen.arn = created.customModelDeploymentArn);
const get = () => bedrock.send(new GetCustomModelDeploymentCommand({ customModelDeploymentIdentifier }));

async function waitUntil(done) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const shown = await get();
    if (done(shown)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the deployment is not ready after 60 s");
}

async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
  return null;
}

await waitUntil((shown) => shown.status === "Active");
const request = { modelId: created.customModelDeploymentArn, messages };
const whole = await runtime.send(new ConverseCommand(request));
seen.converse = whole.output.message.content[0].text;

const streamed = await runtime.send(new ConverseStreamCommand(request));
seen.converseStream = [];
for await (const event of streamed.stream) seen.converseStream.push(event);

const invoked = await runtime.send(
  new InvokeModelWithResponseStreamCommand({ modelId: request.modelId, body: JSON.stringify({ messages }) }),
);
seen.contentType = invoked.contentType;
seen.chunks = [];
for await (const event of invoked.body) seen.chunks.push(JSON.parse(new TextDecoder().decode(event.chunk.bytes)));

await bedrock.send(new UpdateCustomModelDeploymentCommand({ customModelDeploymentIdentifier, modelArn: second }));
await waitUntil((shown) => shown.updateDetails?.updateStatus === "UpdateCompleted");
seen.modelArn = (await get()).modelArn;

const imported = await bedrock.send(
  new CreateCustomModelCommand({
    modelName: "imported",
    modelSourceConfig: { s3DataSource: { s3Uri: "s3://bucket/model/" } },
    roleArn: "arn:aws:iam::123456789012:role/bedrock",
    modelTags: [{ key: "team", value: "support" }],
  }),
);
const modelIdentifier = imported.modelArn;
seen.modelStatus = (await bedrock.send(new GetCustomModelCommand({ modelIdentifier }))).modelStatus;
const listed = await bedrock.send(new ListCustomModelsCommand({ nameContains: "imported" }));
seen.listed = listed.modelSummaries.map((model) => model.modelArn === modelIdentifier);
seen.tags = (await bedrock.send(new ListTagsForResourceCommand({ resourceARN: modelIdentifier }))).tags;
await bedrock.send(new DeleteCustomModelCommand({ modelIdentifier }));
seen.modelInUse = await errorOf(bedrock.send(new DeleteCustomModelCommand({ modelIdentifier: second })));

await bedrock.send(new DeleteCustomModelDeploymentCommand({ customModelDeploymentIdentifier }));
seen.afterDelete = await errorOf(runtime.send(new ConverseStreamCommand(request)));
seen.unserved = await errorOf(bedrock.send(new ListGuardrailsCommand({})));
seen.http2 = await errorOf(new BedrockRuntimeClient().send(new ConverseCommand(request)));
console.log(JSON.stringify(seen));
