// Uses the official SDK as a customer would; prints one JSON line per finding.
import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
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

const models = [];
for await (const model of client.models.list()) models.push(model.id);
found('models', models);
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
