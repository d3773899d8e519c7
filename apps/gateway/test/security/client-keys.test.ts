import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { BearerToken } from '../../src/bearer-token.ts';
import { ClientDirectory } from '../../src/client-directory.ts';
import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from '../rig.ts';
import { PlimsollProcess } from './process.ts';

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const path = '/v1/chat/completions';

let list: Awaited<ReturnType<typeof upstreams>>;
let gateway: TestGateway;

beforeAll(async () => {
  list = await upstreams(1);
  const [upstream] = list;
  const price = { input: 1000, output: 1000 };
  gateway = await gatewayOf({
    pools: {
      chat: { targets: [targetOf('a', upstream!, { price })], queue: { maxWait: 0 } },
      'gpt-small*': { targets: [targetOf('any', upstream!, { model: '*' })] },
      'gpt-*': { targets: ['any'] },
    },
    clients: [
      { id: 'all', keySha256: sha256('key-all'), may: ['pin'], budget: { usdPerDay: 0.01 } },
      { id: 'small', keySha256: sha256('key-small'), pools: ['gpt-small*'], may: ['pin'] },
    ],
  });
});

beforeEach(() => list[0]!.clear());

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await list[Symbol.asyncDispose]();
});

describe('a key', () => {
  it('is compared with all, in constant time, whichever it is', () => {
    const compare = vi.mocked(timingSafeEqual);
    const directory = new ClientDirectory(
      ['a', 'b', 'c'].map((key) => ({ id: key, keySha256: sha256(key), may: [], spending: [] })),
    );
    for (const key of ['a', 'c', 'nobody’s', 'a'.repeat(10_000)]) {
      compare.mockClear();
      directory.find(`Bearer ${key}`);
      expect(compare).toHaveBeenCalledTimes(3);
    }
    const token = new BearerToken('tea');
    for (const header of ['Bearer tea', 'Bearer t', undefined, 'Basic tea']) {
      compare.mockClear();
      token.opens(header);
      expect(compare).toHaveBeenCalledTimes(1);
    }
  });

  it.each([
    ['the query', `${path}?key=key-all&api_key=key-all`, {}],
    ['a cookie', path, { cookie: 'authorization=Bearer key-all' }],
    ['another header', path, { 'x-api-key': 'key-all', 'api-key': 'key-all' }],
    ['Basic', path, { authorization: `Basic ${Buffer.from('key-all:').toString('base64')}` }],
    ['its own hash', path, bearer(sha256('key-all'))],
    ['the admin API’s token', path, bearer('tea')],
  ])('is none in %s', async (_name, where, headers) => {
    const response = await gateway.post(where, { model: 'chat', messages: hello }, headers);
    expect(response.status).toBe(401);
    expect(list[0]!.requests).toHaveLength(0);
  });

  it('of a client opens no admin API', async () => {
    const headers = bearer('key-all');
    expect((await fetch(`${gateway.url}/admin/pools`, { headers })).status).toBe(401);
  });

  it('is asked for before the body is read', async () => {
    const response = await gateway.post(path, '{"model', bearer('nobody'));
    expect(response.status).toBe(401);
  });
});

describe('what a client may not use is not there for it', () => {
  it.each([
    'chat',
    'chat@a',
    'gpt-large',
    'gpt-large@any',
    'gpt-*',
    'GPT-small',
    ' gpt-small',
    'gpt-smal\u{2160}',
  ])('model %j', async (model) => {
    const response = await gateway.post(path, { model, messages: hello }, bearer('key-small'));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: {
        message: `The model \`${model}\` does not exist here. What exists: gpt-small*.`,
      },
    });
    expect(list[0]!.requests).toHaveLength(0);
  });

  it('and what it may is', async () => {
    const body = { model: 'gpt-small-1', messages: hello };
    expect((await gateway.post(path, body, bearer('key-small'))).status).toBe(200);
  });
});

it('a budget holds for a pinned target, too', async () => {
  list[0]!.always({ usage: { promptTokens: 5, completionTokens: 5 } });
  const body = { model: 'chat@a', messages: hello, max_tokens: 2 };
  expect((await gateway.post(path, body, bearer('key-all'))).status).toBe(200);
  const response = await gateway.post(path, body, bearer('key-all'));
  expect(response.status).toBe(429);
  expect(list[0]!.requests).toHaveLength(1);
});

describe('where other machines can reach it', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-open-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const pools = { chat: { targets: [{ id: 'a', provider: 'simulated', model: 'm' }] } };
  const clients = [{ id: 'a', keySha256: sha256('key') }];

  async function serve(file: object, ...args: readonly string[]): Promise<PlimsollProcess> {
    const config = join(folder, 'plimsoll.json');
    await writeFile(config, JSON.stringify(file));
    return new PlimsollProcess(['serve', '--config', config, '--port', '0', ...args]);
  }

  it('a gateway without clients does not start', async () => {
    await using byFile = await serve({ pools, server: { host: '0.0.0.0' } });
    expect(await byFile.ended).toBe(3);
    expect(byFile.printed).toContain('name them under clients');
    await using byOption = await serve({ pools }, '--host', '::');
    expect(await byOption.ended).toBe(2);
  });

  it('one with clients has no admin API and no dashboard, unless a token is configured', async () => {
    await using run = await serve({ pools, clients, server: { host: '0.0.0.0' } });
    const url = (await run.address()).replace('0.0.0.0', '127.0.0.1');
    for (const where of ['/admin/pools', '/']) {
      expect((await fetch(url + where)).status).toBe(404);
    }
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(run.printed).not.toContain('made for this run');
  });

  it('and does not lose its clients by a reload', async () => {
    await using run = await serve({ pools, clients, server: { host: '0.0.0.0' } });
    const url = (await run.address()).replace('0.0.0.0', '127.0.0.1');
    const file = { pools, server: { host: '0.0.0.0' } };
    await writeFile(join(folder, 'plimsoll.json'), JSON.stringify(file));
    run.child.kill('SIGHUP');
    await run.until(/the configuration was not reloaded/);
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
  });
});
