import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openAIUpstream } from '@plimsoll/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { faultPlace } from '../../src/fault-place.ts';
import { headerText } from '../../src/header-text.ts';
import { gatewayOf, hello } from '../rig.ts';
import { PlimsollProcess } from './process.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-crash-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A strategy as a user may write one: it throws later, where nobody can catch it, and quotes the request. */
const strategy = `
export default function thrower({ how }) {
  return {
    name: 'thrower',
    honoursWeights: false,
    expectedShare: 'none',
    create: () => ({
      update() {},
      pick(_view, request) {
        if (request.hashKey === undefined) return 0;
        const error = new Error('cannot place\\n    at ' + request.hashKey + ':1:1');
        if (how === 'reject') void Promise.reject(error);
        else queueMicrotask(() => { throw error; });
        return 0;
      },
    }),
  };
}
`;

async function post(url: string, body: object): Promise<Response> {
  return await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'chat', messages: [], ...body }),
  });
}

describe('an error that nobody caught', () => {
  it.each(['throw', 'reject'])(
    'ends the process with 1, after what is under way, and is logged without its message (%s)',
    async (how) => {
      await using upstream = openAIUpstream();
      await upstream.listen();
      await writeFile(join(folder, 'thrower.mjs'), strategy);
      const path = join(folder, `${how}.yaml`);
      await writeFile(
        path,
        `pools: { chat: { strategy: { use: ./thrower.mjs, how: ${how} }, targets: [
           { id: a, provider: openai, model: m, baseUrl: "${upstream.url}" }] } }`,
      );
      await using run = new PlimsollProcess(['serve', '--config', path, '--port', '0']);
      const url = await run.address();
      upstream.next({ text: 'one two three four five six', chunkDelayMs: 50 });
      const stream = await post(url, { stream: true });
      const reading = stream.text();
      void post(url, { user: 'planted-user' }).catch(() => undefined);
      await run.until(/"msg":"a fault that nobody caught: ending"/);
      expect(await reading).toMatch(/ six[^]*data: \[DONE\]\n\n$/);
      expect(await run.ended).toBe(1);
      expect(run.printed).toMatch(
        /"level":"fatal".*"error":"Error","at":\["at .*thrower\.mjs:\d+:\d+/,
      );
      expect(run.printed).not.toContain('planted-user');
      expect(run.printed).not.toContain('cannot place');
    },
  );
});

it('the place of a fault is told without its message, whatever that looks like', () => {
  const error = new Error('first\n    at secret (secret.ts:1:1)');
  const place = faultPlace(error);
  expect(place.length).toBeGreaterThan(0);
  expect(place[0]).toMatch(/crash\.test\.ts:\d+:\d+\)?$/);
  expect(place.join()).not.toContain('secret');
  expect(faultPlace('secret')).toEqual([]);
});

describe('names that no header can hold', () => {
  it.each([
    ['a', 'a'],
    ['gpt-*', 'gpt-*'],
    ['чат', '%D1%87%D0%B0%D1%82'],
    ['a\r\nx-injected: 1', 'a%0D%0Ax-injected%3A%201'],
    ['\ud800', '%EF%BF%BD'],
  ])('%j is told as %s', (name, expected) => {
    expect(headerText(name)).toBe(expected);
  });

  it('are served, with and without a stream', async () => {
    const simulate = { firstToken: '1ms', tokensPerSecond: 100_000 };
    const target = {
      id: 'a\r\nx-injected: 1',
      region: 'европа',
      provider: 'simulated',
      model: 'm',
    };
    await using gateway = await gatewayOf({
      pools: { чат: { targets: [{ ...target, simulate }] } },
    });
    for (const stream of [false, true]) {
      const body = { model: 'чат', messages: hello, stream };
      const response = await gateway.post('/v1/chat/completions', body);
      expect(response.status).toBe(200);
      await response.text();
      expect(response.headers.get('x-plimsoll-pool')).toBe('%D1%87%D0%B0%D1%82');
      expect(response.headers.get('x-plimsoll-target')).toBe('a%0D%0Ax-injected%3A%201');
      expect(response.headers.get('x-injected')).toBeNull();
    }
  });
});
