import { ChunkKind, type Clock } from '@plimsoll/core';
import { manualClock, targetOf } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulated, type SimulatedOptions } from '../src/index.ts';
import { Collected, start, turn } from './collect.ts';

const messages = [{ role: 'user', content: 'Say hello.' }];
const chat = { model: 'gpt-test', messages };
const stream = { ...chat, stream: true };

/** A model whose answers come at once. */
const quick = (options: SimulatedOptions = {}) =>
  simulated({ firstTokenMs: 0, tokensPerSecond: Infinity, clock: manualClock(), ...options });

/** The text that a stream says. */
function said(events: string): string {
  return events
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? '')
    .join('');
}

describe('what is said', () => {
  it('shows that it is simulated, and has the tokens that were configured', async () => {
    const { json, end, chunks } = await start(quick({ outputTokens: 12 }), chat);
    const { content } = json.choices[0].message;
    expect(content).toMatch(/^This is a simulated answer\. /);
    expect(content).toHaveLength(48);
    expect(json.usage).toEqual({ prompt_tokens: 3, completion_tokens: 12, total_tokens: 15 });
    expect(end).toEqual({ model: 'gpt-test', usage: { inputTokens: 3, outputTokens: 12 } });
    expect(chunks.map(([, kind]) => kind)).toEqual([ChunkKind.content]);
  });

  it('is the same streamed', async () => {
    const whole = await start(quick({ seed: 7 }), chat);
    const streamed = await start(quick({ seed: 7 }), stream);
    expect(said(streamed.text)).toBe(whole.json.choices[0].message.content);
    expect(streamed.text).toMatch(/"finish_reason":"stop"\}\]\}\n\ndata: \[DONE\]\n\n$/);
    expect(streamed.end).toEqual(whole.end);
    expect(streamed.text).not.toContain('usage');
  });

  it('ends a stream with usage where that is asked for', async () => {
    const { text } = await start(quick({ outputTokens: 2 }), {
      ...stream,
      stream_options: { include_usage: true },
    });
    const last = JSON.parse(text.split('\n\n').at(-3)!.slice(6));
    expect(last).toMatchObject({ choices: [], usage: { completion_tokens: 2 } });
    expect(text).toContain('],"usage":null}\n\n');
  });

  it('is cut at the most tokens that the caller wants', async () => {
    for (const limit of [{ max_tokens: 3 }, { max_completion_tokens: 3 }]) {
      const { json } = await start(quick(), { ...chat, ...limit });
      expect(json.choices[0]).toMatchObject({
        message: { content: 'This is a si' },
        finish_reason: 'length',
      });
    }
  });

  it('is said by each choice', async () => {
    const { json, end } = await start(quick({ outputTokens: 5 }), { ...chat, n: 3 });
    expect(json.choices).toHaveLength(3);
    expect(end!.usage!.outputTokens).toBe(15);
    const { text } = await start(quick({ outputTokens: 5 }), { ...stream, n: 3 });
    expect(text.match(/"finish_reason":"stop"/g)).toHaveLength(3);
  });

  it('counts the text of messages in parts', async () => {
    const parts = [
      { type: 'text', text: 'x'.repeat(80) },
      { type: 'image_url', image_url: {} },
    ];
    const { end } = await start(quick(), { ...chat, messages: [{ role: 'user', content: parts }] });
    expect(end!.usage!.inputTokens).toBe(20);
  });

  it('depends on the seed and on how many requests came before, not on who waits for what', async () => {
    const answers = async (seed: number): Promise<string[]> => {
      const provider = quick({ seed });
      const texts: string[] = [];
      for (let count = 0; count < 3; count++) texts.push((await start(provider, chat)).text);
      return texts;
    };
    const first = await answers(1);
    expect(await answers(1)).toEqual(first);
    expect(await answers(2)).not.toEqual(first);
    const contents = first.map((text) => JSON.parse(text).choices[0].message.content);
    expect(new Set(contents).size).toBe(3);
  });
});

