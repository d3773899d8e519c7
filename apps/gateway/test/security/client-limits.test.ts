import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ClientLimits } from '../../src/client-limits.ts';
import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from '../rig.ts';

describe('limits of a client', () => {
  it('hold in any 60 s', () => {
    const limits = new ClientLimits({ rpm: 3 });
    const admitted: number[] = [];
    for (let nowMs = 0; nowMs < 180_000; nowMs += 1000) {
      if (limits.begin(nowMs) === undefined) admitted.push(nowMs);
    }
    expect(admitted).toEqual([0, 1000, 2000, 60_000, 61_000, 62_000, 120_000, 121_000, 122_000]);
    expect(limits.begin(179_500)).toEqual({
      message: 'this key may make 3 requests in a minute',
      waitMs: 500,
    });
  });

  it('hold at the same time, and what was refused for that counts for nothing', () => {
    const limits = new ClientLimits({ rpm: 2, concurrency: 1 });
    expect(limits.begin(0)).toBeUndefined();
    expect(limits.begin(0)).toEqual({
      message: 'of this key 1 requests may be under way at the same time',
      waitMs: undefined,
    });
    limits.end();
    expect(limits.begin(0)).toBeUndefined();
    limits.end();
    expect(limits.begin(0)).toMatchObject({ waitMs: 60_000 });
  });
});

describe('a gateway', () => {
  const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
  let list: Awaited<ReturnType<typeof upstreams>>;
  let gateway: TestGateway;
  let file: object;

  beforeAll(async () => {
    list = await upstreams(1);
    file = {
      pools: { chat: { targets: [targetOf('a', list[0]!)] } },
      clients: [
        { id: 'slow', keySha256: sha256('slow'), limits: { rpm: 2 } },
        { id: 'narrow', keySha256: sha256('narrow'), limits: { concurrency: 1 } },
        { id: 'free', keySha256: sha256('free') },
      ],
    };
    gateway = await gatewayOf(file);
  });

  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await list[Symbol.asyncDispose]();
  });

  const ask = (key: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', messages: hello }),
      ...(signal === undefined ? {} : { signal }),
    });

  it('refuses what is past them with 429, says when to come back, and keeps count over a reload', async () => {
    expect((await ask('slow')).status).toBe(200);
    expect((await ask('slow')).status).toBe(200);
    gateway.write(file);
    expect((await gateway.admin('POST', 'reload', {})).status).toBe(200);
    const response = await ask('slow');
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'rate_limit_exceeded',
        type: 'rate_limit_error',
        message: 'The limit of slow is reached: this key may make 2 requests in a minute.',
      },
    });
    expect((await ask('free')).status).toBe(200);
  });

  it('frees the place of a request whose client left', async () => {
    list[0]!.clear();
    list[0]!.next({ fault: 'hang_before_head' });
    const leave = new AbortController();
    const first = ask('narrow', leave.signal).catch(() => undefined);
    await list[0]!.until(() => list[0]!.requests.length === 1);
    expect((await ask('narrow')).status).toBe(429);
    leave.abort();
    await first;
    await list[0]!.until(() => list[0]!.aborted.length === 1);
    expect((await ask('narrow')).status).toBe(200);
  });
});
