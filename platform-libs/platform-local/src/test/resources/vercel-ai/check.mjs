// Uses the SDK as a customer would; prints one JSON line per finding.
import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, embedMany, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

const found = (name, value) => console.log(JSON.stringify({ name, value }));
const at = (url, apiKey) => createOpenAI({ baseURL: url + '/v1', apiKey });
const weir = at(process.env.WEIR_URL, process.env.WEIR_KEY);
const stranger = at(process.env.WEIR_URL, 'sk-not-ours');
const limited = at(process.env.WEIR_LIMITED_URL, process.env.WEIR_KEY);
const prompt = 'Count from one to ten.';
const once = { maxRetries: 0 };

async function pieces(stream) {
  const all = [];
  for await (const piece of stream.textStream) all.push(piece);
  return all;
}

const counted = (usage) => ({ prompt: usage.inputTokens, completion: usage.outputTokens });

for (const name of ['gpt-4o-mini', 'claude-haiku-4-5', 'gemini-2.5-pro']) {
  const model = weir.chat(name);
  const plain = await generateText({ model, prompt, ...once });
  found('plain.' + name, { text: plain.text, finish: plain.finishReason, ...counted(plain.usage) });
  const stream = streamText({ model, prompt, ...once });
  const texts = await pieces(stream);
  found('stream.' + name, {
    text: texts.join(''), pieces: texts.length, finish: await stream.finishReason, ...counted(await stream.usage),
  });
}

const plain = await generateText({ model: weir('gpt-4o-mini'), prompt, ...once });
const streamed = await pieces(streamText({ model: weir('gpt-4o-mini'), prompt, ...once }));
found('responses', { text: plain.text, streamed: streamed.join('') });

const calls = [];
const weather = tool({
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => {
    calls.push(city);
    return 'Rain.';
  },
});
const answered = await generateText({
  model: weir.chat('gpt-4o-mini'), prompt, tools: { get_weather: weather }, stopWhen: stepCountIs(2), ...once,
  prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
});
found('tools', { name: answered.steps[0].toolCalls[0].toolName, city: calls[0], answer: answered.text });

const town = await generateText({
  model: weir.chat('gpt-4o-mini'), prompt: 'Delft.', ...once,
  output: Output.object({ schema: z.object({ name: z.string(), people: z.number().int() }) }),
});
found('structured', town.output);

async function failure(name, call) {
  try {
    await call();
    found(name, 'no error');
  } catch (error) {
    found(name, { mapped: APICallError.isInstance(error), status: error.statusCode, retryable: error.isRetryable });
  }
}
await failure('unauthorized', () => generateText({ model: stranger.chat('gpt-4o-mini'), prompt, ...once }));
await failure('unknownModel', () => generateText({ model: weir.chat('gpt-4o-minni'), prompt, ...once }));
await failure('badRequest', () => generateText({
  model: weir.chat('gpt-4o-mini'), prompt, ...once, providerOptions: { openai: { maxCompletionTokens: -1 } },
}));

found('retried', (await generateText({ model: limited.chat('gpt-4o-mini'), prompt })).text);

const embedded = await embedMany({
  model: weir.embedding('text-embedding-3-small'),
  values: ['The river is wide.', 'The gate is open.'],
  providerOptions: { openai: { dimensions: 256 } },
  ...once,
});
found('embeddings', {
  sizes: embedded.embeddings.map((one) => one.length),
  apart: embedded.embeddings[0][0] !== embedded.embeddings[1][0],
  tokens: embedded.usage.tokens,
});

const behaviour = (method, body) => fetch(process.env.WEIR_SIMULATOR + '/_behaviour', {
  method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json' },
});
await behaviour('PUT', { provider: 'openai', chunkDelayMs: 30, outputTokens: 500 });
try {
  const controller = new AbortController();
  let aborted = false;
  const stream = streamText({
    model: weir.chat('gpt-4o-mini'), prompt, abortSignal: controller.signal, ...once,
    onAbort: () => { aborted = true; },
  });
  let seen = 0;
  for await (const piece of stream.textStream) {
    seen += piece ? 1 : 0;
    if (seen === 3) controller.abort();
  }
  found('cancelled', { pieces: seen, left: aborted });
} finally {
  await behaviour('DELETE');
}