describe('tools and JSON', () => {
  const parameters = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      unit: { enum: ['celsius', 'fahrenheit'] },
      days: { type: 'integer', minimum: 2 },
      exact: { type: ['boolean', 'null'] },
      places: { type: 'array', minItems: 2, items: { anyOf: [{ type: 'number' }] } },
      fixed: { const: 'x' },
      open: {},
    },
  };
  const example = {
    city: 'simulated',
    unit: 'celsius',
    days: 2,
    exact: true,
    places: [1, 1],
    fixed: 'x',
    open: null,
  };
  const tools = [
    { type: 'function', function: { name: 'one' } },
    { type: 'function', function: { name: 'two', parameters } },
  ];

  it.each([
    ['required', 'one', {}],
    [{ type: 'function', function: { name: 'two' } }, 'two', example],
  ])('calls the tool that is demanded: %j', async (tool_choice, name, expected) => {
    const { json } = await start(quick(), { ...chat, tools, tool_choice });
    const { message, finish_reason } = json.choices[0];
    expect(finish_reason).toBe('tool_calls');
    expect(message.content).toBeNull();
    expect(message.tool_calls[0].function.name).toBe(name);
    expect(JSON.parse(message.tool_calls[0].function.arguments)).toEqual(expected);

    const streamed = await start(quick(), { ...stream, tools, tool_choice });
    const events = streamed.text
      .split('\n\n')
      .slice(0, -2)
      .map((event) => JSON.parse(event.slice(6)));
    const calls = events.flatMap((event) => event.choices[0].delta.tool_calls ?? []);
    expect(calls[0].function.name).toBe(name);
    expect(JSON.parse(calls.map((call) => call.function.arguments).join(''))).toEqual(expected);
  });

  it.each([undefined, 'auto', 'none'])('calls no tool for the choice %s', async (tool_choice) => {
    const { json } = await start(quick(), { ...chat, tools, tool_choice });
    expect(json.choices[0].message.content).toMatch(/^This is/);
  });

  it('answers in JSON where that is asked for', async () => {
    const ask = async (response_format: object): Promise<unknown> =>
      JSON.parse(
        (await start(quick(), { ...chat, response_format })).json.choices[0].message.content,
      );
    expect(await ask({ type: 'json_object' })).toHaveProperty('answer');
    const json_schema = { name: 'weather', schema: parameters };
    expect(await ask({ type: 'json_schema', json_schema })).toEqual(example);
  });

  it('ends an example of a schema that contains itself', async () => {
    const schema: { type: string; properties: Record<string, unknown> } = {
      type: 'object',
      properties: {},
    };
    schema.properties['again'] = schema;
    const { json } = await start(quick(), {
      ...chat,
      response_format: { type: 'json_schema', json_schema: { schema } },
    });
    expect(json.choices[0].message.content).toMatch(/"again":null/);
  });
});

describe('embeddings and models', () => {
  const embed = async (json: object) =>
    (await start(quick(), { model: 'e', ...json }, '/embeddings')).json;

  it('gives equal texts equal vectors of length 1, and others different ones', async () => {
    const { data, usage } = await embed({ input: ['sea', 'sea', 'land'], dimensions: 8 });
    const [one, same, other] = data.map((item: { embedding: number[] }) => item.embedding);
    expect(one).toHaveLength(8);
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
    expect(Math.hypot(...one)).toBeCloseTo(1, 5);
    expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 0 });
  });

  it('encodes vectors as the official client asks for them', async () => {
    const plain = (await embed({ input: 'sea' })).data[0].embedding as number[];
    const { embedding } = (await embed({ input: 'sea', encoding_format: 'base64' })).data[0];
    const bytes = Buffer.from(embedding as string, 'base64');
    expect([...new Float32Array(new Uint8Array(bytes).buffer)]).toEqual(plain);
    expect(plain).toHaveLength(256);
  });

  it('counts a text given as tokens', async () => {
    expect((await embed({ input: [1, 2, 3] })).usage.prompt_tokens).toBe(3);
  });

  it('lists its models, and answers to no other', async () => {
    const provider = quick({ models: ['a', 'b'] });
    const { json } = await start(provider, {}, '/models');
    expect(json.data.map((model: { id: string }) => model.id)).toEqual(['a', 'b']);
    expect((await start(provider, { ...chat, model: 'a' })).end).toBeDefined();
    expect((await start(provider, chat)).failure).toMatchObject({
      kind: 'model_access',
      verdict: 'failover',
      status: 404,
      code: 'model_not_found',
    });
  });
});

