// Uses the official SDK as a customer would; prints one JSON line per finding.
import Anthropic, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';

const baseURL = process.env.WEIR_URL;
const client = new Anthropic({ apiKey: process.env.WEIR_KEY, authToken: null, baseURL, maxRetries: 0 });
const bearer = new Anthropic({ apiKey: null, authToken: process.env.WEIR_KEY, baseURL, maxRetries: 0 });
const stranger = new Anthropic({ apiKey: 'sk-ant-not-ours', authToken: null, baseURL, maxRetries: 0 });
const messages = [{ role: 'user', content: 'Count from one to ten.' }];
const found = (name, value) => console.log(JSON.stringify({ name, value }));
const ask = (model, extra) => ({ model, max_tokens: 400, messages, ...extra });

async function failure(name, type, call) {
  try {
    await call();
    found(name, 'no error');
  } catch (error) {
    found(name, {
      mapped: error instanceof type, status: error.status, type: error.error?.error?.type, requestId: error.requestID,
    });
  }
}

const counted = await client.messages.countTokens({ model: 'gpt-4o-mini', messages });
const plain = await client.messages.create(ask('gpt-4o-mini'));
found('counted', { input: counted.input_tokens, told: plain.usage.input_tokens, requestId: plain._request_id });
found('bearer', (await bearer.messages.create(ask('gpt-4o-mini'))).content[0].text);
await failure('unauthorized', AuthenticationError, () => stranger.messages.create(ask('gpt-4o-mini')));
await failure('unknownModel', NotFoundError, () => client.messages.create(ask('gpt-4o-minni')));
await failure('badRequest', BadRequestError, () => client.messages.create(ask('gpt-4o-mini', { max_tokens: 0 })));

// With the SDK's own retries: what cannot succeed is asked once.
let asked = 0;
const poor = new Anthropic({
  apiKey: process.env.WEIR_POOR_KEY, authToken: null, baseURL,
  fetch: (url, init) => {
    asked += 1;
    return fetch(url, init);
  },
});
await failure('budgetSpent', RateLimitError, () => poor.messages.create(ask('gpt-4o-mini')));
found('budgetSpent.asked', asked);

const tools = [{
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}];
const behaviour = (method, body) => fetch(process.env.WEIR_SIMULATOR + '/_behaviour', {
  method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json' },
});

async function cancelled(model) {
  const stream = client.messages.stream(ask(model, { max_tokens: 2000 }));
  let deltas = 0;
  let aborted = false;
  stream.on('text', () => {
    deltas += 1;
    if (deltas === 3) stream.abort();
  });
  try {
    await stream.finalMessage();
  } catch (error) {
    aborted = error instanceof APIUserAbortError;
  }
  return { deltas, aborted };
}

const models = { openai: 'gpt-4o-mini', anthropic: 'claude-haiku-4-5', gemini: 'gemini-2.5-pro' };
for (const [provider, model] of Object.entries(models)) {
  found(provider + '.plain', await client.messages.create(ask(model)));
  found(provider + '.stream', await client.messages.stream(ask(model)).finalMessage());
  const demanded = { tools, tool_choice: { type: 'any' } };
  const called = await client.messages.create(ask(model, demanded));
  found(provider + '.tool', called);
  found(provider + '.toolStream', await client.messages.stream(ask(model, demanded)).finalMessage());
  const use = called.content.find((block) => block.type === 'tool_use');
  found(provider + '.answered', await client.messages.create(ask(model, {
    tools,
    messages: [
      ...messages,
      { role: 'assistant', content: called.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'Rain.' }] },
    ],
  })));
  await behaviour('PUT', { provider, errorRate: 1, errorStatus: 429 });
  try {
    await failure(provider + '.limited', RateLimitError, () => client.messages.create(ask(model)));
  } finally {
    await behaviour('DELETE');
  }
  await behaviour('PUT', { provider, chunkDelayMs: 30, outputTokens: 500 });
  try {
    found(provider + '.cancelled', await cancelled(model));
  } finally {
    await behaviour('DELETE');
  }
}

const limited = new Anthropic({ apiKey: process.env.WEIR_KEY, authToken: null, baseURL: process.env.WEIR_LIMITED_URL });
found('retried', (await limited.messages.create(ask('gpt-4o-mini'))).content[0].text);

const town = {
  type: 'object', properties: { name: { type: 'string' }, people: { type: 'integer' } },
  required: ['name', 'people'], additionalProperties: false,
};
const shaped = await client.messages.parse(ask('claude-haiku-4-5', {
  output_config: { format: { type: 'json_schema', schema: town } },
}));
found('structured', JSON.parse(shaped.content[0].text));

const listed = [];
for await (const model of client.models.list()) listed.push(model.id);
found('models', listed);
found('model', await client.models.retrieve('claude-haiku-4-5'));
