import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from '../rig.ts';
import { rawPost, sendRaw, statuses } from './raw.ts';

const path = '/v1/chat/completions';
const price = { input: 1000, output: 1000 };

let list: Awaited<ReturnType<typeof upstreams>>;
let gateway: TestGateway;

beforeAll(async () => {
  list = await upstreams(1);
  const [upstream] = list;
  gateway = await gatewayOf({
    pools: {
      chat: { targets: [targetOf('a', upstream!)] },
      '*-small-*': { targets: [targetOf('any', upstream!, { model: '*' })] },
      limited: {
        targets: [targetOf('b', upstream!, { price, budget: { usdPerDay: 1 } })],
        queue: { maxWait: 0 },
      },
    },
  });
});

beforeEach(() => list[0]!.clear());

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await list[Symbol.asyncDispose]();
});

function sentJson(): unknown {
  return JSON.parse(list[0]!.requests.at(-1)!.body.toString());
}

describe('absurd JSON', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);

  it.each([
    ['messages', path, `{"model":"chat","messages":${deep}}`],
    ['metadata', path, `{"model":"chat","messages":[],"metadata":${deep}}`],
    ['input', '/v1/embeddings', `{"model":"chat","input":${deep}}`],
    ['input of a response', '/v1/responses', `{"model":"chat","input":${deep}}`],
  ])('%s deeper than the stack is the provider’s to refuse', async (_name, where, body) => {
    list[0]!.next({ status: 400, error: { message: 'too deep', type: 'invalid_request_error' } });
    const response = await gateway.post(where, body);
    expect(response.status).toBe(400);
    expect(list[0]!.requests).toHaveLength(1);
  });

  it('what has to be written anew and is deeper than the stack ends no request but its own', async () => {
    const response = await gateway.post(path, `{"model":"chat@a","messages":${deep}}`);
    // V8 writes it or not, by its version.
    expect([200, 400]).toContain(response.status);
  });

  it('`__proto__` and `constructor` are keys like others', async () => {
    const body = `{"__proto__":{"stream":true,"model":"limited"},"constructor":{"prototype":{"x":1}},"model":"chat@a","messages":[]}`;
    const response = await gateway.post(path, body);
    expect(response.headers.get('x-plimsoll-pool')).toBe('chat');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(Object.hasOwn(sentJson() as object, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    const onlyProto = await gateway.post(path, '{"__proto__":{"model":"chat"},"messages":[]}');
    expect(await onlyProto.json()).toMatchObject({ error: { code: 'missing_model' } });
  });

  it.each([
    '{"model":"gpt-large","model":"gpt-small-1","messages":[]}',
    String.raw`{"mod\u0065l":"gpt-large","model":"gpt-small-1","messages":[]}`,
    String.raw`{"model":"gpt-large","\u006dodel":"gpt-small-1","messages":[]}`,
  ])('of two models the provider sees the one that was judged: %s', async (body) => {
    const response = await gateway.post(path, body);
    expect(response.status).toBe(200);
    const sent = list[0]!.requests.at(-1)!.body.toString();
    expect(sent).not.toContain('gpt-large');
    expect(JSON.parse(sent)).toEqual({ model: 'gpt-small-1', messages: [] });
  });

  it('with one model the bytes pass as they are', async () => {
    const body = String.raw`{ "model" : "gpt-small-1", "messages": [{"role":"user","content":"the \"model\": 1"}] }`;
    expect((await gateway.post(path, body)).status).toBe(200);
    expect(list[0]!.requests.at(-1)!.body.toString()).toBe(body);
  });

  it('what is not UTF-8 is refused, not guessed at', async () => {
    const body = '{"model":"chat","messages":[{"role":"user","content":"\xff"}]}';
    const received = await sendRaw(gateway.url, rawPost(path, body));
    expect(statuses(received)).toEqual([400]);
    expect(received).toContain('invalid_json');
  });

  it('a name of a model without end is refused before patterns are tried on it', async () => {
    const body = { model: `${'-small-'.repeat(100_000)}x`, messages: hello };
    const response = await gateway.post(path, body);
    expect(response.status).toBe(400);
    expect((await response.text()).length).toBeLessThan(500);
  });
});

describe('amounts that cannot be', () => {
  const ask = async (maxTokens: string, model = 'limited'): Promise<number> => {
    const body = `{"model":"${model}","messages":[],"max_tokens":${maxTokens}}`;
    return (await gateway.post(path, body)).status;
  };

  it('neither make room in a budget nor spoil its sum', async () => {
    // About 0.50 US dollars each: the usual 500 tokens are expected, 20 are used.
    list[0]!.always({ usage: { promptTokens: 0, completionTokens: 20 } });
    for (const amount of ['1e999', '-1e999', '-1e12', '-0', 'null', '"1"']) {
      expect(await ask(amount)).toBe(200);
    }
    const stats = gateway.pool('limited').balancer.stats();
    expect(stats.targets[0]).toMatchObject({ inFlight: 0 });
    expect(stats.targets[0]!.costUsd).toBeCloseTo(0.12, 9);
    // What is left cannot pay for this, whatever was asked for before.
    expect(await ask('1e15')).toBe(400);
    expect(await ask('900')).toBe(429);
    expect(await ask('100')).toBe(200);
  });

  it('make no time limit that passes at once', async () => {
    const body = { model: 'chat', messages: hello };
    for (const seconds of ['1e300', '-1', 'Infinity', 'soon']) {
      const response = await gateway.post(path, body, { 'x-stainless-timeout': seconds });
      expect(response.status).toBe(200);
    }
  });
});
