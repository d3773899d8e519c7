import OpenAI, { toFile } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openAIUpstream, type OpenAIUpstream } from '../src/index.ts';

let upstream: OpenAIUpstream;
let client: OpenAI;

const model = 'm';

beforeEach(async () => {
  upstream = openAIUpstream();
  client = new OpenAI({ apiKey: 'sk-test', baseURL: await upstream.listen(), maxRetries: 0 });
});

afterEach(() => upstream.close());

test('completes texts, one choice for each prompt', async () => {
  const { choices } = await client.completions.create({ model, prompt: ['a', 'b'] });
  expect(choices.map(({ index, text }) => [index, text])).toEqual([
    [0, 'Hello from the upstream.'],
    [1, 'Hello from the upstream.'],
  ]);
  const stream = await client.completions.create({ model, prompt: 'a', stream: true });
  let text = '';
  for await (const event of stream) text += event.choices[0]!.text;
  expect(text).toBe('Hello from the upstream.');
});

test('streams a response of reasoning and text as its client accumulates it', async () => {
  upstream.always({ reasoning: 'Let me see.', text: 'It is so.' });
  const stream = client.responses.stream({ model, input: 'Is it?' });
  const response = await stream.finalResponse();
  expect(response.output_text).toBe('It is so.');
  expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
  expect(response.usage?.output_tokens).toBe(6);
});

test('calls the first function of a response', async () => {
  const tools = [{ type: 'function' as const, name: 'weather', parameters: {}, strict: false }];
  const stream = client.responses.stream({ model, input: 'Oslo?', tools });
  const { output } = await stream.finalResponse();
  expect(output[0]).toMatchObject({ name: 'weather', arguments: '{"city": "Oslo"}' });
});

test('keeps responses until they are deleted, and knows no others', async () => {
  const { id } = await client.responses.create({ model, input: 'Hi' });
  expect((await client.responses.retrieve(id)).id).toBe(id);
  expect((await client.responses.inputItems.list(id)).data).toHaveLength(1);
  await client.responses.create({ model, input: 'And?', previous_response_id: id });
  await client.responses.delete(id);
  await expect(client.responses.retrieve(id)).rejects.toThrow('404');
  await expect(
    client.responses.create({ model, input: 'And?', previous_response_id: id }),
  ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
});

test('lets a response be cancelled that is made in the background', async () => {
  const { id, status } = await client.responses.create({ model, input: 'Hi', background: true });
  expect(status).toBe('in_progress');
  expect((await client.responses.cancel(id)).status).toBe('cancelled');
});

test('reads the fields of a form', async () => {
  const file = await toFile(Buffer.from([0, 1, 2]), 'speech.wav');
  const { text } = await client.audio.transcriptions.create({ model, file, language: 'en' });
  expect(text).toBe('Hello from the upstream.');
  expect(upstream.requests[0]?.form).toEqual({ model, language: 'en', file: 'speech.wav' });
});

test('makes sound and pictures, and finds nothing in texts', async () => {
  upstream.next({ soundBytes: 300 });
  const speech = await client.audio.speech.create({ model, voice: 'alloy', input: 'Hi' });
  expect((await speech.arrayBuffer()).byteLength).toBe(300);
  expect((await client.images.generate({ model, prompt: 'a dot', n: 2 })).data).toHaveLength(2);
  expect((await client.moderations.create({ model, input: ['a', 'b'] })).results).toHaveLength(2);
});

test('fails a response in its own words', async () => {
  upstream.always({ fault: 'failed_response' });
  expect((await client.responses.create({ model, input: 'Hi' })).status).toBe('failed');
  const stream = await client.responses.create({ model, input: 'Hi', stream: true });
  const types: string[] = [];
  for await (const { type } of stream) types.push(type);
  expect(types.at(-1)).toBe('response.failed');
});