describe('time', () => {
  it('sends the first token and the others when they are due', async () => {
    const clock = manualClock();
    const provider = simulated({ firstTokenMs: 100, tokensPerSecond: 20, outputTokens: 4, clock });
    const answer = await start(provider, stream);
    clock.advance(95);
    expect(answer.head).toBeUndefined();
    clock.advance(5);
    expect(said(answer.text)).toBe('This');
    expect(answer.chunks).toEqual([[expect.any(String), ChunkKind.content]]);
    clock.advance(45);
    expect(said(answer.text)).toBe('This');
    clock.advance(5);
    expect(said(answer.text)).toBe('This is ');
    clock.advance(95);
    expect(answer.end).toBeUndefined();
    clock.advance(5);
    expect(answer.end).toBeDefined();
    expect(clock.timers).toBe(0);
  });

  it('sends a whole answer when its last token is due', async () => {
    const clock = manualClock();
    const provider = simulated({ firstTokenMs: 100, tokensPerSecond: 20, outputTokens: 4, clock });
    const answer = await start(provider, chat);
    clock.advance(245);
    expect(answer.head).toBeUndefined();
    clock.advance(5);
    expect(answer.end).toBeDefined();
  });

  it('has one timer for any number of streams, and none when they are over', async () => {
    const clock = manualClock();
    const provider = simulated({ clock });
    const answers: Collected[] = [];
    for (let count = 0; count < 500; count++) answers.push(await start(provider, stream));
    expect(provider.inFlight).toBe(500);
    expect(clock.timers).toBe(1);
    answers[0]!.control!.abort();
    clock.advance(2000);
    expect(answers.filter((answer) => answer.end !== undefined)).toHaveLength(499);
    expect(provider.inFlight).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('stops its timer when the last request is given up', async () => {
    const clock = manualClock();
    const answer = await start(simulated({ clock }), stream);
    expect(clock.timers).toBe(1);
    answer.control!.abort();
    expect(clock.timers).toBe(0);
  });

  it('says nothing while paused, and catches up after it', async () => {
    const clock = manualClock();
    const provider = simulated({ firstTokenMs: 10, tokensPerSecond: 100, outputTokens: 10, clock });
    const answer = await start(provider, stream);
    clock.advance(10);
    answer.control!.pause();
    clock.advance(50);
    expect(said(answer.text)).toBe('This');
    answer.control!.resume();
    await turn();
    expect(said(answer.text)).toBe('This is a simulated answ');
    clock.advance(1000);
    expect(answer.end).toBeDefined();
  });

  it('is varied by at most the jitter, and by much of it', async () => {
    const clock = manualClock();
    const provider = simulated({ firstTokenMs: 1000, jitterRatio: 0.5, outputTokens: 1, clock });
    const firsts: number[] = [];
    for (let count = 0; count < 50; count++) {
      const startMs = clock.now();
      const collected = new Collected();
      collected.onText = () => firsts.push(clock.now() - startMs);
      await start(provider, stream, undefined, collected);
      clock.advance(1600);
    }
    expect(firsts).toHaveLength(50);
    // A uniform spread over 1,000 ms: that 50 draws miss a quarter at either end has a chance of 1e-6.
    expect(Math.min(...firsts)).toBeLessThan(750);
    expect(Math.max(...firsts)).toBeGreaterThan(1250);
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...firsts)).toBeLessThanOrEqual(1505);
  });

  it('is that of the clock in every answer', async () => {
    const { json } = await start(quick({ clock: manualClock({ epochMs: 5_000_700 }) }), chat);
    expect(json.created).toBe(5000);
  });
});

