import { createHash } from 'node:crypto';

import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';

import { banner } from '../src/banner.ts';
import { ClientDirectory } from '../src/client-directory.ts';
import { hostProblem } from '../src/loopback.ts';
import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from './rig.ts';

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

const clients = [
  {
    id: 'team-a',
    keySha256: sha256('key-a'),
    tenant: 'a',
    pools: ['chat'],
    priority: 2,
    may: ['pin'],
  },
  { id: 'team-b', keySha256: sha256('key-b') },
];

async function withClients(more: object = {}): Promise<TestGateway & AsyncDisposable> {
  const list = await upstreams(2);
  const [one, two] = list;
  const gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', one!)] }, other: { targets: [targetOf('b', two!)] } },
    clients,
    ...more,
  });
  return Object.assign(Object.create(gateway), {
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await list[Symbol.asyncDispose]();
    },
  });
}

const ask = (gateway: TestGateway, model: string, headers: Record<string, string>) =>
  gateway.post('/v1/chat/completions', { model, messages: hello }, headers);

describe('a gateway with clients', () => {
  it('answers 401 to a key that is missing or nobody’s, as the openai SDK knows it', async () => {
    await using gateway = await withClients();
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'key-c', maxRetries: 0 });
    const refused = client.chat.completions.create({ model: 'chat', messages: hello });
    await expect(refused).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      type: 'invalid_request_error',
    });
    await expect(refused).rejects.not.toThrow('key-c');
    for (const path of ['/v1/models', '/v1/embeddings']) {
      const init = path === '/v1/models' ? {} : { method: 'POST', body: '{}' };
      expect((await fetch(gateway.url + path, init)).status).toBe(401);
    }
    const health = await fetch(`${gateway.url}/healthz`);
    expect(health.status).toBe(200);
  });

  it('serves a client the pools it may use, and lists no others', async () => {
    await using gateway = await withClients();
    expect((await ask(gateway, 'chat', bearer('key-a'))).status).toBe(200);
    expect((await ask(gateway, 'chat', bearer('key-b'))).status).toBe(200);
    expect((await ask(gateway, 'other', bearer('key-b'))).status).toBe(200);
    const refused = await ask(gateway, 'other', bearer('key-a'));
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({
      error: { message: 'The model `other` does not exist here. What exists: chat.' },
    });
    const models = async (key: string): Promise<string[]> => {
      const response = await fetch(`${gateway.url}/v1/models`, { headers: bearer(key) });
      return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await models('key-a')).toEqual(['chat', 'chat@a']);
    expect(await models('key-b')).toEqual(['chat', 'chat@a', 'other', 'other@b']);
  });

  it('lets only those pin, choose a region and explain who have the right', async () => {
    await using gateway = await withClients();
    expect((await ask(gateway, 'chat@a', bearer('key-a'))).status).toBe(200);
    for (const [model, header, right] of [
      ['chat@a', 'accept', 'pin'],
      ['chat', 'x-plimsoll-region', 'region'],
      ['chat', 'x-plimsoll-explain', 'explain'],
    ] as const) {
      const refused = await ask(gateway, model, { ...bearer('key-b'), [header]: '1' });
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({
        error: { code: 'not_allowed', message: `The key of team-b lacks the right \`${right}\`.` },
      });
    }
  });

  it('refuses with 429 what is past a client’s budget, and says when it is over', async () => {
    const price = { input: 1000, output: 1000 };
    await using list = await upstreams(1);
    await using gateway = await gatewayOf({
      pools: { chat: { targets: [targetOf('a', list[0]!, { price })], queue: { maxWait: 0 } } },
      clients: [
        { ...clients[0], budget: { usdPerDay: 0.05 } },
        { ...clients[1], budget: { usdPerDay: 1000 } },
      ],
    });
    const statuses: number[] = [];
    let last: Response;
    const body = { model: 'chat', messages: hello, max_tokens: 5 };
    do {
      last = await gateway.post('/v1/chat/completions', body, bearer('key-a'));
      statuses.push(last.status);
    } while (last.status === 200 && statuses.length < 20);
    expect(statuses.length).toBeGreaterThan(1);
    expect(last.status).toBe(429);
    const seconds = Number(last.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(86_400);
    expect(Number(last.headers.get('retry-after-ms'))).toBeGreaterThan(1000 * (seconds - 1));
    const other = await gateway.post('/v1/chat/completions', body, bearer('key-b'));
    expect(other.status).toBe(200);
  });

  it('is shown with a key in the line to try', () => {
    expect(banner([], '', '127.0.0.1', 8787, true)).toContain('-H "authorization: Bearer $KEY"');
    expect(banner([], '', '127.0.0.1', 8787, false)).not.toContain('authorization');
  });

  it('may listen where others reach it', () => {
    expect(hostProblem('0.0.0.0', true)).toBeUndefined();
    expect(hostProblem('0.0.0.0', false)).toMatch(/name them under clients/);
  });
});

it('an explanation is the decision a request would get, without making it', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  const response = await ask(gateway, 'chat', { 'x-plimsoll-explain': '1' });
  expect(await response.json()).toMatchObject({
    target: 'a',
    candidates: [{ target: 'a', reason: 'admissible' }],
  });
  expect(list[0]!.requests).toHaveLength(0);
});

describe('the directory of clients', () => {
  const directory = new ClientDirectory(
    clients.map((client) => ({ may: [], spending: [], ...client }) as never),
  );

  it.each([
    ['Bearer key-a', 'team-a'],
    ['bearer  key-b ', 'team-b'],
    ['Bearer key-a key-b', undefined],
    ['Bearer', undefined],
    ['Basic key-a', undefined],
    [`Bearer ${sha256('key-a')}`, undefined],
    ['', undefined],
    [undefined, undefined],
  ])('finds for %j %s', (header, id) => {
    expect(directory.find(header)?.id).toBe(id);
  });
});
