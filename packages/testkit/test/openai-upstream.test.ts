import { request } from 'node:http';

import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  manualClock,
  openAIUpstream,
  type OpenAIUpstream,
  type UpstreamAnswer,
  upstreamErrors,
  type UpstreamFault,
} from '../src/index.ts';

let upstream: OpenAIUpstream;
let client: OpenAI;

const messages = [{ role: 'user' as const, content: 'Say hello.' }];

beforeEach(async () => {
  upstream = openAIUpstream();
  client = new OpenAI({ apiKey: 'sk-test', baseURL: await upstream.listen(), maxRetries: 0 });
});

afterEach(() => upstream.close());

/** The raw answer to a chat request: all of it, and whether it ended in good order. */
async function raw(body: object): Promise<{ text: string; isWhole: boolean }> {
  const url = `${upstream.url}/chat/completions`;
  return new Promise((resolve) => {
    let text = '';
    const outgoing = request(url, { method: 'POST' }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', () => resolve({ text, isWhole: false }));
      response.on('end', () => resolve({ text, isWhole: true }));
    });
    outgoing.on('error', () => resolve({ text, isWhole: false }));
    outgoing.end(JSON.stringify({ model: 'm', messages, ...body }));
  });
}

describe('a healthy upstream, to the official client', () => {
  test('completes a chat', async () => {
    const completion = await client.chat.completions.create({ model: 'gpt-test', messages });
    expect(completion.choices[0]?.message.content).toBe('Hello from the upstream.');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.model).toBe('gpt-test');
    expect(completion.usage).toMatchObject({ completion_tokens: 4 });
  });

  test('streams a chat, with usage where it was asked for', async () => {
    const stream = await client.chat.completions.create({
      model: 'gpt-test',
      messages,
      n: 2,
      stream: true,
      stream_options: { include_usage: true },
    });
    const texts = ['', ''];
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      for (const choice of chunk.choices) texts[choice.index] += choice.delta.content ?? '';
      usage = chunk.usage;
    }
    expect(texts).toEqual(['Hello from the upstream.', 'Hello from the upstream.']);
    expect(usage).toMatchObject({ completion_tokens: 8 });
  });

  test('streams no usage where it was not asked for', async () => {
    expect((await raw({ stream: true })).text).not.toContain('usage');
  });

  test('calls a tool, and answers once it has the result', async () => {
    const tools = [
      { type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } },
    ];
    const { choices } = await client.chat.completions.create({ model: 'm', messages, tools });
    const message = choices[0]!.message;
    expect(choices[0]!.finish_reason).toBe('tool_calls');
    expect(message.tool_calls).toMatchObject([
      { type: 'function', function: { name: 'weather', arguments: '{"city": "Oslo"}' } },
    ]);

    const id = message.tool_calls![0]!.id;
    const next = await client.chat.completions.create({
      model: 'm',
      messages: [...messages, message, { role: 'tool', tool_call_id: id, content: 'Rain.' }],
      tools,
    });
    expect(next.choices[0]?.message.content).toBe('Hello from the upstream.');
  });

  test('streams the arguments of a tool call in parts', async () => {
    upstream.next({ toolCalls: [{ name: 'add', arguments: '{"a": 1, "b": 2}' }] });
    const stream = await client.chat.completions.create({ model: 'm', messages, stream: true });
    let args = '';
    for await (const { choices } of stream) {
      args += choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '';
    }
    expect(args).toBe('{"a": 1, "b": 2}');
  });

  test('answers with JSON where JSON is asked for', async () => {
    const { choices } = await client.chat.completions.create({
      model: 'm',
      messages,
      response_format: { type: 'json_object' },
    });
    expect(JSON.parse(choices[0]!.message.content!)).toEqual({ greeting: 'Hello' });
  });

  test('embeds one text or several, in both encodings', async () => {
    const { data } = await client.embeddings.create({ model: 'e', input: ['a', 'b', 'a'] });
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(data[0]!.embedding).toHaveLength(8);
    expect(data[0]!.embedding).toEqual(data[2]!.embedding);
    expect(data[0]!.embedding).not.toEqual(data[1]!.embedding);
    const floats = await client.embeddings.create({
      model: 'e',
      input: 'a',
      encoding_format: 'float',
      dimensions: 3,
    });
    expect(floats.data[0]!.embedding).toHaveLength(3);
  });

  test('lists its models', async () => {
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(['gpt-test']);
  });

  test('refuses a key, a path and a body that it does not know', async () => {
    const keyed = openAIUpstream({ apiKeys: ['sk-good'] });
    const baseURL = await keyed.listen();
    const good = new OpenAI({ apiKey: 'sk-good', baseURL, maxRetries: 0 });
    const bad = new OpenAI({ apiKey: 'sk-bad', baseURL, maxRetries: 0 });
    await expect(good.models.list()).resolves.toBeDefined();
    await expect(bad.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await keyed.close();

    await expect(client.files.list()).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const answer = await fetch(`${upstream.url}/chat/completions`, { method: 'POST', body: '{' });
    expect(answer.status).toBe(400);
  });
});