describe('failures', () => {
  it('come as often as configured', async () => {
    const provider = quick({ errorRatio: 0.2 });
    let failed = 0;
    for (let count = 0; count < 500; count++) {
      const { failure } = await start(provider, chat);
      if (failure === undefined) continue;
      failed++;
      expect(failure).toMatchObject({ kind: 'server', verdict: 'failover', status: 500 });
    }
    // 100 of 500 with a standard deviation of 9: four of those either way.
    expect(failed).toBeGreaterThan(64);
    expect(failed).toBeLessThan(136);
    expect(provider.received).toBe(500);
    expect(provider.inFlight).toBe(0);
  });

  it.each([
    [{ model: 'm' }, '/chat/completions', 400],
    [{ model: 'm', messages: [] }, '/chat/completions', 400],
    [{ ...chat, n: 129 }, '/chat/completions', 400],
    [{ model: 'm', input: [] }, '/embeddings', 400],
    [chat, '/audio/speech', 404],
  ])('%j to %s is answered with %d in OpenAI’s form', async (json, path, status) => {
    const { failure } = await start(quick(), json, path);
    expect(failure!.status).toBe(status);
    expect(failure!.answer!.head.status).toBe(status);
    expect(JSON.parse(Buffer.from(failure!.answer!.body).toString())).toEqual({
      error: { message: failure!.message, type: 'invalid_request_error', param: null, code: null },
    });
  });

  it('thrown by the application are its own', () => {
    const provider = quick();
    expect(provider.classify(new Error('x'))).toMatchObject({ kind: 'unknown', verdict: 'fail' });
    expect(provider.classify(new DOMException('x', 'AbortError'))).toMatchObject({
      kind: 'aborted',
      verdict: 'abort',
    });
  });
});

it('can always be reached, and says so after the probe returned and not after its abort', async () => {
  const told: unknown[] = [];
  const provider = quick({ errorRatio: 1 });
  provider.probe!(targetOf(), (failure) => told.push(failure));
  provider.probe!(targetOf(), () => told.push('aborted')).abort();
  told.push('returned');
  await turn();
  expect(told).toEqual(['returned', undefined]);
  expect(provider.received).toBe(0);
});

