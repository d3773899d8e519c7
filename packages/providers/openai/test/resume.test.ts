import { ChunkKind, type Transcript, type WireRequest } from '@plimsoll/core';
import { targetOf } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openai, type PresetName } from '../src/index.ts';
import { Collected } from './collect.ts';
import { type Script, ScriptedDispatcher, type Sent } from './scripted-dispatcher.ts';

const messages = [{ role: 'user', content: 'Say it.' }];
const body = {
  model: 'any',
  stream: true,
  messages,
  stream_options: { include_usage: true },
};
const target = targetOf({ id: 'b', model: 'm' });
const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };

const payloadOf = (more: object = {}): WireRequest => ({
  dialect: 'openai',
  path: '/chat/completions',
  json: { ...body, ...more },
});

/** An adapter whose API answers by `answer`. */
function adapter(answer: (sent: Sent) => Script, preset: PresetName = 'openai') {
  const scripted = new ScriptedDispatcher(answer);
  const { dispatcher } = scripted;
  const provider = openai({ preset, apiKey: 'sk-1', baseUrl: 'http://api/v1', dispatcher });
  return { provider, sent: scripted.sent };
}

/** One event of an answer, with the id, time and model that `by` gives it. */
function eventOf(by: number, delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: `id-${by}`, created: by, model: `m-${by}`, choices })}\n\n`;
}

/** The events of an answer that says `tokens`, one each, between the role and the reason. */
function eventsOf(tokens: readonly string[], by: number): string[] {
  return [
    eventOf(by, { role: 'assistant', content: '' }),
    ...tokens.map((content) => eventOf(by, { content })),
    eventOf(by, {}, 'stop'),
    `data: ${JSON.stringify({ id: `id-${by}`, created: by, model: `m-${by}`, choices: [], usage })}\n\n`,
    'data: [DONE]\n\n',
  ];
}

/** `text` as bytes, in pieces. */
function cutAt(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  return [...places, bytes.length].map((place, index) =>
    bytes.subarray(index === 0 ? 0 : places[index - 1], place),
  );
}

/** What a first attempt gives of these events before its connection breaks. */
async function breakAfter(
  events: readonly string[],
  options: { readonly cuts?: readonly number[]; readonly json?: object } = {},
): Promise<{ first: Collected; transcript: Transcript | undefined }> {
  const pieces = cutAt(events.join(''), options.cuts ?? []);
  const { provider } = adapter(() => ({ pieces, isBroken: true }));
  const first = new Collected(true);
  const payload = payloadOf(options.json);
  const control = provider.attempt(targetOf({ id: 'a', model: 'm' }), { payload }, first);
  await first.over;
  return { first, transcript: control.transcript!() };
}

/** As above, behind so many of the tokens of an answer. */
async function breakBehind(
  tokens: readonly string[],
  count: number,
  cuts: readonly number[] = [],
): Promise<{ first: Collected; transcript: Transcript }> {
  const { first, transcript } = await breakAfter(eventsOf(tokens, 1).slice(0, count + 1), { cuts });
  return { first, transcript: transcript! };
}

interface ModelOptions {
  readonly cuts?: readonly number[];
  /** The connection breaks behind so many tokens of the answer. */
  readonly breaksBehind?: number;
}

/** An API that says `tokens`, and goes on with a beginning of it as the preset's does. */
function modelOf(tokens: readonly string[], preset: PresetName, options: ModelOptions = {}) {
  const { cuts = [], breaksBehind } = options;
  return adapter(({ json }) => {
    const last = (json['messages'] as { role: string; content: string }[]).at(-1)!;
    // Character by character, as the beginning may end anywhere.
    const rest = Array.from(tokens.join('').slice(last.content.length));
    const continued = preset === 'mistral' ? [last.content, ...rest] : rest;
    const events = eventsOf(last.role === 'assistant' ? continued : tokens, 2);
    const isBroken = breaksBehind !== undefined;
    // The last three are the reason, the usage and the end marker.
    const most = events.length - 3;
    const given = isBroken ? events.slice(0, 1 + (breaksBehind % most)) : events;
    return { pieces: cutAt(given.join(''), cuts), isBroken };
  }, preset);
}

interface ResumeOptions {
  readonly json?: object;
  readonly on?: typeof target;
}

/** Goes on with `transcript` and collects what comes. */
function resume(
  { provider }: ReturnType<typeof adapter>,
  transcript: Transcript,
  { json, on = target }: ResumeOptions = {},
): Collected {
  const second = new Collected(true);
  second.control = provider.resume!(on, { payload: payloadOf(json) }, transcript, second);
  return second;
}

interface Heard {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly delta: { readonly role?: string; readonly content?: string };
    readonly finish_reason: string | null;
  }[];
}

/** The events in a text. */
function heard(text: string): Heard[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as Heard);
}

function textOf(text: string): string {
  return heard(text)
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');
}

const presets: PresetName[] = ['openai', 'mistral', 'deepseek', 'vllm', 'openrouter'];
const anyPreset = fc.constantFrom(...presets);
const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const anyTokens = fc.array(
  fc.oneof({ weight: 3, arbitrary: anyText }, fc.constantFrom(' ', '\n', 'a', 'aa')),
  { minLength: 1, maxLength: 12 },
);
const anyCuts = fc.array(fc.nat(), { maxLength: 12 });

describe('an answer of two attempts is whole', () => {
  it.each(presets)(
    'wherever the first breaks off and however the second comes: %s',
    async (preset) => {
      await fc.assert(
        fc.asyncProperty(anyTokens, fc.nat(), anyCuts, anyCuts, async (tokens, at, ...cuts) => {
          const count = at % (tokens.length + 1);
          const { first, transcript } = await breakBehind(tokens, count, cuts[0]);
          expect(transcript.text).toBe(tokens.slice(0, count).join(''));
          const model = modelOf(tokens, preset, { cuts: cuts[1] });
          const second = await resume(model, transcript).over;
          const all = first.text + second.text;
          expect(textOf(all)).toBe(tokens.join(''));
          const events = heard(all);
          for (const event of events) {
            expect(event).toMatchObject({ id: 'id-1', created: 1, model: 'm-1' });
          }
          const choices = events.flatMap((event) => event.choices);
          expect(choices.filter(({ delta }) => delta.role !== undefined)).toHaveLength(1);
          expect(choices.filter((choice) => choice.finish_reason === 'stop')).toHaveLength(1);
          expect(all.match(/data: \[DONE\]\n\n$/)).not.toBeNull();
          expect(second.end).toEqual({
            usage: expect.objectContaining({ inputTokens: 9, outputTokens: 4 }),
            model: 'm-2',
          });
        }),
        { numRuns: 200 },
      );
    },
  );

  it('and may be of three, by any APIs', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyTokens,
        fc.nat(),
        fc.nat(),
        anyPreset,
        anyPreset,
        async (tokens, at, breaksBehind, one, two) => {
          const { first, transcript } = await breakBehind(tokens, at % (tokens.length + 1));
          const second = resume(modelOf(tokens, one, { breaksBehind }), transcript);
          await second.over;
          expect(second.failure).toMatchObject({ code: 'ECONNRESET' });
          const again = second.control!.transcript!()!;
          expect(again.text).toBe(textOf(first.text + second.text));
          const third = await resume(modelOf(tokens, two), again).over;
          expect(textOf(first.text + second.text + third.text)).toBe(tokens.join(''));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('or fails honestly: of another answer nothing is heard', async () => {
    await fc.assert(
      fc.asyncProperty(anyTokens, fc.nat(), fc.nat(), async (tokens, at, place) => {
        const { transcript } = await breakBehind(tokens, 1 + (at % tokens.length));
        const { text } = transcript;
        const other = text[place % text.length] === 'x' ? 'y' : 'x';
        const index = place % text.length;
        const differing = text.slice(0, index) + other + text.slice(index + 1);
        const second = await resume(modelOf([differing, 'more'], 'openai'), transcript).over;
        expect(second.text).toBe('');
        expect(second.failure).toMatchObject({
          kind: 'stream',
          message: 'the new answer differs from what was sent of the first',
          isHealthFailure: false,
        });
      }),
    );
  });
});

describe('what is asked for', () => {
  const asked = async (preset: PresetName, json: object = {}) => {
    const { transcript } = await breakBehind(['Hello ', 'world'], 1);
    const model = modelOf(['Hello ', 'world'], preset);
    await resume(model, transcript, { json }).over;
    expect(model.sent).toHaveLength(1);
    return model.sent[0]!;
  };
  const beginning = (content: string, more: object = {}) => [
    ...messages,
    { role: 'assistant', content, ...more },
  ];

  it.each<[PresetName, path: string, json: object]>([
    ['openai', '/v1/chat/completions', { messages }],
    ['groq', '/v1/chat/completions', { messages }],
    ['mistral', '/v1/chat/completions', { messages: beginning('Hello', { prefix: true }) }],
    ['deepseek', '/beta/chat/completions', { messages: beginning('Hello ', { prefix: true }) }],
    [
      'vllm',
      '/v1/chat/completions',
      {
        messages: beginning('Hello '),
        continue_final_message: true,
        add_generation_prompt: false,
      },
    ],
    ['openrouter', '/v1/chat/completions', { messages: beginning('Hello') }],
  ])('%s', async (preset, path, json) => {
    const sent = await asked(preset);
    expect(sent.path).toBe(path);
    const options = preset === 'mistral' ? {} : { stream_options: { include_usage: true } };
    expect(sent.json).toEqual({ model: 'm', stream: true, ...options, ...json });
  });

  it('is no more tokens than are left', async () => {
    const limits = { max_tokens: 100, max_completion_tokens: 1 };
    expect((await asked('vllm', limits)).json).toMatchObject({
      max_tokens: 98,
      max_completion_tokens: 1,
    });
    expect((await asked('openai', limits)).json).toMatchObject(limits);
  });

  it('is a new answer where the caller has begun it', async () => {
    const { json } = await asked('vllm', { messages: beginning('Well, ') });
    expect(json).toMatchObject({ messages: beginning('Well, ') });
    expect(json).not.toHaveProperty('continue_final_message');
  });

  it('is a new answer where there is no text yet', async () => {
    for (const preset of ['vllm', 'openrouter'] as const) {
      const { transcript } = await breakBehind(['\n', 'Hello'], preset === 'vllm' ? 0 : 1);
      const model = modelOf(['\n', 'Hello'], preset);
      await resume(model, transcript).over;
      expect(model.sent[0]!.json).toMatchObject({ messages });
    }
  });

  it('leaves the base URL of DeepSeek as it is where that is the one for this', async () => {
    const { transcript } = await breakBehind(['a', 'b'], 1);
    const paths: string[] = [];
    for (const baseUrl of ['https://api.deepseek.com', 'https://api.deepseek.com/beta']) {
      const { dispatcher, sent } = new ScriptedDispatcher(() => ({ pieces: [] }));
      const provider = openai({ preset: 'deepseek', apiKey: 'k', baseUrl, dispatcher });
      await resume({ provider, sent }, transcript).over;
      paths.push(...sent.map(({ path }) => path));
    }
    expect(paths).toEqual(['/beta/chat/completions', '/beta/chat/completions']);
  });
});

describe('an API that refuses to go on with a given text', () => {
  const refusal = Buffer.from(
    JSON.stringify({ error: { message: 'No prefill.', type: 'invalid_request_error' } }),
  );
  const refusing = (tokens: readonly string[], status = 400) =>
    adapter(({ json }) => {
      const isRefused = (json['messages'] as unknown[]).length > messages.length;
      return isRefused
        ? { status, contentType: 'application/json', pieces: [refusal] }
        : { pieces: [Buffer.from(eventsOf(tokens, 2).join(''))] };
    }, 'vllm');

  it.each([400, 404, 422])('with %i begins anew, and is not asked again', async (status) => {
    const { first, transcript } = await breakBehind(['Hello ', 'world'], 1);
    const api = refusing(['Hello ', 'world'], status);
    for (const requests of [2, 3]) {
      const second = await resume(api, transcript).over;
      expect(textOf(first.text + second.text)).toBe('Hello world');
      expect(api.sent).toHaveLength(requests);
    }
  });

  it('and says something else then is honest about it', async () => {
    const { transcript } = await breakBehind(['Hello ', 'world'], 1);
    const second = await resume(refusing(['Hi']), transcript).over;
    expect(second.text).toBe('');
    expect(second.failure?.message).toBe('the new answer differs from what was sent of the first');
  });

  it('is not taken for one that has no quota left, or is down', async () => {
    const { transcript } = await breakBehind(['Hello ', 'world'], 1);
    for (const status of [429, 500, 401]) {
      const api = refusing(['Hello ', 'world'], status);
      const second = await resume(api, transcript).over;
      expect(second.failure?.status).toBe(status);
      expect(api.sent).toHaveLength(1);
    }
  });

  it.each([
    [400, ['limits', 'head', 'end'], 8],
    [429, ['limits', 'error'], 9],
  ])('with %i: limits are told once, as the last answer says', async (status, told, remaining) => {
    const { transcript } = await breakBehind(['Hello ', 'world'], 1);
    const answered: Sent[] = [];
    const api = adapter((sent) => {
      const headers = { 'x-ratelimit-remaining-requests': String(9 - answered.length) };
      answered.push(sent);
      return answered.length === 1
        ? { status, contentType: 'application/json', headers, pieces: [refusal] }
        : { headers, pieces: [Buffer.from(eventsOf(['Hello ', 'world'], 2).join(''))] };
    }, 'vllm');
    const second = await resume(api, transcript).over;
    expect(second.told).toEqual(told);
    expect(second.limits).toMatchObject([{ dimension: 'requests', remaining }]);
  });

  it('begins nothing anew once it is given up', async () => {
    const { transcript } = await breakBehind(['Hello ', 'world'], 1);
    const api = refusing(['Hello ', 'world']);
    const second = resume(api, transcript);
    second.control!.abort();
    await new Promise(setImmediate);
    expect(api.sent).toHaveLength(0);
    expect([second.text, second.failure, second.end]).toEqual(['', undefined, undefined]);
  });
});

describe('the second answer', () => {
  it('gives a sign of life for what is left out', async () => {
    const { transcript } = await breakBehind(['a', 'b', 'c'], 2);
    const pieces = eventsOf(['a', 'b', 'c'], 2).map((event) => Buffer.from(event));
    const second = await resume(
      adapter(() => ({ pieces })),
      transcript,
    ).over;
    expect(second.chunks.map(([text, kind]) => [textOf(text), kind])).toEqual([
      ['', ChunkKind.event],
      ['', ChunkKind.event],
      ['', ChunkKind.event],
      ['c', ChunkKind.content],
      ['', ChunkKind.event],
      ['', ChunkKind.event],
      ['', ChunkKind.event],
    ]);
  });

  it('is another one if it ends before it is as long as the first', async () => {
    const { transcript } = await breakBehind(['a', 'b', 'c'], 2);
    const second = await resume(modelOf(['a'], 'openai'), transcript).over;
    expect(second.failure?.message).toBe('the new answer differs from what was sent of the first');
  });

  it('must be a stream', async () => {
    const { transcript } = await breakBehind(['a', 'b'], 1);
    const json = Buffer.from('{"choices":[{"message":{"content":"ab"}}]}');
    const api = adapter(() => ({ contentType: 'application/json', pieces: [json] }));
    expect((await resume(api, transcript).over).failure?.message).toBe('the answer is no stream');
  });

  it("carries its model's own name where another model was asked for", async () => {
    const { transcript } = await breakBehind(['a', 'b'], 1);
    const api = modelOf(['a', 'b'], 'openai');
    const on = targetOf({ id: 'c', model: 'other' });
    const second = await resume(api, transcript, { on }).over;
    expect(new Set(heard(second.text).map(({ id, model }) => `${id} ${model}`))).toEqual(
      new Set(['id-1 m-2']),
    );
  });

  it('has no reasoning: that came before the text, of which the caller has a part', async () => {
    const thinking = eventOf(1, { role: 'assistant', reasoning_content: 'Hm' });
    const { transcript } = await breakAfter([thinking, eventOf(1, { content: 'a' })]);
    expect(transcript).toMatchObject({ text: 'a' });
    const events = [eventOf(2, { reasoning: 'Well' }), ...eventsOf(['a', 'b'], 2)];
    const api = adapter(() => ({ pieces: [Buffer.from(events.join(''))] }));
    const second = await resume(api, transcript!).over;
    expect(second.text).not.toContain('Well');
    expect(textOf(second.text)).toBe('b');
  });

  it('cannot be taken over once it has more than text', async () => {
    const { transcript } = await breakBehind(['a', 'b'], 1);
    const events = [...eventsOf(['a', 'b'], 2).slice(0, 3), eventOf(2, { refusal: 'No.' })];
    const api = adapter(() => ({ pieces: [Buffer.from(events.join(''))], isBroken: true }));
    const second = resume(api, transcript);
    await second.over;
    expect(second.text).toContain('No.');
    expect(second.control!.transcript!()).toBeUndefined();
  });

  it('tells what all attempts have used', async () => {
    const { first, transcript } = await breakBehind(['12345678', 'b', 'c'], 1);
    const { inputTokens, outputTokens } = transcript.usage;
    const second = resume(modelOf(['12345678', 'b', 'c'], 'vllm', { breaksBehind: 1 }), transcript);
    await second.over;
    const again = second.control!.transcript!()!;
    expect(again.earlier).toEqual({ inputTokens, outputTokens });
    const third = await resume(modelOf(['12345678', 'b', 'c'], 'openai'), again).over;
    const told = [first, second, third].flatMap(({ text }) =>
      heard(text).flatMap((event) => ('usage' in event ? [event.usage] : [])),
    );
    expect(told).toEqual([
      {
        prompt_tokens: 2 * inputTokens + 9,
        completion_tokens: outputTokens + 1 + 4,
        total_tokens: 2 * inputTokens + outputTokens + 1 + 13,
      },
    ]);
    expect(third.end?.usage).toMatchObject({ inputTokens: 9, outputTokens: 4 });
  });

  it('has cost what it took, also what was left out of it', async () => {
    const { transcript } = await breakBehind(['12345678', 'b'], 1);
    const second = resume(modelOf(['12345678', 'b'], 'openai', { breaksBehind: 1 }), transcript);
    await second.over;
    const inputTokens = Math.ceil(JSON.stringify({ ...body }).length / 4);
    expect(second.control!.transcript!()?.usage).toEqual({ inputTokens, outputTokens: 2 });
  });
});

describe('transcript', () => {
  const events = eventsOf(['Hello ', 'world'], 1);

  it('has what was handed on, and what it cost', async () => {
    expect((await breakAfter(events.slice(0, 2))).transcript).toEqual({
      dialect: 'openai',
      id: 'id-1',
      created: 1,
      model: 'm-1',
      targetModel: 'm',
      text: 'Hello ',
      usage: { inputTokens: Math.ceil(JSON.stringify(body).length / 4), outputTokens: 2 },
    });
  });

  it.each<[what: string, json: object]>([
    ['several choices', { n: 2 }],
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['JSON mode', { response_format: { type: 'json_object' } }],
    ['a schema', { response_format: { type: 'json_schema', json_schema: {} } }],
    ['log probabilities', { logprobs: true }],
    ['speech', { modalities: ['text', 'audio'] }],
  ])('is not there for %s', async (_, json) => {
    expect((await breakAfter(events.slice(0, 2), { json })).transcript).toBeUndefined();
  });

  it('is there where what stands in its way is asked for as nothing', async () => {
    const json = {
      n: 1,
      tools: [],
      functions: null,
      response_format: { type: 'text' },
      logprobs: false,
      modalities: ['text'],
    };
    expect((await breakAfter(events.slice(0, 2), { json })).transcript?.text).toBe('Hello ');
  });

  it.each<[what: string, delta: object]>([
    ['a refusal', { refusal: 'No.' }],
    ['a tool call', { tool_calls: [{ index: 0 }] }],
    ['parts', { content: [{ type: 'thinking', thinking: [] }] }],
  ])('is not there once %s was handed on', async (_, delta) => {
    const { transcript } = await breakAfter([...events.slice(0, 2), eventOf(1, delta)]);
    expect(transcript).toBeUndefined();
  });

  it('is not there before an answer has begun, nor where nobody wants it', async () => {
    expect((await breakAfter([])).transcript).toBeUndefined();
    const { provider } = adapter(() => ({ pieces: [Buffer.from(events.join(''))] }));
    const first = new Collected();
    const control = provider.attempt(target, { payload: payloadOf() }, first);
    await first.over;
    expect(control.transcript!()).toBeUndefined();
  });

  it('takes the id from the first event that has one', async () => {
    const azure = `data: ${JSON.stringify({ id: '', model: '', choices: [], prompt_filter_results: [] })}\n\n`;
    const { transcript } = await breakAfter([azure, ...events.slice(0, 2)]);
    expect(transcript).toMatchObject({ id: 'id-1', model: 'm-1', text: 'Hello ' });
  });

  it('keeps the text of a long stream', async () => {
    const tokens = Array.from({ length: 2000 }, (_, index) => `${index} `);
    const { transcript } = await breakBehind(tokens, 2000);
    expect(transcript.text).toBe(tokens.join(''));
    expect(transcript.usage.outputTokens).toBe(Math.ceil(tokens.join('').length / 4));
  });
});