describe('the script', () => {
  const ask = () => client.chat.completions.create({ model: 'm', messages });

  test('plays `next` once each, then `always`, then what is usual', async () => {
    upstream.always({ text: 'always' });
    upstream.next({ text: 'one' }, { text: 'two' });
    const texts: (string | null | undefined)[] = [];
    for (let count = 0; count < 4; count++) texts.push((await ask()).choices[0]?.message.content);
    upstream.always({});
    texts.push((await ask()).choices[0]?.message.content);
    expect(texts).toEqual(['one', 'two', 'always', 'always', 'Hello from the upstream.']);
  });

  test.each([
    [upstreamErrors.rateLimited, OpenAI.RateLimitError, 429],
    [upstreamErrors.badRequest, OpenAI.BadRequestError, 400],
    [upstreamErrors.invalidKey, OpenAI.AuthenticationError, 401],
    [upstreamErrors.unknownModel, OpenAI.NotFoundError, 404],
    [upstreamErrors.serverError, OpenAI.InternalServerError, 500],
    [upstreamErrors.overloaded, OpenAI.InternalServerError, 503],
  ])('answers with an error of the API: %j', async (answer, type, status) => {
    upstream.next(answer);
    const error = await ask().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, code: answer.error!.code, type: answer.error!.type });
  });

  test.each(['2', '1.5', 'Wed, 21 Oct 2026 07:28:00 GMT'])(
    'sends `retry-after: %s` as it is given',
    async (value) => {
      upstream.next({ ...upstreamErrors.rateLimited, headers: { 'retry-after': value } });
      const error = await ask().catch((error: unknown) => error);
      expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after')).toBe(
        value,
      );
    },
  );

  test('sends any body with any status', async () => {
    upstream.next({ status: 418, headers: { 'x-kettle': 'on' }, body: 'short and stout' });
    const answer = await fetch(`${upstream.url}/chat/completions`, { method: 'POST' });
    expect(answer.status).toBe(418);
    expect(answer.headers.get('x-kettle')).toBe('on');
    expect(await answer.text()).toBe('short and stout');
  });

  test('waits as long as it is told, on its clock', async () => {
    const clock = manualClock();
    const slow = openAIUpstream({ clock });
    const baseURL = await slow.listen();
    slow.next({ headDelayMs: 20_000 });
    const answer = fetch(`${baseURL}/chat/completions`, { method: 'POST', body: '{}' });
    await slow.until(() => clock.timers === 1);
    clock.advance(19_999);
    expect(slow.activeRequests).toBe(1);
    clock.advance(1);
    expect((await answer).status).toBe(200);
    expect(slow.requests[0]).toMatchObject({ startedMs: 0 });
    await slow.close();
  });

  test.each([
    [{ beginning: 'continued' }, ' upstream.'],
    [{ beginning: 'repeated' }, 'Hello from the upstream.'],
    [{}, 'Hello from the upstream.'],
  ] as const)('makes of a given beginning: %j', async (answer, content) => {
    const given = { role: 'assistant' as const, content: 'Hello from the' };
    upstream.next(answer);
    const { choices } = await client.chat.completions.create({
      model: 'm',
      messages: [...messages, given],
    });
    expect(choices[0]!.message.content).toBe(content);
  });

  test('refuses a given beginning', async () => {
    const given = { role: 'assistant' as const, content: 'Hello' };
    upstream.next({ beginning: 'refused' }, { beginning: 'refused' });
    const ask = (list: (typeof messages)[number][] | (typeof given)[]) =>
      client.chat.completions.create({ model: 'm', messages: list });
    await expect(ask([given])).rejects.toThrow('400 This model does not continue');
    await expect(ask(messages)).resolves.toBeDefined();
  });

  test('tears events and characters apart', async () => {
    upstream.next({ text: 'Grüße aus Zürich', pieceBytes: 1 });
    const stream = await client.chat.completions.create({ model: 'm', messages, stream: true });
    let text = '';
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    expect(text).toBe('Grüße aus Zürich');
  });
});