describe('limits', () => {
  it('are told in every answer', async () => {
    const { head, limits, told } = await start(
      quick({ limits: { rpm: 60, tpm: 6000 }, outputTokens: 10 }),
      chat,
    );
    expect(told).toEqual(['limits', 'head', 'end']);
    expect(limits).toEqual([
      { dimension: 'requests', windowMs: 60_000, limit: 60, remaining: 59, resetAfterMs: 1000 },
      { dimension: 'tokens', windowMs: 60_000, limit: 6000, remaining: 5987, resetAfterMs: 130 },
    ]);
    expect(head!.headers).toMatchObject({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '6000',
      'x-ratelimit-remaining-tokens': '5987',
      'x-ratelimit-reset-tokens': '130ms',
    });
  });

  it('refuse the request past them, until the time they say', async () => {
    const clock = manualClock();
    const provider = quick({ limits: { rpm: 2 }, clock });
    await start(provider, chat);
    await start(provider, chat);
    const { failure, limits, told } = await start(provider, chat);
    expect(told).toEqual(['limits', 'error']);
    expect(limits).toEqual([
      { dimension: 'requests', windowMs: 60_000, limit: 2, remaining: 0, resetAfterMs: 60_000 },
    ]);
    expect(failure).toMatchObject({
      kind: 'throttle',
      exhausted: 'requests',
      verdict: 'cooldown',
      scope: 'quota_group',
      status: 429,
      code: 'rate_limit_exceeded',
      retryAfterMs: 30_000,
      isHealthFailure: false,
    });
    expect(failure!.message).toContain('Limit 2, Used 2, Requested 1. Please try again in 30s.');
    expect(failure!.answer!.head.headers).toMatchObject({
      'retry-after': '30',
      'retry-after-ms': '30000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0s',
    });
    clock.advance(29_999);
    expect((await start(provider, chat)).failure).toMatchObject({ retryAfterMs: 1 });
    clock.advance(1);
    expect((await start(provider, chat)).end).toBeDefined();
  });

  it('count prompt and expected answer as tokens', async () => {
    const provider = quick({ limits: { tpm: 30 }, outputTokens: 10 });
    await start(provider, chat);
    await start(provider, chat);
    const { failure } = await start(provider, chat);
    // 13 tokens are wanted and 4 left: nine of thirty take 18 s.
    expect(failure).toMatchObject({ retryAfterMs: 18_000, exhausted: 'tokens' });
    expect(failure!.answer!.head.headers['x-ratelimit-remaining-tokens']).toBe('4');
    const { failure: tooLarge } = await start(provider, { ...chat, n: 3 });
    expect(tooLarge).toMatchObject({ kind: 'too_long', needs: 'other_provider' });
  });

  it('count a refused request as nothing', async () => {
    const clock = manualClock();
    const provider = quick({ limits: { rpm: 60, tpm: 60 }, outputTokens: 50, clock });
    await start(provider, chat);
    for (let count = 0; count < 10; count++) await start(provider, chat);
    clock.advance(46_000);
    expect((await start(provider, chat)).end).toBeDefined();
  });

  it('leave nothing behind of a request that is given up when they are told', async () => {
    const provider = quick({ limits: { rpm: 1 } });
    await start(provider, chat);
    const collected = new Collected();
    collected.onLimits = () => collected.control!.abort();
    await start(provider, chat, '/chat/completions', collected);
    expect(collected.told).toEqual([]);
    expect(provider.inFlight).toBe(0);
  });

  it('hold for requests at once', async () => {
    const clock = manualClock();
    const provider = simulated({ limits: { concurrency: 2 }, clock });
    const answers = [await start(provider, chat), await start(provider, chat)];
    const { failure, limits } = await start(provider, chat);
    expect(failure).toMatchObject({ kind: 'throttle', status: 429, exhausted: undefined });
    expect(limits).toBeUndefined();
    answers[0]!.control!.abort();
    expect((await start(provider, chat)).failure).toBeUndefined();
    expect(provider.inFlight).toBe(2);
  });

  it('never let more through than they say, whatever is asked when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(8000), { minLength: 1, maxLength: 40 }),
        async (rpm, gapsMs) => {
          const clock = manualClock();
          const provider = quick({ limits: { rpm }, clock });
          const admittedMs: number[] = [];
          for (const gapMs of gapsMs) {
            clock.advance(gapMs);
            if ((await start(provider, chat)).end !== undefined) admittedMs.push(clock.now());
          }
          // A bucket gives its limit at once, and what it fills up by in the meantime.
          admittedMs.forEach((fromMs, index) => {
            const laterMs = admittedMs.slice(index);
            laterMs.forEach((toMs, count) => {
              expect(count + 1).toBeLessThanOrEqual(rpm + ((toMs - fromMs) * rpm) / 60_000 + 1e-6);
            });
          });
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('options', () => {
  it.each<[options: object, message: string]>([
    [{ firstTokenMs: -1 }, 'simulated: `firstTokenMs` must be a number >= 0, got -1'],
    [{ tokensPerSecond: 0 }, 'simulated: `tokensPerSecond` must be a number > 0, got 0'],
    [{ jitterRatio: 1.1 }, 'simulated: `jitterRatio` must be a number from 0 to 1, got 1.1'],
    [{ errorRatio: '1' }, 'simulated: `errorRatio` must be a number from 0 to 1, got "1"'],
    [{ outputTokens: 1.5 }, 'simulated: `outputTokens` must be an integer >= 0, got 1.5'],
    [{ seed: NaN }, 'simulated: `seed` must be a finite number, got NaN'],
    [{ limits: { rpm: 0 } }, 'simulated: `limits.rpm` must be an integer >= 1, got 0'],
    [{ limits: { tpm: 0.5 } }, 'simulated: `limits.tpm`'],
    [{ limits: { concurrency: -1 } }, 'simulated: `limits.concurrency`'],
    [{ models: [] }, 'simulated: `models` must be a list of at least one name'],
  ])('%o are refused', (options, message) => {
    expect(() => simulated(options)).toThrow(message);
  });

  it('may all be left out', async () => {
    const provider = simulated();
    expect(provider.name).toBe('simulated');
    const collected = new Collected();
    const over = new Promise<void>((resolve) => (collected.onOver = resolve));
    await start(provider, { ...chat, max_tokens: 1 }, undefined, collected);
    await over;
    expect(collected.end!.usage!.outputTokens).toBe(1);
  });

  it('take a name and a clock of the application', async () => {
    const clock: Clock = manualClock();
    expect(simulated({ name: 'demo', clock }).name).toBe('demo');
  });
});
