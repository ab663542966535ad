// Uses the official SDK as a customer would; prints one JSON line per finding.
import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from 'openai';

const client = new OpenAI({ apiKey: process.env.WEIR_KEY, baseURL: process.env.WEIR_URL + '/v1', maxRetries: 0 });
const stranger = new OpenAI({ apiKey: 'sk-not-ours', baseURL: process.env.WEIR_URL + '/v1', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Count from one to ten.' }];
const found = (name, value) => console.log(JSON.stringify({ name, value }));

const plain = await client.chat.completions.create({ model: 'gpt-4o-mini', messages });
found('plain', {
  content: plain.choices[0].message.content,
  total: plain.usage.total_tokens,
  sum: plain.usage.prompt_tokens + plain.usage.completion_tokens,
  requestId: plain._request_id,
});

let text = '';
let usage = null;
let finish = null;
const ids = new Set();
const stream = await client.chat.completions.create({
  model: 'gpt-4o-mini', messages, stream: true, stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  ids.add(chunk.id);
  text += chunk.choices[0]?.delta?.content ?? '';
  finish = chunk.choices[0]?.finish_reason ?? finish;
  usage = chunk.usage ?? usage;
}
found('stream', { text, finish, ids: ids.size, total: usage?.total_tokens });

const listed = [];
for await (const model of client.models.list()) listed.push(model.id);
found('models', listed);
found('model', (await client.models.retrieve('gpt-4o-mini')).id);

async function failure(name, type, call) {
  try {
    await call();
    found(name, 'no error');
  } catch (error) {
    found(name, { mapped: error instanceof type, status: error.status, code: error.code, requestId: error.requestID });
  }
}
await failure('unauthorized', AuthenticationError, () => stranger.models.list());
await failure('unknownModel', NotFoundError, () => client.chat.completions.create({ model: 'gpt-4o-minni', messages }));
await failure('badRequest', BadRequestError, () => client.chat.completions.create({ model: 'gpt-4o-mini' }));

// With the SDK's own retries: what cannot succeed is asked once.
let asked = 0;
const poor = new OpenAI({
  apiKey: process.env.WEIR_POOR_KEY,
  baseURL: process.env.WEIR_URL + '/v1',
  fetch: (url, init) => {
    asked += 1;
    return fetch(url, init);
  },
});
await failure('budgetSpent', RateLimitError, () => poor.chat.completions.create({ model: 'gpt-4o-mini', messages }));
found('budgetSpent.asked', asked);

const controller = new AbortController();
let seen = 0;
let aborted = false;
try {
  const long = await client.chat.completions.create(
    { model: 'gpt-4o-mini', messages, stream: true, max_tokens: 2000 },
    { signal: controller.signal },
  );
  for await (const chunk of long) {
    seen += chunk.choices[0]?.delta?.content ? 1 : 0;
    if (seen === 3) controller.abort();
  }
} catch (error) {
  aborted = error instanceof APIUserAbortError;
}
found('cancelled', { seen, aborted: aborted || controller.signal.aborted });

// A model of each provider.
const tools = [{
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}];
const behaviour = (method, body) => fetch(process.env.WEIR_SIMULATOR + '/_behaviour', {
  method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json' },
});

async function whole(model, extra) {
  const answer = await client.chat.completions.create({ model, messages, ...extra });
  return { ...answer.choices[0], usage: answer.usage };
}

async function streamed(model, extra) {
  const stream = client.chat.completions.stream({
    model, messages, stream_options: { include_usage: true }, ...extra,
  });
  const answer = await stream.finalChatCompletion();
  return { ...answer.choices[0], usage: answer.usage };
}

// The Responses API: the SDK's own helper checks the order of the events.
const flat = tools.map((tool) => ({ type: 'function', strict: false, ...tool.function }));
const said = (answer) => ({
  status: answer.status, text: answer.output_text, usage: answer.usage,
  calls: answer.output.filter((item) => item.type === 'function_call'),
});
const responded = async (model, extra) =>
  said(await client.responses.create({ model, input: messages, ...extra }));
const respondedInEvents = async (model, extra) =>
  said(await client.responses.stream({ model, input: messages, ...extra }).finalResponse());

async function cancelled(model) {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  let chunks = 0;
  for await (const chunk of stream) {
    chunks += chunk.choices[0]?.delta?.content ? 1 : 0;
    if (chunks === 3) break;
  }
  return { chunks, aborted: stream.controller.signal.aborted };
}

const models = { openai: 'gpt-4o-mini', anthropic: 'claude-haiku-4-5', gemini: 'gemini-2.5-pro' };
for (const [provider, model] of Object.entries(models)) {
  found(provider + '.plain', await whole(model));
  found(provider + '.stream', await streamed(model));
  found(provider + '.tool', await whole(model, { tools, tool_choice: 'required' }));
  found(provider + '.toolStream', await streamed(model, { tools, tool_choice: 'required' }));
  found(provider + '.response', await responded(model));
  found(provider + '.responseStream', await respondedInEvents(model));
  found(provider + '.responseTool', await responded(model, { tools: flat, tool_choice: 'required' }));
  found(provider + '.responseToolStream', await respondedInEvents(model, { tools: flat, tool_choice: 'required' }));
  await behaviour('PUT', { provider, errorRate: 1, errorStatus: 429 });
  try {
    await failure(provider + '.limited', RateLimitError, () => whole(model));
  } finally {
    await behaviour('DELETE');
  }
  await behaviour('PUT', { provider, chunkDelayMs: 30 });
  try {
    found(provider + '.cancelled', await cancelled(model));
  } finally {
    await behaviour('DELETE');
  }
}

const limited = new OpenAI({ apiKey: process.env.WEIR_KEY, baseURL: process.env.WEIR_LIMITED_URL + '/v1' });
found('retried', (await limited.chat.completions.create({ model: 'gpt-4o-mini', messages })).choices[0].message.content);

const town = {
  type: 'object', properties: { name: { type: 'string' }, people: { type: 'integer' } },
  required: ['name', 'people'], additionalProperties: false,
};
const shaped = await client.chat.completions.parse({
  model: 'gpt-4o-mini', messages,
  response_format: { type: 'json_schema', json_schema: { name: 'town', strict: true, schema: town } },
});
found('structured', JSON.parse(shaped.choices[0].message.content));

for (const model of ['text-embedding-3-small', 'gemini-embedding-001']) {
  const input = ['The river is wide.', 'The gate is open.'];
  const byDefault = await client.embeddings.create({ model, input, dimensions: 256 });
  const floats = await client.embeddings.create({ model, input, dimensions: 256, encoding_format: 'float' });
  const single = (vectors) => vectors.map((one) => Array.from(new Float32Array(one.embedding)));
  found(model, {
    sizes: byDefault.data.map((one) => one.embedding.length),
    equal: JSON.stringify(single(byDefault.data)) === JSON.stringify(single(floats.data)),
    apart: byDefault.data[0].embedding[0] !== byDefault.data[1].embedding[0],
    tokens: byDefault.usage.prompt_tokens,
  });
}