describe('faults', () => {
  const stream = (fault: UpstreamFault, more: UpstreamAnswer = {}) => {
    upstream.next({ fault, ...more });
    return raw({ stream: true });
  };
  const plain = (fault: UpstreamFault) => {
    upstream.next({ fault });
    return raw({});
  };

  test.each(['reset_before_head', 'close_before_head'] as const)('%s', async (fault) => {
    expect(await plain(fault)).toEqual({ text: '', isWhole: false });
    expect(upstream.aborted).toEqual([]);
  });

  test.each(['reset_in_body', 'close_in_body'] as const)('%s', async (fault) => {
    const streamed = await stream(fault);
    expect(streamed.isWhole).toBe(false);
    expect(streamed.text).not.toContain('finish_reason":"stop"');
    expect((await plain(fault)).isWhole).toBe(false);
    expect(upstream.aborted).toEqual([]);
  });

  test('close_in_body lets what was sent arrive', async () => {
    const { text } = await stream('close_in_body', { faultAfter: 3 });
    expect(text.match(/"content":"[^"]+"/g)).toEqual([
      '"content":"Hello"',
      '"content":" from"',
      '"content":" the"',
    ]);
  });

  test.each([0, 1, 4, 100])(
    'come after %i content events, or after the last one',
    async (place) => {
      const { text } = await stream('error_event', { faultAfter: place });
      expect(text.match(/"content":"[^"]+"/g) ?? []).toHaveLength(Math.min(place, 4));
      expect(text).toContain('"error"');
    },
  );

  test('end_in_body', async () => {
    const streamed = await stream('end_in_body');
    expect(streamed.isWhole).toBe(true);
    expect(streamed.text).toContain(' from');
    expect(streamed.text).not.toContain(' the');
    const { isWhole, text } = await plain('end_in_body');
    expect(isWhole).toBe(true);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  test('malformed_event', async () => {
    const { text } = await stream('malformed_event');
    const events = text.split('\n\n').filter((event) => event.startsWith('data: {'));
    const broken = events.filter((event) => !isJson(event.slice('data: '.length)));
    expect(broken).toHaveLength(1);
    expect(text).toContain('finish_reason":"stop"');
    expect(text).toContain('[DONE]');
    expect(isJson((await plain('malformed_event')).text)).toBe(false);
  });

  test('noise_event', async () => {
    const { text } = await stream('noise_event');
    const events = text.split('\n\n').map((event) => event.slice('data: '.length));
    expect(events.filter((event) => event === '}{')).toHaveLength(1);
    expect(text.match(/"content":"[^"]+"/g)).toHaveLength(4);
  });

  test('error_event', async () => {
    const { text } = await stream('error_event', upstreamErrors.overloaded);
    expect(text).toContain('"code":"server_is_overloaded"');
    expect(text).not.toContain('[DONE]');
    const body = JSON.parse((await plain('error_event')).text) as object;
    expect(body).toMatchObject({ error: { type: 'server_error' } });
  });

  test('no_finish', async () => {
    const { text } = await stream('no_finish');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(text).toContain('[DONE]');
    expect((await plain('no_finish')).text).toContain('"finish_reason":null');
  });

  test('no_done', async () => {
    const { text } = await stream('no_done');
    expect(text).toContain('"finish_reason":"stop"');
    expect(text).not.toContain('[DONE]');
  });

  test.each([
    ['hang_before_head', false],
    ['stall_in_body', true],
  ] as const)('%s, until the client goes away', async (fault, hasHead) => {
    upstream.next({ fault });
    const leave = new AbortController();
    const answer = fetch(`${upstream.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ stream: true }),
      signal: leave.signal,
    });
    if (hasHead) await (await answer).body!.getReader().read();
    else await upstream.until(() => upstream.requests.length === 1);
    expect(upstream.activeRequests).toBe(1);
    leave.abort();
    await answer.catch(() => {});
    await upstream.until(() => upstream.aborted.length === 1);
    const [{ startedMs, abortedMs, endedMs }] = upstream.aborted as [(typeof upstream.aborted)[0]];
    expect(abortedMs! - startedMs).toBeGreaterThan(0);
    expect(endedMs).toBeUndefined();
    expect(upstream.activeRequests).toBe(0);
  });
});

describe('the records', () => {
  test('hold what was received and what became of it', async () => {
    await client.chat.completions.create({ model: 'm', messages });
    const [received] = upstream.requests;
    expect(received).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      json: { model: 'm', messages },
      abortedMs: undefined,
    });
    expect(received!.headers['authorization']).toBe('Bearer sk-test');
    expect(received!.endedMs).toBeGreaterThanOrEqual(received!.startedMs);
    expect(received!.sentBytes).toBeGreaterThan(100);
    expect(upstream.activeConnections).toBe(1);
  });

  test('say when a client reads no further', async () => {
    upstream.next({ text: 'word '.repeat(3_000_000) });
    const response = await fetch(`${upstream.url}/chat/completions`, {
      method: 'POST',
      body: '{}',
    });
    await upstream.until(() => upstream.requests[0]!.isBlocked);
    expect((await response.text()).length).toBeGreaterThan(15_000_000);
    expect(upstream.requests[0]!.isBlocked).toBe(false);
  });

  test('are forgotten with the script', async () => {
    upstream.always({ status: 204, body: '' });
    await fetch(`${upstream.url}/models`);
    upstream.clear();
    expect(upstream.requests).toEqual([]);
    expect((await fetch(`${upstream.url}/models`)).status).toBe(200);
  });

  test('refuse connections between close and listen, on one port', async () => {
    const { url } = upstream;
    await upstream.close();
    await expect(fetch(`${url}/models`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(await upstream.listen()).toBe(url);
    expect((await fetch(`${url}/models`)).status).toBe(200);
  });

  test('have no address before `listen`', () => {
    expect(() => openAIUpstream().url).toThrow('listen() first');
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
